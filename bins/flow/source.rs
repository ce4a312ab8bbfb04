//! The capture that is read: a file, or what comes through a pipe.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use capture::ReadError;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use process::exit;

/// Who is done by then sees no progress.
const QUIET_FOR: Duration = Duration::from_millis(500);

/// Octets between two looks at the clock.
const STEP: u64 = 1 << 20;

/// Where a capture comes from.
pub(crate) struct Source {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    /// Can be read from the beginning again.
    File(File, u64),
    /// What was read is gone.
    Stream(Box<dyn Read>),
}

impl Source {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(path: &Path) -> io::Result<Source> {
        let path = path.to_owned();
        if path.as_os_str() == "-" {
            let kind = Kind::Stream(Box::new(io::stdin().lock()));
            return Ok(Source { path, kind });
        }
        let file = File::open(&path)?;
        let about = file.metadata()?;
        let kind = match about.is_file() {
            true => Kind::File(file, about.len()),
            false => Kind::Stream(Box::new(file)),
        };
        Ok(Source { path, kind })
    }

    /// As it is called in messages.
    pub(crate) fn name(&self) -> String {
        match self.path.as_os_str() == "-" {
            true => "standard input".to_owned(),
            false => self.path.display().to_string(),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same from its beginning, for one more reading; nothing of a stream.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn again(&self) -> io::Result<Option<Source>> {
        match self.kind {
            Kind::File(..) => Source::open(&self.path).map(Some),
            Kind::Stream(_) => Ok(None),
        }
    }

    /// What is read.
    pub(crate) fn reader(self, watched: Watched) -> Tracked {
        let (source, length): (Box<dyn Read>, _) = match self.kind {
            Kind::File(file, length) => (Box::new(file), Some(length)),
            Kind::Stream(stream) => (stream, None),
        };
        Tracked {
            source,
            progress: Progress::new(length, watched),
            unseen: 0,
        }
    }
}

/// The exit status where a capture could not be read, or not to its end.
pub(crate) fn status(error: &ReadError) -> u8 {
    match error {
        ReadError::Io(_) => exit::IO,
        _ => exit::DATA,
    }
}

/// What is shown of how far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watched {
    /// A bar with these words, on standard error where that is a terminal.
    As(&'static str),
    /// Nothing: what is drawn comes on the same terminal.
    Not,
}

/// A source whose progress is shown.
pub(crate) struct Tracked {
    source: Box<dyn Read>,
    progress: Progress,
    unseen: u64,
}

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = self.source.read(buffer)?;
        self.unseen += octets as u64;
        if self.unseen >= STEP {
            self.progress.advance(self.unseen);
            self.unseen = 0;
        }
        Ok(octets)
    }
}

struct Progress {
    bar: ProgressBar,
    is_pending: bool,
}

impl Progress {
    fn new(length: Option<u64>, watched: Watched) -> Progress {
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        let template = match length {
            Some(_) => "{msg} {bytes} of {total_bytes} [{wide_bar}] {bytes_per_sec}, {eta} to go",
            None => "{msg} {bytes} {spinner} {bytes_per_sec}",
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(template).expect("a template of ours"));
        if let Watched::As(doing) = watched {
            bar.set_message(doing);
        }
        Progress {
            bar,
            is_pending: watched != Watched::Not,
        }
    }

    fn advance(&mut self, octets: u64) {
        self.bar.inc(octets);
        if self.is_pending && self.bar.elapsed() >= QUIET_FOR {
            self.is_pending = false;
            // It draws nothing where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
