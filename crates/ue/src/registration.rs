//! How far the phone's registration is.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::register::now;

/// The states of the phone.
///
/// ```text
///            attempt ends in 200
///  Registering ───────────────▶ Registered ──refresh──▶ Registering
///      │  ▲                          │ stop
///      ▼  │ again, after a pause     ▼
///    Failed ─(final: 403 …) stays  Deregistered
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Registration {
    /// A REGISTER is under way.
    Registering,
    /// The registrar confirmed it.
    Registered {
        until: Instant,
        associated: Vec<String>,
        service_route: Vec<String>,
    },
    /// It failed; tried again at `again`, or never.
    Failed {
        problem: String,
        again: Option<Instant>,
    },
    /// Left.
    Deregistered,
}

impl Registration {
    /// How long it lasts from now; none where there is none.
    pub(crate) fn left(&self) -> Option<Duration> {
        match self {
            Self::Registered { until, .. } => Some(until.saturating_duration_since(now())),
            Self::Registering | Self::Failed { .. } | Self::Deregistered => None,
        }
    }

    /// What `/state` shows.
    pub(crate) fn state(&self, public_identity: &str, now: Instant) -> Value {
        let left = |at: &Instant| at.saturating_duration_since(now).as_secs();
        match self {
            Self::Registering => {
                json!({ "public_identity": public_identity, "registration": "registering" })
            }
            Self::Registered {
                until,
                associated,
                service_route,
            } => json!({
                "public_identity": public_identity,
                "registration": "registered",
                "expires_in_s": left(until),
                "associated": associated,
                "service_route": service_route,
            }),
            Self::Failed { problem, again } => json!({
                "public_identity": public_identity,
                "registration": "failed",
                "problem": problem,
                "again_in_s": again.as_ref().map(left),
            }),
            Self::Deregistered => {
                json!({ "public_identity": public_identity, "registration": "deregistered" })
            }
        }
    }
}
