//! See `fuzz::sip_uri`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_uri(octets));
