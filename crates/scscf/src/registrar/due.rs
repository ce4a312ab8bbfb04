//! Whose contacts run out, and when that is seen.

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::ChargingAddresses;
use driver::hash::Keyed;

use super::Registrar;
use crate::binding::{Binding, Given};
use crate::confirm::Epoch;
use crate::identities::{Barring, Extent, Identities};
use crate::now;
use crate::profile::{Services, Shelf};

const IMPU: &str = "sip:a@h";

pub(super) fn registrar(users: &[&str]) -> Registrar {
    let shelf = Shelf::with(Default::default());
    let mut registrar = Registrar::with(Keyed::default(), shelf, Rc::default());
    for impi in users {
        let services = registrar.share(Services {
            profiles: "".into(),
            charging: ChargingAddresses::default(),
            hss: "hss.h".into(),
        });
        let identities = Identities::new([(IMPU, Barring::None, Extent::Distinct)].into_iter());
        registrar.add(impi, identities, services, Epoch::default());
    }
    registrar
}

fn bind(registrar: &mut Registrar, impi: &str, expires_at: Instant) {
    let given = Given {
        uri: "sip:a@10.0.0.1",
        params: "",
        path: "",
        call_id: "c",
        cseq: 1,
        flow: None,
        expires_at,
    };
    registrar.change(impi, IMPU, |held| {
        held.bindings.clear();
        held.bindings.push(Binding::new(&given));
    });
}

#[test]
fn who_has_refreshed_is_passed_over_and_seen_when_the_new_time_has_come() {
    let (start, s) = (now(), Duration::from_secs);
    let mut registrar = registrar(&["one", "two"]);
    bind(&mut registrar, "one", start + s(100));
    bind(&mut registrar, "two", start + s(150));
    assert_eq!(registrar.next_due(), Some(start + s(100)));
    bind(&mut registrar, "one", start + s(200));
    assert_eq!(registrar.take_due(start + s(100)), None);
    assert_eq!(registrar.next_due(), Some(start + s(150)));
    assert_eq!(registrar.take_due(start + s(149)), None);
    assert_eq!(registrar.take_due(start + s(150)).as_deref(), Some("two"));
    assert_eq!(registrar.take_due(start + s(199)), None);
    assert_eq!(registrar.take_due(start + s(200)).as_deref(), Some("one"));
    assert_eq!(registrar.take_due(start + s(1000)), None);
}

#[test]
fn a_shorter_time_counts_at_once_and_who_has_left_is_not_seen() {
    let (start, s) = (now(), Duration::from_secs);
    let mut registrar = registrar(&["one", "two"]);
    bind(&mut registrar, "one", start + s(100));
    bind(&mut registrar, "two", start + s(100));
    bind(&mut registrar, "one", start + s(60));
    assert_eq!(registrar.next_due(), Some(start + s(60)));
    assert_eq!(registrar.take_due(start + s(59)), None);
    assert_eq!(registrar.take_due(start + s(60)).as_deref(), Some("one"));
    registrar.retain("two", |_, _| false);
    assert_eq!(registrar.take_due(start + s(100)), None);
    assert_eq!(registrar.next_due(), None);
}
