//! The registrations that went through this P-CSCF (TS 24.229 §5.2.2.1: Service-Route, P-Associated-URI).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use driver::hash::{self, KeyedMap};
use driver::io::Io;
use driver::sip::{Flow, Transport};
use serde_json::{Value, json};
use smallvec::SmallVec;

/// The most registrations remembered; one more is served all the same, but not kept.
pub const MAX_REGISTRATIONS: usize = 1_000_000;
/// The most contacts remembered of one identity behind one flow; more are served, but not kept.
pub const MAX_CONTACTS: usize = 16;

/// One contact as the registrar bound it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoundContact {
    pub(crate) uri: Box<str>,
    /// Instance and reg-id of outbound (RFC 5626 §4.2): with them the URI may change.
    pub(crate) outbound: Option<(Box<str>, u32)>,
    pub(crate) expires_at: Instant,
}

/// What is known of one public identity behind one flow.
pub(crate) struct Entry {
    pub(crate) private_identity: Box<str>,
    pub(crate) contacts: SmallVec<[BoundContact; 1]>,
    pub(crate) service_route: Box<str>,
    pub(crate) associated: Box<str>,
}

struct Kept {
    entry: Entry,
    /// Whether the flow has ended: the registrar's binding leads nowhere until the phone registers again.
    cut_off: bool,
}

/// By flow and public identity.
pub(crate) struct Registered {
    entries: BTreeMap<(Flow, Rc<str>), Kept>,
    /// The flows of each identity: a contact is behind the last flow that it was registered over.
    flows: KeyedMap<Rc<str>, SmallVec<[Flow; 1]>>,
    most: usize,
}

impl BoundContact {
    fn is(&self, other: &Self) -> bool {
        match (&self.outbound, &other.outbound) {
            (Some(one), Some(other)) => one == other,
            _ => self.uri == other.uri,
        }
    }
}

