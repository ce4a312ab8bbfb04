//! Inputs that decoders trip over, of about any length; and reading everything in them.

use std::fmt::Write as _;
use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use diameter_codec::{Avps, Command, MAX_MESSAGE, Message, error_answer};
use instruction_count::Kind;

use crate::frames::{M, TGPP, V, avp, frame, ietf, least_sar, tgpp, tgpp_clear};

/// Every kind of input, by its name.
pub(crate) const KINDS: [Kind; 15] = [
    ("identities", |n| sar(tgpp(601, b"sip:a@b"), n)),
    ("empty-identities", |n| sar(tgpp(601, b""), n)),
    ("unknown", |n| sar(avp(7_001, 0, 0, b"what"), n)),
    ("unknown-of-a-vendor", |n| sar(avp(1, V, 99_999, b"x"), n)),
    ("unknown-and-known-in-turn", |n| {
        sar([avp(7_001, 0, 0, b""), tgpp(601, b"sip:a@b")].concat(), n)
    }),
    ("groups", |n| sar(proxy_info(), n)),
    ("groups-in-a-group", |n| restoration(restoration_info(), n)),
    ("unknown-in-a-group", |n| {
        let more = avp(7_001, 0, 0, b"what");
        restoration([restoration_info(), more].concat(), n)
    }),
    ("nested", |n| sar_with(nested(279, M, n))),
    ("nested-unknown", |n| sar_with(nested(7_001, 0, n))),
    ("nested-and-broken", |n| sar_with(nested(284, M, n))),
    ("unknown-with-m-at-the-end", |n| {
        let mut avps = least_sar();
        avps.extend(repeated(&tgpp(601, b"sip:a@b"), n / 2));
        avps.push(avp(7_001, M, 0, &vec![b'x'; n / 2]));
        frame(0xc0, 301, 16_777_216, &avps)
    }),
    // Of these nearly all is to be repeated in the answer, and some of it in Failed-AVP too.
    ("twice-a-long-session-id", |n| {
        let session_id = ietf(263, &vec![b's'; n / 2]);
        sar_with([session_id.clone(), session_id].concat())
    }),
    ("a-long-session-id", |n| {
        frame(0xc0, 301, 16_777_216, &[ietf(263, &vec![b's'; n])])
    }),
    ("broken-proxy-info", |n| {
        sar_with(ietf(284, &ietf(33, &vec![b's'; n])))
    }),
];

fn repeated(one: &[u8], length: usize) -> Vec<Vec<u8>> {
    vec![one.to_vec(); length / one.len()]
}

/// A SAR with `length` octets of `one` repeated.
fn sar(one: Vec<u8>, length: usize) -> Vec<u8> {
    sar_with(repeated(&one, length).concat())
}

fn sar_with(more: Vec<u8>) -> Vec<u8> {
    let mut avps = least_sar();
    avps.push(more);
    frame(0xc0, 301, 16_777_216, &avps)
}

fn proxy_info() -> Vec<u8> {
    ietf(284, &[ietf(280, b"dra.example"), ietf(33, b"1")].concat())
}

fn restoration_info() -> Vec<u8> {
    tgpp_clear(
        649,
        &[
            tgpp_clear(640, b"<sip:a;lr>"),
            tgpp_clear(641, b"<sip:a@b>"),
        ]
        .concat(),
    )
}

fn restoration(one: Vec<u8>, length: usize) -> Vec<u8> {
    let user_name = ietf(1, b"alice");
    let infos = repeated(&one, length).concat();
    sar_with(avp(639, V, TGPP, &[user_name, infos].concat()))
}

/// An AVP in an AVP, and so on: eight octets for each level.
fn nested(code: u32, flags: u8, length: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    for level in 0..length / 8 {
        octets.extend(code.to_be_bytes());
        let rest = (length / 8 - level) * 8;
        octets.extend((u32::from(flags) << 24 | rest as u32).to_be_bytes());
    }
    octets
}

/// Parses, walks, prints, decodes, looks at every member, and writes it or the answer that refuses it.
#[inline(never)]
pub(crate) fn read_everything(octets: &[u8]) {
    let message = Message::parse(Bytes::copy_from_slice(octets)).expect("a frame");
    black_box(walk(message.avps()));
    let mut nothing = Nothing;
    write!(nothing, "{message}").expect("nowhere");
    decode(&message);
    if let Ok(command) = Command::decode(&message) {
        write!(nothing, "{command:?}").expect("nowhere");
        assert_eq!(Command::decode(&message), Ok(command));
    }
}

/// Decodes and writes it, or the answer that refuses it.
pub(crate) fn decode(message: &Message) {
    let mut out = BytesMut::new();
    match Command::decode(message) {
        Ok(command) => command.encode(message.header(), &mut out),
        Err(error) => error_answer(message, "hss.example", "example", &error, &mut out),
    }
    assert!(out.len() <= MAX_MESSAGE, "{} octets", out.len());
    black_box(out);
}

fn walk(avps: Avps<'_>) -> usize {
    avps.map(|avp| avp.data.len()).sum()
}

/// Takes text and keeps none.
struct Nothing;

impl std::fmt::Write for Nothing {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        black_box(text);
        Ok(())
    }
}
