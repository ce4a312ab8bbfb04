//! Code spaces of Diameter: open, so that an unknown number is carried.

use std::fmt;

use crate::dictionary;

/// A vendor by its SMI enterprise number; 0 is the IETF (RFC 6733 §4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VendorId(pub u32);

impl VendorId {
    /// No vendor: AVPs of the IETF.
    pub const IETF: Self = Self(0);
}

/// An Application-Id (RFC 6733 §2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationId(pub u32);

impl ApplicationId {
    /// What a relay advertises (RFC 6733 §2.4).
    pub const RELAY: Self = Self(0xffff_ffff);

    /// The name of the application, where a dictionary has it.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        dictionary::application(self).map(|application| application.name)
    }
}

/// A Command Code (RFC 6733 §3.1). Constants stand in the `command` module of each dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandCode(pub u32);

/// AVP Code and Vendor-Id, which name an AVP together (RFC 6733 §4.1). Constants stand in the `avp`
/// module of each dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AvpCode {
    /// Vendor-Id, 0 where the V bit is clear.
    pub vendor: VendorId,
    /// AVP Code.
    pub number: u32,
}

impl AvpCode {
    /// The AVP `number` of `vendor`.
    #[must_use]
    pub const fn new(vendor: u32, number: u32) -> Self {
        Self {
            vendor: VendorId(vendor),
            number,
        }
    }

    /// The name by the standard, where a dictionary has it.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        dictionary::definition(self).map(|definition| definition.name)
    }
}

impl fmt::Display for AvpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.vendor) {
            (Some(name), _) => f.write_str(name),
            (None, VendorId::IETF) => write!(f, "AVP {}", self.number),
            (None, vendor) => write!(f, "AVP {} of vendor {}", self.number, vendor.0),
        }
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}
