//! From what serde and toml say to a problem and a way out.

use super::place::{Step, written};

/// Similarity from which a known key is offered for an unknown one.
const NEAR: f64 = 0.7;

/// What is wrong with the key at `steps`, and what to do.
pub(super) struct Wording {
    pub(super) steps: Vec<Step>,
    pub(super) problem: String,
    pub(super) way_out: String,
}

/// Words serde's `message` about the value at `steps`; `also_known` are keys of the process at the top of the file.
pub(super) fn of_serde(message: &str, mut steps: Vec<Step>, also_known: &[&str]) -> Wording {
    let message = message.trim();
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let mut names = backticked(rest);
        let unknown = if names.is_empty() {
            String::new()
        } else {
            names.remove(0)
        };
        // The path ends with the unknown key itself or with the table that has it.
        if steps.last() != Some(&Step::Key(unknown.clone())) {
            steps.push(Step::Key(unknown.clone()));
        }
        if steps.len() == 1 {
            names.extend(also_known.iter().map(|name| (*name).to_owned()));
        }
        return unknown_key(&unknown, names, steps);
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        let name = backticked(rest).into_iter().next().unwrap_or_default();
        let table = written(&steps);
        steps.push(Step::Key(name.clone()));
        let place = if table.is_empty() {
            "at the top of the file".to_owned()
        } else {
            format!("in [{table}]")
        };
        return Wording {
            problem: format!("`{}` is missing", written(&steps)),
            way_out: format!(
                "add `{name} = …` {place}, or the table [{}] if it is one",
                written(&steps)
            ),
            steps,
        };
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let mut names = backticked(rest);
        let unknown = if names.is_empty() {
            String::new()
        } else {
            names.remove(0)
        };
        return Wording {
            problem: format!(
                "unknown value `{unknown}`{}",
                did_you_mean(&unknown, &names)
            ),
            way_out: format!("write one of {}", listed(&names)),
            steps,
        };
    }
    let way_out = if message.contains("socket address") {
        "write an IP address and a port, such as \"127.0.0.1:5060\" or \"[::1]:5060\"; a host name will not do"
    } else if message.contains("IP address") {
        "write an IP address, such as \"127.0.0.1\" or \"::1\""
    } else if message.contains("expected a string") {
        "write text between double quotes"
    } else if message.contains("expected u") || message.contains("expected i") {
        "write a whole number without quotes"
    } else if message.contains("expected a boolean") {
        "write true or false"
    } else if message.contains("expected a sequence") {
        "write a list between square brackets, or one [[table]] for each entry"
    } else if message.contains("expected struct") || message.contains("expected a map") {
        "make it a [table] of keys and values"
    } else {
        "write a value as it is expected"
    };
    Wording {
        problem: message.to_owned(),
        way_out: way_out.to_owned(),
        steps,
    }
}

fn unknown_key(unknown: &str, known: Vec<String>, steps: Vec<Step>) -> Wording {
    let problem = format!(
        "unknown key `{}`{}",
        written(&steps),
        did_you_mean(unknown, &known)
    );
    let table = written(&steps[..steps.len() - 1]);
    let place = if table.is_empty() {
        "the top of the file".to_owned()
    } else {
        format!("[{table}]")
    };
    let way_out = if known.is_empty() {
        format!("take it out; {place} has no keys")
    } else {
        format!(
            "rename it or take it out; {place} has the keys {}",
            listed(&known)
        )
    };
    Wording {
        steps,
        problem,
        way_out,
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