impl Registered {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self {
            entries: BTreeMap::new(),
            flows: hash::map(io),
            most: MAX_REGISTRATIONS,
        }
    }

    /// How many identities are registered over a flow, those that ran out and were not swept among them.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What is known of `impu` behind `flow`.
    pub(crate) fn get(&self, flow: Flow, impu: &str) -> Option<&Entry> {
        let kept = self.entries.get(&(flow, Rc::from(impu)))?;
        Some(&kept.entry)
    }

    /// Until when somebody is registered over `flow`.
    pub(crate) fn until(&self, flow: Flow) -> Option<Instant> {
        let behind = self.entries.range((flow, Rc::from(""))..);
        behind
            .take_while(|((of, _), _)| *of == flow)
            .flat_map(|(_, kept)| &kept.entry.contacts)
            .map(|bound| bound.expires_at)
            .max()
    }

    /// Notes what the registrar confirmed; without contacts there is no registration any more.
    pub(crate) fn set(&mut self, flow: Flow, impu: &str, entry: Entry) {
        if entry.contacts.is_empty() {
            self.remove(flow, impu);
            return;
        }
        self.take_from_others(flow, impu, &entry.contacts);
        let key = (flow, Rc::<str>::from(impu));
        let known = self.entries.contains_key(&key);
        if !known && self.entries.len() >= self.most {
            tracing::warn!(
                impu,
                "as many registrations as may be remembered: this one is not"
            );
            return;
        }
        if !known {
            let flows = self.flows.entry(Rc::clone(&key.1)).or_default();
            flows.push(flow);
        }
        let cut_off = false;
        self.entries.insert(key, Kept { entry, cut_off });
    }

    pub(crate) fn remove(&mut self, flow: Flow, impu: &str) {
        let key = (flow, Rc::<str>::from(impu));
        if self.entries.remove(&key).is_some() {
            self.forget_flow(flow, &key.1);
        }
    }

    /// Takes all contacts that `private_identity` had of `impu`, behind whatever flow (RFC 3261 §10.2.2: `*`).
    pub(crate) fn remove_all(&mut self, impu: &str, private_identity: &str) {
        for flow in self.flows.get(impu).cloned().unwrap_or_default() {
            let kept = self.get(flow, impu);
            if kept.is_some_and(|entry| &*entry.private_identity == private_identity) {
                self.remove(flow, impu);
            }
        }
    }

    /// Takes what the registrar does not list any more for `private_identity`, and lists of nobody else who has `impu`
    /// too, from the flows that have ended. From one that lives only its own 200 takes: answers of two flows may cross.
    pub(crate) fn keep_of_ended(
        &mut self,
        impu: &str,
        private_identity: &str,
        listed: &[BoundContact],
    ) {
        for flow in self.flows.get(impu).cloned().unwrap_or_default() {
            let key = (flow, Rc::<str>::from(impu));
            let is_meant = |kept: &&mut Kept| {
                kept.cut_off && *kept.entry.private_identity == *private_identity
            };
            let Some(kept) = self.entries.get_mut(&key).filter(is_meant) else {
                continue;
            };
            let contacts = &mut kept.entry.contacts;
            contacts.retain(|bound| listed.iter().any(|contact| contact.is(bound)));
            if contacts.is_empty() {
                self.remove(flow, impu);
            }
        }
    }

    /// Takes what ran out.
    pub(crate) fn sweep(&mut self, now: Instant) {
        let mut gone = Vec::new();
        for (key, kept) in &mut self.entries {
            kept.entry.contacts.retain(|bound| bound.expires_at > now);
            if kept.entry.contacts.is_empty() {
                gone.push(key.clone());
            }
        }
        for key in gone {
            self.entries.remove(&key);
            self.forget_flow(key.0, &key.1);
        }
    }

    /// Notes that `flow` has ended; gives how many identities were registered over it until now.
    pub(crate) fn cut_off(&mut self, flow: Flow) -> usize {
        let first = (flow, Rc::from(""));
        let behind = self.entries.range_mut(first..);
        behind
            .take_while(|((of, _), _)| *of == flow)
            .filter_map(|(_, kept)| (!std::mem::replace(&mut kept.cut_off, true)).then_some(()))
            .count()
    }

    /// Takes `contacts` from the other flows that `impu` had them behind.
    pub(crate) fn take_from_others(&mut self, flow: Flow, impu: &str, contacts: &[BoundContact]) {
        let others: SmallVec<[Flow; 1]> = match self.flows.get(impu) {
            Some(flows) => flows.iter().copied().filter(|of| *of != flow).collect(),
            None => return,
        };
        for other in others {
            let key = (other, Rc::<str>::from(impu));
            let Some(kept) = self.entries.get_mut(&key) else {
                continue;
            };
            kept.entry
                .contacts
                .retain(|bound| !contacts.iter().any(|contact| contact.is(bound)));
            if kept.entry.contacts.is_empty() {
                self.entries.remove(&key);
                self.forget_flow(other, &key.1);
            }
        }
    }

    fn forget_flow(&mut self, flow: Flow, impu: &Rc<str>) {
        if let Some(flows) = self.flows.get_mut(impu) {
            flows.retain(|of| *of != flow);
            if flows.is_empty() {
                self.flows.remove(impu);
            }
        }
    }

    /// What `/state` shows: how many, over what, and the first hundred.
    pub(crate) fn state(&mut self, now: Instant) -> Value {
        self.sweep(now);
        let (mut udp, mut tcp, mut cut_off) = (0, 0, 0);
        let mut last = None;
        for ((flow, _), kept) in &self.entries {
            cut_off += usize::from(kept.cut_off);
            if last != Some(flow) && !kept.cut_off {
                match flow.transport() {
                    Transport::Udp => udp += 1,
                    Transport::Tcp => tcp += 1,
                }
            }
            last = Some(flow);
        }
        let shown: Vec<Value> = self.entries.iter().take(100).map(shown(now)).collect();
        json!({
            "registrations": self.entries.len(),
            "cut_off": cut_off,
            "flows": { "udp": udp, "tcp": tcp },
            "first": shown,
        })
    }
}

