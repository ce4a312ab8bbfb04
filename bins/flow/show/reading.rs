//! From a capture to what is drawn.

use capture::{Numbers, Packet, ReadError, Record};
use flow::{Belonging, Correlation, Counts, Event, Limits, Naming, Nodes, Show};
use process::exit;

use super::drawing::Drawing;
use super::error::ShowError;
use super::told::Told;
use crate::source::{self, Tracked};

/// How the reading ended.
pub(crate) struct Ending {
    /// How many packets there were.
    pub(crate) packets: u64,
    /// Why there are no more, where that is not the capture's end.
    pub(crate) error: Option<ReadError>,
}

impl Ending {
    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        self.error.as_ref().map_or(exit::OK, source::status)
    }
}

/// The first reading: names, who speaks most of what will be drawn, and what belongs together. What cannot be read, the
/// second one will tell.
pub(crate) fn learn(
    source: Tracked,
    naming: &mut Naming,
    mut correlation: Option<&mut Correlation>,
    show: Show,
) {
    let mut capture = capture::Reader::new(source);
    let mut reader = flow::Reader::new(Limits::default());
    // The names do not come from here yet.
    let mut nodes = Nodes::new([]).with_strangers(0);
    let mut take = |naming: &mut Naming, events: Vec<Event>| {
        for event in events {
            naming.message(&event);
            let belonging = correlation.as_deref_mut().map(|it| it.learn(&event));
            if show.includes(event.purpose) && belonging.is_none_or(|it| it.is_wanted) {
                naming.drawn(&event);
            }
        }
    };
    while let Ok(Some(record)) = capture.next_record() {
        if let Record::Packet(packet) = record {
            naming.packet(&packet);
            take(naming, reader.read(&packet, &mut nodes));
            drop(reader.take_notices());
        }
    }
    take(naming, reader.finish(&mut nodes));
}

/// The reading that draws; where it is the only one, names are learnt on the way.
///
/// # Errors
/// The output cannot be written.
pub(crate) fn draw(
    source: Tracked,
    nodes: &mut Nodes,
    mut naming: Option<&mut Naming>,
    mut correlation: Option<&mut Correlation>,
    drawing: &mut Drawing,
    told: &mut Told,
) -> Result<Ending, ShowError> {
    let mut capture = capture::Reader::new(source);
    let mut reader = flow::Reader::new(Limits::default());
    let error = loop {
        match capture.next_record() {
            Ok(Some(Record::Packet(packet))) => {
                if let Some(naming) = naming.as_deref_mut() {
                    name(naming, &packet, nodes);
                }
                let events = reader.read(&packet, nodes);
                tell_notices(&mut reader, told);
                let is_live = naming.is_some() && !events.is_empty();
                for event in events {
                    if let Some(naming) = naming.as_deref_mut() {
                        naming.message(&event);
                    }
                    take(event, nodes, correlation.as_deref_mut(), drawing)?;
                }
                if is_live {
                    drawing.flush()?;
                }
            }
            Ok(Some(Record::Fault(fault))) => {
                told.add(Some(Numbers::one(fault.packet)), fault.to_string());
            }
            Ok(Some(Record::Secrets(_))) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    for fault in capture.finish() {
        told.add(Some(Numbers::one(fault.packet)), fault.to_string());
    }
    for event in reader.finish(nodes) {
        take(event, nodes, correlation.as_deref_mut(), drawing)?;
    }
    tell_notices(&mut reader, told);
    let packets = capture.packets();
    if let Some(error) = error.as_ref().filter(|_| packets > 0) {
        told.add(
            Some(Numbers::one(packets)),
            format!("after packet {packets}: {error}"),
        );
    }
    let Counts {
        notices_dropped, ..
    } = reader.counts();
    told.add_uncounted(notices_dropped);
    Ok(Ending { packets, error })
}

fn name(naming: &mut Naming, packet: &Packet, nodes: &mut Nodes) {
    naming.packet(packet);
    naming.expect(packet, nodes);
}

fn take(
    event: Event,
    nodes: &Nodes,
    correlation: Option<&mut Correlation>,
    drawing: &mut Drawing,
) -> Result<(), ShowError> {
    let Some(correlation) = correlation else {
        return drawing.draw(event, &Belonging::default(), None, nodes);
    };
    let belonging = correlation.learn(&event);
    match belonging.is_wanted {
        true => drawing.draw(event, &belonging, Some(correlation), nodes),
        false => Ok(()),
    }
}

fn tell_notices(reader: &mut flow::Reader, told: &mut Told) {
    for notice in reader.take_notices() {
        told.add(Some(notice.packets), notice.to_string());
    }
}
