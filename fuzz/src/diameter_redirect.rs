//! Redirect indications: what an answer says, and which requests a remembered one covers (RFC 6733 §6.12–6.14).

use std::time::{Duration, Instant};

use bytes::Bytes;
use diameter_codec::base::RedirectHostUsage;
use diameter_codec::{ApplicationId, Message};
use diameter_stack::redirect::{
    Cache, Indication, MAX_CACHE_TIME, MAX_HOSTS, MAX_REMEMBERED, Subject, Target,
};

use crate::choices::Choices;

const SESSIONS: [Option<&str>; 3] = [None, Some("s1"), Some("s2")];
const USERS: [Option<&str>; 3] = [None, Some("alice"), Some("bob")];
/// The first two are the same, as realms and hosts have no case.
const REALMS: [&str; 3] = ["home.example", "HOME.example", "other.example"];
const APPLICATIONS: [ApplicationId; 2] = [ApplicationId::CX, ApplicationId(16_777_217)];
const SENDERS: [&str; 3] = ["agent.example", "Agent.Example", "hss.example"];

/// An indication that was remembered.
struct Remembered {
    usage: u32,
    subject: Subject<'static>,
    sender: &'static str,
    until: Instant,
    host: String,
}

/// An answer, or a list of what happens.
pub fn diameter_redirect(octets: &[u8]) {
    match octets.split_first() {
        Some((0, frame)) => indication(frame),
        Some((_, choices)) => cache(Choices::new(choices)),
        None => {}
    }
}

fn indication(frame: &[u8]) {
    let Ok(answer) = Message::parse(Bytes::copy_from_slice(frame)) else {
        return;
    };
    let Some(read) = Indication::of(&answer) else {
        return;
    };
    assert!((1..=MAX_HOSTS).contains(&read.targets.len()));
    assert!(read.targets.iter().all(|target| !target.host.is_empty()));
    assert!(read.holds <= MAX_CACHE_TIME);
}

fn cache(mut choices: Choices<'_>) {
    let (mut now, mut cache) = (Instant::now(), Cache::default());
    let mut model: Vec<Remembered> = Vec::new();
    for number in 0..MAX_REMEMBERED {
        let Some(choice) = choices.octet() else {
            return;
        };
        if choice % 4 == 0 {
            let Some(time) = choices.time() else { return };
            now += time;
            continue;
        }
        let Some((subject, sender)) = request(&mut choices) else {
            return;
        };
        if choice % 4 == 1 {
            let Some((usage, holds)) = choices.octet().zip(choices.octet()) else {
                return;
            };
            let remembered = Remembered {
                usage: u32::from(usage % 8),
                subject,
                sender,
                until: now + Duration::from_secs(holds.into()),
                host: format!("{number}.example"),
            };
            let said = Indication {
                targets: vec![Target {
                    host: remembered.host.clone(),
                    port: 3868,
                }],
                usage: RedirectHostUsage(remembered.usage),
                holds: remembered.until - now,
            };
            cache.remember(now, &said, &subject, sender);
            if remembered.covers(&subject, sender) && holds != 0 {
                // It takes the place of one that said the same of the same.
                model.retain(|older| !older.is_of_the_same(&remembered));
                model.push(remembered);
            }
        } else {
            let found = cache.find(now, &subject, sender);
            // §6.13: the nearest wins.
            let expected = model
                .iter()
                .filter(|one| one.until > now && one.covers(&subject, sender))
                .min_by_key(|one| one.rank());
            let host = found.map(|targets| targets[0].host.as_str());
            assert_eq!(host, expected.map(|one| one.host.as_str()));
        }
    }
}

impl Remembered {
    /// Whether a request about `subject` that would go to `next` is redirected.
    fn covers(&self, subject: &Subject<'_>, next: &str) -> bool {
        let realm = self.subject.realm.eq_ignore_ascii_case(subject.realm);
        let application = self.subject.application == subject.application;
        match self.usage {
            1 => subject.session.is_some() && self.subject.session == subject.session,
            2 => realm,
            3 => realm && application,
            4 => application,
            5 => self.sender.eq_ignore_ascii_case(next),
            6 => subject.user.is_some() && self.subject.user == subject.user,
            // DONT_CACHE, and what is not defined.
            _ => false,
        }
    }

    fn is_of_the_same(&self, newer: &Self) -> bool {
        let (old, new) = (&self.subject, &newer.subject);
        self.usage == newer.usage
            && match self.usage {
                1 => old.session == new.session,
                2 => old.realm.eq_ignore_ascii_case(new.realm),
                3 => {
                    old.realm.eq_ignore_ascii_case(new.realm) && old.application == new.application
                }
                4 => old.application == new.application,
                5 => self.sender.eq_ignore_ascii_case(newer.sender),
                _ => old.user == new.user,
            }
    }

    /// The order of precedence of RFC 6733 §6.13.
    fn rank(&self) -> usize {
        [1, 6, 3, 2, 4, 5]
            .iter()
            .position(|usage| *usage == self.usage)
            .expect("one that is remembered")
    }
}

/// What a request is about, and the host that it would go to.
fn request(choices: &mut Choices<'_>) -> Option<(Subject<'static>, &'static str)> {
    let subject = Subject {
        session: choices.one_of(&SESSIONS)?,
        user: choices.one_of(&USERS)?,
        realm: choices.one_of(&REALMS)?,
        application: choices.one_of(&APPLICATIONS)?,
    };
    Some((subject, choices.one_of(&SENDERS)?))
}
