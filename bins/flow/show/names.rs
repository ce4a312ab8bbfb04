//! The files that `--names` gives: tables of names, and configurations of elements.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use flow::{Node, Place};
use toml::de::{DeTable, DeValue};

use super::error::ShowError;

/// What an element's configuration has and a table of names has not.
const SECTIONS: [&str; 4] = ["sip", "core", "diameter", "admin"];

/// Reads names by address, or by address and port; what a file says comes before what earlier ones say.
///
/// # Errors
/// The file, or the line in it that is wrong.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<Node>, ShowError> {
    let (mut of_peers, mut nodes) = (Vec::new(), Vec::new());
    for path in paths {
        let text = fs::read_to_string(path).map_err(|source| ShowError::Names {
            path: path.to_owned(),
            source,
        })?;
        match DeTable::parse(&text) {
            Ok(table) if is_element(table.get_ref()) => {
                let (own, peers) = element(path, table.get_ref());
                nodes.extend(own);
                of_peers.extend(peers);
            }
            _ => nodes.extend(parse(path, &text)?),
        }
    }
    // Who says their own name knows best.
    of_peers.extend(nodes);
    Ok(of_peers)
}

fn is_element(table: &DeTable<'_>) -> bool {
    SECTIONS.iter().any(|section| {
        table
            .get(*section)
            .is_some_and(|it| it.get_ref().is_table())
    })
}

/// What an element calls itself, and its Diameter peers. What else is in its configuration is the element's to judge.
fn element(path: &Path, table: &DeTable<'_>) -> (Option<Node>, Vec<Node>) {
    let section = |name: &str| table.get(name).and_then(|it| it.get_ref().as_table());
    let said = |section: Option<&DeTable<'_>>, key: &str| {
        let value = section?.get(key)?.get_ref().as_str()?;
        Some(value.to_owned())
    };
    let listens = ["sip", "core", "diameter"].map(|name| said(section(name), "listen"));
    let connects = said(section("diameter"), "connect_from");
    let places: Vec<Place> = listens
        .into_iter()
        .chain([connects])
        .filter_map(|address| somewhere(&address?))
        .collect();
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let own = said(section("diameter"), "identity")
        .or(stem)
        .map(|name| Node { name, places });
    let peers = section("diameter").and_then(|it| it.get("peer")?.get_ref().as_array());
    let peers = peers
        .into_iter()
        .flat_map(|peers| peers.iter())
        .filter_map(|peer| {
            let peer = peer.get_ref().as_table();
            Some(Node {
                name: said(peer, "identity")?,
                places: vec![somewhere(&said(peer, "address")?)?],
            })
        });
    (own, peers.collect())
}

/// Where something is found; nothing of what stands for any address. Any port of an address is all of them.
fn somewhere(address: &str) -> Option<Place> {
    let place = place(address)?;
    match place {
        Place::Host(host) if host.is_unspecified() => None,
        Place::Port(port) if port.ip().is_unspecified() => None,
        Place::Port(port) if port.port() == 0 => Some(Place::Host(port.ip())),
        place => Some(place),
    }
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
    fn elements_are_called_as_their_configurations_say() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path
        };
        let paths = [
            file(
                "scscf.toml",
                "name = \"sip:scscf.home.example\"\n[sip]\nlisten = \"10.0.0.5:5060\"\n\
                 [diameter]\nidentity = \"scscf.home.example\"\nconnect_from = \"10.0.0.5\"\n\
                 [[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"10.0.0.6:3868\"\n\
                 [[diameter.peer]]\nidentity = \"away.example\"\n",
            ),
            file(
                "edge.toml",
                "[sip]\nlisten = \"0.0.0.0:5060\"\n[core]\nlisten = \"10.0.0.3:0\"\n",
            ),
            file("names.toml", "\"10.0.0.6:3868\" = \"database\"\n"),
        ];
        let nodes = read(&paths).expect("valid");
        let host = |last| Place::Host([10, 0, 0, last].into());
        let port = |text: &str| Place::Port(text.parse().expect("an address"));
        let found: Vec<(&str, &[Place])> = nodes
            .iter()
            .map(|node| (node.name.as_str(), &node.places[..]))
            .collect();
        assert_eq!(
            found,
            [
                ("hss.home.example", &[port("10.0.0.6:3868")][..]),
                ("scscf.home.example", &[port("10.0.0.5:5060"), host(5)]),
                ("edge", &[host(3)]),
                ("database", &[port("10.0.0.6:3868")]),
            ]
        );
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
