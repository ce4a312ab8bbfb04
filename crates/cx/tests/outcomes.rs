//! What the client makes of an HSS's answers, and what the HSS sees of it, over a simulated network.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cx::{
    Assignment, AuthItem, AuthScheme, Cx, CxError, DigestCredentials, LiaFlags, LocationInfo,
    OriginatingRequest, ServerAssignmentType, ServerCapabilities, ServerNameStored, UarFlags,
    UserAuthorization, UserAuthorizationType,
};
use diameter_codec::cx::{
    AssociatedIdentities, ChargingInformation, LocationInfoAnswer, LocationInfoRequest,
    MultimediaAuthAnswer, MultimediaAuthRequest, ServerAssignmentAnswer, ServerAssignmentRequest,
    ServerCapabilities as WireCapabilities, SipAuthDataItem, SipDigestAuthenticate,
    UserAuthorizationAnswer, UserAuthorizationRequest, UserDataAlreadyAvailable, command,
};
use diameter_codec::{
    CommandCode, DecodeError, ExperimentalResult, ExperimentalResultCode, Many, Message,
    ResultCode, VendorSpecificApplicationId, base, error_answer,
};
use diameter_stack::capabilities::Application;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, IncomingRequest, Limits, Node, NodeSettings,
    PeerSettings, RequestError,
};
use sim::{Faults, SimIo};

const CSCF: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const HSS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const COMMANDS: &[CommandCode] = &[
    command::USER_AUTHORIZATION,
    command::LOCATION_INFO,
    command::MULTIMEDIA_AUTH,
    command::SERVER_ASSIGNMENT,
];
const SCSCF: &str = "sip:scscf1.home.example:6060";

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
        timers: DiameterTimers {
            request: Duration::from_secs(2),
            ..DiameterTimers::default()
        },
        limits: Limits::default(),
    }
}

/// Runs `client` against an HSS that answers by `answer`.
fn against<F: Future<Output = ()> + 'static>(
    answer: impl Fn(&Message, &mut BytesMut) + 'static,
    client: impl FnOnce(Cx<SimIo>) -> F + 'static,
) {
    let address = SocketAddr::new(HSS, 3868);
    sim::run(1, Faults::none(), |sim| async move {
        let _hss = sim.start(HSS, move |io| async move {
            let settings = NodeSettings {
                listen: Some(address),
                ..settings("hss.home.example", COMMANDS)
            };
            let handler = move |request: IncomingRequest| {
                let mut out = BytesMut::new();
                answer(&request.message, &mut out);
                std::future::ready(Bytes::from(out))
            };
            let _node = Node::start(io, settings, handler)
                .await
                .expect("a free port");
            std::future::pending::<()>().await;
        });
        let client = sim.start(CSCF, move |io| async move {
            let hss = PeerSettings {
                identity: None,
                realm: None,
                address: Some(address),
            };
            let settings = NodeSettings {
                peers: vec![hss],
                ..settings("scscf.home.example", &[])
            };
            let cx = Cx::start(io, settings).await.expect("nothing to listen on");
            tokio::time::sleep(Duration::from_secs(1)).await;
            client(cx).await;
        });
        client.await.expect("the client");
    });
}

fn advertised() -> VendorSpecificApplicationId {
    VendorSpecificApplicationId {
        vendor_id: 10_415,
        auth_application_id: Some(16_777_216),
        acct_application_id: None,
    }
}

fn experimental(code: u32) -> Option<ExperimentalResult> {
    Some(ExperimentalResult {
        vendor_id: 10_415,
        experimental_result_code: ExperimentalResultCode(code),
    })
}

fn uaa() -> UserAuthorizationAnswer<'static> {
    UserAuthorizationAnswer {
        session_id: "s",
        vendor_specific_application_id: advertised(),
        auth_session_state: base::AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
}

