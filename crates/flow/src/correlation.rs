//! Which messages belong to one subscriber, to one call, to one session.
//!
//! Identities that one message gives to one subscriber are joined: To and the user name of credentials in REGISTER, To
//! and P-Associated-URI in its 200, User-Name and Public-Identity on Cx. A call joins nobody: its parties stay several,
//! and it belongs to each of them. A message without an identity is about whom its Call-ID, its Session-Id, or the
//! request that it answers is about. A call that begins with the charging identifier of another is a leg of that one:
//! so a back-to-back user agent's two Call-IDs belong together.

use std::hash::{BuildHasher, Hash, RandomState};

use hashlink::LinkedHashMap;
use smallvec::SmallVec;

use crate::event::{Event, Protocol};
use crate::identity::{Identity, Wanted};
use crate::marks::{Marks, Step};

/// Identities of one subscriber; one that would be joined beyond stays apart. So something that all share after all
/// joins no more than these.
pub const MAX_IDENTITIES_OF_ONE: usize = 32;

/// Parties of one call that are remembered.
pub const MAX_PARTIES: usize = 8;

/// Calls of one charging identifier that are joined: should all have the same, the harm is bounded.
pub const MAX_LEGS: usize = 8;

/// Octets that are kept of a name.
const MAX_NAME: usize = 128;

/// How much is remembered at one time; beyond, what was not heard of for longest is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Identities, each some 200 octets.
    pub identities: usize,
    /// Calls, charging identifiers, sessions and Diameter requests, each some 150 octets.
    pub conversations: usize,
}

impl Default for Remembered {
    fn default() -> Remembered {
        Remembered {
            identities: 200_000,
            conversations: 200_000,
        }
    }
}

/// What is asked for; everything, where nothing is.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What belongs to these subscribers.
    pub users: Vec<Wanted>,
    /// What belongs to these Call-IDs: their messages, and what their subscribers caused on Cx between a request and
    /// its answer.
    pub calls: Vec<String>,
    /// What belongs to these Session-Ids.
    pub sessions: Vec<String>,
}

impl Selection {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.users.is_empty() && self.calls.is_empty() && self.sessions.is_empty()
    }
}

/// A subscriber of a [`Correlation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subscriber(u32);

/// What a message is part of in the end: its call; else its session, or the call that caused that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chain(u64);

/// What is known of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belonging {
    /// Whom it is about: several of a call, nobody of what keeps connections.
    pub subscribers: SmallVec<[Subscriber; 2]>,
    /// Its Call-ID.
    pub call_id: Option<String>,
    /// Its Session-Id.
    pub session_id: Option<String>,
    /// What it is part of; nothing of what is neither of a call nor of a session.
    pub chain: Option<Chain>,
    /// Whether it is asked for.
    pub is_wanted: bool,
}

/// Subscribers, calls and sessions, as messages tell of them.
#[derive(Debug)]
pub struct Correlation {
    selection: Selection,
    wanted_conversations: Vec<u64>,
    limits: Remembered,
    /// Keyed, so that nobody outside can choose two identities that collide.
    key: RandomState,
    /// To which group an identity belongs; the one heard of last stands last.
    identities: LinkedHashMap<u64, u32, RandomState>,
    groups: Vec<Group>,
    free: Vec<u32>,
    named: u64,
    conversations: LinkedHashMap<u64, Conversation, RandomState>,
}

#[derive(Debug, Default)]
struct Group {
    /// Forgotten ones too, until they are too many.
    members: Vec<u64>,
    /// How many of them are known.
    known: usize,
    name: Option<Name>,
    is_wanted: bool,
    /// The call with a request of theirs that is not answered.
    open: Option<u64>,
}

/// What a subscriber is called: a public identity rather than a private one, the first one rather than others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    is_private: bool,
    number: u64,
    text: Box<str>,
}

#[derive(Debug, Default)]
struct Conversation {
    parties: SmallVec<[u64; 2]>,
    /// What it is part of: of a request its session, of a session the call that caused it.
    within: Option<u64>,
    /// Of a charging identifier, how many calls are within the first.
    legs: usize,
}

#[derive(Hash)]
enum Kind {
    Identity,
    Call,
    Charging,
    Session,
    Exchange,
}

