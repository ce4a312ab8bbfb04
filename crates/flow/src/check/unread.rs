//! What could not be read of the capture itself, so that other findings may be missing or wrong.

use capture::{Fault, Numbers};

use super::finding::Finding;
use super::kind::Kind;
use crate::notice::{Notice, NoticeKind};

/// Octets of a stream that made no message.
pub(super) fn notice(notice: &Notice) -> Finding {
    let kind = match notice.kind {
        // They came; they mean nothing.
        NoticeKind::Garbage { .. } => Kind::Malformed,
        _ => Kind::Unread,
    };
    Finding {
        packets: notice.packets,
        kind,
        time: Some(notice.time),
        from: Some(notice.from),
        to: Some(notice.to),
        transport: Some(notice.transport),
        message: "stream".to_owned(),
        which: String::new(),
        text: notice.kind.to_string(),
    }
}

/// A packet that could not be read.
pub(super) fn fault(fault: &Fault) -> Finding {
    Finding {
        packets: Numbers::one(fault.packet),
        kind: Kind::Unread,
        time: None,
        from: None,
        to: None,
        transport: None,
        message: "packet".to_owned(),
        which: String::new(),
        text: fault.kind.to_string(),
    }
}
