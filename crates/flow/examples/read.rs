//! Counts what is in a capture, and what cannot be read: `cargo run --release -p flow --example read FILE`.

use std::error::Error;
use std::fs::File;

use flow::{Found, Limits, Nodes, Reading};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("which FILE?")?;
    let mut reading = Reading::new(File::open(path)?, Limits::default());
    let mut nodes = Nodes::new([]);
    let mut messages = 0;
    while let Some(found) = reading.next(&mut nodes) {
        match found {
            Found::Packet(_) => {}
            Found::Message(_) => messages += 1,
            Found::Notice(notice) => println!("{notice}"),
            Found::Fault(fault) => println!("{fault}"),
        }
    }
    if let Some(error) = reading.error() {
        println!("after packet {}: {error}", reading.packets());
    }
    println!("{} packets, {messages} messages", reading.packets());
    println!("{:#?}\n{:#?}", reading.counts(), reading.passed_over());
    Ok(())
}
