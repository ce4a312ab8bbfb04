//! The Time format (RFC 6733 §4.3.1): the seconds of an NTP timestamp.

use crate::avp::Avp;
use crate::encode::Sink;
use crate::error::DecodeError;
use crate::value::AvpValue;

/// Seconds from 1900 to 1970.
const NTP_TO_UNIX: u64 = 2_208_988_800;

/// Seconds since 1900, or since 2036 where the first bit is clear (RFC 5905 §6, RFC 6733 §4.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Time(pub u32);

impl Time {
    /// From seconds since 1970.
    #[must_use]
    pub const fn from_unix(seconds: u64) -> Self {
        Self((seconds.wrapping_add(NTP_TO_UNIX) & 0xffff_ffff) as u32)
    }

    /// As seconds since 1970; values with the first bit clear lie after 7 February 2036.
    #[must_use]
    pub const fn to_unix(self) -> u64 {
        let era = if self.0 & 0x8000_0000 == 0 {
            1 << 32
        } else {
            0
        };
        self.0 as u64 + era - NTP_TO_UNIX
    }
}

impl AvpValue<'_> for Time {
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }

    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6733 §4.3.1 takes the wrap of 2036 from RFC 5905, whose era 1 begins at 1,
    /// 06:28:16 UTC 7 February 2036.
    #[test]
    fn the_wrap_of_2036_is_followed() {
        assert_eq!(Time::from_unix(0), Time(0x83aa_7e80));
        assert_eq!(Time::from_unix(2_085_978_495), Time(0xffff_ffff));
        assert_eq!(Time::from_unix(2_085_978_496), Time(0));
        for seconds in [
            0,
            1_762_000_000,
            2_085_978_495,
            2_085_978_496,
            3_000_000_000,
        ] {
            assert_eq!(Time::from_unix(seconds).to_unix(), seconds);
        }
    }
}
