//! Every message of every capture that the repository keeps is read, and written back: `pcaps/README.md` says what octet
//! for octet, and what as the same AVPs in another order.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use capture::{Record, Transport};
use diameter_codec::base::avp::ORIGIN_HOST;
use sip_message::{Framer, Message as Sip, Piece};

/// Who of another make writes Diameter in a capture, by the Origin-Host: in what order AVPs stand is their own choice.
const OTHERS: [(&str, &[&str]); 2] = [
    // The relay, and the UAR that went through it.
    (
        "freediameter-relay.pcapng",
        &["relay.transit.example", "icscf.home.example"],
    ),
    (
        "kamailio-cx.pcapng",
        &["icscf.home.example", "scscf.home.example"],
    ),
];

const OVER_TLS: &str = "kamailio-tls.pcapng";

/// What a capture held.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    sip: usize,
    /// Those of them that came over TCP.
    sip_over_tcp: usize,
    /// Those that came over TLS.
    sip_over_tls: usize,
    diameter: usize,
    /// Those of them that the typed encoder writes in another order.
    in_another_order: usize,
}

/// One direction of a connection.
#[derive(Default)]
struct Stream {
    /// What of a Diameter message is there.
    rest: BytesMut,
    /// SIP: what came, and what was written for it.
    came: BytesMut,
    written: BytesMut,
    framer: Option<Framer>,
}

/// What is in TLS whose keys stand in the capture.
fn read_tls(path: &Path) -> Held {
    let mut capture = capture::Reader::new(File::open(path).expect("a capture"));
    let (mut reader, mut nodes) = (flow::Reader::default(), flow::Nodes::new([]));
    let mut events = Vec::new();
    while let Some(record) = capture.next_record().expect("well-formed") {
        match record {
            Record::Packet(packet) => events.extend(reader.read(&packet, &mut nodes)),
            Record::Secrets(secrets) => reader.learn(&secrets).expect("a key log"),
            Record::Fault(fault) => panic!("{fault}"),
        }
    }
    events.extend(reader.finish(&mut nodes));
    assert_eq!(reader.take_notices(), []);
    for event in &events {
        let message = Sip::parse(event.octets.clone()).expect("a SIP message");
        let mut printed = BytesMut::new();
        print_valid(&message, &mut printed);
        assert_eq!(printed, event.octets);
    }
    Held {
        sip: events.len(),
        sip_over_tls: events.len(),
        ..Held::default()
    }
}

