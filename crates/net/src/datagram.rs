//! UDP sockets.

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, UdpSocket};

use bytes::BytesMut;
use capture::{Direction, Transport};
use driver::io::{Local, Sharing, Unreachable};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::holder::explained;
use crate::landing::{Landing, More};
use crate::tap::Tap;

/// The longest datagram received, octets; UDP has no longer one (65,507 over IPv4, 65,527 over IPv6).
pub const MAX_DATAGRAM: usize = 65_535;

/// The kernel buffer asked for in each direction, octets, so that a burst is not dropped while a turn of the loop
/// lasts. The system may grant less (`net.core.rmem_max`).
pub const SOCKET_BUFFER: usize = 4 << 20;

/// How many errors in a row are passed over as reports of what was sent before, until one is believed.
pub(crate) const MAX_REPORTS: usize = 16;

/// A bound UDP socket.
pub struct Datagram {
    socket: AsyncFd<UdpSocket>,
    local: SocketAddr,
    // One receive at a time uses it, and never across an await.
    landing: RefCell<Landing>,
    tap: Tap,
}

impl Datagram {
    pub(crate) fn bind(local: Local, tap: Tap) -> io::Result<Datagram> {
        let socket =
            bound_socket(local).map_err(|error| explained(Transport::Udp, local.address, error))?;
        Ok(Datagram {
            local: socket.get_ref().local_addr()?,
            socket,
            landing: RefCell::new(Landing::new()),
            tap,
        })
    }

    /// How many octets of receive buffer the system granted (Linux counts its own overhead in).
    ///
    /// # Errors
    /// What the system says.
    pub fn receive_buffer(&self) -> io::Result<usize> {
        SockRef::from(self.socket.get_ref()).recv_buffer_size()
    }

    fn receive_now(&self, buffer: &mut BytesMut) -> io::Result<SocketAddr> {
        let landing = &mut *self.landing.borrow_mut();
        if let Some(from) = self.take_landed(landing, buffer) {
            return Ok(from);
        }
        let mut filled = Err(io::ErrorKind::WouldBlock.into());
        // What is said here is only whether the next one has to be waited for.
        let _ready = self.socket.try_io(Interest::READABLE, |socket| {
            filled = landing.fill(socket);
            match &filled {
                Ok(More::No) => Err(io::ErrorKind::WouldBlock.into()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Err(io::ErrorKind::WouldBlock.into())
                }
                Ok(More::Maybe) | Err(_) => Ok(()),
            }
        });
        filled?;
        self.take_landed(landing, buffer)
            .ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    fn take_landed(&self, landing: &mut Landing, buffer: &mut BytesMut) -> Option<SocketAddr> {
        let (octets, from) = landing.next()?;
        self.recorded(Direction::Received, from, octets);
        // Copied out, so that what outlives the turn holds its own octets and not 64 KiB of buffer.
        buffer.extend_from_slice(octets);
        Some(from)
    }

    fn recorded(&self, direction: Direction, remote: SocketAddr, octets: &[u8]) {
        self.tap
            .passed(Transport::Udp, direction, self.local, remote, octets);
    }
}

fn bound_socket(Local { address, sharing }: Local) -> io::Result<AsyncFd<UdpSocket>> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM.nonblocking(),
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        // `[::]` and `0.0.0.0` are two sockets; peers never show as `::ffff:…`.
        socket.set_only_v6(true)?;
    }
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_send_buffer_size(SOCKET_BUFFER)?;
    socket.set_reuse_port(sharing == Sharing::Shared)?;
    #[cfg(target_os = "linux")]
    crate::unreachable::ask(&socket, address)?;
    socket.bind(&address.into())?;
    watched(socket.into())
}

/// Whether it is writable is not asked for: nobody waits for that, and Linux tells it after every datagram that is sent,
/// which would wake the loop each time.
#[expect(
    deprecated,
    reason = "its heir is unsafe for what gives now this descriptor and now that one, which a socket of std does not"
)]
fn watched(socket: UdpSocket) -> io::Result<AsyncFd<UdpSocket>> {
    AsyncFd::with_interest(socket, Interest::READABLE | Interest::ERROR)
}

