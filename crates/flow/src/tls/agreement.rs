//! What both directions of a connection agree upon: the hellos, and the keys that they lead to.

use super::handshake::{ClientHello, Message, ServerHello};
use super::key_log::{KeyLog, Label, Secret, Secrets};
use super::opener::Opener;
use super::side::Side;
use super::suite::{Suite, Version, suite};
use crate::notice::UnreadTls;

// ProtocolVersion (RFC 8446 §4.1.2, §4.2.1).
const TLS_1_2: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;

/// What the hellos say.
#[derive(Default)]
pub(crate) struct Agreement {
    client: Option<Side>,
    hello: Option<ClientHello>,
    secrets: Secrets,
    pub(crate) agreed: Option<Agreed>,
    pub(crate) early: Early,
    /// The server asked for another ClientHello.
    is_retried: bool,
}

/// What is known once both hellos are there.
pub(crate) enum Agreed {
    /// With what opens the records of client and server behind the next ChangeCipherSpec.
    Tls12([Option<Box<Opener>>; 2]),
    Tls13(Suite),
}

/// What became of early data (RFC 8446 §4.2.10).
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Early {
    /// The server has not said.
    #[default]
    Unknown,
    Taken,
    /// The client says it again, later.
    Refused,
}

impl Agreement {
    /// Whether `side` said the ClientHello.
    pub(crate) fn is_client(&self, side: Side) -> bool {
        self.client == Some(side)
    }

    pub(crate) fn has_client_hello(&self) -> bool {
        self.hello.is_some()
    }

    /// Whether it is TLS 1.3, as far as is known: there only may a ClientHello be asked for again.
    pub(crate) fn is_tls_13(&self) -> bool {
        self.is_retried || matches!(self.agreed, Some(Agreed::Tls13(_)))
    }

    pub(crate) fn offers_early_data(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.early_data)
    }

    /// The secret that protects what `side` sends in the handshake of TLS 1.3.
    pub(crate) fn handshake_secret(&self, side: Side) -> Option<&Secret> {
        self.secrets.get(match self.is_client(side) {
            true => Label::ClientHandshake,
            false => Label::ServerHandshake,
        })
    }

    /// The secret that protects what `side` sends behind the handshake of TLS 1.3.
    pub(crate) fn application_secret(&self, side: Side) -> Option<&Secret> {
        self.secrets.get(match self.is_client(side) {
            true => Label::ClientApplication,
            false => Label::ServerApplication,
        })
    }

    /// The secret that protects early data.
    pub(crate) fn early_secret(&self) -> Option<&Secret> {
        self.secrets.get(Label::ClientEarly)
    }

    /// What opens the records of `side` behind its ChangeCipherSpec, once.
    pub(crate) fn changed(&mut self, side: Side) -> Option<Box<Opener>> {
        let end = usize::from(!self.is_client(side));
        match &mut self.agreed {
            Some(Agreed::Tls12(openers)) => openers[end].take(),
            _ => None,
        }
    }

    /// The same, and it stays.
    pub(crate) fn to_change(&self, side: Side) -> Option<&Opener> {
        let end = usize::from(!self.is_client(side));
        match &self.agreed {
            Some(Agreed::Tls12(openers)) => openers[end].as_deref(),
            _ => None,
        }
    }

    /// Takes a message that both sides must know of.
    ///
    /// # Errors
    /// Why the connection cannot be read.
    pub(crate) fn take(
        &mut self,
        side: Side,
        message: Message,
        keys: &KeyLog,
    ) -> Result<(), UnreadTls> {
        match message {
            // RFC 8446 §4.1.2: the same once more, for a HelloRetryRequest.
            Message::ClientHello(hello)
                if self
                    .hello
                    .as_ref()
                    .is_some_and(|it| it.random == hello.random) =>
            {
                Ok(())
            }
            Message::ClientHello(hello) => self.offer(side, hello, keys),
            Message::ServerHello(hello) => self.agree(&hello),
            Message::HelloRetryRequest => {
                // RFC 8446 §4.2.10: what came by then is not taken.
                self.early = Early::Refused;
                self.is_retried = true;
                Ok(())
            }
            Message::EncryptedExtensions { early_data: true } => {
                self.early = Early::Taken;
                Ok(())
            }
            Message::EncryptedExtensions { early_data: false } => {
                self.early = Early::Refused;
                Ok(())
            }
            Message::EndOfEarlyData | Message::Finished | Message::KeyUpdate => Ok(()),
        }
    }

    fn offer(&mut self, side: Side, hello: ClientHello, keys: &KeyLog) -> Result<(), UnreadTls> {
        if hello.version < TLS_1_2 {
            return Err(UnreadTls::Version(hello.version));
        }
        // There is none of a handshake that fails, which an alert tells.
        self.secrets = keys.of(&hello.random).cloned().unwrap_or_default();
        self.client = Some(side);
        self.hello = Some(hello);
        Ok(())
    }

    fn agree(&mut self, server: &ServerHello) -> Result<(), UnreadTls> {
        let client = self.hello.as_ref().ok_or(UnreadTls::Beginning)?;
        let version = match server.version {
            TLS_1_2 => Version::Tls12,
            TLS_1_3 => Version::Tls13,
            other => return Err(UnreadTls::Version(other)),
        };
        let suite = suite(version, server.suite).ok_or(UnreadTls::Suite(server.suite))?;
        if server.compression != 0 {
            return Err(UnreadTls::Compression(server.compression));
        }
        self.agreed = Some(match version {
            Version::Tls12 => {
                let openers = self.secrets.get(Label::Master).map(|master| {
                    Opener::from_master(
                        suite,
                        server.encrypt_then_mac,
                        master,
                        &client.random,
                        &server.random,
                    )
                });
                Agreed::Tls12(match openers {
                    Some(openers) => openers.map(|it| Some(Box::new(it))),
                    None => [None, None],
                })
            }
            Version::Tls13 => {
                let labels = [
                    Label::ClientHandshake,
                    Label::ServerHandshake,
                    Label::ClientApplication,
                    Label::ServerApplication,
                ];
                if labels
                    .iter()
                    .all(|label| self.secrets.get(*label).is_none())
                {
                    return Err(UnreadTls::NoKey);
                }
                Agreed::Tls13(suite)
            }
        });
        Ok(())
    }
}
