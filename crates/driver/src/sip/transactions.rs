//! The transactions of one endpoint: by key for messages, by number for timers.

use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hashbrown::HashTable;
use sip_message::Message;
use sip_stack::timers::Reliability;
use sip_stack::transaction::key::{ClientKey, ServerKey};
use sip_stack::transaction::{non_invite_client as client, non_invite_server as server};
use tokio::sync::oneshot;

use super::RequestError;
use super::numbered::Numbered;
use crate::hash::{self, Keyed, KeyedMap};
use crate::io::Io;
use crate::timer_queue::TimerQueue;

/// A transaction's number, never used twice.
pub(super) type Number = u64;

/// How octets go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Datagram(SocketAddr),
    /// Over the connection with this number.
    Connection(u64),
}

impl Way {
    pub(super) fn reliability(self) -> Reliability {
        match self {
            Self::Datagram(_) => Reliability::Unreliable,
            Self::Connection(_) => Reliability::Reliable,
        }
    }
}

/// How a response goes back (RFC 3261 §18.2.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct Reply {
    pub(super) way: Way,
    /// Where a new connection is made to if that of the request is gone.
    pub(super) reconnect: Option<SocketAddr>,
}

pub(super) struct Server {
    pub(super) machine: server::NonInviteServer,
    pub(super) key: ServerKey,
    pub(super) reply: Reply,
    /// The request until its final response, for a 100 (RFC 4320 §4.1).
    pub(super) request: Option<Rc<Message>>,
    /// The last response, sent again on retransmission.
    pub(super) response: Box<[u8]>,
    pub(super) settings: TimerSettings,
}

pub(super) struct Client {
    pub(super) machine: client::NonInviteClient,
    pub(super) key: ClientKey,
    pub(super) way: Way,
    /// The request, until its final response.
    pub(super) request: Bytes,
    pub(super) answer: Option<oneshot::Sender<Result<Message, RequestError>>>,
    pub(super) settings: TimerSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    Server(Number, server::Timer),
    Client(Number, client::Timer),
}

/// How often each timer of a transaction was set or cancelled: one that fires counts only as it was set last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TimerSettings([u8; 3]);

impl Timer {
    fn slot(self) -> usize {
        match self {
            Self::Server(_, server::Timer::J) | Self::Client(_, client::Timer::E) => 0,
            Self::Server(_, server::Timer::Trying) | Self::Client(_, client::Timer::F) => 1,
            Self::Server(_, server::Timer::Expiry) | Self::Client(_, client::Timer::K) => 2,
        }
    }
}

/// Nobody waits for timer J, which ends what absorbs retransmissions: those of the same share of it end together, up to
/// an eighth of a second late for the 32 seconds of RFC 3261.
const SHARES: u32 = 256;

/// Room for so many transactions is kept when they are over.
const USUAL: usize = 1024;

/// Spans of time, counted from the first end that was asked for.
#[derive(Default)]
struct Together(Option<Instant>);

impl Together {
    /// The end of the span of this length in which `at` is.
    fn end(&mut self, at: Instant, span: Duration) -> Instant {
        let since = at.duration_since(*self.0.get_or_insert(at)).as_nanos();
        match since.checked_rem(span.as_nanos()) {
            None | Some(0) => at,
            Some(into) => at + span - Duration::from_nanos(into as u64),
        }
    }
}

/// By what a table finds the number of a server transaction again.
fn hash_of(servers: &Numbered<Server>, hasher: &Keyed) -> impl Fn(&Number) -> u64 {
    |number| {
        let server = servers.get(*number);
        server.map_or(0, |server| hasher.hash_one(&server.key))
    }
}

