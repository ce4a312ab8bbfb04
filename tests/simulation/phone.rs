//! A phone that is played: it asks for what a history tells it to, and writes down what it is told.

use std::cell::RefCell;
use std::rc::Rc;

use aka::{Failure, Keys, Usim};
use driver::io::Io;
use driver::sip::{Endpoint, Incoming, SipMetrics, SipSettings, Towards, Transport};
use sim::{Sim, SimIo};
use sip_message::{Contact, Message, Method, Name, ServiceRoute, Status, Uri, WwwAuthenticate};
use sip_stack::digest::{self, Algorithm, Challenge, Credentials, Secret};

use crate::elements::{PCSCF, at, ip};
use crate::ledger::{Ledger, Outcome, Procedure, Shown};
use crate::users::{K, OPC, Proof, USERS};

const HOME: &str = "sip:home.example";
/// Challenges that a phone answers in one procedure: two that are stale, one for SQN, one to take.
const MOST_ROUNDS: usize = 5;

/// What a phone asks for.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// Contact URIs, and for how long.
    Bind(Vec<String>, u32),
    Remove(Vec<String>),
    RemoveAll,
    Query,
}

/// One phone.
pub(crate) struct Phone {
    pub(crate) user: usize,
    pub(crate) host: u8,
    /// Whether its contacts carry `+sip.instance` and `reg-id` (RFC 5626).
    pub(crate) outbound: bool,
    transport: Transport,
    sim: Sim,
    endpoint: Endpoint<SimIo>,
    call_id: String,
    cseq: u32,
    challenge: Option<(Challenge, u32)>,
    usim: Option<Usim>,
    ledger: Rc<RefCell<Ledger>>,
}

fn octets(hex: &str) -> [u8; 16] {
    std::array::from_fn(|at| {
        u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal digits")
    })
}

impl Phone {
    pub(crate) async fn new(
        sim: &Sim,
        user: usize,
        host: u8,
        outbound: bool,
        transport: Transport,
        ledger: &Rc<RefCell<Ledger>>,
    ) -> Self {
        let io = sim.host(ip(host));
        let settings = SipSettings::new(at(host), &[]);
        let endpoint = Endpoint::bind(io, settings, SipMetrics::default())
            .await
            .expect("a free port");
        endpoint.serve(|_: Incoming<SimIo>| async {});
        let is_aka = USERS[user].proof == Proof::Aka;
        let keys = Keys {
            k: octets(K),
            opc: octets(OPC),
        };
        Self {
            user,
            host,
            outbound,
            transport,
            sim: sim.clone(),
            endpoint,
            call_id: format!("call-{host}"),
            cseq: 0,
            challenge: None,
            usim: is_aka.then(|| Usim::new(keys)),
            ledger: Rc::clone(ledger),
        }
    }

    /// Its contact number `number`.
    pub(crate) fn contact(&self, number: u16) -> String {
        contact(self.host, number)
    }

    /// One procedure to its end.
    pub(crate) async fn procedure(&mut self, wish: &Wish) -> Outcome {
        let began = self.sim.elapsed();
        let mut asked = began;
        let mut outcome = Outcome::Silent;
        for _ in 0..MOST_ROUNDS {
            let request = self.request(wish);
            asked = self.sim.elapsed();
            let pcscf = Towards::Address {
                transport: self.transport,
                address: at(PCSCF),
            };
            outcome = match self.endpoint.request(request, pcscf).await {
                Err(_) => Outcome::Silent,
                Ok(response) => match response.status() {
                    Some(Status::UNAUTHORIZED) if self.keep_challenge(&response) => {
                        outcome = Outcome::Refused(Status::UNAUTHORIZED);
                        continue;
                    }
                    Some(Status::OK) => told(&response),
                    other => Outcome::Refused(other.expect("a response")),
                },
            };
            break;
        }
        self.ledger.borrow_mut().procedures.push(Procedure {
            user: self.user,
            phone: self.host,
            began,
            asked,
            ended: self.sim.elapsed(),
            wish: wish.clone(),
            outbound: self.outbound,
            outcome: outcome.clone(),
        });
        outcome
    }

    fn request(&mut self, wish: &Wish) -> Message {
        self.cseq += 1;
        let user = &USERS[self.user];
        let mut request = Message::request(Method::REGISTER, HOME);
        for (name, value) in [
            (Name::MAX_FORWARDS, "70"),
            (Name::FROM, &*format!("<{}>;tag={}", user.impu, self.host)),
            (Name::TO, &*format!("<{}>", self.spelled(user.impu))),
            (Name::CALL_ID, &*self.call_id),
            (Name::CSEQ, &*format!("{} REGISTER", self.cseq)),
            (Name::SUPPORTED, "path, outbound"),
        ] {
            request.append(name, value);
        }
        match wish {
            Wish::Bind(contacts, seconds) => self.add_contacts(&mut request, contacts, *seconds),
            Wish::Remove(contacts) => self.add_contacts(&mut request, contacts, 0),
            Wish::RemoveAll => {
                request.append(Name::CONTACT, "*");
                request.append(Name::EXPIRES, "0");
            }
            Wish::Query => {}
        }
        let value = self.authorization();
        request.append(Name::AUTHORIZATION, &value);
        request
    }

