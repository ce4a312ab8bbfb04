//! Header field names (RFC 3261 §7.3.1): case-insensitive, compact forms equal to the long ones.

use std::fmt;

/// A header field name. Known ones compare by number, the others by text without case.
///
/// The compact form (RFC 3261 §7.3.3) is the same name: `Name::new("v") == Name::VIA`.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub(crate) id: Id,
    text: &'a str,
}

/// Place in [`KNOWN`] plus one; 0 is a name that the table does not have.
pub(crate) type Id = u8;

pub(crate) const OTHER: Id = 0;

/// How a header field may occur (RFC 3261 §7.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Occurs {
    /// One line, one value; a comma in it separates nothing.
    Once,
    /// Several lines, each a comma-separated list.
    List,
    /// Several lines, one value each; a comma belongs to the value.
    Lines,
}

struct Known {
    name: &'static str,
    /// The compact form; 0 where there is none.
    compact: u8,
    occurs: Occurs,
}

const fn row(name: &'static str, compact: u8, occurs: Occurs) -> Known {
    Known {
        name,
        compact,
        occurs,
    }
}

/// The known names. Adding a header: a row here and a constant below.
#[rustfmt::skip]
static KNOWN: [Known; 86] = [
    row("Via", b'v', Occurs::List),
    row("From", b'f', Occurs::Once),
    row("To", b't', Occurs::Once),
    row("Call-ID", b'i', Occurs::Once),
    row("CSeq", 0, Occurs::Once),
    row("Max-Forwards", 0, Occurs::Once),
    row("Contact", b'm', Occurs::List),
    row("Content-Length", b'l', Occurs::Once),
    row("Content-Type", b'c', Occurs::Once),
    row("Content-Encoding", b'e', Occurs::List),
    row("Content-Disposition", 0, Occurs::Once),
    row("Content-Language", 0, Occurs::List),
    row("Expires", 0, Occurs::Once),
    row("Min-Expires", 0, Occurs::Once),
    row("Route", 0, Occurs::List),
    row("Record-Route", 0, Occurs::List),
    row("Path", 0, Occurs::List),
    row("Service-Route", 0, Occurs::List),
    row("Require", 0, Occurs::List),
    row("Proxy-Require", 0, Occurs::List),
    row("Supported", b'k', Occurs::List),
    row("Unsupported", 0, Occurs::List),
    row("Allow", 0, Occurs::List),
    row("Accept", 0, Occurs::List),
    row("Accept-Encoding", 0, Occurs::List),
    row("Accept-Language", 0, Occurs::List),
    row("Alert-Info", 0, Occurs::List),
    row("Authentication-Info", 0, Occurs::Lines),
    row("Authorization", 0, Occurs::Lines),
    row("WWW-Authenticate", 0, Occurs::Lines),
    row("Proxy-Authenticate", 0, Occurs::Lines),
    row("Proxy-Authorization", 0, Occurs::Lines),
    row("Call-Info", 0, Occurs::List),
    row("Date", 0, Occurs::Once),
    row("Error-Info", 0, Occurs::List),
    row("In-Reply-To", 0, Occurs::List),
    row("MIME-Version", 0, Occurs::Once),
    row("Organization", 0, Occurs::Once),
    row("Priority", 0, Occurs::Once),
    row("Reply-To", 0, Occurs::Once),
    row("Retry-After", 0, Occurs::Once),
    row("Server", 0, Occurs::Once),
    row("Subject", b's', Occurs::Once),
    row("Timestamp", 0, Occurs::Once),
    row("User-Agent", 0, Occurs::Once),
    row("Warning", 0, Occurs::List),
    row("Event", b'o', Occurs::Once),
    row("Allow-Events", b'u', Occurs::List),
    row("Subscription-State", 0, Occurs::Once),
    row("RSeq", 0, Occurs::Once),
    row("RAck", 0, Occurs::Once),
    row("Refer-To", b'r', Occurs::Once),
    row("Referred-By", b'b', Occurs::Once),
    row("Replaces", 0, Occurs::Once),
    row("Reason", 0, Occurs::List),
    row("Session-Expires", b'x', Occurs::Once),
    row("Min-SE", 0, Occurs::Once),
    row("Accept-Contact", b'a', Occurs::List),
    row("Reject-Contact", b'j', Occurs::List),
    row("Request-Disposition", b'd', Occurs::List),
    row("Identity", b'y', Occurs::Lines),
    row("Privacy", 0, Occurs::Once),
    row("Max-Breadth", 0, Occurs::Once),
    row("Flow-Timer", 0, Occurs::Once),
    row("Security-Client", 0, Occurs::List),
    row("Security-Server", 0, Occurs::List),
    row("Security-Verify", 0, Occurs::List),
    row("SIP-ETag", 0, Occurs::Once),
    row("SIP-If-Match", 0, Occurs::Once),
    row("Feature-Caps", 0, Occurs::List),
    row("History-Info", 0, Occurs::List),
    row("Geolocation", 0, Occurs::List),
    row("P-Access-Network-Info", 0, Occurs::List),
    row("P-Asserted-Identity", 0, Occurs::List),
    row("P-Preferred-Identity", 0, Occurs::List),
    row("P-Associated-URI", 0, Occurs::List),
    row("P-Called-Party-ID", 0, Occurs::Once),
    row("P-Charging-Function-Addresses", 0, Occurs::List),
    row("P-Charging-Vector", 0, Occurs::Once),
    row("P-Profile-Key", 0, Occurs::Once),
    row("P-Served-User", 0, Occurs::Once),
    row("P-User-Database", 0, Occurs::Once),
    row("P-Visited-Network-ID", 0, Occurs::List),
    row("P-Preferred-Service", 0, Occurs::List),
    row("P-Asserted-Service", 0, Occurs::List),
    row("Response-Source", 0, Occurs::Once),
];

