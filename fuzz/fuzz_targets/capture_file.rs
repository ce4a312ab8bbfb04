//! See `fuzz::capture_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::capture_file(octets));
