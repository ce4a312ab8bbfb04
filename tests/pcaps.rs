//! Every message of every capture that the repository keeps is read, and written back octet for octet.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use capture::Transport;
use sip_message::Message as Sip;

/// What a capture held.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    sip: usize,
    diameter: usize,
}

fn read(path: &Path) -> Held {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let order = if name.starts_with("freediameter") || name == "kamailio-cx.pcapng" {
        Order::TheirOwn
    } else {
        Order::Ours
    };
    let mut held = Held::default();
    let mut streams: HashMap<_, BytesMut> = HashMap::new();
    let mut reader = capture::Reader::new(File::open(path).expect("a capture"));
    while let Some(packet) = reader
        .next_packet()
        .unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
    {
        match packet.transport {
            Transport::Udp => {
                let message = Sip::parse(packet.payload.clone()).expect("a SIP message");
                assert_eq!(sip_message::validate(&message), Ok(()), "{packet:?}");
                let mut printed = BytesMut::new();
                message.print(&mut printed);
                assert_eq!(printed, packet.payload);
                held.sip += 1;
            }
            Transport::Tcp => {
                let stream = streams.entry((packet.from, packet.to)).or_default();
                stream.extend_from_slice(&packet.payload);
                while let Some(length) =
                    diameter_codec::frame_length(stream).expect("a Diameter frame")
                {
                    if stream.len() < length {
                        break;
                    }
                    again(&stream.split_to(length).freeze(), order);
                    held.diameter += 1;
                }
            }
        }
    }
    assert!(
        streams.values().all(BytesMut::is_empty),
        "a stream ends in the middle of a message"
    );
    held
}

/// In which order the AVPs of a capture stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As we write them.
    Ours,
    /// Another make writes some of the messages.
    TheirOwn,
}

/// Decodes a message by its command and encodes it again.
fn again(frame: &Bytes, order: Order) {
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
    if order == Order::Ours {
        return assert_eq!(encoded.freeze(), *frame, "{message}");
    }
    // The typed encoder has an order of its own; the octets of each AVP are the same.
    let again = diameter_codec::Message::parse(encoded.freeze()).expect("a Diameter message");
    assert_eq!(again.header(), message.header(), "{message}");
    assert_eq!(leaves(again.avps()), leaves(message.avps()), "{message}");
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
    // REGISTER, 401, REGISTER, 200 over three hops; CER, DPR, UAR twice, MAR, SAR.
    assert!(lab.sip >= 12 && lab.diameter >= 8, "{lab:?}");
}
