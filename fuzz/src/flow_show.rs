//! Pictures of what was said: nothing that was said becomes markup or steers a terminal.

use std::sync::LazyLock;

use capture::Packet;
use flow::escape::Charset;
use flow::terminal::Colours;
use flow::{
    Correlation, Event, Fold, Folded, Ladder, Limits, Names, Naming, Nodes, Page, Picture, Reader,
    Remembered, Selection, Show, Style, Wanted, json,
};
use quick_xml::events::Event as Xml;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::spoken;

const TITLE: &str = "<a> capture";

/// Columns of the terminal.
const WIDTH: usize = 60;

/// How often a page has the character that begins an element.
static OPENINGS: LazyLock<usize> = LazyLock::new(|| {
    let empty = Page::new(TITLE).finish(&Nodes::new([]), &[], &[]);
    empty.matches('<').count()
});

/// What a few nodes say to each other, as of [`spoken::packets`].
pub fn flow_show(octets: &[u8]) {
    let packets = spoken::packets(octets);
    let everything = Selection::default();
    let of_alice = Selection {
        users: Wanted::new("alice").into_iter().collect(),
        ..Selection::default()
    };
    let all = drawn(&packets, everything);
    let hers = drawn(&packets, of_alice);
    assert!(hers <= all, "{hers} of {all} messages belong to her");
}

/// Draws all that is selected in every format, and says how many messages that is.
fn drawn(packets: &[Packet], selection: Selection) -> usize {
    let mut naming = Naming::new([]);
    let mut correlation = Correlation::new(selection, Remembered::default());
    let (events, _) = read(packets, &mut Nodes::new([]));
    packets.iter().for_each(|packet| naming.packet(packet));
    for event in &events {
        naming.message(event);
        if correlation.learn(event).is_wanted {
            naming.drawn(event);
        }
    }
    correlation.begin_again();
    let mut nodes = naming.nodes(3, Names::Whole);
    let (events, notices) = read(packets, &mut nodes);

    let style = Style {
        charset: Charset::Unicode,
        colours: Colours::Plain,
        width: WIDTH,
    };
    let mut ladder = Ladder::new(style, Show::Everything);
    let mut folded_ladder = Ladder::new(style, Show::Everything);
    let (mut picture, mut page) = (Picture::new(TITLE), Page::new(TITLE));
    let mut fold = Fold::default();
    let mut folded = Vec::new();
    for event in events {
        let belonging = correlation.learn(&event);
        if !belonging.is_wanted {
            continue;
        }
        assert_plain(&ladder.draw(&nodes, &event));
        page.draw(&event, &belonging, &correlation);
        let line = json::message(&event, &belonging, &correlation, &nodes);
        assert!(serde_json::from_str::<Value>(&line).is_ok_and(|it| it.is_object()));
        assert_plain_line(&line);
        folded.extend(fold.push(event));
    }
    folded.extend(fold.finish());
    for Folded { event, took } in &folded {
        assert_plain(&folded_ladder.draw_folded(&nodes, event, *took));
        picture.draw(event, *took);
    }
    assert_well_formed(&picture.finish(&nodes, &notices));
    let drawn = page.drawn();
    let page = page.finish(&nodes, &[], &notices);
    assert_eq!(page.matches('<').count(), *OPENINGS);
    drawn
}

fn read(packets: &[Packet], nodes: &mut Nodes) -> (Vec<Event>, Vec<String>) {
    let mut reader = Reader::as_they_come(Limits::default());
    let mut events: Vec<Event> = Vec::new();
    for packet in packets {
        events.extend(reader.read(packet, nodes));
    }
    events.extend(reader.finish(nodes));
    let notices = reader.take_notices();
    (events, notices.iter().map(ToString::to_string).collect())
}

fn assert_plain(lines: &str) {
    for line in lines.lines() {
        assert_plain_line(line);
        assert!(line.width() <= WIDTH, "{} columns: {line}", line.width());
    }
}

fn assert_plain_line(line: &str) {
    assert!(!line.chars().any(char::is_control), "{line:?}");
}

fn assert_well_formed(picture: &str) {
    let mut reader = quick_xml::Reader::from_str(picture);
    loop {
        match reader.read_event() {
            Ok(Xml::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error}: {picture}"),
        }
    }
}
