//! Tasks, timers, mailboxes and randomness for the stacks, generic over one Io.
