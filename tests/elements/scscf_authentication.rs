//! Authentication at the S-CSCF, against an HSS played by hand (TS 24.229 §5.4.1.2, RFC 3310, RFC 7616).

use aka::{Failure, Usim};
use diameter_codec::ResultCode;
use diameter_codec::cx::ServerAssignmentType as Sat;
use diameter_codec::cx::command;
use sim::{Faults, Sim};
use sip_message::{Message, Method, Name, Status, TypedHeader, WwwAuthenticate};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

use crate::bench::*;
use crate::hand_hss::{HandHss, Resynchronise, hand_hss, keys};

const A: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=600");
const IMPI: &str = "alice@home.example";
const HOME: &str = "sip:home.example";

struct Bench {
    sim: Sim,
    hss: HandHss,
    scscf: Started,
    alice: Phone,
}

fn run<F: Future<Output = ()>>(more: &'static str, scenario: impl FnOnce(Bench) -> F) {
    sim::run(1, Faults::none(), |sim| async move {
        let hss = hand_hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, more).await;
        let hand = hand(&sim, HAND).await;
        scenario(Bench {
            alice: Phone::new(&hand, SCSCF, "alice"),
            sim,
            hss,
            scscf,
        })
        .await;
    });
}

impl Bench {
    /// The next REGISTER of alice, and its response.
    async fn ask(&mut self, authorization: Option<&str>) -> Message {
        self.alice.challenge = None;
        match authorization {
            Some(value) => self.alice.ask(&[A, (Name::AUTHORIZATION, value)]).await,
            None => self.alice.ask(&[A]).await,
        }
    }

    fn with_usim(&self) -> Usim {
        self.hss.policy.borrow_mut().password = None;
        Usim::new(keys())
    }

    fn asked(&self, code: diameter_codec::CommandCode) -> usize {
        let requests = diameter_requests(&self.sim);
        let asked = requests
            .iter()
            .filter(|request| request.header().command == code);
        asked.count()
    }

    fn mars(&self) -> usize {
        self.asked(command::MULTIMEDIA_AUTH)
    }
}

fn challenge(response: &Message) -> Challenge {
    assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
    let auth = response
        .read::<WwwAuthenticate<'_>>()
        .expect("readable")
        .expect("there");
    Challenge::read(&auth).expect("a challenge")
}

fn answered(challenge: &Challenge, secret: Secret, nc: u32) -> String {
    let credentials = Credentials {
        username: IMPI.to_owned(),
        secret,
    };
    digest::answer(
        challenge,
        &credentials,
        Method::REGISTER,
        HOME,
        "c0ffee",
        nc,
        b"",
    )
    .expect("an answer")
}

fn by_usim(usim: &mut Usim, challenge: &Challenge) -> Result<String, Failure> {
    let (rand, autn) = digest::aka::read_nonce(&challenge.nonce).expect("RAND and AUTN");
    let answer = usim.answer(&rand, &autn)?;
    Ok(answered(challenge, Secret::Res(answer.res.to_vec()), 1))
}

fn by_password(challenge: &Challenge, nc: u32) -> String {
    answered(challenge, Secret::Password(b"alice-secret".to_vec()), nc)
}

/// Credentials of a scheme that nobody knows are none (RFC 4475 §3.3.7).
#[test]
fn rfc4475_3_3_7_who_says_something_else_is_challenged() {
    run("", |mut bench| async move {
        let unknown = "NoOneKnowsThisScheme opaque-data=here";
        challenge(&bench.ask(Some(unknown)).await);
    });
}

/// The hand that plays the I-CSCF is believed.
const BELIEVED: &str = "trusted_peers = [\"10.0.0.9\"]\n";

