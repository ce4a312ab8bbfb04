//! See `fuzz::diameter_peer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_peer(octets));
