//! What an S-CSCF is handed of an HSS's RTR and PPR, and what the HSS is answered, over a simulated network.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cx::{
    AuthItem, Cx, EmergencyIdentity, FeatureList, PushProfile, Pushed, ReasonCode,
    RegistrationTermination, Terminated,
};
use diameter_codec::cx::{
    AssociatedIdentities, ChargingInformation, DeregistrationReason, PushProfileAnswer,
    PushProfileRequest, RegistrationTerminationAnswer, RegistrationTerminationRequest,
    SipAuthDataItem, SipDigestAuthenticate, SupportedFeatures,
};
use diameter_codec::{
    ApplicationId, CommandCode, Flags, MBit, Many, Message, ResultCode,
    VendorSpecificApplicationId, base,
};
use diameter_stack::capabilities::Application;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, Ids, Limits, Node, NodeSettings, PeerSettings,
    Route,
};
use sim::{Faults, SimIo};

const CSCF: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const HSS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const FEATURES: FeatureList = FeatureList::IMS_RESTORATION_IND;

fn settings(identity: &str, commands: &'static [CommandCode]) -> NodeSettings {
    NodeSettings {
        identity: identity.to_owned(),
        realm: "home.example".to_owned(),
        listen: None,
        connect_from: None,
        peers: Vec::new(),
        admission: Admission::Anyone,
        routes: Vec::new(),
        redirects: FollowRedirects::default(),
        hosts: Vec::new(),
        applications: vec![Application::cx(commands)],
        timers: DiameterTimers::default(),
        limits: Limits::default(),
    }
}

/// Runs `hss` against an S-CSCF that answers by `terminate` and `push`.
fn against(
    terminate: impl Fn(RegistrationTermination) -> Terminated + 'static,
    push: impl Fn(PushProfile) -> Pushed + 'static,
    hss: impl AsyncFnOnce(Node<SimIo>) + 'static,
) {
    let address = SocketAddr::new(HSS, 3868);
    sim::run(1, Faults::none(), |sim| async move {
        let hss = sim.start(HSS, move |io| async move {
            let settings = NodeSettings {
                listen: Some(address),
                ..settings("hss.home.example", &[])
            };
            let node = Node::start(io, settings, |_| std::future::ready(Bytes::new()))
                .await
                .expect("a free port");
            assert!(node.connected(Duration::from_secs(5)).await);
            hss(node).await;
        });
        let _scscf = sim.start(CSCF, move |io| async move {
            let settings = NodeSettings {
                peers: vec![PeerSettings {
                    identity: None,
                    realm: None,
                    address: Some(address),
                }],
                ..settings("scscf.home.example", cx::SERVED)
            };
            let _cx = Cx::start_serving(
                io,
                settings,
                FEATURES,
                move |request| std::future::ready(terminate(request)),
                move |request| std::future::ready(push(request)),
            )
            .await
            .expect("nothing to listen on");
            std::future::pending::<()>().await;
        });
        hss.await.expect("the HSS");
    });
}

async fn ask(node: &Node<SimIo>, encode: impl FnOnce(Ids<'_>, &mut BytesMut)) -> Message {
    let route = Route {
        realm: "home.example",
        host: Some("scscf.home.example"),
        application: ApplicationId::CX,
    };
    node.request(route, encode).await.expect("an answer")
}

const ADVERTISED: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(16_777_216),
    acct_application_id: None,
};

fn rtr<'a>(ids: Ids<'a>, reason: ReasonCode) -> RegistrationTerminationRequest<'a> {
    RegistrationTerminationRequest {
        session_id: ids.session_id,
        vendor_specific_application_id: ADVERTISED,
        auth_session_state: base::AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        destination_host: Some("scscf.home.example"),
        destination_realm: "home.example",
        user_name: "alice@home.example",
        deregistration_reason: DeregistrationReason {
            reason_code: reason,
            ..Default::default()
        },
        ..Default::default()
    }
}

fn ppr<'a>(ids: Ids<'a>) -> PushProfileRequest<'a> {
    PushProfileRequest {
        session_id: ids.session_id,
        vendor_specific_application_id: ADVERTISED,
        auth_session_state: base::AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        destination_host: "scscf.home.example",
        destination_realm: "home.example",
        user_name: "alice@home.example",
        ..Default::default()
    }
}

fn results(answer: &Message) -> (Option<u32>, Option<u32>) {
    let number = |avp: diameter_codec::Avp<'_>| avp.unsigned32();
    let experimental = answer
        .find(base::avp::EXPERIMENTAL_RESULT)
        .and_then(|group| {
            group
                .group()
                .find(|inner| inner.code == base::avp::EXPERIMENTAL_RESULT_CODE)
                .and_then(number)
        });
    (
        answer.find(base::avp::RESULT_CODE).and_then(number),
        experimental,
    )
}

