//! One TCP connection: what is to be written, who waits for answers, and the task that carries it.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::future::{Future as _, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use diameter_codec::base::command;
use diameter_codec::{ApplicationId, FrameError, Header, Message, frame_length};
use diameter_stack::peer::Side;
use diameter_stack::pending::Pending;
use smallvec::SmallVec;
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::time::{Sleep, sleep};

use super::exchange::{Exchange, Outcome};
use super::settings::Limits;
use crate::io::Stream;

/// Octets asked of the socket in one read.
const READ_CHUNK: usize = 32 * 1024;

/// An output buffer that grew beyond this is given back once it is written.
const KEEP_OUTPUT: usize = 256 * 1024;

/// Octets of a peer's requests that wait while enough of them are served; beyond, and beyond as many as may be served,
/// its connection is not read.
pub const MAX_HELD_OCTETS: usize = 1 << 20;

/// How long a peer may take to read the last octets of a connection that we end.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// What the peer of a connection is and can.
#[derive(Debug)]
pub(super) struct Capabilities {
    pub(super) realm: String,
    /// Applications that both sides have; of a relay all that we have.
    pub(super) applications: SmallVec<[ApplicationId; 4]>,
    pub(super) relay: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It goes on.
    No,
    /// As soon as the output is written.
    Written,
    /// At once.
    Now,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) side: Side,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// Set when the peer's CER or CEA was accepted.
    pub(super) capabilities: OnceCell<Capabilities>,
    /// Header of the CER that is to be answered.
    pub(super) unanswered: Cell<Option<Header>>,
    pub(super) pending: RefCell<Pending<Rc<Exchange>>>,
    output: RefCell<BytesMut>,
    /// Octets of answers that were appended since the output was empty.
    answers: Cell<usize>,
    ending: Cell<Ending>,
    serving: Cell<usize>,
    serving_limit: usize,
    output_limit: usize,
    task: RefCell<Option<Waker>>,
}

/// What the task of a connection holds.
struct Carried<S> {
    stream: S,
    /// Octets read and not yet delivered.
    input: BytesMut,
    /// Requests that wait because enough of them are served, or their answers are not taken.
    held: Held,
    /// Runs while the connection ends.
    last_write: Option<Pin<Box<Sleep>>>,
}

/// Requests that wait to be served: what comes behind them, answers above all, does not wait for them.
#[derive(Default)]
struct Held {
    requests: VecDeque<Message>,
    octets: usize,
}

impl Held {
    fn push(&mut self, request: Message) {
        self.octets += request.octets().len();
        self.requests.push_back(request);
    }

    fn pop(&mut self) -> Option<Message> {
        let request = self.requests.pop_front()?;
        self.octets -= request.octets().len();
        Some(request)
    }

    fn is_full(&self, most: usize) -> bool {
        self.requests.len() >= most || self.octets >= MAX_HELD_OCTETS
    }
}

/// Whether a message costs us work and an answer of its own, beside the base protocol's.
fn is_served(message: &Message) -> bool {
    let header = message.header();
    let base = [
        command::CAPABILITIES_EXCHANGE,
        command::DEVICE_WATCHDOG,
        command::DISCONNECT_PEER,
    ];
    header.is_request() && !base.contains(&header.command)
}

