//! What the dictionaries say at run time: AVP definitions and the names for pictures.

use crate::codes::{ApplicationId, AvpCode, CommandCode, VendorId};
use crate::generated::{base, cx};
use crate::header::Flags;

/// An application as it is advertised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Application {
    /// Application-Id.
    pub id: ApplicationId,
    /// Name, `Cx`.
    pub name: &'static str,
    /// The vendor of a vendor-specific application: it is then advertised, and repeated in every
    /// message, in Vendor-Specific-Application-Id (RFC 6733 §6.11).
    pub vendor: Option<VendorId>,
}

/// A line of the AVP table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvpDefinition {
    /// Code and vendor.
    pub code: AvpCode,
    /// Name by the standard.
    pub name: &'static str,
    /// Data format.
    pub data: DataType,
    /// Rule for the M bit on sending.
    pub m_bit: MBitRule,
    /// Whether `Display` and `Debug` show its value.
    pub disclosure: Disclosure,
}

/// Whether a value is shown in pictures and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// It is.
    Open,
    /// It is a key or a digest, and is not.
    Secret,
}

/// AVP data formats (RFC 6733 §4.2, §4.3.1, §4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of RFC 6733")]
pub enum DataType {
    OctetString,
    Integer32,
    Integer64,
    Unsigned32,
    Unsigned64,
    Float32,
    Float64,
    Grouped,
    Address,
    Time,
    Utf8String,
    DiameterIdentity,
    DiameterUri,
    Enumerated,
}

impl DataType {
    /// Octets of the shortest value.
    #[must_use]
    pub const fn min_len(self) -> usize {
        match self {
            Self::OctetString | Self::Utf8String | Self::Grouped => 0,
            Self::DiameterIdentity => 1,
            Self::DiameterUri => 7, // aaa://h
            Self::Integer32 | Self::Unsigned32 | Self::Float32 | Self::Time | Self::Enumerated => 4,
            Self::Address => 6,
            Self::Integer64 | Self::Unsigned64 | Self::Float64 => 8,
        }
    }
}

/// Long and short name of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandName {
    /// `Server-Assignment-Request`
    pub long: &'static str,
    /// `SAR`
    pub short: &'static str,
}

/// Rule for the M bit of an AVP (RFC 6733 §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MBitRule {
    /// Sent set; refused where it comes clear.
    Must,
    /// As the sender needs it.
    May,
    /// Sent clear; read either way, as dictionaries in the field differ.
    Clear,
}

/// The definition of an AVP in any dictionary.
#[must_use]
pub fn definition(code: AvpCode) -> Option<&'static AvpDefinition> {
    cx::definition(code)
}

/// The names of a command, by application, code and R bit.
#[must_use]
pub fn command_name(
    application: ApplicationId,
    code: CommandCode,
    flags: Flags,
) -> Option<CommandName> {
    match application {
        ApplicationId::BASE => base::command_name(code, flags),
        ApplicationId::CX => cx::command_name(code, flags),
        _ => None,
    }
}

/// The name of a value of an enumerated AVP.
#[must_use]
pub fn value_name(code: AvpCode, value: u32) -> Option<&'static str> {
    cx::value_name(code, value).or_else(|| base::value_name(code, value))
}

pub(crate) fn application(id: ApplicationId) -> Option<&'static Application> {
    [&base::APPLICATION, &cx::APPLICATION]
        .into_iter()
        .find(|application| application.id == id)
}
