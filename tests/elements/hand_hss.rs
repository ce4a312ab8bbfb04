//! An HSS played by hand: it says what the test wants, and asks what the test wants.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use aka::{Amf, Keys, Sqn};
use bytes::{Bytes, BytesMut};
use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{
    AssociatedIdentities, ChargingInformation, DeregistrationReason, MultimediaAuthAnswer,
    MultimediaAuthRequest, PushProfileRequest, ReasonCode, RegistrationTerminationRequest,
    ServerAssignmentAnswer, ServerAssignmentRequest, ServerAssignmentType, SipAuthDataItem,
    SipDigestAuthenticate, UserDataAlreadyAvailable, command,
};
use diameter_codec::{
    ApplicationId, CommandCode, DecodeError, ExperimentalResult, ExperimentalResultCode, Flags,
    Many, Message, ResultCode, VendorSpecificApplicationId, base, error_answer,
};
use diameter_stack::capabilities::Application;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, IncomingRequest, Limits, Node, NodeSettings, Route,
};
use sim::{Sim, SimIo};
use sip_stack::digest::{Algorithm, Ha1};

use crate::bench::{HSS, ip, pass, seconds};

const COMMANDS: &[CommandCode] = &[
    command::USER_AUTHORIZATION,
    command::MULTIMEDIA_AUTH,
    command::SERVER_ASSIGNMENT,
];
const REALM: &str = "home.example";
const SCSCF_HOST: &str = "scscf4.home.example";
const ADVERTISED: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(16_777_216),
    acct_application_id: None,
};

