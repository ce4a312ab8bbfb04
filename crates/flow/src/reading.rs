//! From a capture to its messages.

use std::io::Read;
use std::vec;

use capture::{Fault, Packet, PassedOver, ReadError, Record};

use crate::counts::Counts;
use crate::event::Event;
use crate::limits::Limits;
use crate::node::Nodes;
use crate::notice::Notice;
use crate::read::Reader;
use crate::tls::key_log::{BadLine, KeyLog};

/// One reading of a capture, from its first packet to its last.
pub struct Reading<R: Read> {
    capture: capture::Reader<R>,
    reader: Reader,
    /// Was told, and is not looked into yet.
    told: Option<Packet>,
    ended: bool,
    messages: vec::IntoIter<Event>,
    notices: vec::IntoIter<Notice>,
    faults: vec::IntoIter<Fault>,
    error: Option<ReadError>,
    bad_key: Option<(usize, BadLine)>,
}

/// What is in a capture.
#[derive(Debug)]
pub enum Found<'a> {
    /// A packet; the messages that end in it follow.
    Packet(&'a Packet),
    /// A message.
    Message(Event),
    /// What made no message.
    Notice(Notice),
    /// A packet that cannot be read.
    Fault(Fault),
}

impl<R: Read> Reading<R> {
    /// Reads nothing yet.
    pub fn new(source: R, limits: Limits) -> Reading<R> {
        Reading {
            capture: capture::Reader::new(source),
            reader: Reader::new(limits),
            told: None,
            ended: false,
            messages: Vec::new().into_iter(),
            notices: Vec::new().into_iter(),
            faults: Vec::new().into_iter(),
            error: None,
            bad_key: None,
        }
    }

    /// The same, with secrets for what is encrypted; those that stand in the capture are added.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyLog) -> Reading<R> {
        self.reader = self.reader.with_keys(keys);
        self
    }

    /// Whether secrets came after a connection that there was no key for: read once more with
    /// [`Reading::take_keys`], it may have one.
    #[must_use]
    pub fn are_keys_late(&self) -> bool {
        self.reader.are_keys_late()
    }

    /// All secrets, those that stood in the capture so far among them; once nothing more is to be read.
    #[must_use]
    pub fn take_keys(&mut self) -> KeyLog {
        self.reader.take_keys()
    }

    /// The first line of secrets in the capture that is wrong, from 1; the others are taken.
    #[must_use]
    pub fn bad_key(&self) -> Option<&(usize, BadLine)> {
        self.bad_key.as_ref()
    }

    /// What comes next; `None` at the end, or where the capture cannot be read on, of which [`Reading::error`] tells.
    ///
    /// It asks for more of the source only when all of what was read is told.
    pub fn next(&mut self, nodes: &mut Nodes) -> Option<Found<'_>> {
        loop {
            if let Some(message) = self.messages.next() {
                return Some(Found::Message(message));
            }
            if let Some(notice) = self.notices.next() {
                return Some(Found::Notice(notice));
            }
            if let Some(fault) = self.faults.next() {
                return Some(Found::Fault(fault));
            }
            if self.ended {
                return None;
            }
            if let Some(packet) = self.told.take() {
                self.messages = self.reader.read(&packet, nodes).into_iter();
                self.notices = self.reader.take_notices().into_iter();
                continue;
            }
            match self.capture.next_record() {
                Ok(Some(Record::Packet(packet))) => {
                    return Some(Found::Packet(self.told.insert(packet)));
                }
                Ok(Some(Record::Fault(fault))) => return Some(Found::Fault(fault)),
                Ok(Some(Record::Secrets(secrets))) => {
                    let learnt = self.reader.learn(&secrets);
                    self.bad_key = self.bad_key.take().or(learnt.err());
                }
                last => {
                    self.error = last.err();
                    self.ended = true;
                    self.messages = self.reader.finish(nodes).into_iter();
                    self.notices = self.reader.take_notices().into_iter();
                    self.faults = self.capture.finish().into_iter();
                }
            }
        }
    }

    /// Why there is no more, where that is not the capture's end.
    #[must_use]
    pub fn error(&self) -> Option<&ReadError> {
        self.error.as_ref()
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_error(self) -> Option<ReadError> {
        self.error
    }

    /// How many packets there were so far, those that cannot be read included.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.capture.packets()
    }

    /// What is kept of streams between packets, as [`Reader::held`] counts.
    #[must_use]
    pub fn held(&self) -> usize {
        self.reader.held()
    }

    /// How much there was so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.reader.counts()
    }

    /// What was neither given nor told.
    #[must_use]
    pub fn passed_over(&self) -> PassedOver {
        self.capture.passed_over()
    }
}
