//! Shards: the same element several times in one process, each on a thread of its own.

use std::net::SocketAddr;
use std::time::Duration;

use driver::io::Io;
use sip_message::{Host as UriHost, Uri};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::config::ConfigFault;
use crate::element::{Element, Host, StartError};
use crate::view::View;

/// The most shards of a process (`threads`).
pub const MAX_SHARDS: u16 = 64;

/// Which of a process's shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub number: u16,
    /// How many there are.
    pub of: u16,
}

impl Shard {
    /// All shards of a process that has `threads`.
    pub fn all(threads: u16) -> impl Iterator<Item = Self> {
        (1..=threads).map(move |number| Self {
            number,
            of: threads,
        })
    }

    /// Its name: `scscf` for the first, then `scscf2` and so on.
    pub fn name(&self, element: &str) -> String {
        match self.number {
            1 => element.to_owned(),
            number => format!("{element}{number}"),
        }
    }

    /// Its own port: that of `address`, which `key` has, and one more for each shard before it; port 0 stays.
    ///
    /// # Errors
    /// There are not so many ports.
    pub fn address(&self, key: &str, address: SocketAddr) -> Result<SocketAddr, ConfigFault> {
        let mut own = address;
        if address.port() != 0 {
            let port = address.port().checked_add(self.number - 1).ok_or_else(|| {
                ConfigFault::new(
                    key,
                    format!("\"{address}\""),
                    format!("shard {} would have a port above 65535", self.number),
                    "each shard has the next port: write a lower one, or fewer threads",
                )
            })?;
            own.set_port(port);
        }
        Ok(own)
    }

    /// The same of `HOST[:PORT]`; where no port is said, 5060 counts on.
    ///
    /// # Errors
    /// There are not so many ports.
    pub fn sent_by(&self, key: &str, sent_by: &str) -> Result<String, ConfigFault> {
        let uri = format!("sip:{sent_by}");
        let Ok(Uri::Sip(uri)) = Uri::parse(&uri) else {
            return Ok(sent_by.to_owned());
        };
        if self.number == 1 {
            return Ok(sent_by.to_owned());
        }
        let port = uri.port.unwrap_or(driver::locate::SIP_PORT);
        let port = self
            .address(key, SocketAddr::from(([127, 0, 0, 1], port)))?
            .port();
        Ok(format!("{}:{port}", uri.host))
    }

    /// Its own domain name: the number is put to the first label, `scscf2.home.example`.
    pub fn domain(&self, name: &str) -> String {
        match (self.number, name.split_once('.')) {
            (1, _) => name.to_owned(),
            (number, Some((first, rest))) => format!("{first}{number}.{rest}"),
            (number, None) => format!("{name}{number}"),
        }
    }

    /// Its own SIP URI, where `key` has `uri`: a host name as in [`domain`](Self::domain), of an IP address the
    /// next port. A port that is said counts on, as that of `listen` does.
    ///
    /// # Errors
    /// No SIP URI, or there are not so many ports.
    pub fn sip_uri(&self, key: &str, uri: &str) -> Result<String, ConfigFault> {
        crate::config::sip_uri(key, uri)?;
        let Ok(Uri::Sip(parsed)) = Uri::parse(uri) else {
            return Ok(uri.to_owned());
        };
        if self.number == 1 {
            return Ok(uri.to_owned());
        }
        let next = |port: u16| {
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            self.address(key, address).map(|own| own.port())
        };
        let (host, port) = match parsed.host {
            UriHost::Name(name) => (self.domain(name), parsed.port.map(next).transpose()?),
            address => {
                let port = parsed.port.unwrap_or(driver::locate::SIP_PORT);
                (address.to_string(), Some(next(port)?))
            }
        };
        let mut own = parsed;
        own.port = port;
        own.host = UriHost::parse(&host).unwrap_or(own.host);
        Ok(own.to_string())
    }
}

/// What a shard tells the process.
#[derive(Debug)]
pub(crate) enum Told {
    Ready,
    NotStarted(StartError),
    /// By itself.
    Ended(Result<(), String>),
    Stopped(Drained),
    /// Its thread is gone without a word.
    Lost,
}

