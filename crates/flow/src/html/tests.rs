use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::Value;

use super::*;
use crate::check::Checker;
use crate::correlation::{Remembered, Selection};
use crate::scene::{CX, Scene, VENDOR};

fn page(events: &[Event], scene: &Scene, notices: &[String]) -> String {
    let mut correlation = Correlation::new(Selection::default(), Remembered::default());
    let mut checker = Checker::default();
    let mut page = Page::new("a <b> & c.pcapng");
    for event in events {
        let belonging = correlation.learn(event);
        checker.take(event);
        page.draw(event, &belonging, &correlation);
    }
    page.finish(scene.nodes(), &checker.finish().findings, notices)
}

/// A user profile is read as a whole (TS 29.229 §6.3.7), however long.
#[test]
fn long_text_is_not_shortened() {
    let profile = format!(
        "<?xml version=\"1.0\"?>\n<IMSSubscription>{}</IMSSubscription>",
        "x".repeat(900)
    );
    let mut scene = Scene::default();
    let saa = scene.diameter(
        "10.0.0.5:3868",
        "10.0.0.4:4000",
        (0x40, 301, CX, 1),
        &[(606, VENDOR, profile.as_bytes())],
    );
    let data = data(&page(&[saa], &scene, &[]));
    assert_eq!(
        data["messages"][0]["message"]["avps"][0]["value"],
        profile.as_str()
    );
}

/// What a browser takes for scripts, of a page that is well-formed as XML too.
fn scripts(file: &str) -> Vec<String> {
    let mut reader = Reader::from_str(file);
    let mut scripts: Vec<String> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Xml::Start(start) => {
                open.push(start.name().as_ref().to_owned());
                if open.last().is_some_and(|name| name == "script") {
                    scripts.push(String::new());
                }
                let attributes = start.attributes().map(|it| it.expect("well-formed"));
                for attribute in attributes {
                    let name = attribute.key.as_ref().to_owned();
                    assert!(!name.starts_with("on"), "{name}");
                }
            }
            Xml::End(_) => {
                open.pop();
            }
            Xml::Text(text) if open.last().is_some_and(|name| name == "script") => {
                scripts.last_mut().expect("begun").push_str(&text);
            }
            Xml::CData(text) => scripts.last_mut().expect("begun").push_str(&text),
            Xml::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    scripts
}

fn data(file: &str) -> Value {
    serde_json::from_str(&scripts(file)[0]).expect("JSON")
}

#[test]
fn a_page_has_every_message_with_its_fields_and_subscribers() {
    let mut scene = Scene::default();
    let events = [
        scene.register(
            "10.0.0.1",
            "10.0.0.3",
            "c1",
            "sip:alice@home.example",
            "alice@home.example",
        ),
        scene.uar(1, "s1", "alice@home.example", "sip:alice@home.example"),
        scene.uaa(1),
    ];
    let file = page(&events, &scene, &["packet 3: cut short".to_owned()]);
    let data = data(&file);
    let messages = data["messages"].as_array().expect("a list");
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[0]["time"], "1970-01-01T00:00:00.001000000Z");
    assert_eq!(messages[2]["ms"], 2.0);
    let named = |fields: &Value, name: &str| {
        let fields = fields.as_array().expect("a list");
        let field = fields.iter().find(|field| field["name"] == name);
        field.map(|field| field["value"].clone())
    };
    let call_id = named(&messages[0]["message"]["headers"], "Call-ID");
    assert_eq!(call_id, Some("c1".into()));
    let user_name = named(&messages[1]["message"]["avps"], "User-Name");
    assert_eq!(user_name, Some("alice@home.example".into()));
    assert_eq!(data["rest"]["subscribers"][0], "sip:alice@home.example");
    assert!(
        messages
            .iter()
            .all(|message| message["subscribers"][0] == 0)
    );
    // What the call caused on Cx is part of it.
    assert_eq!(data["rest"]["chains"], serde_json::json!(["c1"]));
    assert!(messages.iter().all(|message| message["chain"] == 0));
    assert_eq!(data["rest"]["notices"][0], "packet 3: cut short");
    assert_eq!(data["rest"]["cut"], Value::Null);
    assert!(file.contains("<title>a &lt;b&gt; &amp; c.pcapng</title>"));
}

