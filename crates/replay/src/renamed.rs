//! Names of the capture and what they are now.

use std::collections::HashMap;

/// Octets of the names of one kind that are learnt; more are not.
pub(crate) const MAX_OCTETS: usize = 16 << 20;

/// Tags, Call-IDs, sessions and the like, both ways.
#[derive(Debug, Default)]
pub(crate) struct Renamed {
    live: HashMap<String, String>,
    captured: HashMap<String, String>,
    octets: usize,
}

impl Renamed {
    pub(crate) fn learn(&mut self, captured: &str, live: &str) {
        // Each stands in both tables.
        let octets = 2 * (captured.len() + live.len());
        if captured.is_empty() || live.is_empty() || self.octets + octets > MAX_OCTETS {
            return;
        }
        self.octets += octets;
        self.live.insert(captured.to_owned(), live.to_owned());
        self.captured.insert(live.to_owned(), captured.to_owned());
    }

    pub(crate) fn live<'a>(&'a self, captured: &'a str) -> &'a str {
        self.live.get(captured).map_or(captured, String::as_str)
    }

    pub(crate) fn captured<'a>(&'a self, live: &'a str) -> &'a str {
        self.captured.get(live).map_or(live, String::as_str)
    }

    /// What is now in the place of `captured`, if that is known.
    pub(crate) fn known(&self, captured: &str) -> Option<&str> {
        self.live.get(captured).map(String::as_str)
    }

    /// Whether `live` stands for something of the capture.
    pub(crate) fn is_live(&self, live: &str) -> bool {
        self.captured.contains_key(live)
    }

    /// What is now in the place of `captured`; made by `make` where it is new.
    pub(crate) fn live_or(&mut self, captured: &str, make: impl FnOnce() -> String) -> String {
        if let Some(live) = self.live.get(captured) {
            return live.clone();
        }
        let live = make();
        self.learn(captured, &live);
        live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_learnt_up_to_the_limit() {
        let mut renamed = Renamed::default();
        let long = "a".repeat(MAX_OCTETS / 4);
        renamed.learn("1", "one");
        renamed.learn("2", &long);
        renamed.learn("3", &long);
        assert_eq!((renamed.live("1"), renamed.captured("one")), ("one", "1"));
        assert_eq!(renamed.live("3"), "3");
        assert!(renamed.octets <= MAX_OCTETS);
    }
}
