//! Faults of Cx: needless SARs, and deregistrations that overtook.

use bytes::BytesMut;
use capture::Transport::Tcp;
use diameter_codec::Flags;
use diameter_codec::base::{AuthSessionState, ResultCode};
use diameter_codec::cx::{
    DeregistrationReason, ReasonCode, RegistrationTerminationAnswer,
    RegistrationTerminationRequest, RestorationInfo, ScscfRestorationInfo, ServerAssignmentAnswer,
    ServerAssignmentRequest, ServerAssignmentType, UserDataAlreadyAvailable,
};

use crate::capture_made::Capture;
use crate::diameter::{CX, header};

/// An SAR of alice's.
pub(crate) struct Sar {
    kind: ServerAssignmentType,
    server: &'static str,
    contacts: &'static [&'static str],
    profile: UserDataAlreadyAvailable,
}

pub(crate) const FIRST: Sar = Sar {
    kind: ServerAssignmentType::REGISTRATION,
    server: "sip:scscf1.home.example",
    contacts: &["<sip:alice@192.0.2.20>;reg-id=1"],
    profile: UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE,
};

pub(crate) const AGAIN: Sar = Sar {
    kind: ServerAssignmentType::RE_REGISTRATION,
    profile: UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE,
    ..FIRST
};

const LEAVE: Sar = Sar {
    kind: ServerAssignmentType::USER_DEREGISTRATION,
    contacts: &[],
    ..AGAIN
};

