//! Medians over many rounds, the candidates taking turns: what else the machine does strikes them all alike.

use std::time::{Duration, Instant};

/// Rounds of which the median is taken.
const ROUNDS: usize = 301;
/// How long one round lasts about: short, so that few of them are interrupted.
const ROUND: Duration = Duration::from_micros(500);

/// Nanoseconds that one call of each of `works` takes: the medians of [`ROUNDS`] rounds of many calls each.
pub(crate) fn medians(works: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let calls: Vec<u64> = works
        .iter_mut()
        .map(|work| calls_in_a_round(work))
        .collect();
    let mut rounds = vec![Vec::with_capacity(ROUNDS); works.len()];
    for _ in 0..ROUNDS {
        for ((work, calls), rounds) in works.iter_mut().zip(&calls).zip(&mut rounds) {
            rounds.push(time(*calls, work) / *calls as f64);
        }
    }
    rounds
        .into_iter()
        .map(|mut rounds| {
            rounds.sort_by(f64::total_cmp);
            rounds[ROUNDS / 2]
        })
        .collect()
}

/// [`medians`] of one.
pub(crate) fn nanoseconds(mut work: impl FnMut()) -> f64 {
    medians(&mut [&mut work])[0]
}

/// How many calls fill a round; finding it out warms caches and branch predictors up.
fn calls_in_a_round(work: &mut dyn FnMut()) -> u64 {
    let mut calls = 1;
    while time(calls, work) < ROUND.as_nanos() as f64 {
        calls *= 2;
    }
    calls
}

#[allow(clippy::disallowed_methods, reason = "time is what is measured")]
fn time(calls: u64, work: &mut dyn FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..calls {
        work();
    }
    started.elapsed().as_nanos() as f64
}
