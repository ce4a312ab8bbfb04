//! Elements under test, neighbours played by hand, and what went over the wire.

use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use diameter_codec::cx::avp;
use driver::sip::{Endpoint, Incoming, SipMetrics, SipSettings};
use process::config::ConfigFault;
use process::{Element, Host, Metrics, Reloaded, Running};
use serde_json::Value;
use sim::{Event, Sim, SimIo};
use sip_message::{Message, Method, Name, Status, WwwAuthenticate};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

pub(crate) const PCSCF: u8 = 2;
pub(crate) const ICSCF: u8 = 3;
pub(crate) const SCSCF: u8 = 4;
pub(crate) const HSS: u8 = 5;
pub(crate) const OTHER_SCSCF: u8 = 6;
pub(crate) const HAND: u8 = 9;
pub(crate) const UE: u8 = 11;

const DIAMETER_PORT: u16 = 3868;
const REGISTER: &[Method<'static>] = &[Method::REGISTER];

pub(crate) fn ip(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, host))
}

pub(crate) fn at(host: u8) -> SocketAddr {
    SocketAddr::new(ip(host), 5060)
}

/// Where the core reaches the P-CSCF on `host`.
pub(crate) fn core_of(host: u8) -> SocketAddr {
    SocketAddr::new(ip(host), 5070)
}

pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + time).await;
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An element that was started on a host of its own.
#[derive(Clone, Default)]
pub(crate) struct Started {
    running: Rc<RefCell<Option<Running>>>,
    metrics: Rc<OnceCell<Metrics>>,
}

impl Started {
    /// What `/state` shows.
    pub(crate) fn state(&self) -> Value {
        let running = self.running.borrow();
        running.as_ref().map_or(Value::Null, Running::state)
    }

    /// What `/metrics` shows as the total of `counter`.
    pub(crate) fn counted(&self, counter: &str) -> u64 {
        let text = self.metrics.get().expect("it runs").text();
        let samples = format!("wayfarer_{counter}_total{{");
        let sample = text.lines().find(|line| line.starts_with(&samples));
        let value = sample.and_then(|line| line.rsplit(' ').next());
        let value = value.unwrap_or_else(|| panic!("no {counter} in {text}"));
        value.parse().expect("a number")
    }

    /// As SIGHUP does it.
    pub(crate) async fn reload<C: Any + Send>(&self, config: C) -> Result<Reloaded, ConfigFault> {
        let reloading = self
            .running
            .borrow()
            .as_ref()
            .map(|running| running.reload(config));
        reloading.expect("it runs").await
    }

    /// As SIGTERM does it.
    pub(crate) async fn stop(&self) {
        let running = self.running.borrow_mut().take().expect("it runs");
        running.stop().await;
    }
}

/// Starts element `E` on `host`, and waits until it serves.
pub(crate) async fn start<E: Element>(sim: &Sim, host: u8, config: String) -> Started {
    let started = Started::default();
    let slot = started.clone();
    let _program = sim.start(ip(host), move |io| async move {
        let config: E::Config = toml::from_str(&config).expect("the test's configuration");
        let host = Host::new(E::NAME, io);
        let _ = slot.metrics.set(host.metrics.clone());
        let running = E::start(config, host).await;
        *slot.running.borrow_mut() =
            Some(running.unwrap_or_else(|problem| panic!("{}: {problem}", E::NAME)));
        std::future::pending::<()>().await;
    });
    while started.running.borrow().is_none() {
        pass(Duration::from_millis(10)).await;
    }
    started
}

fn diameter(element: &str) -> String {
    format!(
        "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 500\n\
         request_timeout_ms = 4000\n[[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"10.0.0.5:3868\"\n"
    )
}

/// An HSS that knows alice and bob.
pub(crate) async fn hss(sim: &Sim) -> Started {
    let subscribers = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/subscribers.json");
    hss_of(sim, Path::new(subscribers)).await
}

/// An HSS with the subscribers of a file.
pub(crate) async fn hss_of(sim: &Sim, subscribers: &Path) -> Started {
    let config = format!(
        "subscribers = {subscribers:?}\ndatabase = \":memory:\"\n[diameter]\nidentity = \"hss.home.example\"\n\
         realm = \"home.example\"\nlisten = \"10.0.0.5:3868\"\nadmit = \"anyone\"\n"
    );
    start::<hss::Hss>(sim, HSS, config).await
}

/// An S-CSCF on `host` with `registration` as its section of that name.
pub(crate) async fn scscf(sim: &Sim, host: u8, registration: &str) -> Started {
    scscf_with(sim, host, &format!("[registration]\n{registration}\n")).await
}

