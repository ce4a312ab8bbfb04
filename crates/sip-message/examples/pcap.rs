//! Prints the SIP messages of a capture: `cargo run -p sip-message --example pcap -- FILE.pcapng`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use capture::{Packet, Reader, Transport};
use sip_message::{CSeq, CallId, DEFAULT_MAX_BODY, Framer, Message, Piece, StartLine, validate};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: pcap FILE.pcapng");
        return ExitCode::from(64);
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) => {
            eprintln!("cannot open {}: {error}", path.display());
            return ExitCode::from(66);
        }
    };
    match print(file) {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads only the first lines closes the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::from(65)
        }
    }
}

fn print(file: File) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut reader = Reader::new(file);
    let mut streams: HashMap<_, Framer> = HashMap::new();
    while let Some(packet) = reader.next_packet().map_err(io::Error::other)? {
        match packet.transport {
            // What is no SIP, such as a keep-alive, is passed over.
            Transport::Udp | Transport::Sctp => {
                if let Ok(message) = Message::parse(packet.payload.clone()) {
                    show(&mut out, &packet, &message)?;
                }
            }
            Transport::Tcp => {
                let framer = streams
                    .entry((packet.from, packet.to))
                    .or_insert_with(|| Framer::new(DEFAULT_MAX_BODY));
                framer.push(&packet.payload);
                while let Ok(Some(piece)) = framer.next() {
                    if let Piece::Message(message) = piece {
                        show(&mut out, &packet, &message)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// One line a message: from, to, what it is, its CSeq and Call-ID, what is wrong with it.
fn show(out: &mut impl Write, packet: &Packet, message: &Message) -> io::Result<()> {
    write!(out, "{} → {}  ", packet.from, packet.to)?;
    match message.start_line() {
        StartLine::Request { method, uri } => write!(out, "{method} {uri}")?,
        StartLine::Response { status, reason } => write!(out, "{status} {reason}")?,
    }
    if let Ok(Some(cseq)) = message.read::<CSeq<'_>>() {
        write!(out, "  ({cseq})")?;
    }
    if let Ok(Some(call_id)) = message.read::<CallId<'_>>() {
        write!(out, "  {}", call_id.0)?;
    }
    match validate(message) {
        Ok(()) => writeln!(out),
        Err(invalid) => writeln!(out, "  invalid: {invalid}"),
    }
}
