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
const QUIET_AFTER: Duration = Duration::from_secs(420);

/// Histories in which elements crash and come back.
const CRASHES: u64 = 1_000;

const PCSCF: u8 = 2;
const ICSCF: u8 = 3;
const SCSCF: u8 = 4;
const HSS: u8 = 5;

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

/// Where the HSS keeps its state when no history crashes it.
const IN_MEMORY: &str = ":memory:";

fn start_hss(sim: &Sim, database: &str) -> Slot {
    let config = format!(
        "subscribers = {:?}\ndatabase = {database:?}\n[diameter]\nidentity = \"hss.home.example\"\n\
         realm = \"home.example\"\nlisten = \"10.0.0.5:3868\"\nadmit = \"anyone\"\n",
        subscribers()
    );
    start::<hss::Hss>(sim, HSS, config)
}

fn diameter(element: &str) -> String {
    format!(
        "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 500\n\
         request_timeout_ms = 4000\n[[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"10.0.0.5:3868\"\n"
    )
}

fn start_scscf(sim: &Sim) -> Slot {
    let config = format!(
        "name = \"sip:10.0.0.4\"\nrealm = \"home.example\"\n[registration]\n\
         algorithms = [\"SHA-256\", \"MD5\"]\n[sip]\nlisten = \"10.0.0.4:5060\"\n{}",
        diameter("scscf")
    );
    start::<scscf::Scscf>(sim, SCSCF, config)
}

fn start_icscf(sim: &Sim) -> Slot {
    let config = format!(
        "[sip]\nlisten = \"10.0.0.3:5060\"\n{}[[scscf]]\nname = \"sip:10.0.0.4\"\n",
        diameter("icscf")
    );
    start::<icscf::Icscf>(sim, ICSCF, config)
}

fn start_pcscf(sim: &Sim) -> Slot {
    let config = "network = \"visited.example\"\n[sip]\nlisten = \"10.0.0.2:5060\"\n\
                  [core]\nlisten = \"10.0.0.2:5070\"\n[names]\n\
                  \"home.example\" = \"10.0.0.3:5060\"\n";
    start::<pcscf::Pcscf>(sim, PCSCF, config.to_owned())
}

fn network(sim: &Sim, database: &str, expires: u32) -> Core {
    let hss = start_hss(sim, database);
    let scscf = start_scscf(sim);
    start_icscf(sim);
    start_pcscf(sim);
    let phones = UES
        .iter()
        .map(|&(host, user)| {
            start::<ue::Ue>(
                sim,
                host,
                format!(
                    "private_identity = \"{user}@home.example\"\npublic_identity = \"sip:{user}@home.example\"\n\
                     password = \"{user}-secret\"\nexpires = {expires}\npcscf = \"10.0.0.2:5060\"\n[sip]\nlisten = \"10.0.0.{host}:5060\"\n"
                ),
            )
        })
        .collect();
    Core { hss, scscf, phones }
}

/// One history; gives for each phone whether it ended registered, and the trace's hash.
async fn history(sim: Sim) -> (Vec<bool>, u64) {
    let core = network(&sim, IN_MEMORY, 600_000);
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

/// One history in which two elements crash, one after the other, and start again: the HSS with what it had stored,
/// the others with nothing. Phones that refresh each minute end registered everywhere.
async fn history_with_crashes(sim: Sim) {
    let directory = sim.host(ip(HSS)).directory().expect("a directory");
    let database = directory.join("hss.sqlite3").display().to_string();
    let mut core = network(&sim, &database, 120);
    let mut crashed = Vec::new();
    for _ in 0..2 {
        pass(Duration::from_millis(1 + sim.below(20_000))).await;
        let host = [PCSCF, ICSCF, SCSCF, HSS][sim.below(4) as usize];
        crashed.push((host, sim.elapsed()));
        sim.crash(ip(host));
        match host {
            HSS => drop(core.hss.take()),
            SCSCF => drop(core.scscf.take()),
            _ => {}
        }
        pass(Duration::from_millis(1 + sim.below(10_000))).await;
        match host {
            HSS => core.hss = start_hss(&sim, &database),
            SCSCF => core.scscf = start_scscf(&sim),
            ICSCF => drop(start_icscf(&sim)),
            _ => drop(start_pcscf(&sim)),
        }
    }
    sim.set_faults(Faults::default());
    pass(Duration::from_secs(300)).await;
    let (at_scscf, at_hss) = (state(&core.scscf).to_string(), state(&core.hss).to_string());
    for (&(_, user), phone) in UES.iter().zip(&core.phones) {
        let phone = state(phone);
        assert_eq!(
            phone["registration"], "registered",
            "{user} after {crashed:?}: {phone}"
        );
        let identity = format!("\"{user}@home.example\"");
        assert!(
            at_scscf.contains(&identity),
            "{user} after {crashed:?}: S-CSCF {at_scscf}"
        );
        assert!(
            registered_at_hss(&core.hss, user),
            "{user} after {crashed:?}: HSS {at_hss}"
        );
    }
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
pub(crate) fn faults(seed: u64) -> Faults {
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

#[test]
fn phones_end_registered_everywhere_after_any_element_has_crashed_and_come_back() {
    for seed in 0..CRASHES {
        let setup = Setup::new(seed, faults(seed));
        sim::run_with(setup, history_with_crashes).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
