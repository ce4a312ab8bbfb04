//! One node's side of a capture, played against a live element: `flow replay`.
//!
//! [`Plan`] takes out of the events of a capture what the node and its peer said to each other. A [`Player`] goes
//! through it: it rewrites what must differ in what the node sends (`sip.rs`, `diameter.rs`), waits for what the peer
//! said, and compares that with what the live element says, field by field. It has no clock and no socket: [`run`]
//! gives it those by [`driver::io::Io`].

mod addresses;
mod asking;
mod credentials;
mod diameter;
mod difference;
mod error;
mod names;
mod plan;
mod player;
mod renamed;
mod repeats;
mod run;
mod sip;

pub use crate::diameter::Origin;
pub use crate::sip::CallIds;
pub use credentials::{Credentials, CredentialsError};
pub use difference::{Difference, Shown};
pub use error::ReplayError;
pub use names::{Names, Place};
pub use plan::{MAX_OCTETS, MAX_TURNS, Meeting, Over, Plan};
pub use player::{
    Action, Again, MAX_ACCEPTED, MAX_DIFFERENCES, MAX_OPEN, MAX_REMEMBERED_OCTETS, MAX_WAITING,
    MAX_WAITING_OCTETS, Outcome, Pause, Player, Sending, Wishes,
};
pub use run::{Pace, Settings, run};
