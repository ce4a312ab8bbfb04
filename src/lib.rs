//! Wayfarer: the binaries in `bins/` and the tests in `tests/`; the code is in `crates/`.