#[rustfmt::skip]
impl Name<'static> {
    /// `Via` (RFC 3261 §20.42).
    pub const VIA: Name<'static> = known("Via");
    /// `From` (RFC 3261 §20.20).
    pub const FROM: Name<'static> = known("From");
    /// `To` (RFC 3261 §20.39).
    pub const TO: Name<'static> = known("To");
    /// `Call-ID` (RFC 3261 §20.8).
    pub const CALL_ID: Name<'static> = known("Call-ID");
    /// `CSeq` (RFC 3261 §20.16).
    pub const CSEQ: Name<'static> = known("CSeq");
    /// `Max-Forwards` (RFC 3261 §20.22).
    pub const MAX_FORWARDS: Name<'static> = known("Max-Forwards");
    /// `Contact` (RFC 3261 §20.10).
    pub const CONTACT: Name<'static> = known("Contact");
    /// `Content-Length` (RFC 3261 §20.14).
    pub const CONTENT_LENGTH: Name<'static> = known("Content-Length");
    /// `Content-Type` (RFC 3261 §20.15).
    pub const CONTENT_TYPE: Name<'static> = known("Content-Type");
    /// `Content-Encoding` (RFC 3261 §20.12).
    pub const CONTENT_ENCODING: Name<'static> = known("Content-Encoding");
    /// `Content-Disposition` (RFC 3261 §20.11).
    pub const CONTENT_DISPOSITION: Name<'static> = known("Content-Disposition");
    /// `Content-Language` (RFC 3261 §20.13).
    pub const CONTENT_LANGUAGE: Name<'static> = known("Content-Language");
    /// `Expires` (RFC 3261 §20.19).
    pub const EXPIRES: Name<'static> = known("Expires");
    /// `Min-Expires` (RFC 3261 §20.23).
    pub const MIN_EXPIRES: Name<'static> = known("Min-Expires");
    /// `Route` (RFC 3261 §20.34).
    pub const ROUTE: Name<'static> = known("Route");
    /// `Record-Route` (RFC 3261 §20.30).
    pub const RECORD_ROUTE: Name<'static> = known("Record-Route");
    /// `Path` (RFC 3327 §4).
    pub const PATH: Name<'static> = known("Path");
    /// `Service-Route` (RFC 3608 §5).
    pub const SERVICE_ROUTE: Name<'static> = known("Service-Route");
    /// `Require` (RFC 3261 §20.32).
    pub const REQUIRE: Name<'static> = known("Require");
    /// `Proxy-Require` (RFC 3261 §20.29).
    pub const PROXY_REQUIRE: Name<'static> = known("Proxy-Require");
    /// `Supported` (RFC 3261 §20.37).
    pub const SUPPORTED: Name<'static> = known("Supported");
    /// `Unsupported` (RFC 3261 §20.40).
    pub const UNSUPPORTED: Name<'static> = known("Unsupported");
    /// `Allow` (RFC 3261 §20.5).
    pub const ALLOW: Name<'static> = known("Allow");
    /// `Accept` (RFC 3261 §20.1).
    pub const ACCEPT: Name<'static> = known("Accept");
    /// `Accept-Encoding` (RFC 3261 §20.2).
    pub const ACCEPT_ENCODING: Name<'static> = known("Accept-Encoding");
    /// `Accept-Language` (RFC 3261 §20.3).
    pub const ACCEPT_LANGUAGE: Name<'static> = known("Accept-Language");
    /// `Alert-Info` (RFC 3261 §20.4).
    pub const ALERT_INFO: Name<'static> = known("Alert-Info");
    /// `Authentication-Info` (RFC 3261 §20.6).
    pub const AUTHENTICATION_INFO: Name<'static> = known("Authentication-Info");
    /// `Authorization` (RFC 3261 §20.7).
    pub const AUTHORIZATION: Name<'static> = known("Authorization");
    /// `WWW-Authenticate` (RFC 3261 §20.44).
    pub const WWW_AUTHENTICATE: Name<'static> = known("WWW-Authenticate");
    /// `Proxy-Authenticate` (RFC 3261 §20.27).
    pub const PROXY_AUTHENTICATE: Name<'static> = known("Proxy-Authenticate");
    /// `Proxy-Authorization` (RFC 3261 §20.28).
    pub const PROXY_AUTHORIZATION: Name<'static> = known("Proxy-Authorization");
    /// `Call-Info` (RFC 3261 §20.9).
    pub const CALL_INFO: Name<'static> = known("Call-Info");
    /// `Date` (RFC 3261 §20.17).
    pub const DATE: Name<'static> = known("Date");
    /// `Error-Info` (RFC 3261 §20.18).
    pub const ERROR_INFO: Name<'static> = known("Error-Info");
    /// `In-Reply-To` (RFC 3261 §20.21).
    pub const IN_REPLY_TO: Name<'static> = known("In-Reply-To");
    /// `MIME-Version` (RFC 3261 §20.24).
    pub const MIME_VERSION: Name<'static> = known("MIME-Version");
    /// `Organization` (RFC 3261 §20.25).
    pub const ORGANIZATION: Name<'static> = known("Organization");
    /// `Priority` (RFC 3261 §20.26).
    pub const PRIORITY: Name<'static> = known("Priority");
    /// `Reply-To` (RFC 3261 §20.31).
    pub const REPLY_TO: Name<'static> = known("Reply-To");
    /// `Retry-After` (RFC 3261 §20.33).
    pub const RETRY_AFTER: Name<'static> = known("Retry-After");
    /// `Server` (RFC 3261 §20.35).
    pub const SERVER: Name<'static> = known("Server");
    /// `Subject` (RFC 3261 §20.36).
    pub const SUBJECT: Name<'static> = known("Subject");
    /// `Timestamp` (RFC 3261 §20.38).
    pub const TIMESTAMP: Name<'static> = known("Timestamp");
    /// `User-Agent` (RFC 3261 §20.41).
    pub const USER_AGENT: Name<'static> = known("User-Agent");
    /// `Warning` (RFC 3261 §20.43).
    pub const WARNING: Name<'static> = known("Warning");
    /// `Event` (RFC 6665 §8.2.1).
    pub const EVENT: Name<'static> = known("Event");
    /// `Allow-Events` (RFC 6665 §8.2.2).
    pub const ALLOW_EVENTS: Name<'static> = known("Allow-Events");
    /// `Subscription-State` (RFC 6665 §8.2.3).
    pub const SUBSCRIPTION_STATE: Name<'static> = known("Subscription-State");
    /// `RSeq` (RFC 3262 §7.1).
    pub const RSEQ: Name<'static> = known("RSeq");
    /// `RAck` (RFC 3262 §7.2).
    pub const RACK: Name<'static> = known("RAck");
    /// `Refer-To` (RFC 3515 §2.1).
    pub const REFER_TO: Name<'static> = known("Refer-To");
    /// `Referred-By` (RFC 3892 §3).
    pub const REFERRED_BY: Name<'static> = known("Referred-By");
    /// `Replaces` (RFC 3891 §6).
    pub const REPLACES: Name<'static> = known("Replaces");
    /// `Reason` (RFC 3326 §2).
    pub const REASON: Name<'static> = known("Reason");
    /// `Session-Expires` (RFC 4028 §4).
    pub const SESSION_EXPIRES: Name<'static> = known("Session-Expires");
    /// `Min-SE` (RFC 4028 §5).
    pub const MIN_SE: Name<'static> = known("Min-SE");
    /// `Accept-Contact` (RFC 3841 §9.2).
    pub const ACCEPT_CONTACT: Name<'static> = known("Accept-Contact");
    /// `Reject-Contact` (RFC 3841 §9.2).
    pub const REJECT_CONTACT: Name<'static> = known("Reject-Contact");
    /// `Request-Disposition` (RFC 3841 §9.1).
    pub const REQUEST_DISPOSITION: Name<'static> = known("Request-Disposition");
    /// `Identity` (RFC 8224 §4).
    pub const IDENTITY: Name<'static> = known("Identity");
    /// `Privacy` (RFC 3323 §4.2).
    pub const PRIVACY: Name<'static> = known("Privacy");
    /// `Max-Breadth` (RFC 5393 §5.3.1).
    pub const MAX_BREADTH: Name<'static> = known("Max-Breadth");
    /// `Flow-Timer` (RFC 5626 §11.4).
    pub const FLOW_TIMER: Name<'static> = known("Flow-Timer");
    /// `Security-Client` (RFC 3329 §2.2).
    pub const SECURITY_CLIENT: Name<'static> = known("Security-Client");
    /// `Security-Server` (RFC 3329 §2.2).
    pub const SECURITY_SERVER: Name<'static> = known("Security-Server");
    /// `Security-Verify` (RFC 3329 §2.2).
    pub const SECURITY_VERIFY: Name<'static> = known("Security-Verify");
    /// `SIP-ETag` (RFC 3903 §11.3.1).
    pub const SIP_ETAG: Name<'static> = known("SIP-ETag");
    /// `SIP-If-Match` (RFC 3903 §11.3.2).
    pub const SIP_IF_MATCH: Name<'static> = known("SIP-If-Match");
    /// `Feature-Caps` (RFC 6809 §6).
    pub const FEATURE_CAPS: Name<'static> = known("Feature-Caps");
    /// `History-Info` (RFC 7044 §5).
    pub const HISTORY_INFO: Name<'static> = known("History-Info");
    /// `Geolocation` (RFC 6442 §4.1).
    pub const GEOLOCATION: Name<'static> = known("Geolocation");
    /// `P-Access-Network-Info` (RFC 7315 §5.4).
    pub const P_ACCESS_NETWORK_INFO: Name<'static> = known("P-Access-Network-Info");
    /// `P-Asserted-Identity` (RFC 3325 §9.1).
    pub const P_ASSERTED_IDENTITY: Name<'static> = known("P-Asserted-Identity");
    /// `P-Preferred-Identity` (RFC 3325 §9.2).
    pub const P_PREFERRED_IDENTITY: Name<'static> = known("P-Preferred-Identity");
    /// `P-Associated-URI` (RFC 7315 §5.1).
    pub const P_ASSOCIATED_URI: Name<'static> = known("P-Associated-URI");
    /// `P-Called-Party-ID` (RFC 7315 §5.2).
    pub const P_CALLED_PARTY_ID: Name<'static> = known("P-Called-Party-ID");
    /// `P-Charging-Function-Addresses` (RFC 7315 §5.5).
    pub const P_CHARGING_FUNCTION_ADDRESSES: Name<'static> = known("P-Charging-Function-Addresses");
    /// `P-Charging-Vector` (RFC 7315 §5.6).
    pub const P_CHARGING_VECTOR: Name<'static> = known("P-Charging-Vector");
    /// `P-Profile-Key` (RFC 5002 §5).
    pub const P_PROFILE_KEY: Name<'static> = known("P-Profile-Key");
    /// `P-Served-User` (RFC 5502 §6).
    pub const P_SERVED_USER: Name<'static> = known("P-Served-User");
    /// `P-User-Database` (RFC 4457 §4).
    pub const P_USER_DATABASE: Name<'static> = known("P-User-Database");
    /// `P-Visited-Network-ID` (RFC 7315 §5.3).
    pub const P_VISITED_NETWORK_ID: Name<'static> = known("P-Visited-Network-ID");
    /// `P-Preferred-Service` (RFC 6050 §4.1).
    pub const P_PREFERRED_SERVICE: Name<'static> = known("P-Preferred-Service");
    /// `P-Asserted-Service` (RFC 6050 §4.1).
    pub const P_ASSERTED_SERVICE: Name<'static> = known("P-Asserted-Service");
    /// `Response-Source` (TS 24.229 §7.2.17).
    pub const RESPONSE_SOURCE: Name<'static> = known("Response-Source");
}

