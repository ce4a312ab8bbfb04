//! SAR and SAA with every AVP of their grammar (TS 29.229 §6.1.3, §6.1.4), held to frames that
//! stand written out in `frames/*.hex`.

mod frames;

use bytes::BytesMut;
use diameter_codec::base::*;
use diameter_codec::cx::{self, *};
use diameter_codec::{Address, Avp, AvpCode, AvpFlags, Flags, MBit, Time};

const SAR: &str = include_str!("frames/sar.hex");
const SAA: &str = include_str!("frames/saa.hex");

/// What stands in the `n`-th Restoration-Info of the frames.
struct Registration {
    path: String,
    contact: String,
    cseq: u32,
    call_id: String,
    dialog_contact: String,
    tags: [String; 4],
    pcscf_contact: String,
}

impl Registration {
    fn new(n: u32) -> Self {
        let tag = |side: &str, of: &str| format!("<sip:alice@home.example>;tag={side}{of}{n}");
        Self {
            path: format!(
                "<sip:term@pcscf{n}.visited.example:5060;lr>,<sip:ibcf.visited.example;lr>"
            ),
            contact: format!(
                "<sip:alice@192.0.2.{n}:5060;transport=tcp>;+sip.instance=\"<urn:gsma:imei:35000000-00000{n}-0>\";reg-id={n}"
            ),
            cseq: 40 + n,
            call_id: format!("reg{n}@192.0.2.{n}"),
            dialog_contact: format!("<sip:alice@192.0.2.{n}:5060>"),
            tags: [tag("ue", ""), tag("sc", ""), tag("ue", "p"), tag("sc", "p")],
            pcscf_contact: format!("<sip:pcscf{n}.visited.example:5060>"),
        }
    }

    fn info(&self) -> RestorationInfo<'_> {
        RestorationInfo {
            path: self.path.as_bytes(),
            contact: self.contact.as_bytes(),
            initial_cseq_sequence_number: Some(self.cseq),
            call_id_sip_header: Some(self.call_id.as_bytes()),
            subscription_info: Some(SubscriptionInfo {
                call_id_sip_header: b"a84b4c76e66710@ue.example.org",
                from_sip_header: self.tags[0].as_bytes(),
                to_sip_header: self.tags[1].as_bytes(),
                record_route: b"<sip:scscf1.home.example;lr>,<sip:pcscf1.visited.example;lr>",
                contact: self.dialog_contact.as_bytes(),
                ..Default::default()
            }),
            p_cscf_subscription_info: Some(PCscfSubscriptionInfo {
                call_id_sip_header: b"a84b4c76e66710@ue.example.org",
                from_sip_header: self.tags[2].as_bytes(),
                to_sip_header: self.tags[3].as_bytes(),
                contact: self.pcscf_contact.as_bytes(),
                ..Default::default()
            }),
            extra: (&UNKNOWN).into(),
        }
    }
}

fn group<'a>(user_name: &'a str, infos: &'a [RestorationInfo<'a>]) -> ScscfRestorationInfo<'a> {
    ScscfRestorationInfo {
        user_name,
        restoration_info: infos.into(),
        registration_time_out: Some(Time::from_unix(1_763_476_224)),
        sip_authentication_scheme: Some("Digest-AKAv1-MD5"),
        ..Default::default()
    }
}

fn features(m_bit: MBit) -> SupportedFeatures<'static> {
    SupportedFeatures {
        vendor_id: 10_415,
        feature_list_id: 1,
        feature_list: FeatureList::SIFC.with(FeatureList::IMS_RESTORATION_IND),
        m_bit,
        ..Default::default()
    }
}

const APPLICATION: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(16_777_216),
    acct_application_id: None,
};

const UNKNOWN: [Avp<'static>; 1] = [Avp {
    code: AvpCode::new(0, 7001),
    flags: AvpFlags::NONE,
    data: b"kept as it came",
}];

const PRIVATE: Avp<'static> = Avp {
    code: AvpCode::new(99_999, 7002),
    flags: AvpFlags::VENDOR,
    data: &[0xde, 0xad, 0xbe],
};

