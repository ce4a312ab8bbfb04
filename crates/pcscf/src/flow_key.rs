//! The file with the key of flow tokens, so that Paths outlive the process.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use driver::io::Io;
use process::config::ConfigFault;

/// Octets of the key.
const OCTETS: usize = 32;
/// Nobody else reads it: who has the key sends anything to any phone.
const MODE: u32 = 0o600;

/// The key in `file`; a new one, kept there, where there is none yet.
///
/// # Errors
/// A fault of `flow_key_file`.
pub(crate) fn load(file: &Path, io: &impl Io) -> Result<[u8; OCTETS], ConfigFault> {
    if let Some(key) = read(file)? {
        return Ok(key);
    }
    let mut key = [0; OCTETS];
    io.fill_random(&mut key);
    let mut number = [0; 8];
    io.fill_random(&mut number);
    make(file, &key, u64::from_be_bytes(number)).map_err(|problem| {
        fault(
            file,
            format!("cannot be made: {problem}"),
            "name a file in a directory that this process may write",
        )
    })?;
    tracing::info!(file = %file.display(), "a new key for flow tokens");
    // Another shard may have been first.
    match read(file)? {
        Some(key) => Ok(key),
        None => Err(fault(
            file,
            "is gone again".to_owned(),
            "let nothing else write there",
        )),
    }
}

/// The key in `file`, if it is there.
///
/// # Errors
/// A fault of `flow_key_file`.
pub(crate) fn read(file: &Path) -> Result<Option<[u8; OCTETS]>, ConfigFault> {
    let unreadable = |problem: std::io::Error| {
        fault(
            file,
            format!("cannot be read: {problem}"),
            "name a file that this process may read and write",
        )
    };
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(None),
        Err(problem) => return Err(unreadable(problem)),
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(fault(
            file,
            format!("others may read or write it: its mode is {mode:03o}"),
            "chmod 600, or remove it and a new one is made, which old Paths are not of",
        ));
    }
    let no_key = || {
        fault(
            file,
            format!("is not a line of {} hexadecimal digits", 2 * OCTETS),
            "remove it and a new one is made, which old Paths are not of",
        )
    };
    // One line end.
    if metadata.len() > 2 * OCTETS as u64 + 2 {
        return Err(no_key());
    }
    let text = fs::read_to_string(file).map_err(unreadable)?;
    from_hex(text.trim_end()).map(Some).ok_or_else(no_key)
}

/// Puts `key` into `file`, whole or not at all; a file that is there stays.
fn make(file: &Path, key: &[u8; OCTETS], number: u64) -> std::io::Result<()> {
    let mut passing = file.as_os_str().to_owned();
    passing.push(format!(".{number:016x}"));
    let passing = Passing(PathBuf::from(passing));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(MODE);
    let mut written = options.open(&passing.0)?;
    let text: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    writeln!(written, "{text}")?;
    written.sync_all()?;
    match fs::hard_link(&passing.0, file) {
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// A file that goes in any case.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        // It may never have been made.
        let _gone = fs::remove_file(&self.0);
    }
}

fn from_hex(text: &str) -> Option<[u8; OCTETS]> {
    let mut key = [0; OCTETS];
    let digits = text.as_bytes();
    if digits.len() != 2 * OCTETS {
        return None;
    }
    for (octet, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *octet = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(key)
}

fn fault(file: &Path, problem: String, way_out: &str) -> ConfigFault {
    ConfigFault::new(
        "flow_key_file",
        format!("{:?}", file.display().to_string()),
        problem,
        way_out,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn made_once_for_us_alone_and_the_same_from_then_on() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        assert_eq!(read(&file), Ok(None));
        make(&file, &[7; OCTETS], 1).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(read(&file), Ok(Some([7; OCTETS])));
        // Another shard, at the same time.
        make(&file, &[8; OCTETS], 2).unwrap();
        assert_eq!(read(&file), Ok(Some([7; OCTETS])));
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "nothing is left lying about"
        );
    }

    #[test]
    fn what_is_no_key_or_no_secret_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        let problem = |file: &Path| read(file).unwrap_err().problem;
        make(&file, &[7; OCTETS], 1).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(
            problem(&file),
            "others may read or write it: its mode is 640"
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        for wrong in ["", "07", &"g7".repeat(OCTETS), &"07".repeat(OCTETS + 1)] {
            fs::write(&file, wrong).unwrap();
            assert!(problem(&file).starts_with("is not a line of 64"), "{wrong}");
        }
        let nowhere = directory.path().join("none").join("key");
        assert!(make(&nowhere, &[7; OCTETS], 1).is_err());
    }
}
