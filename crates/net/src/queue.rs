//! What waits to be written to a capture: its writer may be slow, or stall, and the traffic goes on.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most octets that wait; what comes then is left out of the capture.
pub const MAX_WAITING: usize = 16 << 20;

/// Pieces that a thread of its own writes, in their order.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    pieces: VecDeque<Vec<u8>>,
    octets: usize,
    left_out: u64,
    is_writing: bool,
    /// Nothing comes any more.
    is_closed: bool,
    /// Nothing is written any more.
    failed: Option<io::Error>,
    is_over: bool,
}

/// Puts each piece into the queue; dropped, it lets the thread end.
pub(crate) struct Entrance(Arc<Queue>);

impl Queue {
    /// Starts the thread that writes to `sink`.
    pub(crate) fn start(self: &Arc<Self>, mut sink: impl Write + Send + 'static) -> io::Result<()> {
        let queue = Arc::clone(self);
        let thread = std::thread::Builder::new().name("capture".to_owned());
        thread.spawn(move || queue.write_to(&mut sink)).map(drop)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, sink: &mut impl Write) {
        let mut state = self.state();
        loop {
            let Some(piece) = state.pieces.pop_front() else {
                state.is_writing = false;
                self.changed.notify_all();
                if state.is_closed {
                    return;
                }
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.is_writing = true;
            drop(state);
            let written = sink.write_all(&piece).and_then(|()| sink.flush());
            state = self.state();
            state.octets -= piece.len();
            let left_out = std::mem::take(&mut state.left_out);
            if left_out > 0 {
                tracing::warn!(
                    packets = left_out,
                    "left out of the capture, whose reader was too slow"
                );
            }
            if let Err(error) = written {
                state.failed = Some(error);
                state.is_over = true;
                state.pieces.clear();
                state.is_writing = false;
                self.changed.notify_all();
                return;
            }
        }
    }

    /// Waits until everything is written, or will never be, but no longer than `within`; whether it is.
    pub(crate) fn is_written(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut state = self.state();
        while state.is_writing || !state.pieces.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = match self.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        true
    }
}

impl Entrance {
    pub(crate) fn of(queue: &Arc<Queue>) -> Self {
        Self(Arc::clone(queue))
    }
}

impl Write for Entrance {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut state = self.0.state();
        if state.is_over {
            let failed = state.failed.take();
            return Err(failed.unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
        }
        if state.octets + octets.len() > MAX_WAITING {
            if state.left_out == 0 {
                tracing::warn!("the capture's reader is too slow: packets are left out of it");
            }
            state.left_out += 1;
        } else {
            state.octets += octets.len();
            state.pieces.push_back(octets.to_vec());
            self.0.changed.notify_all();
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_all();
    }
}
