//! The pcscf by itself: `pcscf --config FILE`.

fn main() -> std::process::ExitCode {
    process::main::<pcscf::Pcscf>()
}