/// Asks by UAR for the outcome of `answer`.
fn authorized(
    kind: UserAuthorizationType,
    answer: UserAuthorizationAnswer<'static>,
    expected: Result<UserAuthorization, CxError>,
) {
    let answer = move |request: &Message, out: &mut BytesMut| {
        let read = UserAuthorizationRequest::decode(request).expect("a UAR by the rules");
        assert_eq!(
            (read.user_name, read.public_identity),
            ("alice@home.example", "sip:alice@home.example")
        );
        assert_eq!(read.visited_network_identifier, b"visited.example");
        assert_eq!(read.vendor_specific_application_id, advertised());
        assert_eq!(
            read.auth_session_state,
            base::AuthSessionState::NO_STATE_MAINTAINED
        );
        assert_eq!(
            (read.origin_host, read.destination_host),
            ("scscf.home.example", None)
        );
        assert_eq!(
            (read.origin_realm, read.destination_realm),
            ("home.example", "home.example")
        );
        assert!(
            read.session_id.starts_with("scscf.home.example;"),
            "{}",
            read.session_id
        );
        assert_eq!(
            read.user_authorization_type
                .unwrap_or(UserAuthorizationType::REGISTRATION),
            kind
        );
        answer.encode_answer(request.header(), out);
    };
    against(answer, move |cx| async move {
        let outcome = cx
            .user_authorization(
                "alice@home.example",
                "sip:alice@home.example",
                "visited.example",
                kind,
                UarFlags::default(),
            )
            .await;
        assert_eq!(outcome, expected);
    });
}

#[test]
fn ts29228_6_1_1_user_authorization() {
    let registration = UserAuthorizationType::REGISTRATION;
    let assigned = || {
        Ok(UserAuthorization::Assigned {
            server_name: SCSCF.to_owned(),
        })
    };
    let named = UserAuthorizationAnswer {
        server_name: Some(SCSCF),
        ..uaa()
    };
    authorized(
        registration,
        UserAuthorizationAnswer {
            experimental_result: experimental(2002),
            ..named
        },
        assigned(),
    );
    authorized(
        UserAuthorizationType::DE_REGISTRATION,
        UserAuthorizationAnswer {
            result_code: Some(ResultCode::SUCCESS),
            ..named
        },
        assigned(),
    );
    authorized(
        registration,
        UserAuthorizationAnswer {
            experimental_result: experimental(2001),
            ..uaa()
        },
        Ok(UserAuthorization::ToChoose(ServerCapabilities::default())),
    );
    let wanted = diameter_codec::cx::ServerCapabilities {
        mandatory_capability: Many::from(&[3, 1]),
        optional_capability: Many::from(&[7]),
        server_name: Many::from(&[SCSCF]),
        ..Default::default()
    };
    authorized(
        UserAuthorizationType::REGISTRATION_AND_CAPABILITIES,
        UserAuthorizationAnswer {
            result_code: Some(ResultCode::SUCCESS),
            server_capabilities: Some(wanted),
            ..uaa()
        },
        Ok(UserAuthorization::ToChoose(ServerCapabilities {
            mandatory: vec![3, 1],
            optional: vec![7],
            server_names: vec![SCSCF.to_owned()],
        })),
    );
    authorized(
        registration,
        UserAuthorizationAnswer {
            experimental_result: experimental(5004),
            ..uaa()
        },
        Err(CxError::RoamingNotAllowed),
    );
    let bare = UserAuthorizationAnswer {
        experimental_result: experimental(2002),
        ..uaa()
    };
    authorized(
        registration,
        bare,
        Err(CxError::Malformed(
            "an S-CSCF is assigned, but Server-Name is missing".to_owned(),
        )),
    );
}

