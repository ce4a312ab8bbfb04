//! The AVP header and walking over AVPs (RFC 6733 §4.1).

use bytes::BytesMut;

use crate::codes::{AvpCode, VendorId};
use crate::encode::avp_octets;

/// AVP flags: V M P and five reserved bits (RFC 6733 §4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AvpFlags(pub u8);

impl AvpFlags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// V: a Vendor-Id follows.
    pub const VENDOR: Self = Self(0x80);
    /// M: a receiver that does not know the AVP must refuse the message.
    pub const MANDATORY: Self = Self(0x40);
    /// P: kept for end-to-end security.
    pub const PROTECTED: Self = Self(0x20);

    /// Whether every flag of `flags` is set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and those.
    #[must_use]
    pub const fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    /// The M bit.
    #[must_use]
    pub const fn m_bit(self) -> MBit {
        if self.contains(Self::MANDATORY) {
            MBit::Set
        } else {
            MBit::Clear
        }
    }
}

/// The M bit of an AVP for which it is the sender's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MBit {
    /// A receiver that does not know the AVP ignores it.
    #[default]
    Clear,
    /// A receiver that does not know the AVP refuses the message.
    Set,
}

impl MBit {
    /// As flags.
    #[must_use]
    pub const fn flags(self) -> AvpFlags {
        match self {
            Self::Clear => AvpFlags::NONE,
            Self::Set => AvpFlags::MANDATORY,
        }
    }
}

/// One AVP.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |                           AVP Code                            |
/// |V M P r r r r r|                  AVP Length                   |
/// |                      Vendor-ID (where V)                      |
/// |    Data …, padded to a multiple of four octets                |
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Avp<'a> {
    /// Code and vendor.
    pub code: AvpCode,
    /// Flags; V goes with the vendor when it is written.
    pub flags: AvpFlags,
    /// Data without padding.
    pub data: &'a [u8],
}

impl<'a> Avp<'a> {
    /// The AVPs in the data of a Grouped AVP, as far as their lengths can be followed.
    #[must_use]
    pub fn group(&self) -> Avps<'a> {
        Avps::new(self.data)
    }

    /// Appends it with its padding.
    pub fn append_to(&self, out: &mut BytesMut) {
        out.extend_from_slice(&avp_octets(self));
    }

    /// The data as text.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.data).ok()
    }

    /// The data as a 32-bit number.
    #[must_use]
    pub fn unsigned32(&self) -> Option<u32> {
        self.data.try_into().ok().map(u32::from_be_bytes)
    }
}

/// AVPs one after another; ends at the first whose length cannot be followed.
#[derive(Clone)]
pub struct Avps<'a> {
    rest: &'a [u8],
}

impl<'a> Avps<'a> {
    /// Over the data of a message or of a Grouped AVP.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// What is not yet walked over.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Avps<'a> {
    type Item = Avp<'a>;

    #[inline]
    fn next(&mut self) -> Option<Avp<'a>> {
        let (avp, rest) = split(self.rest)?;
        self.rest = rest;
        Some(avp)
    }
}

/// Octets of an AVP header with or without Vendor-Id.
pub(crate) const fn header_len(vendor: VendorId) -> usize {
    if vendor.0 == 0 { 8 } else { 12 }
}

/// `len` and its padding.
pub(crate) const fn padded(len: usize) -> usize {
    (len + 3) & !3
}

/// The first AVP and what follows it; none at the end and where its length is wrong. The padding of
/// the last AVP may be missing: some senders leave it out in groups.
#[inline]
pub(crate) fn split(octets: &[u8]) -> Option<(Avp<'_>, &[u8])> {
    let head = octets.first_chunk::<8>()?;
    let number = word(head, 0);
    let flags_and_length = word(head, 4);
    let flags = AvpFlags((flags_and_length >> 24) as u8);
    let length = (flags_and_length & 0x00ff_ffff) as usize;
    let whole = octets.get(..length)?;
    let (vendor, data) = if flags.contains(AvpFlags::VENDOR) {
        let (head, data) = whole.split_first_chunk::<12>()?;
        (word(head, 8), data)
    } else {
        (0, whole.get(8..)?)
    };
    let rest = octets.get(padded(length)..).unwrap_or(&[]);
    Some((
        Avp {
            code: AvpCode::new(vendor, number),
            flags,
            data,
        },
        rest,
    ))
}

#[inline]
fn word<const N: usize>(octets: &[u8; N], at: usize) -> u32 {
    u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]])
}