fn shown(now: Instant) -> impl Fn((&(Flow, Rc<str>), &Kept)) -> Value {
    move |((flow, impu), kept)| {
        let contacts: Vec<Value> = kept
            .entry
            .contacts
            .iter()
            .map(|bound| {
                json!({
                    "uri": &*bound.uri,
                    "reg_id": bound.outbound.as_ref().map(|(_, reg_id)| *reg_id),
                    "expires_in_s": bound.expires_at.saturating_duration_since(now).as_secs(),
                })
            })
            .collect();
        json!({
            "public_identity": &**impu,
            "private_identity": &*kept.entry.private_identity,
            "flow": format!("{} {}", flow.transport(), flow.remote()),
            "flow_ended": kept.cut_off,
            "contacts": contacts,
            "service_route": &*kept.entry.service_route,
            "associated": &*kept.entry.associated,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::*;

    fn registered(most: usize) -> Registered {
        Registered {
            entries: BTreeMap::new(),
            flows: KeyedMap::default(),
            most,
        }
    }

    fn flow(port: u16) -> Flow {
        Flow::Udp {
            local: SocketAddr::from(([10, 0, 0, 2], 5060)),
            remote: SocketAddr::from(([10, 0, 0, 1], port)),
        }
    }

    fn entry(contacts: &[(&str, Option<u32>)], expires_at: Instant) -> Entry {
        let bound = |(uri, reg_id): &(&str, Option<u32>)| BoundContact {
            uri: (*uri).into(),
            outbound: reg_id.map(|reg_id| ("urn:uuid:1".into(), reg_id)),
            expires_at,
        };
        Entry {
            private_identity: "a@h".into(),
            contacts: contacts.iter().map(bound).collect(),
            service_route: "".into(),
            associated: "".into(),
        }
    }

    #[test]
    fn there_are_never_more_than_may_be_and_what_ran_out_makes_room() {
        let (start, second) = (crate::now(), Duration::from_secs(1));
        let mut registered = registered(100);
        for port in 1..=1000 {
            let impu = format!("sip:{port}@h");
            registered.set(flow(port), &impu, entry(&[("sip:c", None)], start + second));
            assert_eq!(registered.len(), usize::from(port).min(100));
        }
        registered.sweep(start);
        assert_eq!(registered.len(), 100);
        registered.sweep(start + second);
        assert_eq!((registered.len(), registered.flows.len()), (0, 0));
    }

    #[test]
    fn rfc5626_4_2_a_contact_is_behind_the_last_flow_it_was_registered_over() {
        let until = crate::now() + Duration::from_secs(9);
        let mut registered = registered(100);
        registered.set(flow(1), "sip:a@h", entry(&[("sip:1", Some(1))], until));
        registered.set(flow(2), "sip:a@h", entry(&[("sip:2", Some(2))], until));
        assert_eq!(registered.len(), 2, "another reg-id is another contact");
        registered.set(flow(3), "sip:a@h", entry(&[("sip:3", Some(1))], until));
        assert!(registered.get(flow(1), "sip:a@h").is_none());
        assert_eq!(registered.len(), 2);
        registered.set(flow(4), "sip:b@h", entry(&[("sip:3", Some(1))], until));
        assert_eq!(registered.len(), 3, "another identity");
    }

    #[test]
    fn rfc3261_10_2_2_who_leaves_with_a_star_leaves_every_flow() {
        let until = crate::now() + Duration::from_secs(9);
        let mut registered = registered(100);
        for port in [1, 2] {
            let contact = format!("sip:{port}");
            registered.set(flow(port), "sip:a@h", entry(&[(&contact, None)], until));
        }
        let other = Entry {
            private_identity: "b@h".into(),
            ..entry(&[("sip:3", None)], until)
        };
        registered.set(flow(3), "sip:a@h", other);
        registered.remove_all("sip:a@h", "a@h");
        assert_eq!(registered.len(), 1);
        assert!(registered.get(flow(3), "sip:a@h").is_some());
    }

    #[test]
    fn a_flow_that_ends_cuts_off_whom_it_served_and_nobody_else() {
        let until = crate::now() + Duration::from_secs(9);
        let mut registered = registered(100);
        for (port, impu) in [(1, "sip:a@h"), (1, "sip:b@h"), (2, "sip:c@h")] {
            registered.set(flow(port), impu, entry(&[("sip:x", None)], until));
        }
        assert_eq!(registered.cut_off(flow(1)), 2);
        assert_eq!(registered.cut_off(flow(1)), 0, "they are counted once");
        let state = registered.state(crate::now());
        assert_eq!(state["cut_off"], 2);
        assert_eq!(state["flows"]["udp"], 1);
        registered.set(flow(3), "sip:a@h", entry(&[("sip:x", None)], until));
        assert_eq!(registered.state(crate::now())["cut_off"], 1, "it came back");
        let listed = entry(&[("sip:y", None)], until).contacts;
        registered.keep_of_ended("sip:b@h", "another@h", &listed);
        assert!(
            registered.get(flow(1), "sip:b@h").is_some(),
            "who shares it"
        );
        registered.keep_of_ended("sip:b@h", "a@h", &listed);
        registered.keep_of_ended("sip:c@h", "a@h", &listed);
        assert!(registered.get(flow(1), "sip:b@h").is_none(), "over");
        assert!(
            registered.get(flow(2), "sip:c@h").is_some(),
            "another 200 says"
        );
    }
}