/// Whether everything under way came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drained {
    Yes,
    CutOff,
}

/// Tells the process what becomes of one shard, and even where its thread panics.
pub(crate) struct Reporter {
    pub(crate) shard: Shard,
    pub(crate) told: mpsc::UnboundedSender<(Shard, Told)>,
    pub(crate) done: Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    No,
    Yes,
}

impl Reporter {
    fn tell(&self, told: Told) {
        // A process that does not listen any more is ending.
        let _ = self.told.send((self.shard, told));
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if self.done == Done::No {
            self.tell(Told::Lost);
        }
    }
}

/// The life of one shard on its thread: until `stop` says how long it has to finish.
pub(crate) async fn live<E: Element, I: Io>(
    config: E::Config,
    host: Host<I>,
    view: View,
    mut stop: watch::Receiver<Option<Duration>>,
    mut reporter: Reporter,
) {
    let name = host.name.clone();
    let started = tokio::select! {
        biased;
        _ = told_to_stop(&mut stop) => None,
        started = E::start(config, host) => Some(started),
    };
    let drained = match started {
        None => Drained::Yes,
        Some(Err(error)) => {
            reporter.done = Done::Yes;
            reporter.tell(Told::NotStarted(error));
            return;
        }
        Some(Ok(mut running)) => {
            view.add_shard(&name, running.hooks());
            reporter.tell(Told::Ready);
            let within = tokio::select! {
                biased;
                within = told_to_stop(&mut stop) => within,
                ended = running.ended() => {
                    reporter.tell(Told::Ended(ended));
                    told_to_stop(&mut stop).await
                }
            };
            match timeout(within, running.stop()).await {
                Ok(()) => Drained::Yes,
                Err(_) => Drained::CutOff,
            }
        }
    };
    reporter.done = Done::Yes;
    reporter.tell(Told::Stopped(drained));
}

async fn told_to_stop(stop: &mut watch::Receiver<Option<Duration>>) -> Duration {
    match stop.wait_for(Option::is_some).await {
        Ok(within) => within.unwrap_or_default(),
        // The process is gone.
        Err(_) => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THIRD: Shard = Shard { number: 3, of: 4 };

    #[test]
    fn names_and_ports_of_shards_count_on() {
        let first = Shard { number: 1, of: 4 };
        assert_eq!(first.name("scscf"), "scscf");
        assert_eq!(THIRD.name("scscf"), "scscf3");
        assert_eq!(THIRD.domain("scscf.home.example"), "scscf3.home.example");
        let at = |text: &str| THIRD.address("sip.listen", text.parse().unwrap());
        assert_eq!(at("127.0.0.1:5060"), Ok("127.0.0.1:5062".parse().unwrap()));
        assert_eq!(at("[::1]:0"), Ok("[::1]:0".parse().unwrap()));
        assert!(at("127.0.0.1:65534").unwrap_err().problem.contains("65535"));
        for (uri, third) in [
            ("sip:scscf.home.example", "sip:scscf3.home.example"),
            (
                "sip:scscf.home.example:6060",
                "sip:scscf3.home.example:6062",
            ),
            (
                "sip:scscf.home.example;transport=tcp",
                "sip:scscf3.home.example;transport=tcp",
            ),
            ("sip:127.0.0.1", "sip:127.0.0.1:5062"),
            ("sip:[::1]:6060", "sip:[::1]:6062"),
        ] {
            assert_eq!(first.sip_uri("name", uri).as_deref(), Ok(uri));
            assert_eq!(THIRD.sip_uri("name", uri).as_deref(), Ok(third));
        }
        assert!(THIRD.sip_uri("name", "scscf").is_err());
    }

    #[tokio::test]
    async fn a_shard_that_panics_is_told_of() {
        let (told, mut hear) = mpsc::unbounded_channel();
        let reporter = Reporter {
            shard: THIRD,
            told,
            done: Done::No,
        };
        let thread = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _reporter = reporter;
            panic!("of the test");
        }));
        assert!(thread.is_err());
        assert!(matches!(hear.recv().await, Some((THIRD, Told::Lost))));
    }
}
