//! What the standards give as examples: a test's path names the standard and the section it holds to.

#[cfg(feature = "rsip")]
mod differential;
mod octets;
mod rfc4475;
mod rfc5118;
mod rfc8224;