impl Correlation {
    /// One that knows nobody.
    #[must_use]
    pub fn new(selection: Selection, limits: Remembered) -> Correlation {
        let mut correlation = Correlation {
            selection,
            wanted_conversations: Vec::new(),
            limits,
            key: RandomState::new(),
            identities: LinkedHashMap::default(),
            groups: Vec::new(),
            free: Vec::new(),
            named: 0,
            conversations: LinkedHashMap::default(),
        };
        let Selection {
            calls, sessions, ..
        } = &correlation.selection;
        let calls = calls.iter().map(|id| correlation.hash(Kind::Call, id));
        let sessions = sessions
            .iter()
            .map(|id| correlation.hash(Kind::Session, id));
        correlation.wanted_conversations = calls.chain(sessions).collect();
        correlation
    }

    /// Learns from a message, and says what it belongs to. Told everything before, it knows more: what messages
    /// before this one belong to may show only later.
    pub fn learn(&mut self, event: &Event) -> Belonging {
        let marks = Marks::of(event);
        let mut keys: SmallVec<[u64; 4]> = SmallVec::new();
        for identity in &marks.own {
            let key = self.know(identity);
            if let Some(&first) = keys.first() {
                self.join(first, key);
            }
            keys.push(key);
        }
        for identity in &marks.parties {
            keys.push(self.know(identity));
        }
        let conversations = self.converse(&marks, event.protocol, &mut keys);
        let mut subscribers: SmallVec<[Subscriber; 2]> = SmallVec::new();
        for key in keys {
            if let Some(&group) = self.identities.get(&key)
                && !subscribers.contains(&Subscriber(group))
            {
                subscribers.push(Subscriber(group));
            }
        }
        if event.protocol == Protocol::Sip {
            self.note_open(&marks, &subscribers, conversations.first().copied());
        }
        let is_wanted = self.selection.is_everything()
            || subscribers
                .iter()
                .any(|subscriber| self.groups[subscriber.0 as usize].is_wanted)
            || conversations.iter().any(|key| self.is_within_wanted(*key));
        Belonging {
            subscribers,
            call_id: marks.call_id,
            session_id: marks.session_id,
            chain: conversations.first().map(|key| Chain(self.whole(*key))),
            is_wanted,
        }
    }

    /// The same messages come once more from the first one on: what was under way at the end is not at the beginning.
    pub fn begin_again(&mut self) {
        for group in &mut self.groups {
            group.open = None;
        }
    }

    /// What a subscriber is called: the first public identity heard of, else a private one.
    #[must_use]
    pub fn name(&self, subscriber: Subscriber) -> &str {
        let name = self.groups[subscriber.0 as usize].name.as_ref();
        name.map_or("", |name| &name.text)
    }

