//! `cargo xtask`: test, bench, fuzz, generate.
fn main() {}
