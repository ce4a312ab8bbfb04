//! The Diameter header and the framing that stands on it (RFC 6733 §3).

use thiserror::Error;

use crate::codes::{ApplicationId, CommandCode};
use crate::dictionary::{self, CommandName};
use crate::generated::base::ResultCode;

/// Octets of the header.
pub const HEADER_LEN: usize = 20;

/// The longest message that is taken from a peer: 1 MiB, far above any profile in User-Data.
pub const MAX_MESSAGE: usize = 1 << 20;

/// Command flags: R P E T and four reserved bits, which are ignored (RFC 6733 §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// R: a request.
    pub const REQUEST: Self = Self(0x80);
    /// P: may be proxied, relayed or redirected.
    pub const PROXIABLE: Self = Self(0x40);
    /// E: an answer with a protocol error.
    pub const ERROR: Self = Self(0x20);
    /// T: sent again after a link failover.
    pub const RETRANSMITTED: Self = Self(0x10);

    /// Whether every flag of `flags` is set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and those.
    #[must_use]
    pub const fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    /// These flags without those.
    #[must_use]
    pub const fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }
}

/// The header.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |    Version    |                 Message Length                |
/// | Command Flags |                  Command Code                 |
/// |                         Application-ID                        |
/// |                      Hop-by-Hop Identifier                    |
/// |                      End-to-End Identifier                    |
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Command flags.
    pub flags: Flags,
    /// Command Code, 24 bits.
    pub command: CommandCode,
    /// Application-Id.
    pub application: ApplicationId,
    /// Matches an answer to its request on one connection.
    pub hop_by_hop: u32,
    /// Tells duplicates of one request, together with Origin-Host.
    pub end_to_end: u32,
    /// Octets of the message with its header; the encoder puts its own.
    pub length: u32,
}

impl Header {
    /// Whether the R bit is set.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        self.flags.contains(Flags::REQUEST)
    }

    /// Whether the E bit is set: the message is an [`crate::ErrorAnswer`].
    #[must_use]
    pub const fn is_error(&self) -> bool {
        self.flags.contains(Flags::ERROR)
    }

    /// `Server-Assignment-Request` and `SAR`, where a dictionary has the command.
    #[must_use]
    pub fn name(&self) -> Option<CommandName> {
        dictionary::command_name(self.application, self.command, self.flags)
    }

    /// The header of an answer to this request: same command and identifiers, same P bit
    /// (RFC 6733 §6.2).
    pub(crate) const fn answered(&self, flags: Flags) -> Self {
        let p_bit = Flags(self.flags.0 & Flags::PROXIABLE.0);
        Self {
            flags: flags.without(Flags::PROXIABLE).with(p_bit),
            length: 0,
            ..*self
        }
    }

    pub(crate) fn read(octets: &[u8; HEADER_LEN]) -> Self {
        let word = |at: usize| {
            u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]])
        };
        Self {
            flags: Flags(octets[4]),
            command: CommandCode(word(4) & 0x00ff_ffff),
            application: ApplicationId(word(8)),
            hop_by_hop: word(12),
            end_to_end: word(16),
            length: word(0) & 0x00ff_ffff,
        }
    }

    pub(crate) fn octets(&self) -> [u8; HEADER_LEN] {
        let mut octets = [0; HEADER_LEN];
        octets[0..4].copy_from_slice(&(1 << 24 | self.length).to_be_bytes());
        let command = u32::from(self.flags.0) << 24 | self.command.0 & 0x00ff_ffff;
        octets[4..8].copy_from_slice(&command.to_be_bytes());
        octets[8..12].copy_from_slice(&self.application.0.to_be_bytes());
        octets[12..16].copy_from_slice(&self.hop_by_hop.to_be_bytes());
        octets[16..20].copy_from_slice(&self.end_to_end.to_be_bytes());
        octets
    }
}

/// A header after which the stream cannot be followed: the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The version is not 1.
    #[error("Diameter version {0}, not 1")]
    Version(u8),
    /// The length is below 20 or not a multiple of 4.
    #[error("message length {0} is below {HEADER_LEN} or no multiple of 4")]
    Length(u32),
    /// The length is above [`MAX_MESSAGE`].
    #[error("message length {0} is above the limit of {MAX_MESSAGE}")]
    TooLong(u32),
    /// The octets given are not one whole message.
    #[error("{there} octets for a message of {length}")]
    Incomplete {
        /// Length by the header, 0 where even that is not there.
        length: u32,
        /// Octets given.
        there: usize,
    },
}

impl FrameError {
    /// The Result-Code of RFC 6733 §7.1.5 for it.
    #[must_use]
    pub const fn result_code(self) -> ResultCode {
        match self {
            Self::Version(_) => ResultCode::UNSUPPORTED_VERSION,
            Self::Length(_) | Self::TooLong(_) | Self::Incomplete { .. } => {
                ResultCode::INVALID_MESSAGE_LENGTH
            }
        }
    }
}

/// How long the message that begins `stream` is; none while its first four octets are not there.
///
/// # Errors
/// Version or length that make the rest of the stream unreadable.
pub fn frame_length(stream: &[u8]) -> Result<Option<usize>, FrameError> {
    let Some(&[version, ref length @ ..]) = stream.first_chunk::<4>() else {
        // Another protocol is told from its first octet.
        return match stream.first() {
            Some(&version) if version != 1 => Err(FrameError::Version(version)),
            _ => Ok(None),
        };
    };
    let length = u32::from_be_bytes([0, length[0], length[1], length[2]]);
    match length as usize {
        _ if version != 1 => Err(FrameError::Version(version)),
        octets if octets < HEADER_LEN || octets % 4 != 0 => Err(FrameError::Length(length)),
        octets if octets > MAX_MESSAGE => Err(FrameError::TooLong(length)),
        octets => Ok(Some(octets)),
    }
}
