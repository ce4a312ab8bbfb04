//! Dictionaries that are read, and dictionaries that are refused at their line and column.

use diameter_abnf::{DataType, Dictionary, EnumerationKind, MBit, ReadError, rust};

const RIGHT: &str = "\
; a comment
@application Test 16777999 Acme
@source TS 0.815 ; and another
@vendor Acme 4711

@avps
; name        code format      M      vendor
Session-Id     263 UTF8String  must   -
Colour          10 Enumerated  must   Acme
Marks           11 Unsigned32  clear  Acme
Box             12 Grouped     may    Acme
3D-Size         13 Unsigned64  clear  Acme

@enum Colour
RED 0
GREEN 1
@secret 3D-Size
@flags Marks
SCRATCHED 0
BENT 31

@groups
Box ::= < AVP Header: 12 4711 >
    { Colour }
    *2 [ 3D-Size ]
    * [ AVP ]

@commands
<Paint-Box-Request> ::= < Diameter Header: 900, REQ, PXY, 16777999 >
    < Session-Id >
    1* { Box }
    [ Marks ]

<Paint-Box-Answer> ::= < Diameter Header: 900, PXY >
    < Session-Id >
";

fn refused(text: &str) -> (usize, usize, String) {
    let ReadError {
        line,
        column,
        problem,
    } = Dictionary::read(text, &[]).expect_err("an unreadable dictionary");
    (line, column, problem)
}

/// The right dictionary with one part changed.
fn changed(from: &str, to: &str) -> (usize, usize, String) {
    assert_eq!(RIGHT.matches(from).count(), 1, "`{from}` is not one place");
    refused(&RIGHT.replace(from, to))
}

fn at(line: usize, column: usize, problem: &str) -> (usize, usize, String) {
    (line, column, problem.to_owned())
}

#[test]
fn everything_that_the_notation_can_say() {
    let dictionary = Dictionary::read(RIGHT, &[]).expect("a right dictionary");
    assert_eq!(
        (dictionary.name.as_str(), dictionary.application),
        ("Test", 16_777_999)
    );
    assert_eq!(dictionary.application_vendor, Some(4711));
    assert_eq!(dictionary.source, "TS 0.815");
    let avp = dictionary.avp("Box", &[]).expect("in the table");
    assert_eq!((avp.code, avp.vendor), (12, Some(4711)));
    assert_eq!((avp.data, avp.m_bit), (DataType::Grouped, MBit::May));
    assert_eq!(
        dictionary.avp("Session-Id", &[]).and_then(|avp| avp.vendor),
        None
    );
    assert_eq!(dictionary.enumerations[1].kind, EnumerationKind::Bits);
    assert_eq!(
        dictionary.enumerations[1].values[1],
        ("BENT".to_owned(), 31)
    );
    let notation: Vec<_> = dictionary.groups[0]
        .members
        .iter()
        .map(|m| m.notation())
        .collect();
    assert_eq!(notation, ["{ Colour }", "0*2 [ 3D-Size ]", "* [ AVP ]"]);
    let command = &dictionary.commands[0];
    assert_eq!(
        (command.code, command.request, command.proxiable),
        (Some(900), true, true)
    );
    let notation: Vec<_> = command.members.iter().map(|m| m.notation()).collect();
    assert_eq!(notation, ["< Session-Id >", "1* { Box }", "[ Marks ]"]);
    assert!(!dictionary.commands[1].request);
}

#[test]
fn imported_names_resolve() {
    let known = [Dictionary::read(RIGHT, &[]).expect("a right dictionary")];
    let text = "@application More 2\n@import Test\n@avps\nPallet 14 Grouped clear Acme\n\
                @groups\nPallet ::= < AVP Header: 14 4711 > * [ Box ]\n";
    let more = Dictionary::read(text, &known).expect("imports");
    assert_eq!(more.avp("Box", &known).map(|avp| avp.code), Some(12));
    let made = rust::source(&more, &known);
    assert!(made.contains("pub r#box: Many<'a, test::Box<'a>>") || made.contains("test::Box<'a>"));
    let error = Dictionary::read(&text.replace("Test", "Rest"), &known).expect_err("no such");
    assert_eq!(
        error.to_string(),
        "line 2, column 9: no dictionary `Rest` to import"
    );
}

