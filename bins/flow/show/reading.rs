//! From a capture to what is drawn.

use capture::Numbers;
use flow::{Belonging, Correlation, Event, Found, KeyLog, Limits, Naming, Nodes, Reading, Show};

use super::drawing::Drawing;
use super::error::ShowError;
use super::told::Told;
use crate::ending::Ending;
use crate::source::Tracked;

/// The first reading: names, who speaks most of what will be drawn, and what belongs together. What cannot be read, the
/// second one will tell.
pub(crate) fn learn(
    source: Tracked,
    keys: KeyLog,
    naming: &mut Naming,
    mut correlation: Option<&mut Correlation>,
    show: Show,
) -> Ending {
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
    Ending::of(reading)
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
    let mut ending = Ending::of(reading);
    let packets = ending.packets;
    if let Some(error) = ending.error.as_ref().filter(|_| packets > 0) {
        told.add(
            Some(Numbers::one(packets)),
            format!("after packet {packets}: {error}"),
        );
    }
    let passed_over = ending.passed_over.to_string();
    if !passed_over.is_empty() {
        told.add(None, format!("not read: {passed_over}"));
    }
    for text in ending.told.drain(..) {
        told.add(None, text);
    }
    told.add_uncounted(ending.counts.notices_dropped);
    Ok(ending)
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
