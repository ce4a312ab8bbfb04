//! The scscf by itself: `scscf --config FILE`.

fn main() -> std::process::ExitCode {
    scscf::run(std::env::args_os().skip(1).collect())
}
