//! What one side of a TLS connection sends: cut into records, opened, and given on.

use std::collections::VecDeque;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use capture::Numbers;

use super::agreement::{Agreed, Agreement, Early};
use super::handshake::{Message, Messages};
use super::key_log::KeyLog;
use super::protection::{Opening, Protection};
use super::record::{Beginning, ContentType, HEADER, Header, beginning};
use super::search::{Allowance, Search, Searched};
use super::side::Side;
use crate::notice::{Alert, UnreadTls};
use crate::reassembly::WAITING_SEGMENT;

/// What may wait for the other side's hello, octets.
pub(crate) const MAX_WAITING: usize = 256 << 10;

// RFC 8446 §6.
const CLOSE_NOTIFY: u8 = 0;
const USER_CANCELED: u8 = 90;
const FATAL: u8 = 2;

/// What a connection carries in its order.
#[derive(Debug, Clone)]
pub(crate) enum Chunk {
    Octets {
        octets: Bytes,
        numbers: Numbers,
        time: SystemTime,
    },
    /// Octets that were not captured, between two packets.
    Missing {
        octets: u64,
        between: Numbers,
        time: SystemTime,
    },
}

/// What comes out of TLS.
#[derive(Debug)]
pub(crate) enum Given {
    /// The next octets, and the packets that brought them.
    Octets {
        octets: Bytes,
        numbers: Numbers,
        time: SystemTime,
    },
    /// Octets that were not captured, before what comes next.
    Missing {
        octets: u64,
        between: Numbers,
        time: SystemTime,
    },
    /// An alert that ends the connection.
    Alert(Alert, Numbers, SystemTime),
}

/// What both directions share while one of them is read.
pub(crate) struct Shared<'a> {
    pub(crate) agreement: &'a mut Agreement,
    pub(crate) allowance: &'a mut Allowance,
    pub(crate) keys: &'a KeyLog,
    pub(crate) given: &'a mut Vec<(Side, Given)>,
}

/// One direction.
pub(crate) struct Direction {
    side: Side,
    /// What came and was not looked at, because it waits for what the other side says.
    waiting: VecDeque<Chunk>,
    /// What `waiting` takes.
    waits: usize,
    /// A record that is not whole, or that waits.
    buffer: BytesMut,
    /// The packets of what is in `buffer`.
    packets: Option<Numbers>,
    /// The last packet that was taken.
    last: Option<(Numbers, SystemTime)>,
    messages: Messages,
    protection: Protection,
    /// Octets were lost, and no record is found since.
    search: Option<Box<Search>>,
    is_closed: bool,
}

/// Why reading stops until more comes.
enum Pause {
    /// All there was is read.
    NeedsMore,
    /// What follows depends on what the other side says.
    Blocked,
}

impl Direction {
    pub(crate) fn new(side: Side) -> Direction {
        Direction {
            side,
            waiting: VecDeque::new(),
            waits: 0,
            buffer: BytesMut::new(),
            packets: None,
            last: None,
            messages: Messages::default(),
            protection: Protection::Clear,
            search: None,
            is_closed: false,
        }
    }

    /// Octets that are kept between calls.
    pub(crate) fn held(&self) -> usize {
        let search = self.search.as_ref().map_or(0, |search| search.held());
        self.waits + self.buffer.len() + self.messages.held() + search
    }

    /// Whether anything came from this side.
    pub(crate) fn has_begun(&self) -> bool {
        self.last.is_some() || !self.waiting.is_empty()
    }

