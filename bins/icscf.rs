//! The icscf by itself: `icscf --config FILE`.

fn main() -> std::process::ExitCode {
    process::main::<icscf::Icscf>()
}
