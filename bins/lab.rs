//! An IMS core on loopback with one command; see `lab --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::main()
}
