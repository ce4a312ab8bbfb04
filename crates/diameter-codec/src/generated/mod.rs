//! Modules made from the dictionaries.

#[allow(
    unused_imports,
    reason = "what a module uses depends on its dictionary"
)]
pub mod base;
#[allow(
    unused_imports,
    reason = "what a module uses depends on its dictionary"
)]
pub mod cx;
