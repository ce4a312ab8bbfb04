//! Registrations in a simulated network that loses, doubles and overtakes: each ends registered, or in a failure
//! that says why; and what phone, S-CSCF and HSS hold agrees.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use process::{Element, Host, Running};
use serde_json::Value;
use sim::{Faults, Setup, Sim};

/// Histories of the test; `SIMULATION_HISTORIES` asks for another number.
const HISTORIES: u64 = 10_000;
/// Virtual time in which every registration has ended: three time-outs of a request and what is between them.
const QUIET_AFTER: Duration = Duration::from_secs(200);

type Slot = Rc<RefCell<Option<Running>>>;

const UES: [(u8, &str); 2] = [(11, "alice"), (12, "bob")];

fn ip(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, host))
}

/// Starts element `E` on a host of its own.
fn start<E: Element>(sim: &Sim, host: u8, config: String) -> Slot {
    let slot = Slot::default();
    let running = Rc::clone(&slot);
    let _program = sim.start(ip(host), move |io| async move {
        let config: E::Config = toml::from_str(&config).expect("the test's configuration");
        let started = E::start(config, Host::new(E::NAME, io)).await;
        *running.borrow_mut() =
            Some(started.unwrap_or_else(|problem| panic!("{}: {problem}", E::NAME)));
        std::future::pending::<()>().await;
    });
    slot
}

fn state(slot: &Slot) -> Value {
    slot.borrow().as_ref().map_or(Value::Null, Running::state)
}

struct Core {
    hss: Slot,
    scscf: Slot,
    phones: Vec<Slot>,
}

fn subscribers() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/subscribers.json")
}

fn network(sim: &Sim, passwords: [&str; 2]) -> Core {
    let diameter = |element: &str| {
        format!(
            "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 500\n\
             request_timeout_ms = 4000\n[[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"10.0.0.5:3868\"\n"
        )
    };
    let hss = start::<hss::Hss>(
        sim,
        5,
        format!(
            "subscribers = {:?}\ndatabase = \":memory:\"\n[diameter]\nidentity = \"hss.home.example\"\n\
             realm = \"home.example\"\nlisten = \"10.0.0.5:3868\"\nadmit = \"anyone\"\n",
            subscribers()
        ),
    );
    let scscf = start::<scscf::Scscf>(
        sim,
        4,
        format!(
            "name = \"sip:10.0.0.4\"\nrealm = \"home.example\"\n[registration]\n\
             algorithms = [\"SHA-256\", \"MD5\"]\n[sip]\nlisten = \"10.0.0.4:5060\"\n{}",
            diameter("scscf")
        ),
    );
    start::<icscf::Icscf>(
        sim,
        3,
        format!(
            "[sip]\nlisten = \"10.0.0.3:5060\"\n{}[[scscf]]\nname = \"sip:10.0.0.4\"\n",
            diameter("icscf")
        ),
    );
    start::<pcscf::Pcscf>(
        sim,
        2,
        "network = \"visited.example\"\n[sip]\nlisten = \"10.0.0.2:5060\"\n[names]\n\
         \"home.example\" = \"10.0.0.3:5060\"\n"
            .to_owned(),
    );
    let phones = UES
        .iter()
        .zip(passwords)
        .map(|(&(host, user), password)| {
            start::<ue::Ue>(
                sim,
                host,
                format!(
                    "private_identity = \"{user}@home.example\"\npublic_identity = \"sip:{user}@home.example\"\n\
                     password = \"{password}\"\npcscf = \"10.0.0.2:5060\"\n[sip]\nlisten = \"10.0.0.{host}:5060\"\n"
                ),
            )
        })
        .collect();
    Core { hss, scscf, phones }
}

/// One history; gives for each phone whether it ended registered, and the trace's hash.
async fn history(sim: Sim) -> (Vec<bool>, u64) {
    let core = network(&sim, ["alice-secret", "bob-secret"]);
    loop {
        pass(Duration::from_secs(1)).await;
        let settled = core
            .phones
            .iter()
            .all(|phone| state(phone)["registration"] == "registered");
        if settled || sim.elapsed() > QUIET_AFTER {
            break;
        }
    }
    // What is still on its way arrives: faults end, and the last retransmission is done.
    sim.set_faults(Faults::default());
    pass(Duration::from_secs(1)).await;
    let at_scscf = state(&core.scscf).to_string();
    let at_hss = state(&core.hss).to_string();
    let ended = UES
        .iter()
        .zip(&core.phones)
        .map(|(&(_, user), phone)| {
            let phone = state(phone);
            match phone["registration"].as_str() {
                Some("registered") => {
                    assert!(
                        at_scscf.contains(&format!("\"{user}@home.example\"")),
                        "{user}: S-CSCF {at_scscf}"
                    );
                    assert!(registered_at_hss(&core.hss, user), "{user}: HSS {at_hss}");
                    true
                }
                Some("failed") => {
                    let problem = phone["problem"].as_str().unwrap_or_default();
                    assert!(
                        problem.contains("does not answer") || problem.starts_with("504"),
                        "{user}: {problem}"
                    );
                    false
                }
                other => panic!("{user} is neither registered nor failed: {other:?}"),
            }
        })
        .collect();
    (ended, sim.trace_hash())
}

/// Lets virtual time pass.
async fn pass(time: Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + time).await;
}

/// Whether the HSS has `user` registered.
fn registered_at_hss(hss: &Slot, user: &str) -> bool {
    let state = state(hss);
    let subscriptions = state["subscribers"]["subscriptions"]
        .as_array()
        .into_iter()
        .flatten();
    let identity = format!("sip:{user}@home.example");
    subscriptions
        .filter_map(|subscription| subscription["public_identities"].as_array())
        .flatten()
        .any(|shown| shown["identity"] == identity.as_str() && shown["state"] == "registered")
}

/// Faults that differ from seed to seed, none to very bad.
fn faults(seed: u64) -> Faults {
    let share =
        |bits: u32| ((seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> bits) & 0xff) as f64 / 255.0;
    Faults {
        delay: Duration::from_millis(1)..=Duration::from_millis(1 + (share(0) * 80.0) as u64),
        loss: 0.3 * share(8),
        duplication: 0.2 * share(16),
        reordering: 0.3 * share(24),
        segmentation: share(32),
        reset: 0.02 * share(40),
    }
}

#[test]
fn registrations_under_loss_duplication_and_reordering_end_clearly() {
    let histories = std::env::var("SIMULATION_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(HISTORIES);
    let (mut registered, mut failed) = (0_u64, 0_u64);
    for seed in 0..histories {
        let setup = Setup::new(seed, faults(seed));
        let (ended, _) =
            sim::run_with(setup, history).unwrap_or_else(|failure| panic!("{failure}"));
        registered += ended.iter().filter(|ended| **ended).count() as u64;
        failed += ended.iter().filter(|ended| !**ended).count() as u64;
    }
    println!("{histories} histories: {registered} registrations, {failed} clear failures");
    assert!(
        registered > 9 * failed,
        "retransmission is there to help: {registered} registered, {failed} failed"
    );
}

#[test]
fn the_same_seed_twice_gives_the_same_bytes() {
    let mut hashes = Vec::new();
    for seed in 0..20 {
        let once = || {
            sim::run_with(Setup::new(seed, faults(seed)), history)
                .unwrap_or_else(|failure| panic!("{failure}"))
        };
        let (first, again) = (once(), once());
        assert_eq!(first, again, "seed {seed}");
        hashes.push(first.1);
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 20, "other seeds give other bytes");
}
