//! A player's sockets and time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use capture::Transport;
use driver::io::{Datagram, Io, Listener, Stream};
use flow::event::Protocol;
use sip_message::{Framer, Piece};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::ReplayError;
use crate::player::{Action, Outcome, Player, Sending};
use crate::repeats::Repeats;

/// Messages that may wait for the player: each has at most the 16 MiB of Diameter.
const MAX_UNREAD: usize = 16;

/// How long the first live element may take to come, where it is waited for, if an answer may not take longer.
const FIRST_WITHIN: Duration = Duration::from_secs(60);

/// How long a connection may take what is written.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

/// How long a live element may keep a connection that the node ended.
const ENDED_WITHIN: Duration = Duration::from_secs(1);

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
    /// Where live elements come to.
    pub listen: Option<SocketAddr>,
    /// How fast.
    pub pace: Pace,
    /// How long each answer may take.
    pub wait: Duration,
    /// So many answers in a row that do not come, and nothing more is sent.
    pub unanswered: u32,
}

/// Plays until the plan is done; `listening` is told where live elements may come, once they may.
///
/// # Errors
/// A socket could not be opened.
pub async fn run<I: Io>(
    io: &I,
    mut player: Player,
    settings: &Settings,
    mut listening: impl FnMut(SocketAddr),
) -> Result<Outcome, ReplayError> {
    let (tell, mut told) = mpsc::channel(MAX_UNREAD);
    let mut sockets = Sockets {
        io,
        against: player.against(),
        from: settings.from,
        listen: settings.listen,
        open: HashMap::new(),
        tasks: Vec::new(),
        tell,
        accepted: Protocol::Unknown,
    };
    // What is waited for, and until when: other messages that come meanwhile give it no more time.
    let mut awaited = None;
    let mut repeats = Repeats::default();
    loop {
        match player.next_action() {
            Action::Listen { protocol } => listening(sockets.listen(protocol).await?),
            Action::Open {
                link,
                transport,
                protocol,
            } => {
                let local = sockets.open(link, transport, protocol).await?;
                if player.against().is_none() {
                    listening(local);
                }
                player.opened(link, local);
            }
            Action::Close { link } => sockets.close(link),
            Action::Send(sending) => sockets.send_for(&mut player, sending).await,
            Action::Rest(_) if settings.pace == Pace::Fast => {}
            Action::Rest(rest) => {
                let until = Instant::now() + rest.min(LONGEST_REST);
                while let Some(heard) = next_before(&mut told, until).await {
                    sockets.take(&mut player, heard);
                    // What is to be answered at once is.
                    while let Some(sending) = player.take_outgoing() {
                        sockets.send_for(&mut player, sending).await;
                    }
                }
            }
            Action::Wait { again } => {
                let until = match awaited {
                    Some((position, until)) if position == player.position() => until,
                    _ if !player.is_met() => Instant::now() + settings.wait.max(FIRST_WITHIN),
                    _ => Instant::now() + settings.wait,
                };
                // Who has come has the time of an answer.
                awaited = player.is_met().then_some((player.position(), until));
                let due = again.as_ref().and_then(|again| {
                    let due = repeats.due(again.exchange, Instant::now())?;
                    (due < until).then_some(due)
                });
                match (next_before(&mut told, due.unwrap_or(until)).await, again) {
                    (Some(heard), _) => sockets.take(&mut player, heard),
                    (None, Some(again)) if due.is_some() => {
                        repeats.sent(again.exchange, again.pause);
                        sockets.send_for(&mut player, again.sending).await;
                    }
                    (None, _) => {
                        player.timed_out();
                        if player.unanswered() >= settings.unanswered {
                            player.give_up();
                        }
                    }
                }
            }
            Action::Done => {
                sockets.shut().await;
                return Ok(player.finish());
            }
        }
    }
}

/// What comes of the sockets.
enum Heard<S> {
    /// A message by a link, or none where it is closed.
    Message(usize, SocketAddr, Bytes),
    Closed(usize),
    /// A live element connects.
    Connection(S),
}

