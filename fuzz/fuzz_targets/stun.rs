//! See `fuzz::stun`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::stun(octets));
