//! How what one side sends is protected, and how that changes.
//!
//! ```text
//! TLS 1.2    Clear ── ChangeCipherSpec ──▶ Changed ── ChangeCipherSpec, after another handshake ──▶ Changed
//!
//! TLS 1.3    Clear ── ServerHello ──▶ Handshake ── Finished ──▶ Application ── KeyUpdate ──▶ Application
//!              │                          ▲
//!              └── early data ──▶ Early ──┘ EndOfEarlyData, or what the handshake's keys open
//! ```

use bytes::BytesMut;

use super::agreement::{Agreed, Agreement, Early};
use super::key_log::Secret;
use super::opener::Opener;
use super::record::{ContentType, HEADER};
use super::schedule::updated;
use super::side::Side;
use super::suite::Suite;

/// The protection of the next record.
#[derive(Clone)]
pub(crate) enum Protection {
    Clear,
    Changed(Box<Opener>),
    Early(Option<Box<Opener>>),
    /// Without the handshake's secret, what is in it cannot be read, and what follows it can.
    Handshake(Option<Box<Opener>>),
    Application(Box<Opener>, Suite, Secret),
}

/// What a record turned out to be.
pub(crate) enum Opening {
    /// It is open now.
    Opened(ContentType),
    /// No key is there that it may be opened with, and none is needed for what follows.
    PassedOver,
    /// The keys that there are do not open it.
    Failed,
}

impl Protection {
    /// The protection behind the hellos, of TLS 1.3.
    pub(crate) fn of_handshake(side: Side, suite: Suite, agreement: &Agreement) -> Protection {
        let secret = agreement.handshake_secret(side);
        let opener = secret.and_then(|secret| Opener::from_secret(suite, secret));
        Protection::Handshake(opener.map(Box::new))
    }

    /// The same for what a client sends that offers early data.
    pub(crate) fn of_early_data(suite: Suite, agreement: &Agreement) -> Protection {
        let secret = agreement
            .early_secret()
            .filter(|_| agreement.early != Early::Refused);
        let opener = secret.and_then(|secret| Opener::from_secret(suite, secret));
        Protection::Early(opener.map(Box::new))
    }

    /// The protection behind a Finished of TLS 1.3.
    pub(crate) fn of_application(
        side: Side,
        suite: Suite,
        agreement: &Agreement,
    ) -> Option<Protection> {
        let secret = agreement.application_secret(side)?.clone();
        let opener = Opener::from_secret(suite, &secret)?;
        Some(Protection::Application(Box::new(opener), suite, secret))
    }

    /// The protection that follows this one, as far as it is known.
    pub(crate) fn next(&self, side: Side, agreement: &Agreement) -> Option<Protection> {
        match (self, &agreement.agreed) {
            (Protection::Clear | Protection::Changed(_), Some(Agreed::Tls12(_))) => {
                let opener = agreement.to_change(side)?;
                Some(Protection::Changed(Box::new(opener.clone())))
            }
            (Protection::Clear | Protection::Early(_), Some(Agreed::Tls13(suite))) => {
                Some(Protection::of_handshake(side, *suite, agreement))
            }
            (Protection::Handshake(_), Some(Agreed::Tls13(suite))) => {
                Protection::of_application(side, *suite, agreement)
            }
            (Protection::Application(_, suite, secret), _) => {
                let secret = updated(suite.hash, secret)?;
                let opener = Opener::from_secret(*suite, &secret)?;
                Some(Protection::Application(Box::new(opener), *suite, secret))
            }
            _ => None,
        }
    }

    pub(crate) fn opener(&mut self) -> Option<&mut Opener> {
        match self {
            Protection::Clear => None,
            Protection::Early(opener) | Protection::Handshake(opener) => opener.as_deref_mut(),
            Protection::Changed(opener) | Protection::Application(opener, ..) => Some(opener),
        }
    }

    /// Opens the next record, and goes on to the next protection where only that opens it.
    pub(crate) fn open(
        &mut self,
        side: Side,
        agreement: &Agreement,
        header: &[u8; HEADER],
        body: &mut BytesMut,
    ) -> Opening {
        if let Some(kind) = self.open_with(header, body) {
            return Opening::Opened(kind);
        }
        let passes = match self {
            // It may have been refused, and was not protected with what is protected next.
            Protection::Early(_) => Opening::PassedOver,
            Protection::Handshake(None) => Opening::PassedOver,
            Protection::Handshake(Some(_)) => Opening::Failed,
            Protection::Clear | Protection::Changed(_) | Protection::Application(..) => {
                return Opening::Failed;
            }
        };
        let mut next = self.next(side, agreement);
        while let Some(mut after) = next {
            if let Some(kind) = after.open_with(header, body) {
                *self = after;
                return Opening::Opened(kind);
            }
            next = match after {
                Protection::Handshake(_) => after.next(side, agreement),
                _ => None,
            };
        }
        passes
    }

    fn open_with(&mut self, header: &[u8; HEADER], body: &mut BytesMut) -> Option<ContentType> {
        let opener = self.opener()?;
        let kind = opener.open(opener.sequence, header, body)?;
        opener.sequence += 1;
        Some(kind)
    }
}
