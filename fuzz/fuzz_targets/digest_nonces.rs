//! See `fuzz::digest_nonces`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::digest_nonces(octets));
