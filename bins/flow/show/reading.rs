//! From a capture to what is drawn.

use capture::{Numbers, ReadError};
use flow::{Belonging, Correlation, Event, Found, KeyLog, Limits, Naming, Nodes, Reading, Show};
use process::exit;

use super::drawing::Drawing;
use super::error::ShowError;
use super::told::Told;
use crate::keys;
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

/// The keys of a capture.
pub(crate) struct Learnt {
    pub(crate) keys: KeyLog,
    /// Whether some stand behind what they open.
    pub(crate) are_late: bool,
}

/// The first reading: names, who speaks most of what will be drawn, and what belongs together. What cannot be read, the
/// second one will tell.
pub(crate) fn learn(
    source: Tracked,
    keys: KeyLog,
    naming: &mut Naming,
    mut correlation: Option<&mut Correlation>,
    show: Show,
) -> Learnt {
    let mut reading = Reading::new(source, Limits::default()).with_keys(keys);
    // The names do not come from here yet.
    let mut nodes = Nodes::new([]).with_strangers(0);
    while let Some(found) = reading.next(&mut nodes) {
        match found {
            Found::Packet(packet) => naming.packet(packet),
            Found::Message(event) => {
                naming.message(&event);
                let belonging = correlation.as_deref_mut().map(|it| it.learn(&event));
                if show.includes(event.purpose) && belonging.is_none_or(|it| it.is_wanted) {
                    naming.drawn(&event);
                }
            }
            Found::Notice(_) | Found::Fault(_) => {}
        }
    }
    Learnt {
        are_late: reading.are_keys_late(),
        keys: reading.take_keys(),
    }
}

/// The reading that draws; where it is the only one, names are learnt on the way.
///
/// # Errors
/// The output cannot be written.
pub(crate) fn draw(
    source: Tracked,
    keys: KeyLog,
    nodes: &mut Nodes,
    mut naming: Option<&mut Naming>,
    mut correlation: Option<&mut Correlation>,
    drawing: &mut Drawing,
    told: &mut Told,
) -> Result<Ending, ShowError> {
    let mut reading = Reading::new(source, Limits::default()).with_keys(keys);
    while let Some(found) = reading.next(nodes) {
        match found {
            Found::Packet(packet) => {
                if let Some(naming) = naming.as_deref_mut() {
                    naming.packet(packet);
                    naming.expect(packet, nodes);
                }
            }
            Found::Message(event) => {
                if let Some(naming) = naming.as_deref_mut() {
                    naming.message(&event);
                }
                drawing.see(&event);
                take(event, nodes, correlation.as_deref_mut(), drawing)?;
                // The next packet of a pipe may be long in coming.
                if naming.is_some() {
                    drawing.flush()?;
                }
            }
            Found::Notice(notice) => told.add(Some(notice.packets), notice.to_string()),
            Found::Fault(fault) => told.add(Some(Numbers::one(fault.packet)), fault.to_string()),
        }
    }
    let packets = reading.packets();
    if let Some(error) = reading.error().filter(|_| packets > 0) {
        told.add(
            Some(Numbers::one(packets)),
            format!("after packet {packets}: {error}"),
        );
    }
    let passed_over = reading.passed_over().to_string();
    if !passed_over.is_empty() {
        told.add(None, format!("not read: {passed_over}"));
    }
    for text in keys::told(&mut reading) {
        told.add(None, text);
    }
    told.add_uncounted(reading.counts().notices_dropped);
    Ok(Ending {
        packets,
        error: reading.into_error(),
    })
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
