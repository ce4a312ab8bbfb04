//! Programs of `c/`, compiled where what they measure is installed, and run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `pkg-config` says that a program of `module` is compiled with.
pub(crate) fn flags_of(module: &str) -> Result<Vec<String>, String> {
    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", module])
        .output()
        .map_err(|error| format!("pkg-config: {error}"))?;
    if !flags.status.success() {
        return Err(format!("pkg-config finds no {module}"));
    }
    let flags = String::from_utf8_lossy(&flags.stdout);
    Ok(flags.split_whitespace().map(str::to_owned).collect())
}

/// The program made of `source`, a file in `c/`; or the first thing that the compiler says against it.
pub(crate) fn compiled(source: &str, flags: &[String]) -> Result<PathBuf, String> {
    let binary = beside_us(&format!("bench-{}", source.trim_end_matches(".c")))?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c").join(source);
    let compiled = Command::new("cc")
        .arg("-O2")
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .args(flags)
        .output()
        .map_err(|error| format!("cc: {error}"))?;
    if compiled.status.success() {
        return Ok(binary);
    }
    let said = String::from_utf8_lossy(&compiled.stderr);
    let first = said.lines().find(|line| line.contains("error"));
    Err(first.unwrap_or("cc fails").to_owned())
}

/// What `binary` prints, if it ends well.
pub(crate) fn said(
    binary: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<String, String> {
    let output = Command::new(binary)
        .args(arguments)
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}: {} {said}", binary.display(), output.status))
    }
}

/// The number after `what` in what a program said; `None` where it could not do that.
pub(crate) fn figure(said: &str, what: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix(what))?;
    line.trim().parse().ok()
}

/// A file beside this program.
pub(crate) fn beside_us(name: &str) -> Result<PathBuf, String> {
    let us = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(us.with_file_name(name))
}