impl driver::io::Datagram for Datagram {
    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    async fn receive(&self, buffer: &mut BytesMut) -> io::Result<SocketAddr> {
        // Tried before waited for: a burst of a thousand costs one wake. Giving way now and then keeps a flood on
        // this socket from starving the loop.
        tokio::task::coop::consume_budget().await;
        let mut reports = 0;
        loop {
            match self.receive_now(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // It stays ready until a receive finds nothing more.
                    let mut ready = self.socket.readable().await?;
                    ready.retain_ready();
                }
                // A report that the error queue has with its destination: no fault of what comes in.
                Err(_) if reports < MAX_REPORTS => reports += 1,
                done => return done,
            }
        }
    }

    #[cfg(target_os = "linux")]
    async fn unreachable(&self, quote: &mut BytesMut) -> io::Result<Unreachable> {
        loop {
            let mut ready = self.socket.ready(Interest::ERROR).await?;
            ready.retain_ready();
            let mut room = [0; crate::unreachable::QUOTE];
            let report = self.socket.try_io(Interest::ERROR, |socket| {
                crate::unreachable::take(socket, &mut room)
            });
            match report {
                Ok(Some((unreachable, length))) => {
                    quote.extend_from_slice(&room[..length.min(room.len())]);
                    return Ok(unreachable);
                }
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    async fn unreachable(&self, _: &mut BytesMut) -> io::Result<Unreachable> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn send(&self, octets: &[u8], to: SocketAddr) -> io::Result<()> {
        let send = || self.socket.get_ref().send_to(octets, to);
        match send() {
            // Whatever ICMP said of some datagram before, Linux tells it at the next send, wherever that goes, and
            // forgets it then: what fails twice fails by itself.
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => send()?,
            outcome => outcome?,
        };
        self.recorded(Direction::Sent, to, octets);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    use driver::io::Datagram as _;

    use super::*;
    use crate::run;

    fn any_port() -> SocketAddr {
        "127.0.0.1:0".parse().expect("an address")
    }

    fn bound(local: SocketAddr) -> io::Result<Datagram> {
        Datagram::bind(local.into(), Tap::default())
    }

    #[test]
    fn a_datagram_arrives_whole_and_is_appended() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            a.send(b"REGISTER", b.local_addr()).expect("send");
            let mut buffer = BytesMut::from(&b"before "[..]);
            let from = b.receive(&mut buffer).await.expect("receive");
            assert_eq!(from, a.local_addr());
            assert_eq!(&buffer[..], b"before REGISTER");
        })
        .expect("a runtime");
    }

    #[test]
    fn the_longest_datagram_of_ipv4_arrives_whole() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            let longest = vec![7; 65_507];
            a.send(&longest, b.local_addr()).expect("send");
            let mut buffer = BytesMut::new();
            b.receive(&mut buffer).await.expect("receive");
            assert_eq!(&buffer[..], &longest[..]);
            let error = a
                .send(&vec![7; 65_508], b.local_addr())
                .expect_err("no such datagram");
            assert_ne!(error.kind(), io::ErrorKind::WouldBlock);
        })
        .expect("a runtime");
    }

    #[test]
    fn a_burst_costs_one_wait() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            // Loopback delivers within the send call, so that all hundred are there before the first receive.
            for number in 0..100_u8 {
                a.send(&[number], b.local_addr()).expect("send");
            }
            let mut first = BytesMut::new();
            b.receive(&mut first).await.expect("receive");
            for number in 1..100_u8 {
                let mut buffer = BytesMut::new();
                let ready = {
                    let receive = std::pin::pin!(b.receive(&mut buffer));
                    receive.poll(&mut Context::from_waker(Waker::noop()))
                };
                assert!(ready.is_ready(), "datagram {number} needed another wake");
                assert_eq!(&buffer[..], &[number]);
            }
        })
        .expect("a runtime");
    }

    /// More than come with one call, of lengths that would show one in the room of another.
    #[test]
    fn a_burst_of_any_size_comes_in_its_order_and_nothing_after_it() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            for burst in [1, crate::landing::BATCH - 1, crate::landing::BATCH, 100] {
                let octets = |number: usize| vec![number as u8; 1 + (number * 977) % 4_001];
                for number in 0..burst {
                    a.send(&octets(number), b.local_addr()).expect("send");
                }
                for number in 0..burst {
                    let mut buffer = BytesMut::new();
                    let from = b.receive(&mut buffer).await.expect("receive");
                    assert_eq!(from, a.local_addr());
                    assert_eq!(&buffer[..], octets(number), "{number} of {burst}");
                }
                let mut nothing = BytesMut::new();
                let waiting = std::pin::pin!(b.receive(&mut nothing));
                let poll = waiting.poll(&mut Context::from_waker(Waker::noop()));
                assert!(poll.is_pending());
            }
        })
        .expect("a runtime");
    }

    /// Linux says after every datagram that there is room for another.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_sent_wakes_nobody() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            a.send(b"x", b.local_addr()).expect("send");
            b.receive(&mut BytesMut::new()).await.expect("receive");
            // The queue has had its turn, so that a would be known as writable by now.
            let writable = a.socket.try_io(Interest::WRITABLE, |_| Ok(()));
            let error = writable.expect_err("nobody asked for it");
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        })
        .expect("a runtime");
    }

    #[test]
    fn a_receive_that_is_dropped_loses_nothing() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            {
                let mut nothing = BytesMut::new();
                let waiting = std::pin::pin!(b.receive(&mut nothing));
                let poll = waiting.poll(&mut Context::from_waker(Waker::noop()));
                assert!(poll.is_pending());
            }
            a.send(b"kept", b.local_addr()).expect("send");
            let mut buffer = BytesMut::new();
            b.receive(&mut buffer).await.expect("receive");
            assert_eq!(&buffer[..], b"kept");
        })
        .expect("a runtime");
    }

    #[test]
    fn the_receive_buffer_is_enlarged() {
        run(async {
            let granted = bound(any_port())
                .and_then(|socket| socket.receive_buffer())
                .expect("a buffer");
            let ceiling = std::fs::read_to_string("/proc/sys/net/core/rmem_max")
                .ok()
                .and_then(|text| text.trim().parse::<usize>().ok())
                .unwrap_or(0);
            assert!(granted >= SOCKET_BUFFER.min(ceiling), "{granted}");
        })
        .expect("a runtime");
    }

    #[test]
    fn ipv6_works_alike() {
        run(async {
            let Ok(a) = bound("[::1]:0".parse().expect("an address")) else {
                return; // a machine without IPv6
            };
            a.send(b"x", a.local_addr()).expect("send");
            let mut buffer = BytesMut::new();
            let from = a.receive(&mut buffer).await.expect("receive");
            assert_eq!(from, a.local_addr());
        })
        .expect("a runtime");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_closed_port_is_told_with_its_address_and_troubles_nobody_else() {
        for home in ["127.0.0.1:0", "[::1]:0"] {
            run(async {
                let Ok(a) = bound(home.parse().expect("an address")) else {
                    return; // a machine without IPv6
                };
                let b = bound(home.parse().expect("an address")).expect("bind");
                let gone = bound(home.parse().expect("an address"))
                    .expect("bind")
                    .local_addr();
                a.send(b"REGISTER", gone).expect("send");
                // What Linux has to say about `gone` it says at the next send and receive, too.
                a.send(b"other", b.local_addr()).expect("not about b");
                b.send(b"back", a.local_addr()).expect("send");
                let mut buffer = BytesMut::new();
                assert_eq!(
                    a.receive(&mut buffer).await.expect("not about a"),
                    b.local_addr()
                );
                let mut quote = BytesMut::new();
                let told = a.unreachable(&mut quote).await.expect("a report");
                assert_eq!(told.to, gone);
                assert_eq!(told.kind, io::ErrorKind::ConnectionRefused);
                assert_eq!(&quote[..], b"REGISTER");
                let mut buffer = BytesMut::new();
                b.receive(&mut buffer).await.expect("receive");
                assert_eq!(&buffer[..], b"other");
            })
            .expect("a runtime");
        }
    }

    /// Tells the sender of a datagram from `from` to `to` by ICMP that `to` has no UDP at all, which is ENOPROTOOPT.
    #[cfg(target_os = "linux")]
    fn tell_that_there_is_no_udp(from: SocketAddr, to: SocketAddr) -> io::Result<()> {
        let (SocketAddr::V4(sender), SocketAddr::V4(called)) = (from, to) else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        // Type 3, code 2 (RFC 792), then the header of what was sent.
        let mut icmp = vec![3, 2, 0, 0, 0, 0, 0, 0];
        icmp.extend([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]);
        icmp.extend(sender.ip().octets());
        icmp.extend(called.ip().octets());
        icmp.extend(sender.port().to_be_bytes());
        icmp.extend(called.port().to_be_bytes());
        icmp.extend([0, 8, 0, 0]);
        let words = icmp
            .chunks(2)
            .map(|word| u32::from(word[0]) << 8 | u32::from(word[1]));
        let sum: u32 = words.sum();
        let checksum = !((sum & 0xffff) + (sum >> 16)) as u16;
        icmp[2..4].copy_from_slice(&checksum.to_be_bytes());
        let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;
        raw.send_to(&icmp, &from.into()).map(drop)
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_icmp_says_of_one_peer_fails_no_send_to_another() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let b = bound(any_port()).expect("bind");
            let gone = "127.0.0.1:9".parse().expect("an address");
            if tell_that_there_is_no_udp(a.local_addr(), gone).is_err() {
                return; // who is not root may not say it
            }
            a.send(b"other", b.local_addr()).expect("not about b");
            tell_that_there_is_no_udp(a.local_addr(), gone).expect("told before");
            b.send(b"back", a.local_addr()).expect("send");
            let mut buffer = BytesMut::new();
            let from = a.receive(&mut buffer).await.expect("not about a");
            assert_eq!(from, b.local_addr());
            let error = a
                .send(&vec![7; 65_508], b.local_addr())
                .expect_err("no such datagram");
            assert_ne!(error.kind(), io::ErrorKind::WouldBlock);
        })
        .expect("a runtime");
    }

    #[test]
    fn a_shared_port_is_given_to_all_that_share_it() {
        run(async {
            let shared = |address| {
                let sharing = Sharing::Shared;
                Datagram::bind(Local { address, sharing }, Tap::default())
            };
            let a = shared(any_port()).expect("bind");
            let b = shared(a.local_addr()).expect("the same port");
            assert!(bound(a.local_addr()).is_err(), "who does not share is refused");
            let phone = bound(any_port()).expect("bind");
            phone.send(b"one", a.local_addr()).expect("send");
            let (mut first, mut second) = (BytesMut::new(), BytesMut::new());
            tokio::select! {
                from = a.receive(&mut first) => assert_eq!(from.expect("receive"), phone.local_addr()),
                from = b.receive(&mut second) => assert_eq!(from.expect("receive"), phone.local_addr()),
            }
        })
        .expect("a runtime");
    }

    #[test]
    fn a_taken_port_is_named_with_its_holder() {
        run(async {
            let a = bound(any_port()).expect("bind");
            let Err(error) = bound(a.local_addr()) else {
                panic!("the port was given twice");
            };
            assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
            let text = error.to_string();
            let port = format!("UDP {}", a.local_addr());
            let us = format!("process {}", std::process::id());
            assert!(text.contains(&port) && text.contains(&us), "{text}");
        })
        .expect("a runtime");
    }
}
