//! The ue by itself: `ue --config FILE`.

fn main() -> std::process::ExitCode {
    process::main::<ue::Ue>()
}