fn read(path: &Path) -> Held {
    if path.ends_with(OVER_TLS) {
        return read_tls(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let others = OTHERS.iter().find(|(file, _)| *file == name);
    let others = others.map_or(&[][..], |(_, hosts)| hosts);
    let mut held = Held::default();
    let mut streams: HashMap<_, Stream> = HashMap::new();
    let mut reader = capture::Reader::new(File::open(path).expect("a capture"));
    while let Some(packet) = reader
        .next_packet()
        .unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
    {
        if packet.transport == Transport::Udp {
            let message = Sip::parse(packet.payload.clone()).expect("a SIP message");
            let mut printed = BytesMut::new();
            print_valid(&message, &mut printed);
            assert_eq!(printed, packet.payload);
            held.sip += 1;
            continue;
        }
        let stream = streams.entry((packet.from, packet.to)).or_default();
        // Diameter begins with its version, 1; SIP with a letter or a line end.
        let is_diameter = stream.framer.is_none()
            && (!stream.rest.is_empty() || packet.payload.first() == Some(&1));
        if is_diameter {
            stream.rest.extend_from_slice(&packet.payload);
            while let Some(length) =
                diameter_codec::frame_length(&stream.rest).expect("a Diameter frame")
            {
                if stream.rest.len() < length {
                    break;
                }
                held.diameter += 1;
                held.in_another_order +=
                    usize::from(again(&stream.rest.split_to(length).freeze(), others));
            }
        } else if !packet.payload.is_empty() {
            stream.came.extend_from_slice(&packet.payload);
            let framer = stream.framer.get_or_insert_with(|| Framer::new(65_536));
            framer.push(&packet.payload);
            while let Some(piece) = framer.next().expect("SIP over TCP") {
                match piece {
                    Piece::LineEnd => stream.written.extend_from_slice(b"\r\n"),
                    Piece::Message(message) => {
                        print_valid(&message, &mut stream.written);
                        held.sip_over_tcp += 1;
                        held.sip += 1;
                    }
                }
            }
        }
    }
    for stream in streams.values() {
        assert!(
            stream.rest.is_empty(),
            "a stream ends in the middle of a message"
        );
        assert_eq!(stream.written, stream.came, "{}", path.display());
    }
    held
}

fn print_valid(message: &Sip, out: &mut BytesMut) {
    assert_eq!(sip_message::validate(message), Ok(()), "{message:?}");
    message.print(out);
}

/// Decodes a message by its command and encodes it again; whether its AVPs then stand in another order, which only
/// those of `others` may.
fn again(frame: &Bytes, others: &[&str]) -> bool {
    let message = diameter_codec::Message::parse(frame.clone()).expect("a Diameter message");
    // AVP by AVP it is the same whatever the order is.
    let mut copied = BytesMut::from(&frame[..diameter_codec::HEADER_LEN]);
    for avp in message.avps() {
        avp.append_to(&mut copied);
    }
    assert_eq!(copied, frame, "{message}");
    let mut encoded = BytesMut::new();
    diameter_codec::Command::decode(&message)
        .unwrap_or_else(|problem| panic!("{problem} in {message}"))
        .encode(message.header(), &mut encoded);
    let encoded = encoded.freeze();
    if encoded == *frame {
        return false;
    }
    let origin = message.find(ORIGIN_HOST).and_then(|avp| avp.text());
    assert!(
        origin.is_some_and(|origin| others.contains(&origin)),
        "not octet for octet: {message}"
    );
    // The typed encoder has the order of the dictionary; the octets of each AVP are the same.
    let again = diameter_codec::Message::parse(encoded).expect("a Diameter message");
    assert_eq!(again.header(), message.header(), "{message}");
    assert_eq!(leaves(again.avps()), leaves(message.avps()), "{message}");
    true
}

/// AVPs, and instead of the known groups what is in them, sorted.
fn leaves(avps: diameter_codec::Avps<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for avp in avps {
        let grouped = diameter_codec::definition(avp.code)
            .is_some_and(|definition| definition.data == diameter_codec::DataType::Grouped);
        if grouped {
            let inner = leaves(avp.group()).join(", ");
            found.push(format!("{} {:?} {{ {inner} }}", avp.code, avp.flags));
        } else {
            found.push(format!("{} {:?} {:02x?}", avp.code, avp.flags, avp.data));
        }
    }
    found.sort();
    found
}

#[test]
fn every_message_is_read_and_written_back() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/pcaps"));
    let files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "pcapng")
        })
        .collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let held = read(&file);
        assert!(held.sip + held.diameter > 0, "{}: {held:?}", file.display());
    }
    let lab = read(&folder.join("lab-registration.pcapng"));
    let kamailio = read(&folder.join("kamailio-cx.pcapng"));
    assert!(kamailio.diameter >= 22, "{kamailio:?}");
    // Kamailio's order is not ours.
    assert!(kamailio.in_another_order > 0, "{kamailio:?}");
    let over_tcp = read(&folder.join("sipp-tcp.pcapng"));
    // Two phones on one connection, each of four requests with its answer.
    assert_eq!(
        (over_tcp.sip, over_tcp.sip_over_tcp),
        (32, 16),
        "{over_tcp:?}"
    );
    // Two phones, each of five requests with its answer.
    let over_tls = read(&folder.join(OVER_TLS));
    assert_eq!((over_tls.sip, over_tls.sip_over_tls), (20, 20));
    assert_eq!(lab.in_another_order, 0, "{lab:?}");
    // REGISTER, 401, REGISTER, 200 over three hops; CER, DPR, UAR twice, MAR, SAR.
    assert!(lab.sip >= 12 && lab.diameter >= 8, "{lab:?}");
}
