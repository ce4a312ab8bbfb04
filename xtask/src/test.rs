//! `cargo xtask test`: everything that must hold before a change is taken.
//!
//! All steps run, also after one has failed. The workspace's tests run last, and their runner's summary is
//! said again after the list of steps, so that the count is the last thing on the screen.

mod components;
mod runner;

use std::process::Command;

use crate::api;
use crate::generate::{self, Current, Mode};
use crate::packages;
use crate::repository::{cargo, root};
use crate::step::{Failed, Steps, now};

pub(crate) fn run() -> Result<(), Failed> {
    let started = now();
    let mut steps = Steps::default();
    steps.call("packages", packages::install_missing);
    steps.call("components", components::install_missing);
    steps.run(
        "build",
        &mut cargo_in_root(&["build", "--workspace", "--bins"]),
    );
    steps.run("format", &mut cargo_in_root(&["fmt", "--all", "--check"]));
    steps.run("clippy", &mut cargo_in_root(&CLIPPY));
    for workspace in ["bench", "fuzz"] {
        steps.run(
            &format!("format of {workspace}"),
            cargo_in_root(&["fmt", "--check"]).current_dir(root().join(workspace)),
        );
        // What it depends on as the product does is there from the step before.
        let mut clippy = cargo_in_root(&OWN_WORKSPACE_CLIPPY);
        if std::env::var_os("CARGO_TARGET_DIR").is_none() {
            clippy.env("CARGO_TARGET_DIR", root().join("target"));
        }
        steps.run(
            &format!("clippy of {workspace}"),
            clippy.current_dir(root().join(workspace)),
        );
    }
    steps.call("generated", || match generate::run(&root(), Mode::Check) {
        Ok(Current::Yes) => Ok(()),
        Ok(Current::No) => Err(Failed("not current".to_owned())),
        Err(error) => Err(Failed(error.to_string())),
    });
    steps.call("public API", || match api::run(Mode::Check)? {
        Current::Yes => Ok(()),
        Current::No => Err(Failed("not current".to_owned())),
    });
    steps.run("feature rsip", &mut cargo_in_root(&RSIP));
    steps.run(
        "doc tests",
        &mut cargo_in_root(&["test", "--workspace", "--doc"]),
    );
    let mut docs = cargo_in_root(&["doc", "--workspace", "--no-deps"]);
    steps.run("docs", docs.env("RUSTDOCFLAGS", "--deny=warnings"));
    let mut smoke = cargo_in_root(&["test"]);
    steps.run("fuzz smoke", smoke.current_dir(root().join("fuzz")));
    let summary = runner::run(&mut steps);
    steps.print();
    println!(
        "cargo xtask test took {:.0} s\n{}",
        started.elapsed().as_secs_f64(),
        summary.trim_end()
    );
    steps.result()
}

const CLIPPY: [&str; 7] = [
    "clippy",
    "--workspace",
    "--all-targets",
    "--all-features",
    "--",
    "--deny",
    "warnings",
];

const OWN_WORKSPACE_CLIPPY: [&str; 5] = [
    "clippy",
    "--all-targets",
    "--locked",
    "--",
    "--deny=warnings",
];

const RSIP: [&str; 8] = [
    "test",
    "--package",
    "sip-message",
    "--features",
    "rsip",
    "--lib",
    "--test",
    "conformance",
];

fn cargo_in_root(args: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.args(args).current_dir(root());
    command
}