#[test]
fn words_that_cannot_stand_there() {
    assert_eq!(
        refused("hello"),
        at(
            1,
            1,
            "expected a section: @application, @source, @import, @vendor, @avps, @enum, @flags, \
             @secret, @commands or @groups, found `hello`"
        )
    );
    assert_eq!(
        changed("16777999 Acme", "many"),
        at(2, 19, "expected its Application-Id, found `many`")
    );
    assert_eq!(
        changed("Colour          10 ", "Colour          ten "),
        at(9, 17, "expected an AVP Code, found `ten`")
    );
    assert_eq!(
        changed("Enumerated  must", "Enumeration must"),
        at(
            9,
            20,
            "expected a data format of RFC 6733 §4.2 or §4.3, found `Enumeration`"
        )
    );
    assert_eq!(
        changed("clear  Acme\nBox", "maybe  Acme\nBox"),
        at(
            10,
            32,
            "expected the rule for the M bit: must, may or clear, found `maybe`"
        )
    );
    assert_eq!(
        changed("{ Colour }", "{ Colour ]"),
        at(24, 14, "expected } after the name of the AVP, found `]`")
    );
    assert_eq!(
        changed("*2 [ 3D-Size ]", "*2 3D-Size"),
        at(25, 8, "expected {, [ or < after *, found `3D-Size`")
    );
    assert_eq!(
        changed("[ Marks ]", "( Marks )"),
        at(
            32,
            5,
            "expected a member such as { Name }, [ Name ] or * [ Name ], found `(`"
        )
    );
    assert_eq!(
        changed("Header: 900, REQ", "Header: x, REQ"),
        at(29, 44, "expected a Command Code, found `x,`")
    );
    assert_eq!(
        changed("PXY >\n    < Session-Id >\n", "PXY >\n    < Session-Id"),
        at(
            35,
            17,
            "expected > after the name of the AVP, found the end of the file"
        )
    );
}

#[test]
fn names_that_do_not_resolve() {
    assert_eq!(
        changed("{ Colour }", "{ Color }"),
        at(24, 7, "no AVP `Color` in this dictionary or its imports")
    );
    assert_eq!(
        changed("10 Enumerated  must   Acme", "10 Enumerated  must   Ajax").0,
        9
    );
    assert_eq!(
        changed("@enum Colour\nRED 0\nGREEN 1", ""),
        at(9, 1, "`Colour` is Enumerated, but has no @enum")
    );
    assert_eq!(
        refused("@avps\n"),
        at(2, 1, "expected an @application section")
    );
}

#[test]
fn contradictions() {
    assert_eq!(
        changed(
            "<Paint-Box-Answer> ::= < Diameter Header: 900, PXY >",
            "<Paint-Lid-Request> ::= < Diameter Header: 900, REQ >"
        )
        .2,
        "Command Code 900 is taken by `Paint-Box-Request`"
    );
    assert_eq!(
        changed("Marks           11", "Marks           10"),
        at(10, 1, "AVP Code 10 is taken by `Colour`")
    );
    assert_eq!(
        changed("3D-Size         13", "Box             13").2,
        "AVP `Box` is defined twice"
    );
    assert_eq!(
        changed("GREEN 1", "GREEN 0").2,
        "`GREEN` or its number is given twice"
    );
    assert_eq!(changed("BENT 31", "BENT 32"), at(20, 1, "a bit is 0 to 31"));
    assert_eq!(
        changed("< AVP Header: 12 4711 >", "< AVP Header: 12 >").2,
        "code or vendor differ from the AVP table"
    );
    assert_eq!(
        changed("*2 [ 3D-Size ]", "2*1 [ 3D-Size ]").2,
        "a minimum is 0 or 1, a maximum not below it"
    );
    assert_eq!(
        changed("1* { Box }", "0* { Box }").2,
        "the number and the brackets contradict each other"
    );
    assert_eq!(changed("[ Marks ]", "[ Box ]").2, "`Box` stands here twice");
    assert_eq!(
        changed("<Paint-Box-Answer>", "<Paint-Box-Reply>").2,
        "the name does not end in -Answer, as its flags say"
    );
    assert_eq!(
        changed("PXY, 16777999 >", "PXY, 6 >").2,
        "Application-Id 6 is not that of this file"
    );
    assert_eq!(
        changed("@enum Colour", "@enum 3D-Size").2,
        "`3D-Size` is neither Enumerated nor Unsigned32"
    );
}

/// A code that an import has is no other AVP's: most likely the vendor was forgotten.
#[test]
fn a_code_of_an_import_is_taken() {
    let known = [Dictionary::read(RIGHT, &[]).expect("a right dictionary")];
    let read = |avp: &str| {
        let text = format!("@application More 2\n@import Test\n@avps\n{avp}\n");
        Dictionary::read(&text, &known).map(|more| more.avps.len())
    };
    assert_eq!(
        read("Stain 263 Unsigned32 clear -").map_err(|error| error.to_string()),
        Err("line 4, column 1: AVP Code 263 is taken by `Session-Id`".to_owned())
    );
    assert_eq!(read("Stain 263 Unsigned32 clear Acme"), Ok(1));
    assert_eq!(read("Session-Id 263 UTF8String clear -"), Ok(1));
}

