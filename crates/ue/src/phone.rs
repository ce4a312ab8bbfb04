//! A phone: one registration by each of its P-CSCFs, kept up for as long as it lives (TS 24.229 §5.1.1.4).

use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use serde_json::{Value, json};
use sip_message::Status;

use crate::Metrics;
use crate::register::{Binding, Failure, Passing, now};
use crate::registration::Registration;

/// The pause after a failure that may pass (RFC 5626 §4.5: the base time while nothing works).
pub const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause (RFC 5626 §4.5).
pub const LONGEST_PAUSE: Duration = Duration::from_secs(1800);
/// How long a flow is in use before its failure is no failure to register (RFC 5626 §4.5).
pub const STABLE_AFTER: Duration = Duration::from_secs(120);
/// The longest that a Retry-After is obeyed.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// The phone.
pub(crate) struct Phone<I: Io> {
    public_identity: String,
    bindings: Vec<Rc<Binding<I>>>,
    io: I,
    metrics: Metrics,
    /// How often keep-alives go where the registrar does not say it.
    keep_alive: Option<Duration>,
}

impl<I: Io> Phone<I> {
    pub(crate) fn new(
        public_identity: &str,
        bindings: Vec<Binding<I>>,
        io: I,
        metrics: Metrics,
        keep_alive: Option<Duration>,
    ) -> Self {
        Self {
            public_identity: public_identity.to_owned(),
            bindings: bindings.into_iter().map(Rc::new).collect(),
            io,
            metrics,
            keep_alive,
        }
    }

    /// What `/state` shows: the best of its registrations, and all of them where there are several.
    pub(crate) fn state(&self) -> Value {
        let shown = |binding: &Rc<Binding<I>>| {
            let state = binding.state.borrow();
            state.state(&self.public_identity, now())
        };
        let best = self
            .bindings
            .iter()
            .find(|binding| matches!(*binding.state.borrow(), Registration::Registered { .. }));
        let mut state = best.or(self.bindings.first()).map_or(Value::Null, shown);
        if self.bindings.len() > 1 {
            let each = |binding| {
                let mut one = shown(binding);
                one["pcscf"] = json!(binding.pcscf().to_string());
                one
            };
            state["registrations"] = self.bindings.iter().map(each).collect();
        }
        state
    }

    /// Every registration, to be kept up in a task of its own.
    pub(crate) fn bindings(&self) -> impl Iterator<Item = Rc<Binding<I>>> {
        self.bindings.iter().cloned()
    }

    /// Registers, and registers again in time, until a failure that does not pass (§5.1.1.4.1).
    pub(crate) async fn stay_registered(&self, binding: &Binding<I>) {
        let mut failures = 0;
        let mut was_registered = false;
        // Since when the flow of this registration is in use.
        let mut since = None;
        loop {
            self.metrics.attempts.inc();
            match binding.attempt(binding.expires()).await {
                Ok(granted) => {
                    let since_when = *since.get_or_insert_with(now);
                    was_registered = true;
                    self.metrics.registered.inc();
                    tracing::info!(
                        public_identity = self.public_identity,
                        expires_s = granted,
                        "registered"
                    );
                    let granted = Duration::from_secs(u64::from(granted));
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(refresh_after(granted)) => {}
                        problem = binding.keep_alive(self.keep_alive) => {
                            tracing::warn!(problem, "the flow to the P-CSCF has failed: registering over a new one");
                            since = None;
                            // RFC 5626 §4.5: at once, unless it failed so soon that this counts as a failure.
                            if now() - since_when >= STABLE_AFTER {
                                failures = 0;
                            } else {
                                let pause = self.longer_each_time(failures);
                                failures += 1;
                                binding.rest(problem, pause).await;
                            }
                        }
                    }
                }
                // §5.1.1.4.1, §5.1.1.7: a refresh that the network does not want tells that it has removed the
                // registration: the phone registers anew, once.
                Err(failure) if was_registered && forgets(&failure) => {
                    self.metrics.failures.inc();
                    tracing::warn!(
                        problem = failure.problem,
                        "the network has removed the registration: registering anew"
                    );
                    was_registered = false;
                    binding.begin_anew();
                    *binding.state.borrow_mut() = Registration::Registering;
                }
                Err(failure) => {
                    self.metrics.failures.inc();
                    tracing::error!(problem = failure.problem, "registration failed");
                    if since
                        .take()
                        .is_some_and(|since| now() - since >= STABLE_AFTER)
                    {
                        failures = 0;
                    }
                    let Some(pause) = self.pause(&failure, failures) else {
                        *binding.state.borrow_mut() = Registration::Failed {
                            problem: failure.problem,
                            again: None,
                        };
                        return;
                    };
                    failures += 1;
                    binding.rest(failure.problem, pause).await;
                }
            }
        }
    }

    /// Removes the registrations that there are, at all P-CSCFs at once (§5.1.1.6).
    pub(crate) async fn deregister(&self) {
        let leaving: Vec<_> = self
            .bindings()
            .map(|binding| driver::spawn(async move { binding.leave().await }))
            .collect();
        for left in leaving {
            // One that panicked has said so.
            let _panicked = left.await;
        }
    }

    /// How long to wait after `failure`, of which there were `before` others; none where it is final.
    fn pause(&self, failure: &Failure, before: u32) -> Option<Duration> {
        if let Some(after) = failure.retry_after {
            // RFC 3261 §20.33.
            return Some(after.min(LONGEST_RETRY_AFTER));
        }
        if failure.passing == Passing::No {
            return None;
        }
        Some(self.longer_each_time(before))
    }

    /// The pause after a failure, of which there were `before` others.
    fn longer_each_time(&self, before: u32) -> Duration {
        // RFC 5626 §4.5: half of it to all of it, so that phones do not come back all at once.
        let longest = (PAUSE * 2_u32.saturating_pow(before)).min(LONGEST_PAUSE);
        let mut octets = [0; 2];
        self.io.fill_random(&mut octets);
        let share = f64::from(u16::from_le_bytes(octets)) / f64::from(u16::MAX);
        longest.mul_f64(0.5 + share / 2.0)
    }
}

/// Whether a refresh that fails so has no registration to refresh.
fn forgets(failure: &Failure) -> bool {
    matches!(
        failure.status,
        Some(
            Status::UNAUTHORIZED
                | Status::FORBIDDEN
                | Status::NOT_FOUND
                | Status::CALL_TRANSACTION_DOES_NOT_EXIST
        )
    )
}

/// §5.1.1.4.1: 600 s before the end where more than 1200 s were granted, else at half the time.
pub(crate) fn refresh_after(granted: Duration) -> Duration {
    if granted > Duration::from_secs(1200) {
        granted - Duration::from_secs(600)
    } else {
        granted / 2
    }
}