impl<'a> Name<'a> {
    /// The name that `text` is, long or compact, in any case.
    pub fn new(text: &'a str) -> Name<'a> {
        Name {
            id: id_of(text.as_bytes(), text.len()),
            text,
        }
    }

    pub(crate) fn from_index(id: Id, text: &'a str) -> Name<'a> {
        Name { id, text }
    }

    /// As it was written.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The registered long form of a known name; of another, as it was written.
    pub fn long(&self) -> &'a str {
        match KNOWN.get(usize::from(self.id).wrapping_sub(1)) {
            Some(known) => known.name,
            None => self.text,
        }
    }

    /// Whether a standard that we know defines it.
    pub fn is_known(&self) -> bool {
        self.id != OTHER
    }

    /// An unknown header is taken as a list: only the list grammar lets it occur more than once.
    pub(crate) fn occurs(self) -> Occurs {
        occurs(self.id)
    }
}

pub(crate) fn occurs(id: Id) -> Occurs {
    match KNOWN.get(usize::from(id).wrapping_sub(1)) {
        Some(known) => known.occurs,
        None => Occurs::List,
    }
}

impl PartialEq<Name<'_>> for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        self.id == other.id && (self.id != OTHER || self.text.eq_ignore_ascii_case(other.text))
    }
}

