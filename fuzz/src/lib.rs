//! What must hold for any input: nothing panics, and what is read, printed and read again is the same.
//!
//! Each function is the body of the target of its name in `fuzz_targets/`; `tests/smoke.rs` calls it on mutated
//! seeds without libFuzzer. A panic is a finding.
#![allow(
    clippy::disallowed_methods,
    reason = "a machine needs some instant to count from"
)]

mod capture_file;
mod capture_flow;
mod choices;
mod diameter;
mod diameter_command;
mod diameter_duplicates;
mod diameter_peer;
mod diameter_pending;
mod diameter_redirect;
mod diameter_uri;
mod diameter_watchdog;
mod dictionary;
mod digest;
mod digest_nonces;
mod extended_regex;
mod flow_check;
mod flow_replay;
mod flow_show;
mod flow_token;
mod sip_client_transaction;
mod sip_header;
mod sip_message;
mod sip_multipart;
mod sip_server_transaction;
mod sip_stream;
mod sip_uri;
mod spoken;
mod stun;
mod tcp_reassembly;
mod tls;
mod user_profile;

pub use capture_file::capture_file;
pub use capture_flow::capture_flow;
pub use diameter::diameter;
pub use diameter_command::diameter_command;
pub use diameter_duplicates::diameter_duplicates;
pub use diameter_peer::diameter_peer;
pub use diameter_pending::diameter_pending;
pub use diameter_redirect::diameter_redirect;
pub use diameter_uri::diameter_uri;
pub use diameter_watchdog::diameter_watchdog;
pub use dictionary::dictionary;
pub use digest::digest;
pub use digest_nonces::digest_nonces;
pub use extended_regex::extended_regex;
pub use flow_check::flow_check;
pub use flow_replay::flow_replay;
pub use flow_show::flow_show;
pub use flow_token::flow_token;
pub use sip_client_transaction::sip_client_transaction;
pub use sip_header::sip_header;
pub use sip_message::sip_message;
pub use sip_multipart::sip_multipart;
pub use sip_server_transaction::sip_server_transaction;
pub use sip_stream::sip_stream;
pub use sip_uri::sip_uri;
pub use stun::stun;
pub use tcp_reassembly::tcp_reassembly;
pub use tls::tls;
pub use user_profile::user_profile;

/// The body of a target.
pub type Body = fn(&[u8]);

/// Gives the names of all targets to the macro `$each`.
#[macro_export]
macro_rules! with_targets {
    ($each:ident) => {
        $each! {
            capture_file
            capture_flow
            diameter
            diameter_command
            diameter_duplicates
            diameter_peer
            diameter_pending
            diameter_redirect
            diameter_uri
            diameter_watchdog
            dictionary
            digest
            digest_nonces
            extended_regex
            flow_check
            flow_replay
            flow_show
            flow_token
            sip_client_transaction
            sip_header
            sip_message
            sip_multipart
            sip_server_transaction
            sip_stream
            sip_uri
            stun
            tcp_reassembly
            tls
            user_profile
        }
    };
}

macro_rules! by_name {
    ($($target:ident)+) => { &[$((stringify!($target), $target),)+] };
}

/// Every target by its name.
pub const TARGETS: &[(&str, Body)] = with_targets!(by_name);
