//! One run: the runtime, its limits, and what a scenario may do to the network.

use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::future::{Future, pending, poll_fn};
use std::net::IpAddr;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Once;
use std::task::Poll;
use std::time::Duration;

use driver::dns::{Answer, DnsError, RecordType};
use tokio::runtime::Builder;
use tokio::task::{JoinHandle, LocalSet};

use crate::faults::Faults;
use crate::host::SimIo;
use crate::network::Network;
use crate::trace::TracedPacket;

/// How much virtual time a run has unless told otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(24 * 3600);
/// How many packets a run may send unless told otherwise: two hosts that answer each other for ever end here.
pub const PACKET_LIMIT: u64 = 10_000_000;

/// What a run is made from.
#[derive(Clone, Debug)]
pub struct Setup {
    /// All randomness of the run comes from it.
    pub seed: u64,
    /// The manners of links that are not set otherwise.
    pub faults: Faults,
    /// Virtual time that the run may take.
    pub time_limit: Duration,
    /// Packets that the run may send.
    pub packet_limit: u64,
}

impl Setup {
    /// The usual limits.
    pub const fn new(seed: u64, faults: Faults) -> Setup {
        Setup {
            seed,
            faults,
            time_limit: TIME_LIMIT,
            packet_limit: PACKET_LIMIT,
        }
    }
}

/// A run that did not come to its end.
#[derive(Debug)]
pub struct Failure {
    /// The seed that shows it again.
    pub seed: u64,
    /// When, in virtual time.
    pub at: Duration,
    /// Why.
    pub cause: Cause,
    /// Where its packets are, as pcapng, if they could be written.
    pub capture: Option<PathBuf>,
}

/// Why a run failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Cause {
    /// The scenario or a task of a host panicked, saying this.
    Panicked(String),
    /// Still running at this virtual time.
    TimeLimit(Duration),
    /// More packets than this.
    PacketLimit(u64),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { seed, at, .. } = self;
        write!(
            f,
            "simulation with seed {seed} failed at {at:?} of virtual time: "
        )?;
        match &self.cause {
            Cause::Panicked(text) => f.write_str(text)?,
            Cause::TimeLimit(limit) => write!(f, "still running after {limit:?}")?,
            Cause::PacketLimit(limit) => write!(f, "more than {limit} packets sent")?,
        }
        match &self.capture {
            Some(path) => write!(f, "; its packets are in {}", path.display()),
            None => f.write_str("; its packets could not be written to a file"),
        }
    }
}

impl std::error::Error for Failure {}

/// Runs `scenario` on a network of its own.
///
/// # Panics
/// Where the run fails; the text names the seed and the pcapng file.
pub fn run<R, F: Future<Output = R>>(
    seed: u64,
    faults: Faults,
    scenario: impl FnOnce(Sim) -> F,
) -> R {
    match run_with(Setup::new(seed, faults), scenario) {
        Ok(result) => result,
        Err(failure) => panic!("{failure}"),
    }
}

/// Runs `scenario` on a network of its own, within the limits of `setup`.
///
/// # Errors
/// A limit is reached, or something panics: the scenario, or any task of the run.
///
/// # Panics
/// The system cannot make a runtime.
pub fn run_with<R, F: Future<Output = R>>(
    setup: Setup,
    scenario: impl FnOnce(Sim) -> F,
) -> Result<R, Failure> {
    hear_panics();
    PANIC.take();
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without sockets needs nothing of the system");
    let inside = runtime.enter();
    let network = Network::new(setup.seed, setup.faults, setup.packet_limit);
    let sim = Sim {
        network: network.clone(),
    };
    let tasks = LocalSet::new();
    let limit = setup.time_limit;
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let all = async {
            tokio::select! {
                biased;
                cause = network.failure() => Err(cause),
                result = scenario(sim) => Ok(result),
                never = network.run() => match never {},
                () = tokio::time::sleep(limit) => Err(Cause::TimeLimit(limit)),
            }
        };
        tasks.block_on(&runtime, all)
    }));
    let panicked = PANIC.take().map(|text| Err(Cause::Panicked(text)));
    let result = panicked.unwrap_or_else(|| match outcome {
        Ok(result) => result,
        Err(_) => Err(Cause::Panicked("a panic without a text".to_owned())),
    });
    let result = result.map_err(|cause| Failure {
        seed: setup.seed,
        at: network.now(),
        cause,
        capture: leave_capture(&network),
    });
    network.shut_down();
    drop(tasks);
    drop(inside);
    result
}