#[test]
fn ts29228_6_3_multimedia_auth_with_sip_digest() {
    let answer = |request: &Message, out: &mut BytesMut| {
        let read = MultimediaAuthRequest::decode(request).expect("a MAR by the rules");
        assert_eq!(
            (read.user_name, read.public_identity),
            ("alice@home.example", "sip:alice@home.example")
        );
        assert_eq!(
            read.sip_auth_data_item.sip_authentication_scheme,
            Some("SIP Digest")
        );
        assert_eq!((read.sip_number_auth_items, read.server_name), (1, SCSCF));
        let digest = SipDigestAuthenticate {
            digest_realm: "home.example",
            digest_qop: "auth",
            digest_ha1: "00112233445566778899aabbccddeeff",
            alternate_digest_algorithm: Some("SHA-256"),
            alternate_digest_ha1: Some("ff"),
            ..Default::default()
        };
        let item = |number, digest| SipAuthDataItem {
            sip_item_number: Some(number),
            sip_authentication_scheme: Some("SIP Digest"),
            sip_digest_authenticate: digest,
            ..Default::default()
        };
        let items = [item(2, None), item(1, Some(digest))];
        let answer = MultimediaAuthAnswer {
            session_id: read.session_id,
            vendor_specific_application_id: advertised(),
            result_code: Some(ResultCode::SUCCESS),
            origin_host: "hss.home.example",
            origin_realm: "home.example",
            sip_auth_data_item: Many::from(&items),
            ..Default::default()
        };
        answer.encode_answer(request.header(), out);
    };
    against(answer, |cx| async move {
        let auth = cx
            .multimedia_auth(
                "alice@home.example",
                "sip:alice@home.example",
                AuthScheme::SipDigest,
                SCSCF,
            )
            .await
            .expect("credentials");
        assert_eq!(auth.hss, "hss.home.example");
        let digest = DigestCredentials {
            realm: "home.example".to_owned(),
            qop: "auth".to_owned(),
            algorithm: None,
            ha1: "00112233445566778899aabbccddeeff".to_owned(),
            alternate: Some(("SHA-256".to_owned(), "ff".to_owned())),
        };
        let other = AuthItem::Other {
            scheme: "SIP Digest".to_owned(),
        };
        assert_eq!(
            auth.items,
            [AuthItem::Digest(digest), other],
            "by SIP-Item-Number"
        );
    });
}

