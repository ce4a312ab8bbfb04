//! What the standards say of transactions, keys, response routing and digest: a test's path names the clause.

mod line;
mod message;
#[path = "../../../sip-message/tests/conformance/octets.rs"]
mod octets;
mod registrar;
mod rfc2617;
mod rfc3261;
mod rfc3310;
mod rfc3581;
mod rfc4320;
mod rfc4475;
mod rfc7616;
