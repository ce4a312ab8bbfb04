//! Where in the file a key stands.

use std::ops::Range;

use serde_path_to_error::{Path, Segment};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One step of a key's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The steps of a path that serde kept.
pub(super) fn steps_of(path: &Path) -> Vec<Step> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { variant } => Some(Step::Key(variant.clone())),
            Segment::Unknown => None,
        })
        .collect()
}

/// The steps of a path that a [`super::ConfigFault`] names: `diameter.peer[0].address`, `names."a.example"`.
pub(super) fn steps(key: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = key;
    while !rest.is_empty() {
        if let Some((name, after)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            steps.push(Step::Key(name.to_owned()));
            rest = after;
        } else if let Some((index, after)) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        {
            steps.push(Step::Index(index.parse().unwrap_or(0)));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step::Key(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    steps
}

/// How `steps` are written in a message.
pub(super) fn written(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                let bare =
                    |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
                if key.bytes().all(bare) {
                    out.push_str(key)
                } else {
                    out.push_str(&format!("{key:?}"))
                }
            }
        }
    }
    out
}

/// The header line of the table at `steps`: `[sip.timers]`, or `[[diameter.peer]]` for an entry of an array.
pub(super) fn header(steps: &[Step]) -> String {
    let keys: Vec<_> = steps
        .iter()
        .filter(|step| matches!(step, Step::Key(_)))
        .cloned()
        .collect();
    let name = written(&keys);
    match steps.last() {
        Some(Step::Index(_)) => format!("[[{name}]]"),
        _ => format!("[{name}]"),
    }
}

/// A key that the file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The octets of the key itself, or of the element of an array.
    pub(super) key: Range<usize>,
    /// The octets of its value; none for a table, whose octets are its header line.
    pub(super) value: Option<Range<usize>>,
}

/// Finds the deepest of `steps` that the file has, and says whether that is all of them.
pub(super) fn find(root: &DeTable<'_>, steps: &[Step]) -> (Option<Found>, Depth) {
    let mut found = None;
    let mut tables = Some(root);
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in steps {
        let next = match step {
            Step::Key(key) => tables.and_then(|table| table.get_key_value(key.as_str())),
            Step::Index(index) => {
                let element = value.and_then(|value| value.get_ref().as_array()?.get(*index));
                let Some(element) = element else {
                    return (found, Depth::Part);
                };
                found = Some(Found {
                    key: element.span(),
                    value: scalar(element),
                });
                tables = element.get_ref().as_table();
                value = Some(element);
                continue;
            }
        };
        let Some((key, next)) = next else {
            return (found, Depth::Part);
        };
        found = Some(Found {
            key: key.span(),
            value: scalar(next),
        });
        tables = next.get_ref().as_table();
        value = Some(next);
    }
    (found, Depth::Whole)
}

/// How much of a path the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Its last key is there.
    Whole,
    /// Only tables above it are there.
    Part,
}

fn scalar(value: &Spanned<DeValue<'_>>) -> Option<Range<usize>> {
    let table = value.get_ref().is_table();
    let tables = value
        .get_ref()
        .as_array()
        .is_some_and(|array| array.iter().any(|element| element.get_ref().is_table()));
    (!table && !tables).then(|| value.span())
}

/// The number of the line that has the octet at `offset`, counted from 1.
pub(super) fn line(text: &str, offset: usize) -> usize {
    let upto = offset.min(text.len());
    text.as_bytes()[..upto]
        .iter()
        .filter(|octet| **octet == b'\n')
        .count()
        + 1
}

/// The keys whose values differ between two files; tables are gone into, lists are one value.
pub(super) fn changed(before: &toml::Table, after: &toml::Table) -> Vec<String> {
    fn differing(
        path: &mut Vec<Step>,
        before: &toml::Table,
        after: &toml::Table,
        found: &mut Vec<String>,
    ) {
        let only_before = before.keys().filter(|key| !after.contains_key(*key));
        for key in after.keys().chain(only_before) {
            path.push(Step::Key(key.clone()));
            match (before.get(key), after.get(key)) {
                (one, other) if one == other => {}
                (Some(toml::Value::Table(one)), Some(toml::Value::Table(other))) => {
                    differing(path, one, other, found);
                }
                _ => found.push(written(path)),
            }
            path.pop();
        }
    }
    let mut found = Vec::new();
    differing(&mut Vec::new(), before, after, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_written() {
        for path in [
            "sip.listen",
            "diameter.peer[1].address",
            "names.\"a.example\"",
        ] {
            assert_eq!(written(&steps(path)), path);
        }
        assert_eq!(
            steps("a.b[2]"),
            [Step::Key("a".into()), Step::Key("b".into()), Step::Index(2)]
        );
    }

    #[test]
    fn finds_keys_tables_and_elements() {
        let text = "a = 1\n[b]\nc = \"x\"\n[[b.d]]\ne = 5\n[[b.d]]\ne = 6\n";
        let root = DeTable::parse(text).unwrap();
        let at = |path: &str| {
            let (found, depth) = find(root.get_ref(), &steps(path));
            let found = found.unwrap();
            (
                line(text, found.key.start),
                found.value.map(|span| text[span].to_owned()),
                depth,
            )
        };
        assert_eq!(at("a"), (1, Some("1".into()), Depth::Whole));
        assert_eq!(at("b.c"), (3, Some("\"x\"".into()), Depth::Whole));
        assert_eq!(at("b.d[1].e"), (7, Some("6".into()), Depth::Whole));
        assert_eq!(at("b.missing"), (2, None, Depth::Part));
    }

    #[test]
    fn keys_that_changed() {
        let table = |text: &str| toml::from_str::<toml::Table>(text).unwrap();
        let before = table("a = 1\ngone = 2\n[b]\nc = \"x\"\nd = [1, 2]\n[e]\nf = 1\n");
        let after = table("a = 1\n[b]\nc = \"y\"\nd = [1, 3]\nnew = 1\n[e]\nf = 1\n");
        let mut found = changed(&before, &after);
        found.sort();
        assert_eq!(found, ["b.c", "b.d", "b.new", "gone"]);
        assert_eq!(changed(&before, &before), Vec::<String>::new());
    }
}