#[test]
fn ts29228_6_1_3_a_termination_is_handed_over_whole_and_each_outcome_has_its_result() {
    let alice = || EmergencyIdentity {
        impi: "alice@home.example".to_owned(),
        impu: "sip:alice@home.example".to_owned(),
    };
    let outcomes = [
        (
            Terminated::Done {
                associated_identities: vec!["alice2@home.example".to_owned()],
            },
            (Some(2001), None),
        ),
        (Terminated::ButEmergency(vec![alice()]), (Some(2002), None)),
        (Terminated::OnlyEmergency(vec![alice()]), (Some(5012), None)),
        (Terminated::UserUnknown, (None, Some(5001))),
        (Terminated::UnableToComply, (Some(5012), None)),
    ];
    for (outcome, expected) in outcomes {
        let got = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&got);
        let given = outcome.clone();
        against(
            move |request| {
                *seen.borrow_mut() = Some(request);
                given.clone()
            },
            |_| Pushed::UnableToComply,
            async move |node| {
                let answer = ask(&node, |ids, out| {
                    let others = ["alice2@home.example"];
                    let impus = ["sip:alice@home.example", "tel:+15551"];
                    let request = RegistrationTerminationRequest {
                        associated_identities: Some(AssociatedIdentities {
                            user_name: Many::from(&others),
                            ..Default::default()
                        }),
                        public_identity: Many::from(&impus),
                        deregistration_reason: DeregistrationReason {
                            reason_code: ReasonCode::SERVER_CHANGE,
                            reason_info: Some("moved"),
                            ..Default::default()
                        },
                        ..rtr(ids, ReasonCode::SERVER_CHANGE)
                    };
                    request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
                })
                .await;
                assert_eq!(results(&answer), expected, "{outcome:?}");
                let read = RegistrationTerminationAnswer::decode(&answer).expect("an RTA");
                assert_eq!(read.origin_host, "scscf.home.example");
                let emergency: Vec<EmergencyIdentity> = read
                    .identity_with_emergency_registration
                    .iter()
                    .map(|pair| EmergencyIdentity {
                        impi: pair.user_name.to_owned(),
                        impu: pair.public_identity.to_owned(),
                    })
                    .collect();
                match &outcome {
                    Terminated::ButEmergency(pairs) | Terminated::OnlyEmergency(pairs) => {
                        assert_eq!(&emergency, pairs);
                    }
                    _ => assert!(emergency.is_empty()),
                }
                let others = read
                    .associated_identities
                    .map(|group| group.user_name.len());
                assert_eq!(
                    others,
                    matches!(outcome, Terminated::Done { .. }).then_some(1)
                );
                let request = got.take().expect("it was handed over");
                assert_eq!(request.impi, "alice@home.example");
                assert_eq!(request.associated_identities, ["alice2@home.example"]);
                assert_eq!(request.impus, ["sip:alice@home.example", "tel:+15551"]);
                assert_eq!(request.reason, ReasonCode::SERVER_CHANGE);
                assert_eq!(request.reason_info.as_deref(), Some("moved"));
                assert_eq!(request.hss, "hss.home.example");
            },
        );
    }
}

#[test]
fn ts29228_6_2_a_push_is_handed_over_whole_and_each_outcome_has_its_result() {
    let outcomes = [
        (Pushed::Replaced, (Some(2001), None)),
        (Pushed::UserUnknown, (None, Some(5001))),
        (Pushed::TooMuchData, (None, Some(5008))),
        (Pushed::NotSupportedUserData, (None, Some(5009))),
        (Pushed::UnableToComply, (Some(5012), None)),
    ];
    for (outcome, expected) in outcomes {
        let got = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&got);
        against(
            |_| Terminated::UnableToComply,
            move |request| {
                *seen.borrow_mut() = Some(request);
                outcome
            },
            async move |node| {
                let answer = ask(&node, |ids, out| {
                    let request = PushProfileRequest {
                        user_data: Some(b"<IMSSubscription/>"),
                        charging_information: Some(ChargingInformation {
                            primary_event_charging_function_name: Some("aaa://ecf.home.example"),
                            ..Default::default()
                        }),
                        sip_auth_data_item: Some(SipAuthDataItem {
                            sip_authentication_scheme: Some("SIP Digest"),
                            sip_digest_authenticate: Some(SipDigestAuthenticate {
                                digest_realm: "home.example",
                                digest_qop: "auth",
                                digest_ha1: "00112233445566778899aabbccddeeff",
                                ..Default::default()
                            }),
                            ..Default::default()
                        }),
                        ..ppr(ids)
                    };
                    request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
                })
                .await;
                assert_eq!(results(&answer), expected);
                assert!(PushProfileAnswer::decode(&answer).is_ok());
                let request = got.take().expect("it was handed over");
                assert_eq!(request.impi, "alice@home.example");
                assert_eq!(
                    request.user_data.as_deref(),
                    Some(&b"<IMSSubscription/>"[..])
                );
                let charging = request.charging.expect("charging addresses");
                assert_eq!(
                    charging.primary_event.as_deref(),
                    Some("aaa://ecf.home.example")
                );
                assert!(matches!(request.auth, Some(AuthItem::Digest(_))));
            },
        );
    }
}

