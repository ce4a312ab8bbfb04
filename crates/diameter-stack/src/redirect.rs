//! Redirect indications and how long they hold (RFC 6733 §6.12–6.14).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use diameter_codec::base::{RedirectHostUsage, avp};
use diameter_codec::{ApplicationId, DiameterUri, Message, UriProtocol, UriScheme, UriTransport};

/// Most redirect indications that are remembered; a new one displaces the oldest.
pub const MAX_REMEMBERED: usize = 1_024;
/// Most Redirect-Hosts of one indication that are looked at.
pub const MAX_HOSTS: usize = 8;
/// The longest that an indication holds.
pub const MAX_CACHE_TIME: Duration = Duration::from_secs(86_400);

/// A host to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its DiameterIdentity.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// What an answer with DIAMETER_REDIRECT_INDICATION says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indication {
    /// Redirect-Host, those that TCP without TLS reaches, in their order.
    pub targets: Vec<Target>,
    /// Redirect-Host-Usage.
    pub usage: RedirectHostUsage,
    /// Redirect-Max-Cache-Time.
    pub holds: Duration,
}

impl Indication {
    /// Reads the indication of an answer; none where no host in it can be reached.
    pub fn of(answer: &Message) -> Option<Self> {
        let number = |code| answer.find(code).and_then(|avp| avp.unsigned32());
        let targets: Vec<Target> = answer
            .avps()
            .filter(|found| found.code == avp::REDIRECT_HOST)
            .take(MAX_HOSTS)
            .filter_map(|found| DiameterUri::parse(found.text()?).ok())
            .filter(|uri| {
                uri.scheme == UriScheme::Aaa
                    && uri.transport == UriTransport::Tcp
                    && uri.protocol == UriProtocol::Diameter
            })
            .map(|uri| Target {
                host: uri.host.to_owned(),
                port: uri.port,
            })
            .collect();
        if targets.is_empty() {
            return None;
        }
        let seconds = number(avp::REDIRECT_MAX_CACHE_TIME).unwrap_or(0);
        // §6.13: without the AVP the indication is for this request alone.
        let usage = number(avp::REDIRECT_HOST_USAGE)
            .map_or(RedirectHostUsage::DONT_CACHE, RedirectHostUsage);
        Some(Self {
            targets,
            usage,
            holds: Duration::from_secs(seconds.into()).min(MAX_CACHE_TIME),
        })
    }
}

/// What of a request decides whether a remembered indication is meant for it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Session-Id.
    pub session: Option<&'a str>,
    /// User-Name.
    pub user: Option<&'a str>,
    /// Destination-Realm.
    pub realm: &'a str,
    /// The application.
    pub application: ApplicationId,
}

// In the order of precedence of §6.13.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Session(String),
    User(String),
    RealmAndApplication(String, ApplicationId),
    Realm(String),
    Application(ApplicationId),
    /// Requests that would go to the host that sent the indication.
    Host(String),
}

impl Scope {
    fn of(usage: RedirectHostUsage, subject: &Subject<'_>, sender: &str) -> Option<Self> {
        match usage {
            RedirectHostUsage::ALL_SESSION => Some(Self::Session(subject.session?.to_owned())),
            RedirectHostUsage::ALL_USER => Some(Self::User(subject.user?.to_owned())),
            RedirectHostUsage::REALM_AND_APPLICATION => Some(Self::RealmAndApplication(
                subject.realm.to_owned(),
                subject.application,
            )),
            RedirectHostUsage::ALL_REALM => Some(Self::Realm(subject.realm.to_owned())),
            RedirectHostUsage::ALL_APPLICATION => Some(Self::Application(subject.application)),
            RedirectHostUsage::ALL_HOST => Some(Self::Host(sender.to_owned())),
            // DONT_CACHE, and what later times add.
            _ => None,
        }
    }

    /// Whether `other` says where the same requests go: realms and hosts have no case.
    fn is_of_the_same(&self, other: &Self) -> bool {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        match (self, other) {
            (Self::Realm(one), Self::Realm(other)) | (Self::Host(one), Self::Host(other)) => {
                same(one, other)
            }
            (
                Self::RealmAndApplication(one, application),
                Self::RealmAndApplication(other, other_application),
            ) => same(one, other) && application == other_application,
            (one, other) => one == other,
        }
    }

