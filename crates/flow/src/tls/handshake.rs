//! The messages of a handshake, as far as keys change by them (RFC 8446 §4, RFC 5246 §7.4).
//!
//! ```text
//! type | length, 24 bits | so many octets
//! ```

use nom::bytes::complete::take;
use nom::combinator::{complete, map, opt, verify};
use nom::multi::{length_data, many0};
use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::key_log::Random;

/// The longest message that is looked into, octets; longer ones of these types are refused, and of the others, as
/// certificates, nothing is kept.
pub(crate) const MAX_MESSAGE: usize = 16_384;

const HEADER: usize = 4;

// RFC 8446 §B.3.
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const END_OF_EARLY_DATA: u8 = 5;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

// IANA, TLS ExtensionType Values.
const ENCRYPT_THEN_MAC: u16 = 22;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

/// The random of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3): SHA-256 of "HelloRetryRequest".
const RETRY: Random = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    ClientHello(ClientHello),
    HelloRetryRequest,
    ServerHello(ServerHello),
    EncryptedExtensions {
        /// Whether the server takes the early data.
        early_data: bool,
    },
    EndOfEarlyData,
    Finished,
    KeyUpdate,
}

/// RFC 8446 §4.1.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientHello {
    pub(crate) random: Random,
    /// The highest version before 1.3.
    pub(crate) version: u16,
    /// Whether early data follows.
    pub(crate) early_data: bool,
}

/// RFC 8446 §4.1.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerHello {
    pub(crate) random: Random,
    pub(crate) version: u16,
    pub(crate) suite: u16,
    pub(crate) compression: u8,
    /// RFC 7366.
    pub(crate) encrypt_then_mac: bool,
}

/// The messages of one direction, however records cut them.
#[derive(Default)]
pub(crate) struct Messages {
    /// Of a message that has begun.
    kept: Vec<u8>,
    /// Octets to come of a message that nobody looks into.
    passing: usize,
}

/// Octets that are no message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Messages {
    /// Octets that are kept.
    pub(crate) fn held(&self) -> usize {
        self.kept.len()
    }

    /// Whether a message has begun whose end has not come.
    pub(crate) fn is_within(&self) -> bool {
        self.passing > 0 || !self.kept.is_empty()
    }

    /// Takes what a record has, and gives the messages that end in it and matter.
    pub(crate) fn take(&mut self, mut octets: &[u8]) -> Result<Vec<Message>, Malformed> {
        let mut found = Vec::new();
        while !octets.is_empty() {
            if self.passing > 0 {
                let passed = self.passing.min(octets.len());
                self.passing -= passed;
                octets = &octets[passed..];
                continue;
            }
            let wanted = self.wanted()?;
            let taken = (wanted - self.kept.len()).min(octets.len());
            self.kept.extend_from_slice(&octets[..taken]);
            octets = &octets[taken..];
            if self.kept.len() < HEADER {
                break;
            }
            if !is_known(self.kept[0]) {
                self.passing = length(&self.kept);
                self.kept = Vec::new();
            } else if self.kept.len() == self.wanted()? {
                let kept = std::mem::take(&mut self.kept);
                found.push(message(kept[0], &kept[HEADER..]).ok_or(Malformed)?);
            }
        }
        Ok(found)
    }

    /// How many octets must be there: those of the header, then those of the whole.
    fn wanted(&self) -> Result<usize, Malformed> {
        if self.kept.len() < HEADER {
            return Ok(HEADER);
        }
        let all = HEADER + length(&self.kept);
        match all <= MAX_MESSAGE {
            true => Ok(all),
            false => Err(Malformed),
        }
    }
}

fn is_known(kind: u8) -> bool {
    matches!(
        kind,
        CLIENT_HELLO
            | SERVER_HELLO
            | END_OF_EARLY_DATA
            | ENCRYPTED_EXTENSIONS
            | FINISHED
            | KEY_UPDATE
    )
}

/// What a header says of the length.
fn length(header: &[u8]) -> usize {
    u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize
}

fn message(kind: u8, body: &[u8]) -> Option<Message> {
    Some(match kind {
        CLIENT_HELLO => Message::ClientHello(client_hello(body).ok()?.1),
        SERVER_HELLO => match server_hello(body).ok()?.1 {
            hello if hello.random == RETRY => Message::HelloRetryRequest,
            hello => Message::ServerHello(hello),
        },
        END_OF_EARLY_DATA => Message::EndOfEarlyData,
        ENCRYPTED_EXTENSIONS => {
            let (_, extensions) = extensions(body).ok()?;
            let early_data = extension(&extensions, EARLY_DATA).is_some();
            Message::EncryptedExtensions { early_data }
        }
        FINISHED => Message::Finished,
        KEY_UPDATE => Message::KeyUpdate,
        _ => return None,
    })
}

type Extensions<'a> = Vec<(u16, &'a [u8])>;

fn extensions(octets: &[u8]) -> IResult<&[u8], Extensions<'_>> {
    let (rest, all) = opt(length_data(be_u16)).parse(octets)?;
    let each = (be_u16, length_data(be_u16));
    let (_, extensions) = many0(complete(each)).parse(all.unwrap_or_default())?;
    Ok((rest, extensions))
}

fn extension<'a>(extensions: &Extensions<'a>, wanted: u16) -> Option<&'a [u8]> {
    let found = extensions.iter().find(|(kind, _)| *kind == wanted);
    found.map(|(_, octets)| *octets)
}

fn random(octets: &[u8]) -> IResult<&[u8], Random> {
    map(take(32_usize), |octets: &[u8]| {
        octets.try_into().expect("32 were taken")
    })
    .parse(octets)
}

/// ```text
/// version, 16 bits | random, 32 octets | session (length, 8 bits) | suites (length, 16 bits)
/// compression methods (length, 8 bits) | extensions (length, 16 bits)
/// ```
fn client_hello(octets: &[u8]) -> IResult<&[u8], ClientHello> {
    let suites = verify(length_data(be_u16), |suites: &[u8]| {
        suites.len().is_multiple_of(2)
    });
    let parts = (
        be_u16,
        random,
        length_data(be_u8),
        suites,
        length_data(be_u8),
        extensions,
    );
    map(parts, |(version, random, _, _, _, extensions)| {
        ClientHello {
            random,
            version,
            early_data: extension(&extensions, EARLY_DATA).is_some(),
        }
    })
    .parse(octets)
}

/// ```text
/// version, 16 bits | random, 32 octets | session (length, 8 bits) | suite, 16 bits | compression method, 8 bits
/// extensions (length, 16 bits)
/// ```
fn server_hello(octets: &[u8]) -> IResult<&[u8], ServerHello> {
    let parts = (
        be_u16,
        random,
        length_data(be_u8),
        be_u16,
        be_u8,
        extensions,
    );
    map(
        parts,
        |(version, random, _, suite, compression, extensions)| {
            // RFC 8446 §4.2.1: where it is there, it counts.
            let selected = extension(&extensions, SUPPORTED_VERSIONS);
            let selected = selected.and_then(|octets| octets.try_into().ok());
            ServerHello {
                random,
                version: selected.map_or(version, u16::from_be_bytes),
                suite,
                compression,
                encrypt_then_mac: extension(&extensions, ENCRYPT_THEN_MAC).is_some(),
            }
        },
    )
    .parse(octets)
}
