//! Writing: the same `emit` first measures and then fills a buffer that is grown once.

use bytes::BytesMut;

use crate::avp::{Avp, AvpFlags, header_len, padded};
use crate::dictionary::{AvpDefinition, MBitRule};
use crate::header::{HEADER_LEN, Header};
use crate::many::Many;
use crate::value::AvpValue;

/// The longest message that a header can say (RFC 6733 §3: 24 bits).
const MAX_LENGTH: usize = 0x00ff_ffff;

/// Anything made of AVPs: a command or a group.
pub trait Members {
    /// Gives every AVP to `sink`, in the order of the dictionary.
    fn emit<S: Sink>(&self, sink: &mut S);

    /// Octets of the AVPs, padding included.
    fn len(&self) -> usize {
        let mut length = Length(0);
        self.emit(&mut length);
        length.0
    }

    /// Whether there is no AVP.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Takes what is to be written.
pub trait Sink: Sized {
    /// Data of the AVP that is open.
    fn octets(&mut self, octets: &[u8]);

    /// A whole AVP.
    fn avp<'a, T: AvpValue<'a>>(&mut self, avp: Avp<'_>, value: &T);

    /// An AVP that must be there.
    #[inline]
    fn one<'a, T: AvpValue<'a>>(&mut self, definition: &AvpDefinition, value: &T) {
        let m_bit = match definition.m_bit {
            MBitRule::Must => AvpFlags::MANDATORY,
            MBitRule::May => value.flags(),
            MBitRule::Clear => AvpFlags::NONE,
        };
        self.avp(
            Avp {
                code: definition.code,
                flags: m_bit,
                data: &[],
            },
            value,
        );
    }

    /// An AVP that may be there.
    #[inline]
    fn optional<'a, T: AvpValue<'a>>(&mut self, definition: &AvpDefinition, value: &Option<T>) {
        if let Some(value) = value {
            self.one(definition, value);
        }
    }

    /// AVPs of one kind.
    #[inline]
    fn many<'a, T: AvpValue<'a>>(&mut self, definition: &AvpDefinition, values: &Many<'a, T>) {
        match values.given() {
            Some(values) => values.iter().for_each(|value| self.one(definition, value)),
            None => values.iter().for_each(|value| self.one(definition, &value)),
        }
    }

    /// AVPs as they are.
    #[inline]
    fn extra<'a>(&mut self, avps: &Many<'a, Avp<'a>>) {
        match (avps.given(), avps.raw()) {
            (Some(avps), _) => avps.iter().for_each(|avp| self.avp(*avp, avp)),
            (None, Some(octets)) => self.octets(octets),
            (None, None) => avps.iter().for_each(|avp| self.avp(avp, &avp)),
        }
    }
}

/// Measures.
struct Length(usize);

impl Sink for Length {
    #[inline]
    fn octets(&mut self, octets: &[u8]) {
        self.0 += octets.len();
    }

    #[inline]
    fn avp<'a, T: AvpValue<'a>>(&mut self, avp: Avp<'_>, value: &T) {
        self.0 += header_len(avp.code.vendor);
        value.emit(self);
        // Everything before was padded, so this pads the AVP alone.
        self.0 = padded(self.0);
    }
}

/// Fills a buffer of zeros, so that padding needs no writing.
struct Fill<'b> {
    buffer: &'b mut [u8],
    at: usize,
}

impl Sink for Fill<'_> {
    #[inline]
    fn octets(&mut self, octets: &[u8]) {
        self.buffer[self.at..self.at + octets.len()].copy_from_slice(octets);
        self.at += octets.len();
    }

    #[inline]
    fn avp<'a, T: AvpValue<'a>>(&mut self, avp: Avp<'_>, value: &T) {
        let start = self.at;
        let vendor = avp.code.vendor;
        let header = header_len(vendor);
        let flags = match vendor.0 {
            0 => avp.flags.0 & !AvpFlags::VENDOR.0,
            _ => avp.flags.0 | AvpFlags::VENDOR.0,
        };
        self.at += header;
        value.emit(self);
        let length = (self.at - start) as u32 | u32::from(flags) << 24;
        let head = &mut self.buffer[start..start + header];
        head[0..4].copy_from_slice(&avp.code.number.to_be_bytes());
        head[4..8].copy_from_slice(&length.to_be_bytes());
        if let Some(place) = head.get_mut(8..12) {
            place.copy_from_slice(&vendor.0.to_be_bytes());
        }
        self.at = padded(self.at);
    }
}

/// Appends a message; its length is put into the header.
pub(crate) fn write_message<M: Members>(header: Header, members: &M, out: &mut BytesMut) {
    let length = HEADER_LEN + members.len();
    assert!(
        length <= MAX_LENGTH,
        "a message of {length} octets does not fit its 24-bit length"
    );
    let start = out.len();
    out.resize(start + length, 0);
    let buffer = &mut out[start..];
    let header = Header {
        length: length as u32,
        ..header
    };
    buffer[..HEADER_LEN].copy_from_slice(&header.octets());
    members.emit(&mut Fill {
        buffer,
        at: HEADER_LEN,
    });
}

/// One AVP with its padding, for Failed-AVP.
pub(crate) fn avp_octets(avp: &Avp<'_>) -> Vec<u8> {
    let length = header_len(avp.code.vendor) + avp.data.len();
    let mut octets = vec![0; padded(length)];
    Fill {
        buffer: &mut octets,
        at: 0,
    }
    .avp(*avp, avp);
    octets
}
