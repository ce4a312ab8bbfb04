//! A TCP connection as the network sees it: two ways, each a queue of what is under way and one of what has arrived.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::ReadBuf;

use crate::stream::WINDOW;

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Caller,
    Called,
}

impl End {
    pub(crate) const BOTH: [End; 2] = [End::Caller, End::Called];

    pub(crate) fn other(self) -> End {
        match self {
            End::Caller => End::Called,
            End::Called => End::Caller,
        }
    }
}

/// What travels one way, in order.
pub(crate) enum Segment {
    Data(Bytes),
    Finish,
    Reset,
}

pub(crate) struct Connection {
    caller: Side,
    called: Side,
}

/// One end and the way that leads from it.
struct Side {
    address: SocketAddr,
    way: RefCell<Way>,
    // Why this end can no longer read or write.
    broken: Cell<Option<ErrorKind>>,
    dropped: Cell<bool>,
}

#[derive(Default)]
struct Way {
    travelling: VecDeque<Segment>,
    /// When the last segment under way arrives: none overtakes another.
    last: Duration,
    arrived: VecDeque<Bytes>,
    finish_sent: bool,
    finish_arrived: bool,
    /// Octets written and not yet read, wherever they are.
    outstanding: usize,
    /// Segments that met a cut link.
    stalled: usize,
    stalls: u64,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Connection {
    pub(crate) fn new(caller: SocketAddr, called: SocketAddr) -> Connection {
        let side = |address| Side {
            address,
            way: RefCell::default(),
            broken: Cell::new(None),
            dropped: Cell::new(false),
        };
        Connection {
            caller: side(caller),
            called: side(called),
        }
    }

    fn side(&self, end: End) -> &Side {
        match end {
            End::Caller => &self.caller,
            End::Called => &self.called,
        }
    }

    pub(crate) fn address(&self, end: End) -> SocketAddr {
        self.side(end).address
    }

    /// The end at host `ip`; the caller's where both are there.
    pub(crate) fn ends_at(&self, ip: IpAddr) -> impl Iterator<Item = End> {
        End::BOTH
            .into_iter()
            .filter(move |end| self.address(*end).ip() == ip)
    }

    pub(crate) fn broken(&self, end: End) -> Option<ErrorKind> {
        self.side(end).broken.get()
    }

    /// Nothing more is read or written at `end`, but for what has arrived.
    pub(crate) fn break_off(&self, end: End, why: ErrorKind) {
        let side = self.side(end);
        if side.broken.get().is_none() {
            side.broken.set(Some(why));
        }
        let writer = side.way.borrow_mut().writer.take();
        let reader = self.side(end.other()).way.borrow_mut().reader.take();
        for waker in [writer, reader].into_iter().flatten() {
            waker.wake();
        }
    }

    pub(crate) fn drop_end(&self, end: End) {
        self.side(end).dropped.set(true);
    }

    pub(crate) fn dropped(&self, end: End) -> bool {
        self.side(end).dropped.get()
    }

    /// Octets have arrived at `end` that nobody read.
    pub(crate) fn unread(&self, end: End) -> bool {
        !self.side(end.other()).way.borrow().arrived.is_empty()
    }

    pub(crate) fn finish_sent(&self, end: End) -> bool {
        self.side(end).way.borrow().finish_sent
    }

    /// Sets a segment of `from` on its way, to arrive at `earliest` or after what went before; says when.
    pub(crate) fn depart(&self, from: End, segment: Segment, earliest: Duration) -> Duration {
        let mut way = self.side(from).way.borrow_mut();
        way.finish_sent |= matches!(segment, Segment::Finish);
        way.travelling.push_back(segment);
        way.last = way.last.max(earliest);
        way.last
    }

    /// Nothing of `from` arrives before `at`.
    pub(crate) fn hold_until(&self, from: End, at: Duration) {
        let mut way = self.side(from).way.borrow_mut();
        way.last = way.last.max(at);
    }

    /// The next segment of `from` has met a cut link; says which stall that is, where it begins.
    pub(crate) fn stall(&self, from: End) -> Option<u64> {
        let mut way = self.side(from).way.borrow_mut();
        way.stalled += 1;
        let begins = way.stalled == 1;
        way.stalls += u64::from(begins);
        begins.then_some(way.stalls)
    }

    /// The stall with this number is not over.
    pub(crate) fn still_stalled(&self, from: End, stall: u64) -> bool {
        let way = self.side(from).way.borrow();
        way.stalled > 0 && way.stalls == stall
    }

    /// The link is mended: how many segments set off again.
    pub(crate) fn resume(&self, from: End) -> usize {
        std::mem::take(&mut self.side(from).way.borrow_mut().stalled)
    }

    /// The next segment of `from` arrives. True where it finds nobody and a reset goes back.
    pub(crate) fn arrive(&self, from: End) -> Arrival {
        let mut way = self.side(from).way.borrow_mut();
        let Some(segment) = way.travelling.pop_front() else {
            return Arrival::Taken;
        };
        let nobody = self.dropped(from.other());
        match segment {
            Segment::Data(_) if nobody => return Arrival::NobodyThere,
            Segment::Data(octets) => way.arrived.push_back(octets),
            Segment::Finish => way.finish_arrived = true,
            Segment::Reset => {
                drop(way);
                self.break_off(from.other(), ErrorKind::ConnectionReset);
                return Arrival::Taken;
            }
        }
        if let Some(reader) = way.reader.take() {
            reader.wake();
        }
        Arrival::Taken
    }

    pub(crate) fn poll_read(
        &self,
        end: End,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut way = self.side(end.other()).way.borrow_mut();
        let before = buffer.filled().len();
        while let Some(first) = way.arrived.front_mut() {
            let take = first.len().min(buffer.remaining());
            buffer.put_slice(&first[..take]);
            first.advance(take);
            if !first.is_empty() {
                break;
            }
            way.arrived.pop_front();
        }
        let read = buffer.filled().len() - before;
        way.outstanding -= read;
        if read > 0 {
            if let Some(writer) = way.writer.take() {
                writer.wake();
            }
            return Poll::Ready(Ok(()));
        }
        if buffer.remaining() == 0 || way.finish_arrived {
            return Poll::Ready(Ok(()));
        }
        if let Some(why) = self.broken(end) {
            return Poll::Ready(Err(why.into()));
        }
        way.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// How many of `wanted` octets `end` may write now.
    pub(crate) fn poll_room(
        &self,
        end: End,
        cx: &mut Context<'_>,
        wanted: usize,
    ) -> Poll<io::Result<usize>> {
        if let Some(why) = self.broken(end) {
            return Poll::Ready(Err(why.into()));
        }
        let mut way = self.side(end).way.borrow_mut();
        if way.finish_sent {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        let room = wanted.min(WINDOW - way.outstanding);
        if room == 0 && wanted > 0 {
            way.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        way.outstanding += room;
        Poll::Ready(Ok(room))
    }
}

/// What became of a segment.
#[derive(PartialEq, Eq)]
pub(crate) enum Arrival {
    Taken,
    NobodyThere,
}
