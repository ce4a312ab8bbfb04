//! Diameter dictionaries in the ABNF notation of RFC 6733, and the Rust made from them.
//!
//! [`Dictionary::read`] reads one file (its notation stands in `notation.rs`) and [`Dictionary::notation`] writes it; [`rust::source`]
//! writes the typed commands, groups and enumerations; [`generate`] does both for every dictionary
//! of the repository.

mod dictionary;
mod generate;
mod notation;
mod read;
pub mod rust;
mod write;

pub use dictionary::{
    Avp, Command, DataType, Dictionary, Disclosure, Enumeration, EnumerationKind, Group, MBit,
    Member, Vendor,
};
pub use generate::{GenerateError, Mode, Outcome, dictionaries, generate};
pub use read::{MAX_GROUP_DEPTH, ReadError};
