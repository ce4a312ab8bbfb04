//! See `fuzz::diameter_command`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_command(octets));
