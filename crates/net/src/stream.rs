//! TCP listeners and connections.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use capture::{Direction, Transport};
use driver::io::{Local, Sharing};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::datagram::MAX_REPORTS;
use crate::holder::explained;
use crate::tap::Tap;

/// How many connections may wait to be accepted; the system may keep fewer (`net.core.somaxconn`).
pub const BACKLOG: i32 = 1024;

/// A listening TCP socket.
pub struct Listener {
    socket: TcpListener,
    local: SocketAddr,
    tap: Tap,
}

impl Listener {
    pub(crate) fn bind(local: Local, tap: Tap) -> io::Result<Listener> {
        let socket =
            listening(local).map_err(|error| explained(Transport::Tcp, local.address, error))?;
        Ok(Listener {
            local: socket.local_addr()?,
            socket,
            tap,
        })
    }
}

fn new_socket(family: SocketAddr) -> io::Result<Socket> {
    let kind = Type::STREAM.nonblocking();
    let socket = Socket::new(Domain::for_address(family), kind, Some(Protocol::TCP))?;
    if family.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}

fn listening(local: Local) -> io::Result<TcpListener> {
    let socket = new_socket(local.address)?;
    // A restarted element gets its port back while old connections linger in TIME-WAIT.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(local.sharing == Sharing::Shared)?;
    socket.bind(&local.address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

impl driver::io::Listener for Listener {
    type Stream = Stream;

    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    async fn accept(&self) -> io::Result<Stream> {
        let mut failed = 0;
        loop {
            let accepted = self.socket.accept().await;
            let stream = accepted.and_then(|(socket, remote)| {
                Stream::over(socket, remote, Direction::Received, self.tap.clone())
            });
            match stream {
                // Of that one connection, which is gone: the next one is not to wait for it.
                Err(error) if !is_want(&error) && failed < MAX_REPORTS => failed += 1,
                done => return done,
            }
        }
    }
}

/// Whether the system has no room for a connection: to ask again at once would be in vain.
#[cfg(target_os = "linux")]
fn is_want(error: &io::Error) -> bool {
    use nix::errno::Errno;
    let code = error.raw_os_error().map(Errno::from_raw);
    matches!(
        code,
        Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM)
    )
}

/// Elsewhere [`MAX_REPORTS`] tells it.
#[cfg(not(target_os = "linux"))]
fn is_want(_: &io::Error) -> bool {
    false
}

/// A TCP connection; small writes are not held back (`TCP_NODELAY`).
pub struct Stream {
    socket: TcpStream,
    local: SocketAddr,
    remote: SocketAddr,
    tap: Tap,
}

impl Stream {
    /// `remote` as it was told when the connection was made: one that is reset has none to tell any more.
    fn over(
        socket: TcpStream,
        remote: SocketAddr,
        opened: Direction,
        tap: Tap,
    ) -> io::Result<Stream> {
        socket.set_nodelay(true)?;
        let stream = Stream {
            local: socket.local_addr()?,
            remote,
            socket,
            tap,
        };
        stream.tap.opened(opened, stream.local, stream.remote);
        Ok(stream)
    }

    fn recorded(&self, direction: Direction, octets: &[u8]) {
        self.tap
            .passed(Transport::Tcp, direction, self.local, self.remote, octets);
    }

    fn finished(&self, direction: Direction) {
        self.tap.finished(direction, self.local, self.remote);
    }

    fn checked<T>(&self, result: io::Result<T>) -> io::Result<T> {
        let broken = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset;
        if result.as_ref().is_err_and(broken) {
            self.tap.broken(self.local, self.remote);
        }
        result
    }

    pub(crate) async fn connect(
        local: Option<IpAddr>,
        remote: SocketAddr,
        tap: Tap,
    ) -> io::Result<Stream> {
        let socket = new_socket(remote)?;
        if let Some(local) = local {
            socket
                .bind(&SocketAddr::new(local, 0).into())
                .map_err(|error| explained(Transport::Tcp, SocketAddr::new(local, 0), error))?;
        }
        let connecting = TcpSocket::from_std_stream(socket.into()).connect(remote);
        Stream::over(connecting.await?, remote, Direction::Sent, tap)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let asked = buffer.remaining();
        let result = ready!(Pin::new(&mut self.socket).poll_read(cx, buffer));
        match buffer.filled().get(before..) {
            Some(octets) if !octets.is_empty() => self.recorded(Direction::Received, octets),
            _ if result.is_ok() && asked > 0 => self.finished(Direction::Received),
            _ => {}
        }
        Poll::Ready(self.checked(result))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = ready!(Pin::new(&mut self.socket).poll_write(cx, octets));
        if let Ok(written) = &result {
            self.recorded(Direction::Sent, &octets[..*written]);
        }
        Poll::Ready(self.checked(result))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = ready!(Pin::new(&mut self.socket).poll_shutdown(cx));
        self.finished(Direction::Sent);
        Poll::Ready(result)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.finished(Direction::Sent);
    }
}

impl driver::io::Stream for Stream {
    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    fn remote_addr(&self) -> SocketAddr {
        self.remote
    }
}

#[cfg(test)]
mod tests {
    use driver::io::{Listener as _, Stream as _};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::run;

    fn any_port() -> SocketAddr {
        "127.0.0.1:0".parse().expect("an address")
    }

    fn listening_at(local: SocketAddr) -> io::Result<Listener> {
        Listener::bind(local.into(), Tap::default())
    }

    #[test]
    fn a_connection_that_is_reset_before_it_is_accepted_is_none_to_wait_for() {
        run(async {
            let listener = listening_at(any_port()).expect("listen");
            let at = listener.local_addr();
            let reset = std::net::TcpStream::connect(at).expect("connect");
            let remote = reset.local_addr().expect("an address");
            socket2::SockRef::from(&reset)
                .set_linger(Some(std::time::Duration::ZERO))
                .expect("an option");
            drop(reset);
            let mut gone = listener.accept().await.expect("its address was told");
            assert_eq!(gone.remote_addr(), remote);
            assert!(gone.read(&mut [0]).await.is_err());
            let other = std::net::TcpStream::connect(at).expect("connect");
            let accepted = listener.accept().await.expect("accepted");
            assert_eq!(Some(accepted.remote_addr()), other.local_addr().ok());
        })
        .expect("a runtime");
    }

    #[test]
    fn a_connection_carries_octets_both_ways_and_ends() {
        run(async {
            let listener = listening_at(any_port()).expect("listen");
            let home = Some(any_port().ip());
            let (client, server) = tokio::join!(
                Stream::connect(home, listener.local_addr(), Tap::default()),
                listener.accept()
            );
            let (mut client, mut server) = (client.expect("connect"), server.expect("accept"));
            assert_eq!(client.local_addr(), server.remote_addr());
            assert_eq!(client.remote_addr(), listener.local_addr());
            client.write_all(b"CER").await.expect("write");
            let mut request = [0; 3];
            server.read_exact(&mut request).await.expect("read");
            assert_eq!(&request, b"CER");
            server.write_all(b"CEA").await.expect("write");
            server.shutdown().await.expect("shutdown");
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.expect("read");
            assert_eq!(answer, b"CEA");
        })
        .expect("a runtime");
    }

    #[test]
    fn nobody_listening_is_connection_refused() {
        run(async {
            let gone = listening_at(any_port()).expect("listen").local_addr();
            let Err(error) = Stream::connect(None, gone, Tap::default()).await else {
                panic!("connected to nobody");
            };
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        })
        .expect("a runtime");
    }

    #[test]
    fn a_taken_port_is_named_with_its_holder() {
        run(async {
            let a = listening_at(any_port()).expect("listen");
            let Err(error) = listening_at(a.local_addr()) else {
                panic!("the port was given twice");
            };
            assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
            let text = error.to_string();
            let us = format!("process {}", std::process::id());
            assert!(text.contains("TCP") && text.contains(&us), "{text}");
        })
        .expect("a runtime");
    }

    #[test]
    fn nodelay_is_set_on_both_ends() {
        run(async {
            let listener = listening_at(any_port()).expect("listen");
            let (client, server) = tokio::join!(
                Stream::connect(None, listener.local_addr(), Tap::default()),
                listener.accept()
            );
            assert!(client.expect("connect").socket.nodelay().expect("option"));
            assert!(server.expect("accept").socket.nodelay().expect("option"));
        })
        .expect("a runtime");
    }
}
