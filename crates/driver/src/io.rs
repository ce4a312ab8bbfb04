//! The one trait between everything above and the world: `net` implements it with sockets, `sim` in memory.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::SystemTime;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::dns::{DnsSettings, Resolver};

/// Sockets, randomness, wall clock and blocking work of one host.
///
/// A handle: clones reach the same host. Nothing here is `Send`: a shard is one thread.
pub trait Io: Clone + 'static {
    /// A UDP socket.
    type Datagram: Datagram;
    /// A TCP listener.
    type Listener: Listener<Stream = Self::Stream>;
    /// A TCP connection.
    type Stream: Stream;
    /// Who asks the DNS.
    type Resolver: Resolver;

    /// Binds a UDP socket.
    ///
    /// # Errors
    /// What the system says, among it `AddrInUse`.
    fn bind(&self, local: impl Into<Local>) -> impl Future<Output = io::Result<Self::Datagram>>;

    /// Listens for TCP connections.
    ///
    /// # Errors
    /// What the system says, among it `AddrInUse`.
    fn listen(&self, local: impl Into<Local>) -> impl Future<Output = io::Result<Self::Listener>>;

    /// Connects by TCP, from address `local` (any port) where given.
    ///
    /// # Errors
    /// What the system says, among it `ConnectionRefused`.
    fn connect(
        &self,
        local: Option<IpAddr>,
        remote: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::Stream>>;

    /// Who asks the DNS by `settings`; nothing is asked yet.
    ///
    /// # Errors
    /// The system's settings cannot be read.
    fn resolver(&self, settings: &DnsSettings) -> io::Result<Self::Resolver>;

    /// Fills `octets` with randomness fit for nonces and tags (in `sim`: from the seed).
    fn fill_random(&self, octets: &mut [u8]);

    /// The time of day (in `sim`: a fixed epoch plus virtual time).
    fn wall_clock(&self) -> SystemTime;

    /// Runs `job`, which may block on a disk, away from the loop (in `sim`: at once, on it).
    fn run_blocking<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R>;
}

/// Where a socket is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The address; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Who else may have it.
    pub sharing: Sharing,
}

/// Whether several sockets may have one address and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// One socket only.
    Alone,
    /// All that ask so, as the shards of one process do: each remote address always finds the same one of them
    /// (`SO_REUSEPORT`).
    Shared,
}

impl From<SocketAddr> for Local {
    fn from(address: SocketAddr) -> Self {
        Self {
            address,
            sharing: Sharing::Alone,
        }
    }
}

/// A destination that the network says it cannot reach (ICMP), for datagrams sent by this socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable {
    /// Where the datagram was to go.
    pub to: SocketAddr,
    /// `ConnectionRefused` where its host is there and nobody listens, else as the system sorts it.
    pub kind: ErrorKind,
}

/// A bound UDP socket.
pub trait Datagram: 'static {
    /// The bound address, with the port that the system chose where none was asked for.
    fn local_addr(&self) -> SocketAddr;

    /// Receives one datagram, appended to `buffer`; its sender is returned.
    ///
    /// Safe to drop before it is ready: no datagram is lost.
    ///
    /// # Errors
    /// A system error of the socket; the socket stays usable.
    fn receive(&self, buffer: &mut BytesMut) -> impl Future<Output = io::Result<SocketAddr>>;

    /// Waits for the network to say that a datagram could not be delivered; how that datagram began, as far as it is
    /// quoted, is appended to `quote`. Anybody may forge such a report: what it quotes shows who has seen the datagram.
    ///
    /// # Errors
    /// `Unsupported` where the system does not tell.
    fn unreachable(&self, quote: &mut BytesMut) -> impl Future<Output = io::Result<Unreachable>>;

    /// Sends one datagram without waiting; UDP may lose it.
    ///
    /// # Errors
    /// `WouldBlock` where the socket's buffer is full, else what the system says.
    fn send(&self, octets: &[u8], to: SocketAddr) -> io::Result<()>;
}

/// A listening TCP socket.
pub trait Listener: 'static {
    /// What it accepts.
    type Stream: Stream;

    /// The bound address.
    fn local_addr(&self) -> SocketAddr;

    /// Accepts one connection; its peer's address is in the stream.
    ///
    /// # Errors
    /// A system error; the listener stays usable.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>>;
}

/// A TCP connection.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + 'static {
    /// Our end.
    fn local_addr(&self) -> SocketAddr;
    /// The peer's end.
    fn remote_addr(&self) -> SocketAddr;
}
