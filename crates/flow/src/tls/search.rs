//! Finding the next record after octets that were not captured: by its header, and by its tag, which tells its number.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use capture::Numbers;
use memchr::memmem;

use super::agreement::{Agreed, Agreement};
use super::protection::Protection;
use super::record::{Beginning, ContentType, HEADER, Header, beginning};
use super::side::Side;

/// The least record with a tag: no octet in it but its type.
const LEAST_RECORD: u64 = 5 + 1 + 8;

/// Numbers that are tried for one record, and one protection.
const MAX_NUMBERS: u64 = 4_096;

/// Records at which one may begin and whose end has not come; with more, the first is no longer waited for.
const MAX_BEGUN: usize = 64;

/// What an attempt costs beside the octets of the record, in octets.
const ATTEMPT: u64 = 64;

/// Octets to which one octet that came entitles.
const BY_OCTET: u64 = 64;

/// What a connection is entitled to before anything comes, and the most that it saves, octets.
const FIRST: u64 = 1 << 20;
const MOST: u64 = 64 << 20;

/// How much may be tried, in octets opened: in proportion to what was captured, so that no capture takes forever.
pub(crate) struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance(FIRST)
    }
}

impl Allowance {
    /// Octets came.
    pub(crate) fn came(&mut self, octets: usize) {
        self.0 = (self.0 + BY_OCTET * octets as u64).min(MOST);
    }

    fn takes(&mut self, octets: usize) -> bool {
        let cost = octets as u64 + ATTEMPT;
        let has = self.0 >= cost;
        if has {
            self.0 -= cost;
        }
        has
    }
}

/// A search.
pub(crate) struct Search {
    /// Octets that were not captured, or passed over.
    lost: u64,
    buffer: BytesMut,
    /// Where in `buffer` the octets of a packet end.
    packets: VecDeque<(usize, Numbers)>,
    /// Everything before was looked at.
    looked: usize,
    /// Where records may begin that are not whole yet.
    begun: VecDeque<(usize, Header)>,
    has_come: bool,
}

/// What came of it.
pub(crate) enum Searched {
    NeedsMore,
    /// It would take too long.
    GivenUp,
    Found(Box<Found>),
}

/// A record, open.
pub(crate) struct Found {
    pub(crate) protection: Protection,
    pub(crate) kind: ContentType,
    pub(crate) body: BytesMut,
    pub(crate) numbers: Numbers,
    /// What follows it.
    pub(crate) rest: BytesMut,
}

/// The header says so.
enum Attempt {
    Opened(Protection, ContentType, BytesMut),
    Failed,
    TooDear,
}

impl Search {
    pub(crate) fn after(lost: u64) -> Search {
        Search {
            lost,
            buffer: BytesMut::new(),
            packets: VecDeque::new(),
            looked: 0,
            begun: VecDeque::new(),
            has_come: false,
        }
    }

    pub(crate) fn held(&self) -> usize {
        self.buffer.len()
    }

    /// What was lost and not found again.
    pub(crate) fn lost(&self) -> u64 {
        self.lost + self.buffer.len() as u64
    }

    /// Whether anything came since.
    pub(crate) fn has_come(&self) -> bool {
        self.has_come
    }

    pub(crate) fn push(&mut self, octets: &Bytes, numbers: Numbers) {
        self.has_come = true;
        self.buffer.extend_from_slice(octets);
        self.packets.push_back((self.buffer.len(), numbers));
    }

    /// Looks at what came.
    pub(crate) fn go_on(
        &mut self,
        side: Side,
        protection: &Protection,
        agreement: &Agreement,
        allowance: &mut Allowance,
    ) -> Searched {
        self.look(agreement);
        let mut at = 0;
        while let Some(&(from, header)) = self.begun.get(at) {
            let until = from + HEADER + header.length;
            if until > self.buffer.len() {
                at += 1;
                continue;
            }
            self.begun.remove(at);
            let body = BytesMut::from(&self.buffer[from + HEADER..until]);
            let lost = self.lost + from as u64;
            match attempt(side, lost, protection, agreement, allowance, &header, body) {
                Attempt::Failed => {}
                Attempt::TooDear => return Searched::GivenUp,
                Attempt::Opened(protection, kind, body) => {
                    let rest = self.buffer.split_off(until);
                    return Searched::Found(Box::new(Found {
                        protection,
                        kind,
                        body,
                        numbers: self.numbers(from, until),
                        rest,
                    }));
                }
            }
        }
        self.forget();
        Searched::NeedsMore
    }

    /// Finds where records may begin.
    fn look(&mut self, agreement: &Agreement) {
        let is_tls_13 = matches!(agreement.agreed, Some(Agreed::Tls13(_)));
        // Behind it no header is whole.
        let end = (self.buffer.len() + 1).saturating_sub(HEADER);
        if end <= self.looked {
            return;
        }
        // The version stands behind the type.
        let versions = &self.buffer[self.looked + 1..end + 2];
        for place in memmem::find_iter(versions, b"\x03\x03") {
            let at = self.looked + place;
            let Beginning::Record(header) = beginning(&self.buffer[at..]) else {
                continue;
            };
            if is_tls_13 && header.kind != ContentType::APPLICATION_DATA {
                continue;
            }
            if self.begun.len() == MAX_BEGUN {
                self.begun.pop_front();
            }
            self.begun.push_back((at, header));
        }
        self.looked = end;
    }

    /// Drops what no record may begin in any more.
    fn forget(&mut self) {
        let needed = self.begun.front().map_or(self.looked, |(at, _)| *at);
        let _ = self.buffer.split_to(needed);
        self.lost += needed as u64;
        self.looked -= needed;
        self.begun.iter_mut().for_each(|(at, _)| *at -= needed);
        self.packets
            .iter_mut()
            .for_each(|(end, _)| *end = end.saturating_sub(needed));
        while self.packets.front().is_some_and(|(end, _)| *end == 0) {
            self.packets.pop_front();
        }
    }

    fn numbers(&self, from: usize, until: usize) -> Numbers {
        let mut begin = 0;
        let mut all: Option<Numbers> = None;
        for (end, numbers) in &self.packets {
            if begin < until && *end > from {
                all = Some(all.map_or(*numbers, |before| before.and(*numbers)));
            }
            begin = *end;
        }
        all.expect("octets came of a packet")
    }
}

/// Tries the numbers that a record may have, with the keys that there are and those that follow.
fn attempt(
    side: Side,
    lost: u64,
    protection: &Protection,
    agreement: &Agreement,
    allowance: &mut Allowance,
    header: &Header,
    mut body: BytesMut,
) -> Attempt {
    let many = (lost / LEAST_RECORD + 2).min(MAX_NUMBERS);
    let mut protection = protection.clone();
    // Where it stands, and as far on as a handshake and a KeyUpdate go.
    let steps = match agreement.agreed {
        Some(Agreed::Tls13(_)) => 4,
        _ => 2,
    };
    for _ in 0..steps {
        if let Some(opener) = protection.opener() {
            for number in opener.sequence..opener.sequence.saturating_add(many) {
                if !allowance.takes(body.len()) {
                    return Attempt::TooDear;
                }
                if let Some(kind) = opener.open(number, &header.octets, &mut body) {
                    opener.sequence = number.saturating_add(1);
                    return Attempt::Opened(protection, kind, body);
                }
            }
        }
        let Some(next) = protection.next(side, agreement) else {
            break;
        };
        protection = next;
    }
    Attempt::Failed
}
