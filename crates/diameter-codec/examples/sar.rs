//! Builds a Server-Assignment-Request, answers it, and prints both: `cargo run --example sar -p diameter-codec`.

use bytes::BytesMut;
use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    RestorationInfo, ScscfRestorationInfo, ServerAssignmentAnswer, ServerAssignmentRequest,
    ServerAssignmentType, UserDataAlreadyAvailable,
};
use diameter_codec::{
    ApplicationId, DecodeError, Flags, FrameError, Message, ResultCode, VendorId,
    VendorSpecificApplicationId, error_answer,
};

/// Every Cx message names the application like this (TS 29.229 §5).
const APPLICATION: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: VendorId::THREE_GPP.0,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

fn main() -> Result<(), FrameError> {
    let contacts = [RestorationInfo {
        path: b"<sip:term@pcscf1.visited.example;lr>",
        contact: b"<sip:alice@192.0.2.1:5060>;reg-id=1",
        ..Default::default()
    }];
    let request = ServerAssignmentRequest {
        session_id: "scscf1.home.example;1762000000;42",
        vendor_specific_application_id: APPLICATION,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "scscf1.home.example",
        origin_realm: "home.example",
        destination_realm: "home.example",
        user_name: Some("alice@home.example"),
        public_identity: (&["sip:alice@home.example"]).into(),
        server_name: "sip:scscf1.home.example",
        server_assignment_type: ServerAssignmentType::REGISTRATION,
        user_data_already_available: UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE,
        scscf_restoration_info: Some(ScscfRestorationInfo {
            user_name: "alice@home.example",
            restoration_info: (&contacts).into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut wire = BytesMut::new();
    request.encode(0x2a, 0x1000_002a, Flags::NONE, &mut wire);
    let received = Message::parse(wire.freeze())?;
    println!("{received}");

    println!("{}", Message::parse(answer(&received).freeze())?);

    // A SAR that names no server: the rules of the dictionary say what is wrong.
    let mut broken = BytesMut::from(&received.octets()[..]);
    let from = received
        .octets()
        .windows(4)
        .position(|code| code == [0, 0, 2, 0x5a]);
    broken[from.expect("Server-Name is there") + 3] = 0x7a; // Wildcarded-Public-Identity
    println!(
        "{}",
        Message::parse(answer(&Message::parse(broken.freeze())?).freeze())?
    );
    Ok(())
}

/// What an HSS does with what comes in.
fn answer(received: &Message) -> BytesMut {
    let mut out = BytesMut::new();
    match ServerAssignmentRequest::decode(received) {
        Ok(request) => ServerAssignmentAnswer {
            session_id: request.session_id,
            vendor_specific_application_id: APPLICATION,
            result_code: Some(ResultCode::SUCCESS),
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: "hss1.home.example",
            origin_realm: "home.example",
            user_name: request.user_name,
            user_data: Some(b"<IMSSubscription/>"),
            proxy_info: request.proxy_info,
            ..Default::default()
        }
        .encode_answer(received.header(), &mut out),
        Err(error) => refuse(received, &error, &mut out),
    }
    out
}

fn refuse(received: &Message, error: &DecodeError, out: &mut BytesMut) {
    error_answer(received, "hss1.home.example", "home.example", error, out);
}
