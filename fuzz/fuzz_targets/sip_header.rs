//! See `fuzz::sip_header`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_header(octets));
