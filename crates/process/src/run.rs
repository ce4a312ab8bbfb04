//! From the command line to the exit status.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use capture::Recorder;
use net::{Capture, Sink};

use crate::config::{self, LoadError, Loaded};
use crate::element::{Element, StartError};
use crate::exit;
use crate::flags::Flags;
use crate::life::{live, sharded};
use crate::logs;
use crate::shard::Shard;
use crate::token;

/// Runs `E` by `args`, which begin after the program's name.
///
/// The status is one of [`crate::exit`]; what is wrong stands on standard error.
pub fn run_with_args<E: Element>(args: impl Iterator<Item = OsString>) -> ExitCode {
    match run::<E>(args) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(failure) => {
            // Nobody may read it any more: no reason to panic.
            let _ = writeln!(io::stderr(), "{}: {failure}", E::NAME);
            ExitCode::from(failure.status())
        }
    }
}

/// Why the process ends with another status than 0.
#[derive(Debug)]
pub(crate) enum Failure {
    Usage(String),
    Config(LoadError),
    Unavailable(String),
    Internal(String),
}

impl Failure {
    fn status(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config(_) => exit::USAGE,
            Self::Unavailable(_) => exit::UNAVAILABLE,
            Self::Internal(_) => exit::SOFTWARE,
        }
    }

    /// The same, where it is about one of several shards.
    pub(crate) fn in_shard(self, shard: Shard, element: &str) -> Self {
        if shard.of == 1 {
            return self;
        }
        let name = shard.name(element);
        let of = |text: String| format!("shard {name}: {text}");
        match self {
            Self::Usage(text) => Self::Usage(of(text)),
            Self::Unavailable(text) => Self::Unavailable(of(text)),
            Self::Internal(text) => Self::Internal(of(text)),
            Self::Config(mut error) => {
                error.fault.problem = of(error.fault.problem);
                Self::Config(error)
            }
        }
    }

    /// `reading` finds the place in the file of a fault noticed on start.
    pub(crate) fn of_start(error: StartError, reading: &Loaded<()>) -> Self {
        match error {
            StartError::Config(fault) => Self::Config(reading.locate(fault)),
            StartError::Bind {
                purpose,
                address,
                source,
            } => {
                let advice = match source.kind() {
                    io::ErrorKind::AddrInUse => "stop that process or configure another port",
                    io::ErrorKind::AddrNotAvailable => {
                        "no interface of this host has that address: configure one that it has"
                    }
                    io::ErrorKind::PermissionDenied => {
                        "configure a port from 1024 up, or run with the right to bind it"
                    }
                    _ => "configure another address",
                };
                Self::Unavailable(format!(
                    "cannot listen at {address} for {purpose}: {source}\n  way out: {advice}"
                ))
            }
            failed @ StartError::Failed { .. } => Self::Internal(failed.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Unavailable(text) | Self::Internal(text) => {
                out.write_str(text)
            }
            Self::Config(error) => error.fmt(out),
        }
    }
}

fn run<E: Element>(args: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let flags = match Flags::read(E::NAME, args) {
        Ok(flags) => flags,
        Err(asked) if exit::was_asked_for(&asked) => {
            let _ = write!(io::stdout(), "{asked}");
            return Ok(());
        }
        Err(wrong) => return Err(Failure::Usage(wrong.to_string().trim_end().to_owned())),
    };
    let loaded = config::read::<E::Config>(&flags.config).map_err(Failure::Config)?;
    if flags.check {
        E::check_files(&loaded.element).map_err(|fault| Failure::Config(loaded.locate(fault)))?;
        if let Some(file) = &loaded.admin.token_file {
            token::read(file).map_err(|fault| Failure::Config(loaded.locate(fault)))?;
        }
        let (config, reading) = loaded.split();
        sharded::<E>(config, reading.threads)
            .map_err(|fault| Failure::Config(reading.locate(fault)))?;
        let _ = writeln!(io::stdout(), "{}: valid", flags.config.display());
        return Ok(());
    }
    logs::start(&flags.log, flags.log_format);
    let capture = flags
        .capture
        .as_deref()
        .or(loaded.capture.file.as_deref())
        .map(Path::to_owned);
    let capture = capture.map(|path| capture_to(E::NAME, &path)).transpose()?;
    let lived = net::run(live::<E>(loaded, capture.clone()));
    if capture.is_some_and(|capture| !capture.is_written(CAPTURE_END)) {
        tracing::warn!("the capture's reader is too slow: the end of the capture is cut off");
    }
    lived.map_err(|error| Failure::Internal(format!("no event loop: {error}")))?
}

/// How long the capture may take to be written when all else has ended.
const CAPTURE_END: Duration = Duration::from_secs(1);

fn capture_to(element: &str, path: &Path) -> Result<Capture, Failure> {
    let sink = if path == Path::new("-") {
        Ok(Box::new(io::stdout()) as Sink)
    } else {
        private(path).map(|file| Box::new(file) as Sink)
    };
    let recorder = sink.and_then(|sink| Recorder::new(sink, element));
    recorder.and_then(Capture::new).map_err(|error| {
        Failure::Usage(format!(
            "cannot write the capture {}: {error}\n  way out: name a file that this user owns and may write, or leave it out",
            path.display()
        ))
    })
}

/// Empties the file at `path`, or makes it. Keys and passwords' hashes pass on Cx: nobody else is to read them, also where
/// the file was there before. A FIFO stays as it is, with whoever reads it.
fn private(path: &Path) -> io::Result<File> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}
