//! Prints what a SIP message says: `cargo run -p sip-message --example headers -- FILE` (or from standard input).

use std::io::Read;
use std::process::ExitCode;

use sip_message::{Message, StartLine, validate};

fn main() -> ExitCode {
    let mut octets = Vec::new();
    let read = match std::env::args_os().nth(1) {
        Some(file) => std::fs::read(file).map(|content| octets = content),
        None => std::io::stdin().read_to_end(&mut octets).map(drop),
    };
    if let Err(error) = read {
        eprintln!("cannot read: {error}");
        return ExitCode::from(66);
    }
    let message = match Message::parse(octets.into()) {
        Ok(message) => message,
        Err(error) => {
            eprintln!("no SIP message: {error}");
            return ExitCode::from(65);
        }
    };
    match message.start_line() {
        StartLine::Request { method, uri } => println!("{method} to {uri}"),
        StartLine::Response { status, reason } => println!("{status} {reason}"),
    }
    for header in message.headers() {
        println!("  {:<24} {}", header.name.long(), header.value);
    }
    println!("  {} octets of body", message.body().len());
    match validate(&message) {
        Ok(()) => println!("valid"),
        Err(invalid) => println!("invalid: {invalid}"),
    }
    ExitCode::SUCCESS
}
