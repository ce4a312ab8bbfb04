//! SIP of the capture as it is sent now, and what was learnt for it from the live answers.
//!
//! Rewritten are the topmost Via (sent-by, branch), the node's tags and, on wish, Call-IDs; the peer's tags, the URIs of
//! Service-Route, Record-Route, Path and Contact, and nonces are learnt from what the live element says and take the
//! place of those of the capture. Addresses of node and peer are those of now wherever they stand, in bodies too
//! (`sip/body.rs`).

mod body;
pub(crate) mod fields;

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use sip_message::{
    Auth, AuthenticationInfo, Authorization, From, Message, Name, NameAddr, ProxyAuthenticate,
    ProxyAuthorization, To, TypedHeader, Via, WwwAuthenticate,
};
use sip_stack::digest::Challenge;

use crate::addresses::Addresses;
use crate::credentials::{Credentials, Request, Wanted};
use crate::plan::sip_key;
use crate::renamed::Renamed;

/// Challenges that are remembered, and the longest nonce of one.
const MAX_CHALLENGES: usize = 10_000;
const MAX_NONCE: usize = 4_096;

/// Whether the node's Call-IDs are those of the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallIds {
    /// They are.
    #[default]
    AsCaptured,
    /// Each is another.
    New,
}

/// All that is now otherwise.
pub(crate) struct Translation {
    pub(crate) addresses: Addresses,
    pub(crate) tags: Renamed,
    pub(crate) call_ids: Renamed,
    uris: Renamed,
    branches: Renamed,
    /// Live challenges by the nonce that the capture has.
    challenges: HashMap<String, Challenge>,
    last_challenge: Option<Challenge>,
    pub(crate) credentials: Credentials,
    /// Whether the last request has a proof for a live challenge.
    proven: bool,
    /// Whose live challenges wait for a proof that nobody has.
    without: BTreeSet<String>,
    wish: CallIds,
    /// Text of this run, in all that it makes.
    run: String,
    made: u64,
}

impl Translation {
    pub(crate) fn new(credentials: Credentials, wish: CallIds, run: &str) -> Translation {
        Translation {
            addresses: Addresses::default(),
            tags: Renamed::default(),
            call_ids: Renamed::default(),
            uris: Renamed::default(),
            branches: Renamed::default(),
            challenges: HashMap::new(),
            last_challenge: None,
            credentials,
            proven: false,
            without: BTreeSet::new(),
            wish,
            run: run.to_owned(),
            made: 0,
        }
    }

    /// Whether the last request of [`Translation::request`] proves a user to a live challenge.
    pub(crate) fn has_proven(&self) -> bool {
        self.proven
    }

    /// The users without credentials whom a live element challenged.
    pub(crate) fn without_credentials(&self) -> BTreeSet<String> {
        self.without.clone()
    }

