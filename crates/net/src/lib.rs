//! Io for real: sockets and capture.
//!
//! The one floor that touches the world, so the one where the clocks, sockets and random sources that
//! `clippy.toml` forbids elsewhere are let in.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this crate is the floor that the ban points to"
)]

mod datagram;
mod holder;
mod landing;
mod queue;
mod resolver;
mod stream;
mod tap;
#[cfg(target_os = "linux")]
mod unreachable;

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::SystemTime;

use driver::dns::DnsSettings;
use driver::io::{Io, Local};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

use tap::Tap;

pub use datagram::{Datagram, MAX_DATAGRAM, SOCKET_BUFFER};
pub use holder::who_holds;
pub use queue::MAX_WAITING;
pub use resolver::Resolver;
pub use stream::{BACKLOG, Listener, Stream};
pub use tap::{Capture, Sink};

/// The real world, as one shard sees it; clones share the random source.
#[derive(Clone)]
pub struct Net {
    shared: Rc<Shared>,
}

struct Shared {
    random: RefCell<StdRng>,
    tap: Tap,
}

impl Net {
    /// Takes a seed from the system.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new() -> io::Result<Net> {
        Net::tapped(Tap::default())
    }

    /// The same, and records every datagram and every stream in both directions in `capture`, if there is one; a
    /// stream's octets as they were read and written.
    ///
    /// A writer that blocks loses packets; one that fails ends the capture and nothing else. Of a socket bound to
    /// a wildcard address, that address is recorded.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn with_capture(capture: Option<Capture>) -> io::Result<Net> {
        Net::tapped(Tap::new(capture))
    }

    fn tapped(tap: Tap) -> io::Result<Net> {
        let random = StdRng::try_from_rng(&mut SysRng).map_err(io::Error::other)?;
        let random = RefCell::new(random);
        Ok(Net {
            shared: Rc::new(Shared { random, tap }),
        })
    }
}

impl Io for Net {
    type Datagram = Datagram;
    type Listener = Listener;
    type Stream = Stream;
    type Resolver = Resolver;

    async fn bind(&self, local: impl Into<Local>) -> io::Result<Datagram> {
        Datagram::bind(local.into(), self.shared.tap.clone())
    }

    async fn listen(&self, local: impl Into<Local>) -> io::Result<Listener> {
        Listener::bind(local.into(), self.shared.tap.clone())
    }

    async fn connect(&self, local: Option<IpAddr>, remote: SocketAddr) -> io::Result<Stream> {
        Stream::connect(local, remote, self.shared.tap.clone()).await
    }

    fn resolver(&self, settings: &DnsSettings) -> io::Result<Resolver> {
        Resolver::new(settings)
    }

    fn fill_random(&self, octets: &mut [u8]) {
        self.shared.random.borrow_mut().fill_bytes(octets);
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn run_blocking<R: Send + 'static>(&self, job: impl FnOnce() -> R + Send + 'static) -> R {
        match tokio::task::spawn_blocking(job).await {
            Ok(result) => result,
            // Nobody else holds the task, so it was not cancelled: the panic is the job's.
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }
}

/// Runs `future` on a runtime of this thread made for it; blocking jobs are let finish.
///
/// # Errors
/// The system gives no event queue.
pub fn run<F: Future>(future: F) -> io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(tokio::runtime::LocalOptions::default())?;
    Ok(runtime.block_on(future))
}

/// Runs what `life` makes as [`run`] does, on a thread of its own named `name`; it ends with the process.
///
/// # Errors
/// The system gives no thread.
pub fn spawn<F: Future<Output = ()>>(
    name: &str,
    life: impl FnOnce() -> F + Send + 'static,
) -> io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    let running = thread.spawn(move || {
        if let Err(error) = run(async move { life().await }) {
            tracing::error!(%error, "no event loop");
        }
    });
    running.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_handles_of_one_net_do_not_repeat_each_other() {
        let net = Net::new().expect("the system has randomness");
        let (mut one, mut two) = ([0; 16], [0; 16]);
        net.fill_random(&mut one);
        net.clone().fill_random(&mut two);
        assert_ne!(one, two);
        let mut other = [0; 16];
        Net::new().expect("randomness").fill_random(&mut other);
        assert_ne!(one, other);
    }

    #[test]
    fn a_blocking_job_runs_off_the_loop_and_gives_its_result_back() {
        let net = Net::new().expect("the system has randomness");
        let here = std::thread::current().id();
        let there = run(net.run_blocking(|| std::thread::current().id())).expect("a runtime");
        assert_ne!(here, there);
    }

    #[test]
    #[should_panic(expected = "disk gone")]
    fn a_panic_in_a_blocking_job_is_the_callers() {
        let net = Net::new().expect("the system has randomness");
        let _ = run(net.run_blocking(|| panic!("disk gone")));
    }
}
