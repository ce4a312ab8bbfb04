//! The ue by itself: `ue --config FILE`.

fn main() -> std::process::ExitCode {
    ue::run(std::env::args_os().skip(1).collect())
}
