//! What went over the wire between HSS and S-CSCFs.

use std::time::Duration;

use diameter_codec::base::avp::RESULT_CODE;
use diameter_codec::cx::{ReasonCode, RegistrationTerminationRequest, command};
use diameter_codec::{Message, ResultCode};
use sim::{Event, TracedPacket};

/// The Diameter messages in `packet`.
fn messages(packet: &TracedPacket) -> Vec<Message> {
    let mut octets = packet.payload.clone();
    let mut messages = Vec::new();
    // Version 1, and a length that is there: else it is SIP.
    while octets.len() >= 20 && octets[0] == 1 {
        let length = u32::from_be_bytes([0, octets[1], octets[2], octets[3]]) as usize;
        if length > octets.len() {
            break;
        }
        let Ok(message) = Message::parse(octets.split_to(length)) else {
            break;
        };
        messages.push(message);
    }
    messages
}

/// When an S-CSCF first said, from `asked` on, that it has ended the registrations of `impi` by an RTR that is not about
/// another S-CSCF.
pub(crate) fn obeyed(packets: &[TracedPacket], impi: &str, asked: Duration) -> Option<Duration> {
    let mut sent = Vec::new();
    let data = packets
        .iter()
        .filter(|packet| packet.at >= asked && packet.event == Event::Data);
    for packet in data {
        for message in messages(packet) {
            let header = message.header();
            if header.command != command::REGISTRATION_TERMINATION {
                continue;
            }
            if header.is_request() {
                let read = RegistrationTerminationRequest::decode(&message).expect("by the rules");
                let reason = read.deregistration_reason.reason_code;
                if read.user_name == impi && reason != ReasonCode::NEW_SERVER_ASSIGNED {
                    sent.push((packet.to, packet.from, header.hop_by_hop));
                }
            } else if sent.contains(&(packet.from, packet.to, header.hop_by_hop)) {
                let result = message.find(RESULT_CODE).and_then(|avp| avp.unsigned32());
                if result == Some(ResultCode::SUCCESS.0) {
                    return Some(packet.at);
                }
            }
        }
    }
    None
}
