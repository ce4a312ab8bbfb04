//! The secrets of TLS connections, as programs write them where `SSLKEYLOGFILE` says (RFC 9850).

use std::collections::hash_map::RandomState;
use std::fmt;

use hashlink::LinkedHashMap;
use thiserror::Error;
use zeroize::Zeroizing;

/// Connections whose secrets are kept; with one more, those that were read first are dropped.
pub const MAX_KEYED: usize = 100_000;

/// The longest line that is one of a key log, octets.
pub const MAX_LINE: usize = 4_096;

/// A ClientHello's random, by which a connection is found (RFC 8446 §4.1.2).
pub(crate) type Random = [u8; 32];

/// The secrets of connections.
#[derive(Default)]
pub struct KeyLog {
    by_random: LinkedHashMap<Random, Secrets, RandomState>,
    dropped: u64,
}

/// What a line of a key log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// The master secret of TLS 1.2 and before.
    Master,
    ClientEarly,
    ClientHandshake,
    ServerHandshake,
    ClientApplication,
    ServerApplication,
}

const LABELS: [(&str, Label); 6] = [
    ("CLIENT_RANDOM", Label::Master),
    ("CLIENT_EARLY_TRAFFIC_SECRET", Label::ClientEarly),
    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", Label::ClientHandshake),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", Label::ServerHandshake),
    ("CLIENT_TRAFFIC_SECRET_0", Label::ClientApplication),
    ("SERVER_TRAFFIC_SECRET_0", Label::ServerApplication),
];

/// A secret; overwritten when it is dropped, and never shown.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<Box<[u8]>>);

/// Those of one connection, by their labels.
#[derive(Clone, Default)]
pub(crate) struct Secrets([Option<Secret>; LABELS.len()]);

/// Why a line with a known label is none of a key log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadLine {
    /// Not three words.
    #[error("{label} has {words} words behind it, not 2")]
    Words {
        /// What the line begins with.
        label: &'static str,
        /// How many.
        words: usize,
    },
    /// The second word.
    #[error("\"{}\" is no client random: 64 hexadecimal digits", .random.escape_default())]
    Random {
        /// The beginning of what stands there.
        random: String,
    },
    /// The third word.
    #[error(
        "the secret of {label} has {digits} digits, not {expected}, or others than hexadecimal ones"
    )]
    Secret {
        /// What the line begins with.
        label: &'static str,
        /// How many.
        digits: usize,
        /// How many it should have.
        expected: &'static str,
    },
}

impl KeyLog {
    /// Takes a line, without or with its end: `LABEL <client random> <secret>`, both in hexadecimal digits. Comments
    /// and lines with other labels are passed over.
    ///
    /// # Errors
    /// What is wrong with a line whose label is known; no secret stands in it.
    pub fn read_line(&mut self, line: &[u8]) -> Result<(), BadLine> {
        let mut words = line.split(u8::is_ascii_whitespace);
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        let Some(first) = words.next() else {
            return Ok(());
        };
        let known = LABELS.iter().find(|(name, _)| name.as_bytes() == first);
        let Some(&(name, label)) = known else {
            return Ok(());
        };
        let (Some(random), Some(secret), 0) = (words.next(), words.next(), words.count()) else {
            let words = line.split(u8::is_ascii_whitespace);
            let words = words.filter(|word| !word.is_empty()).count() - 1;
            return Err(BadLine::Words { label: name, words });
        };
        let random = digits::<32>(random).ok_or_else(|| BadLine::Random {
            random: String::from_utf8_lossy(&random[..random.len().min(70)]).into_owned(),
        })?;
        let bad = |expected| BadLine::Secret {
            label: name,
            digits: secret.len(),
            expected,
        };
        let secret = match (label, secret.len()) {
            (Label::Master, _) | (_, 96) => digits::<48>(secret).map(|it| Secret::new(&*it)),
            _ => digits::<32>(secret).map(|it| Secret::new(&*it)),
        };
        let secret = secret.ok_or_else(|| match label {
            Label::Master => bad("96"),
            _ => bad("64 or 96"),
        })?;
        self.put(*random, label, secret);
        Ok(())
    }

    /// Takes all lines of a text.
    ///
    /// # Errors
    /// The first line, from 1, that is wrong; the others are taken all the same.
    pub fn read(&mut self, text: &[u8]) -> Result<(), (usize, BadLine)> {
        let mut first = Ok(());
        for (at, line) in text.split(|octet| *octet == b'\n').enumerate() {
            if let Err(problem) = self.read_line(line)
                && first.is_ok()
            {
                first = Err((at + 1, problem));
            }
        }
        first
    }

