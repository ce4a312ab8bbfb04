//! See `fuzz::sip_client_transaction`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_client_transaction(octets));