/// An S-CSCF on `host` with `more` keys, and sections behind them.
pub(crate) async fn scscf_with(sim: &Sim, host: u8, more: &str) -> Started {
    start::<scscf::Scscf>(sim, host, scscf_config(host, more)).await
}

/// The configuration of [`scscf_with`].
pub(crate) fn scscf_config(host: u8, more: &str) -> String {
    format!(
        "name = \"sip:10.0.0.{host}\"\nrealm = \"home.example\"\n{more}\n[sip]\n\
         listen = \"10.0.0.{host}:5060\"\n{}",
        diameter(&format!("scscf{host}"))
    )
}

/// An I-CSCF that may choose between the two S-CSCFs, and trusts the P-CSCF and host [`HAND`].
pub(crate) async fn icscf(sim: &Sim) -> Started {
    start::<icscf::Icscf>(sim, ICSCF, icscf_config("")).await
}

/// The configuration of [`icscf`], with `more` keys before its sections.
pub(crate) fn icscf_config(more: &str) -> String {
    format!(
        "trusted_peers = [\"10.0.0.{PCSCF}\", \"10.0.0.{HAND}\"]\n{more}\n[sip]\nlisten = \"10.0.0.3:5060\"\n{}[[scscf]]\nname = \"sip:10.0.0.{SCSCF}\"\n[[scscf]]\n\
         name = \"sip:10.0.0.{OTHER_SCSCF}\"\n",
        diameter("icscf")
    )
}

/// A P-CSCF whose home network's entrance is host [`ICSCF`].
pub(crate) async fn pcscf(sim: &Sim) -> Started {
    pcscf_with(sim, "").await
}

/// The same with `more` lines at the top of its configuration.
pub(crate) async fn pcscf_with(sim: &Sim, more: &str) -> Started {
    let more = format!("network = \"visited.example\"\n{more}");
    start::<pcscf::Pcscf>(sim, PCSCF, pcscf_config(&more, "")).await
}

/// Its configuration, with `top` before its sections and `names` beside that of [`ICSCF`].
pub(crate) fn pcscf_config(top: &str, names: &str) -> String {
    format!(
        "{top}[sip]\nlisten = \"10.0.0.2:5060\"\n[core]\nlisten = \"10.0.0.2:5070\"\n[names]\n\
         \"home.example\" = \"10.0.0.3:5060\"\n{names}"
    )
}

/// Alice's phone, whose P-CSCF is host [`PCSCF`].
pub(crate) async fn ue(sim: &Sim, password: &str, expires: u32) -> Started {
    let user = alice(&format!("password = \"{password}\"\nexpires = {expires}"));
    ue_with(sim, &user, "\"10.0.0.2:5060\"").await
}

/// Alice's identities with `more` lines.
pub(crate) fn alice(more: &str) -> String {
    format!(
        "private_identity = \"alice@home.example\"\npublic_identity = \"sip:alice@home.example\"\n{more}\n"
    )
}

/// The phone of `user` at `pcscf`, as its configuration writes it.
pub(crate) async fn ue_with(sim: &Sim, user: &str, pcscf: &str) -> Started {
    let config = format!("pcscf = {pcscf}\n{user}[sip]\nlisten = \"10.0.0.{UE}:5060\"\n");
    start::<ue::Ue>(sim, UE, config).await
}

/// A SIP endpoint on `host` that the test asks with.
pub(crate) async fn hand(sim: &Sim, host: u8) -> Endpoint<SimIo> {
    let endpoint = bound(sim.host(ip(host)), at(host)).await;
    endpoint.serve(|_: Incoming<SimIo>| async {});
    endpoint
}

/// The same with the timers of a phone (TS 24.229 §7.7).
pub(crate) async fn radio_hand(sim: &Sim, host: u8) -> Endpoint<SimIo> {
    let settings = SipSettings {
        timers: sip_stack::timers::TimerValues::RADIO,
        ..SipSettings::new(at(host), REGISTER)
    };
    let endpoint = Endpoint::bind(sim.host(ip(host)), settings, SipMetrics::default());
    let endpoint = endpoint.await.expect("a free port");
    endpoint.serve(|_: Incoming<SimIo>| async {});
    endpoint
}

/// A SIP endpoint that does not serve yet.
pub(crate) async fn bound(io: SimIo, at: SocketAddr) -> Endpoint<SimIo> {
    bound_for(io, at, REGISTER).await
}

async fn bound_for(
    io: SimIo,
    at: SocketAddr,
    methods: &'static [Method<'static>],
) -> Endpoint<SimIo> {
    let mut settings = SipSettings::new(at, methods);
    // Whether a connection stays is up to the element.
    settings.streams.idle = seconds(7 * 24 * 3600);
    Endpoint::bind(io, settings, SipMetrics::default())
        .await
        .expect("a free port")
}

