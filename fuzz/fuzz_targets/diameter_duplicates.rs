//! See `fuzz::diameter_duplicates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_duplicates(octets));
