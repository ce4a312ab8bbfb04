//! What the lab writes into its run directory before it starts anything.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use toml::{Table, Value};

use crate::error::LabError;
use crate::plan::Plan;
use crate::role::{Role, SUBSCRIBERS, SUBSCRIBERS_FILE};

/// The one capture of a run.
pub const CAPTURE_FILE: &str = "lab.pcapng";

/// The directory of one run.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    /// Removed with everything in it when dropped; none where it is to stay.
    passing: Option<TempDir>,
}

impl RunDir {
    /// The given directory, made if need be, or else a fresh temporary one.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn open(given: Option<&Path>) -> Result<RunDir, LabError> {
        let Some(path) = given else {
            let passing = tempfile::Builder::new()
                .prefix("wayfarer-lab-")
                .tempdir()
                .map_err(LabError::file(&std::env::temp_dir(), "make a directory in"))?;
            return Ok(RunDir {
                path: passing.path().to_owned(),
                passing: Some(passing),
            });
        };
        fs::create_dir_all(path).map_err(LabError::file(path, "make the directory"))?;
        // Elements run in the directory and are given names in it: the path has to mean the same to them.
        let path = fs::canonicalize(path).map_err(LabError::file(path, "find the directory"))?;
        Ok(RunDir {
            path,
            passing: None,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it goes when the lab ends.
    pub(crate) fn is_passing(&self) -> bool {
        self.passing.is_some()
    }

    /// Lets it stay after the lab.
    pub(crate) fn keep(&mut self) {
        if let Some(passing) = self.passing.take() {
            self.path = passing.keep();
        }
    }

    /// An element's configuration file.
    pub(crate) fn config(&self, role: Role) -> PathBuf {
        self.path.join(format!("{}.toml", role.name()))
    }

    /// An element's log.
    pub(crate) fn log(&self, role: Role) -> PathBuf {
        self.path.join(format!("{}.log", role.name()))
    }

    /// The capture of all elements.
    pub(crate) fn capture(&self) -> PathBuf {
        self.path.join(CAPTURE_FILE)
    }

    /// Writes every element's configuration and the example's subscribers.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn fill(&self, plan: Plan) -> Result<(), LabError> {
        self.configure(plan)?;
        let path = self.path.join(SUBSCRIBERS_FILE);
        fs::write(&path, SUBSCRIBERS).map_err(LabError::file(&path, "write"))
    }

    /// The same where every one of `subscribers` has a phone.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn fill_for_many(&self, plan: Plan, subscribers: &str) -> Result<(), LabError> {
        self.configure(plan)?;
        let path = self.path.join(SUBSCRIBERS_FILE);
        fs::write(&path, subscribers).map_err(LabError::file(&path, "write"))?;
        let path = self.config(Role::Ue);
        fs::write(&path, many_phones(plan)).map_err(LabError::file(&path, "write"))
    }

    fn configure(&self, plan: Plan) -> Result<(), LabError> {
        for role in Role::ALL {
            let path = self.config(role);
            fs::write(&path, configuration(role, plan)).map_err(LabError::file(&path, "write"))?;
        }
        Ok(())
    }
}

/// The phone's example without its user, and with a phone for each subscriber.
fn many_phones(plan: Plan) -> String {
    let mut table: Table = configuration(Role::Ue, plan)
        .parse()
        .expect("written from a table");
    for of_one_phone in ["private_identity", "public_identity", "password"] {
        table.remove(of_one_phone);
    }
    let bulk = Table::from_iter([
        ("subscribers".to_owned(), Value::from(SUBSCRIBERS_FILE)),
        ("end".to_owned(), Value::from("stay")),
    ]);
    table.insert("bulk".to_owned(), Value::Table(bulk));
    table.to_string()
}

/// The element's example with the addresses of this lab.
fn configuration(role: Role, plan: Plan) -> String {
    let mut table: Table = role
        .example()
        .parse()
        .expect("tested: every example is TOML");
    for (_, value) in &mut table {
        place(value, plan);
    }
    format!(
        "# Written by the lab from examples/lab.example/{}.toml.\n{table}",
        role.name()
    )
}

fn place(value: &mut Value, plan: Plan) {
    match value {
        Value::String(text) => {
            if let Ok(address) = text.parse() {
                *text = plan
                    .place(address)
                    .map_or_else(|| text.clone(), |placed| placed.to_string());
            } else if let Ok(host) = text.parse() {
                *text = plan
                    .host(host)
                    .map_or_else(|| text.clone(), |placed| placed.to_string());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| place(value, plan)),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| place(value, plan)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    fn addresses(role: Role, plan: Plan) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        for quoted in configuration(role, plan).split('"') {
            found.extend(quoted.parse::<SocketAddr>());
        }
        found
    }

    #[test]
    fn every_address_of_an_example_is_an_elements() {
        for role in Role::ALL {
            let mut as_written = Vec::new();
            for quoted in role.example().split('"') {
                as_written.extend(quoted.parse::<SocketAddr>());
            }
            as_written.sort();
            let mut filled = addresses(role, Plan::OwnAddresses);
            filled.sort();
            assert_eq!(filled, as_written, "{}", role.name());
            assert!(!filled.is_empty());
            for address in addresses(role, Plan::from_base(20_000)) {
                assert!(address.to_string().starts_with("127.0.0.1:20"), "{address}");
            }
            let from_base = configuration(role, Plan::from_base(20_000));
            assert!(!from_base.contains("127.0.0.4"), "{from_base}");
        }
    }

    #[test]
    fn many_phones_have_a_valid_configuration_with_nothing_of_alice() {
        let text = many_phones(Plan::from_base(20_000));
        assert!(!text.contains("alice"), "{text}");
        assert!(text.contains("pcscf = \"127.0.0.1:20010\""), "{text}");
        process::config::parse::<ue::Config>(Path::new("ue.toml"), text).expect("valid");
    }

    #[test]
    fn a_fresh_directory_goes_unless_it_is_kept() {
        let passing = RunDir::open(None).expect("a directory");
        passing.fill(Plan::OwnAddresses).expect("files");
        let path = passing.path().to_owned();
        assert!(path.join("scscf.toml").exists() && path.join("subscribers.json").exists());
        drop(passing);
        assert!(!path.exists());
        let mut kept = RunDir::open(None).expect("a directory");
        kept.keep();
        let path = kept.path().to_owned();
        drop(kept);
        assert!(path.exists());
        let given = RunDir::open(Some(&path.join("deeper"))).expect("a directory");
        drop(given);
        assert!(path.join("deeper").exists());
        fs::remove_dir_all(path).expect("ours");
    }
}
