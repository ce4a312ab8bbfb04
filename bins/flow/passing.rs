//! What passes in a capture: of a file it is read ahead by a thread of its own, while what came before is dealt with.

use std::panic;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::{io, mem, vec};

use capture::{Fault, Packet, PassedOver, ReadError};
use flow::{Counts, Event, Found, KeyLog, Limits, Nodes, Notice, Reading};
use process::exit;

use crate::keys;
use crate::source::{self, Tracked, Way};

/// Batches that wait; what they hold is the memory that reading ahead takes.
const MAX_BATCHES: usize = 4;

/// Of a batch: how much passes in it, and the octets of its messages; one message more may be in it.
const BATCH: usize = 512;
const BATCH_OCTETS: usize = 1 << 20;

/// What is in a capture, one after another.
pub(crate) enum Passing {
    /// As it comes: the next packet of a pipe may be long in coming.
    Live(Box<Reading<Tracked>>),
    /// Read ahead.
    Ahead {
        batches: Receiver<Vec<Passed>>,
        batch: vec::IntoIter<Passed>,
        thread: JoinHandle<Ending>,
    },
}

/// What is in a capture.
pub(crate) enum Passed {
    /// A packet that says who sent it; the messages that end in it follow.
    Packet(Packet),
    /// A message; its nodes are not known yet.
    Message(Event),
    /// What made no message.
    Notice(Notice),
    /// A packet that cannot be read.
    Fault(Fault),
}

/// How the reading ended.
pub(crate) struct Ending {
    /// How many packets there were.
    pub(crate) packets: u64,
    /// How much there was.
    pub(crate) counts: Counts,
    /// What was neither given nor told.
    pub(crate) passed_over: PassedOver,
    /// Why there are no more, where that is not the capture's end.
    pub(crate) error: Option<ReadError>,
    /// All keys, those that stood in the capture among them.
    pub(crate) keys: KeyLog,
    /// Whether some of them stand behind what they open.
    pub(crate) are_keys_late: bool,
    /// What is to be told of the keys.
    pub(crate) told: Vec<String>,
}

impl Ending {
    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        self.error.as_ref().map_or(exit::OK, source::status)
    }
}

impl Passing {
    /// Begins to read.
    ///
    /// # Errors
    /// There can be no thread.
    pub(crate) fn of(source: Tracked, keys: KeyLog) -> io::Result<Passing> {
        let way = source.way();
        let reading = Reading::new(source, Limits::default()).with_keys(keys);
        if way == Way::Pipe {
            return Ok(Passing::Live(Box::new(reading)));
        }
        let (give, batches) = sync_channel(MAX_BATCHES);
        let thread = thread::Builder::new()
            .name("reading".to_owned())
            .spawn(move || read_ahead(reading, &give))?;
        Ok(Passing::Ahead {
            batches,
            batch: Vec::new().into_iter(),
            thread,
        })
    }

    /// What comes next; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Passed> {
        match self {
            Passing::Live(reading) => next(reading),
            Passing::Ahead { batches, batch, .. } => loop {
                if let Some(passed) = batch.next() {
                    return Some(passed);
                }
                *batch = batches.recv().ok()?.into_iter();
            },
        }
    }

    /// How it ended, once there is no more.
    pub(crate) fn end(self) -> Ending {
        match self {
            Passing::Live(reading) => ending(*reading),
            Passing::Ahead {
                batches, thread, ..
            } => {
                // Who asks before the end lets the thread end, too.
                drop(batches);
                match thread.join() {
                    Ok(ending) => ending,
                    Err(panicked) => panic::resume_unwind(panicked),
                }
            }
        }
    }
}

/// Nodes are told apart by whoever draws them.
fn next(reading: &mut Reading<Tracked>) -> Option<Passed> {
    let mut nobody = Nodes::new([]).with_strangers(0);
    Some(match reading.next(&mut nobody)? {
        Found::Packet(packet) => Passed::Packet(packet.clone()),
        Found::Message(event) => Passed::Message(event),
        Found::Notice(notice) => Passed::Notice(notice),
        Found::Fault(fault) => Passed::Fault(fault),
    })
}

fn read_ahead(mut reading: Reading<Tracked>, give: &SyncSender<Vec<Passed>>) -> Ending {
    let mut nobody = Nodes::new([]).with_strangers(0);
    let mut batch = Vec::with_capacity(BATCH);
    let mut octets = 0;
    while let Some(found) = reading.next(&mut nobody) {
        batch.push(match found {
            Found::Packet(packet) if packet.interface.is_none() => continue,
            Found::Packet(packet) => Passed::Packet(packet.clone()),
            Found::Message(event) => {
                octets += event.octets.len();
                Passed::Message(event)
            }
            Found::Notice(notice) => Passed::Notice(notice),
            Found::Fault(fault) => Passed::Fault(fault),
        });
        if batch.len() == BATCH || octets >= BATCH_OCTETS {
            octets = 0;
            let full = mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if give.send(full).is_err() {
                break;
            }
        }
    }
    // Nobody may want it any more.
    let _ = give.send(batch);
    ending(reading)
}

fn ending(mut reading: Reading<Tracked>) -> Ending {
    let keys = reading.take_keys();
    Ending {
        packets: reading.packets(),
        counts: reading.counts(),
        passed_over: reading.passed_over(),
        are_keys_late: reading.are_keys_late(),
        told: keys::told(reading.bad_key(), &keys),
        keys,
        error: reading.into_error(),
    }
}
