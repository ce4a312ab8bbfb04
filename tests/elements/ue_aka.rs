//! The phone with a USIM (RFC 3310; TS 24.229 §5.1.1.5), against an authentication centre played by hand.

use std::cell::Cell;
use std::rc::Rc;

use aka::{Amf, Keys, Sqn};
use sim::{Faults, Sim};
use sip_message::{Authorization, Message, Name, Status};
use sip_stack::digest::{self, Algorithm, DigestUri, Expected, Ha1, QopOffer};

use crate::bench::*;

// Test set 1 of TS 35.208 §4.3.
const K: &str = "465b5ce8b199b49faa5f0a2ee238a6bc";
const OPC: &str = "cd63cb71954a9f4e48a5994e37a02baf";

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

fn keys() -> Keys {
    let octets = |hex: &str| -> [u8; 16] {
        std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
    };
    Keys {
        k: octets(K),
        opc: octets(OPC),
    }
}

fn vector(keys: &Keys, sqn: u64) -> aka::Vector {
    let sqn = Sqn::new(sqn).expect("48 bits");
    aka::vector(keys, Amf([0x80, 0]), sqn, [sqn.value() as u8; 16])
}

fn challenge(request: &Message, vector: &aka::Vector) -> Message {
    let nonce = digest::aka::nonce(&vector.rand, &vector.autn);
    let mut response = Message::response(request, Status::UNAUTHORIZED);
    let value = format!(
        "Digest realm=\"home.example\", nonce=\"{nonce}\", algorithm=AKAv1-MD5, qop=\"auth\""
    );
    response.append(Name::WWW_AUTHENTICATE, &value);
    response
}

/// Whether `request` answers `vector` with its RES.
fn answers(request: &Message, vector: &aka::Vector) -> bool {
    let authorization = request
        .read::<Authorization<'_>>()
        .expect("readable")
        .expect("there");
    let value = digest::aka::nonce(&vector.rand, &vector.autn);
    let now = tokio::time::Instant::now().into_std();
    let mut nonce = digest::Nonce::new(value, now, seconds(60));
    let user = "alice@home.example";
    let ha1 = Ha1::of(Algorithm::AkaV1Md5, user, "home.example", &vector.xres);
    let expected = Expected {
        username: user,
        realm: "home.example",
        uri: DigestUri::Any,
        algorithm: Algorithm::AkaV1Md5,
        qop: QopOffer::Auth,
        ha1: &ha1,
        method: sip_message::Method::REGISTER,
        body: b"",
    };
    nonce.check(&authorization.0, &expected, now) == digest::Verdict::Accepted
}

fn param(request: &Message, name: &str) -> Option<String> {
    let authorization = request.read::<Authorization<'_>>().ok().flatten()?;
    Some(authorization.0.get(name)?.into_owned())
}

fn with_usim(more: &str) -> String {
    alice(&format!(
        "expires = 600\n[aka]\nk = \"{K}\"\nopc = \"{OPC}\"\n{more}"
    ))
}

async fn phone(sim: &Sim, more: &str) -> Started {
    ue_with(sim, &with_usim(more), "\"10.0.0.2:5060\"").await
}

#[test]
fn rfc3310_3_the_usim_answers_with_res_and_the_refresh_counts_on() {
    run(|sim| async move {
        let right = Rc::new(Cell::new(0));
        let counted = Rc::clone(&right);
        let answer = move |before: usize, request: &Message| {
            let vector = vector(&keys(), 33);
            if before == 0 {
                return challenge(request, &vector);
            }
            counted.set(counted.get() + usize::from(answers(request, &vector)));
            granted(request, 600)
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = phone(&sim, "").await;
        pass(seconds(1)).await;
        assert_eq!(ue.state()["registration"], "registered");
        pass(seconds(300)).await;
        assert_eq!((got.borrow().len(), right.get()), (3, 2));
        assert_eq!(param(&got.borrow()[0], "response").as_deref(), Some(""));
        assert_eq!(param(&got.borrow()[2], "nc").as_deref(), Some("00000002"));
        assert!(!ue.state().to_string().contains(K), "no key is shown");
    });
}

#[test]
fn rfc3310_3_4_a_number_that_was_taken_is_answered_with_auts_and_the_next_one_with_res() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            0 => challenge(request, &vector(&keys(), 33)),
            1 => {
                let auts = param(request, "auts").expect("auts");
                let auts = digest::aka::read_auts(&auts).expect("14 octets");
                let old = vector(&keys(), 33);
                let sqn = aka::resynchronise(&keys(), &old.rand, &auts).expect("its MAC-S");
                assert_eq!(sqn.value(), 0x1000, "what the USIM has taken");
                challenge(request, &vector(&keys(), 0x2000))
            }
            _ => {
                assert!(answers(request, &vector(&keys(), 0x2000)));
                assert_eq!(param(request, "auts"), None);
                granted(request, 600)
            }
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = phone(&sim, "sqn = \"000000001000\"\n").await;
        pass(seconds(1)).await;
        assert_eq!(ue.state()["registration"], "registered");
        assert_eq!(got.borrow().len(), 3);
    });
}

#[test]
fn ts24229_5_1_1_5_3_a_network_with_another_key_is_refused_twice_and_not_again() {
    run(|sim| async move {
        let got = neighbour(&sim, PCSCF, |before, request| {
            let others = Keys {
                k: [7; 16],
                ..keys()
            };
            challenge(request, &vector(&others, 33 + before as u64))
        })
        .await;
        let ue = phone(&sim, "").await;
        pass(seconds(7200)).await;
        let got = got.borrow();
        assert_eq!(
            got.len(),
            2,
            "the first, and one that says that the AUTN is wrong"
        );
        assert_eq!(param(&got[1], "response").as_deref(), Some(""));
        assert_eq!(param(&got[1], "auts"), None);
        assert!(param(&got[1], "nonce").is_some_and(|nonce| !nonce.is_empty()));
        let problem = ue.state()["problem"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(problem.contains("another K or OPc"), "{problem}");
    });
}

#[test]
fn rfc3310_5_1_a_phone_with_a_usim_answers_no_challenge_of_passwords() {
    run(|sim| async move {
        let got = neighbour(&sim, PCSCF, |_, request| challenged(request, "n", "")).await;
        let ue = phone(&sim, "").await;
        pass(seconds(100)).await;
        assert_eq!(got.borrow().len(), 1);
        assert_eq!(ue.state()["registration"], "failed");
    });
}
