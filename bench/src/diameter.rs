//! Diameter figures: an SAR that stores a backup, and its SAA with a profile, as they pass at each registration.
//! Ours are typed, with the rules of the dictionary checked; *floor* is what copying the octets once takes.

mod of_c;
mod theirs;

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{AuthSessionState, ResultCode, VendorSpecificApplicationId};
use diameter_codec::cx::{
    AssociatedIdentities, ChargingInformation, RestorationInfo, ScscfRestorationInfo,
    ServerAssignmentAnswer, ServerAssignmentRequest, ServerAssignmentType, SubscriptionInfo,
};
use diameter_codec::{ApplicationId, DecodeError, Flags, FrameError, Message, VendorId};

use crate::figure::{self, Taken};
use crate::measure::{medians, nanoseconds};
use theirs::Theirs;

const PROFILE: &[u8] = include_bytes!("../../fuzz/seeds/user_profile/alice.xml");

const IMPI: &str = "001010123456789@ims.mnc001.mcc001.3gppnetwork.org";
const IMPUS: [&str; 1] = ["sip:+15550100041@ims.mnc001.mcc001.3gppnetwork.org"];

pub(crate) fn run() -> Result<(), String> {
    let infos = [restoration()];
    let (sar, saa) = (request(&infos), answer());
    let (sar_frame, saa_frame) = (frame_of_request(&sar)?, frame_of_answer(&saa)?);
    // What is measured has to work.
    check(ServerAssignmentRequest::decode(&sar_frame).map(|read| read == sar))?;
    check(ServerAssignmentAnswer::decode(&saa_frame).map(|read| read == saa))?;
    let header = *sar_frame.header();
    let of_c = of_c::measured(&[&sar_frame, &saa_frame]).unwrap_or_else(|problem| {
        println!("diameter-c freeDiameter is left out: {problem}");
        Vec::new()
    });
    let mut out = BytesMut::with_capacity(8_192);
    turns(
        "sar",
        &sar_frame,
        of_c.first(),
        &mut || {
            let frame = Message::parse(sar_frame.octets().clone());
            let _ = black_box(frame.as_ref().map(ServerAssignmentRequest::decode));
        },
        &mut || {
            out.clear();
            black_box(&sar).encode(1, 2, Flags::NONE, &mut out);
            black_box(&out);
        },
    )?;
    let mut out = BytesMut::with_capacity(8_192);
    turns(
        "saa",
        &saa_frame,
        of_c.get(1),
        &mut || {
            let frame = Message::parse(saa_frame.octets().clone());
            let _ = black_box(frame.as_ref().map(ServerAssignmentAnswer::decode));
        },
        &mut || {
            out.clear();
            black_box(&saa).encode_answer(&header, &mut out);
            black_box(&out);
        },
    )
}

/// Measures decoding and encoding of one message, the other crate beside ours, and beside what C takes of it.
fn turns(
    what: &str,
    frame: &Message,
    of_c: Option<&of_c::Theirs>,
    decode: &mut dyn FnMut(),
    encode: &mut dyn FnMut(),
) -> Result<(), String> {
    let theirs = Theirs::new(frame);
    check(Ok(theirs.works()?))?;
    let decoded = theirs.decode()?;
    let mut out = Vec::with_capacity(8_192);
    let mut their_decode = || {
        let _ = black_box(theirs.decode());
    };
    let mut their_encode = || {
        theirs::encode(black_box(&decoded), &mut out);
        black_box(&out);
    };
    let decoding: [&mut dyn FnMut(); 2] = [decode, &mut their_decode];
    let encoding: [&mut dyn FnMut(); 2] = [encode, &mut their_encode];
    for (how, mut works) in [("decode", decoding), ("encode", encoding)] {
        let taken: Vec<_> = ["ours", "diameter-0.7"]
            .into_iter()
            .zip(medians(&mut works))
            .map(|(who, nanoseconds)| Taken {
                who,
                amount: Some(nanoseconds),
            })
            .collect();
        figure::print(&format!("diameter {what}-{how}"), "ns", &taken);
    }
    if let Some(of_c) = of_c {
        beside_c(&format!("{what}-decode"), decode, of_c.decode);
        beside_c(&format!("{what}-encode"), encode, of_c.encode);
    }
    // As far as memory goes: the octets copied once.
    let (octets, mut copy) = (frame.octets(), Vec::with_capacity(8_192));
    let copied = nanoseconds(|| {
        copy.clear();
        copy.extend_from_slice(black_box(octets));
        black_box(&copy);
    });
    figure::alone(&format!("diameter {what}-floor"), copied);
    Ok(())
}