fn proxy() -> ProxyInfo<'static> {
    ProxyInfo {
        proxy_host: "dra.home.example",
        proxy_state: &[1, 2, 3, 4, 5],
        ..Default::default()
    }
}

#[test]
fn sar_with_every_avp() {
    let registrations = [Registration::new(1), Registration::new(2)];
    let infos = [registrations[0].info(), registrations[1].info()];
    let addresses = [
        Address::Ip([192, 0, 2, 9].into()),
        Address::Ip("2001:db8::9".parse().expect("an address")),
    ];
    let (features, proxies) = ([features(MBit::Set)], [proxy()]);
    let sar = ServerAssignmentRequest {
        session_id: "scscf1.home.example;1762000000;42;cx",
        drmp: Some(Drmp::PRIORITY_3),
        vendor_specific_application_id: APPLICATION,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "scscf1.home.example",
        origin_realm: "home.example",
        destination_host: Some("hss1.home.example"),
        destination_realm: "home.example",
        user_name: Some("alice@home.example"),
        public_identity: (&["sip:alice@home.example", "tel:+15551234567"]).into(),
        wildcarded_public_identity: Some("sip:chat!.*!@home.example"),
        server_name: "sip:scscf1.home.example:5060",
        server_assignment_type: ServerAssignmentType::RE_REGISTRATION,
        user_data_already_available: UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE,
        scscf_restoration_info: Some(group("alice@home.example", &infos)),
        multiple_registration_indication: Some(
            MultipleRegistrationIndication::MULTIPLE_REGISTRATION,
        ),
        session_priority: Some(SessionPriority::PRIORITY_3),
        sar_flags: Some(SarFlags::P_CSCF_RESTORATION),
        failed_pcscf: Some(FailedPcscf {
            pcscf_fqdn: Some("pcscf9.visited.example"),
            pcscf_ip_address: (&addresses).into(),
            ..Default::default()
        }),
        oc_supported_features: Some(OcSupportedFeatures {
            oc_feature_vector: Some(1),
            ..Default::default()
        }),
        supported_features: (&features).into(),
        proxy_info: (&proxies).into(),
        route_record: (&["dra.home.example"]).into(),
        extra: (&[PRIVATE]).into(),
    };

    let octets = frames::hex(SAR);
    let message = frames::message(octets.clone());
    assert_eq!(message.header().name().map(|name| name.short), Some("SAR"));
    assert!(message.header().flags.contains(Flags::RETRANSMITTED));
    let read = ServerAssignmentRequest::decode(&message).expect("a right SAR");
    assert_eq!(read, sar);

    let mut out = BytesMut::new();
    sar.encode(0x1122_3344, 0x5566_7788, Flags::RETRANSMITTED, &mut out);
    assert_eq!(out, octets, "written from values");
    out.clear();
    read.encode(0x1122_3344, 0x5566_7788, Flags::RETRANSMITTED, &mut out);
    assert_eq!(out, octets, "written from what was read");
}

