//! Reading a configuration file into an element's type.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeTable;

use super::own::{OWN_KEYS, Own};
use super::place::{self, Depth, Step};
use super::wording;
use super::{AdminSection, CaptureSection, Check, ConfigFault};

/// The longest file that is read, in octets.
pub const MAX_FILE: u64 = 1 << 20;

/// A configuration that is valid.
#[derive(Debug, Clone)]
pub struct Loaded<C> {
    /// What the element reads.
    pub element: C,
    /// `threads`: shards, each on a thread of its own.
    pub threads: u16,
    /// `stop_within_ms`: how long what is under way has to finish.
    pub stop_within: Duration,
    /// `[admin]`.
    pub admin: AdminSection,
    /// `[capture]`.
    pub capture: CaptureSection,
    source: Source,
}

/// A configuration that cannot be used: where, which key, what is wrong, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1; none where it is about no line.
    pub line: Option<usize>,
    /// The key and what is wrong with it.
    pub fault: Box<ConfigFault>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
        }
        let colon = if self.fault.key.is_empty() { ":" } else { ": " };
        write!(out, "{colon}{}", self.fault)
    }
}

impl std::error::Error for LoadError {}

/// The text that a configuration was read from, to find its keys again.
#[derive(Debug, Clone)]
struct Source {
    file: PathBuf,
    text: String,
}

impl<C> Loaded<C> {
    /// Says where in the file a fault is that was only noticed on start.
    pub fn locate(&self, fault: ConfigFault) -> LoadError {
        self.source.locate(fault)
    }

    /// The file that it was read from.
    pub(crate) fn file(&self) -> &Path {
        &self.source.file
    }

    /// The keys whose values are others than in `before`; a list counts as one value.
    pub(crate) fn changed_from<D>(&self, before: &Loaded<D>) -> Vec<String> {
        let table = |source: &Source| toml::from_str(&source.text).unwrap_or_default();
        place::changed(&table(&before.source), &table(&self.source))
    }

    /// The configuration for the element, and what remains to explain its faults.
    pub fn split(self) -> (C, Loaded<()>) {
        let Self {
            element,
            threads,
            stop_within,
            admin,
            capture,
            source,
        } = self;
        (
            element,
            Loaded {
                element: (),
                threads,
                stop_within,
                admin,
                capture,
                source,
            },
        )
    }
}

/// Reads and checks `file`.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read<C: DeserializeOwned + Check>(file: &Path) -> Result<Loaded<C>, LoadError> {
    let unreadable = |problem: String, way_out: &str| LoadError {
        file: file.to_owned(),
        line: None,
        fault: Box::new(ConfigFault::new("", "", problem, way_out)),
    };
    let length = std::fs::metadata(file)
        .map_err(|error| {
            unreadable(
                format!("cannot be read: {error}"),
                "name a file that is there: --config FILE",
            )
        })?
        .len();
    if length > MAX_FILE {
        return Err(unreadable(
            format!("is {length} octets long; {MAX_FILE} is the limit"),
            "name the configuration file, not another one",
        ));
    }
    let text = std::fs::read_to_string(file).map_err(|error| {
        unreadable(
            format!("cannot be read: {error}"),
            "write it as UTF-8 text that this user may read",
        )
    })?;
    let mut loaded = parse::<C>(file, text)?;
    // Whoever names a file in the configuration means one beside it, wherever the process is started.
    let beside = file.parent().unwrap_or(Path::new(""));
    for path in loaded.element.paths() {
        *path = beside.join(&path);
    }
    if let Some(path) = loaded
        .capture
        .file
        .as_mut()
        .filter(|path| *path != Path::new("-"))
    {
        *path = beside.join(&path);
    }
    if let Some(path) = loaded.admin.token_file.as_mut() {
        *path = beside.join(&path);
    }
    Ok(loaded)
}

