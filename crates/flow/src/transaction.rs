//! Which transaction a SIP message belongs to (RFC 3261 §17.1.3, §17.2.3).

use sip_message::{CSeq, From, Message, Method, To, Via};

/// What a message says of its transaction and of whose request it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transaction<'a> {
    pub(crate) via: Via<'a>,
    pub(crate) cseq: CSeq<'a>,
    pub(crate) call_id: &'a str,
    pub(crate) from_tag: &'a str,
    /// Empty outside of a dialog, and where To cannot be read.
    pub(crate) to_tag: &'a str,
    /// The address in To without its parameters.
    pub(crate) to: &'a str,
}

/// Begins the branches that name a transaction by themselves.
const MAGIC_COOKIE: &str = "z9hG4bK";

impl<'a> Transaction<'a> {
    /// None where it cannot be told, which makes a message malformed.
    pub(crate) fn of(message: &'a Message) -> Option<Transaction<'a>> {
        let to = message.read::<To<'_>>().ok().flatten();
        Some(Transaction {
            via: message.read::<Via<'_>>().ok()??,
            cseq: message.read::<CSeq<'_>>().ok()??,
            call_id: message.header(sip_message::Name::CALL_ID)?,
            from_tag: message.read::<From<'_>>().ok()??.0.tag().unwrap_or(""),
            to_tag: to.as_ref().and_then(|it| it.0.tag()).unwrap_or(""),
            to: to.map_or("", |it| it.0.uri),
        })
    }

    /// Branch, sent-by and method; of RFC 2543, which had no such branches, the request as a whole.
    pub(crate) fn key(&self) -> impl std::hash::Hash + use<'a> {
        let branch = self.via.branch().unwrap_or("");
        let names_it = branch
            .get(..MAGIC_COOKIE.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(MAGIC_COOKIE));
        let request = (!names_it).then_some((self.call_id, self.from_tag, self.cseq.seq));
        let host = self.via.host.to_string().to_ascii_lowercase();
        (
            branch,
            host,
            self.via.port,
            self.cseq.method.as_str(),
            request,
        )
    }

    /// An ACK has no answer, and that to a 2xx no transaction of its own.
    pub(crate) fn is_ack(&self) -> bool {
        self.cseq.method == Method::ACK
    }
}