    /// `impu` in one of the ways in which it may be written (RFC 3261 §10.3, 5).
    fn spelled(&self, impu: &str) -> String {
        let (user, _) = impu["sip:".len()..].split_once('@').expect("with a host");
        let (first, rest) = user.split_at(1);
        match self.sim.below(4) {
            0 => format!("SIP:{user}@Home.Example:5060;transport=udp"),
            1 => format!("sip:%{:02x}{rest}@HOME.example", first.as_bytes()[0]),
            _ => impu.to_owned(),
        }
    }

    fn add_contacts(&self, request: &mut Message, contacts: &[String], seconds: u32) {
        for contact in contacts {
            let mut value = format!("<{contact}>;expires={seconds}");
            if self.outbound {
                // The flow is of the phone whose contact it is, also where another removes it.
                let at = contact.rsplit(['.', ':']).take(2);
                let at: Vec<u32> = at.map(|digits| digits.parse().expect("digits")).collect();
                let [port, host] = at[..] else {
                    unreachable!("a contact of ours")
                };
                value += &format!(
                    ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-0000000000{:02x}>\";reg-id={}",
                    host,
                    port - 5059
                );
            }
            request.append(Name::CONTACT, &value);
        }
    }

    fn authorization(&mut self) -> String {
        let user = &USERS[self.user];
        let nobody = || digest::initial(user.impi, "home.example", HOME);
        let Some((challenge, count)) = &mut self.challenge else {
            return nobody();
        };
        *count += 1;
        let mut cnonce = [0; 8];
        self.endpoint.io().fill_random(&mut cnonce);
        let cnonce = format!("{:016x}", u64::from_be_bytes(cnonce));
        let secret = match (user.proof, &mut self.usim) {
            (Proof::Password(password), _) => Secret::Password(password.as_bytes().to_vec()),
            (Proof::Aka, usim) => {
                // A vector serves once.
                if *count > 1 {
                    self.challenge = None;
                    return nobody();
                }
                let (rand, autn) = digest::aka::read_nonce(&challenge.nonce).expect("of AKA");
                match usim.as_mut().expect("dave has one").answer(&rand, &autn) {
                    Ok(answer) => Secret::Res(answer.res.to_vec()),
                    Err(Failure::Synch { auts }) => {
                        let value = digest::aka::resynchronisation(
                            challenge,
                            user.impi,
                            Method::REGISTER,
                            HOME,
                            &cnonce,
                            &auts,
                        );
                        return value.expect("a challenge of AKA");
                    }
                    Err(Failure::Mac) => panic!("the HSS has dave's keys"),
                }
            }
        };
        let credentials = Credentials {
            username: user.impi.to_owned(),
            secret,
        };
        let value = digest::answer(
            challenge,
            &credentials,
            Method::REGISTER,
            HOME,
            &cnonce,
            *count,
            b"",
        );
        value.expect("a challenge that we can answer")
    }

    fn keep_challenge(&mut self, response: &Message) -> bool {
        let wanted = |challenge: &Challenge| {
            (challenge.algorithm == Algorithm::AkaV1Md5) == self.usim.is_some()
        };
        let challenge = response
            .read_all::<WwwAuthenticate<'_>>()
            .filter_map(Result::ok)
            .filter_map(|auth| Challenge::read(&auth.0).ok())
            .find(wanted);
        self.challenge = challenge.map(|challenge| (challenge, 0));
        self.challenge.is_some()
    }
}

/// Contact number `number` of the phone on `host`.
pub(crate) fn contact(host: u8, number: u16) -> String {
    format!("sip:ue@10.0.0.{host}:{}", 5060 + number)
}

fn told(response: &Message) -> Outcome {
    let shown = response.read_all::<Contact<'_>>().map(|contact| {
        let contact = contact.expect("a Contact that can be read");
        Shown {
            uri: contact.address().expect("an address").uri.to_owned(),
            expires: contact.expires().expect("each with its expiry").into(),
        }
    });
    let contacts: Vec<Shown> = shown.collect();
    let route: Option<ServiceRoute<'_>> = response.read().expect("a Service-Route");
    let scscf = route.and_then(|route| match route.uri() {
        Ok(Uri::Sip(uri)) => uri.host.to_string().rsplit('.').next()?.parse().ok(),
        _ => None,
    });
    Outcome::Told { contacts, scscf }
}