    /// Of how many connections there are secrets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_random.len()
    }

    /// Whether there is no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_random.is_empty()
    }

    /// How many connections' secrets were dropped because there were more than [`MAX_KEYED`].
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn of(&self, random: &Random) -> Option<&Secrets> {
        self.by_random.get(random)
    }

    fn put(&mut self, random: Random, label: Label, secret: Secret) {
        if !self.by_random.contains_key(&random) && self.by_random.len() >= MAX_KEYED {
            self.by_random.pop_front();
            self.dropped += 1;
        }
        let secrets = self
            .by_random
            .entry(random)
            .or_insert_with(Secrets::default);
        secrets.0[label as usize] = Some(secret);
    }
}

impl Secret {
    pub(crate) fn new(octets: &[u8]) -> Secret {
        Secret(Zeroizing::new(octets.into()))
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl Secrets {
    pub(crate) fn get(&self, label: Label) -> Option<&Secret> {
        self.0[label as usize].as_ref()
    }
}

impl fmt::Debug for KeyLog {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secrets of {} connections", self.len())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }
}

/// Octets of exactly so many pairs of hexadecimal digits.
fn digits<const N: usize>(text: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    let mut octets = Zeroizing::new([0; N]);
    if text.len() != 2 * N {
        return None;
    }
    for (octet, pair) in octets.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *octet = (high? << 4 | low?) as u8;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, random: usize, secret: usize) -> String {
        format!("{label} {random:064x} {}", "5a".repeat(secret))
    }

    #[test]
    fn every_label_is_read_and_others_are_passed_over() {
        let mut keys = KeyLog::default();
        for (name, _) in LABELS {
            let text = format!("# a comment\r\n\r\n{}\r\n", line(name, 7, 48));
            keys.read(text.as_bytes()).expect("a key log");
        }
        keys.read(line("EXPORTER_SECRET", 8, 5).as_bytes())
            .expect("not ours");
        keys.read(b"\xff\xfe\0 RSA x").expect("not ours");
        assert_eq!(keys.len(), 1);
        let mut random = [0; 32];
        random[31] = 7;
        let secrets = keys.of(&random).expect("there");
        for (_, label) in LABELS {
            let secret = secrets.get(label).expect("there");
            assert_eq!(secret.octets(), [0x5a; 48]);
        }
        let short = line("SERVER_TRAFFIC_SECRET_0", 7, 32).to_uppercase();
        keys.read_line(short.as_bytes()).expect("a line");
        let secrets = keys.of(&random).expect("there");
        let secret = secrets.get(Label::ServerApplication).expect("there");
        assert_eq!(secret.octets(), [0x5a; 32]);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let random = "00".repeat(32);
        for (text, told) in [
            (
                "CLIENT_RANDOM 12".to_owned(),
                "CLIENT_RANDOM has 1 words behind it, not 2",
            ),
            (
                format!("CLIENT_RANDOM 12\x1b {}", "5a".repeat(48)),
                "\"12\\u{1b}\" is no client random: 64 hexadecimal digits",
            ),
            (
                format!("CLIENT_RANDOM {random} 5a5a"),
                "the secret of CLIENT_RANDOM has 4 digits, not 96, or others than hexadecimal ones",
            ),
            (
                format!("CLIENT_TRAFFIC_SECRET_0 {random} {}zz", "5a".repeat(31)),
                "the secret of CLIENT_TRAFFIC_SECRET_0 has 64 digits, not 64 or 96, or others than hexadecimal ones",
            ),
        ] {
            let good = line("CLIENT_RANDOM", 1, 48);
            let text = format!("{good}\n{text}\n{good}");
            let mut keys = KeyLog::default();
            let (at, problem) = keys.read(text.as_bytes()).expect_err("wrong");
            assert_eq!((at, problem.to_string().as_str()), (2, told));
            assert_eq!(keys.len(), 1);
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let mut keys = KeyLog::default();
        keys.read_line(line("CLIENT_RANDOM", 1, 48).as_bytes())
            .expect("a line");
        let shown = format!("{keys:?} {:?}", Secret::new(b"ZZ"));
        assert_eq!(shown, "secrets of 1 connections a secret");
    }

    #[test]
    fn the_oldest_give_way() {
        let mut keys = KeyLog::default();
        for number in 0..MAX_KEYED + 3 {
            keys.read_line(line("CLIENT_RANDOM", number, 48).as_bytes())
                .expect("a line");
        }
        assert_eq!((keys.len(), keys.dropped()), (MAX_KEYED, 3));
        assert!(keys.of(&[0; 32]).is_none());
    }
}