#[test]
fn ts24229_7_2a_1_a_stranger_gets_a_challenge_and_no_keys() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        let first = bench
            .ask(Some(&digest::initial(IMPI, "home.example", HOME)))
            .await;
        let value = first.header(Name::WWW_AUTHENTICATE).expect("there");
        assert!(!value.contains("ik=") && !value.contains("ck="), "{value}");
        let right = by_usim(&mut usim, &challenge(&first)).expect("fresh");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn rfc3310_a_usim_registers_and_the_401_brings_the_keys_for_the_p_cscf() {
    run(BELIEVED, |mut bench| async move {
        let mut usim = bench.with_usim();
        let first = bench
            .ask(Some(&digest::initial(IMPI, "home.example", HOME)))
            .await;
        let challenge = challenge(&first);
        assert_eq!(challenge.algorithm, digest::Algorithm::AkaV1Md5);
        let (rand, autn) = digest::aka::read_nonce(&challenge.nonce).expect("RAND and AUTN");
        let keys = Usim::new(keys()).answer(&rand, &autn).expect("fresh");
        let hex = |key: [u8; 16]| {
            key.iter()
                .map(|octet| format!("{octet:02x}"))
                .collect::<String>()
        };
        let value = first.header(Name::WWW_AUTHENTICATE).expect("there");
        assert!(
            value.contains(&format!("ik=\"{}\"", hex(keys.ik))),
            "TS 24.229 §7.2A.1"
        );
        assert!(value.contains(&format!("ck=\"{}\"", hex(keys.ck))));
        let right = by_usim(&mut usim, &challenge).expect("fresh");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
        assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0]);
        // A vector serves once: whoever has seen the answer gets a new challenge.
        let again = self::challenge(&bench.ask(Some(&right)).await);
        assert_ne!(again.nonce, challenge.nonce);
        let refreshed = by_usim(&mut usim, &again).expect("fresh");
        assert_eq!(bench.ask(Some(&refreshed)).await.status(), Some(Status::OK));
        assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0]);
    });
}

#[test]
fn rfc3310_3_4_a_usim_that_is_ahead_is_resynchronised() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        // It has taken a later vector elsewhere.
        let ahead = aka::vector(
            &keys(),
            aka::Amf::default(),
            aka::Sqn::new(3200).unwrap(),
            [9; 16],
        );
        usim.answer(&ahead.rand, &ahead.autn).expect("fresh");
        let stale = challenge(&bench.ask(None).await);
        let Err(Failure::Synch { auts }) = by_usim(&mut usim, &stale) else {
            panic!("the number is too low")
        };
        let value =
            digest::aka::resynchronisation(&stale, IMPI, Method::REGISTER, HOME, "c", &auts);
        let fresh = challenge(&bench.ask(Some(&value.expect("AKA"))).await);
        assert_eq!(bench.mars(), 2);
        let right = by_usim(&mut usim, &fresh).expect("fresh now");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn rfc3310_3_4_an_auts_that_the_hss_refuses_takes_nothing_from_who_has_the_usim() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        let running = challenge(&bench.ask(None).await);
        // Anybody can get a challenge in alice's name, and answer it with any octets.
        let strangers = challenge(&bench.ask(None).await);
        let forged = digest::aka::resynchronisation(
            &strangers,
            IMPI,
            Method::REGISTER,
            HOME,
            "c",
            &[7; aka::AUTS_LENGTH],
        );
        bench.hss.policy.borrow_mut().broken = Some(ResultCode::INVALID_AVP_VALUE);
        let refused = bench.ask(Some(&forged.expect("AKA"))).await;
        assert!(
            refused.status().is_some_and(|status| status.0 >= 403),
            "{refused:?}"
        );
        bench.hss.policy.borrow_mut().broken = None;
        let right = by_usim(&mut usim, &running).expect("fresh");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn resynchronisations_without_end_are_refused() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        bench.hss.policy.borrow_mut().resynchronise = Resynchronise::No;
        let ahead = aka::vector(
            &keys(),
            aka::Amf::default(),
            aka::Sqn::new(3200).unwrap(),
            [9; 16],
        );
        usim.answer(&ahead.rand, &ahead.autn).expect("fresh");
        let mut response = bench.ask(None).await;
        for _ in 0..=scscf::MAX_RESYNCHRONISATIONS {
            let stale = challenge(&response);
            let Err(Failure::Synch { auts }) = by_usim(&mut usim, &stale) else {
                panic!("the number is too low")
            };
            let value =
                digest::aka::resynchronisation(&stale, IMPI, Method::REGISTER, HOME, "c", &auts);
            response = bench.ask(Some(&value.expect("AKA"))).await;
        }
        assert_eq!(response.status(), Some(Status::FORBIDDEN));
        assert_eq!(assignments(&bench.sim), [Sat::AUTHENTICATION_FAILURE.0]);
    });
}

