//! The network's part in streams: calls, segments under way, what a cut link does to them.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

use bytes::Bytes;

use super::{Happening, Network, State};
use crate::connection::{Arrival, Connection, End, Segment};
use crate::faults::Faults;
use crate::stream::{Call, STREAM_TIMEOUT, SYN_RETRIES};
use crate::trace::Event;

impl Network {
    pub(crate) fn call(&self, from: SocketAddr, to: SocketAddr) -> Rc<Call> {
        let call = Rc::new(Call::new(from, to));
        let state = &mut *self.state.borrow_mut();
        self.trace(state, from, to, Event::Connect, Bytes::new());
        let at = self.now() + state.delay((from.ip(), to.ip()));
        let happening = Happening::Syn {
            call: Rc::downgrade(&call),
            attempt: 0,
        };
        self.schedule(state, at, happening);
        call
    }

    /// A SYN arrives, or would if there were a way.
    pub(super) fn called(&self, weak: Weak<Call>, attempt: u32) {
        let Some(call) = weak.upgrade() else { return };
        let link = (call.from.ip(), call.to.ip());
        let back = (link.1, link.0);
        let state = &mut *self.state.borrow_mut();
        let reachable = !state.cut.contains(&link)
            && !state.cut.contains(&back)
            && state.hosts.contains_key(&call.to.ip());
        if !reachable {
            if attempt >= SYN_RETRIES {
                call.end(Err(ErrorKind::TimedOut));
                return;
            }
            let again = Happening::Syn {
                call: weak,
                attempt: attempt + 1,
            };
            let at = self.now() + Duration::from_secs(1 << attempt);
            self.schedule(state, at, again);
            return;
        }
        let at = self.now() + state.delay(back);
        let acceptor = state.hosts.get(&call.to.ip());
        let acceptor = acceptor.and_then(|host| host.listeners.holder(call.to.port(), call.from));
        let connection = acceptor.filter(|queue| queue.has_room()).map(|acceptor| {
            let connection = Rc::new(Connection::new(call.from, call.to));
            connection.hold_until(End::Called, at);
            acceptor.arrive(connection.clone());
            connection
        });
        if let Some(connection) = &connection {
            // Now and then forgets those that are gone, so that a long run does not drag them along.
            if state.connections.len().is_power_of_two() {
                state.connections.retain(|weak| weak.strong_count() > 0);
            }
            state.connections.push(Rc::downgrade(connection));
        }
        let call = weak;
        self.schedule(state, at, Happening::Answer { call, connection });
    }

    pub(super) fn answered(&self, call: &Weak<Call>, connection: Option<Rc<Connection>>) {
        match (call.upgrade(), connection) {
            (Some(call), Some(connection)) => call.end(Ok(connection)),
            (Some(call), None) => call.end(Err(ErrorKind::ConnectionRefused)),
            (None, Some(connection)) => self.drop_end(&connection, End::Caller),
            (None, None) => {}
        }
    }

    /// An end is closed by its owner: orderly where all was read, else by a reset (RFC 9293 §3.6.1).
    pub(crate) fn drop_end(&self, connection: &Rc<Connection>, end: End) {
        connection.drop_end(end);
        if connection.broken(end).is_some() {
            return;
        }
        if connection.unread(end) {
            connection.break_off(end, ErrorKind::ConnectionAborted);
            self.send_segment(connection, end, Segment::Reset);
        } else if !connection.finish_sent(end) {
            self.send_segment(connection, end, Segment::Finish);
        }
    }

    /// Sends what `from` wrote, whole or in pieces; or resets the connection, as the faults have it.
    pub(crate) fn send_data(&self, connection: &Rc<Connection>, from: End, octets: &[u8]) {
        let ends = (connection.address(from), connection.address(from.other()));
        let link = (ends.0.ip(), ends.1.ip());
        let mut payload = Bytes::copy_from_slice(octets);
        let mut cuts = Vec::new();
        {
            let state = &mut *self.state.borrow_mut();
            let faults = state.faults_of(link);
            if state.dice.chance(faults.reset) {
                self.trace(state, ends.0, ends.1, Event::Reset, Bytes::new());
                for end in End::BOTH {
                    connection.break_off(end, ErrorKind::ConnectionReset);
                }
                return;
            }
            self.trace(state, ends.0, ends.1, Event::Data, payload.clone());
            if state.dice.chance(faults.segmentation) {
                let count = 1 + state.dice.below(Faults::PIECES - 1);
                cuts.extend((0..count).map(|_| state.dice.below(octets.len() as u64) as usize));
                cuts.sort_unstable();
                cuts.dedup();
            }
        }
        let mut sent = 0;
        for cut in cuts.into_iter().filter(|cut| *cut > 0) {
            let piece = payload.split_to(cut - sent);
            sent = cut;
            self.depart(connection, from, Segment::Data(piece));
        }
        self.depart(connection, from, Segment::Data(payload));
    }

    pub(crate) fn send_segment(&self, connection: &Rc<Connection>, from: End, segment: Segment) {
        let event = match segment {
            Segment::Data(_) => Event::Data,
            Segment::Finish => Event::Finish,
            Segment::Reset => Event::Reset,
        };
        let ends = (connection.address(from), connection.address(from.other()));
        let state = &mut *self.state.borrow_mut();
        self.trace(state, ends.0, ends.1, event, Bytes::new());
        self.depart_in(state, connection, from, segment);
    }

    fn depart(&self, connection: &Rc<Connection>, from: End, segment: Segment) {
        self.depart_in(&mut self.state.borrow_mut(), connection, from, segment);
    }

    fn depart_in(
        &self,
        state: &mut State,
        connection: &Rc<Connection>,
        from: End,
        segment: Segment,
    ) {
        let ends = (connection.address(from), connection.address(from.other()));
        let earliest = self.now() + state.delay((ends.0.ip(), ends.1.ip()));
        let at = connection.depart(from, segment, earliest);
        let connection = connection.clone();
        self.schedule(state, at, Happening::Segment { connection, from });
    }

    pub(super) fn segment(&self, connection: &Rc<Connection>, from: End) {
        let ends = (connection.address(from), connection.address(from.other()));
        let state = &mut *self.state.borrow_mut();
        if state.cut.contains(&(ends.0.ip(), ends.1.ip())) {
            if let Some(stall) = connection.stall(from) {
                let at = self.now() + STREAM_TIMEOUT;
                let connection = Rc::downgrade(connection);
                let give_up = Happening::GiveUp {
                    connection,
                    from,
                    stall,
                };
                self.schedule(state, at, give_up);
            }
            return;
        }
        let to = from.other();
        if connection.arrive(from) == Arrival::NobodyThere && connection.broken(to).is_none() {
            connection.break_off(to, ErrorKind::ConnectionAborted);
            self.trace(state, ends.1, ends.0, Event::Reset, Bytes::new());
            self.depart_in(state, connection, to, Segment::Reset);
        }
    }
}
