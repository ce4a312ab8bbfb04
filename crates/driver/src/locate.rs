//! Where a SIP URI is (RFC 3263): literals, a table of names, then the DNS.

mod cache;
mod failover;
mod names;
mod procedure;
mod resting;
mod srv;

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use sip_message::{Host, Scheme, SipUri};
use smallvec::SmallVec;
use thiserror::Error;

use crate::dns::{DnsError, DnsSettings};
use crate::io::Io;
use crate::sip::{Towards, Transport};
use crate::turns::Turns;

use cache::{Cache, Question};
pub use cache::{FAILURE_TTL, LONGEST_NEGATIVE_TTL, LONGEST_TTL, MAX_CACHED, SHORTEST_TTL};
pub use names::{Known, Names, NotKnown};
use resting::Resting;
pub use resting::{LONGEST_REST, MAX_RESTING, REST};

/// The port where neither a URI nor the DNS names one (RFC 3261 §19.1.2).
pub const SIP_PORT: u16 = 5060;
/// Targets of one URI; more are passed over.
pub const MAX_TARGETS: usize = 16;

/// One place that a request can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// What over.
    pub transport: Transport,
    /// Where to.
    pub address: SocketAddr,
}

/// The places of one URI in the order in which they are tried; never empty.
pub type Targets = SmallVec<[Target; 2]>;

impl From<Target> for Towards {
    fn from(target: Target) -> Self {
        Self::from((target.transport, target.address))
    }
}

/// Why a URI leads nowhere.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum NotLocated {
    /// It needs what we do not speak.
    #[error("{0} is not spoken here, only UDP and TCP are")]
    Transport(String),
    /// It is of the IP version that we do not listen on.
    #[error("{0} cannot be reached: of IPv4 and IPv6 this endpoint speaks the other")]
    Family(String),
    /// A name that the table lacks, and there is no DNS to ask.
    #[error(
        "host `{0}` is not an IP address and not in [names]; add `\"{0}\" = \"ADDRESS:PORT\"` there, or a [dns] section"
    )]
    Unknown(String),
    /// The DNS knows no address of it.
    #[error("host `{0}` is not in [names], and the DNS has no address for it")]
    NoAddress(String),
    /// The DNS says that the service is not there (RFC 2782, target `.`).
    #[error("domain `{0}` says by SRV that it has no SIP service")]
    NoService(String),
    /// The DNS does not answer.
    #[error("host `{name}` is not in [names]: {problem}")]
    Dns {
        /// What was asked for.
        name: String,
        /// What went wrong.
        problem: DnsError,
    },
}

/// Finds SIP URIs for one endpoint. A handle: clones share what they learnt.
pub struct Locator<I: Io>(Rc<Inner<I>>);

struct Inner<I: Io> {
    io: I,
    names: RefCell<Names>,
    /// Of the IP version that the endpoint speaks.
    local: IpAddr,
    resolver: Option<I::Resolver>,
    cache: RefCell<Cache>,
    /// Who asks the same waits for the one answer.
    asking: Turns<Question>,
    resting: RefCell<Resting>,
}

impl<I: Io> Clone for Locator<I> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<I: Io> Locator<I> {
    /// Finds what an endpoint at `local` can reach: by `names`, then by `dns` where there is one.
    ///
    /// # Errors
    /// The system's DNS settings cannot be read.
    pub fn new(io: I, names: Names, dns: Option<&DnsSettings>, local: IpAddr) -> io::Result<Self> {
        let resolver = dns.map(|dns| io.resolver(dns)).transpose()?;
        Ok(Self(Rc::new(Inner {
            names: RefCell::new(names),
            local,
            resolver,
            cache: RefCell::new(Cache::new(&io)),
            asking: Turns::new(&io),
            resting: RefCell::new(Resting::new(&io)),
            io,
        })))
    }

    /// Takes another table of names.
    pub fn set_names(&self, names: Names) {
        self.0.names.replace(names);
    }

