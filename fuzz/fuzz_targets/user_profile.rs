//! See `fuzz::user_profile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::user_profile(octets));
