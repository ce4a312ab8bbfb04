//! `cargo xtask bench codecs`.
//!
//! SIP figures are the mean over the eight messages of `fuzz/seeds/sip_message`, Diameter figures of one SAR and
//! one SAA.

mod diameter;
mod sip;

use crate::step::Failed;

pub(super) fn run() -> Result<(), Failed> {
    sip::run()?;
    diameter::run()
}

fn line(codec: &str, what: &str, nanoseconds: f64) {
    println!("{codec} {what} ours {nanoseconds:.0} ns");
}
