//! See `fuzz::diameter_pending`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_pending(octets));
