//! Texts that the reader of dictionaries trips over, of about any length; and reading them.

use std::fmt::Write as _;
use std::hint::black_box;

use diameter_abnf::{Dictionary, MAX_GROUP_DEPTH};
use instruction_count::Kind;

/// Every kind of text, by its name.
pub(crate) const KINDS: [Kind; 13] = [
    ("avps", |n| {
        text("@avps\n", n, |at| format!("N{at} {at} Time may -\n"))
    }),
    ("vendors", |n| {
        let both = |at| format!("@vendor V{at} {at}\n@avps\nN{at} 1 Time may V{at}\n");
        text("", n, both)
    }),
    ("values", |n| {
        let head = "@avps\nColour 1 Enumerated may -\n@enum Colour\n";
        text(head, n, |at| format!("C{at} {at}\n"))
    }),
    ("enumerations", |n| {
        text("", n, |at| {
            format!("@avps N{at} {at} Enumerated may -\n@enum N{at}\nA 1\n")
        })
    }),
    ("commands", |n| {
        let command = |at| format!("<C{at}-Answer> ::= < Diameter Header: {at} >\n");
        text("@commands\n", n, command)
    }),
    ("groups", |n| {
        text("", n, |at| {
            format!("@avps\nG{at} {at} Grouped may -\n@groups\nG{at} ::= < AVP Header: {at} >\n")
        })
    }),
    ("members", |n| {
        let head = String::from_utf8(text("@avps\n", n / 2, avp)).expect("text");
        let head = format!("{head}@commands\n<A-Answer> ::= < Diameter Header: 1 >\n");
        appended(head, n, |at| format!("[ N{at} ]\n"))
    }),
    ("any-members", |n| {
        text("@commands\n", n, |at| {
            format!("<C{at}-Answer> ::= < Diameter Header: 1 > * [AVP]\n")
        })
    }),
    ("layers-of-groups", layers),
    ("comments", |n| text("", n, |_| "; [ what ]\n".to_owned())),
    ("sections", |n| text("", n, |_| "@avps".to_owned())),
    ("spaces", |n| text("@avps", n, |_| " \t\r\n".to_owned())),
    ("broken-at-the-end", |n| {
        let mut text = text("@avps\n", n, avp);
        text.extend_from_slice("what ?é".as_bytes());
        text
    }),
];

fn avp(at: usize) -> String {
    format!("N{at} {at} Time may -\n")
}

/// `head`, and as many lines as make `length` octets.
fn text(head: &str, length: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    appended(format!("@application Test 1\n{head}"), length, line)
}

fn appended(mut text: String, length: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    let mut at = 0;
    // Numbers of equal length, so that twice the text has twice the lines.
    while at == 0 || text.len() < length {
        text.push_str(&line(10_000 + at));
        at += 1;
    }
    text.into_bytes()
}

/// As many layers of groups as there may be, each group holding all of the next layer.
fn layers(length: usize) -> Vec<u8> {
    const LAYERS: usize = MAX_GROUP_DEPTH - 1;
    // A layer has as many members as the square of its groups, of about 9 octets each.
    let width = ((length / (LAYERS * 9)) as f64).sqrt().max(1.0) as usize;
    let number = |layer: usize, at: usize| 10_000 + layer * 1_000 + at;
    let mut text = "@application Test 1\n@avps\n".to_owned();
    for layer in 0..LAYERS {
        for at in 0..width {
            let number = number(layer, at);
            let _ = writeln!(text, "G{number} {number} Grouped may -");
        }
    }
    text.push_str("@groups\n");
    for layer in 0..LAYERS {
        for at in 0..width {
            let own = number(layer, at);
            let _ = write!(text, "G{own} ::= < AVP Header: {own} >");
            for inner in (0..width).take_while(|_| layer + 1 < LAYERS) {
                let _ = write!(text, "[G{}]", number(layer + 1, inner));
            }
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// Reads it.
#[inline(never)]
pub(crate) fn read_everything(octets: &[u8]) {
    let text = std::str::from_utf8(octets).expect("text");
    let read = Dictionary::read(text, &[]);
    let _ = black_box(read.map(|read| read.groups.len()));
}