#[test]
fn ts24229_5_4_1_2_2_a_wrong_res_and_a_refused_autn_get_a_fresh_challenge_then_403() {
    run("", |mut bench| async move {
        bench.with_usim();
        let first = challenge(&bench.ask(None).await);
        let wrong = answered(&first, Secret::Res(vec![0; 8]), 1);
        let second = challenge(&bench.ask(Some(&wrong)).await);
        assert_ne!(first.nonce, second.nonce);
        let refused = digest::aka::refusal(&second, IMPI, HOME);
        assert_eq!(
            bench.ask(Some(&refused)).await.status(),
            Some(Status::FORBIDDEN)
        );
        assert_eq!(assignments(&bench.sim), [Sat::AUTHENTICATION_FAILURE.0]);
        assert_eq!(bench.scscf.state()["challenges"].as_u64(), Some(0));
    });
}

#[test]
fn several_vectors_of_one_mar_are_used_in_their_order() {
    run("[authentication]\nvectors = 3\n", |mut bench| async move {
        let mut usim = bench.with_usim();
        let mut nonces = Vec::new();
        for _ in 0..3 {
            nonces.push(challenge(&bench.ask(None).await));
        }
        assert_eq!(bench.mars(), 1);
        for challenge in &nonces {
            assert!(
                by_usim(&mut usim, challenge).is_ok(),
                "each is fresh after the one before"
            );
        }
        challenge(&bench.ask(None).await);
        assert_eq!(bench.mars(), 2);
    });
}

#[test]
fn the_scheme_is_the_configured_one_or_the_hsss_choice_whatever_a_stranger_names() {
    let asked = |more, authorization: Option<&'static str>, expected: &'static str| {
        run(more, move |mut bench| async move {
            bench.ask(authorization).await;
            let requests = diameter_requests(&bench.sim);
            let mar = requests
                .iter()
                .find(|request| request.header().command == command::MULTIMEDIA_AUTH);
            let read = diameter_codec::cx::MultimediaAuthRequest::decode(mar.expect("a MAR"));
            let item = read.expect("by the rules").sip_auth_data_item;
            assert_eq!(
                item.sip_authentication_scheme,
                Some(expected),
                "{authorization:?}"
            );
        });
    };
    const AKA: &str = "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", \
                       uri=\"sip:home.example\", response=\"\", algorithm=AKAv1-MD5";
    const MD5: &str = "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", \
                       uri=\"sip:home.example\", response=\"\", algorithm=MD5";
    asked("", None, "Unknown");
    asked("", Some(AKA), "Unknown");
    asked("", Some(MD5), "Unknown");
    asked(
        "[authentication]\nscheme = \"SIP Digest\"\n",
        Some(AKA),
        "SIP Digest",
    );
}

#[test]
fn c25_a_refresh_that_changes_nothing_asks_the_hss_nothing_and_nextnonce_makes_it_one_transaction()
{
    run("", |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        let mut accepted = bench.ask(Some(&by_password(&first, 1))).await;
        for _ in 0..5 {
            assert_eq!(accepted.status(), Some(Status::OK));
            let information = accepted
                .header(Name::AUTHENTICATION_INFO)
                .expect("RFC 7616 §3.5");
            let next = information
                .split('"')
                .nth(1)
                .expect("nextnonce comes first");
            let next = Challenge {
                nonce: next.to_owned(),
                ..first.clone()
            };
            pass(seconds(300)).await;
            accepted = bench.ask(Some(&by_password(&next, 1))).await;
        }
        assert_eq!(
            (bench.mars(), bench.asked(command::SERVER_ASSIGNMENT)),
            (1, 1)
        );
        // A phone that begins anew is challenged without the HSS.
        let again = challenge(&bench.ask(None).await);
        assert_eq!(
            bench.ask(Some(&by_password(&again, 1))).await.status(),
            Some(Status::OK)
        );
        assert_eq!(
            (bench.mars(), bench.asked(command::SERVER_ASSIGNMENT)),
            (1, 1)
        );
    });
}