impl Eq for Name<'_> {}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// What is compared of a name: its first octets, and of one that is longer its last ones too, which overlap them.
#[derive(Clone, Copy)]
struct Key {
    length: usize,
    first: u128,
    /// The bits of `first` that case may change: those of letters.
    first_case: u128,
}

const WORD: usize = 16;

/// The key of each name by its number. There are as many as there are numbers, so that none is out of bounds.
static KEYS: [Key; 256] = {
    let none = Key {
        length: 0,
        first: 0,
        first_case: 0,
    };
    let mut keys = [none; 256];
    let mut place = 0;
    while place < KNOWN.len() {
        let name = KNOWN[place].name.as_bytes();
        let first = first_word(name, name.len());
        let first_case = case(first);
        keys[place + 1] = Key {
            length: name.len(),
            first: first | first_case,
            first_case,
        };
        place += 1;
    }
    keys
};

/// The last word of each name that is longer than one, and the bits of it that case may change.
static LAST_WORDS: [(u128, u128); 256] = {
    let mut words = [(0, 0); 256];
    let mut place = 0;
    while place < KNOWN.len() {
        let name = KNOWN[place].name.as_bytes();
        assert!(name.len() <= 2 * WORD, "its middle would not be compared");
        if name.len() > WORD {
            let last = word(name.split_at(name.len() - WORD).1);
            words[place + 1] = (last | case(last), case(last));
        }
        place += 1;
    }
    words
};