/// What it says.
pub(crate) struct Policy {
    /// Alice's password; without it she has a USIM.
    pub(crate) password: Option<&'static str>,
    /// The realm of that password.
    pub(crate) realm: &'static str,
    pub(crate) keys: Keys,
    /// The number of the next vector.
    pub(crate) sqn: u64,
    /// AUTS were taken as what set the number.
    pub(crate) resynchronise: Resynchronise,
    pub(crate) user_data: String,
    pub(crate) ccf: Option<&'static str>,
    /// Experimental-Result-Code of the next SAA.
    pub(crate) refuse: Option<u32>,
    /// Base result of every answer, which has nothing else; a success is whole, and has an AVP with M that nobody knows.
    pub(crate) broken: Option<ResultCode>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resynchronise {
    /// By the standard.
    Yes,
    /// Never: every vector is as old as the one before.
    No,
}

#[derive(Clone)]
pub(crate) struct HandHss {
    pub(crate) policy: Rc<RefCell<Policy>>,
    node: Rc<RefCell<Option<Node<SimIo>>>>,
}

pub(crate) fn keys() -> Keys {
    Keys {
        k: *b"\x46\x5b\x5c\xe8\xb1\x99\xb4\x9f\xaa\x5f\x0a\x2e\xe2\x38\xa6\xbc",
        opc: *b"\xcd\x63\xcb\x71\x95\x4a\x9f\x4e\x48\xa5\x99\x4e\x37\xa0\x2b\xaf",
    }
}

/// A profile of one set, each identity with whether it is barred.
pub(crate) fn profile(identities: &[(&str, bool)]) -> String {
    let identities: String = identities
        .iter()
        .map(|(identity, barred)| {
            format!(
                "<PublicIdentity><BarringIndication>{barred}</BarringIndication><Identity>{identity}</Identity>\
                 </PublicIdentity>"
            )
        })
        .collect();
    format!(
        "<IMSSubscription><PrivateID>alice@home.example</PrivateID><ServiceProfile>{identities}</ServiceProfile>\
         </IMSSubscription>"
    )
}

/// Starts it on host [`HSS`].
pub(crate) async fn hand_hss(sim: &Sim) -> HandHss {
    let hss = HandHss {
        policy: Rc::new(RefCell::new(Policy {
            password: Some("alice-secret"),
            realm: REALM,
            keys: keys(),
            sqn: 32,
            resynchronise: Resynchronise::Yes,
            user_data: profile(&[("sip:alice@home.example", false)]),
            ccf: None,
            refuse: None,
            broken: None,
        })),
        node: Rc::default(),
    };
    let (policy, node) = (Rc::clone(&hss.policy), Rc::clone(&hss.node));
    let _program = sim.start(ip(HSS), move |io| async move {
        let settings = NodeSettings {
            identity: "hss.home.example".to_owned(),
            realm: REALM.to_owned(),
            listen: Some(SocketAddr::new(ip(HSS), 3868)),
            connect_from: None,
            peers: Vec::new(),
            admission: Admission::Anyone,
            routes: Vec::new(),
            redirects: FollowRedirects::default(),
            hosts: Vec::new(),
            applications: vec![Application::cx(COMMANDS)],
            timers: DiameterTimers::default(),
            limits: Limits::default(),
        };
        let started = Node::start(io, settings, move |request: IncomingRequest| {
            let mut out = BytesMut::new();
            answer(&mut policy.borrow_mut(), &request.message, &mut out);
            std::future::ready(Bytes::from(out))
        });
        *node.borrow_mut() = Some(started.await.expect("a free port"));
        std::future::pending::<()>().await;
    });
    pass(seconds(1)).await;
    hss
}

fn answer(policy: &mut Policy, request: &Message, out: &mut BytesMut) {
    if let Some(result) = policy
        .broken
        .filter(|result| *result != ResultCode::SUCCESS)
    {
        return error_answer(
            request,
            "hss.home.example",
            REALM,
            &DecodeError::of(result),
            out,
        );
    }
    match request.header().command {
        command::MULTIMEDIA_AUTH => multimedia_auth(policy, request, out),
        _ => server_assignment(policy, request, out),
    }
    if policy.broken == Some(ResultCode::SUCCESS) {
        out.extend_from_slice(&[0, 0, 1, 0xee, 0xc0, 0, 0, 16, 0, 0, 0, 50, 1, 2, 3, 4]);
        let length = u32::try_from(out.len()).expect("short").to_be_bytes();
        out[1..4].copy_from_slice(&length[1..]);
    }
}

fn multimedia_auth(policy: &mut Policy, request: &Message, out: &mut BytesMut) {
    let read = MultimediaAuthRequest::decode(request).expect("a MAR by the rules");
    if let Some(octets) = read.sip_auth_data_item.sip_authorization
        && policy.resynchronise == Resynchronise::Yes
    {
        let (rand, auts) = octets.split_first_chunk().expect("RAND and AUTS");
        let auts = auts.try_into().expect("14 octets");
        let sqn = aka::resynchronise(&policy.keys, rand, auts).expect("of this USIM");
        policy.sqn = sqn.value() + 32;
    }
    let ha1 = policy.password.map(|password| {
        let realm = policy.realm;
        Ha1::of(Algorithm::Md5, read.user_name, realm, password.as_bytes())
            .hex()
            .as_str()
            .to_owned()
    });
    let vectors: Vec<aka::Vector> = (0..read.sip_number_auth_items)
        .map(|_| {
            let sqn = Sqn::new(policy.sqn).expect("48 bits");
            if policy.resynchronise == Resynchronise::Yes {
                policy.sqn += 32;
            }
            aka::vector(&policy.keys, Amf::default(), sqn, [policy.sqn as u8; 16])
        })
        .collect();
    let challenges: Vec<Vec<u8>> = vectors
        .iter()
        .map(|vector| [vector.rand, vector.autn].concat())
        .collect();
    let items: Vec<SipAuthDataItem<'_>> = match &ha1 {
        Some(ha1) => vec![SipAuthDataItem {
            sip_authentication_scheme: Some("SIP Digest"),
            sip_digest_authenticate: Some(SipDigestAuthenticate {
                digest_realm: policy.realm,
                digest_qop: "auth",
                digest_ha1: ha1,
                ..Default::default()
            }),
            ..Default::default()
        }],
        None => (0u32..)
            .zip(vectors.iter().zip(&challenges))
            .map(|(number, (vector, challenge))| SipAuthDataItem {
                sip_item_number: Some(number),
                sip_authentication_scheme: Some("Digest-AKAv1-MD5"),
                sip_authenticate: Some(challenge),
                sip_authorization: Some(&vector.xres),
                confidentiality_key: Some(&vector.ck),
                integrity_key: Some(&vector.ik),
                ..Default::default()
            })
            .collect(),
    };
    let answer = MultimediaAuthAnswer {
        session_id: read.session_id,
        vendor_specific_application_id: ADVERTISED,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        result_code: Some(ResultCode::SUCCESS),
        origin_host: "hss.home.example",
        origin_realm: REALM,
        sip_auth_data_item: Many::from(items.as_slice()),
        ..Default::default()
    };
    answer.encode_answer(request.header(), out);
}

