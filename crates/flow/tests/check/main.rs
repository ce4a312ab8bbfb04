//! `Checker` on captures: each kind of fault kept out and brought in, limits, and the captures of the repository.

mod calls;
mod capture_made;
mod cx;
mod diameter;
mod hops;
mod kinds;
mod pcaps;
mod remembered;
mod sip;
mod times;
