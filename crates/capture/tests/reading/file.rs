//! Capture files made octet by octet.

use std::time::{Duration, SystemTime};

use capture::{Packet, ReadError, Reader, Record, Secrets};

/// 192.0.2.1:5060 to 192.0.2.2:5061, UDP, "hello"; without a UDP checksum (RFC 768).
pub(crate) const IP_UDP: [u8; 33] = [
    0x45, 0x00, 0x00, 0x21, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb6, 0xc8, 192, 0, 2, 1, 192, 0,
    2, 2, 0x13, 0xc4, 0x13, 0xc5, 0x00, 0x0d, 0x00, 0x00, b'h', b'e', b'l', b'l', b'o',
];

pub(crate) fn ethernet() -> Vec<u8> {
    // Padded to the 60 octets that Ethernet asks for.
    let header = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
    let mut frame = [&header[..], &IP_UDP].concat();
    frame.resize(60, 0);
    frame
}

#[derive(Clone, Copy)]
pub(crate) enum Order {
    Big,
    Little,
}

impl Order {
    pub(crate) fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        }
    }

    pub(crate) fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        }
    }

    pub(crate) fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padded = body.len().next_multiple_of(4);
        let length = self.u32(padded as u32 + 12);
        let padding = vec![0; padded - body.len()];
        [&self.u32(kind)[..], &length, body, &padding, &length].concat()
    }

    pub(crate) fn section(self) -> Vec<u8> {
        self.section_with(&[])
    }

    /// A section with options, and their end.
    pub(crate) fn section_with(self, options: &[u8]) -> Vec<u8> {
        let end: &[u8] = match options.is_empty() {
            true => &[],
            false => &[0; 4],
        };
        let body = [
            &self.u32(0x1A2B_3C4D)[..],
            &self.u16(1),
            &self.u16(0),
            &[0xff; 8],
            options,
            end,
        ];
        self.block(0x0A0D_0D0A, &body.concat())
    }

    pub(crate) fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        let length = self.u16(value.len() as u16);
        [&self.u16(code)[..], &length, value, &padding].concat()
    }

    pub(crate) fn interface(self, link: u16, options: &[Vec<u8>]) -> Vec<u8> {
        let mut body = [&self.u16(link)[..], &[0; 2], &self.u32(65_535)].concat();
        body.extend(options.concat());
        if !options.is_empty() {
            body.extend([0; 4]);
        }
        self.block(1, &body)
    }

    pub(crate) fn packet(
        self,
        interface: u32,
        units: u64,
        octets: &[u8],
        options: &[Vec<u8>],
    ) -> Vec<u8> {
        let length = self.u32(octets.len() as u32);
        let mut body = [
            &self.u32(interface)[..],
            &self.u32((units >> 32) as u32),
            &self.u32(units as u32),
            &length,
            &length,
            octets,
        ]
        .concat();
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(options.concat());
        if !options.is_empty() {
            body.extend([0; 4]);
        }
        self.block(6, &body)
    }

    /// A packet of which only the first octets were captured.
    pub(crate) fn cut_packet(self, interface: u32, octets: &[u8], original: u32) -> Vec<u8> {
        let mut block = self.packet(interface, 1, octets, &[]);
        block[24..28].copy_from_slice(&self.u32(original));
        block
    }

    pub(crate) fn simple_packet(self, octets: &[u8], original: u32) -> Vec<u8> {
        self.block(3, &[&self.u32(original)[..], octets].concat())
    }

    pub(crate) fn pcap(self, magic: u32, link: u32, records: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let mut file = [
            &self.u32(magic)[..],
            &self.u16(2),
            &self.u16(4),
            &[0; 8],
            &self.u32(40),
            &self.u32(link),
        ]
        .concat();
        for (seconds, fraction, octets) in records {
            // More than the snap length was on the wire: usual, and no fault.
            let length = self.u32(octets.len() as u32);
            for word in [
                self.u32(*seconds),
                self.u32(*fraction),
                length,
                self.u32(99),
            ] {
                file.extend(word);
            }
            file.extend(*octets);
        }
        file
    }
}

pub(crate) fn all(file: &[u8]) -> Result<Vec<Packet>, ReadError> {
    let mut reader = Reader::new(file);
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet()? {
        packets.push(packet);
    }
    Ok(packets)
}

pub(crate) fn since_epoch(packet: &Packet) -> Duration {
    packet
        .time
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970")
}

/// All that a file gives.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) packets: Vec<Packet>,
    /// As they are shown.
    pub(crate) faults: Vec<String>,
    pub(crate) secrets: Vec<Secrets>,
}

impl Given {
    pub(crate) fn by(file: &[u8]) -> Given {
        let mut reader = Reader::new(file);
        let mut given = Given::default();
        while let Some(record) = reader.next_record().expect("nothing that ends the reading") {
            match record {
                Record::Packet(packet) => given.packets.push(packet),
                Record::Fault(fault) => given.faults.push(fault.to_string()),
                Record::Secrets(secrets) => given.secrets.push(secrets),
            }
        }
        let unfinished = reader.finish();
        given
            .faults
            .extend(unfinished.iter().map(|fault| fault.to_string()));
        given
    }

    /// The packets by their numbers.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let numbers = self.packets.iter().map(|packet| packet.numbers.to_string());
        numbers.collect()
    }

    /// What the packets carried, one after another.
    pub(crate) fn payloads(&self) -> Vec<&[u8]> {
        self.packets
            .iter()
            .map(|packet| &packet.payload[..])
            .collect()
    }
}
