//! What must hold for any input: nothing panics, and what is read, printed and read again is the same.
//!
//! Each function is the body of the target of its name in `fuzz_targets/`; `tests/smoke.rs` calls it on mutated
//! seeds without libFuzzer. A panic is a finding.

mod diameter;
mod dictionary;
mod sip_header;
mod sip_message;
mod sip_multipart;
mod sip_stream;
mod sip_uri;
mod stun;
mod user_profile;

pub use diameter::diameter;
pub use dictionary::dictionary;
pub use sip_header::sip_header;
pub use sip_message::sip_message;
pub use sip_multipart::sip_multipart;
pub use sip_stream::sip_stream;
pub use sip_uri::sip_uri;
pub use stun::stun;
pub use user_profile::user_profile;

/// The body of a target.
pub type Body = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Body); 9] = [
    ("diameter", diameter),
    ("dictionary", dictionary),
    ("sip_header", sip_header),
    ("sip_message", sip_message),
    ("sip_multipart", sip_multipart),
    ("sip_stream", sip_stream),
    ("sip_uri", sip_uri),
    ("stun", stun),
    ("user_profile", user_profile),
];
