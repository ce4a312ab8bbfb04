//! TS 29.228 Annex E: documents of the schema and of its looser writers.

use user_profile::{
    ApplicationServer, Condition, ConditionType, CoreNetworkServicesAuthorization, DefaultHandling,
    IdentityType, ImsSubscription, InitialFilterCriteria, MAX_DEPTH, MAX_DOCUMENT, MAX_ELEMENTS,
    ProfilePartIndicator, PublicIdentity, ReadError, RegistrationType, ServicePointTrigger,
    ServiceProfile, SessionCase, TriggerPoint,
};

/// Every element of the schema that the types hold, each with a value that is not its default.
const WHOLE: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?><IMSSubscription><PrivateID>alice@home.example</PrivateID>"#,
    "<ServiceProfile>",
    "<PublicIdentity><BarringIndication>1</BarringIndication><Identity>tel:+15550100</Identity>",
    "<Extension><IdentityType>4</IdentityType><WildcardedPSI>sip:chat!.*!@home.example</WildcardedPSI>",
    "<Extension><DisplayName>Al &amp; &lt;ice&gt;</DisplayName><AliasIdentityGroupID>7</AliasIdentityGroupID>",
    "<Extension><WildcardedIMPU>sip:pbx!.*!@home.example</WildcardedIMPU>",
    "<ServiceLevelTraceInfo>trace</ServiceLevelTraceInfo></Extension></Extension></Extension></PublicIdentity>",
    "<PublicIdentity><BarringIndication>0</BarringIndication><Identity>sip:alice@home.example</Identity>",
    "</PublicIdentity>",
    "<CoreNetworkServicesAuthorization><SubscribedMediaProfileId>3</SubscribedMediaProfileId>",
    "<Extension><ListOfServiceIds><ServiceId>urn:urn-7:3gpp-service.ims.icsi.mmtel</ServiceId>",
    "<ServiceId>x</ServiceId></ListOfServiceIds></Extension></CoreNetworkServicesAuthorization>",
    "<InitialFilterCriteria><Priority>5</Priority><TriggerPoint><ConditionTypeCNF>1</ConditionTypeCNF>",
    "<SPT><ConditionNegated>1</ConditionNegated><Group>0</Group><Group>1</Group><Method>REGISTER</Method>",
    "<Extension><RegistrationType>0</RegistrationType><RegistrationType>2</RegistrationType></Extension></SPT>",
    "<SPT><ConditionNegated>0</ConditionNegated><Group>1</Group><RequestURI>^sip:.*</RequestURI></SPT>",
    "<SPT><ConditionNegated>0</ConditionNegated><Group>2</Group><SIPHeader><Header>Event</Header>",
    "<Content>reg</Content></SIPHeader></SPT>",
    "<SPT><ConditionNegated>0</ConditionNegated><Group>3</Group><SessionCase>4</SessionCase></SPT>",
    "<SPT><ConditionNegated>0</ConditionNegated><Group>4</Group><SessionDescription><Line>m</Line>",
    "<Content>video</Content></SessionDescription></SPT></TriggerPoint>",
    "<ApplicationServer><ServerName>sip:as.home.example</ServerName><DefaultHandling>1</DefaultHandling>",
    "<ServiceInfo>info</ServiceInfo><Extension><IncludeRegisterRequest></IncludeRegisterRequest>",
    "<IncludeRegisterResponse></IncludeRegisterResponse></Extension></ApplicationServer>",
    "<ProfilePartIndicator>1</ProfilePartIndicator></InitialFilterCriteria>",
    "<Extension><SharedIFCSetID>11</SharedIFCSetID><SharedIFCSetID>12</SharedIFCSetID></Extension>",
    "</ServiceProfile></IMSSubscription>",
);

