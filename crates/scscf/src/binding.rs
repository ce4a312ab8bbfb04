//! A contact that a REGISTER bound: a compact record of its own.

use std::time::Instant;

use sip_message::Uri;

/// Most octets of a contact's URI, of its parameters, and of its Path; more are refused with 400.
pub const MAX_TEXT: usize = u16::MAX as usize;

/// What tells the flows of one phone apart (RFC 5626 §6): its instance and the flow's reg-id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow<'a> {
    /// `+sip.instance`, without quotes and brackets.
    pub(crate) instance: &'a str,
    /// `reg-id`, from 1.
    pub(crate) reg_id: u32,
}

/// A contact as a REGISTER gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given<'a> {
    /// The contact's URI, as written.
    pub(crate) uri: &'a str,
    /// The Contact header's parameters but `expires`, as written, each with its `;`.
    pub(crate) params: &'a str,
    /// The Path header's elements, comma separated: the way to the phone.
    pub(crate) path: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    /// Where outbound is in use.
    pub(crate) flow: Option<Flow<'a>>,
    pub(crate) expires_at: Instant,
}

/// One contact. A hundred thousand of these are held, so its texts are one allocation.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// URI, parameters, Path, Call-ID, one after another.
    text: Box<str>,
    uri: u16,
    params: u16,
    path: u16,
    /// Where in the parameters the instance is.
    instance: (u16, u16),
    /// Zero where outbound is not in use.
    reg_id: u32,
    /// Of the REGISTER that bound it last.
    pub(crate) cseq: u32,
    /// When it runs out.
    pub(crate) expires_at: Instant,
}

impl Binding {
    /// The record of `given`, none of whose texts is longer than [`MAX_TEXT`].
    pub(crate) fn new(given: &Given<'_>) -> Self {
        let length = |text: &str| u16::try_from(text.len()).expect("checked: MAX_TEXT");
        let instance = given.flow.and_then(|flow| {
            let at = given.params.find(flow.instance)?;
            Some((at as u16, length(flow.instance)))
        });
        let mut text = String::with_capacity(
            given.uri.len() + given.params.len() + given.path.len() + given.call_id.len(),
        );
        for part in [given.uri, given.params, given.path, given.call_id] {
            text.push_str(part);
        }
        Self {
            text: text.into_boxed_str(),
            uri: length(given.uri),
            params: length(given.params),
            path: length(given.path),
            instance: instance.unwrap_or_default(),
            reg_id: given.flow.map_or(0, |flow| flow.reg_id),
            cseq: given.cseq,
            expires_at: given.expires_at,
        }
    }

    /// Whether it says what `given` says, but for the time and the CSeq.
    pub(crate) fn says(&self, given: &Given<'_>) -> bool {
        self.uri() == given.uri
            && self.params() == given.params
            && self.path() == given.path
            && self.call_id() == given.call_id
            && self.flow() == given.flow
    }

    fn part(&self, from: usize, length: u16) -> &str {
        &self.text[from..from + usize::from(length)]
    }

    /// The URI, as written.
    pub(crate) fn uri(&self) -> &str {
        self.part(0, self.uri)
    }

    /// The header parameters but `expires`, each with its `;`.
    pub(crate) fn params(&self) -> &str {
        self.part(usize::from(self.uri), self.params)
    }

    /// The Path, comma separated.
    pub(crate) fn path(&self) -> &str {
        self.part(usize::from(self.uri) + usize::from(self.params), self.path)
    }

    /// Of the REGISTER that bound it last.
    pub(crate) fn call_id(&self) -> &str {
        let before = [self.uri, self.params, self.path];
        &self.text[before.into_iter().map(usize::from).sum()..]
    }

    /// The flow, where outbound is in use.
    pub(crate) fn flow(&self) -> Option<Flow<'_>> {
        let (at, length) = self.instance;
        (self.reg_id > 0).then(|| Flow {
            instance: self.part(usize::from(self.uri) + usize::from(at), length),
            reg_id: self.reg_id,
        })
    }

    /// Whether it is for emergency calls (TS 24.229 §7.2A.13).
    pub(crate) fn is_emergency(&self) -> bool {
        is_emergency(self.uri())
    }

    /// Whether a REGISTER for `uri` and `flow` is about this binding: the same flow, or the same contact where one of
    /// them has none (RFC 5626 §6, RFC 3261 §10.2.4).
    pub(crate) fn is_of(&self, uri: &str, flow: Option<Flow<'_>>) -> bool {
        match (self.flow(), flow) {
            (Some(own), Some(flow)) => own == flow,
            _ => same_contact(self.uri(), uri),
        }
    }
}

/// Whether a contact is for emergency calls: `sos` in its URI (TS 24.229 §7.2A.13).
pub(crate) fn is_emergency(uri: &str) -> bool {
    uri.contains(";sos")
        && matches!(Uri::parse(uri), Ok(Uri::Sip(contact)) if contact.params.has("sos"))
}

/// Whether two contacts are the same binding (RFC 3261 §10.2.4: by URI comparison).
pub(crate) fn same_contact(one: &str, other: &str) -> bool {
    one == other
        || match (Uri::parse(one), Uri::parse(other)) {
            (Ok(one), Ok(other)) => one.equivalent(&other),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now;

    #[test]
    fn every_text_is_found_again() {
        let flow = Flow {
            instance: "urn:uuid:1",
            reg_id: 7,
        };
        let given = Given {
            uri: "sip:a@h;ob",
            params: ";+sip.instance=\"<urn:uuid:1>\";reg-id=7;q=0.5",
            path: "<sip:t@p;lr;ob>,<sip:q;lr>",
            call_id: "c@h",
            cseq: 9,
            flow: Some(flow),
            expires_at: now(),
        };
        let binding = Binding::new(&given);
        assert_eq!(
            [
                binding.uri(),
                binding.params(),
                binding.path(),
                binding.call_id()
            ],
            [given.uri, given.params, given.path, given.call_id]
        );
        assert_eq!((binding.flow(), binding.cseq), (Some(flow), 9));
        assert!(binding.says(&given));
        assert!(!binding.says(&Given { path: "", ..given }));
    }

    #[test]
    fn c02_the_same_reg_id_of_two_devices_is_two_records() {
        let flow = |instance, reg_id| Some(Flow { instance, reg_id });
        let of = |instance: &'static str, params: &'static str| {
            Binding::new(&Given {
                uri: "sip:a@10.0.0.1",
                params,
                path: "",
                call_id: "",
                cseq: 1,
                flow: flow(instance, 1),
                expires_at: now(),
            })
        };
        let one = of("urn:uuid:1", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1");
        assert!(one.is_of("sip:a@10.0.0.99", flow("urn:uuid:1", 1)));
        assert!(!one.is_of("sip:a@10.0.0.1", flow("urn:uuid:2", 1)));
        assert!(!one.is_of("sip:a@10.0.0.1", flow("urn:uuid:1", 2)));
        assert!(
            one.is_of("sip:a@10.0.0.1", None),
            "who has no flow means the contact"
        );
    }

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<Binding>() <= 56, "{}", size_of::<Binding>());
    }

    #[test]
    fn ts24229_7_2a_13_sos_marks_an_emergency_contact() {
        assert!(is_emergency("sip:a@h;sos"));
        assert!(is_emergency("sip:a@h;transport=tcp;sos;lr"));
        assert!(!is_emergency("sip:a@h;sosa"));
        assert!(!is_emergency("sip:sos@h"));
    }
}
