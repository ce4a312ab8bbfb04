//! One message over one buffer.

use bytes::Bytes;

use crate::avp::{Avp, Avps};
use crate::codes::AvpCode;
use crate::generated::base::avp;
use crate::header::{FrameError, HEADER_LEN, Header, frame_length};

/// A message as it came: a header that can be followed, and AVPs that are read on demand.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    header: Header,
    octets: Bytes,
}

impl Message {
    /// Takes one whole message, as cut out of the stream by [`frame_length`].
    ///
    /// # Errors
    /// A header that cannot be followed, or fewer or more octets than it says.
    pub fn parse(octets: Bytes) -> Result<Self, FrameError> {
        let length = frame_length(&octets)?.unwrap_or(0);
        match octets.first_chunk::<HEADER_LEN>() {
            Some(head) if length == octets.len() => Ok(Self {
                header: Header::read(head),
                octets,
            }),
            _ => Err(FrameError::Incomplete {
                length: length as u32,
                there: octets.len(),
            }),
        }
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The AVPs one after another, as far as their lengths can be followed.
    #[must_use]
    pub fn avps(&self) -> Avps<'_> {
        Avps::new(self.body())
    }

    /// The first AVP of this code.
    #[must_use]
    pub fn find(&self, code: AvpCode) -> Option<Avp<'_>> {
        self.avps().find(|avp| avp.code == code)
    }

    /// Session-Id, where there is one that is text.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.find(avp::SESSION_ID).and_then(|avp| avp.text())
    }

    /// Origin-Host, where there is one that is text.
    #[must_use]
    pub fn origin_host(&self) -> Option<&str> {
        self.find(avp::ORIGIN_HOST).and_then(|avp| avp.text())
    }

    /// The octets after the header.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.octets[HEADER_LEN..]
    }

    /// The whole message.
    #[must_use]
    pub fn octets(&self) -> &Bytes {
        &self.octets
    }
}
