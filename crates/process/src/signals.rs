//! SIGTERM and SIGINT end the process; SIGHUP reads its configuration again.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that this process listens to.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

impl Signals {
    /// Takes the signals over; from here on none of them ends the process by itself.
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal.
    pub(crate) async fn next(&mut self) -> Asked {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hang_up.recv() => Asked::Reload,
        }
    }

    /// The next SIGTERM or SIGINT; a SIGHUP on the way is answered in the log.
    pub(crate) async fn stop(&mut self) {
        while self.next().await == Asked::Reload {
            tracing::warn!("SIGHUP comes while starting, stopping or reloading: send it again");
        }
    }
}
