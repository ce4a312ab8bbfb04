//! The capture switch: what passes the sockets is recorded as it passes.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use capture::{Direction, Message, Recorder, Transport};

use crate::queue::{Entrance, Queue};

/// Where a capture goes: a file, a pipe.
pub type Sink = Box<dyn Write + Send>;

/// A capture that all shards of a process write, each packet whole; clones are the same one.
///
/// A lock is taken where a packet is recorded, so never without a capture.
#[derive(Clone)]
pub struct Capture {
    recorder: Arc<Mutex<Option<Recorder<Entrance>>>>,
    queue: Arc<Queue>,
}

impl Capture {
    /// Writes by `recorder`, whose writer a thread of its own waits for; when that is further behind than
    /// [`MAX_WAITING`](crate::MAX_WAITING), packets are left out.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(recorder: Recorder<Sink>) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let mut sink = None;
        let recorder = recorder.map_writer(|writer| {
            sink = Some(writer);
            Entrance::of(&queue)
        });
        if let Some(sink) = sink {
            queue.start(sink)?;
        }
        Ok(Self {
            recorder: Arc::new(Mutex::new(Some(recorder))),
            queue,
        })
    }

    /// Waits until everything that was recorded is written, but no longer than `within`; whether it is.
    pub fn is_written(&self, within: Duration) -> bool {
        self.queue.is_written(within)
    }
}

/// Records for all sockets of a shard; off where there is no capture, or no longer.
#[derive(Clone, Default)]
pub(crate) struct Tap {
    capture: Option<Capture>,
}

impl Tap {
    pub(crate) fn new(capture: Option<Capture>) -> Tap {
        Tap { capture }
    }

    /// A capture that cannot be written ends; the traffic goes on.
    fn use_recorder(
        &self,
        record: impl FnOnce(&mut Recorder<Entrance>, SystemTime) -> io::Result<()>,
    ) {
        let Some(capture) = &self.capture else {
            return;
        };
        let mut slot = capture
            .recorder
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(recorder) = slot.as_mut() else {
            return;
        };
        if let Err(error) = record(recorder, SystemTime::now()) {
            tracing::warn!(%error, "the capture has ended: it cannot be written");
            *slot = None;
        }
    }

    /// Records one datagram, or one run of octets of a stream.
    pub(crate) fn passed(
        &self,
        transport: Transport,
        direction: Direction,
        local: SocketAddr,
        remote: SocketAddr,
        payload: &[u8],
    ) {
        let (from, to) = ends(direction, local, remote);
        self.use_recorder(|recorder, time| {
            recorder.record(&Message {
                time,
                direction,
                transport,
                from,
                to,
                payload,
                comment: None,
            })
        });
    }

    /// Records that a connection was opened: `Sent` is by us.
    pub(crate) fn opened(&self, direction: Direction, local: SocketAddr, remote: SocketAddr) {
        let (caller, called) = ends(direction, local, remote);
        self.use_recorder(|recorder, time| recorder.opened(time, direction, caller, called));
    }

    /// Records that one end has no more to say: `Sent` is ours.
    pub(crate) fn finished(&self, direction: Direction, local: SocketAddr, remote: SocketAddr) {
        let (from, to) = ends(direction, local, remote);
        self.use_recorder(|recorder, time| recorder.finished(time, direction, from, to));
    }

    /// Records that the peer broke a connection off.
    pub(crate) fn broken(&self, local: SocketAddr, remote: SocketAddr) {
        self.use_recorder(|recorder, time| {
            recorder.reset(time, Direction::Received, remote, local)
        });
    }
}

fn ends(direction: Direction, local: SocketAddr, remote: SocketAddr) -> (SocketAddr, SocketAddr) {
    match direction {
        Direction::Sent => (local, remote),
        Direction::Received => (remote, local),
    }
}