#[test]
fn credentials_are_kept_as_long_as_configured() {
    run(
        "[authentication]\ncredentials_life = 100\n",
        |mut bench| async move {
            let first = challenge(&bench.ask(None).await);
            bench.ask(Some(&by_password(&first, 1))).await;
            pass(seconds(99)).await;
            challenge(&bench.ask(None).await);
            assert_eq!(bench.mars(), 1);
            pass(seconds(2)).await;
            challenge(&bench.ask(None).await);
            assert_eq!(bench.mars(), 2);
        },
    );
}

#[test]
fn credentials_that_a_refresh_had_to_ask_for_are_kept_for_the_next() {
    run(
        "[authentication]\ncredentials_life = 400\n",
        |mut bench| async move {
            for (passes, mars) in [(0, 1), (450, 2), (300, 2), (150, 3)] {
                pass(seconds(passes)).await;
                let asked = challenge(&bench.ask(None).await);
                let accepted = bench.ask(Some(&by_password(&asked, 1))).await;
                assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), mars));
            }
        },
    );
}

const LIFE_OF_NONE: &str = "[authentication]\ncredentials_life = 0\n";

#[test]
fn who_registered_while_credentials_were_kept_refreshes_when_they_are_no_longer() {
    run("", |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        let used = by_password(&first, 1);
        assert_eq!(bench.ask(Some(&used)).await.status(), Some(Status::OK));
        let out = challenge(&bench.ask(None).await);
        let config: scscf::Config =
            toml::from_str(&scscf_config(SCSCF, LIFE_OF_NONE)).expect("a configuration");
        let reloaded = bench.scscf.reload(config).await;
        let applied = reloaded.expect("nothing wrong with it").applied;
        assert!(
            applied.contains(&"authentication".to_owned()),
            "{applied:?}"
        );
        // What the HSS gave for one that was out is gone: a right answer is stale, and no password is wrong.
        let stale = challenge(&bench.ask(Some(&by_password(&out, 1))).await);
        assert_eq!(stale.stale, digest::Stale::Yes);
        let accepted = bench.ask(Some(&by_password(&stale, 1))).await;
        assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), 2));
        for mars in [3, 4] {
            // No answer is awaited any more.
            pass(seconds(240)).await;
            let again = challenge(&bench.ask(Some(&used)).await);
            assert_eq!(again.stale, digest::Stale::Yes);
            let accepted = bench.ask(Some(&by_password(&again, 1))).await;
            assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), mars));
        }
    });
}

#[test]
fn ts29228_6_2_a_password_that_is_pushed_serves_also_where_credentials_are_not_kept() {
    run(LIFE_OF_NONE, |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        let accepted = bench.ask(Some(&by_password(&first, 1))).await;
        assert_eq!(accepted.status(), Some(Status::OK));
        bench.hss.policy.borrow_mut().password = Some("new-secret");
        let ha1 = digest::Ha1::of(digest::Algorithm::Md5, IMPI, "home.example", b"new-secret");
        bench.hss.push(None, Some(ha1.hex().as_str()), None).await;
        let again = challenge(&bench.ask(None).await);
        let secret = Secret::Password(b"new-secret".to_vec());
        let accepted = bench.ask(Some(&answered(&again, secret, 1))).await;
        assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), 2));
    });
}

#[test]
fn ts24229_5_4_1_2_1_a_challenge_is_answered_in_its_own_time_however_short_credentials_are_kept() {
    run(
        "[registration]\nreg_await_auth = 10\n[authentication]\ncredentials_life = 2\n",
        |mut bench| async move {
            let first = challenge(&bench.ask(None).await);
            let accepted = bench.ask(Some(&by_password(&first, 1))).await;
            assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), 1));
            // What this one is of is kept no longer when the answer comes.
            pass(seconds(1)).await;
            let mut out = challenge(&bench.ask(None).await);
            pass(seconds(9)).await;
            out = challenge(&bench.ask(Some(&by_password(&out, 1))).await);
            assert_eq!((out.stale, bench.mars()), (digest::Stale::Yes, 2));
            for mars in [2, 3] {
                pass(seconds(9)).await;
                let right = by_password(&out, 1);
                let accepted = bench.ask(Some(&right)).await;
                assert_eq!((accepted.status(), bench.mars()), (Some(Status::OK), mars));
                let replayed = challenge(&bench.ask(Some(&right)).await);
                assert_eq!(replayed.stale, digest::Stale::Yes);
                pass(seconds(20)).await;
                out = challenge(&bench.ask(None).await);
            }
        },
    );
}

