//! The file that `--names` gives.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use flow::{Node, Place};
use toml::de::{DeTable, DeValue};

use super::error::ShowError;

/// Reads names by address, or by address and port.
///
/// # Errors
/// The file, or the line in it that is wrong.
pub(crate) fn read(path: &Path) -> Result<Vec<Node>, ShowError> {
    let text = fs::read_to_string(path).map_err(|source| ShowError::Names {
        path: path.to_owned(),
        source,
    })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Node>, ShowError> {
    let wrong = |at: usize, problem: String, way_out| {
        let before = &text.as_bytes()[..at.min(text.len())];
        let line = before.iter().filter(|octet| **octet == b'\n').count();
        ShowError::Name {
            path: path.to_owned(),
            line: line + 1,
            what: text.lines().nth(line).unwrap_or_default().trim().to_owned(),
            problem,
            way_out,
        }
    };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(
            at,
            error.message().to_owned(),
            "write lines such as \"10.0.0.1:5060\" = \"pcscf\"",
        )
    })?;
    let mut nodes = Vec::new();
    for (address, name) in table.into_inner() {
        let Some(place) = place(address.get_ref()) else {
            return Err(wrong(
                address.span().start,
                format!("`{}` is no address", address.get_ref()),
                "write an address in quotes, with a port or without: \"10.0.0.1\", \"10.0.0.1:5060\", \
                 \"[2001:db8::1]:5060\"",
            ));
        };
        match name.get_ref() {
            DeValue::String(name) if !name.trim().is_empty() => nodes.push(Node {
                name: name.trim().to_owned(),
                places: vec![place],
            }),
            _ => {
                return Err(wrong(
                    name.span().start,
                    "not a name".to_owned(),
                    "write a name in quotes: \"pcscf\"",
                ));
            }
        }
    }
    Ok(nodes)
}

fn place(address: &str) -> Option<Place> {
    let host = address.parse::<IpAddr>().map(Place::Host);
    host.or_else(|_| address.parse::<SocketAddr>().map(Place::Port))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Node>, String> {
        parse(Path::new("names.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_with_and_without_ports_have_names() {
        let nodes = parsed(
            "\"10.0.0.1\" = \"pcscf\"\n\"10.0.0.1:5062\" = 'icscf'\n\"[2001:db8::1]:5060\" = \"ue\"\n",
        );
        let nodes = nodes.expect("valid");
        let place = |name| {
            let found = nodes.iter().find(|node| node.name == name);
            found.map(|node| node.places.clone())
        };
        let port = |text: &str| Place::Port(text.parse().expect("an address"));
        assert_eq!(
            place("pcscf"),
            Some(vec![Place::Host([10, 0, 0, 1].into())])
        );
        assert_eq!(place("icscf"), Some(vec![port("10.0.0.1:5062")]));
        assert_eq!(place("ue"), Some(vec![port("[2001:db8::1]:5060")]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line) in [
            (
                "\"10.0.0.1\" = \"a\"\n\n\"10.0.0.300\" = \"b\"\n",
                "names.toml:3: \"10.0.0.300\" = \"b\"",
            ),
            (
                "\"10.0.0.1\" = \"a\"\n10.0.0.2 = \"b\"\n",
                "names.toml:2: 10.0.0.2 = \"b\"",
            ),
            ("\"10.0.0.1\" = 7\n", "names.toml:1: \"10.0.0.1\" = 7"),
            ("\"10.0.0.1\" = \"\"\n", "names.toml:1: \"10.0.0.1\" = \"\""),
            ("\"10.0.0.1\" =\n", "names.toml:1: \"10.0.0.1\" ="),
        ] {
            let problem = parsed(text).expect_err(text);
            assert!(
                problem.starts_with(&format!("{line}\n  problem: ")),
                "{problem}"
            );
            assert!(problem.contains("\n  way out: "), "{problem}");
        }
    }
}