fn infos(contacts: &[&'static str]) -> Vec<RestorationInfo<'static>> {
    let info = |contact: &&'static str| RestorationInfo {
        path: b"<sip:term@pcscf.visited.example;lr>",
        contact: contact.as_bytes(),
        ..Default::default()
    };
    contacts.iter().map(info).collect()
}

impl Sar {
    pub(crate) fn octets(&self, number: u32, flags: Flags) -> Vec<u8> {
        let infos = infos(self.contacts);
        let mut octets = BytesMut::new();
        ServerAssignmentRequest {
            session_id: "scscf.home.example;1;1",
            vendor_specific_application_id: CX,
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: "scscf.home.example",
            origin_realm: "home.example",
            destination_realm: "home.example",
            user_name: Some("alice@home.example"),
            public_identity: (&["sip:alice@home.example"]).into(),
            server_name: self.server,
            server_assignment_type: self.kind,
            user_data_already_available: self.profile,
            scscf_restoration_info: (!infos.is_empty()).then_some(ScscfRestorationInfo {
                user_name: "alice@home.example",
                restoration_info: (&infos[..]).into(),
                ..Default::default()
            }),
            ..Default::default()
        }
        .encode(number, 1_000 + number, flags, &mut octets);
        octets.to_vec()
    }
}

/// An answer, with the backup that it brings.
pub(crate) fn saa(request: &[u8], result: ResultCode, contacts: &[&'static str]) -> Vec<u8> {
    let infos = infos(contacts);
    let backups = [ScscfRestorationInfo {
        user_name: "alice@home.example",
        restoration_info: (&infos[..]).into(),
        ..Default::default()
    }];
    let backups = match contacts.is_empty() {
        true => &[][..],
        false => &backups,
    };
    let mut octets = BytesMut::new();
    ServerAssignmentAnswer {
        session_id: "scscf.home.example;1;1",
        vendor_specific_application_id: CX,
        result_code: Some(result),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        scscf_restoration_info: backups.into(),
        ..Default::default()
    }
    .encode_answer(&header(request), &mut octets);
    octets.to_vec()
}

fn rtr(number: u32, impi: &str) -> Vec<u8> {
    let mut octets = BytesMut::new();
    RegistrationTerminationRequest {
        session_id: "hss.home.example;1;1",
        vendor_specific_application_id: CX,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        destination_host: Some("scscf.home.example"),
        destination_realm: "home.example",
        user_name: impi,
        deregistration_reason: DeregistrationReason {
            reason_code: ReasonCode::PERMANENT_TERMINATION,
            ..Default::default()
        },
        ..Default::default()
    }
    .encode(number, 2_000 + number, Flags::NONE, &mut octets);
    octets.to_vec()
}

fn rta(request: &[u8]) -> Vec<u8> {
    let mut octets = BytesMut::new();
    RegistrationTerminationAnswer {
        session_id: "hss.home.example;1;1",
        vendor_specific_application_id: CX,
        result_code: Some(ResultCode::SUCCESS),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "scscf.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
    .encode_answer(&header(request), &mut octets);
    octets.to_vec()
}

/// SARs one after another, each answered with success.
fn in_turn(sars: &[Sar]) -> Vec<String> {
    let mut capture = Capture::new();
    for (number, sar) in (1..).zip(sars) {
        let request = sar.octets(number, Flags::NONE);
        capture.client_sends(&request);
        capture.server_sends(&saa(&request, ResultCode::SUCCESS, &[]));
    }
    capture.found()
}

const NEEDLESS: &str =
    "6 needless-sar SAR: tells the HSS what it confirmed in packet 5, with the backup that it has";

#[test]
fn an_sar_that_tells_what_was_just_confirmed_is_needless() {
    assert_eq!(in_turn(&[FIRST, AGAIN]), [NEEDLESS]);
}

/// TS 24.229 §5.4.1.2.2: an S-CSCF that keeps no backup may tell the HSS each re-registration.
#[test]
fn an_sar_without_a_backup_is_not_judged() {
    let plain = |sar| Sar {
        contacts: &[],
        ..sar
    };
    assert_eq!(in_turn(&[plain(FIRST), plain(AGAIN)]), [""; 0]);
}

/// One was not answered in this capture: what the HSS has since is not known.
#[test]
fn an_sar_after_another_that_was_not_answered_is_not_judged() {
    let other = Sar {
        contacts: &["<sip:alice@192.0.2.21>;reg-id=2"],
        ..AGAIN
    };
    let mut capture = Capture::new();
    for (number, sar) in (1..).zip([FIRST, other, AGAIN]) {
        let request = sar.octets(number, Flags::NONE);
        capture.client_sends(&request);
        if number != 2 {
            capture.server_sends(&saa(&request, ResultCode::SUCCESS, &[]));
        }
    }
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn an_sar_that_has_something_to_tell_is_not() {
    let more = Sar {
        contacts: &[
            "<sip:alice@192.0.2.20>;reg-id=1",
            "<sip:alice@192.0.2.21>;reg-id=2",
        ],
        ..AGAIN
    };
    let elsewhere = Sar {
        server: "sip:scscf2.home.example",
        ..AGAIN
    };
    assert_eq!(in_turn(&[FIRST, more]), [""; 0]);
    assert_eq!(in_turn(&[FIRST, elsewhere]), [""; 0]);
    // It lost the profile.
    assert_eq!(in_turn(&[FIRST, FIRST]), [""; 0]);
    assert_eq!(in_turn(&[FIRST, LEAVE, AGAIN]), [""; 0]);
}

#[test]
fn an_sar_after_an_rtr_is_not_needless_but_after_that_of_another_user() {
    for (impi, found) in [
        ("alice@home.example", vec![]),
        (
            "bob@home.example",
            vec![
                "8 needless-sar SAR: tells the HSS what it confirmed in packet 5, with the backup that it has",
            ],
        ),
    ] {
        let mut capture = Capture::new();
        let first = FIRST.octets(1, Flags::NONE);
        capture.client_sends(&first);
        capture.server_sends(&saa(&first, ResultCode::SUCCESS, &[]));
        let end = rtr(1, impi);
        capture.server_sends(&end);
        capture.client_sends(&rta(&end));
        let again = AGAIN.octets(2, Flags::NONE);
        capture.client_sends(&again);
        capture.server_sends(&saa(&again, ResultCode::SUCCESS, &[]));
        assert_eq!(capture.found(), found);
    }
}

/// The HSS has more than was sent: the S-CSCF sends the whole, once.
#[test]
fn what_an_answer_brings_is_what_the_hss_has() {
    const BOTH: &[&str] = &[
        "<sip:alice@192.0.2.21>;reg-id=2",
        "<sip:alice@192.0.2.20>;reg-id=1",
    ];
    let both = || Sar {
        contacts: BOTH,
        ..AGAIN
    };
    // As the answer has them already: needless; with the first alone: not.
    for (second, found) in [(both(), vec![NEEDLESS]), (AGAIN, vec![])] {
        let mut capture = Capture::new();
        let first = FIRST.octets(1, Flags::NONE);
        capture.client_sends(&first);
        capture.server_sends(&saa(&first, ResultCode::SUCCESS, BOTH));
        let second = second.octets(2, Flags::NONE);
        capture.client_sends(&second);
        capture.server_sends(&saa(&second, ResultCode::SUCCESS, &[]));
        assert_eq!(capture.found(), found);
    }
}

#[test]
fn a_refusal_confirms_nothing() {
    let mut capture = Capture::new();
    let first = FIRST.octets(1, Flags::NONE);
    capture.client_sends(&first);
    capture.server_sends(&saa(&first, ResultCode::UNABLE_TO_COMPLY, &[]));
    let again = AGAIN.octets(2, Flags::NONE);
    capture.client_sends(&again);
    capture.server_sends(&saa(&again, ResultCode::SUCCESS, &[]));
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn a_deregistration_that_is_answered_first_overtook() {
    let stay = FIRST.octets(1, Flags::NONE);
    let leave = LEAVE.octets(2, Flags::NONE);
    let mut capture = Capture::new();
    capture.client_sends(&stay);
    capture.client_sends(&leave);
    capture.server_sends(&saa(&leave, ResultCode::SUCCESS, &[]));
    capture.server_sends(&saa(&stay, ResultCode::SUCCESS, &[]));
    assert_eq!(
        capture.found(),
        [
            "7 overtaken SAA 2001: confirms SAR REGISTRATION of packet 4 after SAR USER_DEREGISTRATION of packet 5, \
             which was sent later and answered in packet 6"
        ]
    );
    let mut capture = Capture::new();
    capture.client_sends(&stay);
    capture.client_sends(&leave);
    capture.server_sends(&saa(&stay, ResultCode::SUCCESS, &[]));
    capture.server_sends(&saa(&leave, ResultCode::SUCCESS, &[]));
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn an_rtr_that_is_answered_first_overtook_unless_the_registration_is_refused() {
    for (result, found) in [
        (
            ResultCode::SUCCESS,
            vec![
                "10 overtaken SAA 2001: confirms SAR REGISTRATION of packet 4 after RTR PERMANENT_TERMINATION of \
                 packet 8, which was sent later and answered in packet 9",
            ],
        ),
        (ResultCode::UNABLE_TO_COMPLY, vec![]),
    ] {
        let stay = FIRST.octets(1, Flags::NONE);
        let end = rtr(1, "alice@home.example");
        let mut capture = Capture::new();
        capture.client_sends(&stay);
        // On a connection of its own.
        capture.sent(Tcp, "192.0.2.6:3868", "192.0.2.4:40001", &end);
        capture.sent(Tcp, "192.0.2.4:40001", "192.0.2.6:3868", &rta(&end));
        capture.server_sends(&saa(&stay, result, &[]));
        assert_eq!(capture.found(), found);
    }
}