#[test]
fn a_password_that_changed_at_the_hss_is_asked_for_after_a_wrong_answer() {
    run("", |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        assert_eq!(
            bench.ask(Some(&by_password(&first, 1))).await.status(),
            Some(Status::OK)
        );
        bench.hss.policy.borrow_mut().password = Some("new-secret");
        pass(scscf::SECRETS_AGAIN).await;
        let new = |challenge: &Challenge| {
            answered(challenge, Secret::Password(b"new-secret".to_vec()), 1)
        };
        let again = challenge(&bench.ask(None).await);
        let fresh = challenge(&bench.ask(Some(&new(&again))).await);
        assert_eq!(
            bench.ask(Some(&new(&fresh))).await.status(),
            Some(Status::OK)
        );
    });
}

#[test]
fn rfc7616_3_3_a_replayed_answer_is_stale_for_its_user_and_nothing_for_another() {
    run("", |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        let right = by_password(&first, 1);
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
        for _ in 0..3 {
            let replayed = bench.ask(Some(&right)).await;
            assert_eq!(challenge(&replayed).stale, digest::Stale::Yes);
        }
        assert_eq!(
            bench.ask(Some(&by_password(&first, 2))).await.status(),
            Some(Status::OK)
        );
        // Bob with alice's answer, and with his own answer to her nonce.
        let mut bob = Phone::new(&bench.alice.endpoint, SCSCF, "bob");
        let fresh = challenge(&bench.ask(None).await);
        let hers = by_password(&fresh, 1);
        let his = hers.replace("alice@", "bob@");
        for value in [hers.as_str(), his.as_str()] {
            bob.challenge = None;
            let contact = (Name::CONTACT, "<sip:bob@10.0.0.9>");
            let refused = bob.ask(&[contact, (Name::AUTHORIZATION, value)]).await;
            assert_eq!(refused.status(), Some(Status::UNAUTHORIZED), "{value}");
        }
        // Hers is not used up by it.
        assert_eq!(bench.ask(Some(&hers)).await.status(), Some(Status::OK));
        let state = bench.scscf.state();
        assert_eq!(state["registrar"]["private_identities"].as_u64(), Some(1));
    });
}

#[test]
fn an_answer_from_before_a_deregistration_registers_nobody() {
    run("", |mut bench| async move {
        let first = challenge(&bench.ask(None).await);
        let right = by_password(&first, 1);
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
        bench.alice.challenge = None;
        let star = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];
        let leaving = by_password(&first, 2);
        let value = [star[0], star[1], (Name::AUTHORIZATION, leaving.as_str())];
        assert_eq!(bench.alice.ask(&value).await.status(), Some(Status::OK));
        for seen in [&right, &by_password(&first, 3)] {
            let replayed = bench.ask(Some(seen)).await;
            assert_eq!(replayed.status(), Some(Status::UNAUTHORIZED));
        }
        assert_eq!(
            bench.scscf.state()["registrar"]["contacts"].as_u64(),
            Some(0)
        );
    });
}

#[test]
fn ts24229_7_2a_2_auth_done_is_believed_of_a_trusted_peer_only() {
    let done = "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", \
                uri=\"sip:home.example\", response=\"\", integrity-protected=\"auth-done\"";
    run("", move |mut bench| async move {
        assert_eq!(
            bench.ask(Some(done)).await.status(),
            Some(Status::UNAUTHORIZED)
        );
    });
    run(BELIEVED, move |mut bench| async move {
        assert_eq!(bench.ask(Some(done)).await.status(), Some(Status::OK));
        assert_eq!(
            (bench.mars(), assignments(&bench.sim)),
            (0, vec![Sat::REGISTRATION.0])
        );
    });
}