fn leave_capture(network: &Network) -> Option<PathBuf> {
    let file = tempfile::Builder::new()
        .prefix(&format!("wayfarer-sim-{}-", network.seed))
        .suffix(".pcapng")
        .tempfile()
        .ok()?;
    fs::write(file.path(), crate::trace::pcapng(&network.packets())).ok()?;
    file.into_temp_path().keep().ok()
}

thread_local! {
    /// What the first panic on this thread said: tokio keeps a task's panic in its handle, where nobody may look.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANIC.with_borrow_mut(|first| {
                first.get_or_insert_with(|| info.to_string());
            });
            before(info);
        }));
    });
}

/// The network as a scenario handles it; clones are the same network.
#[derive(Clone)]
pub struct Sim {
    network: Rc<Network>,
}

impl Sim {
    /// The handle of the host at `ip`, which is made where there was none.
    pub fn host(&self, ip: IpAddr) -> SimIo {
        SimIo::new(self.network.clone(), ip)
    }

    /// Starts a program on the host at `ip`: a task that, with all that it spawns, ends when the host crashes.
    ///
    /// After a crash this is the restart; the host has its disk. The handle gives the program's result.
    pub fn start<F>(&self, ip: IpAddr, program: impl FnOnce(SimIo) -> F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let io = self.host(ip);
        let running = self.network.with_made_host(ip, |host| host.tasks.clone());
        let tasks = running.unwrap_or_else(|| {
            let tasks = Rc::new(LocalSet::new());
            tokio::task::spawn_local(drive(Rc::downgrade(&tasks)));
            self.network
                .with_made_host(ip, |host| host.tasks = Some(tasks.clone()));
            tasks
        });
        tasks.spawn_local(program(io))
    }

    /// The host at `ip` loses its tasks and sockets now; its peers' connections are reset.
    pub fn crash(&self, ip: IpAddr) {
        self.network.crash(ip);
    }

    /// No packet passes between two hosts, either way; streams are held up, calls go unanswered.
    pub fn partition(&self, one: IpAddr, other: IpAddr) {
        self.cut(one, other);
        self.cut(other, one);
    }

    /// No packet passes from one host to another; the way back stays.
    pub fn cut(&self, from: IpAddr, to: IpAddr) {
        self.network.cut((from, to));
    }

    /// Packets pass again, both ways; streams go on where they were held up.
    pub fn heal(&self, one: IpAddr, other: IpAddr) {
        self.network.mend((one, other));
        self.network.mend((other, one));
    }

    /// Resets every connection between two hosts.
    pub fn reset(&self, one: IpAddr, other: IpAddr) {
        self.network.reset(one, other);
    }

    /// Sets the manners of all links that have none of their own, from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.network.set_faults(faults);
    }

    /// Sets the manners of one link, one way, from now on.
    pub fn set_link(&self, from: IpAddr, to: IpAddr, faults: Faults) {
        self.network.set_link((from, to), faults);
    }

    /// Sets what the DNS says from now on to every host that asks for `record_type` of `name`; of what is not set it
    /// has no records.
    pub fn set_dns(&self, name: &str, record_type: RecordType, said: Result<Answer, DnsError>) {
        self.network
            .with_dns(|dns| dns.set(name, record_type, said));
    }

    /// What the DNS was asked so far, in order.
    pub fn dns_asked(&self) -> Vec<(String, RecordType)> {
        self.network.with_dns(|dns| dns.asked())
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.network.seed
    }

    /// Virtual time since the start of the run.
    pub fn elapsed(&self) -> Duration {
        self.network.now()
    }

    /// A choice of the scenario's own, from the seed: a number from 0 to below `bound`.
    pub fn below(&self, bound: u64) -> u64 {
        self.network.below(bound)
    }

    /// The packets sent so far, within the limits of the trace.
    pub fn packets(&self) -> Vec<TracedPacket> {
        self.network.packets()
    }

    /// A hash over every packet sent so far: octets, ends, virtual time, fate.
    pub fn trace_hash(&self) -> u64 {
        self.network.trace_hash()
    }

    /// The packets sent so far as a pcapng file, what became of each as its comment.
    pub fn pcapng(&self) -> Vec<u8> {
        crate::trace::pcapng(&self.network.packets())
    }
}

/// Runs the tasks of a host until the host has dropped them.
async fn drive(tasks: std::rc::Weak<LocalSet>) {
    poll_fn(|cx| match tasks.upgrade() {
        // Held only while it runs: a crash within it takes effect at its end.
        Some(tasks) => pin!(tasks.run_until(pending())).poll(cx),
        None => Poll::Ready(()),
    })
    .await;
}
