//! Inputs out of `pcaps/`: what other implementations really sent is where mutations begin.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;

use bytes::{Bytes, BytesMut};
use capture::{Reader, Transport};

use crate::repository::root;
use crate::step::Failed;

/// Octets that one input has at most, as many as mutations keep.
const LONGEST: usize = 8_192;

/// Writes the messages of every capture into the corpora in `folder` of the targets that read messages.
pub(super) fn put_into(folder: &Path) -> Result<(), Failed> {
    let captures = root().join("pcaps");
    let cannot = |what: &Path, error: &dyn std::fmt::Display| {
        Failed(format!("cannot read {}: {error}", what.display()))
    };
    let choices = choices().map_err(|problem| cannot(Path::new("the dictionaries"), &problem))?;
    let mut count = 0;
    for entry in fs::read_dir(&captures).map_err(|error| cannot(&captures, &error))? {
        let path = entry.map_err(|error| cannot(&captures, &error))?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "pcapng")
        {
            continue;
        }
        let held = Held::read(&path).map_err(|problem| cannot(&path, &problem))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = fs::read(&path).map_err(|error| cannot(&path, &error))?;
        let targets: [(&str, &[Bytes]); 5] = [
            ("sip_message", &held.sip),
            ("sip_stream", &held.streams),
            ("diameter", &held.diameter),
            ("diameter_command", &commands(&held.diameter, &choices)),
            ("capture_file", &[in_pieces(&file)]),
        ];
        for (target, inputs) in targets {
            let corpus = folder.join(target);
            for (number, input) in inputs.iter().enumerate() {
                let file = corpus.join(format!("{name}-{number}"));
                fs::create_dir_all(&corpus)
                    .and_then(|()| fs::write(&file, input))
                    .map_err(|error| Failed(format!("cannot write {}: {error}", file.display())))?;
                count += 1;
            }
        }
    }
    println!("{count} inputs from {}", captures.display());
    Ok(())
}

/// What `diameter_command` chooses from by its first octet: application, code and whether it is a request, of each
/// command in the order of its dictionaries.
fn choices() -> Result<Vec<(u32, u32, bool)>, String> {
    let folder = root().join("crates/diameter-codec");
    let known = diameter_abnf::dictionaries(&folder).map_err(|error| error.to_string())?;
    let choices = known.iter().flat_map(|dictionary| {
        let of_command = |command: &diameter_abnf::Command| {
            let code = command.code.unwrap_or(1);
            (dictionary.application, code, command.request)
        };
        dictionary.commands.iter().map(of_command)
    });
    Ok(choices.collect())
}

/// Of each frame the choice of its command and its AVPs.
fn commands(frames: &[Bytes], choices: &[(u32, u32, bool)]) -> Vec<Bytes> {
    let input = |frame: &Bytes| {
        let message = diameter_codec::Message::parse(frame.clone()).ok()?;
        let header = message.header();
        let command = (header.application.0, header.command.0, header.is_request());
        let choice = choices.iter().position(|choice| *choice == command)?;
        let mut input = vec![u8::try_from(choice).ok()?];
        input.extend_from_slice(&frame[diameter_codec::HEADER_LEN..]);
        Some(input.into())
    };
    frames.iter().filter_map(input).collect()
}

/// The beginning of a capture, behind the octet that says in what pieces it is read.
fn in_pieces(file: &[u8]) -> Bytes {
    let mut input = vec![99];
    input.extend_from_slice(&file[..file.len().min(LONGEST - 1)]);
    input.into()
}

/// What a capture holds.
#[derive(Default)]
struct Held {
    sip: Vec<Bytes>,
    /// The SIP messages one after another, as on a connection.
    streams: Vec<Bytes>,
    diameter: Vec<Bytes>,
}

impl Held {
    fn read(path: &Path) -> Result<Held, String> {
        let mut held = Held::default();
        let mut under_way: HashMap<_, BytesMut> = HashMap::new();
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut reader = Reader::new(file);
        while let Some(packet) = reader.next_packet().map_err(|error| error.to_string())? {
            if packet.transport == Transport::Udp {
                held.sip.push(packet.payload);
                continue;
            }
            let stream = under_way.entry((packet.from, packet.to)).or_default();
            stream.extend_from_slice(&packet.payload);
            // Diameter begins with its version; what else there is over TCP is SIP.
            if stream.first().is_none_or(|first| *first != 1) {
                continue;
            }
            while let Some(length) =
                diameter_codec::frame_length(stream).map_err(|error| error.to_string())?
                && length <= stream.len()
            {
                held.diameter.push(stream.split_to(length).freeze());
            }
        }
        let all: BytesMut = held.sip.iter().flatten().copied().collect();
        held.streams = std::iter::once(all)
            .chain(under_way.into_values())
            .filter(|stream| !stream.is_empty())
            .map(|stream| Bytes::copy_from_slice(&stream[..stream.len().min(LONGEST)]))
            .collect();
        // The connections come in no order of their own.
        held.streams.sort();
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_captures_of_the_repository_give_messages_of_both_protocols() {
        let captures = root().join("pcaps");
        let lab = Held::read(&captures.join("lab-registration.pcapng")).unwrap();
        assert!(
            lab.sip
                .iter()
                .any(|octets| octets.starts_with(b"REGISTER "))
        );
        assert!(lab.streams[0].starts_with(b"REGISTER "));
        let over_tcp = Held::read(&captures.join("sipp-tcp.pcapng")).unwrap();
        let begins = |text: &[u8]| {
            over_tcp
                .streams
                .iter()
                .filter(|it| it.starts_with(text))
                .count()
        };
        // What went over UDP as one stream, and both directions of the connection.
        assert_eq!((begins(b"REGISTER "), begins(b"SIP/2.0 ")), (2, 1));
        let kamailio = Held::read(&captures.join("kamailio-cx.pcapng")).unwrap();
        assert!(kamailio.diameter.len() >= 22);
        for frame in &kamailio.diameter {
            assert!(diameter_codec::Message::parse(frame.clone()).is_ok());
        }
        let choices = choices().unwrap();
        let inputs = commands(&kamailio.diameter, &choices);
        assert_eq!(inputs.len(), kamailio.diameter.len());
        // An MAR of Cx among them, with its AVPs.
        let mar = choices.iter().position(|it| *it == (16_777_216, 303, true));
        let mar = inputs.iter().find(|input| mar == Some(input[0].into()));
        assert_eq!(mar.unwrap()[1..5], 263_u32.to_be_bytes());
        let file = fs::read(captures.join("kamailio-cx.pcapng")).unwrap();
        assert_eq!(in_pieces(&file)[1..], file[..file.len().min(LONGEST - 1)]);
    }
}
