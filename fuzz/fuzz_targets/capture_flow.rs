//! See `fuzz::capture_flow`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::capture_flow(octets));