/// Measures ours in the same breath as C was.
fn beside_c(what: &str, ours: &mut dyn FnMut(), theirs: Option<f64>) {
    let taken = [("ours", Some(nanoseconds(ours))), ("freeDiameter", theirs)];
    let taken = taken.map(|(who, amount)| Taken { who, amount });
    figure::print(&format!("diameter-c {what}"), "ns", &taken);
}

fn check(same: Result<bool, DecodeError>) -> Result<(), String> {
    match same {
        Ok(true) => Ok(()),
        Ok(false) => Err("what was decoded is not what was encoded".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn frame(octets: BytesMut) -> Result<Message, String> {
    let octets: Bytes = octets.freeze();
    Message::parse(octets).map_err(|error: FrameError| error.to_string())
}

fn frame_of_request(request: &ServerAssignmentRequest<'_>) -> Result<Message, String> {
    let mut out = BytesMut::new();
    request.encode(1, 2, Flags::REQUEST.with(Flags::PROXIABLE), &mut out);
    frame(out)
}

fn frame_of_answer(answer: &ServerAssignmentAnswer<'_>) -> Result<Message, String> {
    let infos = [restoration()];
    let header = *frame_of_request(&request(&infos))?.header();
    let mut out = BytesMut::new();
    answer.encode_answer(&header, &mut out);
    frame(out)
}

fn application() -> VendorSpecificApplicationId {
    VendorSpecificApplicationId {
        vendor_id: VendorId::THREE_GPP.0,
        auth_application_id: Some(ApplicationId::CX.0),
        acct_application_id: None,
    }
}

/// TS 29.228 §6.1.2: first registration, with what another S-CSCF needs to go on.
fn request<'a>(infos: &'a [RestorationInfo<'a>]) -> ServerAssignmentRequest<'a> {
    ServerAssignmentRequest {
        session_id: "scscf1.ims.example;1762000000;42;cx",
        vendor_specific_application_id: application(),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "scscf1.ims.example",
        origin_realm: "ims.example",
        destination_host: Some("hss1.ims.example"),
        destination_realm: "ims.example",
        user_name: Some(IMPI),
        public_identity: (&IMPUS).into(),
        server_name: "sip:scscf1.ims.example:5060",
        server_assignment_type: ServerAssignmentType::REGISTRATION,
        scscf_restoration_info: Some(ScscfRestorationInfo {
            user_name: IMPI,
            restoration_info: infos.into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn restoration() -> RestorationInfo<'static> {
    RestorationInfo {
        path: b"<sip:7f3a0c@pcscf1.ims.example:5060;lr;ob>",
        contact: b"<sip:001010123456789@[2001:db8::41]:5060>;+sip.instance=\"<urn:gsma:imei:35623401-112233-0>\";\
                   +g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"",
        initial_cseq_sequence_number: Some(41),
        call_id_sip_header: Some(b"3d1e9a40-77b2-4c1d@[2001:db8::41]"),
        subscription_info: Some(SubscriptionInfo {
            call_id_sip_header: b"c41f7730-8e0b-4f5c@[2001:db8::41]",
            from_sip_header: b"<sip:+15550100041@ims.mnc001.mcc001.3gppnetwork.org>;tag=4fa3b1c7",
            to_sip_header: b"<sip:+15550100041@ims.mnc001.mcc001.3gppnetwork.org>;tag=scscf-8d20",
            record_route: b"<sip:scscf1.ims.example:5060;lr>,<sip:pcscf1.ims.example:5060;lr>",
            contact: b"<sip:001010123456789@[2001:db8::41]:5060>",
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn answer() -> ServerAssignmentAnswer<'static> {
    ServerAssignmentAnswer {
        session_id: "scscf1.ims.example;1762000000;42;cx",
        vendor_specific_application_id: application(),
        result_code: Some(ResultCode::SUCCESS),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss1.ims.example",
        origin_realm: "ims.example",
        user_name: Some(IMPI),
        user_data: Some(PROFILE),
        charging_information: Some(ChargingInformation {
            primary_charging_collection_function_name: Some("aaa://ccf1.ims.example"),
            secondary_charging_collection_function_name: Some("aaa://ccf2.ims.example"),
            ..Default::default()
        }),
        associated_identities: Some(AssociatedIdentities {
            user_name: (&[IMPI]).into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}
