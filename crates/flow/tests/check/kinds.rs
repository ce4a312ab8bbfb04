//! Each kind of finding, once, in one capture of the wire.

use std::collections::BTreeMap;

use capture::Transport::Tcp;
use diameter_codec::Flags;
use diameter_codec::base::ResultCode;
use diameter_codec::base::avp::AUTH_SESSION_STATE;
use flow::check::Kind;

use crate::capture_made::{Capture, lines};
use crate::cx::{AGAIN, FIRST, saa};
use crate::diameter::{lacking, uaa, uar};
use crate::sip::{PHONE, PROXY, notify, register, request, response};

impl Capture {
    fn asks_well(&mut self, method: &str, seq: u32, branch: &str, octets: &[u8]) {
        self.asks(octets);
        self.answers(&response("200 OK", method, seq, branch));
    }
}

fn sip(capture: &mut Capture) {
    capture.asks(b"\x00\x01\x02\x03 is no SIP");
    // Retransmitted.
    capture.asks(&register(1, "first", 60));
    capture.pass(500);
    capture.asks_well("REGISTER", 1, "first", &register(1, "first", 60));
    // Overtaken, and out of order.
    capture.asks_well("REGISTER", 3, "leave", &register(3, "leave", 0));
    capture.asks_well("REGISTER", 2, "stay", &register(2, "stay", 60));
    // Another final answer.
    capture.asks_well("OPTIONS", 5, "o", &request("OPTIONS", 5, "o", "", ""));
    capture.answers(&response("500 Server Internal Error", "OPTIONS", 5, "o"));
    // A version is missing.
    capture.asks_well("NOTIFY", 1, "n1", &notify(1, "1"));
    capture.asks_well("NOTIFY", 2, "n2", &notify(2, "3"));
    // Not acknowledged.
    capture.asks_well("INVITE", 6, "i", &request("INVITE", 6, "i", "", ""));
    // Not answered.
    capture.asks(&request("OPTIONS", 7, "never", "", ""));
}

fn diameter(capture: &mut Capture) {
    let ask = uar(1, 1, Flags::NONE);
    capture.client_sends(&lacking(&ask, AUTH_SESSION_STATE));
    capture.server_sends(&uaa(&ask));
    // One end-to-end identifier.
    for hop_by_hop in [2, 3] {
        let ask = uar(hop_by_hop, 30, Flags::NONE);
        capture.client_sends(&ask);
        capture.server_sends(&uaa(&ask));
    }
    // One hop-by-hop identifier.
    capture.client_sends(&uar(9, 40, Flags::NONE));
    let ask = uar(9, 41, Flags::NONE);
    capture.client_sends(&ask);
    capture.server_sends(&uaa(&ask));
    for (number, sar) in [(101, FIRST), (102, AGAIN)] {
        let ask = sar.octets(number, Flags::NONE);
        capture.client_sends(&ask);
        capture.server_sends(&saa(&ask, ResultCode::SUCCESS, &[]));
    }
}

#[test]
fn each_kind_is_found_once() {
    let mut capture = Capture::new();
    sip(&mut capture);
    diameter(&mut capture);
    capture.pass(40_000);
    capture.answers(&response("200 OK", "OPTIONS", 8, "nobody"));
    capture.sent(Tcp, PHONE, PROXY, &register(9, "half", 60)[..100]);
    let report = capture.report();
    let mut found: BTreeMap<Kind, u32> = BTreeMap::new();
    for finding in &report.findings {
        *found.entry(finding.kind).or_default() += 1;
    }
    let expected = Kind::ALL.into_iter().map(|kind| (kind, 1)).collect();
    assert_eq!(found, expected, "{:#?}", lines(&report));
}
