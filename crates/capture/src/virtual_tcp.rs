//! TCP headers for streams of which only the octets are known.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use etherparse::{TcpHeader, TcpOptionElement};

/// The most octets of a stream in one packet; longer runs are split.
pub const MAX_SEGMENT: usize = 32_768;
/// How many connections are followed at once; with one more, the one longest silent is forgotten (should it speak
/// again, it looks like a new one).
pub const MAX_CONNECTIONS: usize = 16_384;

/// With this scale the window is 1 GiB, so that no segment overruns it although nobody acknowledges in between.
const WINDOW_SCALE: u8 = 14;

/// The connections under way, by their ends.
#[derive(Default)]
pub(crate) struct Connections {
    by_ends: BTreeMap<(SocketAddr, SocketAddr), Connection>,
    uses: u64,
}

/// Sequence numbers of both ends; the lesser address is the first.
struct Connection {
    next: [u32; 2],
    finished: [bool; 2],
    used: u64,
}

/// A segment to be written: who sends it, with which header.
pub(crate) struct Made {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) header: TcpHeader,
}

fn key(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    (one.min(other), one.max(other))
}

/// The index of `from` among the ends of its connection.
fn end(from: SocketAddr, to: SocketAddr) -> usize {
    usize::from(from > to)
}

impl Connections {
    /// The three segments by which a connection begins, unless it is there.
    pub(crate) fn open(
        &mut self,
        caller: SocketAddr,
        called: SocketAddr,
        since_epoch: Duration,
    ) -> Vec<Made> {
        if self.touch(caller, called) {
            return Vec::new();
        }
        if self.by_ends.len() >= MAX_CONNECTIONS {
            let oldest = self.by_ends.iter().min_by_key(|(_, it)| it.used);
            if let Some(ends) = oldest.map(|(ends, _)| *ends) {
                self.by_ends.remove(&ends);
            }
        }
        // A clock of 4 µs (RFC 9293 §3.4.1): a port pair that is used again gets other numbers.
        let first = (since_epoch.as_micros() / 4) as u32;
        let second = first.wrapping_add(1);
        let connection = Connection {
            next: [second; 2],
            finished: [false; 2],
            used: self.uses,
        };
        self.by_ends.insert(key(caller, called), connection);
        let mut syn = segment(caller, called, first, None);
        syn.header.syn = true;
        let mut syn_ack = segment(called, caller, first, Some(second));
        syn_ack.header.syn = true;
        for made in [&mut syn, &mut syn_ack] {
            let options = [
                TcpOptionElement::MaximumSegmentSize(u16::MAX),
                TcpOptionElement::Noop,
                TcpOptionElement::WindowScale(WINDOW_SCALE),
            ];
            made.header
                .set_options(&options)
                .expect("eight octets of options fit");
        }
        let ack = segment(caller, called, second, Some(second));
        vec![syn, syn_ack, ack]
    }

    fn touch(&mut self, from: SocketAddr, to: SocketAddr) -> bool {
        self.uses += 1;
        match self.by_ends.get_mut(&key(from, to)) {
            // Who said that it had no more to say speaks of another connection, the peer's end unheard.
            Some(connection) if connection.finished[end(from, to)] => {
                self.by_ends.remove(&key(from, to));
                false
            }
            Some(connection) => {
                connection.used = self.uses;
                true
            }
            None => false,
        }
    }

    /// The header for `length` octets of an open connection.
    pub(crate) fn data(&mut self, from: SocketAddr, to: SocketAddr, length: u32) -> Option<Made> {
        let connection = self.by_ends.get_mut(&key(from, to))?;
        let mut made = connection.segment(from, to);
        made.header.psh = true;
        let next = &mut connection.next[end(from, to)];
        *next = next.wrapping_add(length);
        Some(made)
    }

    /// The FIN of `from`, with the last ACK of its peer where that was the second; nothing where it was sent before.
    pub(crate) fn finish(&mut self, from: SocketAddr, to: SocketAddr) -> Vec<Made> {
        let Some(connection) = self.by_ends.get_mut(&key(from, to)) else {
            return Vec::new();
        };
        let own = end(from, to);
        if std::mem::replace(&mut connection.finished[own], true) {
            return Vec::new();
        }
        let mut fin = connection.segment(from, to);
        fin.header.fin = true;
        connection.next[own] = connection.next[own].wrapping_add(1);
        if !connection.finished[1 - own] {
            return vec![fin];
        }
        let ack = connection.segment(to, from);
        self.by_ends.remove(&key(from, to));
        vec![fin, ack]
    }

    /// The RST of `from`.
    pub(crate) fn reset(&mut self, from: SocketAddr, to: SocketAddr) -> Option<Made> {
        let connection = self.by_ends.remove(&key(from, to))?;
        let mut made = connection.segment(from, to);
        made.header.rst = true;
        Some(made)
    }
}

impl Connection {
    fn segment(&self, from: SocketAddr, to: SocketAddr) -> Made {
        let own = end(from, to);
        segment(from, to, self.next[own], Some(self.next[1 - own]))
    }
}

fn segment(from: SocketAddr, to: SocketAddr, sequence: u32, acknowledged: Option<u32>) -> Made {
    let mut header = TcpHeader::new(from.port(), to.port(), sequence, u16::MAX);
    header.ack = acknowledged.is_some();
    header.acknowledgment_number = acknowledged.unwrap_or(0);
    Made { from, to, header }
}