    /// A request of the node, as it is sent from `local`.
    pub(crate) fn request(&mut self, captured: &Message, local: SocketAddr) -> Message {
        let mut message = captured.clone();
        self.rewrite_addresses(&mut message);
        if let Some(uri) = captured.request_uri() {
            let live = match self.uris.known(uri) {
                Some(live) => live.to_owned(),
                None => self.addresses.live(uri),
            };
            message.set_request_uri(&live);
        }
        if let Ok(Some(via)) = captured.read::<Via<'_>>() {
            let run = &self.run;
            self.made += 1;
            let made = self.made;
            let branch = via.branch().unwrap_or("");
            let branch = self
                .branches
                .live_or(branch, || format!("z9hG4bK{run}{made}"));
            let params = via.params.with("branch", Some(&branch));
            let value = format!("SIP/2.0/{} {local}{params}", via.transport);
            message.replace_element(Name::VIA, &value);
        }
        self.own_tag(&mut message, captured, Name::FROM);
        self.learnt_tag(&mut message, captured, Name::TO);
        self.own_call_id(&mut message, captured);
        self.authorize(&mut message, captured);
        self.rewrite_body(&mut message, captured);
        message
    }

    /// An answer of the node to a live request.
    pub(crate) fn answer(&mut self, captured: &Message, asked: &Message) -> Message {
        let mut message = captured.clone();
        self.rewrite_addresses(&mut message);
        for name in [Name::VIA, Name::RECORD_ROUTE] {
            if captured.header(name).is_none() {
                continue;
            }
            message.remove(name);
            for value in asked.all(name) {
                message.append(name, value);
            }
        }
        for name in [Name::FROM, Name::TO, Name::CALL_ID, Name::CSEQ] {
            if let Some(value) = asked.header(name) {
                message.set(name, value);
            }
        }
        if let Ok(Some(To(to))) = captured.read::<To<'_>>()
            && let Some(tag) = to.tag()
        {
            let tag = self.own(tag);
            message.set_to_tag(&tag);
        }
        self.rewrite_body(&mut message, captured);
        message
    }

    /// What the live answer to a request of the node tells for later requests.
    pub(crate) fn learn(&mut self, captured: &Message, live: &Message) {
        if let (Ok(Some(To(one))), Ok(Some(To(other)))) =
            (captured.read::<To<'_>>(), live.read::<To<'_>>())
            && let (Some(one), Some(other)) = (one.tag(), other.tag())
        {
            self.tags.learn(one, other);
        }
        self.learn_uris(captured, live);
        let challenges = challenges(live);
        for (nonce, algorithm) in offered(captured) {
            let same = challenges
                .iter()
                .find(|live| live.algorithm.as_str().eq_ignore_ascii_case(&algorithm));
            if let Some(challenge) = same.or(challenges.first())
                && self.challenges.len() < MAX_CHALLENGES
                && challenge.nonce.len() <= MAX_NONCE
            {
                self.last_challenge = Some(challenge.clone());
                self.challenges.insert(nonce, challenge.clone());
            }
        }
        if let (Ok(Some(one)), Ok(Some(other))) = (
            captured.read::<AuthenticationInfo<'_>>(),
            live.read::<AuthenticationInfo<'_>>(),
        ) && let (Some(one), Some(other)) = (one.next_nonce(), other.next_nonce())
            && let Some(challenge) = &self.last_challenge
            && self.challenges.len() < MAX_CHALLENGES
            && other.len() <= MAX_NONCE
        {
            let nonce = other.into_owned();
            let challenge = Challenge {
                nonce,
                ..challenge.clone()
            };
            self.challenges.insert(one.into_owned(), challenge);
        }
    }

    /// What a live request of the peer tells.
    pub(crate) fn learn_request(&mut self, captured: &Message, live: &Message) {
        if let (Ok(Some(From(one))), Ok(Some(From(other)))) =
            (captured.read::<From<'_>>(), live.read::<From<'_>>())
            && let (Some(one), Some(other)) = (one.tag(), other.tag())
        {
            self.tags.learn(one, other);
        }
        if let (Some(one), Some(other)) =
            (captured.header(Name::CALL_ID), live.header(Name::CALL_ID))
        {
            self.call_ids.learn(one, other);
        }
        self.learn_uris(captured, live);
    }

    /// Whether a live request may be the one that the capture has.
    pub(crate) fn is_same_request(&self, captured: &Message, live: &Message) -> bool {
        let one = captured.header(Name::CALL_ID).unwrap_or_default();
        let other = live.header(Name::CALL_ID).unwrap_or_default();
        let same_call = match self.call_ids.known(one) {
            Some(known) => known == other,
            // It is a call of the peer's own.
            None => !self.call_ids.is_live(other),
        };
        captured.method() == live.method() && same_call
    }

    /// The branch and the method by which an answer finds the request.
    pub(crate) fn key(message: &Message) -> Option<(String, String)> {
        sip_key(message).map(|(branch, _, method)| (branch, method))
    }

    fn learn_uris(&mut self, captured: &Message, live: &Message) {
        for name in [
            Name::SERVICE_ROUTE,
            Name::RECORD_ROUTE,
            Name::PATH,
            Name::CONTACT,
        ] {
            for (one, other) in captured.elements(name).zip(live.elements(name)) {
                if let (Some(one), Some(other)) = (uri(one), uri(other))
                    && self.addresses.live(one) != other
                {
                    self.uris.learn(one, other);
                }
            }
        }
    }

    /// A tag of the node's.
    fn own(&mut self, tag: &str) -> String {
        let run = &self.run;
        self.made += 1;
        let made = self.made;
        self.tags.live_or(tag, || format!("{run}{made}"))
    }

    fn own_tag(&mut self, message: &mut Message, captured: &Message, name: Name<'static>) {
        if let Some(value) = captured.header(name)
            && let Some(tag) = tag_of(value)
        {
            let live = self.own(tag);
            let value = message.header(name).unwrap_or_default();
            let value = with_tag(value, tag, &live);
            message.set(name, &value);
        }
    }

    fn learnt_tag(&self, message: &mut Message, captured: &Message, name: Name<'static>) {
        if let Some(value) = captured.header(name)
            && let Some(tag) = tag_of(value)
        {
            let value = message.header(name).unwrap_or_default();
            let value = with_tag(value, tag, self.tags.live(tag));
            message.set(name, &value);
        }
    }

    fn own_call_id(&mut self, message: &mut Message, captured: &Message) {
        let Some(call_id) = captured.header(Name::CALL_ID) else {
            return;
        };
        let (run, wish) = (&self.run, self.wish);
        self.made += 1;
        let made = self.made;
        let live = self.call_ids.live_or(call_id, || match wish {
            CallIds::AsCaptured => call_id.to_owned(),
            CallIds::New => format!("{run}{made}"),
        });
        message.set(Name::CALL_ID, &live);
    }

    /// Everywhere but in Via, which has lines of others, in Call-ID, and in what a response proves.
    fn rewrite_addresses(&self, message: &mut Message) {
        const KEPT: [Name<'static>; 5] = [
            Name::VIA,
            Name::CALL_ID,
            Name::CONTENT_LENGTH,
            Name::AUTHORIZATION,
            Name::PROXY_AUTHORIZATION,
        ];
        let mut names: Vec<String> = Vec::new();
        for header in message.headers() {
            let name = header.name.long();
            let is_known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
            if !is_known && !KEPT.contains(&header.name) {
                names.push(name.to_owned());
            }
        }
        for name in &names {
            let name = Name::new(name);
            let values: Vec<String> = message.all(name).map(str::to_owned).collect();
            let live: Vec<String> = values.iter().map(|value| self.rewritten(value)).collect();
            if live == values {
                continue;
            }
            let mut lines = live.iter();
            if let Some(first) = lines.next() {
                message.set(name, first);
            }
            for more in lines {
                message.append(name, more);
            }
        }
    }

    /// A value with the URIs that were learnt, and addresses.
    fn rewritten(&self, value: &str) -> String {
        let mut out = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('<') {
            let Some((uri, after)) = after.split_once('>') else {
                break;
            };
            out.push_str(&self.addresses.live(before));
            out.push('<');
            match self.uris.known(uri) {
                Some(live) => out.push_str(live),
                None => out.push_str(&self.addresses.live(uri)),
            }
            out.push('>');
            rest = after;
        }
        match self.uris.known(rest) {
            Some(live) => out.push_str(live),
            None => out.push_str(&self.addresses.live(rest)),
        }
        out
    }

    fn authorize(&mut self, message: &mut Message, captured: &Message) {
        self.proven = false;
        if let Ok(Some(Authorization(auth))) = captured.read::<Authorization<'_>>()
            && let Some(value) = self.proof(&auth, captured)
        {
            message.set(Name::AUTHORIZATION, &value);
        }
        if let Ok(Some(ProxyAuthorization(auth))) = captured.read::<ProxyAuthorization<'_>>()
            && let Some(value) = self.proof(&auth, captured)
        {
            message.set(Name::PROXY_AUTHORIZATION, &value);
        }
    }

    /// What proves the user to the live challenge; none where the capture answers none that was seen.
    fn proof(&mut self, auth: &Auth<'_>, captured: &Message) -> Option<String> {
        /// What an answer has of its own making.
        const MADE: [&str; 11] = [
            "username",
            "realm",
            "nonce",
            "uri",
            "response",
            "algorithm",
            "cnonce",
            "qop",
            "nc",
            "opaque",
            "auts",
        ];
        /// Where the capture has none, but the live challenge wants one.
        const FIRST_CNONCE: &str = "0a4f113b";
        let challenge = self.challenges.get(&*auth.get("nonce")?)?;
        let user = auth.get("username")?;
        if !self.credentials.has(&user) {
            self.without.insert(user.into_owned());
            return None;
        }
        let uri = self.addresses.live(&auth.get("uri")?);
        let cnonce = auth.get("cnonce").unwrap_or(FIRST_CNONCE.into());
        let count = auth
            .raw("nc")
            .and_then(|nc| u32::from_str_radix(nc, 16).ok());
        let request = Request {
            method: captured.method()?,
            uri: &uri,
            cnonce: &cnonce,
            count: count.unwrap_or(1),
            body: captured.body(),
            wanted: match auth.get("auts") {
                Some(_) => Wanted::Resynchronisation,
                None => Wanted::Response,
            },
        };
        let mut value = self.credentials.answer(&user, challenge, &request)?;
        self.proven = true;
        for (name, raw) in auth.iter() {
            if !MADE.iter().any(|made| made.eq_ignore_ascii_case(name)) {
                value.push_str(&format!(", {name}={raw}"));
            }
        }
        Some(value)
    }
}

