//! See `fuzz::flow_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::flow_token(octets));
