//! Where datagrams land: as many as are there come with one call, and are given out one by one.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use crate::datagram::MAX_DATAGRAM;

/// The most datagrams that come with one call (one, where the system has no such call).
pub(crate) const BATCH: usize = if cfg!(target_os = "linux") { 16 } else { 1 };

/// Room of each, octets: no power of two, so that their beginnings do not share the same lines of a cache.
const ROOM: usize = MAX_DATAGRAM + 1_089;

/// Whether there may be more at the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Maybe,
    /// All that was there came.
    No,
}

/// The datagrams of one call.
pub(crate) struct Landing {
    rooms: Box<[u8]>,
    landed: [Option<(usize, SocketAddr)>; BATCH],
    /// The next to be given out.
    next: usize,
    #[cfg(target_os = "linux")]
    headers: nix::sys::socket::MultiHeaders<nix::sys::socket::SockaddrStorage>,
}

impl Landing {
    pub(crate) fn new() -> Self {
        Self {
            rooms: vec![0; BATCH * ROOM].into_boxed_slice(),
            landed: [None; BATCH],
            next: BATCH,
            #[cfg(target_os = "linux")]
            headers: nix::sys::socket::MultiHeaders::preallocate(BATCH, None),
        }
    }

    /// The next datagram of those that have landed, and its sender.
    pub(crate) fn next(&mut self) -> Option<(&[u8], SocketAddr)> {
        let (length, from) = self.landed.get(self.next)?.as_ref().copied()?;
        let at = self.next * ROOM;
        self.next += 1;
        self.rooms.get(at..at + length).map(|octets| (octets, from))
    }

    /// Takes what is at `socket`, once all that has landed was given out.
    ///
    /// # Errors
    /// `WouldBlock` where there is nothing, else what the system says; nothing has landed then.
    pub(crate) fn fill(&mut self, socket: &UdpSocket) -> io::Result<More> {
        self.landed = [None; BATCH];
        self.next = 0;
        self.receive(socket)
    }

    #[cfg(target_os = "linux")]
    fn receive(&mut self, socket: &UdpSocket) -> io::Result<More> {
        use std::io::IoSliceMut;
        use std::os::fd::AsRawFd;

        use nix::sys::socket::{MsgFlags, recvmmsg};

        use crate::unreachable::address;

        let mut rooms = self.rooms.chunks_exact_mut(ROOM);
        let mut slices: [_; BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(rooms.next().unwrap_or_default())]);
        let received = recvmmsg(
            socket.as_raw_fd(),
            &mut self.headers,
            &mut slices,
            MsgFlags::MSG_DONTWAIT,
            None,
        )?;
        let mut count = 0;
        for (place, message) in self.landed.iter_mut().zip(received) {
            // UDP has an address with every datagram.
            let from = message.address.as_ref().and_then(address);
            *place = from.map(|from| (message.bytes, from));
            count += 1;
        }
        // Less than there is room for: the system looked once more and found none.
        Ok(match count {
            BATCH => More::Maybe,
            _ => More::No,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn receive(&mut self, socket: &UdpSocket) -> io::Result<More> {
        self.landed[0] = Some(socket.recv_from(&mut self.rooms[..MAX_DATAGRAM])?);
        Ok(More::Maybe)
    }
}
