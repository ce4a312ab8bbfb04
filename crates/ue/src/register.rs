//! Registration as a phone does it (TS 24.229 §5.1.1).

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use driver::io::Io;
use driver::sip::{Endpoint, RequestError};
use serde_json::Value;
use sip_message::{
    Contact, Message, Method, MinExpires, Name, Status, TypedHeader, WwwAuthenticate,
};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

use crate::registration::Registration;
use crate::{Config, Metrics};

/// Challenges answered in one attempt: the first, one because its nonce was stale, one more.
const MAX_CHALLENGES: usize = 3;
/// The pause after a failure that may pass (RFC 5626 §4.5: the base time while nothing works).
const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause (RFC 5626 §4.5).
const LONGEST_PAUSE: Duration = Duration::from_secs(1800);

/// Why an attempt failed.
struct Failure {
    problem: String,
    /// Whether another attempt may do better.
    passing: Passing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Passing {
    Yes,
    No,
}

/// A challenge that was answered: its nonce serves again, with the next count (RFC 7616 §3.4).
struct Answered {
    challenge: Challenge,
    cnonce: String,
    count: u32,
}

/// The phone.
pub(crate) struct Phone<I: Io> {
    endpoint: Endpoint<I>,
    pcscf: SocketAddr,
    credentials: Credentials,
    public_identity: String,
    home: String,
    expires: Cell<u32>,
    call_id: String,
    tag: String,
    contact: String,
    cseq: Cell<u32>,
    answered: RefCell<Option<Answered>>,
    registration: RefCell<Registration>,
    metrics: Metrics,
}

impl<I: Io> Phone<I> {
    pub(crate) fn new(config: &Config, endpoint: Endpoint<I>, metrics: Metrics) -> Self {
        let mut octets = [0; 16];
        endpoint.io().fill_random(&mut octets);
        let uuid: String = octets[6..]
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let user = config
            .public_identity
            .split_once(':')
            .and_then(|(_, rest)| rest.split_once('@'));
        let user = user.map_or("phone", |(user, _)| user);
        Self {
            pcscf: config.pcscf,
            credentials: Credentials {
                username: config.private_identity.clone(),
                secret: Secret::Password(config.password.0.clone().into_bytes()),
            },
            public_identity: config.public_identity.clone(),
            home: config.domain().unwrap_or_default(),
            expires: Cell::new(config.expires),
            call_id: format!("{uuid}@{}", endpoint.local_addr().ip()),
            tag: endpoint.new_tag(),
            contact: format!("<sip:{user}@{}>", endpoint.sent_by()),
            cseq: Cell::new(0),
            answered: RefCell::new(None),
            registration: RefCell::new(Registration::Registering),
            metrics,
            endpoint,
        }
    }

    /// What `/state` shows.
    pub(crate) fn state(&self) -> Value {
        self.registration
            .borrow()
            .state(&self.public_identity, now())
    }

    /// Registers, and registers again in time, for as long as the phone lives (§5.1.1.4.1).
    pub(crate) async fn stay_registered(&self) {
        let mut failures = 0;
        loop {
            self.metrics.attempts.inc();
            match self.attempt(self.expires.get()).await {
                Ok(granted) => {
                    failures = 0;
                    self.metrics.registered.inc();
                    let granted = Duration::from_secs(u64::from(granted));
                    tracing::info!(
                        public_identity = self.public_identity,
                        expires_s = granted.as_secs(),
                        "registered"
                    );
                    tokio::time::sleep(refresh_after(granted)).await;
                }
                Err(failure) => {
                    self.metrics.failures.inc();
                    tracing::error!(problem = failure.problem, "registration failed");
                    let pause = (PAUSE * 2u32.saturating_pow(failures)).min(LONGEST_PAUSE);
                    let again = (failure.passing == Passing::Yes).then(|| now() + pause);
                    *self.registration.borrow_mut() = Registration::Failed {
                        problem: failure.problem,
                        again,
                    };
                    if again.is_none() {
                        return;
                    }
                    failures += 1;
                    tokio::time::sleep(pause).await;
                    *self.registration.borrow_mut() = Registration::Registering;
                }
            }
        }
    }

    /// Removes the registration, if there is one (§5.1.1.6).
    pub(crate) async fn deregister(&self) {
        let registered = matches!(*self.registration.borrow(), Registration::Registered { .. });
        if registered && let Err(failure) = self.attempt(0).await {
            tracing::warn!(problem = failure.problem, "deregistration failed");
        }
        *self.registration.borrow_mut() = Registration::Deregistered;
    }

    /// REGISTER until it is answered finally; gives the seconds that were granted.
    async fn attempt(&self, expires: u32) -> Result<u32, Failure> {
        let mut expires = expires;
        for _ in 0..=MAX_CHALLENGES {
            let request = self.request(expires);
            let response = self
                .endpoint
                .request(request, self.pcscf)
                .await
                .map_err(|problem| self.silent(&problem))?;
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
                    let least = response
                        .read::<MinExpires>()
                        .ok()
                        .flatten()
                        .map_or(0, |min| min.0);
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
            "the registrar challenges again and again: the password does not fit the user",
        ))
    }

