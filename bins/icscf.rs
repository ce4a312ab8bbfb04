//! The icscf by itself: `icscf --config FILE`.

fn main() -> std::process::ExitCode {
    icscf::run(std::env::args_os().skip(1).collect())
}
