//! Who holds a port: read from Linux's `/proc`; elsewhere the answer is that nobody knows.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use capture::Transport;

/// State of a listening TCP socket in `/proc/net/tcp`.
const TCP_LISTEN: &str = "0A";

/// How often the tables are read until the socket stands there.
const READINGS: usize = 3;

/// Names the process whose socket stands in the way of binding `address`: `sipp (process 4711)`.
///
/// `None` where no such socket is found or its process belongs to someone whose files we may not read.
pub fn who_holds(transport: Transport, address: SocketAddr) -> Option<String> {
    let tables = match transport {
        Transport::Udp => ["/proc/net/udp", "/proc/net/udp6"],
        Transport::Tcp => ["/proc/net/tcp", "/proc/net/tcp6"],
        // No element listens there.
        Transport::Sctp => return None,
    };
    let find = || {
        tables
            .iter()
            .filter_map(|table| fs::read_to_string(table).ok())
            .flat_map(|table| inodes(&table, transport, address))
            .find_map(|inode| process_of(&inode))
    };
    // The kernel's listing can miss a socket while others come and go.
    (0..READINGS).find_map(|_| find())
}

/// The same error with the socket's name and, where the port is taken, its holder.
pub(crate) fn explained(transport: Transport, address: SocketAddr, error: io::Error) -> io::Error {
    let kind = error.kind();
    let text = match (kind, who_holds(transport, address)) {
        (io::ErrorKind::AddrInUse, Some(holder)) => {
            format!("{transport} {address} is taken by {holder}")
        }
        (io::ErrorKind::AddrInUse, None) => {
            format!("{transport} {address} is taken by another process")
        }
        _ => format!("{transport} {address}: {error}"),
    };
    io::Error::new(kind, text)
}

/// Inodes of the sockets in `table` that hold `address`.
fn inodes(table: &str, transport: Transport, address: SocketAddr) -> Vec<String> {
    let holds = |line: &&str| -> Option<String> {
        let mut columns = line.split_ascii_whitespace();
        let local = socket_address(columns.nth(1)?)?;
        let state = columns.nth(1)?;
        let inode = columns.nth(5)?;
        let listens = transport == Transport::Udp || state == TCP_LISTEN;
        (listens && collides(local, address)).then(|| inode.to_owned())
    };
    table
        .lines()
        .skip(1)
        .filter_map(|line| holds(&line))
        .collect()
}

fn collides(held: SocketAddr, wanted: SocketAddr) -> bool {
    held.port() == wanted.port()
        && (held.ip() == wanted.ip() || held.ip().is_unspecified() || wanted.ip().is_unspecified())
}

/// `0100007F:13C4`: the address as words in the machine's byte order, the port as a number.
fn socket_address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words = (0..ip.len() / 8)
        .map(|i| u32::from_str_radix(ip.get(i * 8..i * 8 + 8)?, 16).ok())
        .map(|word| word.map(u32::to_ne_bytes))
        .collect::<Option<Vec<_>>>()?;
    let ip = match words[..] {
        [word] => IpAddr::V4(Ipv4Addr::from(word)),
        [_, _, _, _] => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words.concat()).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn process_of(inode: &str) -> Option<String> {
    let link = format!("socket:[{inode}]");
    let process = fs::read_dir("/proc")
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| process_id(path).is_some())
        .find(|process| has_file(process, &link))?;
    let id = process_id(&process)?;
    let name = fs::read_to_string(process.join("comm")).ok()?;
    Some(format!("{} (process {id})", name.trim_end()))
}

fn process_id(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.parse().ok()
}

fn has_file(process: &Path, link: &str) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    files
        .flatten()
        .any(|file| fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == link))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UDP: &str = "\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  511: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 10877 2 0000000000000000 0
  512: 00000000:14E4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 10878 2 0000000000000000 0
";
    const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0F1C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22001 1 0
   1: 00000000000000000000000001000000:0F1C 00000000000000000000000001000000:9999 01 00000000:00000000 00:00000000 00000000     0        0 22002 1 0
";

    fn held(table: &str, transport: Transport, address: &str) -> Vec<String> {
        inodes(table, transport, address.parse().expect("an address"))
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_table_is_read_by_address_and_port() {
        assert_eq!(held(UDP, Transport::Udp, "127.0.0.1:5060"), ["10877"]);
        assert!(held(UDP, Transport::Udp, "127.0.0.2:5060").is_empty());
        assert_eq!(held(UDP, Transport::Udp, "0.0.0.0:5060"), ["10877"]);
        assert_eq!(held(UDP, Transport::Udp, "127.0.0.9:5348"), ["10878"]);
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn of_tcp_only_listening_sockets_count() {
        assert_eq!(held(TCP6, Transport::Tcp, "[::1]:3868"), ["22001"]);
    }

    #[test]
    fn a_table_of_another_shape_is_no_panic() {
        for table in [
            "",
            "x",
            "h\n1: zz:zz 0 0",
            "h\n1: 0100007F:13C4",
            "h\n1: é:é 0 0A 0 0 0 0 0 1",
        ] {
            assert!(held(table, Transport::Udp, "127.0.0.1:5060").is_empty());
        }
    }
}