/// Checks `text`, which `file` held.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse<C: DeserializeOwned + Check>(
    file: &Path,
    text: String,
) -> Result<Loaded<C>, LoadError> {
    let source = Source {
        file: file.to_owned(),
        text,
    };
    let root = DeTable::parse(&source.text).map_err(|error| source.not_toml(&error))?;
    let (own, element) = split(root.clone());
    let own: Own = source.deserialize(own, root.get_ref())?;
    let element: C = source.deserialize(element, root.get_ref())?;
    own.check().map_err(|fault| source.locate(fault))?;
    element.check().map_err(|fault| source.locate(fault))?;
    drop(root);
    Ok(Loaded {
        element,
        threads: own.threads,
        stop_within: Duration::from_millis(own.stop_within_ms),
        admin: own.admin,
        capture: own.capture,
        source,
    })
}

/// The process's tables, and all others.
fn split(root: Spanned<DeTable<'_>>) -> (Spanned<DeTable<'_>>, Spanned<DeTable<'_>>) {
    let span = root.span();
    let mut element = root.into_inner();
    let mut own = DeTable::new();
    for key in OWN_KEYS {
        if let Some((key, value)) = element.remove_entry(key) {
            own.insert(key, value);
        }
    }
    (Spanned::new(span.clone(), own), Spanned::new(span, element))
}

impl Source {
    fn not_toml(&self, error: &toml::de::Error) -> LoadError {
        let line = error.span().map(|span| place::line(&self.text, span.start));
        let value = line
            .and_then(|line| self.text.lines().nth(line - 1))
            .unwrap_or_default()
            .trim();
        let problem = if value.is_empty() || says_secret(value) {
            format!("not TOML: {}", error.message())
        } else {
            format!("not TOML: {} at `{value}`", error.message())
        };
        LoadError {
            file: self.file.clone(),
            line,
            fault: Box::new(ConfigFault::new(
                "",
                "",
                problem,
                "write `key = value` lines under [table] headers; text stands between double quotes",
            )),
        }
    }

    fn deserialize<T: DeserializeOwned>(
        &self,
        table: Spanned<DeTable<'_>>,
        root: &DeTable<'_>,
    ) -> Result<T, LoadError> {
        serde_path_to_error::deserialize(toml::Deserializer::from(table)).map_err(|error| {
            let steps = place::steps_of(error.path());
            let said = wording::of_serde(error.inner().message(), steps, &OWN_KEYS);
            let key = place::written(&said.steps);
            // What serde says of a wrong type quotes the value.
            let secret = says_secret(&key) && said.problem.starts_with("invalid");
            let fault = ConfigFault {
                key,
                value: String::new(),
                problem: if secret {
                    "not of the expected type".to_owned()
                } else {
                    said.problem
                },
                way_out: said.way_out,
            };
            self.at(root, &said.steps, fault)
        })
    }

    fn locate(&self, fault: ConfigFault) -> LoadError {
        match DeTable::parse(&self.text) {
            Ok(root) => self.at(root.get_ref(), &place::steps(&fault.key), fault),
            Err(_) => LoadError {
                file: self.file.clone(),
                line: None,
                fault: Box::new(fault),
            },
        }
    }

    /// Adds line and value of the key at `steps`, or the line of the table that lacks it.
    fn at(&self, root: &DeTable<'_>, steps: &[Step], mut fault: ConfigFault) -> LoadError {
        let (found, depth) = place::find(root, steps);
        let line = found
            .as_ref()
            .map(|found| place::line(&self.text, found.key.start));
        let value = found
            .and_then(|found| found.value)
            .filter(|_| depth == Depth::Whole);
        if says_secret(&fault.key) {
            fault.value = value.map_or(String::new(), |_| "(not shown)".to_owned());
        } else if let Some(value) = value {
            fault.value = self.text[value].to_owned();
        }
        LoadError {
            file: self.file.clone(),
            line,
            fault: Box::new(fault),
        }
    }
}

/// Whether a key's name says that its value is a secret.
fn says_secret(key: &str) -> bool {
    // Where the token is kept is none.
    let key = key.to_ascii_lowercase().replace("token_file", "");
    ["password", "secret", "ha1", "token", "aka."]
        .iter()
        .any(|word| key.contains(word))
}