#[test]
fn rfc6733_7_1_3_who_does_not_serve_yet_is_too_busy_and_the_hss_comes_again() {
    against(
        |_| Terminated::NotYet,
        |_| Pushed::NotYet,
        async move |node| {
            let terminated = ask(&node, |ids, out| {
                let request = rtr(ids, ReasonCode::PERMANENT_TERMINATION);
                request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            });
            let pushed = ask(&node, |ids, out| {
                ppr(ids).encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            });
            for answer in [terminated.await, pushed.await] {
                assert_eq!(results(&answer), (Some(3004), None));
                assert!(answer.header().is_error());
            }
        },
    );
}

#[test]
fn charging_names_that_are_no_uris_are_passed_on() {
    for (name, expected) in [
        ("ccf.home.example", Some("ccf.home.example")),
        ("192.0.2.1", Some("192.0.2.1")),
        ("", None),
        ("ccf\r\nVia: x", None),
    ] {
        let got = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&got);
        against(
            |_| Terminated::UnableToComply,
            move |request| {
                *seen.borrow_mut() = Some(request);
                Pushed::Replaced
            },
            async move |node| {
                let answer = ask(&node, |ids, out| {
                    let request = PushProfileRequest {
                        charging_information: Some(ChargingInformation {
                            primary_charging_collection_function_name: Some(name),
                            ..Default::default()
                        }),
                        ..ppr(ids)
                    };
                    request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
                })
                .await;
                assert_eq!(results(&answer), (Some(2001), None), "{name:?}");
                let charging = got.take().and_then(|request| request.charging);
                let charging = charging.expect("the group");
                assert_eq!(charging.primary_collection.as_deref(), expected);
            },
        );
    }
}

#[test]
fn ts29229_7_2_1_a_feature_that_the_request_needs_and_we_lack_is_5011_with_our_list() {
    let features = |feature_list| SupportedFeatures {
        vendor_id: 10_415,
        feature_list_id: 1,
        feature_list,
        m_bit: MBit::Set,
        ..Default::default()
    };
    against(
        |_| Terminated::UserUnknown,
        |_| Pushed::Replaced,
        async move |node| {
            for (list, expected) in [
                (FeatureList::SIFC, (None, Some(5011))),
                (FEATURES, (Some(2001), None)),
            ] {
                let answer = ask(&node, |ids, out| {
                    let needed = [features(list)];
                    let request = PushProfileRequest {
                        supported_features: Many::from(&needed),
                        ..ppr(ids)
                    };
                    request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
                })
                .await;
                assert_eq!(results(&answer), expected);
                let read = PushProfileAnswer::decode(&answer).expect("a PPA");
                let ours = read.supported_features.first().expect("our list");
                assert_eq!((ours.feature_list, ours.m_bit), (FEATURES, MBit::Clear));
            }
        },
    );
}

#[test]
fn rfc6733_7_1_5_a_termination_without_its_reason_is_refused_with_failed_avp() {
    against(
        |_| panic!("it must not come here"),
        |_| Pushed::Replaced,
        async |node| {
            let answer = ask(&node, |ids, out| {
                let mut whole = BytesMut::new();
                rtr(ids, ReasonCode::PERMANENT_TERMINATION).encode(
                    ids.hop_by_hop,
                    ids.end_to_end,
                    Flags::NONE,
                    &mut whole,
                );
                // Deregistration-Reason (615) is taken out of the frame by hand.
                let at = whole
                    .windows(4)
                    .position(|code| code == 615u32.to_be_bytes())
                    .expect("the AVP");
                let length = usize::from(whole[at + 6]) << 8 | usize::from(whole[at + 7]);
                let mut cut = whole[..at].to_vec();
                cut.extend(&whole[at + length.next_multiple_of(4)..]);
                let total = (cut.len() as u32).to_be_bytes();
                cut[1..4].copy_from_slice(&total[1..]);
                out.extend_from_slice(&cut);
            })
            .await;
            assert_eq!(results(&answer), (Some(ResultCode::MISSING_AVP.0), None));
            assert!(answer.find(base::avp::FAILED_AVP).is_some());
        },
    );
}
