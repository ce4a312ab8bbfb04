//! The scscf by itself: `scscf --config FILE`.

fn main() -> std::process::ExitCode {
    process::main::<scscf::Scscf>()
}
