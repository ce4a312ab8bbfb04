//! Whatever is written is read back the same, and no octets of a peer do harm.

mod frames;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::*;
use diameter_codec::cx::*;
use diameter_codec::{Avp, AvpCode, AvpFlags, Flags, Members, Message, Time, frame_length};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

type Contact = (
    Vec<u8>,
    Vec<u8>,
    Option<u32>,
    Option<Vec<u8>>,
    Option<[Vec<u8>; 5]>,
);

fn contact() -> impl Strategy<Value = Contact> {
    let octets = || vec(any::<u8>(), 0..40);
    let dialog = [octets(), octets(), octets(), octets(), octets()];
    (
        octets(),
        octets(),
        any::<Option<u32>>(),
        option::of(octets()),
        option::of(dialog),
    )
}

fn info(contact: &Contact) -> RestorationInfo<'_> {
    let (path, contact, cseq, call_id, dialog) = contact;
    RestorationInfo {
        path,
        contact,
        initial_cseq_sequence_number: *cseq,
        call_id_sip_header: call_id.as_deref(),
        subscription_info: dialog
            .as_ref()
            .map(
                |[call_id, from, to, record_route, contact]| SubscriptionInfo {
                    call_id_sip_header: call_id,
                    from_sip_header: from,
                    to_sip_header: to,
                    record_route,
                    contact,
                    ..Default::default()
                },
            ),
        ..Default::default()
    }
}

proptest! {
    #[test]
    fn sar(
        session_id in ".{0,40}",
        host in "[a-z0-9.-]{1,30}",
        user_name in option::of(".{0,30}"),
        identities in vec(".{0,30}", 0..4),
        server_name in ".{0,30}",
        assignment in any::<u32>(),
        contacts in vec(contact(), 1..4),
        time in any::<Option<u32>>(),
        flags in any::<Option<u32>>(),
        unknown in vec((1_000_000_u32..2_000_000, any::<u16>(), vec(any::<u8>(), 0..20)), 0..4),
        ids in any::<(u32, u32)>(),
    ) {
        let identities: Vec<&str> = identities.iter().map(String::as_str).collect();
        let infos: Vec<_> = contacts.iter().map(info).collect();
        let extra: Vec<_> = unknown
            .iter()
            .map(|(number, vendor, data)| Avp {
                code: AvpCode::new(u32::from(*vendor), *number),
                flags: if *vendor == 0 { AvpFlags::NONE } else { AvpFlags::VENDOR },
                data,
            })
            .collect();
        let sar = ServerAssignmentRequest {
            session_id: &session_id,
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: &host,
            origin_realm: &host,
            destination_realm: &host,
            user_name: user_name.as_deref(),
            public_identity: (&identities).into(),
            server_name: &server_name,
            server_assignment_type: ServerAssignmentType(assignment),
            scscf_restoration_info: Some(ScscfRestorationInfo {
                user_name: "alice",
                restoration_info: (&infos).into(),
                registration_time_out: time.map(Time),
                ..Default::default()
            }),
            sar_flags: flags.map(SarFlags),
            extra: (&extra).into(),
            ..Default::default()
        };
        let mut out = BytesMut::new();
        sar.encode(ids.0, ids.1, Flags::NONE, &mut out);
        prop_assert_eq!(out.len(), 20 + Members::len(&sar));
        prop_assert_eq!(frame_length(&out), Ok(Some(out.len())));
        let octets = out.freeze();
        let message = frames::message(octets.clone());
        prop_assert_eq!((message.header().hop_by_hop, message.header().end_to_end), ids);
        let read = ServerAssignmentRequest::decode(&message).expect("what we wrote");
        prop_assert_eq!(read, sar);
        let mut again = BytesMut::new();
        read.encode(ids.0, ids.1, Flags::NONE, &mut again);
        prop_assert_eq!(again.freeze(), octets);
    }

    /// Right frames with octets changed: refused or read, printed, and answered where refused.
    #[test]
    fn damaged_frames(
        saa in any::<bool>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = if saa { include_str!("frames/saa.hex") } else { include_str!("frames/sar.hex") };
        let mut octets = frames::hex(text).to_vec();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        let whole = octets.len();
        read_everything(octets.clone().into());
        octets.truncate(cut.index(whole) & !3);
        if octets.len() >= 20 {
            let length = octets.len() as u32;
            octets[..4].copy_from_slice(&(1 << 24 | length).to_be_bytes());
        }
        read_everything(octets.into());
    }

    #[test]
    fn any_octets(mut octets in vec(any::<u8>(), 0..400), command in 256_u32..310) {
        read_everything(octets.clone().into());
        octets.resize(octets.len().max(20).next_multiple_of(4), 0);
        let length = octets.len() as u32;
        octets[..4].copy_from_slice(&(1 << 24 | length).to_be_bytes());
        octets[5..8].copy_from_slice(&command.to_be_bytes()[1..]);
        read_everything(octets.into());
    }
}

fn read_everything(octets: Bytes) {
    let Ok(message) = Message::parse(octets) else {
        return;
    };
    assert!(!message.to_string().is_empty());
    assert!(message.avps().count() <= message.octets().len() / 8);
    macro_rules! read {
        ($($command:ident),*) => {$(
            match $command::decode(&message) {
                Ok(read) => assert!(!format!("{read:?}").is_empty()),
                Err(error) => {
                    let mut out = BytesMut::new();
                    diameter_codec::error_answer(&message, "h.example", "example", &error, &mut out);
                    let answer = frames::message(out.freeze());
                    assert!(answer.octets().len() <= 4 * message.octets().len() + 512);
                }
            }
        )*};
    }
    read!(
        CapabilitiesExchangeRequest,
        CapabilitiesExchangeAnswer,
        DeviceWatchdogRequest,
        DeviceWatchdogAnswer,
        DisconnectPeerRequest,
        DisconnectPeerAnswer,
        ErrorAnswer,
        UserAuthorizationRequest,
        UserAuthorizationAnswer,
        ServerAssignmentRequest,
        ServerAssignmentAnswer,
        LocationInfoRequest,
        LocationInfoAnswer,
        MultimediaAuthRequest,
        MultimediaAuthAnswer,
        RegistrationTerminationRequest,
        RegistrationTerminationAnswer,
        PushProfileRequest,
        PushProfileAnswer
    );
}
