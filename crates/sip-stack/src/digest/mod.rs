//! Digest authentication, RFC 7616 (and RFC 2617 before it) as RFC 3261 §22 uses it in SIP.
//!
//! A client reads [`Challenge`]s, takes the [`best`] and gives an [`answer`]. A server prints a
//! [`challenge`] and keeps its [`Nonce`], which judges the answers and never says which part of
//! one was wrong.
//!
//! A password is a row of octets: the RES of RFC 3310 (AKA) takes its place as it is; [`aka`] has
//! what else AKA says in these headers.
//!
//! A server of many users keeps no record of each nonce: [`Nonces`] knows its own ones again, and [`Uses`] is all
//! that is kept of a user's.

pub mod aka;
mod algorithm;
mod answer;
mod challenge;
mod client;
mod ha1;
mod nonces;
mod parameters;
mod response;
mod server;

pub use algorithm::{Algorithm, Hex, Qop, QopOffer};
pub use answer::Answer;
pub use challenge::{Challenge, Stale, challenge};
pub use client::{Credentials, Secret, answer, best, initial};
pub use ha1::Ha1;
pub use nonces::{Issued, Nonces, Uses};
pub use parameters::Parameters;
pub use server::{DigestUri, Expected, Nonce, Verdict};

/// Appends `, name="value"` (without the comma where `out` ends in a space): a quoted-string of
/// RFC 3261 §25.1. Control characters, which none can hold, are left out: no header injection.
fn push_quoted(out: &mut String, name: &str, value: &str) {
    push_name(out, name);
    push_quoted_string(out, value);
}

/// The same as the first of a list.
fn push_first_quoted(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push('=');
    push_quoted_string(out, value);
}

fn push_quoted_string(out: &mut String, value: &str) {
    out.push('"');
    let plain = |octet: u8| matches!(octet, b' '..=b'~') && octet != b'"' && octet != b'\\';
    if value.bytes().all(plain) {
        out.push_str(value);
    } else {
        for c in value.chars().filter(|c| !c.is_control()) {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out.push('"');
}

/// Appends `, name=value` with a value that is a token.
fn push_token(out: &mut String, name: &str, value: &str) {
    push_name(out, name);
    out.push_str(value);
}

fn push_name(out: &mut String, name: &str) {
    if !out.ends_with(' ') {
        out.push_str(", ");
    }
    out.push_str(name);
    out.push('=');
}
