//! Every shipped example is valid, and one that was tampered with is not.

use std::fs;
use std::path::{Path, PathBuf};

use process::Element;
use process::config::{LoadError, parse};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/lab.example")
}

/// What `--check` does with a file of an element.
fn check(element: &str, text: &str) -> Result<(), LoadError> {
    fn by<E: Element>(text: &str) -> Result<(), LoadError> {
        parse::<E::Config>(Path::new("example.toml"), text.to_owned()).map(drop)
    }
    match element {
        "ue" => by::<ue::Ue>(text),
        "pcscf" => by::<pcscf::Pcscf>(text),
        "icscf" => by::<icscf::Icscf>(text),
        "scscf" => by::<scscf::Scscf>(text),
        "hss" => by::<hss::Hss>(text),
        other => panic!("no element has the configuration {other}.toml"),
    }
}

fn examples() -> Vec<(String, String)> {
    let files = fs::read_dir(directory()).expect("the examples are there");
    let mut examples = Vec::new();
    for file in files {
        let path = file.expect("readable").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let element = path
                .file_stem()
                .expect("named")
                .to_string_lossy()
                .into_owned();
            examples.push((element, fs::read_to_string(&path).expect("text")));
        }
    }
    examples
}

#[test]
fn every_example_is_valid() {
    let examples = examples();
    assert_eq!(examples.len(), 5);
    for (element, text) in examples {
        if let Err(error) = check(&element, &text) {
            panic!("{element}.toml: {error}");
        }
    }
}

#[test]
fn an_example_with_any_key_misspelt_is_refused_and_the_key_named() {
    for (element, text) in examples() {
        for (number, line) in text.lines().enumerate() {
            let Some((key, _)) = line.split_once(" = ") else {
                continue;
            };
            // The keys of a table of names are the operator's.
            if line.starts_with(['#', '"']) {
                continue;
            }
            let misspelt = format!("{key}x");
            let lines = text
                .lines()
                .enumerate()
                .map(|(at, line)| match at == number {
                    true => line.replacen(key, &misspelt, 1),
                    false => line.to_owned(),
                });
            let lines: Vec<String> = lines.collect();
            let Err(error) = check(&element, &lines.join("\n")) else {
                panic!("{element}.toml with {misspelt} is taken");
            };
            assert!(error.to_string().contains(key), "{element}.toml: {error}");
        }
    }
}

#[test]
fn the_subscribers_are_valid_and_the_phone_is_one() {
    let text = fs::read(directory().join("subscribers.json")).expect("readable");
    let subscriptions = match hss::subscriber_file::parse(&text) {
        Ok(subscriptions) => subscriptions,
        Err(fault) => panic!("subscribers.json: {fault}"),
    };
    let impis: Vec<&str> = subscriptions
        .iter()
        .flat_map(|subscription| &subscription.private_identities)
        .map(|identity| identity.impi.as_str())
        .collect();
    assert_eq!(impis, ["alice@home.example", "bob@home.example"]);
    let (text, phone) = (
        String::from_utf8_lossy(&text),
        fs::read_to_string(directory().join("ue.toml")),
    );
    let phone = phone.expect("readable");
    let password = phone
        .lines()
        .find_map(|line| line.strip_prefix("password = "));
    assert!(text.contains(password.expect("a password")));
}
