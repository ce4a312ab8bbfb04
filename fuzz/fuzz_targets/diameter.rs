//! See `fuzz::diameter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter(octets));
