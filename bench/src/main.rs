//! Nanoseconds that one message takes, ours beside others, all in the same run.
//!
//! One line a figure: `sip full ours 512 ns rsipstack 4988 ns ratio 9.74`. The ratio is the best other's to ours.
//! SIP figures are the mean over all messages of a folder: `sip` over `messages/plain`, which every candidate reads,
//! `sip-ims` over `messages/ims`, which has IPv6 and `tel:` too. `bench FOLDER` measures those of another folder.

mod c;
mod diameter;
mod figure;
mod measure;
mod sip;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let messages = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let done = match std::env::args_os().nth(1) {
        Some(folder) => sip::run("sip", Path::new(&folder))
            .and_then(|()| sip::of_c::run("sip-c", Path::new(&folder))),
        None => sip::run("sip", &messages.join("plain"))
            .and_then(|()| sip::run("sip-ims", &messages.join("ims")))
            .and_then(|()| sip::of_c::run("sip-c", &messages.join("ims")))
            .and_then(|()| diameter::run()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}
