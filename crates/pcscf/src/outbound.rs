//! Outbound at the edge (RFC 5626 §5.1): when our Path URI says `ob`.

use sip_message::{Contact, Message, Name};

/// Whether a registration asks for outbound, and can have it from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outbound {
    /// The phone asks for it and we are its first hop.
    Used,
    /// It does not ask, or something stands between it and us: then the flow is not the phone's.
    NotUsed,
}

impl Outbound {
    /// What a phone's REGISTER, as it came, has to say about it.
    pub(crate) fn of(register: &Message) -> Self {
        let supported = register
            .elements(Name::SUPPORTED)
            .any(|tag| tag.eq_ignore_ascii_case("outbound"));
        // §4.2: reg-id counts beside +sip.instance only.
        let contact = register
            .read_all::<Contact<'_>>()
            .filter_map(Result::ok)
            .any(|contact| contact.instance().is_some() && contact.reg_id().is_some());
        // §5.1: the first hop is who finds one Via.
        let first_hop = register.elements(Name::VIA).count() == 1;
        if supported && contact && first_hop {
            Self::Used
        } else {
            Self::NotUsed
        }
    }

    /// The parameters of our Path URI.
    pub(crate) fn path_params(self) -> &'static str {
        match self {
            Self::Used => ";lr;ob",
            Self::NotUsed => ";lr",
        }
    }
}
