//! See `fuzz::sip_server_transaction`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::sip_server_transaction(octets));
