//! A player's sockets and time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use capture::Transport;
use driver::io::{Datagram, Io, Stream};
use flow::event::Protocol;
use sip_message::{Framer, Piece};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::error::ReplayError;
use crate::player::{Action, Outcome, Player};

/// Messages that may wait for the player.
const MAX_UNREAD: usize = 1_000;

/// When a datagram is sent again for the first time: T1 of RFC 3261 §17.1.2.1, doubled each time.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// The longest pause between messages of the capture that is kept.
const LONGEST_REST: Duration = Duration::from_secs(3_600);

/// How fast messages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as what came before it in the capture is there.
    Fast,
    /// Not sooner after what came before it than in the capture.
    AsCaptured,
}

/// How a plan is played.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The address to send from; each further socket gets a port of its own.
    pub from: Option<SocketAddr>,
    /// How fast.
    pub pace: Pace,
    /// How long each answer may take.
    pub wait: Duration,
}

/// Plays until the plan is done.
///
/// # Errors
/// A socket could not be opened.
pub async fn run<I: Io>(
    io: &I,
    mut player: Player,
    settings: &Settings,
) -> Result<Outcome, ReplayError> {
    let (tell, mut told) = mpsc::channel(MAX_UNREAD);
    let mut sockets = Sockets {
        io,
        against: player.against(),
        from: settings.from,
        open: HashMap::new(),
        readers: Vec::new(),
        tell,
    };
    // What is waited for, and until when: other messages that come meanwhile give it no more time.
    let mut awaited = None;
    loop {
        match player.next_action() {
            Action::Open {
                channel,
                transport,
                protocol,
            } => {
                let local = sockets.open(channel, transport, protocol).await?;
                player.opened(channel, local);
            }
            Action::Send { channel, octets } => {
                if sockets.send(channel, &octets).await == Sent::No {
                    player.closed(channel);
                }
            }
            Action::Rest(_) if settings.pace == Pace::Fast => {}
            Action::Rest(rest) => {
                let until = Instant::now() + rest.min(LONGEST_REST);
                while let Some(heard) = next_before(&mut told, until).await {
                    take(&mut player, heard);
                    // What is to be answered at once is.
                    while let Some((channel, octets)) = player.take_outgoing() {
                        sockets.send(channel, &octets).await;
                    }
                }
            }
            Action::Wait { again } => {
                let until = match awaited {
                    Some((position, until)) if position == player.position() => until,
                    _ => Instant::now() + settings.wait,
                };
                awaited = Some((player.position(), until));
                let mut pause = AGAIN_AFTER;
                let mut next = Instant::now() + pause;
                let heard = loop {
                    let first = if again.is_some() {
                        next.min(until)
                    } else {
                        until
                    };
                    if let Some(heard) = next_before(&mut told, first).await {
                        break Some(heard);
                    }
                    if first == until {
                        break None;
                    }
                    if let Some((channel, octets)) = &again {
                        sockets.send(*channel, octets).await;
                    }
                    pause *= 2;
                    next = first + pause;
                };
                match heard {
                    Some(heard) => take(&mut player, heard),
                    None => player.timed_out(),
                }
            }
            Action::Done => return Ok(player.finish()),
        }
    }
}

/// A message by a channel, or none where it is closed.
type Heard = (usize, Option<Bytes>);

async fn next_before(told: &mut mpsc::Receiver<Heard>, until: Instant) -> Option<Heard> {
    tokio::select! {
        biased;
        heard = told.recv() => heard,
        () = sleep_until(until) => None,
    }
}

fn take(player: &mut Player, (channel, octets): Heard) {
    match octets {
        Some(octets) => player.received(channel, octets),
        None => player.closed(channel),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Yes,
    No,
}

enum Socket<I: Io> {
    Datagram(Rc<I::Datagram>),
    Stream(WriteHalf<I::Stream>),
}

struct Sockets<'a, I: Io> {
    io: &'a I,
    against: SocketAddr,
    from: Option<SocketAddr>,
    open: HashMap<usize, Socket<I>>,
    readers: Vec<JoinHandle<()>>,
    tell: mpsc::Sender<Heard>,
}

