//! See `fuzz::sip_multipart`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_multipart(octets));
