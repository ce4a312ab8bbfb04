//! One REGISTER and the S-CSCFs that it is tried at, one after another (TS 24.229 §5.3.1.3, RFC 3263 §4.3).

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use cx::ServerCapabilities;
use driver::io::Io;
use driver::locate::NotLocated;
use driver::sip::{RETRY_AFTER_S, RequestError};
use sip_message::{Message, Name, RetryAfter, Status, Uri};
use tokio::time::Instant;

use crate::availability::LONGEST_RETRY_AFTER;
use crate::{Settings, Shared, selection};

/// What became of one try.
enum Tried {
    /// The S-CSCF served: this is its response.
    Answered(Message),
    /// It did not, and said so.
    PassedOver(Message),
    /// It did not answer, or there is no such host.
    Silent,
    /// What we could not ask says nothing of it: the DNS did not tell where it is.
    NotFound,
    /// Nor does it that we have too much to do.
    Overloaded,
}

/// What one S-CSCF did for the request.
pub(crate) enum Outcome {
    /// It serves: this is its response.
    Served(Message),
    /// It does not: another one may.
    Failed,
    /// That is not known, and no ground to leave it: this is to be answered.
    Unknown(Message),
}

/// The tries of one REGISTER: each S-CSCF once, no more of them than configured, within the configured time.
pub(crate) struct Attempts<'a, I: Io> {
    icscf: &'a Shared<I>,
    /// As it was when the request came.
    settings: Rc<Settings>,
    received: &'a Message,
    request: Message,
    waiting: VecDeque<String>,
    last_resort: Option<String>,
    tried: Vec<String>,
    until: Instant,
    /// What the last one said that would not serve, or we of it.
    last_word: Option<Message>,
}

impl<'a, I: Io> Attempts<'a, I> {
    /// No try yet of `request`, which is `received` as it is to be forwarded.
    pub(crate) fn new(icscf: &'a Shared<I>, received: &'a Message, request: Message) -> Self {
        let settings = icscf.settings();
        Self {
            until: Instant::now() + settings.answer_within,
            icscf,
            settings,
            received,
            request,
            waiting: VecDeque::new(),
            last_resort: None,
            tried: Vec::new(),
            last_word: None,
        }
    }

    /// Adds one S-CSCF.
    pub(crate) fn add(&mut self, name: String) {
        if !self.tried.contains(&name) && !self.waiting.contains(&name) {
            self.waiting.push_back(name);
        }
    }

    /// Adds those that may serve `impu`, the best first; those that did not serve lately come last.
    pub(crate) fn choose(&mut self, wanted: &ServerCapabilities, impu: &str) {
        let now = Instant::now().into_std();
        let chosen = selection::choose(&self.settings.candidates, wanted, impu);
        let is_avoided = |name: &String| self.icscf.availability.is_avoided(name, now);
        let (avoided, ready): (Vec<String>, Vec<String>) = chosen.into_iter().partition(is_avoided);
        for name in ready.into_iter().chain(avoided) {
            self.add(name);
        }
    }

    /// Tries the assigned S-CSCF.
    ///
    /// One that did not answer somebody else a moment ago is not waited for where there are others: it stays as the
    /// last resort.
    pub(crate) async fn try_assigned(&mut self, name: String) -> Outcome {
        let candidates = &self.settings.candidates;
        let are_others = candidates.iter().any(|other| other.name != name);
        let now = Instant::now().into_std();
        if are_others && self.icscf.availability.is_avoided(&name, now) {
            self.last_resort = Some(name);
            return Outcome::Failed;
        }
        self.one(name, are_others).await
    }

    /// Tries who is there until one serves; what to say where none does.
    pub(crate) async fn run(mut self) -> Result<Message, Message> {
        if let Some(name) = self.last_resort.take() {
            self.add(name);
        }
        while self.tried.len() < self.settings.tries {
            let Some(name) = self.waiting.pop_front() else {
                break;
            };
            let are_others = !self.waiting.is_empty() && self.tried.len() + 1 < self.settings.tries;
            match self.one(name, are_others).await {
                Outcome::Served(response) => return Ok(response),
                // Nobody is served by it yet, or nobody else may: the next one, if there is one.
                Outcome::Unknown(response)
                    if response.status() == Some(Status::SERVER_TIME_OUT) =>
                {
                    self.last_word = Some(response);
                }
                Outcome::Unknown(response) => return Err(response),
                Outcome::Failed => {}
            }
        }
        Err(self.failure())
    }