impl<I: Io> Sockets<'_, I> {
    async fn open(
        &mut self,
        channel: usize,
        transport: Transport,
        protocol: Protocol,
    ) -> Result<SocketAddr, ReplayError> {
        match transport {
            Transport::Udp => {
                let mut from = self.from.map_or_else(|| loopback(self.against), Ok)?;
                let port_is_taken = self
                    .open
                    .values()
                    .any(|socket| matches!(socket, Socket::Datagram(_)));
                if port_is_taken {
                    from.set_port(0);
                }
                let bound = self.io.bind(from).await;
                let socket = Rc::new(bound.map_err(failed("bind", from))?);
                let local = socket.local_addr();
                let reader = datagrams(Rc::clone(&socket), channel, self.tell.clone());
                self.readers.push(driver::spawn(reader));
                self.open.insert(channel, Socket::Datagram(socket));
                Ok(local)
            }
            // SCTP is in no plan.
            Transport::Tcp | Transport::Sctp => {
                let from = self.from.map(|from| from.ip());
                let connected = self.io.connect(from, self.against).await;
                let stream = connected.map_err(failed("connect to", self.against))?;
                let local = stream.local_addr();
                let (read, write) = tokio::io::split(stream);
                let tell = self.tell.clone();
                let reader = match protocol {
                    Protocol::Sip => driver::spawn(sip(read, channel, tell)),
                    _ => driver::spawn(diameter(read, channel, tell)),
                };
                self.readers.push(reader);
                self.open.insert(channel, Socket::Stream(write));
                Ok(local)
            }
        }
    }

    async fn send(&mut self, channel: usize, octets: &[u8]) -> Sent {
        let sent = match self.open.get_mut(&channel) {
            Some(Socket::Datagram(socket)) => {
                // What the system cannot send now is lost like any datagram, and sent again.
                let _ = socket.send(octets, self.against);
                true
            }
            Some(Socket::Stream(stream)) => stream.write_all(octets).await.is_ok(),
            None => false,
        };
        match sent {
            true => Sent::Yes,
            false => Sent::No,
        }
    }
}

impl<I: Io> Drop for Sockets<'_, I> {
    fn drop(&mut self) {
        for reader in &self.readers {
            reader.abort();
        }
    }
}

fn failed(doing: &'static str, address: SocketAddr) -> impl FnOnce(std::io::Error) -> ReplayError {
    move |source| ReplayError::Socket {
        doing,
        address,
        source,
    }
}

/// Towards this host itself the address to send from is known.
fn loopback(against: SocketAddr) -> Result<SocketAddr, ReplayError> {
    let ip: IpAddr = match against.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        _ => return Err(ReplayError::WhichAddress),
    };
    Ok(SocketAddr::new(ip, 0))
}

async fn datagrams<D: Datagram>(socket: Rc<D>, channel: usize, tell: mpsc::Sender<Heard>) {
    loop {
        let mut buffer = BytesMut::new();
        // An error of a socket for datagrams is that of one datagram.
        if socket.receive(&mut buffer).await.is_ok()
            && tell.send((channel, Some(buffer.freeze()))).await.is_err()
        {
            return;
        }
    }
}

async fn sip<S: Stream>(mut stream: ReadHalf<S>, channel: usize, tell: mpsc::Sender<Heard>) {
    let mut framer = Framer::default();
    let mut octets = [0; 16_384];
    'read: while let Ok(length @ 1..) = stream.read(&mut octets).await {
        framer.push(&octets[..length]);
        loop {
            match framer.next() {
                Ok(Some(Piece::Message(message))) => {
                    if tell
                        .send((channel, Some(message.to_bytes())))
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
                Ok(Some(Piece::LineEnd)) => {}
                Ok(None) => break,
                // Nobody knows where the next message begins.
                Err(_) => break 'read,
            }
        }
    }
    let _over = tell.send((channel, None)).await;
}

async fn diameter<S: Stream>(mut stream: ReadHalf<S>, channel: usize, tell: mpsc::Sender<Heard>) {
    let mut held = BytesMut::new();
    'read: while let Ok(1..) = stream.read_buf(&mut held).await {
        loop {
            match diameter_codec::frame_length(&held) {
                Ok(Some(length)) if held.len() >= length => {
                    let octets = held.split_to(length).freeze();
                    if tell.send((channel, Some(octets))).await.is_err() {
                        return;
                    }
                }
                Ok(_) => break,
                Err(_) => break 'read,
            }
        }
    }
    let _over = tell.send((channel, None)).await;
}
