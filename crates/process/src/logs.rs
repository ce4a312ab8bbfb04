//! Logs go to standard error, so that standard output is free for a capture.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::TryInitError;

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads a level or a filter such as `info,sip_stack=trace`.
pub(crate) fn parse_filter(text: &str) -> Result<String, String> {
    EnvFilter::builder().parse(text).map(|_| text.to_owned()).map_err(|error| {
        format!("{error}; write a level (error, warn, info, debug, trace) or MODULE=LEVEL, comma-separated")
    })
}

/// Starts the log of this process.
pub(crate) fn start(filter: &str, format: LogFormat) {
    let lines = fmt()
        .with_env_filter(EnvFilter::builder().parse_lossy(filter))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let started: Result<(), TryInitError> = match format {
        LogFormat::Text => lines.finish().try_into_global(),
        LogFormat::Json => lines.json().flatten_event(true).finish().try_into_global(),
    };
    // Only a second start in one process (a test) finds a log there already; it then goes on as it is.
    let _ = started;
}

trait IntoGlobal {
    fn try_into_global(self) -> Result<(), TryInitError>;
}

impl<S: tracing_subscriber::util::SubscriberInitExt> IntoGlobal for S {
    fn try_into_global(self) -> Result<(), TryInitError> {
        self.try_init()
    }
}