/// What a turn of the task came to.
enum Turn {
    /// The input is worth looking at.
    Readable,
    /// The peer closed its end.
    Finished,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// We closed it.
    #[error("closed by us")]
    Closed,
    /// The peer closed it between two messages.
    #[error("closed by the peer")]
    PeerClosed,
    /// The peer closed it within a message.
    #[error("closed by the peer within a message")]
    Truncated,
    /// The socket failed.
    #[error("{0}")]
    Socket(#[from] io::Error),
    /// What came is no Diameter.
    #[error("broken frame: {0}")]
    Broken(#[from] FrameError),
}

impl Link {
    pub(super) fn new(stream: &impl Stream, side: Side, limits: &Limits, seed: u32) -> Self {
        Self {
            side,
            local: stream.local_addr(),
            remote: stream.remote_addr(),
            capabilities: OnceCell::new(),
            unanswered: Cell::new(None),
            pending: RefCell::new(Pending::new(limits.in_flight, seed)),
            output: RefCell::new(BytesMut::new()),
            answers: Cell::new(0),
            ending: Cell::new(Ending::No),
            serving: Cell::new(0),
            serving_limit: limits.serving,
            output_limit: limits.output_queue,
            task: RefCell::new(None),
        }
    }

    /// Appends a message by `encode`; it is written on the task's next turn.
    pub(super) fn send(&self, encode: impl FnOnce(&mut BytesMut)) {
        if self.ending.get() != Ending::No {
            return;
        }
        let idle = {
            let mut output = self.output.borrow_mut();
            let idle = output.is_empty();
            encode(&mut output);
            idle
        };
        // While octets wait the task is awake already, or waits for the socket.
        if idle {
            self.wake();
        }
    }

    /// Appends an answer by `encode`: what is owed is counted apart from what we ask.
    pub(super) fn send_answer(&self, encode: impl FnOnce(&mut BytesMut)) {
        self.send(|output| {
            let before = output.len();
            encode(output);
            let answers = if before == 0 { 0 } else { self.answers.get() };
            self.answers.set(answers + output.len() - before);
        });
    }

    /// Whether a peer's further requests wait: enough are served, or it does not take its answers.
    fn holds_back(&self) -> bool {
        let owed = self.answers.get().min(self.output.borrow().len());
        self.serving.get() >= self.serving_limit || owed >= self.output_limit
    }

    /// Whether more output waits than may.
    pub(super) fn congested(&self) -> bool {
        self.output.borrow().len() >= self.output_limit
    }

    /// Ends the connection once what was sent is written.
    pub(super) fn end_when_written(&self) {
        if self.ending.get() == Ending::No {
            self.ending.set(Ending::Written);
            self.wake();
        }
    }

    /// Ends the connection with what was sent still unwritten.
    pub(super) fn end_now(&self) {
        self.ending.set(Ending::Now);
        self.wake();
    }

    /// Tells every request that waits for an answer that the connection is lost.
    pub(super) fn lose_waiting(&self) {
        loop {
            let waiting = self.pending.borrow_mut().pop();
            match waiting {
                Some(waiting) => waiting.settle(Outcome::Lost),
                None => break,
            }
        }
    }

    pub(super) fn serving(&self) -> usize {
        self.serving.get()
    }

    pub(super) fn serving_started(&self) {
        self.serving.set(self.serving.get() + 1);
    }

    pub(super) fn serving_done(&self) {
        if self.serving.get() == self.serving_limit {
            self.wake();
        }
        self.serving.set(self.serving.get() - 1);
    }

    fn wake(&self) {
        if let Some(task) = self.task.borrow().as_ref() {
            task.wake_by_ref();
        }
    }

    /// Carries the connection to its end. `deliver` takes each message; `heard` is told after each read.
    pub(super) async fn carry(
        &self,
        stream: impl Stream,
        frame_limit: usize,
        mut deliver: impl FnMut(Message),
        mut heard: impl FnMut(),
    ) -> Ended {
        let mut carried = Carried {
            stream,
            input: BytesMut::new(),
            held: Held::default(),
            last_write: None,
        };
        let ended = loop {
            match poll_fn(|context| self.poll_turn(context, &mut carried)).await {
                Ok(Turn::Finished) if carried.input.is_empty() => break Ended::PeerClosed,
                Ok(Turn::Finished) => break Ended::Truncated,
                Ok(Turn::Readable) => {}
                Err(ended) => break ended,
            }
            let mut came = false;
            let broken = loop {
                if self.ending.get() != Ending::No {
                    break None;
                }
                let holds_back = self.holds_back();
                if !holds_back && let Some(request) = carried.held.pop() {
                    deliver(request);
                    continue;
                }
                if carried.held.is_full(self.serving_limit) {
                    break None;
                }
                match next_message(&mut carried.input, frame_limit) {
                    Ok(Some(message)) => {
                        came = true;
                        match holds_back && is_served(&message) {
                            true => carried.held.push(message),
                            false => deliver(message),
                        }
                    }
                    Ok(None) => break None,
                    Err(broken) => break Some(broken),
                }
            };
            if let Some(broken) = broken {
                break Ended::Broken(broken);
            }
            // RFC 3539 §3.4.1 counts messages: what is half there shows nothing.
            if came {
                heard();
            }
        };
        self.ending.set(Ending::Now);
        ended
    }

    /// Writes what can be written, then reads what is there.
    fn poll_turn(
        &self,
        context: &mut Context<'_>,
        carried: &mut Carried<impl Stream>,
    ) -> Poll<Result<Turn, Ended>> {
        if !self
            .task
            .borrow()
            .as_ref()
            .is_some_and(|task| task.will_wake(context.waker()))
        {
            *self.task.borrow_mut() = Some(context.waker().clone());
        }
        if self.ending.get() == Ending::Now {
            return Poll::Ready(Err(Ended::Closed));
        }
        let written = match self.poll_write(context, &mut carried.stream) {
            Poll::Ready(Ok(())) => true,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error.into())),
            Poll::Pending => false,
        };
        if self.ending.get() == Ending::Written {
            if written
                && Pin::new(&mut carried.stream)
                    .poll_shutdown(context)
                    .is_ready()
            {
                return Poll::Ready(Err(Ended::Closed));
            }
            let over = carried
                .last_write
                .get_or_insert_with(|| Box::pin(sleep(LAST_WRITE)));
            return over.as_mut().poll(context).map(|()| Err(Ended::Closed));
        }
        if !carried.held.requests.is_empty() && !self.holds_back() {
            return Poll::Ready(Ok(Turn::Readable));
        }
        // A peer that does not take its answers is given no more of them to ask for. Until then it is read: what it
        // answers us is not kept waiting by what it asks.
        if carried.held.is_full(self.serving_limit) {
            return Poll::Pending;
        }
        carried.input.reserve(READ_CHUNK);
        let read = pin!(carried.stream.read_buf(&mut carried.input)).poll(context)?;
        read.map(|count| {
            Ok(if count == 0 {
                Turn::Finished
            } else {
                Turn::Readable
            })
        })
    }

    fn poll_write(
        &self,
        context: &mut Context<'_>,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> Poll<io::Result<()>> {
        let mut output = self.output.borrow_mut();
        while output.has_remaining() {
            match Pin::new(&mut *stream).poll_write(context, &output) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => output.advance(count),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        if output.capacity() > KEEP_OUTPUT {
            *output = BytesMut::new();
        }
        Pin::new(stream).poll_flush(context)
    }
}

/// Cuts the next whole message off `input`.
fn next_message(input: &mut BytesMut, limit: usize) -> Result<Option<Message>, FrameError> {
    match frame_length(input)? {
        // 24 bits by its nature.
        #[allow(clippy::cast_possible_truncation)]
        Some(length) if length > limit => Err(FrameError::TooLong(length as u32)),
        Some(length) if length <= input.len() => {
            Message::parse(input.split_to(length).freeze()).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}
