//! Reading by the rules of the dictionary: what the generated `read_members` are made of.

use crate::avp::{Avp, AvpFlags, split};
use crate::codes::{ApplicationId, AvpCode, CommandCode, VendorId};
use crate::dictionary::{AvpDefinition, DataType, MBitRule};
use crate::error::DecodeError;
use crate::generated::base::ResultCode;
use crate::header::{Flags, Header};
use crate::many::Many;
use crate::value::AvpValue;

type Checked<T = ()> = Result<T, DecodeError>;

/// Walks over AVPs, refuses the first whose length is wrong, and notes which required ones were there.
pub(crate) struct Walk<'a> {
    here: &'a [u8],
    rest: &'a [u8],
    /// A bit for each required member, in the order of the grammar.
    seen: u64,
}

impl<'a> Walk<'a> {
    #[inline]
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self {
            here: octets,
            rest: octets,
            seen: 0,
        }
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Checked<Option<Avp<'a>>> {
        self.here = self.rest;
        let Some((avp, rest)) = split(self.rest) else {
            return match self.rest {
                [] => Ok(None),
                rest => Err(DecodeError::bad_length(rest)),
            };
        };
        // RFC 6733 §4.1: vendor 0 is what the missing V bit says already.
        if avp.code.vendor == VendorId::IETF && avp.flags.contains(AvpFlags::VENDOR) {
            return Err(DecodeError::vendor_0(&avp));
        }
        self.rest = rest;
        Ok(Some(avp))
    }

    /// Notes a required member; whether it is the first of its kind.
    #[inline]
    pub(crate) fn note(&mut self, bit: u64) -> bool {
        let first = self.seen & bit == 0;
        self.seen |= bit;
        first
    }

    /// At the end: `required` are the members that must have been there, in the order of their bits.
    #[inline]
    pub(crate) fn end<const N: usize>(&self, required: &[&AvpDefinition; N]) -> Checked {
        match self.seen.trailing_ones() as usize {
            all if all >= N => Ok(()),
            first => Err(DecodeError::missing(required[first])),
        }
    }
}

/// The header must be that of the command (RFC 6733 §3, §7.1.3).
#[inline]
pub(crate) fn check_header(
    header: &Header,
    command: CommandCode,
    application: ApplicationId,
    flags: Flags,
) -> Checked {
    let request = flags.contains(Flags::REQUEST);
    if header.command != command {
        return Err(DecodeError::of(ResultCode::COMMAND_UNSUPPORTED));
    }
    if header.application != application {
        return Err(DecodeError::of(ResultCode::APPLICATION_UNSUPPORTED));
    }
    // E is for answers that keep no grammar but their own; T is for requests; a request has the P
    // bit of its command. The P bit of an answer harms nobody.
    let wrong = header.is_request() != request
        || header.is_error()
        || !request && header.flags.contains(Flags::RETRANSMITTED)
        || request && header.flags.contains(Flags::PROXIABLE) != flags.contains(Flags::PROXIABLE);
    match wrong {
        true => Err(DecodeError::of(ResultCode::INVALID_HDR_BITS)),
        false => Ok(()),
    }
}

/// An answer with the E bit, to whatever command.
pub(crate) fn check_error_answer(header: &Header) -> Checked {
    match header.is_error() && !header.is_request() {
        true => Ok(()),
        false => Err(DecodeError::of(ResultCode::INVALID_HDR_BITS)),
    }
}

/// An AVP that stands once.
#[inline]
pub(crate) fn read_one<'a, T: AvpValue<'a>>(
    slot: &mut T,
    bit: u64,
    definition: &AvpDefinition,
    avp: &Avp<'a>,
    walk: &mut Walk<'a>,
) -> Checked {
    if !walk.note(bit) {
        return Err(too_many(avp));
    }
    *slot = read(definition, avp)?;
    Ok(())
}

/// An AVP that may stand once.
#[inline]
pub(crate) fn read_optional<'a, T: AvpValue<'a>>(
    slot: &mut Option<T>,
    definition: &AvpDefinition,
    avp: &Avp<'a>,
) -> Checked {
    if slot.is_some() {
        return Err(too_many(avp));
    }
    *slot = Some(read(definition, avp)?);
    Ok(())
}

