//! The subscriber file: what it says, and what it is told when it is wrong.

mod subscribers;

use hss::subscriber_file::{parse, read};
use hss::subscription::{Activation, RegistrationPermission, Subscription};
use subscribers::*;
use user_profile::{ImsSubscription, MAX_DOCUMENT, MAX_ELEMENTS};

#[test]
fn c01_impis_share_impus_and_subscriptions_keep_apart() {
    let alice = &all()[0];
    assert_eq!(
        alice
            .private_identities
            .iter()
            .map(|it| it.impi.as_str())
            .collect::<Vec<_>>(),
        [A1, A2]
    );
    let [shared, own] = alice.implicit_registration_sets.as_slice() else {
        panic!()
    };
    assert_eq!(
        (shared.private_identities.as_slice(), shared.impus().count()),
        (&[A1.into(), A2.into()][..], 3)
    );
    assert_eq!(
        (own.private_identities.as_slice(), own.key()),
        (&[A1.to_owned()][..], OFFICE)
    );
    assert!(shared.has_impi(A2) && !own.has_impi(A2));
    assert_eq!(alice.sets_of_impi(A2).count(), 1);
    assert_eq!(alice.set_of(TEL).map(|set| set.key()), Some(BARRED));
    let bob = &all()[1];
    assert_eq!((bob.id.as_str(), bob.set_of(ALICE)), (B1, None));
}

#[test]
fn everything_in_the_file_is_taken() {
    let [alice, bob, carol] = &all()[..] else {
        panic!()
    };
    assert_eq!(alice.capabilities.server_names, ["sip:s1.home.example"]);
    assert_eq!(
        alice
            .charging
            .as_ref()
            .unwrap()
            .primary_collection
            .as_deref(),
        Some("aaa://cdf.home.example")
    );
    assert!(alice.may_visit(b"Visited.Example") && !alice.may_visit(b"far.example"));
    assert!(bob.may_visit(b"far.example"));
    assert_eq!(carol.registration, RegistrationPermission::Refused);
    assert_eq!(carol.set_of(OFF).unwrap().activation, Activation::Inactive);
    assert!(carol.set_of(SERVICE).unwrap().is_psi());
    let given = alice.private_identities[1].digest.as_ref().unwrap();
    assert_eq!(given.md5, None);
    assert!(
        given
            .sha256
            .as_ref()
            .unwrap()
            .digits()
            .starts_with("ca978112ca1bbdca")
    );
    assert_eq!(carol.private_identities[0].digest, None);
}

#[test]
fn the_realm_of_credentials() {
    let file = |realm: &str, own: &str| {
        format!(
            r#"{{ {realm} "subscriptions": [ {{ "private_identities": [ {{ "impi": "a@b.example", {own} "password": "x" }} ],
            "implicit_registration_sets": [ {{ "service_profiles": [ {{ "public_identities": [ {{ "identity": "sip:a@b" }} ] }} ] }} ] }} ] }}"#
        )
    };
    for (realm, own, wanted) in [
        ("", "", "b.example"),
        (r#""realm": "file.example","#, "", "file.example"),
        (
            r#""realm": "file.example","#,
            r#""realm": "own.example","#,
            "own.example",
        ),
    ] {
        let subscriptions = parse(file(realm, own).as_bytes()).unwrap();
        assert_eq!(
            subscriptions[0].private_identities[0]
                .digest
                .as_ref()
                .unwrap()
                .realm,
            wanted
        );
    }
    let nowhere = file("", "").replace("a@b.example", "a");
    assert_eq!(
        parse(nowhere.as_bytes()).unwrap_err().key,
        "subscriptions[0].private_identities[0].realm"
    );
}

