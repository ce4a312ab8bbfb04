//! `cargo xtask generate`: the committed modules are current, and what is not is told.

use std::fs;
use std::path::{Path, PathBuf};

use diameter_abnf::{GenerateError, Mode, generate};

fn codec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../diameter-codec")
}

#[test]
fn generated_code_is_current() {
    let outcome = generate(&codec(), Mode::Check).expect("the dictionaries can be read");
    assert!(
        outcome.changed.is_empty(),
        "run `cargo xtask generate`: {:?}",
        outcome.changed
    );
    assert_eq!(outcome.current.len(), 2);
}

/// A copy of the dictionaries, with `from` replaced in the one of Cx.
fn copy(name: &str, from: &str, to: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for folder in ["dictionaries", "src/generated"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
        for entry in fs::read_dir(codec().join(folder)).expect("the folder") {
            let entry = entry.expect("a file");
            let text = fs::read_to_string(entry.path()).expect("text");
            let text = match entry.file_name() == "cx.dia" {
                true => text.replacen(from, to, 1),
                false => text,
            };
            fs::write(root.join(folder).join(entry.file_name()), text).expect("a file");
        }
    }
    root
}

/// A private AVP is a vendor, a line of the table and a member.
#[test]
fn a_private_avp_is_found_stale_and_then_made() {
    let root = copy(
        "private_avp",
        "* [ AVP ]\n\nSubscription-Info",
        "[ Hue ]\n    * [ AVP ]\n\nSubscription-Info",
    );
    let cx = root.join("dictionaries/cx.dia");
    let text = fs::read_to_string(&cx).expect("text");
    assert!(text.contains("[ Hue ]"));
    let private = "@vendor Example 99999\n@avps\nHue 1 Unsigned32 clear Example\n";
    fs::write(&cx, text + private).expect("a file");

    let module = root.join("src/generated/cx.rs");
    let before = fs::read_to_string(&module).expect("text");
    let check = generate(&root, Mode::Check).expect("a right dictionary");
    assert_eq!(check.changed, std::slice::from_ref(&module));
    assert_eq!(
        fs::read_to_string(&module).expect("text"),
        before,
        "only checked"
    );

    let write = generate(&root, Mode::Write).expect("a right dictionary");
    assert_eq!(write.changed, std::slice::from_ref(&module));
    let after = fs::read_to_string(&module).expect("text");
    assert!(after.contains("pub hue: Option<u32>"));
    assert!(after.contains("pub const HUE: AvpCode = AvpCode::new(99999, 1)"));
    assert!(
        generate(&root, Mode::Check)
            .expect("a right dictionary")
            .changed
            .is_empty()
    );
}

#[test]
fn an_unreadable_dictionary_is_named_with_its_line() {
    let root = copy("unreadable", "{ Path }", "{ Pathe }");
    let error = generate(&root, Mode::Write).expect_err("no such AVP");
    assert!(matches!(error, GenerateError::Dictionary { .. }));
    let text = error.to_string();
    assert!(text.contains("cx.dia: line "), "{text}");
    assert!(
        text.ends_with("no AVP `Pathe` in this dictionary or its imports"),
        "{text}"
    );
}
