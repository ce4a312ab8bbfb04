//! The pcscf by itself: `pcscf --config FILE`.

fn main() -> std::process::ExitCode {
    pcscf::run(std::env::args_os().skip(1).collect())
}
