//! Values of AVPs: the data formats of RFC 6733 §4.2 and §4.3.1.

use crate::avp::{Avp, AvpFlags};
use crate::encode::Sink;
use crate::error::DecodeError;
use crate::generated::base::ResultCode;

/// What the data of an AVP stands for.
pub trait AvpValue<'a>: Copy {
    /// Reads the data of `avp`.
    ///
    /// # Errors
    /// 5014 where the length is none of the format, 5004 where the value is none; from a group
    /// whatever rule it breaks.
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError>;

    /// Writes the data.
    fn emit<S: Sink>(&self, sink: &mut S);

    /// Flags that the value itself brings.
    fn flags(&self) -> AvpFlags {
        AvpFlags::NONE
    }
}

impl<'a> AvpValue<'a> for &'a [u8] {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        Ok(avp.data)
    }

    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        sink.octets(self);
    }
}

impl<'a> AvpValue<'a> for &'a str {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        std::str::from_utf8(avp.data)
            .map_err(|_| DecodeError::about(ResultCode::INVALID_AVP_VALUE, avp))
    }

    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        sink.octets(self.as_bytes());
    }
}

/// Numbers of fixed length in network byte order.
macro_rules! number {
    ($($number:ty),*) => {$(
        impl AvpValue<'_> for $number {
            #[inline]
            fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
                match avp.data.try_into() {
                    Ok(octets) => Ok(Self::from_be_bytes(octets)),
                    Err(_) => Err(DecodeError::about(ResultCode::INVALID_AVP_LENGTH, avp)),
                }
            }

            #[inline]
            fn emit<S: Sink>(&self, sink: &mut S) {
                sink.octets(&self.to_be_bytes());
            }
        }
    )*};
}

number!(u32, u64, i32, i64, f32, f64);

impl<'a> AvpValue<'a> for Avp<'a> {
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        Ok(*avp)
    }

    fn emit<S: Sink>(&self, sink: &mut S) {
        sink.octets(self.data);
    }
}
