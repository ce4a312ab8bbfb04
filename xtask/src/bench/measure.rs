//! Medians over many rounds.

use std::time::Duration;

use crate::step::now;

/// Rounds of which the median is taken.
const ROUNDS: usize = 101;
/// How long one round lasts about.
const ROUND: Duration = Duration::from_millis(10);

/// Nanoseconds that one call of `work` takes: the median of [`ROUNDS`] rounds of many calls each.
pub(super) fn nanoseconds(mut work: impl FnMut()) -> f64 {
    let calls = calls_in_a_round(&mut work);
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| time(calls, &mut work) / calls as f64)
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// How many calls fill a round; finding it out warms caches and branch predictors up.
fn calls_in_a_round(work: &mut impl FnMut()) -> u64 {
    let mut calls = 1;
    while time(calls, work) < ROUND.as_nanos() as f64 {
        calls *= 2;
    }
    calls
}

fn time(calls: u64, work: &mut impl FnMut()) -> f64 {
    let started = now();
    for _ in 0..calls {
        work();
    }
    started.elapsed().as_nanos() as f64
}
