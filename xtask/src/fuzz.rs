//! `cargo xtask fuzz SECONDS`: every target of `fuzz/fuzz_targets`, one after another, with cargo-fuzz.

mod captures;

use std::fs;
use std::process::{Command, Stdio};

use crate::packages::find;
use crate::repository::root;
use crate::step::{Failed, Steps, shown};

/// Runs all targets for `seconds` together; an input that breaks one stays in `fuzz/artifacts`.
pub(crate) fn run(seconds: u64) -> Result<(), Failed> {
    let targets = targets()?;
    let each = seconds / targets.len() as u64;
    if each == 0 {
        return Err(Failed(format!(
            "give at least {} seconds: one for each target",
            targets.len()
        )));
    }
    install_missing()?;
    captures::put_into(&root().join("fuzz/corpus"))?;
    println!("{} targets, {each} seconds each", targets.len());
    let mut steps = Steps::default();
    for target in &targets {
        // Corpora that are found grow in fuzz/corpus, beginning with the captures and the committed seeds.
        let (corpus, seeds) = (format!("corpus/{target}"), format!("seeds/{target}"));
        let folder = root().join("fuzz");
        fs::create_dir_all(folder.join(&corpus))
            .map_err(|error| Failed(format!("cannot make fuzz/{corpus}: {error}")))?;
        let mut command = nightly();
        command.args([
            "fuzz",
            "run",
            "--fuzz-dir",
            ".",
            "--features",
            "libfuzzer",
            target,
            &corpus,
            &seeds,
            "--",
        ]);
        command
            .arg(format!("-max_total_time={each}"))
            .args(["-timeout=10", "-rss_limit_mb=1024"]);
        steps.run(target, command.current_dir(folder));
    }
    steps.print();
    steps.result()
}

/// The names of all targets, in order.
fn targets() -> Result<Vec<String>, Failed> {
    let folder = root().join("fuzz/fuzz_targets");
    let cannot = |error| Failed(format!("cannot read {}: {error}", folder.display()));
    let mut targets = Vec::new();
    for entry in fs::read_dir(&folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    targets.sort();
    if targets.is_empty() {
        return Err(Failed(format!("no target in {}", folder.display())));
    }
    Ok(targets)
}

/// cargo of the nightly toolchain: libFuzzer's instrumentation is there only.
fn nightly() -> Command {
    let mut command = Command::new("cargo");
    // The stable toolchain that runs this must not be passed on.
    command
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .arg("+nightly");
    command
}

fn install_missing() -> Result<(), Failed> {
    let mut version = nightly();
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !version.status().is_ok_and(|status| status.success()) {
        return Err(Failed(
            "the nightly toolchain is missing: rustup toolchain install nightly --profile minimal"
                .to_owned(),
        ));
    }
    if find("cargo-fuzz").is_some() {
        return Ok(());
    }
    let mut install = nightly();
    install.args(["install", "cargo-fuzz", "--locked"]);
    println!("cargo-fuzz is missing: {}", shown(&install));
    match install.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("cargo install cargo-fuzz: {status}"))),
        Err(error) => Err(Failed(format!("cargo install cargo-fuzz: {error}"))),
    }
}