fn whole() -> ImsSubscription {
    let spt = |group, condition| ServicePointTrigger {
        condition_negated: false,
        groups: vec![group],
        condition,
        registration_types: Vec::new(),
    };
    let (some, text) = (|text: &str| Some(text.to_owned()), str::to_owned);
    ImsSubscription {
        private_id: text("alice@home.example"),
        service_profiles: vec![ServiceProfile {
            public_identities: vec![
                PublicIdentity {
                    barring_indication: true,
                    identity: text("tel:+15550100"),
                    identity_type: Some(IdentityType::WILDCARDED_IMPU),
                    wildcarded_psi: some("sip:chat!.*!@home.example"),
                    display_name: some("Al & <ice>"),
                    alias_identity_group_id: some("7"),
                    wildcarded_impu: some("sip:pbx!.*!@home.example"),
                    service_level_trace_info: some("trace"),
                },
                PublicIdentity {
                    identity: text("sip:alice@home.example"),
                    ..PublicIdentity::default()
                },
            ],
            core_network_services_authorization: Some(CoreNetworkServicesAuthorization {
                subscribed_media_profile_id: Some(3),
                service_ids: Some(vec![
                    text("urn:urn-7:3gpp-service.ims.icsi.mmtel"),
                    text("x"),
                ]),
            }),
            initial_filter_criteria: vec![InitialFilterCriteria {
                priority: 5,
                trigger_point: Some(TriggerPoint {
                    condition_type: ConditionType::Cnf,
                    spts: vec![
                        ServicePointTrigger {
                            condition_negated: true,
                            groups: vec![0, 1],
                            condition: Condition::Method(text("REGISTER")),
                            registration_types: vec![
                                RegistrationType::INITIAL,
                                RegistrationType::DE_REGISTRATION,
                            ],
                        },
                        spt(1, Condition::RequestUri(text("^sip:.*"))),
                        spt(
                            2,
                            Condition::SipHeader {
                                header: text("Event"),
                                content: some("reg"),
                            },
                        ),
                        spt(3, Condition::SessionCase(SessionCase::ORIGINATING_CDIV)),
                        spt(
                            4,
                            Condition::SessionDescription {
                                line: text("m"),
                                content: some("video"),
                            },
                        ),
                    ],
                }),
                application_server: ApplicationServer {
                    server_name: text("sip:as.home.example"),
                    default_handling: Some(DefaultHandling::SESSION_TERMINATED),
                    service_info: some("info"),
                    include_register_request: true,
                    include_register_response: true,
                },
                profile_part_indicator: Some(ProfilePartIndicator::UNREGISTERED),
            }],
            shared_ifc_set_ids: vec![11, 12],
        }],
    }
}

#[test]
fn every_element_is_read() {
    assert_eq!(ImsSubscription::read(WHOLE.as_bytes()).unwrap(), whole());
}

#[test]
fn every_element_is_written_in_the_schemas_order() {
    assert_eq!(whole().write(), WHOLE);
}

#[test]
fn json_of_a_service_profile_comes_back_and_refuses_unknown_keys() {
    let profile = &whole().service_profiles[0];
    let json = serde_json::to_string(profile).unwrap();
    assert_eq!(
        serde_json::from_str::<ServiceProfile>(&json).unwrap(),
        *profile
    );
    let unknown = r#"{"public_identities":[{"identity":"sip:a@b","bared":true}]}"#;
    assert!(
        serde_json::from_str::<ServiceProfile>(unknown)
            .unwrap_err()
            .to_string()
            .contains("`bared`")
    );
}

fn minimal(identity: &str, rest: &str) -> String {
    format!(
        "<IMSSubscription><PrivateID>a@b</PrivateID><ServiceProfile><PublicIdentity>{identity}</PublicIdentity>\
         {rest}</ServiceProfile></IMSSubscription>"
    )
}

fn read(document: &str) -> Result<ImsSubscription, ReadError> {
    ImsSubscription::read(document.as_bytes())
}

#[test]
fn booleans_of_xml_schema_in_all_four_spellings() {
    for (spelling, value) in [
        ("0", false),
        ("1", true),
        ("false", false),
        (" true\n", true),
    ] {
        let document = minimal(
            &format!(
                "<BarringIndication>{spelling}</BarringIndication><Identity>sip:a@b</Identity>"
            ),
            "",
        );
        let profile = read(&document).unwrap();
        assert_eq!(
            profile
                .public_identities()
                .next()
                .unwrap()
                .barring_indication,
            value,
            "{spelling:?}"
        );
    }
    let document = minimal(
        "<BarringIndication>yes</BarringIndication><Identity>sip:a@b</Identity>",
        "",
    );
    assert_eq!(
        read(&document),
        Err(ReadError::Value {
            element: "BarringIndication",
            value: "yes".to_owned()
        })
    );
}

#[test]
fn what_is_unknown_is_skipped() {
    let plain = read(&minimal("<Identity>sip:a@b</Identity>", "")).unwrap();
    for (identity, rest) in [
        // Elements of a later release, and of another namespace with a name that the schema has too.
        (
            "<Identity>sip:a@b</Identity><New><Identity>sip:x@y</Identity></New>",
            "<Newer a='1'/>",
        ),
        (
            "<Identity>sip:a@b</Identity><v:Identity xmlns:v='urn:v'>sip:x@y</v:Identity>",
            "",
        ),
        (
            "<Identity>sip:a@b</Identity><Identity xmlns='urn:v'>sip:x@y</Identity>",
            "",
        ),
        (
            "<!-- c --><Identity>sip:a<!-- c -->@b</Identity><Extension/>",
            "<?pi x?><Extension><Own>1</Own></Extension>",
        ),
        ("<Identity>\n\t sip:a@b \r\n</Identity>", "\n"),
        ("<Identity><![CDATA[sip:a@b]]></Identity>", ""),
        ("<Identity>sip&#58;a&#x40;b</Identity>", ""),
    ] {
        assert_eq!(
            read(&minimal(identity, rest)).as_ref(),
            Ok(&plain),
            "{identity} {rest}"
        );
    }
    let prefixed = "\u{FEFF}<p:IMSSubscription xmlns:p='urn:p'><p:PrivateID>a@b</p:PrivateID><p:ServiceProfile>\
        <p:PublicIdentity><p:Identity>sip:a@b</p:Identity></p:PublicIdentity></p:ServiceProfile></p:IMSSubscription>";
    assert_eq!(read(prefixed), Ok(plain));
}

