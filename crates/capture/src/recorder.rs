//! Writing a capture.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use etherparse::{IpNumber, Ipv4Header, Ipv6FlowLabel, Ipv6Header, TcpHeader, UdpHeader};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{DataLink, PcapError};

use crate::packet::{Direction, Message, Transport};
use crate::virtual_tcp::{Connections, MAX_SEGMENT, Made};

/// The longest UDP payload that is written, octets: the longest there is over IPv4.
pub const MAX_UDP_PAYLOAD: usize = 65_507;

/// How much of a packet is kept: all of it.
const SNAP_LENGTH: u32 = 262_144;
/// `if_tsresol`: times are in units of 10⁻⁹ s.
const NANOSECONDS: u8 = 9;
const HOP_LIMIT: u8 = 64;

/// Writes pcapng (draft-ietf-opsawg-pcapng), link type RAW IP, one packet a message, times to the nanosecond.
///
/// Each call reaches the writer in one piece and is flushed, so that a live reader is never left with half a message.
/// A writer that blocks, such as a pipe that nobody reads, blocks the caller.
///
/// A stream is to be recorded from one of its ends only: octets recorded twice look like sent twice.
pub struct Recorder<W: Write> {
    writer: W,
    blocks: PcapNgWriter<Vec<u8>>,
    names: Vec<String>,
    element: u32,
    connections: Connections,
    packet: Vec<u8>,
}

impl<W: Write> Recorder<W> {
    /// Begins a file; what follows is recorded for `element`.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(writer: W, element: &str) -> io::Result<Recorder<W>> {
        let mut recorder = Recorder {
            writer,
            blocks: PcapNgWriter::new(Vec::new()).map_err(as_io)?,
            names: Vec::new(),
            element: 0,
            connections: Connections::default(),
            packet: Vec::new(),
        };
        recorder.switch_to(element)?;
        Ok(recorder)
    }

    /// What follows is recorded for `element`, as an interface of that name.
    ///
    /// # Errors
    /// What the writer says.
    pub fn switch_to(&mut self, element: &str) -> io::Result<()> {
        if let Some(index) = self.names.iter().position(|name| name == element) {
            self.element = index as u32;
            return Ok(());
        }
        self.element = self.names.len() as u32;
        self.names.push(element.to_owned());
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: SNAP_LENGTH,
            options: vec![
                InterfaceDescriptionOption::IfName(Cow::Borrowed(element)),
                InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
            ],
        };
        self.blocks.write_pcapng_block(interface).map_err(as_io)?;
        self.hand_over()
    }

    /// Records a datagram, or a run of octets of a stream, which is opened by its sender where it was not.
    ///
    /// # Errors
    /// What the writer says; `InvalidInput` for ends of two address families, SCTP, or a datagram above
    /// [`MAX_UDP_PAYLOAD`].
    pub fn record(&mut self, message: &Message<'_>) -> io::Result<()> {
        let from = canonical(message.from);
        let to = canonical(message.to);
        let stamp = Stamp::of(message);
        match message.transport {
            Transport::Udp => {
                if message.payload.len() > MAX_UDP_PAYLOAD {
                    let text = format!("a datagram of {} octets", message.payload.len());
                    return Err(io::Error::new(ErrorKind::InvalidInput, text));
                }
                self.datagram(stamp, from, to, message.payload)?;
            }
            Transport::Sctp => {
                let text = "SCTP is not recorded";
                return Err(io::Error::new(ErrorKind::InvalidInput, text));
            }
            Transport::Tcp => {
                self.open(stamp, from, to)?;
                for piece in message.payload.chunks(MAX_SEGMENT) {
                    let made = self.connections.data(from, to, piece.len() as u32);
                    let made = made.expect("the connection was opened above");
                    self.segment(stamp, made, piece)?;
                }
            }
        }
        self.hand_over()
    }

    /// Records that `caller` opened a connection to `called`; `direction` is that of its SYN.
    ///
    /// # Errors
    /// What the writer says; `InvalidInput` for ends of two address families.
    pub fn opened(
        &mut self,
        time: SystemTime,
        direction: Direction,
        caller: SocketAddr,
        called: SocketAddr,
    ) -> io::Result<()> {
        let stamp = Stamp::new(time, direction);
        self.open(stamp, canonical(caller), canonical(called))?;
        self.hand_over()
    }

    /// Records that `from` has no more to say on a connection; the second such ends it.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finished(
        &mut self,
        time: SystemTime,
        direction: Direction,
        from: SocketAddr,
        to: SocketAddr,
    ) -> io::Result<()> {
        let mut stamp = Stamp::new(time, direction);
        for made in self.connections.finish(canonical(from), canonical(to)) {
            self.segment(stamp, made, &[])?;
            stamp.direction = direction.reversed();
        }
        self.hand_over()
    }

    /// Records that `from` broke a connection off.
    ///
    /// # Errors
    /// What the writer says.
    pub fn reset(
        &mut self,
        time: SystemTime,
        direction: Direction,
        from: SocketAddr,
        to: SocketAddr,
    ) -> io::Result<()> {
        let stamp = Stamp::new(time, direction);
        if let Some(made) = self.connections.reset(canonical(from), canonical(to)) {
            self.segment(stamp, made, &[])?;
        }
        self.hand_over()
    }

    /// The same recorder, which writes to what `to` makes of its writer from now on.
    pub fn map_writer<V: Write>(self, to: impl FnOnce(W) -> V) -> Recorder<V> {
        Recorder {
            writer: to(self.writer),
            blocks: self.blocks,
            names: self.names,
            element: self.element,
            connections: self.connections,
            packet: self.packet,
        }
    }

    /// The writer, with everything written.
    pub fn into_inner(self) -> W {
        self.writer
    }

    fn open(&mut self, stamp: Stamp<'_>, from: SocketAddr, to: SocketAddr) -> io::Result<()> {
        same_family(from, to)?;
        for made in self.connections.open(from, to, stamp.since_epoch) {
            let direction = match made.from == from {
                true => stamp.direction,
                false => stamp.direction.reversed(),
            };
            let stamp = Stamp {
                direction,
                comment: None,
                ..stamp
            };
            self.segment(stamp, made, &[])?;
        }
        Ok(())
    }

    fn datagram(
        &mut self,
        stamp: Stamp<'_>,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
    ) -> io::Result<()> {
        let ip = IpHeader::new(from, to, IpNumber::UDP, UdpHeader::LEN + payload.len())?;
        let ports = (from.port(), to.port());
        let udp = match &ip {
            IpHeader::V4(ip) => UdpHeader::with_ipv4_checksum(ports.0, ports.1, ip, payload),
            IpHeader::V6(ip) => UdpHeader::with_ipv6_checksum(ports.0, ports.1, ip, payload),
        }
        .map_err(invalid)?;
        self.packet.clear();
        ip.write(&mut self.packet)?;
        udp.write(&mut self.packet)?;
        self.packet(stamp, payload)
    }

    fn segment(&mut self, stamp: Stamp<'_>, made: Made, payload: &[u8]) -> io::Result<()> {
        let Made { from, to, header } = made;
        let mut tcp: TcpHeader = header;
        let ip = IpHeader::new(from, to, IpNumber::TCP, tcp.header_len() + payload.len())?;
        tcp.checksum = match &ip {
            IpHeader::V4(ip) => tcp.calc_checksum_ipv4(ip, payload),
            IpHeader::V6(ip) => tcp.calc_checksum_ipv6(ip, payload),
        }
        .map_err(invalid)?;
        self.packet.clear();
        ip.write(&mut self.packet)?;
        tcp.write(&mut self.packet)?;
        self.packet(stamp, payload)
    }

    fn packet(&mut self, stamp: Stamp<'_>, payload: &[u8]) -> io::Result<()> {
        self.packet.extend_from_slice(payload);
        // Bits 0 and 1 of epb_flags.
        let flags = match stamp.direction {
            Direction::Received => 1,
            Direction::Sent => 2,
        };
        let mut options = vec![EnhancedPacketOption::Flags(flags)];
        if let Some(comment) = stamp.comment {
            let fits = comment.floor_char_boundary(usize::from(u16::MAX) - 3);
            options.push(EnhancedPacketOption::Comment(Cow::Borrowed(
                &comment[..fits],
            )));
        }
        let block = EnhancedPacketBlock {
            interface_id: self.element,
            timestamp: stamp.since_epoch,
            original_len: self.packet.len() as u32,
            data: Cow::Borrowed(&self.packet),
            options,
        };
        self.blocks.write_pcapng_block(block).map_err(as_io)?;
        Ok(())
    }

    /// Everything made so far goes to the writer at once.
    fn hand_over(&mut self) -> io::Result<()> {
        let made = self.blocks.get_mut();
        let written = self.writer.write_all(made);
        made.clear();
        written?;
        self.writer.flush()
    }
}

