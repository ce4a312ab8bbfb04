//! STUN: its class.

use super::Label;
use crate::event::{Outcome, Passage, Protocol, Purpose};

/// The label of a datagram that has the magic cookie (RFC 8489 §5).
///
/// ```text
/// 0 0 | method, 5 bits | class | method, 3 bits | class | method, 4 bits
/// ```
pub(crate) fn stun(octets: &[u8]) -> Label {
    let kind = octets
        .first_chunk()
        .map_or(0, |kind| u16::from_be_bytes(*kind));
    let method = kind & 0x000f | (kind & 0x00e0) >> 1 | (kind & 0x3e00) >> 2;
    let name = match method {
        1 => "Binding".to_owned(),
        other => format!("method {other}"),
    };
    let (class, outcome) = match (kind & 0x0100, kind & 0x0010) {
        (0, 0) => ("request", Outcome::Request),
        (0, _) => ("indication", Outcome::Request),
        (_, 0) => ("success", Outcome::Success),
        (_, _) => ("error", Outcome::Failure),
    };
    Label {
        protocol: Protocol::Stun,
        label: "STUN".to_owned(),
        detail: format!("{name} {class}"),
        outcome,
        purpose: Purpose::Watchdog,
        passage: Passage::First,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8489 §5, §18.2; Allocate is method 3 (RFC 8656 §17).
    #[test]
    fn method_and_class_are_told() {
        for (kind, detail, outcome) in [
            (0x0001_u16, "Binding request", Outcome::Request),
            (0x0011, "Binding indication", Outcome::Request),
            (0x0101, "Binding success", Outcome::Success),
            (0x0111, "Binding error", Outcome::Failure),
            (0x0003, "method 3 request", Outcome::Request),
            (0x3eef, "method 4095 request", Outcome::Request),
        ] {
            let label = stun(&kind.to_be_bytes());
            assert_eq!((label.detail.as_str(), label.outcome), (detail, outcome));
        }
    }
}
