//! One registration of one contact by one P-CSCF (TS 24.229 §5.1.1).

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use driver::io::Io;
use driver::sip::{Endpoint, RequestError, Transport};
use sip_message::{
    Contact, FlowTimer, Message, Method, MinExpires, Name, RetryAfter, Status, TypedHeader,
};

use crate::credentials::{Authentication, Unanswerable};
use crate::registration::Registration;
use crate::subscribers::Subscriber;

/// Challenges answered in one attempt: the first, one because its nonce was stale or its SQN old, one more.
const MAX_CHALLENGES: usize = 3;

/// The longest time between keep-alives that is usual over TCP (RFC 5626 §4.4.1).
const USUAL_KEEP_ALIVE_TCP: Duration = Duration::from_secs(120);
/// The longest time between keep-alives that is usual over UDP (RFC 5626 §4.4.2).
const USUAL_KEEP_ALIVE_UDP: Duration = Duration::from_secs(29);

/// Why an attempt failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) problem: String,
    /// The final response, if there was one.
    pub(crate) status: Option<Status>,
    /// Whether another attempt may do better.
    pub(crate) passing: Passing,
    /// How long the network wants to be left alone (RFC 3261 §20.33).
    pub(crate) retry_after: Option<Duration>,
}

/// Whether a failure may pass by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    Yes,
    No,
}

/// Where and how a contact is registered.
pub(crate) struct Way {
    pub(crate) transport: Transport,
    pub(crate) pcscf: SocketAddr,
    /// Instance URN and reg-id, where outbound is asked for (RFC 5626 §4.2).
    pub(crate) outbound: Option<(String, u32)>,
}

/// A contact's registration: Call-ID, CSeq and challenge go on from one REGISTER to the next.
pub(crate) struct Binding<I: Io> {
    endpoint: Endpoint<I>,
    way: Way,
    public_identity: String,
    home: String,
    expires: Cell<u32>,
    authentication: RefCell<Authentication>,
    call_id: RefCell<String>,
    tag: String,
    contact: String,
    cseq: Cell<u32>,
    /// How often the registrar wants keep-alives (RFC 5626 §4.4).
    flow_timer: Cell<Option<Duration>>,
    /// Whether the registrar does outbound.
    uses_outbound: Cell<bool>,
    /// Until when the registrar has it, whatever failed since.
    bound_until: Cell<Option<Instant>>,
    pub(crate) state: RefCell<Registration>,
}

