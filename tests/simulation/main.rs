//! The whole network in virtual time, over links that lose, double and overtake, with elements that crash.
//!
//! `first_registrations`: each phone registers, and ends registered or in a clear failure. `agreement`: phones
//! register, refresh, remove, move and fall silent while elements crash and links are cut; once things are quiet,
//! registrar, HSS, P-CSCF and what the phones were told agree.

mod agreement;
mod elements;
mod first_registrations;
mod history;
mod ledger;
mod phone;
mod users;
mod wire;
