//! See `fuzz::tcp_reassembly`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::tcp_reassembly(octets));
