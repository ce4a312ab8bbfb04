//! Reading a capture from a file or a pipe.

use std::io::{ErrorKind, Read};

use crate::decoder::Decoder;
use crate::fault::{Fault, ReadError};
use crate::packet::Packet;
use crate::record::{PassedOver, Record};

/// How much is asked of the source at once, octets.
const CHUNK: usize = 256 << 10;

/// Reads from `R` what is captured there, each packet as soon as it is there.
pub struct Reader<R: Read> {
    source: R,
    decoder: Decoder,
    chunk: Box<[u8]>,
    octets: u64,
}

impl<R: Read> Reader<R> {
    /// Reads nothing yet.
    pub fn new(source: R) -> Reader<R> {
        Reader {
            source,
            decoder: Decoder::new(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            octets: 0,
        }
    }

    /// The next packet; `None` at the end. For those who want packets alone: faults and secrets are dropped.
    ///
    /// # Errors
    /// As of [`Reader::next_record`].
    pub fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        loop {
            match self.next_record()? {
                Some(Record::Packet(packet)) => return Ok(Some(packet)),
                Some(Record::Fault(_) | Record::Secrets(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// What comes next; `None` at the end.
    ///
    /// Of a file that is being written the end is not final: asked again, it goes on with what was added.
    ///
    /// # Errors
    /// What the source says or the file does wrong; `Truncated` where the end comes within a block, after which may
    /// be asked again, too.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            if let Some(record) = self.decoder.next_record()? {
                return Ok(Some(record));
            }
            match self.source.read(&mut self.chunk) {
                Ok(0) if self.decoder.is_at_boundary() => return Ok(None),
                Ok(0) => return Err(ReadError::Truncated),
                Ok(length) => {
                    self.octets += length as u64;
                    self.decoder.feed(&self.chunk[..length]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// To be called once no more is to come: tells the datagrams and messages whose parts did not all come.
    pub fn finish(&mut self) -> Vec<Fault> {
        self.decoder.finish()
    }

    /// How many octets of the source were read so far.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// How many packets there were so far, those that were not given included.
    pub fn packets(&self) -> u64 {
        self.decoder.packets()
    }

    /// What was neither given nor told, because no UDP, TCP or user message of SCTP is in it.
    pub fn passed_over(&self) -> PassedOver {
        self.decoder.passed_over()
    }
}
