//! The colours of a picture: a request has that of its protocol, an answer that of how it ends.

use crate::event::{Event, Outcome, Protocol};

/// A colour on light and on dark ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour {
    /// Its class in styles.
    pub(crate) name: &'static str,
    pub(crate) light: &'static str,
    pub(crate) dark: &'static str,
}

const fn colour(name: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour { name, light, dark }
}

impl Colour {
    const SIP: Colour = colour("sip", "#0550ae", "#79c0ff");
    const DIAMETER: Colour = colour("diameter", "#8250df", "#d2a8ff");
    const PLAIN: Colour = colour("plain", "#57606a", "#8b949e");
    const PROVISIONAL: Colour = colour("provisional", "#1b7c83", "#76e3ea");
    const CHALLENGE: Colour = colour("challenge", "#9a6700", "#e3b341");
    const SUCCESS: Colour = colour("success", "#1a7f37", "#56d364");
    const FAILURE: Colour = colour("failure", "#cf222e", "#ff7b72");

    /// All there are.
    pub(crate) const ALL: [Colour; 7] = [
        Colour::SIP,
        Colour::DIAMETER,
        Colour::PLAIN,
        Colour::PROVISIONAL,
        Colour::CHALLENGE,
        Colour::SUCCESS,
        Colour::FAILURE,
    ];
}

/// The colour of a message.
pub(crate) fn ink(event: &Event) -> Colour {
    match (event.outcome, event.protocol) {
        (Outcome::Request, Protocol::Sip) => Colour::SIP,
        (Outcome::Request, Protocol::Diameter) => Colour::DIAMETER,
        (Outcome::Request, Protocol::Stun | Protocol::Unknown) => Colour::PLAIN,
        (Outcome::Provisional, _) => Colour::PROVISIONAL,
        (Outcome::Challenge, _) => Colour::CHALLENGE,
        (Outcome::Success, _) => Colour::SUCCESS,
        (Outcome::Failure | Outcome::Unreadable, _) => Colour::FAILURE,
    }
}
