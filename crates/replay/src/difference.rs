//! What the live element says otherwise than the capture.

use std::collections::HashMap;

use capture::Numbers;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The message of the capture that it is about; of what only the live element sent, that before it.
    pub packets: Numbers,
    /// `401`, `SAA 2001`: the message of the capture.
    pub message: String,
    /// The start line, a header with its parameter, or an AVP with the groups that it is in.
    pub field: String,
    /// What the capture has.
    pub captured: Shown,
    /// What the live element sent.
    pub live: Shown,
}

/// A value, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The field is not there.
    Absent,
    /// Its value, where addresses, tags and the like are those of the capture.
    Text(String),
    /// A key.
    Secret,
}

impl Shown {
    /// How much it takes.
    pub(crate) fn octets(&self) -> usize {
        match self {
            Shown::Text(text) => text.len(),
            Shown::Absent | Shown::Secret => 0,
        }
    }

    pub(crate) fn of(text: Option<&String>) -> Shown {
        text.map_or(Shown::Absent, |text| Shown::Text(text.clone()))
    }
}

/// Values of one field in the order of a message.
pub(crate) type Fields = Vec<(String, String)>;

/// Compares fields by name: the first of a name with the first, and so on; `ignored` are names without regard to case.
pub(crate) fn compare(
    captured: &Fields,
    live: &Fields,
    is_ignored: impl Fn(&str) -> bool,
    mut differs: impl FnMut(&str, Option<&String>, Option<&String>),
) {
    let mut names: Vec<&str> = Vec::new();
    let mut values: HashMap<&str, [Vec<&String>; 2]> = HashMap::new();
    let both = captured.iter().map(|field| (0, field));
    for (side, (name, value)) in both.chain(live.iter().map(|field| (1, field))) {
        let of_name = values.entry(name).or_insert_with(|| {
            names.push(name);
            [Vec::new(), Vec::new()]
        });
        of_name[side].push(value);
    }
    for name in names {
        if is_ignored(name) {
            continue;
        }
        let [captured, live] = &values[name];
        for at in 0..captured.len().max(live.len()) {
            let (one, other) = (captured.get(at).copied(), live.get(at).copied());
            if one != other {
                differs(name, one, other);
            }
        }
    }
}
