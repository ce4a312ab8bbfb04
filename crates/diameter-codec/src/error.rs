//! What is refused, with what RFC 6733 §7.5 wants said about it.

use std::fmt;

use crate::avp::{Avp, AvpFlags};
use crate::codes::{AvpCode, VendorId};
use crate::dictionary::{self, AvpDefinition, MBitRule};
use crate::encode::avp_octets;
use crate::generated::base::ResultCode;

/// Most octets of the offending AVP's data that Failed-AVP repeats: 64 KiB, so that the answer fits into a message like
/// the request. Of a longer one it shows as many, with the AVP Length of what it shows (RFC 6733 §7.5: it SHOULD be there
/// whole).
pub const MAX_FAILED_DATA: usize = 64 << 10;

/// A message that breaks a rule: the Result-Code to answer and the content of Failed-AVP.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    result_code: ResultCode,
    failed_avp: Option<Vec<u8>>,
    /// From the inside out.
    path: Vec<AvpCode>,
}

impl DecodeError {
    /// An error that no AVP is to blame for, such as COMMAND_UNSUPPORTED.
    #[must_use]
    #[cold]
    pub fn of(result_code: ResultCode) -> Self {
        Self(Box::new(Inner {
            result_code,
            failed_avp: None,
            path: Vec::new(),
        }))
    }

    /// An error that `avp` is to blame for; Failed-AVP repeats it, with up to [`MAX_FAILED_DATA`] octets of its data.
    #[must_use]
    #[inline]
    pub fn about(result_code: ResultCode, avp: &Avp<'_>) -> Self {
        // By value: a reference would keep the AVPs of right messages in memory too.
        Self::about_parts(result_code, avp.code, avp.flags, avp.data)
    }

    #[cold]
    #[inline(never)]
    fn about_parts(result_code: ResultCode, code: AvpCode, flags: AvpFlags, data: &[u8]) -> Self {
        let data = &data[..data.len().min(MAX_FAILED_DATA)];
        Self(Box::new(Inner {
            result_code,
            failed_avp: Some(avp_octets(&Avp { code, flags, data })),
            path: vec![code],
        }))
    }

    /// A missing AVP: Failed-AVP shows an example of the least length, filled with zeros
    /// (RFC 6733 §7.5).
    #[must_use]
    #[cold]
    pub fn missing(definition: &AvpDefinition) -> Self {
        const ZEROS: [u8; 8] = [0; 8];
        let flags = match definition.m_bit {
            MBitRule::Must => AvpFlags::MANDATORY,
            MBitRule::May | MBitRule::Clear => AvpFlags::NONE,
        };
        let data = &ZEROS[..definition.data.min_len()];
        Self::about(
            ResultCode::MISSING_AVP,
            &Avp {
                code: definition.code,
                flags,
                data,
            },
        )
    }

    /// An AVP with the V bit and vendor 0, which is no AVP of ours; Failed-AVP shows it as it came.
    #[inline]
    pub(crate) fn vendor_0(avp: &Avp<'_>) -> Self {
        // By value, as above.
        Self::vendor_0_parts(avp.code, avp.flags, avp.data)
    }

    #[cold]
    #[inline(never)]
    fn vendor_0_parts(code: AvpCode, flags: AvpFlags, value: &[u8]) -> Self {
        // Written without them, the vendor and its bit would not be there, which are what is wrong.
        let mut data = vec![0; 4];
        data.extend_from_slice(&value[..value.len().min(MAX_FAILED_DATA - 4)]);
        let mut error = Self::about_parts(ResultCode::INVALID_AVP_BITS, code, flags, &data);
        if let Some(failed) = &mut error.0.failed_avp {
            failed[4] |= AvpFlags::VENDOR.0;
        }
        error
    }

    /// An AVP whose length leads out of its message or group, or into its own header. `rest` begins
    /// with it. Failed-AVP shows its header, filled up with zeros (RFC 6733 §7.1.5, 5014).
    #[cold]
    pub(crate) fn bad_length(rest: &[u8]) -> Self {
        let mut head = [0; 12];
        let there = rest.len().min(head.len());
        head[..there].copy_from_slice(&rest[..there]);
        let flags = AvpFlags(head[4]);
        let vendor = match flags.contains(AvpFlags::VENDOR) {
            true => u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            false => 0,
        };
        let number = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let code = AvpCode {
            vendor: VendorId(vendor),
            number,
        };
        const ZEROS: [u8; 8] = [0; 8];
        let least = dictionary::definition(code).map_or(0, |definition| definition.data.min_len());
        let avp = Avp {
            code,
            flags,
            data: &ZEROS[..least],
        };
        Self::about(ResultCode::INVALID_AVP_LENGTH, &avp)
    }

    /// The same error seen from outside of the group that it happened in: Failed-AVP shows the way
    /// down to the offending AVP (RFC 6733 §7.5).
    #[must_use]
    #[inline]
    pub fn inside(self, group: &Avp<'_>) -> Self {
        self.inside_parts(group.code, group.flags)
    }

    #[cold]
    #[inline(never)]
    fn inside_parts(mut self, code: AvpCode, flags: AvpFlags) -> Self {
        if let Some(failed) = &self.0.failed_avp {
            let data = failed.as_slice();
            self.0.failed_avp = Some(avp_octets(&Avp { code, flags, data }));
        }
        self.0.path.push(code);
        self
    }

    /// The Result-Code to answer.
    #[must_use]
    pub fn result_code(&self) -> ResultCode {
        self.0.result_code
    }

    /// The content of Failed-AVP, one AVP with its padding.
    #[must_use]
    pub fn failed_avp(&self) -> Option<&[u8]> {
        self.0.failed_avp.as_deref()
    }

    /// The offending AVP and the groups around it, from the outside in.
    pub fn path(&self) -> impl Iterator<Item = AvpCode> {
        self.0.path.iter().rev().copied()
    }
}

impl From<ResultCode> for DecodeError {
    fn from(result_code: ResultCode) -> Self {
        Self::of(result_code)
    }
}

/// `MISSING_AVP (5005): SCSCF-Restoration-Info / Restoration-Info / Path`
impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.result_code().fmt(f)?;
        for (at, code) in self.path().enumerate() {
            f.write_str(if at == 0 { ": " } else { " / " })?;
            code.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// `MISSING_AVP (5005)`
impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "Result-Code {}", self.0),
        }
    }
}
