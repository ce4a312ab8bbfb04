//! Typed commands: the first octet chooses the command, the rest are its AVPs.

use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use diameter_abnf::Dictionary;
use diameter_codec::{Command, MAX_MESSAGE, Message, error_answer};

const BASE: &str = include_str!("../../crates/diameter-codec/dictionaries/base.dia");
const CX: &str = include_str!("../../crates/diameter-codec/dictionaries/cx.dia");

/// Application, flags and code of every command.
static COMMANDS: LazyLock<Vec<(u32, u8, u32)>> = LazyLock::new(|| {
    let base = Dictionary::read(BASE, &[]).expect("a dictionary");
    let cx = Dictionary::read(CX, std::slice::from_ref(&base)).expect("a dictionary");
    let mut commands = Vec::new();
    for dictionary in [base, cx] {
        for command in dictionary.commands {
            let flags = u8::from(command.request) << 7
                | u8::from(command.proxiable) << 6
                | u8::from(command.error) << 5;
            commands.push((dictionary.application, flags, command.code.unwrap_or(1)));
        }
    }
    commands
});

/// A choice and AVPs.
pub fn diameter_command(octets: &[u8]) {
    let Some((choice, avps)) = octets.split_first() else {
        return;
    };
    let (application, flags, code) = COMMANDS[usize::from(*choice) % COMMANDS.len()];
    let avps = &avps[..avps.len().min(1 << 16) & !3];
    let mut frame = (1 << 24 | (20 + avps.len()) as u32).to_be_bytes().to_vec();
    frame.extend((u32::from(flags) << 24 | code).to_be_bytes());
    frame.extend(application.to_be_bytes());
    frame.extend([7; 8]);
    frame.extend(avps);
    let message = Message::parse(frame.into()).expect("a frame");
    let _ = message.to_string();
    match Command::decode(&message) {
        Ok(read) => {
            let _ = format!("{read:?}");
            let again = written(&read, &message);
            let again = Message::parse(again).expect("encoded, so it can be read");
            let reread = Command::decode(&again).expect("encoded, so it can be decoded");
            assert_eq!(read, reread);
            assert_eq!(again.octets(), &written(&reread, &message));
        }
        Err(error) => {
            assert!((3000..6000).contains(&error.result_code().0), "{error}");
            let mut out = BytesMut::new();
            error_answer(&message, "a.example", "example", &error, &mut out);
            assert!(out.len() <= MAX_MESSAGE);
            let answer = Message::parse(out.freeze()).expect("encoded, so it can be read");
            assert!(!answer.header().is_request());
        }
    }
}

fn written(command: &Command<'_>, message: &Message) -> Bytes {
    let mut out = BytesMut::new();
    command.encode(message.header(), &mut out);
    out.freeze()
}