#[test]
fn findings_are_told_of_the_messages_that_are_there() {
    let mut scene = Scene::default();
    let events = [
        scene.uar(1, "s1", "alice@home.example", "sip:alice@home.example"),
        scene.uar(2, "s2", "bob@home.example", "sip:bob@home.example"),
    ];
    let mut checker = Checker::default();
    for event in &events {
        checker.take(event);
    }
    let findings = checker.finish().findings;
    let mut page = Page::new("one of two");
    let correlation = Correlation::new(Selection::default(), Remembered::default());
    page.draw(&events[1], &Belonging::default(), &correlation);
    let told =
        |findings: &[Finding]| data(&page.finish(scene.nodes(), findings, &[]))["rest"].take();
    let rest = told(&findings);
    let told_of = rest["findings"].as_array().expect("a list");
    assert!(!told_of.is_empty() && told_of.len() < findings.len());
    let is_of_bob = |it: &Value| it["packets"] == "2" && it["from"] == "10.0.0.3:41000";
    assert!(told_of.iter().all(is_of_bob), "{told_of:?}");
    assert!(
        told_of.iter().any(|it| it["kind"] == "avp-missing"),
        "{told_of:?}"
    );
    let many = vec![findings.last().expect("of bob").clone(); MAX_FINDINGS + 1];
    let rest = told(&many);
    assert_eq!(
        rest["findings"].as_array().map(Vec::len),
        Some(MAX_FINDINGS)
    );
    let notice = "only 1000 of 1001 findings are marked: flow check tells all";
    assert_eq!(rest["notices"][0], notice);
}

#[test]
fn a_script_off_the_wire_stays_text() {
    let attacks = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]><img src=x onerror=alert(1)>",
        "\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}",
        "nul\0nul",
        "@@script@@",
        "\\\"};alert(1);//",
    ];
    for attack in attacks {
        let mut scene = Scene::default();
        let mut register = scene.sip(
            "10.0.0.1",
            "10.0.0.3",
            &[
                &format!("REGISTER sip:{attack} SIP/2.0"),
                &format!("Subject: {attack}"),
                &format!("Call-ID: {attack}"),
                "CSeq: 1 REGISTER",
            ],
        );
        attack.clone_into(&mut register.label);
        let message = scene.diameter(
            "10.0.0.3:4000",
            "10.0.0.5:3868",
            (0xc0, 300, CX, 1),
            &[
                (263, 0, attack.as_bytes()),
                (264, 0, attack.as_bytes()),
                (281, 0, attack.as_bytes()),
                (601, VENDOR, format!("sip:{attack}@home.example").as_bytes()),
                (602, VENDOR, attack.as_bytes()),
            ],
        );
        let nodes = [(&register, attack), (&message, "hss")].map(|(event, name)| crate::Node {
            name: name.to_owned(),
            places: vec![crate::Place::Port(event.source)],
        });
        scene.nodes = Some(crate::Nodes::new(nodes));
        let file = page(&[register, message], &scene, &[attack.to_owned()]);
        let scripts = scripts(&file);
        assert_eq!(scripts.len(), 2, "{attack}");
        assert_eq!(format!("//<![CDATA[{}]]>", &scripts[1][2..]), SCRIPT);
        let is_left = |it: char| "<>&\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}\0".contains(it);
        assert!(!scripts[0].contains(is_left), "{attack}");
        let data = data(&file);
        assert_eq!(data["messages"][0]["label"], attack);
        assert_eq!(data["rest"]["nodes"][0]["name"], attack);
        let origin_host = &data["messages"][1]["message"]["avps"][1];
        assert_eq!(origin_host["name"], "Origin-Host");
        assert!(attack.contains(char::is_control) || origin_host["value"] == attack);
        assert_eq!(data["rest"]["notices"][0], attack);
    }
}

