//! Tasks, timers, mailboxes and randomness for the stacks, generic over one [`io::Io`].

pub mod io;