#[test]
fn saa_with_every_avp() {
    let registrations = [1, 3, 4].map(Registration::new);
    let infos = registrations.each_ref().map(Registration::info);
    let groups = [
        group("alice@home.example", &infos[..1]),
        group("alice-tablet@home.example", &infos[1..]),
    ];
    let failed = [Avp {
        code: cx::avp::SESSION_PRIORITY,
        flags: AvpFlags::VENDOR,
        data: &[0, 0, 0, 9],
    }];
    let loads = [Load {
        load_type: Some(LoadType::PEER),
        load_value: Some(700),
        sourceid: Some("hss1.home.example"),
        ..Default::default()
    }];
    let (features, proxies) = ([features(MBit::Clear)], [proxy()]);
    let saa = ServerAssignmentAnswer {
        session_id: "scscf1.home.example;1762000000;42;cx",
        drmp: Some(Drmp::PRIORITY_3),
        vendor_specific_application_id: APPLICATION,
        result_code: Some(ResultCode::SUCCESS),
        experimental_result: Some(ExperimentalResult {
            vendor_id: 10_415,
            experimental_result_code: ExperimentalResultCode::ERROR_IN_ASSIGNMENT_TYPE,
        }),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss1.home.example",
        origin_realm: "home.example",
        oc_supported_features: Some(OcSupportedFeatures {
            oc_feature_vector: Some(3),
            ..Default::default()
        }),
        oc_olr: Some(OcOlr {
            oc_sequence_number: 1 << 40,
            oc_report_type: OcReportType::REALM_REPORT,
            oc_reduction_percentage: Some(30),
            oc_validity_duration: Some(60),
            ..Default::default()
        }),
        load: (&loads).into(),
        supported_features: (&features).into(),
        user_name: Some("alice@home.example"),
        user_data: Some(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><IMSSubscription>\
              <PrivateID>alice@home.example</PrivateID><ServiceProfile><PublicIdentity>\
              <Identity>sip:alice@home.example</Identity></PublicIdentity></ServiceProfile>\
              </IMSSubscription>",
        ),
        charging_information: Some(ChargingInformation {
            primary_event_charging_function_name: Some("aaa://ecf1.home.example"),
            secondary_event_charging_function_name: Some("aaa://ecf2.home.example"),
            primary_charging_collection_function_name: Some(
                "aaa://ccf1.home.example:3868;transport=tcp",
            ),
            secondary_charging_collection_function_name: Some("aaas://ccf2.home.example"),
            ..Default::default()
        }),
        associated_identities: Some(AssociatedIdentities {
            user_name: (&["alice-tablet@home.example", "alice-car@home.example"]).into(),
            ..Default::default()
        }),
        loose_route_indication: Some(LooseRouteIndication::LOOSE_ROUTE_REQUIRED),
        scscf_restoration_info: (&groups).into(),
        associated_registered_identities: Some(AssociatedRegisteredIdentities {
            user_name: (&["alice@home.example", "alice-tablet@home.example"]).into(),
            ..Default::default()
        }),
        server_name: Some("sip:scscf2.home.example:5060"),
        wildcarded_public_identity: Some("sip:chat!.*!@home.example"),
        priviledged_sender_indication: Some(PriviledgedSenderIndication::PRIVILEDGED_SENDER),
        allowed_waf_wwsf_identities: Some(AllowedWafWwsfIdentities {
            webrtc_authentication_function_name: (&["waf.home.example"]).into(),
            webrtc_web_server_function_name: (&["wwsf.home.example"]).into(),
            ..Default::default()
        }),
        failed_avp: Some(FailedAvp {
            extra: (&failed).into(),
        }),
        proxy_info: (&proxies).into(),
        route_record: (&["dra.home.example"]).into(),
        extra: (&[PRIVATE]).into(),
    };

    let octets = frames::hex(SAA);
    let message = frames::message(octets.clone());
    assert_eq!(message.header().name().map(|name| name.short), Some("SAA"));
    let read = ServerAssignmentAnswer::decode(&message).expect("a right SAA");
    assert_eq!(read, saa);

    let mut out = BytesMut::new();
    let request = frames::message(frames::hex(SAR));
    saa.encode_answer(request.header(), &mut out);
    assert_eq!(out, octets, "written from values, as the answer to the SAR");
    out.clear();
    read.encode(0x1122_3344, 0x5566_7788, Flags::NONE, &mut out);
    assert_eq!(out, octets, "written from what was read");
}

/// Pictures name every AVP and show no key.
#[test]
fn printed_with_names() {
    let text = frames::message(frames::hex(SAA)).to_string();
    for line in [
        "Server-Assignment-Answer (SAA), ",
        "  Result-Code: SUCCESS (2001)",
        "    Experimental-Result-Code: ERROR_IN_ASSIGNMENT_TYPE (5007)",
        "        Contact: <sip:alice@192.0.2.3:5060>",
        "  AVP 7002 of vendor 99999: deadbe",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    let secret = frames::tgpp(625, b"0123456789abcdef");
    let text = frames::message(frames::frame(0x40, 303, 16_777_216, &[secret])).to_string();
    assert!(
        text.contains("Confidentiality-Key: (16 octets, secret)"),
        "{text}"
    );
}
