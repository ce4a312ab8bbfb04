//! The committed modules are what `cargo xtask generate` makes from the dictionaries.

use std::path::Path;

use diameter_abnf::{Mode, generate};

#[test]
fn generated_code_is_current() {
    let codec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../diameter-codec");
    let outcome = generate(&codec, Mode::Check).expect("the dictionaries can be read");
    assert!(
        outcome.changed.is_empty(),
        "run `cargo xtask generate`: {:?}",
        outcome.changed
    );
    assert!(!outcome.current.is_empty());
}