async fn next_before<S>(told: &mut mpsc::Receiver<Heard<S>>, until: Instant) -> Option<Heard<S>> {
    tokio::select! {
        biased;
        heard = told.recv() => heard,
        () = sleep_until(until) => None,
    }
}

struct Socket<I: Io> {
    way: Way<I>,
    reader: JoinHandle<()>,
}

enum Way<I: Io> {
    Datagram(Rc<I::Datagram>),
    Stream(WriteHalf<I::Stream>),
}

struct Sockets<'a, I: Io> {
    io: &'a I,
    against: Option<SocketAddr>,
    from: Option<SocketAddr>,
    listen: Option<SocketAddr>,
    open: HashMap<usize, Socket<I>>,
    /// Who listens, and who ends connections.
    tasks: Vec<JoinHandle<()>>,
    tell: mpsc::Sender<Heard<I::Stream>>,
    /// What is spoken on connections of live elements.
    accepted: Protocol,
}

impl<I: Io> Sockets<'_, I> {
    async fn listen(&mut self, protocol: Protocol) -> Result<SocketAddr, ReplayError> {
        let address = self.listen.ok_or(ReplayError::WhereToListen)?;
        let listener = self.io.listen(address).await;
        let listener = listener.map_err(failed("listen on", address))?;
        let address = listener.local_addr();
        self.accepted = protocol;
        let tell = self.tell.clone();
        self.tasks.push(driver::spawn(async move {
            loop {
                // An error of one connection is not the listener's.
                if let Ok(stream) = listener.accept().await
                    && tell.send(Heard::Connection(stream)).await.is_err()
                {
                    return;
                }
            }
        }));
        Ok(address)
    }

    async fn open(
        &mut self,
        link: usize,
        transport: Transport,
        protocol: Protocol,
    ) -> Result<SocketAddr, ReplayError> {
        match transport {
            Transport::Udp => {
                let own = self.from.or(self.listen);
                let mut from = own.map_or_else(|| loopback(self.against), Ok)?;
                let port_is_taken = self
                    .open
                    .values()
                    .any(|socket| matches!(socket.way, Way::Datagram(_)));
                if port_is_taken {
                    from.set_port(0);
                }
                let bound = self.io.bind(from).await;
                let socket = Rc::new(bound.map_err(failed("bind", from))?);
                let local = socket.local_addr();
                let reader = datagrams(Rc::clone(&socket), link, self.tell.clone());
                let reader = driver::spawn(reader);
                let way = Way::Datagram(socket);
                self.open.insert(link, Socket { way, reader });
                Ok(local)
            }
            // SCTP is in no plan.
            Transport::Tcp | Transport::Sctp => {
                let from = self.from.map(|from| from.ip());
                let against = self.against.ok_or(ReplayError::WhichAddress)?;
                let connected = self.io.connect(from, against).await;
                let stream = connected.map_err(failed("connect to", against))?;
                let local = stream.local_addr();
                self.read(link, protocol, stream);
                Ok(local)
            }
        }
    }

    fn read(&mut self, link: usize, protocol: Protocol, stream: I::Stream) {
        let remote = stream.remote_addr();
        let (read, write) = tokio::io::split(stream);
        let tell = self.tell.clone();
        let reader = match protocol {
            Protocol::Sip => driver::spawn(sip(read, link, remote, tell)),
            _ => driver::spawn(diameter(read, link, remote, tell)),
        };
        let way = Way::Stream(write);
        self.open.insert(link, Socket { way, reader });
    }

    fn take(&mut self, player: &mut Player, heard: Heard<I::Stream>) {
        match heard {
            Heard::Message(link, from, octets) => player.received(link, from, octets),
            Heard::Closed(link) => {
                self.open.remove(&link);
                player.closed(link);
            }
            Heard::Connection(stream) => {
                let link = player.accepted(stream.local_addr(), stream.remote_addr());
                if let Some(link) = link {
                    self.read(link, self.accepted, stream);
                }
            }
        }
    }

    async fn send_for(&mut self, player: &mut Player, sending: Sending) {
        let open = self.open.get_mut(&sending.link);
        let is_sent = match open.map(|socket| &mut socket.way) {
            Some(Way::Datagram(socket)) => {
                // What the system cannot send now is lost like any datagram, and sent again.
                let _ = socket.send(&sending.octets, sending.to);
                true
            }
            // Who reads nothing for so long is gone.
            Some(Way::Stream(stream)) => {
                let written = timeout(WRITTEN_WITHIN, stream.write_all(&sending.octets)).await;
                matches!(written, Ok(Ok(())))
            }
            None => false,
        };
        if !is_sent {
            player.closed(sending.link);
        }
    }

    /// Closes one while others go on. The other end of a connection has some time to end it, too: what it still says is
    /// read, so that what was written is not lost by a reset.
    fn close(&mut self, link: usize) {
        let Some(Socket { way, mut reader }) = self.open.remove(&link) else {
            return;
        };
        let Way::Stream(mut stream) = way else {
            reader.abort();
            return;
        };
        self.tasks.retain(|task| !task.is_finished());
        self.tasks.push(driver::spawn(async move {
            let _gone = timeout(WRITTEN_WITHIN, stream.shutdown()).await;
            if timeout(ENDED_WITHIN, &mut reader).await.is_err() {
                reader.abort();
            }
        }));
    }

    /// Ends connections in order: what was written arrives.
    async fn shut(&mut self) {
        for socket in self.open.values_mut() {
            if let Way::Stream(stream) = &mut socket.way {
                let _gone = timeout(WRITTEN_WITHIN, stream.shutdown()).await;
            }
        }
    }
}