fn challenges(message: &Message) -> Vec<Challenge> {
    let www = message.read_all::<WwwAuthenticate<'_>>().flatten();
    let proxy = message.read_all::<ProxyAuthenticate<'_>>().flatten();
    let all = www.map(|it| it.0).chain(proxy.map(|it| it.0));
    all.filter_map(|auth| Challenge::read(&auth).ok()).collect()
}

/// Nonces and algorithms.
fn offered(message: &Message) -> Vec<(String, String)> {
    let of = |challenge: Challenge| (challenge.nonce, challenge.algorithm.as_str().to_owned());
    challenges(message).into_iter().map(of).collect()
}

fn uri(value: &str) -> Option<&str> {
    let value: sip_message::Contact<'_> = sip_message::Contact::parse(value).ok()?;
    match value {
        sip_message::Contact::Address(NameAddr { uri, .. }) => Some(uri),
        sip_message::Contact::Star => None,
    }
}

fn tag_of(value: &str) -> Option<&str> {
    To::parse(value).ok()?.0.tag()
}

/// The tag is a parameter behind all else that may hold such text.
fn with_tag(value: &str, tag: &str, live: &str) -> String {
    match value.rfind(tag) {
        Some(at) => format!("{}{live}{}", &value[..at], &value[at + tag.len()..]),
        None => value.to_owned(),
    }
}