#[test]
fn ts29228_6_3_1_a_resynchronisation_carries_rand_and_auts_and_the_vectors_come_in_order() {
    let answer = |request: &Message, out: &mut BytesMut| {
        let read = MultimediaAuthRequest::decode(request).expect("a MAR by the rules");
        let asked = read.sip_auth_data_item;
        assert_eq!(asked.sip_authentication_scheme, Some("Digest-AKAv1-MD5"));
        let resynchronise = [[1; 16].as_slice(), &[2; 14]].concat();
        assert_eq!(asked.sip_authorization, Some(resynchronise.as_slice()));
        assert_eq!(read.sip_number_auth_items, 3);
        let item = |number, rand_and_autn| SipAuthDataItem {
            sip_item_number: Some(number),
            sip_authentication_scheme: Some("Digest-AKAv1-MD5"),
            sip_authenticate: Some(rand_and_autn),
            sip_authorization: Some(&[0; 8]),
            confidentiality_key: Some(&[3; 16]),
            integrity_key: Some(&[4; 16]),
            ..Default::default()
        };
        let items = [item(2, &[6; 32]), item(1, &[5; 32])];
        let answer = MultimediaAuthAnswer {
            session_id: read.session_id,
            vendor_specific_application_id: advertised(),
            result_code: Some(ResultCode::SUCCESS),
            origin_host: "hss.home.example",
            origin_realm: "home.example",
            sip_auth_data_item: Many::from(&items),
            ..Default::default()
        };
        answer.encode_answer(request.header(), out);
    };
    against(answer, |cx| async move {
        let scheme = AuthScheme::Resynchronise {
            vectors: 3,
            rand: &[1; 16],
            auts: &[2; 14],
        };
        let auth = cx
            .multimedia_auth(
                "alice@home.example",
                "sip:alice@home.example",
                scheme,
                SCSCF,
            )
            .await
            .expect("vectors");
        let rands: Vec<u8> = auth
            .items
            .iter()
            .map(|item| match item {
                AuthItem::Aka(vector) => vector.rand[0],
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(rands, [5, 6]);
    });
}

#[test]
fn ts29229_5_4_who_answered_before_is_asked_and_where_that_is_no_use_the_realm() {
    let answer = |request: &Message, out: &mut BytesMut| {
        let read = ServerAssignmentRequest::decode(request).expect("a SAR by the rules");
        match (read.destination_host, read.server_assignment_type) {
            (None, ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION) => {
                saa(&read, Err(5001), out, request);
            }
            (None, _) | (Some(_), ServerAssignmentType::REGISTRATION) => {
                saa(&read, Ok(ResultCode::SUCCESS), out, request);
            }
            (Some(_), kind) => {
                let result = match kind {
                    ServerAssignmentType::USER_DEREGISTRATION => ResultCode::UNABLE_TO_DELIVER,
                    ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION => {
                        ResultCode::UNABLE_TO_DELIVER
                    }
                    ServerAssignmentType::TIMEOUT_DEREGISTRATION => ResultCode::TOO_BUSY,
                    _ => ResultCode::UNABLE_TO_COMPLY,
                };
                let problem = DecodeError::of(result);
                error_answer(request, "hss.home.example", "home.example", &problem, out);
            }
        }
    };
    against(answer, |cx| async move {
        let assign = async |hss: Option<&str>, kind| {
            let impu = "sip:alice@home.example";
            let asked = Assignment::of_pair("alice@home.example", &impu, SCSCF, kind);
            let cx = hss.map_or(cx.clone(), |hss| cx.towards(hss));
            cx.server_assignment(asked).await.map(|given| given.hss)
        };
        let of_hss = || Ok("hss.home.example".to_owned());
        let (hss, gone) = (Some("hss.home.example"), Some("gone.home.example"));
        for (host, kind) in [
            (hss, ServerAssignmentType::REGISTRATION),
            // It says that it, or an agent, does not get it there; or nobody brings it there.
            (hss, ServerAssignmentType::USER_DEREGISTRATION),
            (gone, ServerAssignmentType::REGISTRATION),
            (None, ServerAssignmentType::RE_REGISTRATION),
        ] {
            assert_eq!(assign(host, kind).await, of_hss(), "{host:?} {kind:?}");
        }
        // What it refuses itself is refused, and nobody is asked twice for being busy.
        assert_eq!(
            assign(hss, ServerAssignmentType::RE_REGISTRATION).await,
            Err(CxError::UnableToComply)
        );
        assert_eq!(
            assign(hss, ServerAssignmentType::TIMEOUT_DEREGISTRATION).await,
            Err(CxError::NotDelivered(ResultCode::TOO_BUSY))
        );
        // An HSS that does not know the user says nothing for the one that does.
        assert_eq!(
            assign(hss, ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION).await,
            Err(CxError::NotDelivered(ResultCode::UNABLE_TO_DELIVER))
        );
        cx.stop().await;
        assert_eq!(
            assign(hss, ServerAssignmentType::REGISTRATION).await,
            Err(CxError::HssUnreachable(RequestError::Stopping))
        );
    });
}

fn saa(
    read: &ServerAssignmentRequest<'_>,
    result: Result<ResultCode, u32>,
    out: &mut BytesMut,
    request: &Message,
) {
    let others = ["alice2@home.example"];
    let answer = ServerAssignmentAnswer {
        session_id: read.session_id,
        vendor_specific_application_id: advertised(),
        result_code: result.ok(),
        experimental_result: result.err().and_then(experimental),
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        user_name: Some("alice@home.example"),
        user_data: Some(b"<IMSSubscription/>"),
        charging_information: Some(ChargingInformation {
            primary_charging_collection_function_name: Some("aaa://ccf.home.example"),
            // No DiameterURI, as some HSSs have it: the profile is taken all the same.
            primary_event_charging_function_name: Some("ecf.home.example"),
            ..Default::default()
        }),
        associated_identities: Some(AssociatedIdentities {
            user_name: Many::from(&others),
            ..Default::default()
        }),
        server_name: (result == Err(5005)).then_some("sip:other.home.example"),
        ..Default::default()
    };
    answer.encode_answer(request.header(), out);
}

#[test]
fn ts29228_6_1_2_server_assignment() {
    let answer = |request: &Message, out: &mut BytesMut| {
        let read = ServerAssignmentRequest::decode(request).expect("a SAR by the rules");
        assert_eq!(
            read.public_identity.iter().collect::<Vec<_>>(),
            ["sip:alice@home.example"]
        );
        assert_eq!(
            (read.user_name, read.server_name),
            (Some("alice@home.example"), SCSCF)
        );
        let held = read.user_data_already_available;
        let result = match read.server_assignment_type {
            ServerAssignmentType::REGISTRATION => {
                assert_eq!(held, UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE);
                assert_eq!(read.destination_host, Some("hss.home.example"));
                Ok(ResultCode::SUCCESS)
            }
            ServerAssignmentType::RE_REGISTRATION => {
                assert_eq!(held, UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE);
                Err(5005)
            }
            ServerAssignmentType::TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME => Err(2004),
            ServerAssignmentType::UNREGISTERED_USER => {
                assert_eq!(
                    read.wildcarded_public_identity,
                    Some("sip:!al.*!@home.example")
                );
                Ok(ResultCode::SUCCESS)
            }
            _ => Ok(ResultCode::UNABLE_TO_COMPLY),
        };
        saa(&read, result, out, request);
    };
    against(answer, |cx| async move {
        let assign = async |cx: &Cx<SimIo>, kind| {
            let impu = "sip:alice@home.example";
            let asked = Assignment::of_pair("alice@home.example", &impu, SCSCF, kind);
            cx.server_assignment(asked).await
        };
        let towards = cx.towards("hss.home.example");
        let given = assign(&towards, ServerAssignmentType::REGISTRATION)
            .await
            .expect("a profile");
        assert_eq!(given.user_data.as_deref(), Some(&b"<IMSSubscription/>"[..]));
        assert_eq!(given.user_name.as_deref(), Some("alice@home.example"));
        assert_eq!(
            given.charging.primary_collection.as_deref(),
            Some("aaa://ccf.home.example")
        );
        assert_eq!(
            given.charging.primary_event.as_deref(),
            Some("ecf.home.example")
        );
        assert_eq!(given.associated_identities, ["alice2@home.example"]);
        assert_eq!(
            (given.server_name, given.hss.as_str()),
            (ServerNameStored::AsAsked, "hss.home.example")
        );
        assert_eq!(
            assign(&cx, ServerAssignmentType::RE_REGISTRATION).await,
            Err(CxError::IdentityAlreadyRegistered {
                server_name: Some("sip:other.home.example".to_owned())
            })
        );
        let kept = assign(
            &cx,
            ServerAssignmentType::TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME,
        )
        .await;
        assert_eq!(
            kept.expect("a deregistration").server_name,
            ServerNameStored::No
        );
        assert_eq!(
            assign(&cx, ServerAssignmentType::USER_DEREGISTRATION).await,
            Err(CxError::UnableToComply)
        );
        let (impu, kind) = (
            "sip:alice@home.example",
            ServerAssignmentType::UNREGISTERED_USER,
        );
        let of_range = Assignment {
            wildcard: Some("sip:!al.*!@home.example"),
            ..Assignment::of_pair("alice@home.example", &impu, SCSCF, kind)
        };
        assert!(cx.server_assignment(of_range).await.is_ok());
    });
}

#[test]
fn a_refusal_without_the_grammar_of_its_command_keeps_its_result() {
    let refuse = |result: ResultCode| {
        move |request: &Message, out: &mut BytesMut| {
            error_answer(
                request,
                "hss.home.example",
                "home.example",
                &DecodeError::of(result),
                out,
            );
        }
    };
    for (result, expected) in [
        (
            ResultCode::TOO_BUSY,
            CxError::NotDelivered(ResultCode::TOO_BUSY),
        ),
        (
            ResultCode::AUTHORIZATION_REJECTED,
            CxError::AuthorizationRejected,
        ),
        (
            ResultCode::MISSING_AVP,
            CxError::Refused(ResultCode::MISSING_AVP),
        ),
    ] {
        against(refuse(result), move |cx| async move {
            let kind = UserAuthorizationType::REGISTRATION;
            assert_eq!(
                cx.user_authorization("a", "b", "c", kind, UarFlags::default())
                    .await,
                Err(expected)
            );
        });
    }
}

#[test]
fn a_success_that_breaks_its_grammar_is_malformed() {
    let answer = |request: &Message, out: &mut BytesMut| {
        let answer = UserAuthorizationAnswer {
            experimental_result: experimental(2001),
            session_id: "s",
            origin_host: "hss.home.example",
            // Not an identity: the decoder refuses an empty one.
            origin_realm: "",
            ..Default::default()
        };
        answer.encode_answer(request.header(), out);
    };
    against(answer, |cx| async move {
        let outcome = cx
            .user_authorization(
                "a",
                "b",
                "c",
                UserAuthorizationType::REGISTRATION,
                UarFlags::default(),
            )
            .await;
        assert!(matches!(outcome, Err(CxError::Malformed(_))), "{outcome:?}");
    });
}

#[test]
fn an_hss_out_of_reach_is_said_so_within_the_requests_time() {
    against(
        |_, _| {},
        |cx| async move {
            let kind = UserAuthorizationType::REGISTRATION;
            let began = tokio::time::Instant::now();
            let outcome = cx
                .user_authorization("a", "b", "c", kind, UarFlags::default())
                .await;
            assert_eq!(
                outcome,
                Err(CxError::HssUnreachable(RequestError::TimedOut))
            );
            assert!(
                began.elapsed() <= Duration::from_millis(2_010),
                "{:?}",
                began.elapsed()
            );
            cx.stop().await;
            let outcome = cx
                .user_authorization("a", "b", "c", kind, UarFlags::default())
                .await;
            assert_eq!(
                outcome,
                Err(CxError::HssUnreachable(RequestError::Stopping))
            );
        },
    );
}

fn lia() -> LocationInfoAnswer<'static> {
    LocationInfoAnswer {
        session_id: "s",
        vendor_specific_application_id: advertised(),
        auth_session_state: base::AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
}

/// Asks by LIR, as an application server that calls and as who has lost an S-CSCF, for the outcome of `answer`.
fn located(answer: LocationInfoAnswer<'static>, expected: Result<LocationInfo, CxError>) {
    let originating = Some(OriginatingRequest::ORIGINATING);
    let kind = Some(UserAuthorizationType::REGISTRATION_AND_CAPABILITIES);
    for (originating, kind) in [(None, None), (originating, kind)] {
        let answer = move |request: &Message, out: &mut BytesMut| {
            let read = LocationInfoRequest::decode(request).expect("an LIR by the rules");
            assert_eq!(read.public_identity, "sip:bob@home.example");
            assert_eq!(read.vendor_specific_application_id, advertised());
            assert_eq!(
                (read.originating_request, read.user_authorization_type),
                (originating, kind)
            );
            assert_eq!(
                (read.destination_host, read.destination_realm),
                (None, "home.example")
            );
            answer.encode_answer(request.header(), out);
        };
        let expected = expected.clone();
        against(answer, move |cx| async move {
            let outcome = cx
                .location_info("sip:bob@home.example", originating, kind)
                .await;
            assert_eq!(outcome, expected);
        });
    }
}

#[test]
fn ts29228_6_1_4_location_info() {
    located(
        LocationInfoAnswer {
            result_code: Some(ResultCode::SUCCESS),
            server_name: Some("sip:as.home.example"),
            lia_flags: Some(LiaFlags::PSI_DIRECT_ROUTING),
            wildcarded_public_identity: Some("sip:chat!.*!@home.example"),
            ..lia()
        },
        Ok(LocationInfo::Assigned {
            server_name: "sip:as.home.example".to_owned(),
            flags: LiaFlags::PSI_DIRECT_ROUTING,
            wildcard: Some("sip:chat!.*!@home.example".to_owned()),
        }),
    );
    const MANDATORY: &[u32] = &[1, 7];
    located(
        LocationInfoAnswer {
            experimental_result: experimental(2003),
            server_capabilities: Some(WireCapabilities {
                mandatory_capability: Many::from(MANDATORY),
                ..Default::default()
            }),
            ..lia()
        },
        Ok(LocationInfo::ToChoose {
            capabilities: ServerCapabilities {
                mandatory: MANDATORY.to_vec(),
                ..Default::default()
            },
            wildcard: None,
        }),
    );
    located(
        LocationInfoAnswer {
            result_code: Some(ResultCode::SUCCESS),
            ..lia()
        },
        Ok(LocationInfo::ToChoose {
            capabilities: ServerCapabilities::default(),
            wildcard: None,
        }),
    );
    for (code, problem) in [
        (5001, CxError::UserUnknown),
        (5003, CxError::IdentityNotRegistered),
    ] {
        located(
            LocationInfoAnswer {
                experimental_result: experimental(code),
                ..lia()
            },
            Err(problem),
        );
    }
    located(
        LocationInfoAnswer {
            experimental_result: experimental(2001),
            ..lia()
        },
        Err(CxError::Malformed("a result of another answer".to_owned())),
    );
}
