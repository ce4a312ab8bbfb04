//! Reading a capture from a file or a pipe.

use std::io::{ErrorKind, Read};

use crate::decoder::{Decoder, ReadError};
use crate::packet::Packet;

/// How much is asked of the source at once, octets.
const CHUNK: usize = 65_536;

/// Reads packets from `R`, each as soon as it is there.
pub struct Reader<R: Read> {
    source: R,
    decoder: Decoder,
    chunk: Box<[u8]>,
}

impl<R: Read> Reader<R> {
    /// Reads nothing yet.
    pub fn new(source: R) -> Reader<R> {
        Reader {
            source,
            decoder: Decoder::new(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
        }
    }

    /// The next packet; `None` at the end.
    ///
    /// Of a file that is being written the end is not final: asked again, it goes on with what was added.
    ///
    /// # Errors
    /// What the source says or the file does wrong; `Truncated` where the end comes within a block, after which may
    /// be asked again, too.
    pub fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        loop {
            if let Some(packet) = self.decoder.next_packet()? {
                return Ok(Some(packet));
            }
            match self.source.read(&mut self.chunk) {
                Ok(0) if self.decoder.is_at_boundary() => return Ok(None),
                Ok(0) => return Err(ReadError::Truncated),
                Ok(length) => self.decoder.feed(&self.chunk[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// How many packets were not UDP or TCP over a known link, or were cut short, and were not given.
    pub fn passed_over(&self) -> u64 {
        self.decoder.passed_over()
    }
}
