//! See `fuzz::diameter_uri`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_uri(octets));