/// What packets of one call have in common.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    since_epoch: Duration,
    direction: Direction,
    comment: Option<&'a str>,
}

impl<'a> Stamp<'a> {
    fn new(time: SystemTime, direction: Direction) -> Stamp<'a> {
        Stamp {
            // A clock before 1970 is a machine without one.
            since_epoch: time
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
            direction,
            comment: None,
        }
    }

    fn of(message: &Message<'a>) -> Stamp<'a> {
        Stamp {
            comment: message.comment,
            ..Stamp::new(message.time, message.direction)
        }
    }
}

enum IpHeader {
    V4(Ipv4Header),
    V6(Ipv6Header),
}

impl IpHeader {
    fn new(
        from: SocketAddr,
        to: SocketAddr,
        protocol: IpNumber,
        length: usize,
    ) -> io::Result<IpHeader> {
        let payload_length = u16::try_from(length).map_err(invalid)?;
        match (from.ip(), to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let (from, to) = (from.octets(), to.octets());
                let header = Ipv4Header::new(payload_length, HOP_LIMIT, protocol, from, to);
                Ok(IpHeader::V4(header.map_err(invalid)?))
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => Ok(IpHeader::V6(Ipv6Header {
                traffic_class: 0,
                flow_label: Ipv6FlowLabel::ZERO,
                payload_length,
                next_header: protocol,
                hop_limit: HOP_LIMIT,
                source: from.octets(),
                destination: to.octets(),
            })),
            _ => same_family(from, to).and(Err(ErrorKind::InvalidInput.into())),
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            // Computes the header's checksum.
            IpHeader::V4(header) => header.write(out),
            IpHeader::V6(header) => header.write(out),
        }
        .map_err(io::Error::other)
    }
}

fn same_family(from: SocketAddr, to: SocketAddr) -> io::Result<()> {
    if from.is_ipv4() == to.is_ipv4() {
        return Ok(());
    }
    let text = format!("{from} and {to} are of two address families");
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}

/// `::ffff:192.0.2.1` is 192.0.2.1.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, error)
}

fn as_io(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