/// What an S-CSCF would refuse to read could never be registered.
#[test]
fn a_profile_longer_than_user_data_is_refused() {
    let named = |name: &str| {
        let file = FILE.replace(
            r#""display_name": "Alice""#,
            &format!(r#""display_name": "{name}""#),
        );
        parse(file.as_bytes())
    };
    let set = |subscriptions: &[Subscription]| {
        let set = &subscriptions[0].implicit_registration_sets[0];
        set.profile(A1, None).write()
    };
    let beside = set(&named("x").expect("short")).len() - 1;
    let longest = named(&"x".repeat(MAX_DOCUMENT - beside)).expect("as long as may be");
    assert!(ImsSubscription::read(set(&longest).as_bytes()).is_ok());
    let fault = named(&"x".repeat(MAX_DOCUMENT - beside + 1)).expect_err("too long");
    assert_eq!(
        fault.key,
        "subscriptions[0].implicit_registration_sets[0].service_profiles"
    );
    assert!(fault.problem.contains("983041 octets"), "{}", fault.problem);
}

#[test]
fn a_profile_of_more_elements_than_user_data_may_have_is_refused() {
    let grouped = |groups: usize| {
        let groups = vec!["0"; groups].join(",");
        let file = format!(
            r#"{{ "subscriptions": [ {{ "private_identities": [ {{ "impi": "a@b", "password": "x" }} ],
            "implicit_registration_sets": [ {{ "service_profiles": [ {{ "public_identities": [ {{ "identity": "sip:a@b" }} ],
            "initial_filter_criteria": [ {{ "priority": 0, "application_server": {{ "server_name": "sip:as" }},
            "trigger_point": {{ "condition_type": "cnf", "spts": [ {{ "groups": [{groups}], "condition": {{ "method": "INVITE" }} }} ] }} }} ]
            }} ] }} ] }} ] }}"#
        );
        parse(file.as_bytes())
    };
    let document = |subscriptions: &[Subscription]| {
        let set = &subscriptions[0].implicit_registration_sets[0];
        set.profile("a@b", None).write()
    };
    let tags = document(&grouped(1).expect("few")).matches("</").count();
    let most = MAX_ELEMENTS - (tags - 1);
    let as_many = document(&grouped(most).expect("as many as may be"));
    assert!(ImsSubscription::read(as_many.as_bytes()).is_ok());
    let fault = grouped(most + 1).expect_err("too many");
    assert_eq!(
        fault.key,
        "subscriptions[0].implicit_registration_sets[0].service_profiles"
    );
    assert!(fault.problem.contains("32768"), "{}", fault.problem);
    assert!(fault.way_out.contains("take criteria"), "{}", fault.way_out);
}

