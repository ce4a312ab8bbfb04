//! See `fuzz::flow_show`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::flow_show(octets));