#[test]
fn a_display_name_at_the_wrong_extension_is_found() {
    let document = minimal(
        "<Identity>sip:a@b</Identity><Extension><DisplayName> A </DisplayName></Extension>",
        "",
    );
    let profile = read(&document).unwrap();
    assert_eq!(
        profile
            .public_identities()
            .next()
            .unwrap()
            .display_name
            .as_deref(),
        Some(" A ")
    );
}

#[test]
fn what_the_schema_demands() {
    let missing = |parent, child| Err(ReadError::Missing { parent, child });
    let repeated = |parent, child| Err(ReadError::Repeated { parent, child });
    let ifc = |content: &str| {
        let rest = format!("<InitialFilterCriteria>{content}</InitialFilterCriteria>");
        read(&minimal("<Identity>sip:a@b</Identity>", &rest))
    };
    let server = "<ApplicationServer><ServerName>sip:s</ServerName></ApplicationServer>";
    let spt = |content: &str| {
        ifc(&format!(
            "<Priority>0</Priority>{server}<TriggerPoint><ConditionTypeCNF>0</ConditionTypeCNF>\
             <SPT>{content}</SPT></TriggerPoint>"
        ))
    };
    let cases = [
        (
            read("<IMSSubscription/>"),
            missing("IMSSubscription", "ServiceProfile"),
        ),
        (
            read("<IMSSubscription><ServiceProfile/></IMSSubscription>"),
            missing("ServiceProfile", "PublicIdentity"),
        ),
        (
            read(&minimal("", "")),
            missing("PublicIdentity", "Identity"),
        ),
        (
            read(&minimal("<Identity>a</Identity><Identity>b</Identity>", "")),
            repeated("PublicIdentity", "Identity"),
        ),
        (ifc(server), missing("InitialFilterCriteria", "Priority")),
        (
            ifc("<Priority>0</Priority>"),
            missing("InitialFilterCriteria", "ApplicationServer"),
        ),
        (
            ifc("<Priority>0</Priority><ApplicationServer/>"),
            missing("ApplicationServer", "ServerName"),
        ),
        (
            ifc(&format!("<Priority>0</Priority>{server}<TriggerPoint/>")),
            missing("TriggerPoint", "SPT"),
        ),
        (spt("<Method>INVITE</Method>"), missing("SPT", "Group")),
        (spt("<Group>0</Group>"), missing("SPT", "condition")),
        (
            spt("<Group>0</Group><Method>INVITE</Method><SessionCase>0</SessionCase>"),
            repeated("SPT", "condition"),
        ),
        (
            spt("<Group>0</Group><SIPHeader/>"),
            missing("SIPHeader", "Header"),
        ),
        (
            spt("<Group>0</Group><SessionDescription/>"),
            missing("SessionDescription", "Line"),
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
    for value in ["-1", "4294967296", "", "1.0", "x"] {
        let got = ifc(&format!("<Priority>{value}</Priority>{server}"));
        assert_eq!(
            got,
            Err(ReadError::Value {
                element: "Priority",
                value: value.to_owned()
            })
        );
    }
}

#[test]
fn nothing_is_expanded() {
    let bomb = "<!DOCTYPE IMSSubscription [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>\
        <IMSSubscription><PrivateID>&b;</PrivateID></IMSSubscription>";
    assert_eq!(read(bomb), Err(ReadError::DocumentType));
    for reference in ["nbsp", "#0", "#x1F", "#xD800", "#99999999999"] {
        let document = minimal(&format!("<Identity>&{reference};</Identity>"), "");
        assert_eq!(
            read(&document),
            Err(ReadError::Reference(reference.to_owned()))
        );
    }
}

#[test]
fn limits_hold_at_their_edges() {
    let plain = minimal("<Identity>sip:a@b</Identity>", "");
    let padded = |length: usize| format!("{plain}{}", " ".repeat(length - plain.len()));
    assert!(read(&padded(MAX_DOCUMENT)).is_ok());
    assert_eq!(
        read(&padded(MAX_DOCUMENT + 1)),
        Err(ReadError::TooLong(MAX_DOCUMENT + 1))
    );

    // IMSSubscription and ServiceProfile are above what is nested here.
    let nested = |depth: usize| {
        minimal(
            "<Identity>sip:a@b</Identity>",
            &format!("{}{}", "<n>".repeat(depth), "</n>".repeat(depth)),
        )
    };
    assert!(read(&nested(MAX_DEPTH - 2)).is_ok());
    assert_eq!(read(&nested(MAX_DEPTH - 1)), Err(ReadError::TooDeep));
    let extensions = |depth: usize| {
        let nest = format!(
            "{}{}",
            "<Extension>".repeat(depth),
            "</Extension>".repeat(depth)
        );
        minimal(&format!("<Identity>sip:a@b</Identity>{nest}"), &nest)
    };
    assert!(read(&extensions(MAX_DEPTH - 3)).is_ok());
    assert_eq!(read(&extensions(MAX_DEPTH * 100)), Err(ReadError::TooDeep));

    let many = |count: usize| minimal("<Identity>sip:a@b</Identity>", &"<n/>".repeat(count));
    assert!(read(&many(MAX_ELEMENTS - 5)).is_ok());
    assert_eq!(
        read(&many(MAX_ELEMENTS - 4)),
        Err(ReadError::TooManyElements)
    );
}

#[test]
fn no_prefix_of_a_document_is_a_document() {
    for length in 0..WHOLE.len() {
        assert!(
            ImsSubscription::read(&WHOLE.as_bytes()[..length]).is_err(),
            "{length}"
        );
    }
    for (document, problem) in [
        (
            "<IMSSubscription><PrivateID>a</IMSSubscription>",
            "expected",
        ),
        (
            &format!("{}<x/>", minimal("<Identity>sip:a@b</Identity>", "")),
            "follows",
        ),
    ] {
        let Err(ReadError::NotWellFormed { problem: said, .. }) = read(document) else {
            panic!("{document}")
        };
        assert!(said.contains(problem), "{said}");
    }
    assert_eq!(
        ImsSubscription::read(b"<IMSSubscription>\xFF</IMSSubscription>"),
        Err(ReadError::NotUtf8)
    );
    assert_eq!(read("<Sh-Data/>"), Err(ReadError::Root));
}

#[test]
fn what_xml_lacks_is_written_as_replacement() {
    let mut profile = read(&minimal("<Identity>sip:a@b</Identity>", "")).unwrap();
    profile.private_id = "a\u{0}\u{FFFE}b\r\n]]>".to_owned();
    let written = profile.write();
    assert!(
        written.contains("<PrivateID>a\u{FFFD}\u{FFFD}b&#13;\n]]&gt;</PrivateID>"),
        "{written}"
    );
    assert!(read(&written).is_ok());
}

#[test]
fn the_default_identity_is_the_first_that_is_not_barred() {
    let profile = whole();
    assert_eq!(
        profile.default_public_identity().unwrap().identity,
        "sip:alice@home.example"
    );
    assert_eq!(
        profile.service_profile("tel:+15550100"),
        Some(&profile.service_profiles[0])
    );
    assert_eq!(profile.service_profile("sip:bob@home.example"), None);
}

#[test]
fn b_2_1_the_wildcard_stands_in_its_own_element_or_in_identity() {
    let wildcard = "sip:pbx!.*!@h";
    let identity = |identity: &str, kind: Option<u8>, impu: bool, psi: bool| PublicIdentity {
        identity: identity.to_owned(),
        identity_type: kind.map(IdentityType),
        wildcarded_impu: impu.then(|| wildcard.to_owned()),
        wildcarded_psi: psi.then(|| wildcard.to_owned()),
        ..PublicIdentity::default()
    };
    for (written, kind, impu, psi, is_wildcard) in [
        ("sip:pbx-1@h", Some(4), true, false, true),
        (wildcard, Some(4), false, false, true),
        ("sip:chat-1@h", Some(2), false, true, true),
        (wildcard, Some(2), false, false, true),
        // The schema of Release 8 that has 3 for it.
        ("sip:pbx-1@h", Some(3), true, false, true),
        ("sip:pbx-1@h", Some(3), false, false, false),
        // By its number this is one user's, whatever marks are in it.
        (wildcard, Some(0), false, false, false),
        (wildcard, None, false, false, true),
        ("sip:alice@h", None, false, false, false),
    ] {
        let found = identity(written, kind, impu, psi);
        assert_eq!(
            found.wildcard(),
            is_wildcard.then_some(wildcard),
            "{found:?}"
        );
    }
    let profile = ImsSubscription {
        private_id: "a@h".to_owned(),
        service_profiles: vec![ServiceProfile {
            public_identities: vec![
                identity(wildcard, Some(4), true, false),
                identity("sip:alice@h", None, false, false),
            ],
            ..ServiceProfile::default()
        }],
    };
    let default = profile
        .default_public_identity()
        .map(|it| it.identity.as_str());
    assert_eq!(default, Some("sip:alice@h"));
}
