//! How one phase of a bulk run went, in figures.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::register::Failure;

/// Kinds of failure that are told apart; others count together.
pub const MAX_FAILURE_KINDS: usize = 20;

/// One phase: every phone once.
pub(crate) struct Phase {
    name: &'static str,
    phones: usize,
    done: usize,
    failed: BTreeMap<String, usize>,
    took: Vec<Duration>,
    elapsed: Option<Duration>,
}

impl Phase {
    pub(crate) fn new(name: &'static str, phones: usize) -> Self {
        Self {
            name,
            phones,
            done: 0,
            failed: BTreeMap::new(),
            took: Vec::with_capacity(phones),
            elapsed: None,
        }
    }

    /// One phone is through, after `took`.
    pub(crate) fn count(&mut self, took: Duration, outcome: Result<u32, Failure>) {
        match outcome {
            Ok(_) => {
                self.done += 1;
                self.took.push(took);
            }
            Err(failure) => {
                let known = self.failed.contains_key(&failure.problem);
                let kind = if known || self.failed.len() < MAX_FAILURE_KINDS {
                    failure.problem
                } else {
                    "otherwise".to_owned()
                };
                *self.failed.entry(kind).or_default() += 1;
            }
        }
    }

    /// All phones are through, after `elapsed` in all.
    pub(crate) fn end(&mut self, elapsed: Duration) {
        self.took.sort_unstable();
        self.elapsed = Some(elapsed);
    }

    pub(crate) fn has_failures(&self) -> bool {
        !self.failed.is_empty()
    }

    /// A line, and one for each kind of failure.
    pub(crate) fn summary(&self) -> String {
        let failed: usize = self.failed.values().sum();
        let seconds = self.elapsed.unwrap_or_default().as_secs_f64();
        let mut text = format!(
            "{:<12} {} of {}, {failed} failed; {seconds:.1} s, {:.0} a second; 50 % within {:.1} ms, 99 % within {:.1} ms\n",
            self.name,
            self.done,
            self.phones,
            self.done as f64 / seconds.max(0.001),
            self.within(50).as_secs_f64() * 1e3,
            self.within(99).as_secs_f64() * 1e3,
        );
        for (problem, count) in &self.failed {
            text.push_str(&format!("  {count} times: {problem}\n"));
        }
        text
    }

    /// What `/state` shows.
    pub(crate) fn state(&self) -> Value {
        json!({
            "phase": self.name,
            "done": self.done,
            "failed": self.failed,
            "over": self.elapsed.is_some(),
        })
    }

    /// The time within which `percent` of the phones that did it were through.
    fn within(&self, percent: usize) -> Duration {
        let index = (self.took.len() * percent).div_ceil(100).max(1) - 1;
        self.took.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Passing;

    #[test]
    fn figures_of_a_phase() {
        let mut phase = Phase::new("registered", 101);
        for ms in (1..=100).rev() {
            phase.count(Duration::from_millis(ms), Ok(600));
        }
        phase.count(
            Duration::from_secs(9),
            Err(Failure {
                problem: "403 Forbidden".to_owned(),
                status: None,
                passing: Passing::No,
                retry_after: None,
            }),
        );
        phase.end(Duration::from_secs(2));
        assert!(phase.has_failures());
        assert_eq!(
            phase.summary(),
            "registered   100 of 101, 1 failed; 2.0 s, 50 a second; 50 % within 50.0 ms, 99 % within 99.0 ms\n  \
             1 times: 403 Forbidden\n"
        );
    }

    #[test]
    fn an_empty_phase_has_figures_too() {
        let mut phase = Phase::new("registered", 0);
        phase.end(Duration::ZERO);
        assert!(!phase.has_failures());
        assert!(phase.summary().contains("0 of 0, 0 failed"));
    }
}
