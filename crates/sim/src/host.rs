//! A host: its sockets, its tasks, its disk, and the handle that is its `Io`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use driver::dns::DnsSettings;
use driver::io::{Io, Local, Sharing};
use tempfile::TempDir;
use tokio::task::LocalSet;

use crate::connection::End;
use crate::datagram::{Datagram, Socket, crashed, same_family};
use crate::dice::Dice;
use crate::dns::Resolver;
use crate::network::{Network, Remains};
use crate::ports::Ports;
use crate::stream::{Acceptor, Listener, Stream};

/// What the clocks of all hosts show when a run starts: 2026-01-01T00:00:00Z.
pub const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// The first of the ports that a host gives out where none is asked for (RFC 6335 §6).
const FIRST_DYNAMIC_PORT: u16 = 49_152;

/// Files of a host by name; they survive its crash.
pub type Disk = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

pub(crate) struct Host {
    pub(crate) sockets: Ports<Socket>,
    pub(crate) listeners: Ports<Acceptor>,
    pub(crate) tasks: Option<Rc<LocalSet>>,
    incarnation: u64,
    next_port: u16,
    dice: Dice,
    disk: Disk,
    directory: Option<TempDir>,
}

impl Host {
    pub(crate) fn new(seed: u64, ip: IpAddr) -> Host {
        Host {
            sockets: Ports::default(),
            listeners: Ports::default(),
            tasks: None,
            incarnation: 0,
            next_port: FIRST_DYNAMIC_PORT,
            dice: Dice::for_host(seed, ip, 0),
            disk: Disk::default(),
            directory: None,
        }
    }

    pub(crate) fn crash(&mut self, seed: u64, ip: IpAddr) -> Remains {
        self.incarnation += 1;
        self.dice = Dice::for_host(seed, ip, self.incarnation);
        Remains {
            _tasks: self.tasks.take(),
            sockets: std::mem::take(&mut self.sockets),
            listeners: std::mem::take(&mut self.listeners),
        }
    }

    /// A free port, each in turn, so that one that was just given back is not given out again.
    fn free_port(&mut self, taken: impl Fn(&Host, u16) -> bool) -> Option<u16> {
        for _ in FIRST_DYNAMIC_PORT..=u16::MAX {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_DYNAMIC_PORT);
            if !taken(self, port) {
                return Some(port);
            }
        }
        None
    }

    fn choose_port(&mut self, wanted: u16, taken: impl Fn(&Host, u16) -> bool) -> io::Result<u16> {
        match wanted {
            0 => self.free_port(taken).ok_or(ErrorKind::AddrInUse.into()),
            port if taken(self, port) => Err(ErrorKind::AddrInUse.into()),
            port => Ok(port),
        }
    }
}

/// The [`Io`] of one host, until that host crashes: then its handles answer `NotConnected`.
#[derive(Clone)]
pub struct SimIo {
    pub(crate) network: Rc<Network>,
    ip: IpAddr,
    incarnation: u64,
}

impl SimIo {
    pub(crate) fn new(network: Rc<Network>, ip: IpAddr) -> SimIo {
        let incarnation = network.with_made_host(ip, |host| host.incarnation);
        SimIo {
            network,
            ip,
            incarnation,
        }
    }

    /// The host's only address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// The host's files in memory.
    pub fn disk(&self) -> Disk {
        self.network
            .with_made_host(self.ip, |host| host.disk.clone())
    }

    /// A real directory of the host, for what insists on one: empty at first, kept over crashes, removed at the end
    /// of the run.
    ///
    /// # Errors
    /// What the system says.
    pub fn directory(&self) -> io::Result<PathBuf> {
        self.network.with_made_host(self.ip, |host| {
            let directory = match host.directory.take() {
                Some(directory) => directory,
                None => tempfile::tempdir()?,
            };
            Ok(host.directory.insert(directory).path().to_owned())
        })
    }

    /// The address to bind: ours, whichever way it is put.
    fn ours(&self, asked: IpAddr) -> io::Result<IpAddr> {
        if asked == self.ip || asked.is_unspecified() {
            return Ok(self.ip);
        }
        let text = format!("{asked} is not an address of host {}", self.ip);
        Err(io::Error::new(ErrorKind::AddrNotAvailable, text))
    }

    fn with_host<R>(&self, use_host: impl FnOnce(&mut Host) -> io::Result<R>) -> io::Result<R> {
        self.network.with_made_host(self.ip, |host| {
            if host.incarnation == self.incarnation {
                use_host(host)
            } else {
                Err(crashed())
            }
        })
    }
}

impl Io for SimIo {
    type Datagram = Datagram;
    type Listener = Listener;
    type Stream = Stream;
    type Resolver = Resolver;

    async fn bind(&self, local: impl Into<Local>) -> io::Result<Datagram> {
        let Local { address, sharing } = local.into();
        let ip = self.ours(address.ip())?;
        self.with_host(|host| {
            let taken = |host: &Host, port| !host.sockets.is_free(port, sharing);
            let port = host.choose_port(address.port(), taken)?;
            let socket = Rc::new(Socket::default());
            host.sockets.add(port, sharing, socket.clone());
            Ok(Datagram {
                network: self.network.clone(),
                local: SocketAddr::new(ip, port),
                socket,
            })
        })
    }

    async fn listen(&self, local: impl Into<Local>) -> io::Result<Listener> {
        let Local { address, sharing } = local.into();
        let ip = self.ours(address.ip())?;
        self.with_host(|host| {
            let taken = |host: &Host, port| !host.listeners.is_free(port, sharing);
            let port = host.choose_port(address.port(), taken)?;
            let acceptor = Rc::new(Acceptor::default());
            host.listeners.add(port, sharing, acceptor.clone());
            Ok(Listener {
                network: self.network.clone(),
                local: SocketAddr::new(ip, port),
                acceptor,
            })
        })
    }

    async fn connect(&self, local: Option<IpAddr>, remote: SocketAddr) -> io::Result<Stream> {
        let ip = self.ours(local.unwrap_or(self.ip))?;
        let port = self.with_host(|host| {
            let taken = |host: &Host, port| !host.listeners.is_free(port, Sharing::Alone);
            host.choose_port(0, taken)
        })?;
        same_family(SocketAddr::new(ip, port), remote)?;
        let call = self.network.call(SocketAddr::new(ip, port), remote);
        let stream = Stream {
            network: self.network.clone(),
            connection: call.answered().await?,
            end: End::Caller,
        };
        // Dropped where the host crashed meanwhile.
        self.with_host(|_| Ok(()))?;
        Ok(stream)
    }

    fn resolver(&self, _settings: &DnsSettings) -> io::Result<Resolver> {
        Ok(Resolver::new(self.network.clone()))
    }

    fn fill_random(&self, octets: &mut [u8]) {
        self.network
            .with_made_host(self.ip, |host| host.dice.fill(octets));
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + EPOCH + self.network.now()
    }

    async fn run_blocking<R: Send + 'static>(&self, job: impl FnOnce() -> R + Send + 'static) -> R {
        job()
    }
}
