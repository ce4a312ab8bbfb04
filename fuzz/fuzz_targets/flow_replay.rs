//! See `fuzz::flow_replay`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::flow_replay(octets));
