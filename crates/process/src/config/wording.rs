//! From what serde says to a problem and a way out.

use super::place::{Step, header, written};

/// Similarity from which a known key is offered for an unknown one.
const NEAR: f64 = 0.7;

/// What serde says of a wrong form, by a piece of it, and what to write instead.
const FORMS: [(&str, &str); 15] = [
    (
        "CIDR",
        "write an IP address or a network, such as \"192.0.2.7\" or \"10.1.0.0/16\"; a host name will not do",
    ),
    (
        ";transport=",
        "write \"ADDRESS:PORT\" or \"ADDRESS:PORT;transport=tcp\"",
    ),
    (
        "list of DNS servers",
        "write \"system\", or IP addresses and ports such as [\"127.0.0.1:53\"]",
    ),
    (
        "socket address",
        "write an IP address and a port, such as \"127.0.0.1:5060\" or \"[::1]:5060\"; a host name will not do",
    ),
    (
        "IP address",
        "write an IP address, such as \"127.0.0.1\" or \"::1\"",
    ),
    ("expected a string", "write text between double quotes"),
    ("expected path", "write a file's path between double quotes"),
    ("expected u8", UNSIGNED),
    ("expected u16", UNSIGNED),
    ("expected u32", UNSIGNED),
    ("expected u64", UNSIGNED),
    ("expected usize", UNSIGNED),
    ("expected a boolean", "write true or false, without quotes"),
    (
        "expected a sequence",
        "write a list between square brackets, or one [[table]] for each entry",
    ),
    ("expected", "make it a [table] of keys and values"),
];

const UNSIGNED: &str = "write a whole number from 0 up, without quotes";

/// What is wrong with the key at `steps`, and what to do.
pub(super) struct Wording {
    pub(super) steps: Vec<Step>,
    pub(super) problem: String,
    pub(super) way_out: String,
}

/// Words serde's `message` about the value at `steps`; `also_known` are the process's own keys, which stand at
/// the top of the file and which the element's type does not know.
pub(super) fn of_serde(message: &str, steps: Vec<Step>, also_known: &[&str]) -> Wording {
    let message = message.trim();
    if let Some(names) = message.strip_prefix("unknown field ") {
        unknown_key(backticked(names), steps, also_known)
    } else if let Some(names) = message.strip_prefix("missing field ") {
        missing_key(backticked(names), steps)
    } else if let Some(names) = message.strip_prefix("unknown variant ") {
        unknown_value(backticked(names), steps)
    } else {
        let form = FORMS.iter().find(|(piece, _)| message.contains(piece));
        let way_out = form.map_or("write a value of another form", |(_, way_out)| way_out);
        Wording {
            steps,
            problem: message.to_owned(),
            way_out: way_out.to_owned(),
        }
    }
}

fn unknown_key(mut names: Vec<String>, mut steps: Vec<Step>, also_known: &[&str]) -> Wording {
    let unknown = first(&mut names);
    // The path ends with the unknown key itself or with the table that has it.
    if steps.last() != Some(&Step::Key(unknown.clone())) {
        steps.push(Step::Key(unknown.clone()));
    }
    let table = &steps[..steps.len() - 1];
    if table.is_empty() {
        names.extend(also_known.iter().map(|name| (*name).to_owned()));
    }
    let place = if table.is_empty() {
        "the top of the file".to_owned()
    } else {
        header(table)
    };
    Wording {
        problem: format!(
            "unknown key `{}`{}",
            written(&steps),
            did_you_mean(&unknown, &names)
        ),
        way_out: format!(
            "rename it or take it out; {place} has the keys {}",
            listed(&names)
        ),
        steps,
    }
}

fn missing_key(mut names: Vec<String>, mut steps: Vec<Step>) -> Wording {
    let name = first(&mut names);
    let place = if steps.is_empty() {
        "at the top of the file".to_owned()
    } else {
        format!("in {}", header(&steps))
    };
    steps.push(Step::Key(name.clone()));
    Wording {
        problem: format!("`{}` is missing", written(&steps)),
        way_out: format!(
            "add `{name} = …` {place}, or the table {} if it is one",
            header(&steps)
        ),
        steps,
    }
}

fn unknown_value(mut names: Vec<String>, steps: Vec<Step>) -> Wording {
    let unknown = first(&mut names);
    Wording {
        problem: format!(
            "unknown value `{unknown}`{}",
            did_you_mean(&unknown, &names)
        ),
        way_out: format!("write one of {}", listed(&names)),
        steps,
    }
}

fn did_you_mean(unknown: &str, known: &[String]) -> String {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// The name that serde's message is about stands first; the expected ones follow.
fn first(names: &mut Vec<String>) -> String {
    if names.is_empty() {
        String::new()
    } else {
        names.remove(0)
    }
}

fn backticked(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn listed(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
