//! The network of the histories: P-CSCF, I-CSCF, two S-CSCFs, HSS, each on a host that can crash and come back.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use process::{Element, Host, Running};
use serde_json::{Value, json};
use sim::Sim;

use crate::users::{SUBSCRIPTIONS, subscriber_file, subscription_of};

pub(crate) const PCSCF: u8 = 2;
pub(crate) const ICSCF: u8 = 3;
pub(crate) const SCSCF: u8 = 4;
pub(crate) const HSS: u8 = 5;
pub(crate) const OTHER_SCSCF: u8 = 6;
pub(crate) const ELEMENTS: [u8; 5] = [PCSCF, ICSCF, SCSCF, HSS, OTHER_SCSCF];

pub(crate) fn ip(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, host))
}

pub(crate) fn at(host: u8) -> SocketAddr {
    SocketAddr::new(ip(host), 5060)
}

/// The name that an S-CSCF has in the HSS.
pub(crate) fn name(host: u8) -> String {
    format!("sip:10.0.0.{host}")
}

/// Lets virtual time pass.
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + time).await;
}

/// Files of the HSS.
const SUBSCRIBERS: &str = "subscribers.json";
const DATABASE: &str = "hss.sqlite3";

type Slot = Rc<RefCell<Option<Running>>>;

/// The elements, by host.
pub(crate) struct Elements {
    sim: Sim,
    /// How often each subscription was changed.
    editions: RefCell<[u32; SUBSCRIPTIONS]>,
    slots: RefCell<Vec<(u8, Slot)>>,
}

impl Elements {
    /// Starts all of them.
    pub(crate) fn start(sim: &Sim) -> Rc<Self> {
        let elements = Rc::new(Self {
            sim: sim.clone(),
            editions: RefCell::default(),
            slots: RefCell::default(),
        });
        elements.write_subscribers();
        for host in ELEMENTS {
            elements.restart(host);
        }
        elements
    }

    /// The host loses what is not on its disk, and its sockets.
    pub(crate) fn crash(&self, host: u8) {
        self.sim.crash(ip(host));
        self.slots.borrow_mut().retain(|(other, _)| *other != host);
    }

    /// Starts the element of `host` again.
    pub(crate) fn restart(&self, host: u8) {
        let slot = match host {
            PCSCF => self.run::<pcscf::Pcscf>(host, pcscf_config()),
            ICSCF => self.run::<icscf::Icscf>(host, icscf_config()),
            HSS => self.run::<hss::Hss>(host, self.hss_config()),
            scscf => self.run::<scscf::Scscf>(scscf, scscf_config(scscf)),
        };
        self.slots.borrow_mut().push((host, slot));
    }

    fn run<E: Element>(&self, host: u8, config: String) -> Slot {
        let slot = Slot::default();
        let running = Rc::clone(&slot);
        let _program = self.sim.start(ip(host), move |io| async move {
            let config: E::Config = toml::from_str(&config).expect("the test's configuration");
            let started = E::start(config, Host::new(E::NAME, io)).await;
            *running.borrow_mut() =
                Some(started.unwrap_or_else(|problem| panic!("{}: {problem}", E::NAME)));
            std::future::pending::<()>().await;
        });
        slot
    }

    /// What `/state` of the element on `host` shows.
    pub(crate) fn state(&self, host: u8) -> Value {
        let slots = self.slots.borrow();
        let slot = slots.iter().find(|(other, _)| *other == host);
        let running = slot.map(|(_, slot)| slot.borrow());
        let state = running.and_then(|running| running.as_ref().map(Running::state));
        state.unwrap_or(Value::Null)
    }

    /// The HSS comes back with an empty database.
    pub(crate) fn restart_empty_hss(&self) {
        for entry in std::fs::read_dir(self.hss_directory()).expect("a directory") {
            std::fs::remove_file(entry.expect("an entry").path()).expect("a file");
        }
        self.write_subscribers();
        self.restart(HSS);
    }

    fn hss_directory(&self) -> PathBuf {
        self.sim.host(ip(HSS)).directory().expect("a directory")
    }

    /// Calls `path` on the admin port of the HSS with `body`; what it says, if it did it.
    pub(crate) async fn call_hss(&self, path: &str, body: Value) -> Option<Value> {
        let command = {
            let slots = self.slots.borrow();
            let slot = slots.iter().find(|(other, _)| *other == HSS);
            let running = slot.map(|(_, slot)| slot.borrow());
            let running = running.as_ref().and_then(|running| running.as_ref());
            let mut commands = running.into_iter().flat_map(Running::commands);
            commands.find(|command| command.path() == path).cloned()
        };
        match command {
            Some(command) => command.run(body).await.ok(),
            None => None,
        }
    }

    /// The operator changes the services of `user`, and has the HSS read its file again; what it says, if it did.
    pub(crate) async fn change_profile(&self, user: usize) -> Option<Value> {
        self.editions.borrow_mut()[subscription_of(user)] += 1;
        self.write_subscribers();
        self.call_hss("/reload", json!({})).await
    }

    /// Which edition of the subscription of `user` is in the HSS's file.
    pub(crate) fn edition(&self, user: usize) -> u32 {
        self.editions.borrow()[subscription_of(user)]
    }

    fn write_subscribers(&self) {
        let text = subscriber_file(*self.editions.borrow());
        std::fs::write(self.hss_directory().join(SUBSCRIBERS), text).expect("room for it");
    }

    fn hss_config(&self) -> String {
        let directory = self.hss_directory();
        let [subscribers, database] = [SUBSCRIBERS, DATABASE].map(|name| directory.join(name));
        // Some have little patience with an S-CSCF that does not answer.
        let notices = match self.sim.seed() % 4 {
            1 => "[notices]\nattempts = 2\npause_ms = 500\n",
            _ => "",
        };
        format!(
            "subscribers = {subscribers:?}\ndatabase = {database:?}\n[diameter]\nidentity = \"hss.home.example\"\n\
             realm = \"home.example\"\nlisten = \"10.0.0.5:3868\"\nadmit = \"anyone\"\n{notices}"
        )
    }
}

fn diameter(element: &str) -> String {
    format!(
        "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 500\n\
         request_timeout_ms = 4000\n[[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"10.0.0.5:3868\"\n"
    )
}

fn scscf_config(host: u8) -> String {
    format!(
        "name = \"{}\"\nrealm = \"home.example\"\n[registration]\nmin_expires = 30\nreg_await_auth = 20\n\
         algorithms = [\"SHA-256\", \"MD5\"]\n[sip]\nlisten = \"10.0.0.{host}:5060\"\n{}",
        name(host),
        diameter(&format!("scscf{host}"))
    )
}

fn icscf_config() -> String {
    format!(
        "trusted_peers = [\"10.0.0.{PCSCF}\"]\n[sip]\nlisten = \"10.0.0.3:5060\"\n{}[[scscf]]\nname = \"{}\"\n[[scscf]]\nname = \"{}\"\n",
        diameter("icscf"),
        name(SCSCF),
        name(OTHER_SCSCF)
    )
}

fn pcscf_config() -> String {
    "network = \"visited.example\"\n[sip]\nlisten = \"10.0.0.2:5060\"\n[sip.timers]\nt1_ms = 500\nt2_ms = 4000\n\
     t4_ms = 5000\n[core]\nlisten = \"10.0.0.2:5070\"\n[names]\n\"home.example\" = \"10.0.0.3:5060\"\n"
        .to_owned()
}
