//! What a REGISTER binds: the contacts of one private identity and one implicit registration set.

use std::rc::Rc;
use std::time::Instant;

use sip_message::Uri;

/// The identities of one implicit registration set, and what belongs to them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Public identities that are not barred, the default one first (TS 24.229 §5.4.1.2.2).
    pub(crate) identities: Vec<Box<str>>,
    /// Public identities of the set that are barred: registered, not shown.
    pub(crate) barred: Vec<Box<str>>,
}

impl Profile {
    pub(crate) fn has(&self, impu: &str) -> bool {
        self.identities
            .iter()
            .chain(&self.barred)
            .any(|identity| **identity == *impu)
    }
}

/// One contact, as the phone gave it.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// The contact's URI, as written.
    pub(crate) uri: Box<str>,
    /// The Contact header's parameters but `expires`, as written, each with its `;`.
    pub(crate) params: Box<str>,
    /// The Path header's elements, comma separated: the way to the phone.
    pub(crate) path: Box<str>,
    /// Of the REGISTER that bound it last.
    pub(crate) call_id: Box<str>,
    /// Of the REGISTER that bound it last.
    pub(crate) cseq: u32,
    /// When it runs out.
    pub(crate) expires_at: Instant,
}

/// The contacts of one pair.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) profile: Rc<Profile>,
    pub(crate) bindings: Vec<Binding>,
}

/// Whether two contacts are the same binding (RFC 3261 §10.2.4: by URI comparison).
pub(crate) fn same_contact(one: &str, other: &str) -> bool {
    one == other
        || match (Uri::parse(one), Uri::parse(other)) {
            (Ok(one), Ok(other)) => one.equivalent(&other),
            _ => false,
        }
}

impl Registration {
    /// The binding of contact `uri`.
    pub(crate) fn find(&self, uri: &str) -> Option<&Binding> {
        self.bindings
            .iter()
            .find(|binding| same_contact(&binding.uri, uri))
    }

    /// Binds, or binds again.
    pub(crate) fn bind(&mut self, binding: Binding) {
        match self
            .bindings
            .iter_mut()
            .find(|bound| same_contact(&bound.uri, &binding.uri))
        {
            Some(bound) => *bound = binding,
            None => self.bindings.push(binding),
        }
    }

    /// When the first contact runs out.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.bindings.iter().map(|binding| binding.expires_at).min()
    }
}
