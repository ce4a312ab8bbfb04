//! A public identity spelled in several ways is one, through all elements (RFC 3261 §10.3, 5, §19.1.4; RFC 3966 §4;
//! TS 23.003 §13.4).

use driver::sip::Endpoint;
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, PAssociatedUri, Status, WwwAuthenticate};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

use crate::bench::*;

/// Carol's office number is written for readers, and the HSS is to give it as it is.
const SUBSCRIBERS: &str = r#"{ "subscriptions": [
  { "private_identities": [ { "impi": "carol@home.example", "password": "carol-secret" } ],
    "implicit_registration_sets": [ { "service_profiles": [ { "public_identities": [
        { "identity": "sip:carol@Home.Example" }, { "identity": "tel:+1-555-010-0042" } ] } ] } ] } ] }"#;

const PLAIN: &str = "<sip:carol@home.example>";
const SPELLINGS: [&str; 6] = [
    PLAIN,
    "<SIP:%63arol@HOME.example:5060;transport=udp>",
    "Carol <sip:car%6Fl:secret@home.EXAMPLE;user=ip?Subject=x>;x=1",
    "sip:carol@home.example",
    "<tel:+1-555-010-0042>",
    "<tel:+1(555)010.0042;x=y>",
];

/// A phone that spells its identity as it likes, and knows its private one.
struct Carol {
    endpoint: Endpoint<SimIo>,
    cseq: u32,
    challenge: Option<(Challenge, u32)>,
}

impl Carol {
    async fn ask(&mut self, spelling: &str, contact: &str) -> Message {
        self.cseq += 1;
        let mut request = Message::request(Method::REGISTER, "sip:home.example");
        for (name, value) in [
            (Name::MAX_FORWARDS, "70"),
            (Name::FROM, "<sip:carol@home.example>;tag=1"),
            (Name::TO, spelling),
            (Name::CALL_ID, "call-of-carol"),
            (Name::CSEQ, &*format!("{} REGISTER", self.cseq)),
            (Name::SUPPORTED, "path"),
            (Name::CONTACT, contact),
            (Name::EXPIRES, if contact == "*" { "0" } else { "600" }),
        ] {
            request.append(name, value);
        }
        let (impi, uri) = ("carol@home.example", "sip:home.example");
        let value = match &mut self.challenge {
            None => digest::initial(impi, "home.example", uri),
            Some((challenge, count)) => {
                *count += 1;
                let credentials = Credentials {
                    username: impi.to_owned(),
                    secret: Secret::Password(b"carol-secret".to_vec()),
                };
                digest::answer(
                    challenge,
                    &credentials,
                    Method::REGISTER,
                    uri,
                    "c",
                    *count,
                    b"",
                )
                .expect("an answer")
            }
        };
        request.append(Name::AUTHORIZATION, &value);
        let response = self.endpoint.request(request, at(PCSCF)).await;
        let response = response.expect("a final response");
        if let Ok(Some(WwwAuthenticate(auth))) = response.read::<WwwAuthenticate<'_>>() {
            self.challenge = Some((Challenge::read(&auth).expect("a challenge"), 0));
        }
        response
    }

    async fn register(&mut self, spelling: &str, contact: &str) -> Message {
        let response = self.ask(spelling, contact).await;
        match response.status() {
            Some(Status::UNAUTHORIZED) => self.ask(spelling, contact).await,
            _ => response,
        }
    }
}

fn states(hss: &Started) -> Vec<(String, String)> {
    let state = hss.state();
    let shown = state["subscribers"]["subscriptions"][0]["public_identities"].clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let shown = shown.as_array().cloned().unwrap_or_default();
    shown
        .iter()
        .map(|one| (text(&one["identity"]), text(&one["state"])))
        .collect()
}

fn both(state: &str) -> Vec<(String, String)> {
    ["sip:carol@home.example", "tel:+15550100042"]
        .map(|identity| (identity.to_owned(), state.to_owned()))
        .to_vec()
}

#[test]
fn rfc3261_10_3_5_however_it_is_spelled_it_is_the_same_registration() {
    for (number, first) in SPELLINGS.into_iter().enumerate() {
        sim::run(1, Faults::none(), |sim: Sim| async move {
            let directory = tempfile::tempdir().expect("a directory");
            let subscribers = directory.path().join("subscribers.json");
            std::fs::write(&subscribers, SUBSCRIBERS).expect("a file");
            let hss = hss_of(&sim, &subscribers).await;
            let scscf = scscf_with(&sim, SCSCF, "").await;
            icscf(&sim).await;
            let pcscf = pcscf(&sim).await;
            let mut carol = Carol {
                endpoint: hand(&sim, UE).await,
                cseq: 0,
                challenge: None,
            };
            let contact = format!("<sip:carol@10.0.0.{UE}>");
            let registered = carol.register(first, &contact).await;
            assert_eq!(registered.status(), Some(Status::OK), "{first}");
            let associated: Vec<PAssociatedUri<'_>> = registered
                .read_all()
                .map(|one| one.expect("readable"))
                .collect();
            let associated: Vec<&str> = associated.iter().map(|one| one.0.uri).collect();
            assert_eq!(associated, ["sip:carol@home.example", "tel:+15550100042"]);
            assert_eq!(states(&hss), both("registered"), "{first}");
            // Refreshed in one transaction by whatever name is of the same identity: it is no other registration.
            let scheme = |spelling: &str| spelling.contains("tel:");
            for other in SPELLINGS
                .iter()
                .filter(|other| scheme(other) == scheme(first))
            {
                let refreshed = carol.ask(other, &contact).await;
                assert_eq!(refreshed.status(), Some(Status::OK), "{first}, {other}");
                assert_eq!(contacts(&refreshed).len(), 1, "{first}, {other}");
            }
            assert_eq!(scscf.state()["registrar"]["contacts"], 1);
            assert_eq!(pcscf.state()["registrations"], 1, "{}", pcscf.state());
            assert_eq!(
                assignments(&sim),
                [1],
                "one registration, of which the HSS heard"
            );
            let last = SPELLINGS
                .into_iter()
                .cycle()
                .skip(number + 1)
                .find(|other| scheme(other) == scheme(first))
                .expect("itself at least");
            let left = carol.ask(last, "*").await;
            assert_eq!(left.status(), Some(Status::OK), "{first}, {last}");
            assert_eq!(scscf.state()["registrar"]["contacts"], 0);
            assert_eq!(pcscf.state()["registrations"], 0, "{}", pcscf.state());
            assert_eq!(states(&hss), both("not registered"), "{first}");
        });
    }
}
