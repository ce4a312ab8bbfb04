//! Counts what is in a capture, and what cannot be read: `cargo run --release -p flow --example read FILE`.

use std::error::Error;
use std::fs::File;

use capture::Record;
use flow::{Limits, Nodes};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("which FILE?")?;
    let mut capture = capture::Reader::new(File::open(path)?);
    let mut reader = flow::Reader::new(Limits::default());
    let mut nodes = Nodes::new([]);
    let mut events = 0;
    let ending = loop {
        match capture.next_record() {
            Ok(Some(Record::Packet(packet))) => {
                events += reader.read(&packet, &mut nodes).len();
                for notice in reader.take_notices() {
                    println!("{notice}");
                }
            }
            Ok(Some(Record::Fault(fault))) => println!("{fault}"),
            Ok(Some(Record::Secrets(_))) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    for fault in capture.finish() {
        println!("{fault}");
    }
    events += reader.finish(&mut nodes).len();
    for notice in reader.take_notices() {
        println!("{notice}");
    }
    if let Some(error) = ending {
        println!("after packet {}: {error}", capture.packets());
    }
    println!("{} packets, {events} events", capture.packets());
    println!("{:#?}\n{:#?}", reader.counts(), capture.passed_over());
    Ok(())
}