    /// What the S-CSCF `name` does; where there `are others`, its silence is waited out for so much the less.
    async fn one(&mut self, name: String, are_others: bool) -> Outcome {
        let left = self.until.saturating_duration_since(Instant::now());
        let patience = if are_others {
            left.min(self.settings.scscf_wait)
        } else {
            left
        };
        let tried = self.ask(&name, patience, left).await;
        let now = Instant::now().into_std();
        let availability = &self.icscf.availability;
        let because = |status, reason| Message::response_with_reason(self.received, status, reason);
        let outcome = match tried {
            Tried::Answered(response) => {
                availability.served(&name);
                Outcome::Served(response)
            }
            Tried::PassedOver(response) => {
                if let Some(time) = wants_rest(&response) {
                    availability.failed(&name, time, now);
                }
                self.last_word = Some(response);
                Outcome::Failed
            }
            Tried::Silent => {
                availability.failed(&name, self.settings.scscf_avoid, now);
                Outcome::Failed
            }
            Tried::NotFound => {
                Outcome::Unknown(because(Status::SERVER_TIME_OUT, "S-CSCF not found in time"))
            }
            Tried::Overloaded => {
                let mut response = because(Status::SERVICE_UNAVAILABLE, "Overloaded");
                response.append(Name::RETRY_AFTER, &RETRY_AFTER_S.to_string());
                Outcome::Unknown(response)
            }
        };
        self.tried.push(name);
        outcome
    }

    /// Asks it: its silence ends after `patience`, everything after `left`.
    async fn ask(&self, name: &str, patience: Duration, left: Duration) -> Tried {
        let Ok(Uri::Sip(target)) = Uri::parse(name) else {
            tracing::error!(name, "the S-CSCF's name is not a SIP URI");
            return Tried::Silent;
        };
        let targets = match self.icscf.locator.locate(&target).await {
            Ok(targets) => targets,
            Err(problem @ NotLocated::Dns { .. }) => {
                tracing::warn!(%problem, name, "the DNS does not say where the S-CSCF is");
                return Tried::NotFound;
            }
            Err(problem) => {
                tracing::error!(%problem, name, "the S-CSCF cannot be found");
                return Tried::Silent;
            }
        };
        let mut request = self.request.clone();
        request.set_request_uri(name);
        // Where the S-CSCF has several places they share its time.
        let places = u32::try_from(targets.len()).unwrap_or(u32::MAX);
        let each = patience / places.max(1);
        let icscf = self.icscf;
        let answered = icscf
            .locator
            .request(&icscf.asking, request, &targets, each, each);
        let outcome = tokio::time::timeout(left, answered).await;
        match outcome.unwrap_or(Err(RequestError::TimedOut)) {
            Ok(response) if does_not_serve(&response) => Tried::PassedOver(response),
            Ok(response) => Tried::Answered(response),
            Err(RequestError::Overloaded) => Tried::Overloaded,
            Err(problem) => {
                self.icscf.metrics.scscf_unreachable.inc();
                tracing::warn!(%problem, name, "the S-CSCF does not answer");
                Tried::Silent
            }
        }
    }

    /// What to say when nobody served.
    fn failure(self) -> Message {
        let because = |status, reason| Message::response_with_reason(self.received, status, reason);
        if self.tried.is_empty() {
            return because(
                Status::SERVICE_UNAVAILABLE,
                "No S-CSCF has the capabilities",
            );
        }
        match self.last_word {
            Some(response) if is_last_word(&response) => response,
            // RFC 3261 §16.7, 6: a 503 would say that we are the ones who cannot.
            Some(response) if response.status() == Some(Status::SERVICE_UNAVAILABLE) => {
                let mut failure = because(Status::SERVER_INTERNAL_ERROR, "S-CSCF unavailable");
                if let Some(retry_after) = response.header(Name::RETRY_AFTER) {
                    failure.append(Name::RETRY_AFTER, retry_after);
                }
                failure
            }
            // §5.3.1.3; a redirection is not for the phone.
            _ => because(Status::SERVER_TIME_OUT, "S-CSCF does not answer"),
        }
    }
}

/// Whether this is what the phone hears: 480 of an S-CSCF, 504 of ours.
fn is_last_word(response: &Message) -> bool {
    matches!(
        response.status(),
        Some(Status::TEMPORARILY_UNAVAILABLE | Status::SERVER_TIME_OUT)
    )
}

/// Whether another S-CSCF is to be tried: 3xx and 480 (§5.3.1.3), 503 (RFC 3263 §4.3).
fn does_not_serve(response: &Message) -> bool {
    response.status().is_some_and(|status| {
        status.code() / 100 == 3
            || status == Status::TEMPORARILY_UNAVAILABLE
            || status == Status::SERVICE_UNAVAILABLE
    })
}

/// How long who sent this 503 wants to be left alone (RFC 3261 §21.5.4).
fn wants_rest(response: &Message) -> Option<Duration> {
    if response.status() != Some(Status::SERVICE_UNAVAILABLE) {
        return None;
    }
    let retry_after: RetryAfter<'_> = response.read().ok().flatten()?;
    Some(Duration::from_secs(retry_after.seconds.into()).min(LONGEST_RETRY_AFTER))
}
