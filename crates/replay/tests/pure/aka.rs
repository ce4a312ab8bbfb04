//! An S-CSCF that asks for a resynchronisation, against an HSS that checks its AUTS.

use std::io::Cursor;
use std::time::SystemTime;

use aka::{Amf, Keys, Sqn};
use bytes::{Bytes, BytesMut};
use capture::{Direction, Recorder, Transport};
use diameter_codec::base::avp::{ORIGIN_HOST, RESULT_CODE, SESSION_ID, USER_NAME};
use diameter_codec::cx::avp::{SIP_AUTH_DATA_ITEM, SIP_AUTHENTICATE, SIP_AUTHORIZATION};
use diameter_codec::{Avp, AvpCode, AvpFlags, HEADER_LEN, Message};
use flow::{Found, Limits, Nodes, Reading};
use replay::{Meeting, Over, Plan, Wishes};

use crate::live::{address, names, play, player};

const SCSCF: &str = "192.0.2.1:4000";
const HSS: &str = "192.0.2.2:3868";
const USER: &str = "alice@home.example";

fn avp(code: AvpCode, data: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    let flags = match code.vendor.0 {
        0 => AvpFlags::MANDATORY,
        _ => AvpFlags::MANDATORY.with(AvpFlags::VENDOR),
    };
    Avp { code, flags, data }.append_to(&mut out);
    out.to_vec()
}

/// An MAR or its answer of Cx, with one item.
fn multimedia(is_request: bool, ids: u32, item: &[u8]) -> Bytes {
    let mut out = BytesMut::zeroed(HEADER_LEN);
    out[0] = 1;
    out[4] = if is_request { 0xc0 } else { 0x40 };
    out[5..8].copy_from_slice(&303_u32.to_be_bytes()[1..]);
    out[8..12].copy_from_slice(&16_777_216_u32.to_be_bytes());
    out[12..16].copy_from_slice(&ids.to_be_bytes());
    out[16..20].copy_from_slice(&ids.to_be_bytes());
    let host = if is_request { "scscf" } else { "hss" };
    out.extend(avp(SESSION_ID, b"scscf;1;2"));
    out.extend(avp(ORIGIN_HOST, host.as_bytes()));
    if !is_request {
        out.extend(avp(RESULT_CODE, &2001_u32.to_be_bytes()));
    }
    out.extend(avp(USER_NAME, USER.as_bytes()));
    out.extend(avp(SIP_AUTH_DATA_ITEM, item));
    let length = u32::try_from(out.len()).expect("short");
    out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    out.freeze()
}

fn item(message: &Message, code: AvpCode) -> Option<Vec<u8>> {
    let item = message.find(SIP_AUTH_DATA_ITEM)?;
    let avp = item.group().find(|avp| avp.code == code)?;
    Some(avp.data.to_vec())
}

#[test]
fn rand_and_auts_of_an_mar_are_for_the_live_challenge() {
    let capture = [
        (SCSCF, multimedia(true, 1, &[])),
        (HSS, multimedia(false, 1, &avp(SIP_AUTHENTICATE, &[1; 32]))),
        (
            SCSCF,
            multimedia(true, 2, &avp(SIP_AUTHORIZATION, &[2; 30])),
        ),
        (HSS, multimedia(false, 2, &avp(SIP_AUTHENTICATE, &[3; 32]))),
    ];
    let mut file = Vec::new();
    let mut recorder = Recorder::new(&mut file, "test").expect("a capture");
    for (from, octets) in &capture {
        let to = if *from == HSS { SCSCF } else { HSS };
        let message = capture::Message {
            time: SystemTime::UNIX_EPOCH,
            direction: Direction::Sent,
            transport: Transport::Tcp,
            from: address(from),
            to: address(to),
            payload: octets,
            comment: None,
        };
        recorder.record(&message).expect("recorded");
    }
    let mut reading = Reading::new(Cursor::new(file), Limits::default());
    let mut nodes = Nodes::new([]);
    let mut events = Vec::new();
    while let Some(found) = reading.next(&mut nodes) {
        if let Found::Message(event) = found {
            events.push(event);
        }
    }
    let names = names(&events);
    let node = names.place("192.0.2.1").expect("an address");
    let plan = Plan::new(
        events,
        &names,
        &node,
        "scscf",
        None,
        Meeting::Goes,
        Over::AsCaptured,
    );
    let keys = Keys {
        k: [4; 16],
        opc: [5; 16],
    };
    let credentials = format!(
        "[[user]]\nname = \"{USER}\"\nk = \"{}\"\nopc = \"{}\"\n",
        "04".repeat(16),
        "05".repeat(16)
    );
    let sqn = Sqn::new(0x1234_5678).expect("48 bits");
    let rand = [6; 16];
    let vector = aka::vector(&keys, Amf([0x80, 0]), sqn, rand);
    let offered = [&rand[..], &vector.autn].concat();
    let mut asked_for = None;
    let player = player(plan.expect("a plan"), Wishes::default(), &credentials);
    let (outcome, _) = play(player, |_, octets| {
        let mar = Message::parse(octets.clone()).expect("Diameter");
        if let Some(both) = item(&mar, SIP_AUTHORIZATION) {
            let (of, auts) = both.split_first_chunk().expect("RAND");
            assert_eq!(*of, rand);
            let auts = auts.try_into().expect("AUTS");
            asked_for = aka::resynchronise(&keys, &rand, &auts).ok();
        }
        let ids = mar.header().hop_by_hop;
        let mut maa = multimedia(false, ids, &avp(SIP_AUTHENTICATE, &offered)).to_vec();
        maa[16..20].copy_from_slice(&mar.header().end_to_end.to_be_bytes());
        vec![maa.into()]
    });
    assert_eq!((outcome.sent, outcome.missing.len()), (2, 0));
    assert_eq!(asked_for, Some(sqn));
}
