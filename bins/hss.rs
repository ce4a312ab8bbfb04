//! The hss by itself: `hss --config FILE`.

fn main() -> std::process::ExitCode {
    hss::run(std::env::args_os().skip(1).collect())
}
