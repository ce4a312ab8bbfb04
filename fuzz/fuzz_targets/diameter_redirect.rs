//! See `fuzz::diameter_redirect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_redirect(octets));