/// The bit that makes a letter lower case, in each octet of `word` that is a letter.
const fn case(word: u128) -> u128 {
    let mut octets = word.to_le_bytes();
    let mut at = 0;
    while at < WORD {
        octets[at] = if octets[at] & 0xc0 == 0x40 { 0x20 } else { 0 };
        at += 1;
    }
    u128::from_le_bytes(octets)
}

/// The first word of the name that is the first `length` octets of `text`; zeros follow a shorter one.
#[inline]
const fn first_word(text: &[u8], length: usize) -> u128 {
    // No branch depends on the length: which one is next cannot be foretold.
    let used = if length < WORD { length } else { WORD };
    word(text) & MASKS[used]
}

/// So many octets at the beginning of a word.
static MASKS: [u128; WORD + 1] = {
    let mut masks = [u128::MAX; WORD + 1];
    let mut used = 0;
    while used < WORD {
        masks[used] = (1 << (8 * used)) - 1;
        used += 1;
    }
    masks
};

/// The first octets of `text`, filled up with zeros.
#[inline]
const fn word(text: &[u8]) -> u128 {
    match text.first_chunk::<WORD>() {
        Some(word) => u128::from_le_bytes(*word),
        None => short_word(text),
    }
}

#[cold]
#[inline(never)]
const fn short_word(text: &[u8]) -> u128 {
    let mut word = [0; WORD];
    let mut at = 0;
    while at < text.len() {
        word[at] = text[at];
        at += 1;
    }
    u128::from_le_bytes(word)
}