#[test]
fn the_policy_lets_only_the_pages_own_script_and_style_run() {
    let mut scene = Scene::default();
    let event = scene.uaa(1);
    let file = page(&[event], &scene, &[]);
    let policy = file.split("Content-Security-Policy\" content=\"").nth(1);
    let policy = policy
        .and_then(|rest| rest.split('"').next())
        .expect("a policy");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(SCRIPT),
            hash(&style())
        )
    );
    let style = file
        .split("<style>")
        .nth(1)
        .and_then(|rest| rest.split("</style>").next());
    assert_eq!(style, Some(super::style().as_str()));
    // SHA-256 of nothing (RFC 6234's test vectors have it in hexadecimal).
    assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    for outside in ["http://", "https://", "//cdn", "@import", "url("] {
        let known = file.replace("http://www.w3.org/2000/svg", "");
        assert!(!known.contains(outside), "{outside}");
    }
}

#[test]
fn keys_are_not_told() {
    let mut scene = Scene::default();
    let challenge = scene.sip(
        "10.0.0.4",
        "10.0.0.3",
        &[
            "SIP/2.0 401 Unauthorized",
            "WWW-Authenticate: Digest realm=\"h\", nonce=\"n0nce\", IK=\"00112233445566778899aabbccddeeff\", \
             ck=\"ffeeddccbbaa99887766554433221100\"",
            "Call-ID: c1",
            "CSeq: 1 REGISTER",
        ],
    );
    // Confidentiality-Key in SIP-Auth-Data-Item (TS 29.229 §6.3.13, §6.3.27).
    let mut item = 625_u32.to_be_bytes().to_vec();
    item.extend([0xc0, 0, 0, 28]);
    item.extend(VENDOR.to_be_bytes());
    item.extend(b"secret secret!!!");
    let maa = scene.diameter(
        "10.0.0.5:3868",
        "10.0.0.4:4000",
        (0x40, 303, CX, 1),
        &[(612, VENDOR, &item)],
    );
    let file = page(&[challenge, maa], &scene, &[]);
    assert!(file.contains("n0nce"), "the nonce is no key");
    for secret in [
        "00112233445566778899aabbccddeeff",
        "ffeeddccbbaa99887766554433221100",
        "secret secret!!!",
        "7365637265742073",
    ] {
        assert!(!file.contains(secret), "{secret}");
    }
    assert_eq!(file.matches("(32 octets, secret)").count(), 2);
    assert_eq!(file.matches("(16 octets, secret)").count(), 1);
}

#[test]
fn a_page_is_bounded_and_says_what_it_leaves_out() {
    let mut scene = Scene::default();
    let event = scene.uaa(1);
    let correlation = Correlation::new(Selection::default(), Remembered::default());
    let mut page = Page::new("many");
    for _ in 0..MAX_MESSAGES + 7 {
        page.draw(&event, &Belonging::default(), &correlation);
    }
    assert_eq!((page.messages.len(), page.cut()), (MAX_MESSAGES, 7));
    let data = data(&page.finish(scene.nodes(), &[], &[]));
    assert_eq!(data["rest"]["cut"], "cut after 50000: 7 messages more");

    let mut small = Page::new("large");
    small.limit = 5 * page.messages[0].len();
    for _ in 0..8 {
        small.draw(&event, &Belonging::default(), &correlation);
    }
    assert_eq!((small.messages.len(), small.cut()), (5, 3));

    for number in 0..=MAX_SUBSCRIBERS {
        small.number(&format!("sip:user{number}@home.example"));
    }
    assert_eq!(small.subscribers.len(), MAX_SUBSCRIBERS);
}
