//! What a registration costs in memory, by what the system says that the process holds.

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::{ChargingAddresses, DigestCredentials};
use driver::hash::KeyedMap;
use sip_stack::digest::{Algorithm, Nonces};

use super::Registrar;
use crate::binding::{Binding, Given};
use crate::confirm::Epoch;
use crate::credentials::{Known, Secrets};
use crate::identities::{Barring, Extent, Identities};
use crate::now;
use crate::profile::{Services, Shelf};

const USERS: usize = 100_000;

/// Octets that a registration may cost, everything that is kept of it counted, where the names are as long as those of
/// 3GPP networks and a Path is there.
const MOST: usize = 700;

/// Resident octets of this process (Linux, proc(5): the second number of `statm` is in pages of 4 KiB).
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn register(
    registrar: &mut Registrar,
    services: &Rc<Services>,
    nonces: &Nonces,
    n: usize,
    at: Instant,
) {
    let (impi, impu) = (
        format!("001010{n:09}@ims.mnc001.mcc001.3gppnetwork.org"),
        format!("sip:001010{n:09}@ims.mnc001.mcc001.3gppnetwork.org"),
    );
    let identities =
        Identities::new([(impu.as_str(), Barring::None, Extent::Distinct)].into_iter());
    registrar.add(&impi, identities, Rc::clone(services), Epoch::default());
    let given = Given {
        uri: &format!(
            "sip:001010{n:09}@10.{}.{}.{}:5060",
            n >> 16,
            n >> 8 & 255,
            n & 255
        ),
        params: ";+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"",
        path: &format!("<sip:AAvEfwAAAgAAAAA{n:06}@pcscf.visited.example:5070;lr;ob>"),
        call_id: &format!("{n:016x}@10.0.0.1"),
        cseq: 2,
        flow: None,
        expires_at: at + Duration::from_secs(600_000) + Duration::from_millis(n as u64),
    };
    registrar.change(&impi, &impu, |held| {
        held.bindings.push(Binding::new(&given))
    });
    let secrets = DigestCredentials {
        realm: "home.example".to_owned(),
        qop: "auth".to_owned(),
        algorithm: None,
        ha1: "939e7578ed9e3c518a452acee763bce9".to_owned(),
        alternate: None,
    };
    let secrets = Secrets::read(&secrets, &[Algorithm::Md5], "home.example").expect("MD5");
    registrar.keep(&impi, Some(Box::new(Known::new(secrets, nonces, at))));
}

/// Set in the process that does nothing but this.
const ALONE: &str = "WAYFARER_MEASURED_ALONE";

/// In a process of its own, as what other tests hold would be counted in.
#[test]
fn a_hundred_thousand_registrations_are_small() {
    if std::env::var_os(ALONE).is_some() {
        return measured();
    }
    let name = "registrar::memory::a_hundred_thousand_registrations_are_small";
    let own = std::env::current_exe().expect("this program");
    let mut alone = std::process::Command::new(own);
    alone.args(["--exact", name, "--nocapture"]).env(ALONE, "");
    let done = alone.output().expect("this program again");
    let text = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    print!("{text}");
    assert!(done.status.success() && text.contains("1 passed"), "{text}");
}

fn measured() {
    let (at, nonces) = (now(), Nonces::new([0; 32], now()));
    let shelf = Shelf::with(KeyedMap::default());
    let mut registrar = Registrar::with(
        KeyedMap::<(), ()>::default().hasher().clone(),
        shelf,
        Rc::default(),
    );
    let services = registrar.share(Services {
        profiles: "".into(),
        charging: ChargingAddresses::default(),
        hss: "hss.home.example".into(),
    });
    let before = resident();
    for n in 0..USERS {
        register(&mut registrar, &services, &nonces, n, at);
    }
    assert_eq!((registrar.bindings(), registrar.due.len()), (USERS, USERS));
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = after.saturating_sub(before) / USERS;
        println!("{each} octets for each of {USERS} registrations");
        assert!(each < MOST, "{each} octets");
    }
    // And when they are gone, nothing is left.
    for n in 0..USERS {
        let impi = format!("001010{n:09}@ims.mnc001.mcc001.3gppnetwork.org");
        assert_eq!(registrar.retain(&impi, |_, _| false), 1);
    }
    assert_eq!((registrar.bindings(), registrar.due.len()), (0, 0));
    assert_eq!(
        (
            registrar.users.capacity(),
            registrar.numbers.capacity(),
            registrar.sets.capacity()
        ),
        (0, 0, 0)
    );
}
