//! Instructions, counted by callgrind: texts of twice the length take at most twice as many.

use super::nasty::{KINDS, read_everything};

const LENGTH: usize = 24_000;

/// What is counted, when callgrind runs this test; else nothing.
#[test]
fn counted() {
    instruction_count::counted(&KINDS, read_everything);
}

#[test]
fn at_most_twice() {
    let kinds = KINDS.iter().map(|(name, _)| *name);
    instruction_count::at_most_twice("instructions::counted", kinds, LENGTH);
}
