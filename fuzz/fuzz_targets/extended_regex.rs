//! See `fuzz::extended_regex`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::extended_regex(octets));