impl<I: Io> Binding<I> {
    pub(crate) fn new(
        subscriber: &Subscriber,
        way: Way,
        expires: u32,
        endpoint: Endpoint<I>,
    ) -> Self {
        let user = subscriber
            .public_identity
            .split_once(':')
            .and_then(|(_, rest)| rest.split_once('@'));
        let user = user.map_or("phone", |(user, _)| user);
        let transport = match way.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        };
        let binding = Self {
            public_identity: subscriber.public_identity.clone(),
            home: subscriber.home.clone(),
            expires: Cell::new(expires),
            authentication: RefCell::new(Authentication::new(
                &subscriber.private_identity,
                subscriber.credentials.clone(),
            )),
            call_id: RefCell::default(),
            tag: endpoint.new_tag(),
            contact: format!("<sip:{user}@{}{transport}>", endpoint.sent_by()),
            cseq: Cell::new(0),
            flow_timer: Cell::new(None),
            uses_outbound: Cell::new(false),
            bound_until: Cell::new(None),
            state: RefCell::new(Registration::Registering),
            way,
            endpoint,
        };
        binding.begin_anew();
        binding
    }

    /// The P-CSCF that it goes by.
    pub(crate) fn pcscf(&self) -> SocketAddr {
        self.way.pcscf
    }

    /// Keeps the flow to the P-CSCF alive until it fails (RFC 5626 §4.4): as often as Flow-Timer says, else as
    /// `configured`, else as is usual where outbound is in use, else not at all.
    pub(crate) async fn keep_alive(&self, configured: Option<Duration>) -> String {
        let usual = self
            .uses_outbound
            .get()
            .then_some(match self.way.transport {
                Transport::Udp => USUAL_KEEP_ALIVE_UDP,
                Transport::Tcp => USUAL_KEEP_ALIVE_TCP,
            });
        let interval = self.flow_timer.get().or(configured).or(usual);
        if interval.is_none() && self.way.transport == Transport::Udp {
            return std::future::pending().await;
        }
        let to = (self.way.transport, self.way.pcscf);
        let flow = match self.endpoint.flow_to(to).await {
            Ok(flow) => flow,
            Err(problem) => return problem.to_string(),
        };
        // We are to be reached over the connection for as long as we are registered.
        if let Some(left) = self.state.borrow().left() {
            self.endpoint.keep_until(flow, now() + left);
        }
        match interval {
            Some(interval) => self.endpoint.keep_alive(flow, interval).await.to_string(),
            None => std::future::pending().await,
        }
    }

    /// Shows `problem` for `pause`, before the next attempt.
    pub(crate) async fn rest(&self, problem: String, pause: Duration) {
        let again = Some(now() + pause);
        *self.state.borrow_mut() = Registration::Failed { problem, again };
        tokio::time::sleep(pause).await;
        *self.state.borrow_mut() = Registration::Registering;
    }

    /// Removes the registration, if the registrar has it still (§5.1.1.6).
    pub(crate) async fn leave(&self) {
        let is_bound = self.bound_until.get().is_some_and(|until| until > now());
        if is_bound && let Err(failure) = self.attempt(0).await {
            tracing::warn!(problem = failure.problem, "deregistration failed");
        }
        *self.state.borrow_mut() = Registration::Deregistered;
    }

    /// The seconds to ask for.
    pub(crate) fn expires(&self) -> u32 {
        self.expires.get()
    }

    /// The next REGISTER is an initial one: another Call-ID, no challenge answered (§5.1.1.2).
    pub(crate) fn begin_anew(&self) {
        let call_id = self.random();
        *self.call_id.borrow_mut() = format!("{call_id}@{}", self.endpoint.local_addr().ip());
        self.bound_until.set(None);
        self.authentication.borrow_mut().forget();
    }

    /// REGISTER until it is answered finally; gives the seconds that were granted.
    pub(crate) async fn attempt(&self, expires: u32) -> Result<u32, Failure> {
        let mut expires = expires;
        for _ in 0..=MAX_CHALLENGES {
            let request = self.request(expires);
            let to = (self.way.transport, self.way.pcscf);
            let answered = self.endpoint.request(request, to).await;
            let response = answered.map_err(|problem| self.silent(&problem))?;
            match response.status() {
                Some(status) if status.is_success() => {
                    let granted = self.confirmed(&response);
                    if granted == 0 && expires > 0 {
                        return Err(failure(
                            Passing::Yes,
                            "200 that does not show the phone's contact",
                        ));
                    }
                    return Ok(granted);
                }
                Some(Status::UNAUTHORIZED) => self.challenged(&response)?,
                Some(Status::INTERVAL_TOO_BRIEF) if expires > 0 => {
                    // §5.1.1.2.1: ask for what the registrar takes.
                    let least = response.read::<MinExpires>().ok().flatten();
                    let least = least.map_or(0, |min| min.0);
                    if least <= expires {
                        return Err(failure(
                            Passing::No,
                            "423 Interval Too Brief without a larger Min-Expires",
                        ));
                    }
                    expires = least;
                    self.expires.set(least);
                }
                Some(status) => return Err(self.refused(status, &response)),
                None => return Err(failure(Passing::Yes, "the answer is no response")),
            }
        }
        Err(failure(
            Passing::No,
            "the registrar challenges again and again: the password or the keys do not fit the user",
        ))
    }

    fn request(&self, expires: u32) -> Message {
        let uri = format!("sip:{}", self.home);
        let cseq = self.cseq.get() + 1;
        self.cseq.set(cseq);
        let mut request = Message::request(Method::REGISTER, &uri);
        request.append(Name::MAX_FORWARDS, "70");
        let from = format!("<{}>;tag={}", self.public_identity, self.tag);
        request.append(Name::FROM, &from);
        request.append(Name::TO, &format!("<{}>", self.public_identity));
        request.append(Name::CALL_ID, &self.call_id.borrow());
        request.append(Name::CSEQ, &format!("{cseq} REGISTER"));
        let mut contact = format!("{};expires={expires}", self.contact);
        let mut supported = "path";
        if let Some((instance, reg_id)) = &self.way.outbound {
            contact.push_str(&format!(";+sip.instance=\"<{instance}>\";reg-id={reg_id}"));
            supported = "path, outbound";
        }
        request.append(Name::CONTACT, &contact);
        request.append(Name::EXPIRES, &expires.to_string());
        request.append(Name::SUPPORTED, supported);
        let authorization = self
            .authentication
            .borrow_mut()
            .authorization(&self.home, &uri);
        request.append(Name::AUTHORIZATION, &authorization);
        request
    }

    fn challenged(&self, response: &Message) -> Result<(), Failure> {
        let cnonce = self.random();
        let mut authentication = self.authentication.borrow_mut();
        authentication
            .challenged(response, cnonce)
            .map_err(|unanswerable| {
                let problem = match unanswerable {
                    Unanswerable::NoChallenge => "401 without a challenge that the phone can answer",
                    Unanswerable::NotOfTheNetwork => {
                        "the AUTN is wrong again: the home network has another K or OPc for this user"
                    }
                };
                let mut failure = failure(Passing::No, problem);
                failure.status = Some(Status::UNAUTHORIZED);
                failure
            })
    }

    /// 200: what the registrar bound (§5.1.1.2.1); gives the seconds that are left.
    fn confirmed(&self, response: &Message) -> u32 {
        let own = Contact::parse(&self.contact);
        let own = own.as_ref().ok().and_then(Contact::address);
        let granted = response
            .read_all::<Contact<'_>>()
            .filter_map(Result::ok)
            .filter(|contact| match (&self.way.outbound, contact.reg_id()) {
                (Some((_, ours)), Some(reg_id)) => *ours == reg_id,
                _ => true,
            })
            .find(|contact| {
                let bound = contact.address().and_then(|bound| bound.uri().ok());
                let own = own.and_then(|own| own.uri().ok());
                // RFC 3261 §19.1.4: the registrar may write it otherwise.
                matches!((bound, own), (Some(bound), Some(own)) if bound.equivalent(&own))
            })
            .and_then(|bound| bound.expires())
            .unwrap_or(0);
        let flow_timer = response.read::<FlowTimer>().ok().flatten();
        let flow_timer = flow_timer.filter(|timer| timer.0 > 0);
        self.flow_timer
            .set(flow_timer.map(|timer| Duration::from_secs(u64::from(timer.0))));
        let mut required = response.elements(Name::REQUIRE);
        self.uses_outbound
            .set(required.any(|tag| tag.eq_ignore_ascii_case("outbound")));
        let list = |name| response.elements(name).map(str::to_owned).collect();
        let until = now() + Duration::from_secs(u64::from(granted));
        self.bound_until.set((granted > 0).then_some(until));
        *self.state.borrow_mut() = if granted == 0 {
            Registration::Deregistered
        } else {
            Registration::Registered {
                until,
                associated: list(Name::P_ASSOCIATED_URI),
                service_route: list(Name::SERVICE_ROUTE),
            }
        };
        granted
    }

    fn silent(&self, problem: &RequestError) -> Failure {
        let pcscf = self.way.pcscf;
        failure(
            Passing::Yes,
            &format!("the P-CSCF at {pcscf} does not answer: {problem}"),
        )
    }

    fn refused(&self, status: Status, response: &Message) -> Failure {
        let reason = match response.start_line() {
            sip_message::StartLine::Response { reason, .. } => reason,
            sip_message::StartLine::Request { .. } => "",
        };
        let meaning = match status {
            Status::FORBIDDEN if self.authentication.borrow().refused() => {
                ": the AUTN was wrong, the home network has another K or OPc for this user"
            }
            Status::FORBIDDEN => {
                ": the user is unknown to the home network, or the password is wrong"
            }
            Status::SERVER_TIME_OUT => ": an element behind the P-CSCF is out of reach",
            Status::FIRST_HOP_LACKS_OUTBOUND_SUPPORT => {
                ": write `outbound = false` for a P-CSCF without it"
            }
            _ => "",
        };
        // §5.1.1.2.1: 3xx, 480 and 5xx are for now, the rest of 4xx and 6xx is final.
        let passing = match status.code() {
            300..=399 | 408 | 430 | 480 | 500..=599 => Passing::Yes,
            _ => Passing::No,
        };
        let retry_after = response.read::<RetryAfter<'_>>().ok().flatten();
        Failure {
            status: Some(status),
            retry_after: retry_after.map(|after| Duration::from_secs(u64::from(after.seconds))),
            ..failure(passing, &format!("{} {reason}{meaning}", status.code()))
        }
    }

    fn random(&self) -> String {
        let mut octets = [0; 10];
        self.endpoint.io().fill_random(&mut octets);
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }
}

fn failure(passing: Passing, problem: &str) -> Failure {
    Failure {
        problem: problem.to_owned(),
        status: None,
        passing,
        retry_after: None,
    }
}

/// The loop's clock, as registrations count it.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