impl<I: Io> Drop for Sockets<'_, I> {
    fn drop(&mut self) {
        let readers = self.open.values().map(|socket| &socket.reader);
        for task in self.tasks.iter().chain(readers) {
            task.abort();
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
fn loopback(against: Option<SocketAddr>) -> Result<SocketAddr, ReplayError> {
    let ip: IpAddr = match against.map(|against| against.ip()) {
        Some(IpAddr::V4(ip)) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        Some(IpAddr::V6(ip)) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        _ => return Err(ReplayError::WhichAddress),
    };
    Ok(SocketAddr::new(ip, 0))
}

async fn datagrams<D: Datagram, S>(socket: Rc<D>, link: usize, tell: mpsc::Sender<Heard<S>>) {
    loop {
        let mut buffer = BytesMut::new();
        // An error of a socket for datagrams is that of one datagram.
        if let Ok(from) = socket.receive(&mut buffer).await
            && tell
                .send(Heard::Message(link, from, buffer.freeze()))
                .await
                .is_err()
        {
            return;
        }
    }
}

async fn sip<S: Stream>(
    mut stream: ReadHalf<S>,
    link: usize,
    remote: SocketAddr,
    tell: mpsc::Sender<Heard<S>>,
) {
    let mut framer = Framer::default();
    let mut octets = [0; 16_384];
    'read: while let Ok(length @ 1..) = stream.read(&mut octets).await {
        framer.push(&octets[..length]);
        loop {
            match framer.next() {
                Ok(Some(Piece::Message(message))) => {
                    let heard = Heard::Message(link, remote, message.to_bytes());
                    if tell.send(heard).await.is_err() {
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
    let _over = tell.send(Heard::Closed(link)).await;
}

async fn diameter<S: Stream>(
    mut stream: ReadHalf<S>,
    link: usize,
    remote: SocketAddr,
    tell: mpsc::Sender<Heard<S>>,
) {
    let mut held = BytesMut::new();
    'read: while let Ok(1..) = stream.read_buf(&mut held).await {
        loop {
            match diameter_codec::frame_length(&held) {
                Ok(Some(length)) if held.len() >= length => {
                    let octets = held.split_to(length).freeze();
                    if tell
                        .send(Heard::Message(link, remote, octets))
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
                Ok(_) => break,
                Err(_) => break 'read,
            }
        }
    }
    let _over = tell.send(Heard::Closed(link)).await;
}