/// From [`slot`] to number; rotation and multiplier leave each name in a slot of its own.
static SLOTS: [Id; SLOT_COUNT] = slots();
const SLOT_COUNT: usize = 512;

#[inline]
const fn slot(first: u128, length: usize) -> usize {
    let low = first as u64 | LOWER;
    let high = (first >> 64) as u64 | LOWER;
    let mixed = (low ^ high.rotate_left(ROTATION)).wrapping_mul(MULTIPLIER);
    (mixed.wrapping_add((length as u64) << 56) >> 55) as usize
}

/// The bit that makes a letter lower case, in each octet.
const LOWER: u64 = 0x2020_2020_2020_2020;
const ROTATION: u32 = 45;
const MULTIPLIER: u64 = 0xe2a9_4c93_9ba4_f1dd;

const fn slots() -> [Id; SLOT_COUNT] {
    let mut table = [OTHER; SLOT_COUNT];
    let mut place = 0;
    while place < KNOWN.len() {
        let name = KNOWN[place].name.as_bytes();
        let at = slot(first_word(name, name.len()), name.len());
        assert!(
            table[at] == OTHER,
            "two names in one slot: choose another rotation and multiplier"
        );
        table[at] = place as Id + 1;
        place += 1;
    }
    table
}

/// From compact form to place, by lower-case letter.
static COMPACT: [Id; 256] = compact_forms();

const fn compact_forms() -> [Id; 256] {
    let mut table = [OTHER; 256];
    let mut place = 0;
    while place < KNOWN.len() {
        let letter = KNOWN[place].compact;
        if letter != 0 {
            table[letter as usize] = place as Id + 1;
            table[letter.to_ascii_uppercase() as usize] = place as Id + 1;
        }
        place += 1;
    }
    table
}