#[test]
fn ts24229_5_4_1_2_2_a_protected_refresh_is_not_challenged_and_a_protected_registration_is() {
    let protected = |value: &str| {
        format!(
            "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", uri=\"sip:home.example\", \
             response=\"\", integrity-protected=\"{value}\""
        )
    };
    run(BELIEVED, move |mut bench| async move {
        for value in ["yes", "tls-yes", "ip-assoc-yes"] {
            let response = bench.ask(Some(&protected(value))).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED), "{value}");
        }
        let first = challenge(&bench.ask(None).await);
        let right = format!("{}, integrity-protected=\"yes\"", by_password(&first, 1));
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
        for (value, status) in [
            ("yes", Status::OK),
            ("tls-yes", Status::OK),
            ("ip-assoc-yes", Status::OK),
            ("no", Status::UNAUTHORIZED),
            ("tls-pending", Status::UNAUTHORIZED),
        ] {
            let response = bench.ask(Some(&protected(value))).await;
            assert_eq!(response.status(), Some(status), "{value}");
        }
    });
}

#[test]
fn rfc7616_3_4_3_auth_int_covers_the_body() {
    run(
        "[authentication]\nqop = \"auth-int\"\n",
        |mut bench| async move {
            let first = bench.ask(None).await;
            assert!(
                first
                    .header(Name::WWW_AUTHENTICATE)
                    .expect("there")
                    .contains("qop=\"auth-int\"")
            );
            let right = by_password(&challenge(&first), 1);
            assert!(right.contains("qop=auth-int"));
            let mut changed = bench.alice.next(&[A, (Name::AUTHORIZATION, &right)]);
            changed.set_body(
                "text/plain",
                bytes::Bytes::from_static(b"not what was hashed"),
            );
            let refused = bench
                .alice
                .endpoint
                .request(changed, bench.alice.next_hop)
                .await;
            assert_eq!(
                refused.expect("a response").status(),
                Some(Status::UNAUTHORIZED)
            );
        },
    );
}

/// What a stranger sends in alice's name, by Call-IDs of their own.
async fn as_a_stranger(bench: &mut Bench, call_id: &str, authorization: Option<&str>) -> Message {
    let own = std::mem::replace(&mut bench.alice.call_id, call_id.to_owned());
    let response = bench.ask(authorization).await;
    bench.alice.call_id = own;
    response
}

#[test]
fn whoever_asks_in_somebodys_name_takes_no_open_challenge_and_no_vectors() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        let open = challenge(&bench.ask(None).await);
        for n in 0..40 {
            let response = as_a_stranger(&mut bench, &format!("stranger-{n}"), None).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
        }
        assert_eq!(bench.mars(), scscf::MAX_CHALLENGES_OF_ONE);
        let right = by_usim(&mut usim, &open).expect("fresh");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn whoever_answers_wrong_in_somebodys_name_ends_their_own_challenges_only() {
    for has_usim in [true, false] {
        run("", move |mut bench| async move {
            let mut usim = has_usim.then(|| bench.with_usim());
            let wrong = |challenge: &Challenge| match has_usim {
                true => answered(challenge, Secret::Res(vec![0; 8]), 1),
                false => answered(challenge, Secret::Password(b"guessed".to_vec()), 1),
            };
            let open = challenge(&bench.ask(None).await);
            for n in 0..3 {
                let call_id = format!("stranger-{n}");
                let first = challenge(&as_a_stranger(&mut bench, &call_id, None).await);
                let second = as_a_stranger(&mut bench, &call_id, Some(&wrong(&first))).await;
                let second = challenge(&second);
                let last = as_a_stranger(&mut bench, &call_id, Some(&wrong(&second))).await;
                assert_eq!(last.status(), Some(Status::FORBIDDEN));
            }
            assert_eq!(assignments(&bench.sim), [0; 0], "the HSS still waits");
            let right = match &mut usim {
                Some(usim) => by_usim(usim, &open).expect("fresh"),
                None => by_password(&open, 1),
            };
            assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
            assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0]);
        });
    }
}

/// An answer in alice's name to a challenge that nobody sent.
fn to_no_challenge(realm: &str) -> String {
    let never_sent = format!(
        "Digest realm=\"{realm}\", nonce=\"bmV2ZXIgc2VudA==\", algorithm=MD5, qop=\"auth\""
    );
    let never_sent = WwwAuthenticate::parse(&never_sent).expect("readable");
    let never_sent = Challenge::read(&never_sent.0);
    answered(
        &never_sent.expect("a challenge"),
        Secret::Password(b"guessed".to_vec()),
        1,
    )
}

