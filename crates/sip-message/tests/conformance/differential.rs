//! The same octets through rsip: what it makes of them otherwise than we do is a row of `DIFFERENCES.md`.

use std::path::Path;

use bytes::Bytes;
use rsip::headers::{ToTypedHeader, UntypedHeader};
use rsip::message::{HasHeaders, HeadersExt};
use sip_message::{CSeq, CallId, Contact, From, Message, To, Via, validate};

use crate::rfc4475::messages::ALL;

const TABLE: &str = include_str!("../../DIFFERENCES.md");

/// What both are asked for.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    call_id: String,
    cseq: (u32, String),
    /// URI of From and To, then of each Contact, without parameters and case.
    uris: Vec<String>,
    vias: usize,
}

/// Without what each prints in its own way: parameters, case of scheme and host.
fn bare(uri: &str) -> String {
    uri.split([';', '?'])
        .next()
        .unwrap_or("")
        .to_ascii_lowercase()
}

/// A verdict in a word, and what was read where it is good.
fn ours(octets: &Bytes) -> (String, Option<Said>) {
    let Ok(message) = Message::parse(octets.clone()) else {
        return ("dropped".to_owned(), None);
    };
    if let Err(invalid) = validate(&message) {
        return (invalid.status.to_string(), None);
    }
    let mut uris = vec![
        bare(message.read::<From<'_>>().unwrap().unwrap().uri),
        bare(message.read::<To<'_>>().unwrap().unwrap().uri),
    ];
    for contact in message.read_all::<Contact<'_>>() {
        uris.extend(contact.unwrap().address().map(|address| bare(address.uri)));
    }
    let cseq = message.read::<CSeq<'_>>().unwrap().unwrap();
    let said = Said {
        call_id: message.read::<CallId<'_>>().unwrap().unwrap().0.to_owned(),
        cseq: (cseq.seq, cseq.method.to_string()),
        uris,
        vias: message.read_all::<Via<'_>>().count(),
    };
    ("valid".to_owned(), Some(said))
}

fn theirs(octets: &Bytes) -> (String, Option<Said>) {
    match read_by_rsip(octets) {
        Ok(said) => ("valid".to_owned(), Some(said)),
        Err(_) => ("refused".to_owned(), None),
    }
}

fn read_by_rsip(octets: &Bytes) -> Result<Said, rsip::Error> {
    let message = rsip::SipMessage::try_from(&octets[..])?;
    let mut uris = vec![
        bare(&message.from_header()?.typed()?.uri.to_string()),
        bare(&message.to_header()?.typed()?.uri.to_string()),
    ];
    let mut vias = 0;
    for header in message.headers().iter() {
        match header {
            rsip::Header::Contact(contact) => uris.push(bare(&contact.typed()?.uri.to_string())),
            rsip::Header::Via(via) => {
                via.typed()?;
                vias += 1;
            }
            _ => {}
        }
    }
    let cseq = message.cseq_header()?.typed()?;
    Ok(Said {
        call_id: message.call_id_header()?.value().to_owned(),
        cseq: (cseq.seq, cseq.method.to_string()),
        uris,
        vias,
    })
}

/// The torture messages and the seeds of the fuzz targets.
fn inputs() -> Vec<(String, Bytes)> {
    let mut inputs: Vec<_> = ALL
        .iter()
        .map(|(_, name, octets)| ((*name).to_owned(), octets()))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/sip_message");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        inputs.push((name, std::fs::read(&path).unwrap().into()));
    }
    inputs
}

/// The first three cells of every row.
fn rows() -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    for line in TABLE.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, name, ours, theirs, why, _] = &cells[..] else {
            panic!("{line}")
        };
        assert!(why.len() > 10, "no reason: {line}");
        rows.push([name.clone(), ours.clone(), theirs.clone()]);
    }
    rows
}

#[test]
fn every_difference_is_explained() {
    let mut found = Vec::new();
    for (name, octets) in inputs() {
        let ((verdict, said), (their_verdict, their_said)) = (ours(&octets), theirs(&octets));
        let is_same = match (&said, &their_said) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            let theirs = if said.is_some() && their_said.is_some() {
                "read otherwise".to_owned()
            } else {
                their_verdict
            };
            found.push([name, verdict, theirs]);
        }
    }
    assert_eq!(found, rows());
}