/// Each line: what in the file is replaced by what, the key that is named, and a word of what is said.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    (
        r#""password": "builder""#,
        r#""aka": { "k": "465b5ce8b199b49faa5f0a2ee238a6bc" }"#,
        "subscriptions[1].private_identities[0].aka.opc",
        "is missing",
    ),
    (
        r#""password": "builder""#,
        r#""aka": { "k": "465b", "opc": "cd63cb71954a9f4e48a5994e37a02baf" }"#,
        "subscriptions[1].private_identities[0].aka.k",
        "not 32 hexadecimal digits but 4",
    ),
    (
        r#""password": "builder""#,
        r#""aka": { "k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf", "op": "cdc202d5123e20f62b6d676ac72cb318" }"#,
        "subscriptions[1].private_identities[0].aka.op",
        "beside opc",
    ),
    (
        r#""password": "builder""#,
        r#""aka": { "k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf", "sqn": 7 }"#,
        "subscriptions[1].private_identities[0].aka.sqn",
        "invalid type",
    ),
    (
        r#""realm": "home.example","#,
        r#""relm": "x","#,
        "relm",
        "unknown field",
    ),
    (
        r#""id": "alice""#,
        r#""id": "alice", "pin": 1"#,
        "subscriptions[0].pin",
        "unknown field `pin`",
    ),
    (
        r#""display_name""#,
        r#""displayname""#,
        "subscriptions[0].implicit_registration_sets[0].service_profiles[0].public_identities[1].displayname",
        "unknown field",
    ),
    (
        r#""id": "alice""#,
        r#""id": 5"#,
        "subscriptions[0].id",
        "invalid type",
    ),
    (
        r#""id": "alice""#,
        r#""id": "carol""#,
        "subscriptions[2].id",
        "two subscriptions",
    ),
    (
        r#""id": "alice""#,
        r#""id": "al ice""#,
        "subscriptions[0].id",
        "white space",
    ),
    (
        "bob@home.example\", \"pass",
        "a1@home.example\", \"pass",
        "subscriptions[1].private_identities[0].impi",
        "one subscription",
    ),
    (
        "sip:bob@home.example",
        "sip:alice@HOME.example",
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "one set",
    ),
    (
        "sip:bob@home.example",
        "bob@home.example",
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "sip:",
    ),
    (
        "sip:bob@home.example",
        "sip:",
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "not a URI",
    ),
    (
        r#""private_identities": ["a1@home.example"]"#,
        r#""private_identities": ["b@home.example"]"#,
        "subscriptions[0].implicit_registration_sets[1].private_identities[0]",
        "no IMPI of this subscription",
    ),
    (
        r#""private_identities": ["a1@home.example"]"#,
        r#""private_identities": []"#,
        "subscriptions[0].implicit_registration_sets[1].private_identities",
        "leave the key out",
    ),
    (
        r#""private_identities": [ { "impi": "carol@home.example" } ]"#,
        r#""private_identities": []"#,
        "subscriptions[2].private_identities",
        "at least one",
    ),
    (
        "CA978112",
        "XA978112",
        "subscriptions[0].private_identities[1].ha1.sha256",
        "64 hexadecimal",
    ),
    (
        r#""ha1": { "sha256""#,
        r#""ha1": { "md5""#,
        "subscriptions[0].private_identities[1].ha1.md5",
        "32 hexadecimal",
    ),
    (
        r#""password": "builder""#,
        r#""password": "builder", "ha1": {}"#,
        "subscriptions[1].private_identities[0].ha1",
        "one of the two",
    ),
    (
        r#""password": "builder""#,
        r#""ha1": {}"#,
        "subscriptions[1].private_identities[0].ha1",
        "md5 or sha256",
    ),
    (
        r#""password": "builder""#,
        r#""password": 80085"#,
        "subscriptions[1].private_identities[0].password",
        "not text",
    ),
    (
        "aaa://cdf",
        "cdf",
        "subscriptions[0].charging.primary_collection",
        "aaa://",
    ),
    (
        "sip:s1.home.example",
        "s1.home.example",
        "subscriptions[0].capabilities.server_names[0]",
        "sip:",
    ),
    (
        "\"visited.example\"",
        "\"\"",
        "subscriptions[0].visited_networks[1]",
        "empty",
    ),
    (
        r#""registration": "refused""#,
        r#""registration": "no""#,
        "subscriptions[2].registration",
        "unknown variant",
    ),
    (
        r#""mandatory": [1, 2]"#,
        r#""mandatory": [-1]"#,
        "subscriptions[0].capabilities.mandatory[0]",
        "invalid value",
    ),
    (
        "sip:as.home.example\" },\n                \"profile",
        "as\" },\n                \"profile",
        "subscriptions[0].implicit_registration_sets[0].service_profiles[1].initial_filter_criteria[0].application_server.server_name",
        "sip:",
    ),
    (
        r#""identity_type": 1 } ] } ] },"#,
        r#""identity_type": 1 }, { "identity": "sip:x@y" } ] } ] },"#,
        "subscriptions[2].implicit_registration_sets[1].service_profiles",
        "PSI",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx!0[0-9]{3!@h", "identity_type": 4 }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "one or two numbers",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx@h", "identity_type": 4 }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "between two `!`",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx!.*!@h" }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "no identity_type",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx!<.*!@h", "identity_type": 4 }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "one of",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx!.*!@h", "identity_type": 4 }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles",
        "to register it by",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:pbx@h", "wildcarded_impu": "sip:!.*!@h" }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].wildcarded_impu",
        "follows from",
    ),
    (
        r#"{ "identity": "sip:bob@home.example" }"#,
        r#"{ "identity": "sip:bob@h", "identity_type": 3 }"#,
        "subscriptions[1].implicit_registration_sets[0].service_profiles[0].public_identities[0].identity",
        "in no range",
    ),
    (
        r#"{ "service_profiles": [ { "public_identities": [ { "identity": "sip:bob@home.example" }"#,
        r#"{ "application_server": "sip:as", "service_profiles": [ { "public_identities": [ { "identity": "sip:bob@h" }"#,
        "subscriptions[1].implicit_registration_sets[0].application_server",
        "hosts a PSI",
    ),
    (
        r#"{ "activation": "inactive","#,
        r#"{ "application_server": "as", "activation": "inactive","#,
        "subscriptions[2].implicit_registration_sets[2].application_server",
        "sip:",
    ),
];

#[test]
fn a_fault_names_key_value_and_way_out_and_no_secret() {
    for (from, to, key, said) in FAULTS {
        assert!(FILE.contains(from), "{from}");
        let fault = parse(FILE.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(fault.key, *key);
        let text = fault.to_string();
        assert!(text.contains(said), "{text}");
        assert!(!fault.way_out.is_empty());
        for secret in ["builder", "wonderland", "A978112CA1", "80085"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn what_is_no_json_is_said_with_its_line() {
    for (text, said) in [
        (&b""[..], "EOF"),
        (b"{ \"subscriptions\": [] } x", "trailing"),
        (b"{\n\"subscriptions\": [}", "line 2"),
        (b"\xFF", "line 1"),
        (b"{}", "missing field `subscriptions`"),
    ] {
        let fault = parse(text).unwrap_err();
        assert!(fault.to_string().contains(said), "{fault}");
    }
    assert_eq!(parse(br#"{ "subscriptions": [] }"#), Ok(Vec::new()));
    let nested = format!("{{\"subscriptions\":{}", "[".repeat(100_000));
    assert!(parse(nested.as_bytes()).is_err());
}

#[test]
fn the_example_loads_and_a_missing_file_is_named() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    assert_eq!(read(&directory.join("subscribers.json")).unwrap().len(), 2);
    let text = read(&directory.join("nobody.json"))
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("nobody.json") && text.contains("`subscribers`"),
        "{text}"
    );
}