/// An AVP that may stand any number of times.
#[inline]
pub(crate) fn read_many<'a, T: AvpValue<'a>>(
    values: &mut Many<'a, T>,
    definition: &AvpDefinition,
    avp: &Avp<'a>,
    walk: &Walk<'a>,
) -> Checked {
    read::<T>(definition, avp)?;
    values.note(avp.code, walk.here);
    Ok(())
}

/// An AVP that may stand up to `most` times.
#[inline]
#[allow(
    dead_code,
    reason = "no grammar has such a member yet; the notation allows it"
)]
pub(crate) fn read_at_most<'a, T: AvpValue<'a>>(
    most: usize,
    values: &mut Many<'a, T>,
    definition: &AvpDefinition,
    avp: &Avp<'a>,
    walk: &Walk<'a>,
) -> Checked {
    if values.len() >= most {
        return Err(too_many(avp));
    }
    read_many(values, definition, avp, walk)
}

#[inline]
fn too_many(avp: &Avp<'_>) -> DecodeError {
    DecodeError::about(ResultCode::AVP_OCCURS_TOO_MANY_TIMES, avp)
}

/// An AVP that the grammar does not name, where it allows any.
#[inline]
pub(crate) fn read_extra<'a>(
    extra: &mut Many<'a, Avp<'a>>,
    avp: &Avp<'a>,
    walk: &Walk<'a>,
    is_member: fn(AvpCode) -> bool,
    definition: fn(AvpCode) -> Option<&'static AvpDefinition>,
) -> Checked {
    // RFC 6733 §4.1: unknown and M must be refused, unknown without M is carried.
    if avp.flags.contains(AvpFlags::MANDATORY) && definition(avp.code).is_none() {
        return Err(DecodeError::about(ResultCode::AVP_UNSUPPORTED, avp));
    }
    extra.note_other(is_member, walk.here);
    Ok(())
}

/// An AVP that the grammar does not name, where it allows no other.
#[inline]
pub(crate) fn not_allowed(
    avp: &Avp<'_>,
    definition: fn(AvpCode) -> Option<&'static AvpDefinition>,
) -> DecodeError {
    let result_code = match definition(avp.code) {
        Some(_) => ResultCode::AVP_NOT_ALLOWED,
        None => ResultCode::AVP_UNSUPPORTED,
    };
    DecodeError::about(result_code, avp)
}

#[inline]
fn read<'a, T: AvpValue<'a>>(definition: &AvpDefinition, avp: &Avp<'a>) -> Checked<T> {
    if definition.m_bit == MBitRule::Must && !avp.flags.contains(AvpFlags::MANDATORY) {
        return Err(DecodeError::about(ResultCode::INVALID_AVP_BITS, avp));
    }
    // A DiameterURI is read by who goes there ([`crate::DiameterUri`]): some are only passed on, and what networks
    // write there is not always one.
    let valid = definition.data != DataType::DiameterIdentity || is_identity(avp.data);
    match valid {
        true => T::read(avp),
        false => Err(DecodeError::about(ResultCode::INVALID_AVP_VALUE, avp)),
    }
}

/// RFC 6733 §4.3.1: an FQDN or a realm, in ASCII, eight octets at a time.
#[inline]
fn is_identity(data: &[u8]) -> bool {
    let Some(last) = data.last_chunk::<8>() else {
        return !data.is_empty() && data.iter().all(u8::is_ascii_graphic);
    };
    // What is left over at the end is looked at together with octets before it.
    let (whole, _) = data.as_chunks::<8>();
    let outside = whole.iter().fold(outside_graphic(last), |found, octets| {
        found | outside_graphic(octets)
    });
    outside == 0
}

/// A bit for each octet that is not 0x21 to 0x7e.
#[inline]
fn outside_graphic(octets: &[u8; 8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let octets = u64::from_ne_bytes(*octets);
    let seven_bits = octets & (0x7f * EACH);
    // The high bit of each octet: set above 0x7f; clear below 0x21; set for 0x7f.
    (octets | !(seven_bits + 0x5f * EACH) | (seven_bits + EACH)) & (0x80 * EACH)
}
