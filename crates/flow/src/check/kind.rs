//! What can be found.

use std::fmt;
use std::str::FromStr;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Octets that are no message, or a message that breaks its grammar.
    Malformed,
    /// A Diameter message that lacks an AVP which the dictionary demands.
    AvpMissing,
    /// A request that nobody answered.
    Unanswered,
    /// An answer to no request.
    Unasked,
    /// An answer that is none to its request, or a second one that is not as the first.
    WrongAnswer,
    /// A 2xx to an INVITE without an ACK.
    Unacknowledged,
    /// A message that was sent again.
    Retransmitted,
    /// A SIP request whose CSeq is lower than one before, or the same in another transaction.
    CseqOrder,
    /// A NOTIFY whose registration state has not the next version.
    ReginfoVersion,
    /// A Diameter request with the end-to-end identifier of another, and no T flag.
    EndToEndReused,
    /// A Diameter request with the hop-by-hop identifier of one that waits for its answer.
    HopByHopReused,
    /// An SAR that tells the HSS what it has just confirmed.
    NeedlessSar,
    /// A deregistration that was handled before a registration that was sent before it.
    Overtaken,
    /// What could not be read of the capture itself.
    Unread,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 14] = [
        Kind::Malformed,
        Kind::AvpMissing,
        Kind::Unanswered,
        Kind::Unasked,
        Kind::WrongAnswer,
        Kind::Unacknowledged,
        Kind::Retransmitted,
        Kind::CseqOrder,
        Kind::ReginfoVersion,
        Kind::EndToEndReused,
        Kind::HopByHopReused,
        Kind::NeedlessSar,
        Kind::Overtaken,
        Kind::Unread,
    ];

    /// As it is written on a command line and in a finding.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Malformed => "malformed",
            Kind::AvpMissing => "avp-missing",
            Kind::Unanswered => "unanswered",
            Kind::Unasked => "unasked",
            Kind::WrongAnswer => "wrong-answer",
            Kind::Unacknowledged => "unacknowledged",
            Kind::Retransmitted => "retransmitted",
            Kind::CseqOrder => "cseq-order",
            Kind::ReginfoVersion => "reginfo-version",
            Kind::EndToEndReused => "end-to-end-reused",
            Kind::HopByHopReused => "hop-by-hop-reused",
            Kind::NeedlessSar => "needless-sar",
            Kind::Overtaken => "overtaken",
            Kind::Unread => "unread",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of finding")]
pub struct NoKind;

impl FromStr for Kind {
    type Err = NoKind;

    fn from_str(name: &str) -> Result<Kind, NoKind> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or(NoKind)
    }
}
