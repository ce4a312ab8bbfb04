//! Instructions, counted by callgrind: captures of twice the length take at most twice as many.

use super::nasty::{KINDS, read_everything};

const LENGTH: usize = 20_000;

/// What is counted, when callgrind runs this test; else nothing.
#[test]
fn counted() {
    instruction_count::counted(&KINDS, read_everything);
}

/// The kinds are shared among a few tests, which run at once.
fn linear(share: usize) {
    let kinds = KINDS.iter().map(|(name, _)| *name);
    let kinds = kinds.skip(share).step_by(SHARES);
    instruction_count::at_most_twice("instructions::counted", kinds, LENGTH);
}

const SHARES: usize = 2;

#[test]
fn at_most_twice_first_share() {
    linear(0);
}

#[test]
fn at_most_twice_second_share() {
    linear(1);
}