    fn request(&self, expires: u32) -> Message {
        let uri = format!("sip:{}", self.home);
        let cseq = self.cseq.get() + 1;
        self.cseq.set(cseq);
        let mut request = Message::request(Method::REGISTER, &uri);
        request.append(Name::MAX_FORWARDS, "70");
        request.append(
            Name::FROM,
            &format!("<{}>;tag={}", self.public_identity, self.tag),
        );
        request.append(Name::TO, &format!("<{}>", self.public_identity));
        request.append(Name::CALL_ID, &self.call_id);
        request.append(Name::CSEQ, &format!("{cseq} REGISTER"));
        request.append(
            Name::CONTACT,
            &format!("{};expires={expires}", self.contact),
        );
        request.append(Name::EXPIRES, &expires.to_string());
        request.append(Name::SUPPORTED, "path");
        let mut answered = self.answered.borrow_mut();
        let authorization = match &mut *answered {
            // §5.1.1.2.2: the first one names the user and answers nothing.
            None => digest::initial(&self.credentials.username, &self.home, &uri),
            Some(answered) => {
                answered.count += 1;
                let (challenge, cnonce) = (&answered.challenge, &answered.cnonce);
                digest::answer(
                    challenge,
                    &self.credentials,
                    Method::REGISTER,
                    &uri,
                    cnonce,
                    answered.count,
                    b"",
                )
                .expect("a password answers every algorithm that was read")
            }
        };
        request.append(Name::AUTHORIZATION, &authorization);
        request
    }

    /// 401: takes the best challenge (§5.1.1.5).
    fn challenged(&self, response: &Message) -> Result<(), Failure> {
        let challenges: Vec<Challenge> = response
            .read_all::<WwwAuthenticate<'_>>()
            .filter_map(Result::ok)
            .filter_map(|challenge| Challenge::read(&challenge.0).ok())
            .collect();
        let Some(challenge) = digest::best(&challenges, &self.credentials) else {
            return Err(failure(
                Passing::No,
                "401 without a digest challenge that the phone can answer",
            ));
        };
        let mut octets = [0; 8];
        self.endpoint.io().fill_random(&mut octets);
        let cnonce = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        *self.answered.borrow_mut() = Some(Answered {
            challenge: challenge.clone(),
            cnonce,
            count: 0,
        });
        Ok(())
    }

    /// 200: what the registrar bound (§5.1.1.2.1); gives the seconds that are left.
    fn confirmed(&self, response: &Message) -> u32 {
        let own = Contact::parse(&self.contact);
        let own = own.as_ref().ok().and_then(Contact::address);
        let granted = response
            .read_all::<Contact<'_>>()
            .filter_map(Result::ok)
            .find(|contact| {
                let bound = contact.address().and_then(|bound| bound.uri().ok());
                let own = own.and_then(|own| own.uri().ok());
                // RFC 3261 §19.1.4: the registrar may write it otherwise.
                matches!((bound, own), (Some(bound), Some(own)) if bound.equivalent(&own))
            })
            .and_then(|bound| bound.expires())
            .unwrap_or(0);
        let list = |name| response.elements(name).map(str::to_owned).collect();
        *self.registration.borrow_mut() = if granted == 0 {
            Registration::Deregistered
        } else {
            Registration::Registered {
                until: now() + Duration::from_secs(u64::from(granted)),
                associated: list(Name::P_ASSOCIATED_URI),
                service_route: list(Name::SERVICE_ROUTE),
            }
        };
        granted
    }

    fn silent(&self, problem: &RequestError) -> Failure {
        failure(
            Passing::Yes,
            &format!("the P-CSCF at {} does not answer: {problem}", self.pcscf),
        )
    }

    fn refused(&self, status: Status, response: &Message) -> Failure {
        let reason = match response.start_line() {
            sip_message::StartLine::Response { reason, .. } => reason,
            sip_message::StartLine::Request { .. } => "",
        };
        let meaning = match status {
            Status::FORBIDDEN => {
                ": the user is unknown to the home network, or the password is wrong"
            }
            Status::SERVER_TIME_OUT => ": an element behind the P-CSCF is out of reach",
            _ => "",
        };
        let passing = if status.code() >= 500 {
            Passing::Yes
        } else {
            Passing::No
        };
        failure(passing, &format!("{} {reason}{meaning}", status.code()))
    }
}

fn failure(passing: Passing, problem: &str) -> Failure {
    Failure {
        problem: problem.to_owned(),
        passing,
    }
}

/// §5.1.1.4.1: 600 s before the end where more than 1200 s were granted, else at half the time.
fn refresh_after(granted: Duration) -> Duration {
    if granted > Duration::from_secs(1200) {
        granted - Duration::from_secs(600)
    } else {
        granted / 2
    }
}

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
