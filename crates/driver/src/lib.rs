//! Tasks, timers, mailboxes and randomness for the stacks, generic over one [`io::Io`].
//!
//! A shard is one thread with one tokio runtime of that thread: nothing here is `Send`,
//! nothing is locked, and a `RefCell` is never borrowed across an `await`.

pub mod diameter;
pub mod dns;
pub mod hash;
pub mod io;
pub mod locate;
pub mod sip;
pub mod task;
pub mod timer_queue;
pub mod turns;

pub use task::spawn;
