//! The hss by itself: `hss --config FILE`.

fn main() -> std::process::ExitCode {
    process::main::<hss::Hss>()
}