    /// Where to send a request for `uri` (RFC 3263 §4), best first; what failed lately stands last.
    ///
    /// # Errors
    /// [`NotLocated`], within the time that the DNS has for a few questions.
    pub async fn locate(&self, uri: &SipUri<'_>) -> Result<Targets, NotLocated> {
        if uri.scheme == Scheme::Sips {
            // RFC 3261 §26.2.2: TLS or nothing.
            return Err(NotLocated::Transport(
                "TLS, which sips: asks for,".to_owned(),
            ));
        }
        let asked = uri.transport().map(transport).transpose()?;
        // §4: maddr stands for the host.
        let maddr = uri.params.get("maddr").and_then(Host::parse);
        let targets = match maddr.unwrap_or(uri.host) {
            // §4.1, §4.2: a numeric address is taken as it is, over UDP where nothing else is said.
            Host::V4(address) => self.numeric(address.into(), uri.port, asked),
            Host::V6(address) => self.numeric(address.into(), uri.port, asked),
            Host::Name(name) => self.named(name, uri.port, asked).await,
        };
        self.ordered(targets?)
    }

    /// Where the domain `name` takes requests: as `sip:name`, but an IP address leads nowhere.
    ///
    /// # Errors
    /// [`NotLocated`].
    pub async fn locate_domain(&self, name: &str) -> Result<Targets, NotLocated> {
        match Host::parse(name) {
            Some(Host::Name(name)) => self.ordered(self.named(name, None, None).await?),
            _ => Err(NotLocated::Unknown(name.to_owned())),
        }
    }

    /// `target` failed: it stands last for `rest`, [`REST`] where nothing is said.
    pub fn failed(&self, target: Target, rest: Option<Duration>) {
        let mut resting = self.0.resting.borrow_mut();
        resting.set(target, now(), rest.unwrap_or(REST));
    }

    /// `target` serves.
    pub fn served(&self, target: Target) {
        self.0.resting.borrow_mut().clear(&target);
    }

    fn numeric(
        &self,
        address: IpAddr,
        port: Option<u16>,
        asked: Option<Transport>,
    ) -> Result<Targets, NotLocated> {
        let address = SocketAddr::new(address, port.unwrap_or(SIP_PORT));
        let transport = asked.unwrap_or(Transport::Udp);
        Ok(std::iter::once(Target { transport, address }).collect())
    }

    async fn named(
        &self,
        name: &str,
        port: Option<u16>,
        asked: Option<Transport>,
    ) -> Result<Targets, NotLocated> {
        let name = names::canonical(name);
        if let Some(known) = self.0.names.borrow().known(&name) {
            let target = |known: &Known| {
                let mut address = known.address;
                address.set_port(port.unwrap_or(address.port()));
                Target {
                    transport: asked.or(known.transport).unwrap_or(Transport::Udp),
                    address,
                }
            };
            return Ok(known.iter().map(target).take(MAX_TARGETS).collect());
        }
        if self.0.resolver.is_none() {
            return Err(NotLocated::Unknown(name));
        }
        self.0.ask(name, port, asked).await
    }

    /// What can be reached of `targets`, with those last that failed lately.
    fn ordered(&self, mut targets: Targets) -> Result<Targets, NotLocated> {
        let other = targets.first().map(|target| target.address);
        targets.retain(|target| target.address.is_ipv4() == self.0.local.is_ipv4());
        if let (true, Some(other)) = (targets.is_empty(), other) {
            return Err(NotLocated::Family(other.to_string()));
        }
        self.0.resting.borrow().put_last(&mut targets, now());
        Ok(targets)
    }
}

/// The transport that a URI's `transport=` names (RFC 3261 §19.1.1).
fn transport(name: &str) -> Result<Transport, NotLocated> {
    if name.eq_ignore_ascii_case("udp") {
        Ok(Transport::Udp)
    } else if name.eq_ignore_ascii_case("tcp") {
        Ok(Transport::Tcp)
    } else {
        Err(NotLocated::Transport(format!("transport={name}")))
    }
}

fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