pub(super) struct Transactions {
    next: Number,
    hasher: Keyed,
    /// By the keys that stand in `servers`.
    server_numbers: HashTable<Number>,
    pub(super) client_numbers: KeyedMap<ClientKey, Number>,
    /// Tens of thousands absorb retransmissions at a time.
    pub(super) servers: Numbered<Server>,
    pub(super) clients: KeyedMap<Number, Client>,
    timers: TimerQueue<(Timer, u8)>,
    together: Together,
}

impl Transactions {
    pub(super) fn new(io: &impl Io) -> Self {
        Self {
            next: 0,
            hasher: hash::keyed(io),
            server_numbers: HashTable::new(),
            client_numbers: hash::map(io),
            servers: Numbered::default(),
            clients: hash::map(io),
            timers: TimerQueue::default(),
            together: Together::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    /// Transactions that wait for a final response, ours or a peer's.
    pub(super) fn unanswered(&self) -> usize {
        self.servers
            .values()
            .filter(|server| server.request.is_some())
            .count()
            + self
                .clients
                .values()
                .filter(|client| client.answer.is_some())
                .count()
    }

    pub(super) fn add_server(&mut self, server: Server) -> Number {
        let hash = self.hasher.hash_one(&server.key);
        let number = self.servers.add(server);
        let hash_of = hash_of(&self.servers, &self.hasher);
        self.server_numbers.insert_unique(hash, number, hash_of);
        number
    }

    /// The transaction of the requests with this key.
    pub(super) fn server_number(&self, key: &ServerKey) -> Option<Number> {
        let is_it = |number: &Number| {
            let server = self.servers.get(*number);
            server.is_some_and(|server| server.key == *key)
        };
        let hash = self.hasher.hash_one(key);
        self.server_numbers.find(hash, is_it).copied()
    }

    pub(super) fn add_client(&mut self, client: Client) -> Number {
        self.next += 1;
        self.client_numbers.insert(client.key.clone(), self.next);
        self.clients.insert(self.next, client);
        self.next
    }

    pub(super) fn remove_server(&mut self, number: Number) {
        let Some(server) = self.servers.remove(number) else {
            return;
        };
        let hash = self.hasher.hash_one(&server.key);
        if let Ok(entry) = self.server_numbers.find_entry(hash, |held| *held == number) {
            entry.remove();
        }
        // A crowd that has gone leaves no room behind.
        let (left, room) = (self.server_numbers.len(), self.server_numbers.capacity());
        if room > USUAL && left < room / 8 {
            let hash_of = hash_of(&self.servers, &self.hasher);
            self.server_numbers.shrink_to(left * 2, hash_of);
        }
    }

    /// Gives the way that it took.
    pub(super) fn remove_client(&mut self, number: Number) -> Option<Way> {
        let client = self.clients.remove(&number)?;
        self.client_numbers.remove(&client.key);
        Some(client.way)
    }

    pub(super) fn set_timer(&mut self, now: Instant, after: Duration, timer: Timer) {
        let Some(setting) = self.setting(timer) else {
            return;
        };
        *setting = setting.wrapping_add(1);
        let set = (timer, *setting);
        match timer {
            Timer::Server(_, server::Timer::J) => {
                let at = self.together.end(now + after, after / SHARES);
                self.timers.set_late(after, at, set);
            }
            _ => self.timers.set(now, after, set),
        }
    }

    pub(super) fn cancel_timer(&mut self, timer: Timer) {
        if let Some(setting) = self.setting(timer) {
            *setting = setting.wrapping_add(1);
        }
    }

    /// Takes one timer that has fired by `now` and was neither cancelled nor set again.
    pub(super) fn pop_timer(&mut self, now: Instant) -> Option<Timer> {
        while let Some((timer, set)) = self.timers.pop(now) {
            if self.setting(timer).is_some_and(|setting| *setting == set) {
                return Some(timer);
            }
        }
        None
    }

    fn setting(&mut self, timer: Timer) -> Option<&mut u8> {
        let settings = match timer {
            Timer::Server(number, _) => &mut self.servers.get_mut(number)?.settings,
            Timer::Client(number, _) => &mut self.clients.get_mut(&number)?.settings,
        };
        settings.0.get_mut(timer.slot())
    }

    /// When the next timer fires that was neither cancelled nor set again.
    pub(super) fn next_timer(&mut self) -> Option<Instant> {
        let Self {
            servers,
            clients,
            timers,
            ..
        } = self;
        timers.next(|(timer, set)| {
            let settings = match timer {
                Timer::Server(number, _) => servers.get(*number).map(|server| &server.settings),
                Timer::Client(number, _) => clients.get(number).map(|client| &client.settings),
            };
            settings.is_some_and(|settings| settings.0.get(timer.slot()) == Some(set))
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use sip_stack::timers::TimerValues;

    use super::*;

    #[test]
    fn what_ends_in_one_span_ends_with_it_and_nothing_before_its_time() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut together = Together::default();
        let mut end = |at| together.end(start + ms(at), ms(125)) - start;
        assert_eq!(end(32_000), ms(32_000));
        assert_eq!(end(32_001), ms(32_125));
        assert_eq!(end(32_124), ms(32_125));
        assert_eq!(end(32_125), ms(32_125));
        assert_eq!(end(32_126), ms(32_250));
        assert_eq!(together.end(start + ms(7), Duration::ZERO), start + ms(7));
    }

    /// A transaction of a server that has answered and one of a client, with keys of one message.
    fn transactions() -> (Transactions, Number, Number) {
        let request = Message::parse(Bytes::from_static(
            b"OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCSeq: 1 OPTIONS\r\n\r\n",
        ))
        .expect("a message");
        let values = TimerValues::DEFAULT;
        let way = Way::Datagram(SocketAddr::from(([10, 0, 0, 1], 5060)));
        let mut transactions = Transactions {
            next: 0,
            hasher: Keyed::default(),
            server_numbers: HashTable::new(),
            client_numbers: KeyedMap::default(),
            servers: Numbered::default(),
            clients: KeyedMap::default(),
            timers: TimerQueue::default(),
            together: Together::default(),
        };
        let server = transactions.add_server(Server {
            machine: server::NonInviteServer::start(way.reliability(), &values).0,
            key: ServerKey::of(&request).expect("a key"),
            reply: Reply {
                way,
                reconnect: None,
            },
            request: None,
            response: Box::default(),
            settings: TimerSettings::default(),
        });
        let client = transactions.add_client(Client {
            machine: client::NonInviteClient::start(way.reliability(), &values).0,
            key: ClientKey::of(&request).expect("a key"),
            way,
            request: Bytes::new(),
            answer: None,
            settings: TimerSettings::default(),
        });
        (transactions, server, client)
    }

    #[test]
    fn rfc3261_17_1_2_2_timer_f_fires_in_its_millisecond_also_where_a_timer_j_of_its_length_waits()
    {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let (mut transactions, server, client) = transactions();
        let (f, j) = (
            Timer::Client(client, client::Timer::F),
            Timer::Server(server, server::Timer::J),
        );
        let t = TimerValues::DEFAULT.f();
        assert_eq!(TimerValues::DEFAULT.j(Reliability::Unreliable), t);
        // The first J begins the spans; the second, a millisecond into one, is rounded up to its end.
        transactions.set_timer(start, t, j);
        transactions.set_timer(start + ms(1), t, j);
        transactions.set_timer(start + ms(2), t, f);
        assert_eq!(transactions.next_timer(), Some(start + ms(2) + t));
        assert_eq!(transactions.pop_timer(start + ms(1) + t), None);
        assert_eq!(transactions.pop_timer(start + ms(2) + t), Some(f));
        let end = start + t + t / SHARES;
        assert_eq!(transactions.next_timer(), Some(end));
        assert_eq!(transactions.pop_timer(end - ms(1)), None);
        assert_eq!(transactions.pop_timer(end), Some(j));
    }
}
