//! See `fuzz::diameter_watchdog`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::diameter_watchdog(octets));