/// A SIP endpoint on `host` that the test asks with, and that answers OPTIONS and MESSAGE as `answer` says.
pub(crate) async fn answering_hand(
    sim: &Sim,
    host: u8,
    answer: impl Fn(&Message) -> Message + 'static,
) -> (Endpoint<SimIo>, Got) {
    let (got, answer) = (Got::default(), Rc::new(answer));
    let kept = Rc::clone(&got);
    let methods = &[Method::OPTIONS, Method::MESSAGE];
    let endpoint = bound_for(sim.host(ip(host)), at(host), methods).await;
    endpoint.serve(move |incoming: Incoming<SimIo>| {
        let (got, answer) = (Rc::clone(&kept), Rc::clone(&answer));
        async move {
            got.borrow_mut().push(Message::clone(&incoming.message));
            let mut response = answer(&incoming.message);
            response.set_to_tag("hand");
            incoming.transaction.respond(&response);
        }
    });
    (endpoint, got)
}

/// Requests that a neighbour played by hand has got.
pub(crate) type Got = Rc<RefCell<Vec<Message>>>;

/// A neighbour on `host` that answers each REGISTER as `answer` says, given how many came before.
pub(crate) async fn neighbour(
    sim: &Sim,
    host: u8,
    answer: impl Fn(usize, &Message) -> Message + 'static,
) -> Got {
    let (got, answer) = (Got::default(), Rc::new(answer));
    let kept = Rc::clone(&got);
    let endpoint = bound(sim.host(ip(host)), at(host)).await;
    endpoint.serve(move |incoming: Incoming<SimIo>| {
        let (got, answer) = (Rc::clone(&kept), Rc::clone(&answer));
        async move {
            let before = got.borrow().len();
            got.borrow_mut().push(Message::clone(&incoming.message));
            let mut response = answer(before, &incoming.message);
            response.set_to_tag("neighbour");
            incoming.transaction.respond(&response);
        }
    });
    got
}

/// 401 with a digest challenge.
pub(crate) fn challenged(request: &Message, nonce: &str, more: &str) -> Message {
    let mut response = Message::response(request, Status::UNAUTHORIZED);
    let value = format!(
        "Digest realm=\"home.example\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"{more}"
    );
    response.append(Name::WWW_AUTHENTICATE, &value);
    response
}

/// 200 that binds the request's Contact for `seconds`.
pub(crate) fn granted(request: &Message, seconds: u32) -> Message {
    let mut response = Message::response(request, Status::OK);
    let contact = request.header(Name::CONTACT);
    let contact = contact.and_then(|contact| contact.split_inclusive('>').next());
    if seconds > 0 {
        response.append(
            Name::CONTACT,
            &format!("{};expires={seconds}", contact.expect("a Contact")),
        );
    }
    response
}

/// A REGISTER of `user`, its Contact and Authorization left out.
pub(crate) fn register(user: &str, call_id: &str, cseq: u32) -> Message {
    let mut request = Message::request(Method::REGISTER, "sip:home.example");
    for (name, value) in [
        (Name::MAX_FORWARDS, "70"),
        (Name::FROM, &format!("<sip:{user}@home.example>;tag=1")),
        (Name::TO, &format!("<sip:{user}@home.example>")),
        (Name::CALL_ID, call_id),
        (Name::CSEQ, &format!("{cseq} REGISTER")),
        (Name::SUPPORTED, "path"),
    ] {
        request.append(name, value);
    }
    request
}

/// A phone played by hand.
pub(crate) struct Phone {
    pub(crate) endpoint: Endpoint<SimIo>,
    pub(crate) next_hop: SocketAddr,
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    /// The last challenge, and how often it was answered.
    pub(crate) challenge: Option<(Challenge, u32)>,
}

impl Phone {
    pub(crate) fn new(endpoint: &Endpoint<SimIo>, next_hop: u8, user: &'static str) -> Self {
        Self {
            endpoint: endpoint.clone(),
            next_hop: at(next_hop),
            user,
            password: match user {
                "alice" => "alice-secret",
                _ => "bob-secret",
            },
            call_id: format!("call-of-{user}"),
            cseq: 0,
            challenge: None,
        }
    }

