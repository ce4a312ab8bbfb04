//! See `fuzz::flow_check`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::flow_check(octets));