fn server_assignment(policy: &mut Policy, request: &Message, out: &mut BytesMut) {
    let read = ServerAssignmentRequest::decode(request).expect("a SAR by the rules");
    let refuse = policy.refuse.take();
    let kinds = [
        ServerAssignmentType::REGISTRATION,
        ServerAssignmentType::RE_REGISTRATION,
    ];
    let wants_it = kinds.contains(&read.server_assignment_type)
        && read.user_data_already_available == UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE;
    let answer = ServerAssignmentAnswer {
        session_id: read.session_id,
        vendor_specific_application_id: ADVERTISED,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        result_code: refuse.is_none().then_some(ResultCode::SUCCESS),
        experimental_result: refuse.map(|code| ExperimentalResult {
            vendor_id: 10_415,
            experimental_result_code: ExperimentalResultCode(code),
        }),
        origin_host: "hss.home.example",
        origin_realm: REALM,
        user_data: wants_it.then_some(policy.user_data.as_bytes()),
        charging_information: policy.ccf.map(|ccf| ChargingInformation {
            primary_charging_collection_function_name: Some(ccf),
            ..Default::default()
        }),
        ..Default::default()
    };
    answer.encode_answer(request.header(), out);
}

/// An RTR about alice.
pub(crate) struct Rtr<'a> {
    pub(crate) reason: ReasonCode,
    pub(crate) impus: &'a [&'a str],
    pub(crate) others: &'a [&'a str],
    pub(crate) impi: &'a str,
}

impl HandHss {
    async fn ask(&self, encode: impl FnOnce(driver::diameter::Ids<'_>, &mut BytesMut)) -> Message {
        let node = self.node.borrow().clone().expect("it runs");
        let route = Route {
            realm: REALM,
            host: Some(SCSCF_HOST),
            application: ApplicationId::CX,
        };
        node.request(route, encode).await.expect("an answer")
    }

    /// Sends an RTR; its answer.
    pub(crate) async fn terminate(&self, rtr: &Rtr<'_>) -> Message {
        self.ask(|ids, out| {
            let request = RegistrationTerminationRequest {
                session_id: ids.session_id,
                vendor_specific_application_id: ADVERTISED,
                auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                origin_host: "hss.home.example",
                origin_realm: REALM,
                destination_host: Some(SCSCF_HOST),
                destination_realm: REALM,
                user_name: rtr.impi,
                associated_identities: (!rtr.others.is_empty()).then(|| AssociatedIdentities {
                    user_name: Many::from(rtr.others),
                    ..Default::default()
                }),
                public_identity: Many::from(rtr.impus),
                deregistration_reason: DeregistrationReason {
                    reason_code: rtr.reason,
                    ..Default::default()
                },
                ..Default::default()
            };
            request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
        })
        .await
    }

    /// Sends a PPR about alice; its answer.
    pub(crate) async fn push(
        &self,
        user_data: Option<&str>,
        ha1: Option<&str>,
        ccf: Option<&str>,
    ) -> Message {
        self.ask(|ids, out| {
            let request = PushProfileRequest {
                session_id: ids.session_id,
                vendor_specific_application_id: ADVERTISED,
                auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                origin_host: "hss.home.example",
                origin_realm: REALM,
                destination_host: SCSCF_HOST,
                destination_realm: REALM,
                user_name: "alice@home.example",
                user_data: user_data.map(str::as_bytes),
                charging_information: ccf.map(|ccf| ChargingInformation {
                    primary_charging_collection_function_name: Some(ccf),
                    ..Default::default()
                }),
                sip_auth_data_item: ha1.map(|ha1| SipAuthDataItem {
                    sip_authentication_scheme: Some("SIP Digest"),
                    sip_digest_authenticate: Some(SipDigestAuthenticate {
                        digest_realm: REALM,
                        digest_qop: "auth",
                        digest_ha1: ha1,
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..Default::default()
            };
            request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
        })
        .await
    }
}

/// Result-Code and Experimental-Result-Code of an answer.
pub(crate) fn results(answer: &Message) -> (Option<u32>, Option<u32>) {
    let experimental = answer
        .find(base::avp::EXPERIMENTAL_RESULT)
        .and_then(|group| {
            let code = base::avp::EXPERIMENTAL_RESULT_CODE;
            group.group().find(|inner| inner.code == code)?.unsigned32()
        });
    let plain = answer.find(base::avp::RESULT_CODE);
    (plain.and_then(|avp| avp.unsigned32()), experimental)
}