#[test]
fn whoever_answers_challenges_that_nobody_sent_takes_no_more_vectors_either() {
    run("", |mut bench| async move {
        let mut usim = bench.with_usim();
        let open = challenge(&bench.ask(None).await);
        for n in 0..40 {
            let answer = to_no_challenge("home.example");
            let response = as_a_stranger(&mut bench, &format!("stranger-{n}"), Some(&answer)).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
        }
        assert_eq!(bench.mars(), scscf::MAX_CHALLENGES_OF_ONE);
        let right = by_usim(&mut usim, &open).expect("fresh");
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn guesses_at_a_password_ask_the_hss_again_after_a_while_only() {
    run("", |mut bench| async move {
        challenge(&bench.ask(None).await);
        for n in 0..40 {
            let answer = to_no_challenge("home.example");
            let response = as_a_stranger(&mut bench, &format!("stranger-{n}"), Some(&answer)).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
        }
        assert_eq!(bench.mars(), 1);
        pass(scscf::SECRETS_AGAIN).await;
        let answer = to_no_challenge("home.example");
        as_a_stranger(&mut bench, "later", Some(&answer)).await;
        assert_eq!(bench.mars(), 2);
    });
}

#[test]
fn the_hss_hears_nothing_of_wrong_answers_in_a_registered_users_name() {
    for has_usim in [true, false] {
        run("", move |mut bench| async move {
            let mut usim = has_usim.then(|| bench.with_usim());
            let open = challenge(&bench.ask(None).await);
            let right = match &mut usim {
                Some(usim) => by_usim(usim, &open).expect("fresh"),
                None => by_password(&open, 1),
            };
            assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
            let mut challenged = bench.ask(None).await;
            for _ in 0..scscf::MAX_WRONG_ANSWERS {
                let wrong = match has_usim {
                    true => Secret::Res(vec![0; 8]),
                    false => Secret::Password(b"guessed".to_vec()),
                };
                let wrong = answered(&challenge(&challenged), wrong, 1);
                challenged = bench.ask(Some(&wrong)).await;
            }
            assert_eq!(challenged.status(), Some(Status::FORBIDDEN));
            assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0]);
        });
    }
}

#[test]
fn ts29228_6_3_a_user_without_usable_credentials_is_not_left_to_this_s_cscf() {
    // The HSS has MD5 alone.
    let more = "[registration]\nalgorithms = [\"SHA-256\"]\n";
    run(more, |mut bench| async move {
        assert_eq!(bench.ask(None).await.status(), Some(Status::FORBIDDEN));
        pass(seconds(40)).await;
        assert_eq!(
            assignments(&bench.sim),
            [Sat::AUTHENTICATION_TIMEOUT.0],
            "it has stored our name with the MAR"
        );
    });
}

#[test]
fn a_user_whose_password_is_of_another_realm_registers_by_that() {
    run("", |mut bench| async move {
        bench.hss.policy.borrow_mut().realm = "users.example";
        let first = challenge(&bench.ask(None).await);
        assert_eq!(first.realm, "users.example");
        let right = by_password(&first, 1);
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
        // One that lost its memory says who it asks for, and that the nonce is old.
        bench.sim.crash(ip(SCSCF));
        bench.scscf = scscf_with(&bench.sim, SCSCF, "").await;
        pass(seconds(5)).await;
        let again = challenge(&bench.ask(Some(&by_password(&first, 2))).await);
        assert_eq!(again.stale, digest::Stale::Yes);
        let right = by_password(&again, 1);
        assert_eq!(bench.ask(Some(&right)).await.status(), Some(Status::OK));
    });
}

#[test]
fn rfc3261_22_1_an_answer_for_a_realm_that_is_not_the_users_is_as_none() {
    run("", |mut bench| async move {
        for _ in 0..=scscf::MAX_WRONG_ANSWERS {
            let foreign = to_no_challenge("elsewhere.example");
            let response = bench.ask(Some(&foreign)).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
        }
        assert_eq!(bench.mars(), 1);
        // Beside it, the right one counts.
        let open = challenge(&bench.ask(None).await);
        let foreign = (Name::AUTHORIZATION, &*to_no_challenge("elsewhere.example"));
        let right = (Name::AUTHORIZATION, &*by_password(&open, 1));
        bench.alice.challenge = None;
        let both = bench.alice.ask(&[A, foreign, right]).await;
        assert_eq!(both.status(), Some(Status::OK));
    });
}
