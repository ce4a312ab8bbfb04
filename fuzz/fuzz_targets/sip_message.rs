//! See `fuzz::sip_message`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_message(octets));