/// The number of the name that is the first `length` octets of `text`.
#[inline(always)]
pub(crate) fn id_of(text: &[u8], length: usize) -> Id {
    match length {
        0 => OTHER,
        1 => COMPACT[usize::from(text[0])],
        _ => id_of_long(text, length),
    }
}

#[inline(always)]
fn id_of_long(text: &[u8], length: usize) -> Id {
    let first = first_word(text, length);
    let id = SLOTS[slot(first, length)];
    let known = &KEYS[usize::from(id)];
    if known.length == length
        && known.first == first | known.first_case
        && (length <= WORD || ends_as(id, &text[..length]))
    {
        id
    } else {
        OTHER
    }
}

/// Whether a name, longer than a word, ends as a known one does.
#[inline]
fn ends_as(id: Id, name: &[u8]) -> bool {
    let (known, case) = LAST_WORDS[usize::from(id)];
    name.last_chunk()
        .is_some_and(|last| known == u128::from_le_bytes(*last) | case)
}

/// A constant for a row of the table; a name that has no row does not compile.
const fn known(name: &'static str) -> Name<'static> {
    let mut place = 0;
    while place < KNOWN.len() {
        if same(KNOWN[place].name.as_bytes(), name.as_bytes()) {
            return Name {
                id: place as Id + 1,
                text: name,
            };
        }
        place += 1;
    }
    panic!("no row of the table has this name")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found_in_any_case() {
        for known in &KNOWN {
            let upper = known.name.to_ascii_uppercase();
            let lower = known.name.to_ascii_lowercase();
            assert_eq!(Name::new(known.name), Name::new(&upper));
            assert_eq!(Name::new(known.name), Name::new(&lower));
            assert!(Name::new(&upper).is_known());
            assert_eq!(Name::new(&upper).long(), known.name);
        }
    }

    /// Every octet of a name counts, and only letters have a case.
    #[test]
    fn near_misses_are_other_names() {
        for known in &KNOWN {
            for at in 0..known.name.len() {
                let mut octets = known.name.as_bytes().to_vec();
                for bit in 0..7 {
                    octets[at] ^= 1 << bit;
                    let near = std::str::from_utf8(&octets).unwrap();
                    let is_same = near.eq_ignore_ascii_case(known.name);
                    assert_eq!(Name::new(near) == Name::new(known.name), is_same, "{near}");
                    octets[at] ^= 1 << bit;
                }
            }
        }
    }

    /// RFC 3261 §7.3.3 and §20; RFC 3515, 3841, 3892, 4028, 6665, 8224.
    #[test]
    fn compact_forms_are_the_same_names() {
        for (compact, long) in [
            ("i", "Call-ID"),
            ("m", "Contact"),
            ("e", "Content-Encoding"),
            ("l", "Content-Length"),
            ("c", "Content-Type"),
            ("f", "From"),
            ("s", "Subject"),
            ("k", "Supported"),
            ("t", "To"),
            ("v", "Via"),
            ("o", "Event"),
            ("u", "Allow-Events"),
            ("r", "Refer-To"),
            ("b", "Referred-By"),
            ("x", "Session-Expires"),
            ("a", "Accept-Contact"),
            ("j", "Reject-Contact"),
            ("d", "Request-Disposition"),
            ("y", "Identity"),
        ] {
            assert_eq!(Name::new(compact), Name::new(long));
            assert_eq!(Name::new(&compact.to_uppercase()), Name::new(long));
            assert_eq!(Name::new(compact).as_str(), compact);
        }
        assert_ne!(Name::new("z"), Name::new("Via"));
    }

    #[test]
    fn unknown_names_compare_without_case() {
        assert_eq!(Name::new("X-Odd"), Name::new("x-oDD"));
        assert_ne!(Name::new("X-Odd"), Name::new("X-Even"));
        assert_ne!(Name::new("Vias"), Name::VIA);
        assert!(!Name::new("").is_known());
    }
}
