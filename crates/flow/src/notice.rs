//! What there is to be told of a stream beside its messages.

use std::fmt;
use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Numbers, Transport};

/// Something told of octets that made no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When it was noticed, by the times of the capture.
    pub time: SystemTime,
    /// The packets that show it.
    pub packets: Numbers,
    /// What carried the octets.
    pub transport: Transport,
    /// Who sent them.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What it is.
    pub kind: NoticeKind,
}

/// What is told; octets are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Octets of a stream were not captured between two packets.
    Missing {
        /// How many.
        octets: u64,
        /// Those before the gap that belong to a message whose rest is lost.
        cut_off: usize,
    },
    /// A stream ended, or another began on the same ports, within a message.
    Incomplete {
        /// What there was of it.
        octets: usize,
    },
    /// What waited was dropped, because more waits than [`crate::Limits`] allow.
    GivenUp {
        /// How many octets.
        octets: usize,
    },
    /// Octets in which no message begins, beyond the first ones, which are an event of their own.
    Garbage {
        /// How many.
        octets: u64,
    },
    /// What was captured of a stream begins, or goes on, within a message.
    BeganWithin {
        /// Octets until the next message.
        octets: u64,
    },
    /// A connection, or the rest of it, that cannot be read because of its encryption.
    Tls(UnreadTls),
    /// An alert of TLS that ends its connection.
    TlsAlert(Alert),
}

/// Why a connection, or the rest of it, cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreadTls {
    /// There is no key for it.
    NoKey,
    /// Its hellos were not captured, or not both.
    Beginning,
    /// A version before 1.2, or a draft.
    Version(u16),
    /// A cipher suite that is not known.
    Suite(u16),
    /// It is compressed.
    Compression(u8),
    /// A record that its key does not open.
    WrongKey,
    /// Octets that are no TLS.
    Malformed,
    /// No record was found again behind octets that were not captured.
    Lost,
}

/// An alert (RFC 8446 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert(pub u8);

/// Names of alerts (IANA, TLS Alerts).
const ALERTS: [(u8, &str); 31] = [
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (21, "decryption_failed"),
    (22, "record_overflow"),
    (30, "decompression_failure"),
    (40, "handshake_failure"),
    (41, "no_certificate"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (100, "no_renegotiation"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (111, "certificate_unobtainable"),
    (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"),
    (114, "bad_certificate_hash_value"),
    (115, "unknown_psk_identity"),
    (116, "certificate_required"),
    (120, "no_application_protocol"),
];

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ALERTS.iter().find(|(code, _)| *code == self.0) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Display for UnreadTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnreadTls::NoKey => f.write_str(
                "TLS, no key: give --key-log what the client or the server wrote to SSLKEYLOGFILE",
            ),
            UnreadTls::Beginning => f.write_str(
                "TLS whose hellos were not both captured: capture from the connection's beginning",
            ),
            UnreadTls::Version(version) => match version {
                0x0300 => f.write_str("SSL 3.0 is not read: TLS 1.2 and 1.3 are"),
                0x0301 | 0x0302 => {
                    write!(f, "TLS 1.{} is not read: 1.2 and 1.3 are", version - 0x0301)
                }
                _ => write!(f, "TLS of version {version:#06x} is not read: 1.2 and 1.3 are"),
            },
            UnreadTls::Suite(suite) => {
                write!(f, "TLS with cipher suite {suite:#06x}, which is not read: AES and ChaCha20 are")
            }
            UnreadTls::Compression(method) => {
                write!(f, "TLS with compression method {method}, which is not read: without one it is")
            }
            UnreadTls::WrongKey => f.write_str(
                "a record of TLS that its key does not open: nothing is read of the connection from here on",
            ),
            UnreadTls::Malformed => f.write_str(
                "octets that are no record of TLS: nothing is read of the connection from here on",
            ),
            UnreadTls::Lost => f.write_str(
                "no record of TLS found again behind octets that were not captured: nothing is read from here on",
            ),
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoticeKind::Missing { octets, cut_off: 0 } => write!(f, "{octets} octets missing"),
            NoticeKind::Missing { octets, cut_off } => {
                write!(f, "{octets} octets missing, after {cut_off} of a message")
            }
            NoticeKind::Incomplete { octets } => {
                write!(f, "the stream ends after {octets} octets of a message")
            }
            NoticeKind::GivenUp { octets } => {
                write!(f, "{octets} octets dropped: too many wait for others")
            }
            NoticeKind::Garbage { octets } => write!(f, "{octets} octets that are no message"),
            NoticeKind::BeganWithin { octets } => {
                write!(f, "{octets} octets until the next message")
            }
            NoticeKind::Tls(why) => why.fmt(f),
            NoticeKind::TlsAlert(alert) => write!(f, "TLS ends with the alert {alert}"),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packets = match self.packets.first == self.packets.last {
            true => "packet",
            false => "packets",
        };
        write!(
            f,
            "{packets} {}, {} from {} to {}: {}",
            self.packets, self.transport, self.from, self.to, self.kind
        )
    }
}