    /// Its rank where `subject`, that would go to `next`, is in it.
    fn covers(&self, subject: &Subject<'_>, next: &str) -> Option<u8> {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let (covered, rank) = match self {
            Self::Session(session) => (subject.session == Some(session), 0),
            Self::User(user) => (subject.user == Some(user), 1),
            Self::RealmAndApplication(realm, application) => (
                same(realm, subject.realm) && *application == subject.application,
                2,
            ),
            Self::Realm(realm) => (same(realm, subject.realm), 3),
            Self::Application(application) => (*application == subject.application, 4),
            Self::Host(host) => (same(host, next), 5),
        };
        covered.then_some(rank)
    }
}

/// The indications that hold.
#[derive(Debug, Default)]
pub struct Cache {
    entries: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    scope: Scope,
    until: Instant,
    targets: Vec<Target>,
}

impl Cache {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Remembers what `sender` indicated about `subject`, as far as it says so.
    pub fn remember(
        &mut self,
        now: Instant,
        indication: &Indication,
        subject: &Subject<'_>,
        sender: &str,
    ) {
        let Some(scope) = Scope::of(indication.usage, subject, sender) else {
            return;
        };
        if indication.holds.is_zero() {
            return;
        }
        self.entries
            .retain(|entry| entry.until > now && !entry.scope.is_of_the_same(&scope));
        if self.entries.len() >= MAX_REMEMBERED {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            scope,
            until: now + indication.holds,
            targets: indication.targets.clone(),
        });
    }

    /// Where `subject`, that would go to the peer `next`, is to go instead (precedence of RFC 6733 §6.13).
    pub fn find(&self, now: Instant, subject: &Subject<'_>, next: &str) -> Option<&[Target]> {
        self.entries
            .iter()
            .filter(|entry| entry.until > now)
            .filter_map(|entry| Some((entry.scope.covers(subject, next)?, entry)))
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, entry)| &*entry.targets)
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const CX: ApplicationId = ApplicationId::CX;
    const SH: ApplicationId = ApplicationId(16_777_217);

    const SUBJECT: Subject<'static> = Subject {
        session: Some("s;1;1"),
        user: Some("alice"),
        realm: "home.example",
        application: CX,
    };

    fn indication(usage: u32, host: &str) -> Indication {
        Indication {
            targets: vec![Target {
                host: host.to_owned(),
                port: 3868,
            }],
            usage: RedirectHostUsage(usage),
            holds: Duration::from_secs(10),
        }
    }

    fn avp(code: u32, data: &[u8]) -> Vec<u8> {
        let mut octets = code.to_be_bytes().to_vec();
        octets.push(0x40);
        octets.extend_from_slice(&(8 + data.len() as u32).to_be_bytes()[1..]);
        octets.extend_from_slice(data);
        octets.resize(octets.len().next_multiple_of(4), 0);
        octets
    }

    fn answer(avps: &[Vec<u8>]) -> Message {
        let body = avps.concat();
        let mut octets = vec![1];
        octets.extend_from_slice(&(20 + body.len() as u32).to_be_bytes()[1..]);
        octets.extend_from_slice(&[0x60, 0, 1, 44, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
        octets.extend_from_slice(&body);
        Message::parse(Bytes::from(octets)).unwrap()
    }

    #[test]
    fn rfc6733_6_12_hosts_that_tcp_reaches_are_taken_in_order() {
        let read = Indication::of(&answer(&[
            avp(292, b"aaas://secure.example"),
            avp(292, b"aaa://a.example:3869;transport=tcp"),
            avp(292, b"nonsense"),
            avp(292, b"aaa://b.example;transport=sctp"),
            avp(292, b"aaa://c.example"),
            avp(261, &2_u32.to_be_bytes()),
            avp(262, &60_u32.to_be_bytes()),
        ]))
        .unwrap();
        let hosts: Vec<_> = read.targets.iter().map(|t| (&*t.host, t.port)).collect();
        assert_eq!(hosts, [("a.example", 3869), ("c.example", 3868)]);
        assert_eq!(read.usage, RedirectHostUsage::ALL_REALM);
        assert_eq!(read.holds, Duration::from_secs(60));
        assert_eq!(
            Indication::of(&answer(&[avp(292, b"aaas://x.example")])),
            None
        );
        assert_eq!(Indication::of(&answer(&[])), None);
        let bare = Indication::of(&answer(&[avp(292, b"aaa://a.example")])).unwrap();
        assert_eq!(bare.usage, RedirectHostUsage::DONT_CACHE);
        let long = answer(&[
            avp(292, b"aaa://a.example"),
            avp(262, &u32::MAX.to_be_bytes()),
        ]);
        assert_eq!(Indication::of(&long).unwrap().holds, MAX_CACHE_TIME);
        let many = vec![avp(292, b"aaa://a.example"); MAX_HOSTS + 1];
        assert_eq!(
            Indication::of(&answer(&many)).unwrap().targets.len(),
            MAX_HOSTS
        );
    }

    /// Each usage, a request that it covers, and one that it does not.
    #[test]
    fn rfc6733_6_13_each_usage_covers_what_it_says() {
        let now = Instant::now();
        let other_session = Subject {
            session: Some("s;1;2"),
            ..SUBJECT
        };
        let other_user = Subject {
            user: Some("bob"),
            ..SUBJECT
        };
        let other_realm = Subject {
            realm: "other.example",
            ..SUBJECT
        };
        let other_application = Subject {
            application: SH,
            ..SUBJECT
        };
        let covered = |usage, subject: &Subject<'_>, next: &str| {
            let mut cache = Cache::default();
            cache.remember(now, &indication(usage, "x"), &SUBJECT, "agent");
            cache.find(now, subject, next).is_some()
        };
        for (usage, subject, outside) in [
            (1, other_user, other_session),
            (2, other_application, other_realm),
            (3, other_user, other_realm),
            (3, other_session, other_application),
            (4, other_realm, other_application),
            (6, other_realm, other_user),
        ] {
            assert!(covered(usage, &SUBJECT, "any"), "{usage}");
            assert!(covered(usage, &subject, "any"), "{usage}");
            assert!(!covered(usage, &outside, "agent"), "{usage}");
        }
        // ALL_HOST: whatever would go to the one that redirected.
        assert!(covered(5, &other_realm, "AGENT"));
        assert!(!covered(5, &SUBJECT, "another"));
        // DONT_CACHE, and a value of later times.
        assert!(!covered(0, &SUBJECT, "agent"));
        assert!(!covered(7, &SUBJECT, "agent"));
    }

    #[test]
    fn rfc6733_6_13_precedence() {
        let now = Instant::now();
        let mut cache = Cache::default();
        for usage in [5, 4, 2, 3, 6, 1] {
            cache.remember(
                now,
                &indication(usage, &usage.to_string()),
                &SUBJECT,
                "agent",
            );
            let found = cache.find(now, &SUBJECT, "agent").unwrap();
            assert_eq!(found[0].host, usage.to_string(), "the nearer one wins");
        }
    }

    /// Realms and hosts have no case (RFC 6733 §4.3.1): the newer of two about one takes the other's place.
    #[test]
    fn the_newer_one_counts_in_any_case() {
        let now = Instant::now();
        let shouted = Subject {
            realm: "HOME.EXAMPLE",
            ..SUBJECT
        };
        for usage in [2, 3, 5] {
            let mut cache = Cache::default();
            cache.remember(now, &indication(usage, "old"), &SUBJECT, "agent");
            cache.remember(now, &indication(usage, "new"), &shouted, "AGENT");
            let found = cache.find(now, &SUBJECT, "agent").unwrap();
            assert_eq!(found[0].host, "new", "{usage}");
            assert_eq!(cache.entries.len(), 1);
        }
    }

    #[test]
    fn rfc6733_6_14_it_holds_to_its_millisecond() {
        let now = Instant::now();
        let mut cache = Cache::default();
        cache.remember(now, &indication(2, "x"), &SUBJECT, "agent");
        let at = |ms| now + Duration::from_millis(ms);
        assert!(cache.find(at(9_999), &SUBJECT, "agent").is_some());
        assert!(cache.find(at(10_000), &SUBJECT, "agent").is_none());
        let mut cache = Cache::default();
        let never = Indication {
            holds: Duration::ZERO,
            ..indication(2, "x")
        };
        cache.remember(now, &never, &SUBJECT, "agent");
        assert!(cache.is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded_and_not_doubled() {
        let now = Instant::now();
        let mut cache = Cache::default();
        for user in 0..=MAX_REMEMBERED {
            let user = user.to_string();
            let subject = Subject {
                user: Some(&user),
                ..SUBJECT
            };
            for _ in 0..2 {
                cache.remember(now, &indication(6, "x"), &subject, "agent");
            }
        }
        assert_eq!(cache.entries.len(), MAX_REMEMBERED);
        let first = Subject {
            user: Some("0"),
            ..SUBJECT
        };
        assert!(cache.find(now, &first, "agent").is_none());
    }
}