    /// The next REGISTER, with the answer to the last challenge if there was one.
    pub(crate) fn next(&mut self, more: &[(Name<'static>, &str)]) -> Message {
        self.cseq += 1;
        let mut request = register(self.user, &self.call_id, self.cseq);
        for (name, value) in more {
            request.append(*name, value);
        }
        if let Some((challenge, count)) = &mut self.challenge {
            *count += 1;
            let credentials = Credentials {
                username: format!("{}@home.example", self.user),
                secret: Secret::Password(self.password.as_bytes().to_vec()),
            };
            let uri = "sip:home.example";
            let value = digest::answer(
                challenge,
                &credentials,
                Method::REGISTER,
                uri,
                "cnonce",
                *count,
                b"",
            );
            request.append(Name::AUTHORIZATION, &value.expect("an answer"));
        }
        request
    }

    /// Sends one REGISTER, and keeps the challenge that comes back.
    pub(crate) async fn ask(&mut self, more: &[(Name<'static>, &str)]) -> Message {
        let request = self.next(more);
        let response = self
            .endpoint
            .request(request, self.next_hop)
            .await
            .expect("a final response");
        self.challenged_by(&response);
        response
    }

    /// Keeps the challenge of `response`, if it has one.
    pub(crate) fn challenged_by(&mut self, response: &Message) {
        if let Ok(Some(WwwAuthenticate(auth))) = response.read::<WwwAuthenticate<'_>>() {
            self.challenge = Some((Challenge::read(&auth).expect("a challenge"), 0));
        }
    }

    /// Sends a REGISTER, and the answer to its challenge.
    pub(crate) async fn register(&mut self, more: &[(Name<'static>, &str)]) -> Message {
        let response = self.ask(more).await;
        match response.status() {
            Some(Status::UNAUTHORIZED) => self.ask(more).await,
            _ => response,
        }
    }
}

/// Server-Assignment-Type of every SAR that reached for the HSS so far (TS 29.229 §6.3.15).
pub(crate) fn assignments(sim: &Sim) -> Vec<u32> {
    let requests = diameter_requests(sim);
    requests
        .iter()
        .filter_map(|request| request.find(avp::SERVER_ASSIGNMENT_TYPE)?.unsigned32())
        .collect()
}

/// Every Diameter request that reached for an HSS so far.
pub(crate) fn diameter_requests(sim: &Sim) -> Vec<diameter_codec::Message> {
    let mut requests = Vec::new();
    for packet in sim.packets() {
        if packet.event != Event::Data || packet.to.port() != DIAMETER_PORT {
            continue;
        }
        let mut octets = packet.payload.clone();
        while !octets.is_empty() {
            let length =
                usize::from(octets[1]) << 16 | usize::from(octets[2]) << 8 | usize::from(octets[3]);
            let frame =
                diameter_codec::Message::parse(octets.split_to(length)).expect("whole frames");
            requests.push(frame);
        }
    }
    requests
}

/// What the HSS's view says of `user`: the identity's state, and whether an authentication is pending.
pub(crate) fn at_hss(hss: &Started, user: &str) -> (String, bool) {
    let identity = format!("sip:{user}@home.example");
    let state = hss.state();
    let subscriptions = state["subscribers"]["subscriptions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let identities = subscriptions.iter().flat_map(|one| {
        one["public_identities"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    });
    let shown = identities
        .into_iter()
        .find(|one| one["identity"] == identity.as_str());
    let shown = shown.unwrap_or_else(|| panic!("{user} in {state}"));
    let pending = shown["authentication_pending"]
        .as_array()
        .is_some_and(|pending| !pending.is_empty());
    (
        shown["state"].as_str().unwrap_or_default().to_owned(),
        pending,
    )
}

/// The Contact URIs that `response` shows.
pub(crate) fn contacts(response: &Message) -> Vec<String> {
    let elements = response.elements(Name::CONTACT);
    elements
        .map(|contact| {
            contact
                .split(['<', '>'])
                .nth(1)
                .unwrap_or(contact)
                .to_owned()
        })
        .collect()
}

/// A request of the core for `contact` by `route`.
pub(crate) fn from_core(method: Method<'static>, contact: &str, route: Option<&str>) -> Message {
    let mut request = Message::request(method, contact);
    for (name, value) in [
        (Name::MAX_FORWARDS, "70"),
        (Name::FROM, "<sip:bob@home.example>;tag=1"),
        (Name::TO, "<sip:alice@home.example>"),
        (Name::CALL_ID, "from-core"),
        (Name::P_ASSERTED_IDENTITY, "<sip:bob@home.example>"),
        (Name::P_CHARGING_VECTOR, "icid-value=1"),
    ] {
        request.append(name, value);
    }
    request.append(Name::CSEQ, &format!("1 {method}"));
    if let Some(route) = route {
        request.append(Name::ROUTE, route);
    }
    request
}

/// The Path of `request`.
pub(crate) fn path(request: &Message) -> String {
    request.header(Name::PATH).expect("a Path").to_owned()
}