    /// What the subscribers are called who are remembered, in the order in which they were heard of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&Name> = self
            .groups
            .iter()
            .filter_map(|it| it.name.as_ref())
            .collect();
        names.sort_by_key(|name| name.number);
        names.into_iter().map(|name| &*name.text)
    }

    fn hash(&self, kind: Kind, what: impl Hash) -> u64 {
        self.key.hash_one((kind, what))
    }

    /// The key of an identity, which is known from now on.
    fn know(&mut self, identity: &Identity) -> u64 {
        let key = self.hash(Kind::Identity, identity);
        if self.identities.to_back(&key).is_some() {
            return key;
        }
        while self.identities.len() >= self.limits.identities.max(1)
            && let Some((_, group)) = self.identities.pop_front()
        {
            self.forget_member(group);
        }
        self.named += 1;
        let text = identity.text();
        let end = text.floor_char_boundary(MAX_NAME);
        let group = Group {
            members: vec![key],
            known: 1,
            name: Some(Name {
                is_private: matches!(identity, Identity::Private(_)),
                number: self.named,
                text: text[..end].into(),
            }),
            is_wanted: self
                .selection
                .users
                .iter()
                .any(|wanted| wanted.matches(identity)),
            open: None,
        };
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                self.groups.push(Group::default());
                (self.groups.len() - 1) as u32
            }
        };
        self.groups[place as usize] = group;
        self.identities.insert(key, place);
        key
    }

    fn forget_member(&mut self, place: u32) {
        let group = &mut self.groups[place as usize];
        group.known -= 1;
        if group.known == 0 {
            *group = Group::default();
            self.free.push(place);
        } else if group.members.len() > 2 * group.known + MAX_IDENTITIES_OF_ONE {
            let identities = &self.identities;
            group
                .members
                .retain(|member| identities.get(member) == Some(&place));
        }
    }

    /// Both are of one subscriber.
    fn join(&mut self, one: u64, other: u64) {
        let (Some(&one), Some(&other)) = (self.identities.get(&one), self.identities.get(&other))
        else {
            return;
        };
        let known = |place: u32| self.groups[place as usize].known;
        if one == other || known(one) + known(other) > MAX_IDENTITIES_OF_ONE {
            return;
        }
        let (to, from) = match known(one) >= known(other) {
            true => (one, other),
            false => (other, one),
        };
        let gone = std::mem::take(&mut self.groups[from as usize]);
        self.free.push(from);
        let group = &mut self.groups[to as usize];
        for member in gone.members {
            if let Some(place) = self.identities.get_mut(&member)
                && *place == from
            {
                *place = to;
                group.members.push(member);
                group.known += 1;
            }
        }
        group.name = [group.name.take(), gone.name].into_iter().flatten().min();
        group.is_wanted |= gone.is_wanted;
        group.open = group.open.or(gone.open);
    }

    /// Notes who takes part in what the message is part of, and adds those who are known to; gives the keys of what it
    /// is part of.
    fn converse(
        &mut self,
        marks: &Marks,
        protocol: Protocol,
        keys: &mut SmallVec<[u64; 4]>,
    ) -> SmallVec<[u64; 2]> {
        let call = marks.call_id.as_ref();
        let call = call.map(|id| self.hash(Kind::Call, id));
        let first_leg = call.and_then(|call| self.first_leg(call, marks.icid.as_deref()?));
        let session = marks.session_id.as_ref();
        let session = session.map(|id| self.hash(Kind::Session, id));
        let exchange = marks.exchange.as_ref();
        let exchange = exchange.map(|exchange| self.hash(Kind::Exchange, exchange));
        let cause = match (protocol, marks.step) {
            (Protocol::Diameter, Step::Request) => keys
                .first()
                .and_then(|key| self.identities.get(key))
                .and_then(|&group| self.groups[group as usize].open),
            _ => None,
        };
        let parts = [
            (call, first_leg),
            (session, cause),
            (exchange, session.or(cause)),
        ];
        // Asked for by one leg, all are.
        if let (Some(call), Some(first)) = (call, first_leg)
            && self.wanted_conversations.contains(&call)
            && !self.wanted_conversations.contains(&first)
        {
            self.wanted_conversations.push(first);
        }
        let mut found = SmallVec::new();
        let told = keys.len();
        for (key, within) in parts {
            let Some(key) = key else { continue };
            found.push(key);
            let conversation = self.conversation(key, within);
            for party in &conversation.parties {
                if !keys.contains(party) {
                    keys.push(*party);
                }
            }
            for party in &keys[..told] {
                if conversation.parties.len() < MAX_PARTIES && !conversation.parties.contains(party)
                {
                    conversation.parties.push(*party);
                }
            }
        }
        found
    }

    /// The call that a call which begins now is a leg of.
    fn first_leg(&mut self, call: u64, icid: &str) -> Option<u64> {
        let is_new = !self.conversations.contains_key(&call);
        let icid = self.hash(Kind::Charging, icid);
        let first = self.conversation(icid, Some(call)).within?;
        if !is_new || first == call {
            return None;
        }
        let charging = self.conversations.get_mut(&icid)?;
        charging.legs += 1;
        (charging.legs < MAX_LEGS).then(|| self.whole(first))
    }

    fn conversation(&mut self, key: u64, within: Option<u64>) -> &mut Conversation {
        if self.conversations.to_back(&key).is_none() {
            while self.conversations.len() >= self.limits.conversations.max(1) {
                self.conversations.pop_front();
            }
        }
        let conversation = self
            .conversations
            .entry(key)
            .or_insert_with(Conversation::default);
        conversation.within = conversation.within.or(within);
        conversation
    }

    fn note_open(&mut self, marks: &Marks, subscribers: &[Subscriber], call: Option<u64>) {
        for subscriber in subscribers {
            let group = &mut self.groups[subscriber.0 as usize];
            match marks.step {
                Step::Request => group.open = call,
                Step::Final if group.open == call => group.open = None,
                Step::Final | Step::Between => {}
            }
        }
    }

    fn is_within_wanted(&self, key: u64) -> bool {
        self.chain(key)
            .any(|key| self.wanted_conversations.contains(&key))
    }

    fn whole(&self, key: u64) -> u64 {
        self.chain(key).last().unwrap_or(key)
    }

    /// What a conversation is part of, itself first.
    fn chain(&self, key: u64) -> impl Iterator<Item = u64> {
        let within = |key: &u64| self.conversations.get(key).and_then(|it| it.within);
        // A request, its session, its call, of which that is a leg: none is longer.
        std::iter::successors(Some(key), within).take(4)
    }
}

#[cfg(test)]
mod tests;