/// Of a group that is secret as a whole, `Debug` of its type shows no value.
#[test]
fn a_secret_group_is_concealed() {
    let made = |secret: &str| {
        let text = RIGHT.replace("@secret 3D-Size", secret);
        rust::source(&Dictionary::read(&text, &[]).expect("right"), &[])
    };
    let secret = made("@secret Box");
    for shown in [
        ".field(\"colour\", &Concealed)",
        ".field(\"extra\", &Concealed)",
        "&vec![Concealed; self.box.len()]",
    ] {
        assert!(secret.contains(shown), "{shown} in {secret}");
    }
    assert!(made("@secret 3D-Size").contains(".field(\"colour\", &self.colour)"));
}

/// What is generated reads groups by recursion, which only the grammar bounds.
#[test]
fn groups_in_a_circle_are_refused() {
    assert_eq!(
        changed("*2 [ 3D-Size ]", "* [ Box ]"),
        at(23, 1, "groups nest deeper than 8, or in a circle")
    );
    let chain = |length: u32| {
        let mut text = "@application Deep 1\n@avps\nLeaf 1 Unsigned32 must -\n".to_owned();
        for n in 0..length {
            text += &format!("G{n} {} Grouped must -\n", 100 + n);
        }
        text += "@groups\n";
        for n in 0..length {
            let inner = if n + 1 < length {
                format!("G{}", n + 1)
            } else {
                "Leaf".to_owned()
            };
            text += &format!("G{n} ::= < AVP Header: {} > {{ {inner} }}\n", 100 + n);
        }
        Dictionary::read(&text, &[]).map(|_| ())
    };
    assert!(chain(7).is_ok());
    assert!(chain(9).is_err());
}

/// Each group is looked into once, however many ways lead to it.
#[test]
fn a_group_that_many_hold_is_read_in_time() {
    let name = |layer: usize, at: usize| format!("G{layer}-{at}");
    let (mut avps, mut groups) = (String::new(), String::new());
    for layer in 0..7 {
        for at in 0..30 {
            let (name_here, code) = (name(layer, at), 100 * layer + at);
            avps += &format!("{name_here} {code} Grouped may -\n");
            groups += &format!("{name_here} ::= < AVP Header: {code} >\n");
            for inner in 0..30 {
                groups += &match layer {
                    6 => String::new(),
                    _ => format!("[ {} ]\n", name(layer + 1, inner)),
                };
            }
        }
    }
    let text = format!("@application Deep 1\n@avps\n{avps}@groups\n{groups}");
    let read = Dictionary::read(&text, &[]).expect("a dictionary");
    assert_eq!(read.groups.len(), 210);
    // Nothing in them borrows.
    assert!(!rust::source(&read, &[]).contains("G0_0: Option<G0_0<'a>>"));
}

#[test]
fn a_name_is_defined_once() {
    assert_eq!(
        changed("@vendor Acme 4711", "@vendor Acme 4711\n@vendor Acme 4712"),
        at(5, 9, "vendor `Acme` is defined twice")
    );
    assert_eq!(
        changed("@secret 3D-Size", "@secret 3D-Size Size"),
        at(17, 17, "no AVP `Size` in this dictionary")
    );
    assert_eq!(
        changed("@vendor Acme 4711", "@vendor Acme 4711\n@vendor - 4712"),
        at(5, 9, "`-` stands for no vendor")
    );
    assert_eq!(
        changed(
            "@vendor Acme 4711",
            "@vendor Acme 4711\n@application Rest 2"
        ),
        at(5, 14, "a second application; it needs a file of its own")
    );
    let base = Dictionary::read("@application Base 0", &[]).expect("a dictionary");
    let twice = Dictionary::read("@application Test 1\n@import Base\n@import Base", &[base]);
    assert_eq!(
        twice.expect_err("a second import").to_string(),
        "line 3, column 9: `Base` is imported twice"
    );
}

/// What is read can be written, and read again.
#[test]
fn every_dictionary_is_written_and_read_again() {
    let right = Dictionary::read(RIGHT, &[]).expect("a dictionary");
    let written = right.notation(&[]);
    assert_eq!(Dictionary::read(&written, &[]), Ok(right), "{written}");
    for line in [
        "3D-Size 13 Unsigned64 clear Acme",
        "    0*2 [ 3D-Size ]",
        "    1* { Box }",
        "    * [ AVP ]",
    ] {
        assert!(
            written.lines().any(|found| found == line),
            "{line} in {written}"
        );
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../diameter-codec");
    let known = diameter_abnf::dictionaries(folder.as_ref()).expect("the dictionaries");
    for dictionary in &known {
        let written = dictionary.notation(&known);
        let again = Dictionary::read(&written, &known);
        assert_eq!(again.as_ref(), Ok(dictionary), "{written}");
    }
}