    /// Whether what the other side says is still waited for.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() || matches!(self.protection, Protection::Clear)
    }

    /// Whether it said that it ends.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Whether nothing was found behind what is lost, though something came.
    pub(crate) fn is_lost(&self) -> bool {
        self.search.as_ref().is_some_and(|search| search.has_come())
    }

    /// The packet that was read last.
    pub(crate) fn last(&self) -> Option<(Numbers, SystemTime)> {
        self.last
    }

    /// Adds what came next; [`Direction::read`] looks at it.
    ///
    /// # Errors
    /// More waits than may.
    pub(crate) fn push(&mut self, chunk: Chunk) -> Result<(), UnreadTls> {
        self.waits += cost(&chunk);
        self.waiting.push_back(chunk);
        match self.waits > MAX_WAITING && self.waiting.len() > 1 {
            true => Err(UnreadTls::Beginning),
            false => Ok(()),
        }
    }

    /// What waits keeps no memory of the file that was read.
    pub(crate) fn keep(&mut self) {
        if let Some(Chunk::Octets { octets, .. }) = self.waiting.back_mut() {
            *octets = Bytes::copy_from_slice(octets);
        }
    }

    /// Reads on as far as it goes; whether that was anything.
    ///
    /// # Errors
    /// Why the connection cannot be read.
    pub(crate) fn read(&mut self, shared: &mut Shared<'_>) -> Result<bool, UnreadTls> {
        let mut has_read = false;
        loop {
            match self.record(shared)? {
                None => has_read = true,
                Some(Pause::Blocked) => return Ok(has_read),
                Some(Pause::NeedsMore) => {
                    let Some(chunk) = self.waiting.pop_front() else {
                        return Ok(has_read);
                    };
                    has_read = true;
                    self.waits -= cost(&chunk);
                    self.take(chunk, shared)?;
                }
            }
        }
    }

    /// What is kept is dropped, because too much is; how many octets that were, about.
    pub(crate) fn give_up(&mut self) -> usize {
        let dropped = self.held();
        self.waiting.clear();
        self.waits = 0;
        if dropped > 0 {
            self.lose(dropped as u64);
        }
        dropped
    }

    fn take(&mut self, chunk: Chunk, shared: &mut Shared<'_>) -> Result<(), UnreadTls> {
        match chunk {
            Chunk::Octets {
                octets,
                numbers,
                time,
            } => {
                self.last = Some((numbers, time));
                if self.is_closed {
                    return Ok(());
                }
                if let Some(search) = &mut self.search {
                    search.push(&octets, numbers);
                    return Ok(());
                }
                self.buffer.extend_from_slice(&octets);
                self.packets = Some(self.packets.map_or(numbers, |before| before.and(numbers)));
                Ok(())
            }
            Chunk::Missing {
                octets,
                between,
                time,
            } => {
                let needed = match shared.agreement.is_client(self.side) {
                    true => shared.agreement.has_client_hello(),
                    false => shared.agreement.agreed.is_some(),
                };
                if !needed {
                    return Err(UnreadTls::Beginning);
                }
                self.lose(octets);
                let missing = Given::Missing {
                    octets,
                    between,
                    time,
                };
                shared.given.push((self.side, missing));
                Ok(())
            }
        }
    }

    fn lose(&mut self, octets: u64) {
        let before = self.search.take().map_or(0, |search| search.lost());
        let partial = self.buffer.len() as u64;
        self.buffer = BytesMut::new();
        self.packets = None;
        self.messages = Messages::default();
        self.search = Some(Box::new(Search::after(before + partial + octets)));
    }

    /// Reads one record; `None` when it did.
    fn record(&mut self, shared: &mut Shared<'_>) -> Result<Option<Pause>, UnreadTls> {
        if self.is_closed {
            self.buffer = BytesMut::new();
            return Ok(Some(Pause::NeedsMore));
        }
        if self.search.is_some() {
            return self.search(shared);
        }
        let header = match beginning(&self.buffer) {
            Beginning::Record(header) => header,
            Beginning::TooShort => return Ok(Some(Pause::NeedsMore)),
            Beginning::Other => return Err(UnreadTls::Malformed),
        };
        if self.buffer.len() < HEADER + header.length {
            return Ok(Some(Pause::NeedsMore));
        }
        if self.is_blocked(header.kind, shared.agreement) {
            return Ok(Some(Pause::Blocked));
        }
        let mut body = self.buffer.split_to(HEADER + header.length);
        let _ = body.split_to(HEADER);
        let (last, time) = self.last.expect("octets came of a packet");
        let numbers = self.packets.unwrap_or(last);
        // What is left is of the last packet alone.
        self.packets = Some(last);
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
            self.packets = None;
        }
        self.open(header, body, numbers, time, shared)?;
        Ok(None)
    }

    /// Whether what a record means depends on what the other side has still to say.
    fn is_blocked(&self, kind: ContentType, agreement: &Agreement) -> bool {
        let waits_for_the_server = agreement.agreed.is_none();
        match (&self.protection, kind) {
            (Protection::Clear, ContentType::HANDSHAKE) => {
                // A ServerHello before its ClientHello: captured in another order than sent.
                let first = self.buffer.get(HEADER);
                !agreement.has_client_hello() && !self.messages.is_within() && first == Some(&2)
            }
            (Protection::Clear, ContentType::ALERT) => false,
            (Protection::Clear, ContentType::CHANGE_CIPHER_SPEC) if agreement.is_tls_13() => false,
            (Protection::Clear, _) => waits_for_the_server,
            (Protection::Early(Some(_)), _) => {
                // Only who can read the server's answer learns whether it takes early data.
                agreement.early == Early::Unknown
                    && agreement.handshake_secret(self.side.other()).is_some()
            }
            _ => false,
        }
    }

    fn open(
        &mut self,
        header: Header,
        mut body: BytesMut,
        numbers: Numbers,
        time: SystemTime,
        shared: &mut Shared<'_>,
    ) -> Result<(), UnreadTls> {
        let is_tls_13 = shared.agreement.is_tls_13();
        match (&self.protection, header.kind) {
            (Protection::Clear, ContentType::CHANGE_CIPHER_SPEC) => {
                // In TLS 1.3 it means nothing (RFC 8446 §D.4).
                if !is_tls_13 {
                    self.change(shared)?;
                }
                return Ok(());
            }
            (Protection::Clear, ContentType::APPLICATION_DATA) => {
                let Some(Agreed::Tls13(suite)) = shared.agreement.agreed else {
                    return Err(UnreadTls::Malformed);
                };
                let side = self.side;
                let offers =
                    shared.agreement.is_client(side) && shared.agreement.offers_early_data();
                self.protection = match offers {
                    true => Protection::of_early_data(suite, shared.agreement),
                    false => Protection::of_handshake(side, suite, shared.agreement),
                };
                if self.is_blocked(header.kind, shared.agreement) {
                    // It is put back, whole as it was.
                    let mut whole = BytesMut::from(&header.octets[..]);
                    whole.extend_from_slice(&body);
                    whole.extend_from_slice(&self.buffer);
                    self.buffer = whole;
                    self.packets = Some(numbers);
                    return Ok(());
                }
            }
            (Protection::Clear, kind) => {
                return self.content(kind, body, numbers, time, shared);
            }
            // Another ClientHello, and what may come unprotected (RFC 8446 §5).
            (_, kind) if is_tls_13 && kind != ContentType::APPLICATION_DATA => {
                return match kind {
                    ContentType::ALERT => self.content(kind, body, numbers, time, shared),
                    _ => Ok(()),
                };
            }
            _ => {}
        }
        let opening = self
            .protection
            .open(self.side, shared.agreement, &header.octets, &mut body);
        match opening {
            Opening::Opened(kind) => self.content(kind, body, numbers, time, shared),
            Opening::PassedOver => Ok(()),
            Opening::Failed => Err(UnreadTls::WrongKey),
        }
    }

    /// Goes on after what is lost.
    fn search(&mut self, shared: &mut Shared<'_>) -> Result<Option<Pause>, UnreadTls> {
        // What both hellos say is not there yet.
        if shared.agreement.agreed.is_none() {
            return Ok(Some(Pause::Blocked));
        }
        let search = self.search.as_mut().expect("something is lost");
        let agreement = &*shared.agreement;
        match search.go_on(self.side, &self.protection, agreement, shared.allowance) {
            Searched::NeedsMore => Ok(Some(Pause::NeedsMore)),
            Searched::GivenUp => Err(UnreadTls::Lost),
            Searched::Found(found) => {
                let found = *found;
                self.search = None;
                if let Protection::Clear = self.protection {
                    // Its ChangeCipherSpec is among what is lost.
                    let _ = shared.agreement.changed(self.side);
                }
                self.protection = found.protection;
                self.buffer = found.rest;
                let (last, time) = self.last.expect("octets came of a packet");
                self.packets = (!self.buffer.is_empty()).then_some(last);
                self.content(found.kind, found.body, found.numbers, time, shared)?;
                Ok(None)
            }
        }
    }

    /// What is in a record that is open.
    fn content(
        &mut self,
        kind: ContentType,
        body: BytesMut,
        numbers: Numbers,
        time: SystemTime,
        shared: &mut Shared<'_>,
    ) -> Result<(), UnreadTls> {
        match kind {
            ContentType::APPLICATION_DATA => {
                if !body.is_empty() {
                    let octets = body.freeze();
                    let given = Given::Octets {
                        octets,
                        numbers,
                        time,
                    };
                    shared.given.push((self.side, given));
                }
                Ok(())
            }
            ContentType::HANDSHAKE => {
                let messages = self.messages.take(&body);
                for message in messages.map_err(|_| UnreadTls::Malformed)? {
                    self.message(message, shared)?;
                }
                Ok(())
            }
            ContentType::ALERT => {
                let [level, description] = body[..] else {
                    return Err(UnreadTls::Malformed);
                };
                let is_tls_13 = shared.agreement.is_tls_13();
                match description {
                    CLOSE_NOTIFY => self.is_closed = true,
                    // RFC 8446 §6: there the level says nothing.
                    USER_CANCELED => {}
                    _ if level == FATAL || is_tls_13 => {
                        self.is_closed = true;
                        let alert = Given::Alert(Alert(description), numbers, time);
                        shared.given.push((self.side, alert));
                    }
                    _ => {}
                }
                Ok(())
            }
            ContentType::CHANGE_CIPHER_SPEC => self.change(shared),
            _ => Err(UnreadTls::Malformed),
        }
    }

    /// A ChangeCipherSpec of TLS 1.2.
    fn change(&mut self, shared: &mut Shared<'_>) -> Result<(), UnreadTls> {
        let opener = shared.agreement.changed(self.side);
        self.protection = Protection::Changed(opener.ok_or(UnreadTls::NoKey)?);
        Ok(())
    }

    fn message(&mut self, message: Message, shared: &mut Shared<'_>) -> Result<(), UnreadTls> {
        let side = self.side;
        let changes = match (&message, &self.protection) {
            (Message::EndOfEarlyData, Protection::Early(_))
            | (Message::Finished, Protection::Handshake(_))
            | (Message::KeyUpdate, Protection::Application(..)) => {
                let next = self.protection.next(side, shared.agreement);
                // Behind its handshake nothing of this side can be read.
                Some(next.ok_or(UnreadTls::NoKey)?)
            }
            _ => None,
        };
        if let Some(next) = changes {
            self.protection = next;
        }
        let is_server_hello = matches!(message, Message::ServerHello(_));
        shared.agreement.take(side, message, shared.keys)?;
        if is_server_hello && let Some(Agreed::Tls13(suite)) = shared.agreement.agreed {
            self.protection = Protection::of_handshake(side, suite, shared.agreement);
        }
        Ok(())
    }
}

fn cost(chunk: &Chunk) -> usize {
    match chunk {
        Chunk::Octets { octets, .. } => octets.len() + WAITING_SEGMENT,
        Chunk::Missing { .. } => WAITING_SEGMENT,
    }
}
