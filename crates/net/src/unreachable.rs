//! What ICMP says about datagrams of ours: the error queue of a socket (`IP_RECVERR`, Linux only).

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};

use driver::io::Unreachable;
use nix::cmsg_space;
use nix::libc::{self, sock_extended_err, sockaddr_in6};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};

/// The most of a datagram that a report is read to quote: what ICMP may carry of it (RFC 1812 §4.3.2.3).
pub(crate) const QUOTE: usize = 1_280;

/// Asks for the error queue.
pub(crate) fn ask(socket: &impl AsFd, address: SocketAddr) -> io::Result<()> {
    match address {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(())
}

/// Takes one report, and into `quote` how the datagram began; gives its length too.
///
/// `None` where the report is of another kind: a path MTU, a message that we asked too much of.
pub(crate) fn take(
    socket: &impl AsFd,
    quote: &mut [u8],
) -> io::Result<Option<(Unreachable, usize)>> {
    let mut control = cmsg_space!(sock_extended_err, sockaddr_in6);
    let mut room = [IoSliceMut::new(quote)];
    let report = recvmsg::<SockaddrStorage>(
        socket.as_fd().as_raw_fd(),
        &mut room,
        Some(&mut control),
        MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT,
    )?;
    let told = report.cmsgs()?.find_map(|message| match message {
        ControlMessageOwned::Ipv4RecvErr(told, _) | ControlMessageOwned::Ipv6RecvErr(told, _) => {
            Some(told)
        }
        _ => None,
    });
    // With `MSG_ERRQUEUE` the address is where the datagram was to go.
    let (Some(told), Some(to)) = (told, report.address.as_ref().and_then(address)) else {
        return Ok(None);
    };
    let error = io::Error::from_raw_os_error(told.ee_errno.cast_signed());
    let is_about_mtu = told.ee_errno.cast_signed() == libc::EMSGSIZE;
    Ok((!is_about_mtu).then(|| {
        let unreachable = Unreachable {
            to,
            kind: error.kind(),
        };
        (unreachable, report.bytes)
    }))
}

/// The address of UDP in `storage`.
pub(crate) fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|ip| SocketAddrV4::from(*ip));
    let v6 = || storage.as_sockaddr_in6().map(|ip| SocketAddrV6::from(*ip));
    v4.map(SocketAddr::V4).or_else(|| v6().map(SocketAddr::V6))
}
