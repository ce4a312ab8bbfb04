//! See `fuzz::sip_stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_stream(octets));
