//! libfdproto of freeDiameter, where Debian's `libfreediameter-dev`, `freediameter-extensions` and a C compiler are
//! installed: `c/freediameter.c`, compiled and run with our frames.

use diameter_codec::Message;

use crate::c;

/// Nanoseconds of one frame.
#[derive(Clone, Copy, Default)]
pub(super) struct Theirs {
    pub(super) decode: Option<f64>,
    pub(super) encode: Option<f64>,
}

/// What it takes for each of `frames`; why it is left out, where it is not installed.
pub(super) fn measured(frames: &[&Message]) -> Result<Vec<Theirs>, String> {
    let flags = ["-lfdcore", "-lfdproto", "-ldl"].map(str::to_owned);
    let binary = c::compiled("freediameter.c", &flags)?;
    let mut files = Vec::new();
    for (place, frame) in frames.iter().enumerate() {
        let file = c::beside_us(&format!("bench-frame-{place}"))?;
        std::fs::write(&file, frame.octets())
            .map_err(|error| format!("{}: {error}", file.display()))?;
        files.push(file);
    }
    let said = c::said(&binary, &files)?;
    let each = (0..frames.len()).map(|place| Theirs {
        decode: c::figure(&said, &format!("decode {place} ")),
        encode: c::figure(&said, &format!("encode {place} ")),
    });
    Ok(each.collect())
}
