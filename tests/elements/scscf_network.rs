//! What the HSS asks of the S-CSCF and says to it, played by hand (TS 29.228 §6.1.2, §6.1.3, §6.2; TS 24.229 §5.4.1.5).

use diameter_codec::cx::{ReasonCode, RegistrationTerminationAnswer, ServerAssignmentType as Sat};
use diameter_codec::{ApplicationId, ResultCode};
use driver::sip::Endpoint;
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, Status};
use sip_stack::digest::{self, Algorithm, Credentials, Ha1, Secret};

use crate::bench::*;
use crate::hand_hss::{HandHss, Rtr, hand_hss, profile, results};

const A: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=600");
const IMPI: &str = "alice@home.example";

struct Bench {
    sim: Sim,
    hss: HandHss,
    scscf: Started,
    hand: Endpoint<SimIo>,
    alice: Phone,
}

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Bench) -> F) {
    sim::run(1, Faults::none(), |sim| async move {
        let hss = hand_hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, "").await;
        let hand = hand(&sim, HAND).await;
        scenario(Bench {
            alice: Phone::new(&hand, SCSCF, "alice"),
            sim,
            hss,
            scscf,
            hand,
        })
        .await;
    });
}

impl Bench {
    fn held(&self) -> u64 {
        self.scscf.state()["registrar"]["contacts"]
            .as_u64()
            .expect("a number")
    }
}

/// Nobody's answer to no challenge, which tells who asks.
fn named(impi: &str) -> String {
    format!(
        "Digest username=\"{impi}\", realm=\"home.example\", nonce=\"\", uri=\"sip:home.example\", response=\"\""
    )
}

/// Registers sip:alice@home.example by another private identity.
async fn register_by(bench: &Bench, impi: &str, cseq: u32) -> Message {
    let contact = (Name::CONTACT, "<sip:alice@10.0.0.9:5090>;expires=600");
    let mut phone = Phone::new(&bench.hand, SCSCF, "alice");
    (phone.call_id, phone.cseq) = (impi.to_owned(), cseq);
    let first = named(impi);
    phone.ask(&[contact, (Name::AUTHORIZATION, &first)]).await;
    let (challenge, _) = phone.challenge.take().expect("a challenge");
    let credentials = Credentials {
        username: impi.to_owned(),
        secret: Secret::Password(b"alice-secret".to_vec()),
    };
    let uri = "sip:home.example";
    let value = digest::answer(&challenge, &credentials, Method::REGISTER, uri, "c", 1, b"");
    let value = value.expect("an answer");
    phone.ask(&[contact, (Name::AUTHORIZATION, &value)]).await
}

const OTHER_HSS: u8 = 7;

#[test]
fn ts29229_5_4_the_hss_that_answered_for_a_user_is_asked_again_and_another_where_it_is_gone() {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let subscribers = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/subscribers.json");
        let hss = |host: u8, identity: &str| {
            format!(
                "subscribers = {subscribers:?}\ndatabase = \":memory:\"\n[diameter]\nidentity = \"{identity}\"\n\
                 realm = \"home.example\"\nlisten = \"10.0.0.{host}:3868\"\nadmit = \"anyone\"\n"
            )
        };
        start::<hss::Hss>(&sim, HSS, hss(HSS, "hss.home.example")).await;
        let config = scscf_config(SCSCF, "");
        let config = format!(
            "{config}[[diameter.peer]]\nidentity = \"hss2.home.example\"\naddress = \"10.0.0.{OTHER_HSS}:3868\"\n"
        );
        start::<scscf::Scscf>(&sim, SCSCF, config).await;
        let hand = hand(&sim, HAND).await;
        let mut alice = Phone::new(&hand, SCSCF, "alice");
        assert_eq!(alice.register(&[A]).await.status(), Some(Status::OK));
        sim.crash(ip(HSS));
        start::<hss::Hss>(&sim, OTHER_HSS, hss(OTHER_HSS, "hss2.home.example")).await;
        // Until the watchdog has found out.
        pass(seconds(60)).await;
        let leaves = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0");
        assert_eq!(alice.ask(&[leaves]).await.status(), Some(Status::OK));
        alice.challenge = None;
        assert_eq!(alice.register(&[A]).await.status(), Some(Status::OK));
        let asked: Vec<(u32, Option<String>)> = diameter_requests(&sim)
            .iter()
            .filter(|request| request.header().application == ApplicationId::CX)
            .map(|request| {
                let host = request.find(diameter_codec::base::avp::DESTINATION_HOST);
                let host = host.and_then(|host| host.text().map(str::to_owned));
                (request.header().command.0, host)
            })
            .collect();
        let to = |host: &str| Some(host.to_owned());
        let wanted = [
            (303, None),
            (301, to("hss.home.example")),
            // It is gone: nobody brings it there.
            (301, None),
            (303, None),
            (301, to("hss2.home.example")),
        ];
        assert_eq!(asked, wanted);
    });
}

const SUCCESS: (Option<u32>, Option<u32>) = (Some(2001), None);

#[test]
fn ts29228_6_1_3_a_termination_takes_the_contacts_for_every_reason() {
    for (reason, impus) in [
        (ReasonCode::PERMANENT_TERMINATION, &[][..]),
        (ReasonCode::SERVER_CHANGE, &[][..]),
        (ReasonCode::REMOVE_S_CSCF, &["sip:alice@home.example"][..]),
        (
            ReasonCode::NEW_SERVER_ASSIGNED,
            &["sip:alice@home.example"][..],
        ),
    ] {
        run(|mut bench| async move {
            assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
            let rtr = Rtr {
                reason,
                impus,
                others: &[],
                impi: IMPI,
            };
            assert_eq!(
                results(&bench.hss.terminate(&rtr).await),
                SUCCESS,
                "{reason:?}"
            );
            assert_eq!(bench.held(), 0);
            assert_eq!(
                assignments(&bench.sim),
                [Sat::REGISTRATION.0],
                "the HSS knows already"
            );
            // What was learnt for the registration is gone with it: the next one asks the HSS.
            let challenged = bench.alice.ask(&[A]).await;
            assert_eq!(challenged.status(), Some(Status::UNAUTHORIZED));
            assert_eq!(bench.alice.ask(&[A]).await.status(), Some(Status::OK));
            assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0; 2]);
        });
    }
}

#[test]
fn ts29228_6_1_3_who_is_not_held_is_unknown_and_a_new_server_needs_a_public_identity() {
    run(|mut bench| async move {
        let mut rtr = Rtr {
            reason: ReasonCode::PERMANENT_TERMINATION,
            impus: &[],
            others: &[],
            impi: IMPI,
        };
        assert_eq!(
            results(&bench.hss.terminate(&rtr).await),
            (None, Some(5001))
        );
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        rtr.impus = &["sip:other@home.example"];
        assert_eq!(
            results(&bench.hss.terminate(&rtr).await),
            (None, Some(5001))
        );
        rtr = Rtr {
            reason: ReasonCode::NEW_SERVER_ASSIGNED,
            impus: &[],
            ..rtr
        };
        assert_eq!(
            results(&bench.hss.terminate(&rtr).await),
            (Some(5012), None)
        );
        assert_eq!(bench.held(), 1);
    });
}

#[test]
fn ts29228_6_1_3_associated_identities_go_with_it_and_are_named() {
    run(|mut bench| async move {
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let mut bob = Phone::new(&bench.hand, SCSCF, "bob");
        bob.password = "alice-secret";
        let contact = (Name::CONTACT, "<sip:bob@10.0.0.9>");
        assert_eq!(bob.register(&[contact]).await.status(), Some(Status::OK));
        let rtr = Rtr {
            reason: ReasonCode::PERMANENT_TERMINATION,
            impus: &[],
            others: &["bob@home.example", "nobody@home.example", IMPI],
            impi: IMPI,
        };
        let answer = bench.hss.terminate(&rtr).await;
        assert_eq!(results(&answer), SUCCESS);
        let read = RegistrationTerminationAnswer::decode(&answer).expect("an RTA");
        let named = read
            .associated_identities
            .expect("those that went")
            .user_name;
        assert_eq!(named.iter().collect::<Vec<_>>(), ["bob@home.example"]);
        assert_eq!(bench.held(), 0);
    });
}

#[test]
fn ts29228_6_1_3_1_emergency_registrations_stay_and_are_named() {
    run(|mut bench| async move {
        let emergency = (Name::CONTACT, "<sip:alice@10.0.0.9:5062;sos>;expires=600");
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        assert_eq!(
            bench.alice.register(&[emergency]).await.status(),
            Some(Status::OK)
        );
        let rtr = Rtr {
            reason: ReasonCode::PERMANENT_TERMINATION,
            impus: &[],
            others: &[],
            impi: IMPI,
        };
        for result in [2002, 5012] {
            let answer = bench.hss.terminate(&rtr).await;
            assert_eq!(results(&answer), (Some(result), None));
            let read = RegistrationTerminationAnswer::decode(&answer).expect("an RTA");
            let stays = read
                .identity_with_emergency_registration
                .first()
                .expect("alice");
            assert_eq!(
                (stays.user_name, stays.public_identity),
                (IMPI, "sip:alice@home.example")
            );
            assert_eq!(bench.held(), 1);
        }
    });
}

#[test]
fn a_termination_waits_for_the_registration_that_runs_and_ends_it() {
    run(|mut bench| async move {
        assert_eq!(
            bench.alice.ask(&[A]).await.status(),
            Some(Status::UNAUTHORIZED)
        );
        let request = bench.alice.next(&[A]);
        let (hand, to) = (bench.hand.clone(), bench.alice.next_hop);
        let registering = driver::spawn(async move { hand.request(request, to).await });
        // The REGISTER is on its way to the S-CSCF, or its SAR to us, when the RTR goes out.
        pass(std::time::Duration::from_millis(1)).await;
        let rtr = Rtr {
            reason: ReasonCode::PERMANENT_TERMINATION,
            impus: &[],
            others: &[],
            impi: IMPI,
        };
        let answer = results(&bench.hss.terminate(&rtr).await);
        let response = registering.await.expect("no panic").expect("a response");
        assert_eq!(response.status(), Some(Status::OK));
        // Either it was there and went, or the RTR came first and found nobody: never something between.
        match answer {
            SUCCESS => assert_eq!(bench.held(), 0),
            (None, Some(5001)) => assert_eq!(bench.held(), 1),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn ts29228_6_2_a_pushed_profile_shows_in_the_next_200_and_the_default_identity_stays() {
    run(|mut bench| async move {
        let before = profile(&[
            ("sip:barred@home.example", true),
            ("sip:alice@home.example", false),
            ("tel:+15551", false),
        ]);
        bench.hss.policy.borrow_mut().user_data = before;
        let first = bench.alice.register(&[A]).await;
        let shown = first.header(Name::P_ASSOCIATED_URI);
        assert_eq!(
            shown,
            Some("<sip:alice@home.example>, <tel:+15551>"),
            "barred ones are not shown"
        );
        let after = profile(&[
            ("sip:new@home.example", false),
            ("sip:alice@home.example", false),
            ("tel:+15551", true),
        ]);
        assert_eq!(
            results(&bench.hss.push(Some(&after), None, None).await),
            SUCCESS
        );
        let next = bench.alice.register(&[A]).await;
        let shown = next.header(Name::P_ASSOCIATED_URI);
        assert_eq!(
            shown,
            Some("<sip:alice@home.example>, <sip:new@home.example>")
        );
    });
}

#[test]
fn ts29228_6_2_each_refusal_of_a_push_and_nothing_changes() {
    run(|mut bench| async move {
        let good = profile(&[("sip:alice@home.example", false)]);
        let unknown = bench.hss.push(Some(&good), None, None).await;
        assert_eq!(results(&unknown), (None, Some(5001)));
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let other = profile(&[("sip:somebody@home.example", false)]);
        // More than is taken in, not more than a message holds.
        let large = format!(
            "<IMSSubscription>{}</IMSSubscription>",
            "<x/>".repeat(33_000)
        );
        for (document, result) in [
            ("<IMSSubscription>", (None, Some(5009))),
            (large.as_str(), (None, Some(5008))),
            (other.as_str(), (Some(5012), None)),
        ] {
            let answer = bench.hss.push(Some(document), None, None).await;
            assert_eq!(results(&answer), result);
        }
        let refused = bench
            .hss
            .push(Some(&good), Some("no hexadecimal"), None)
            .await;
        assert_eq!(results(&refused), (Some(5012), None));
        let shown = bench.alice.register(&[A]).await;
        assert_eq!(
            shown.header(Name::P_ASSOCIATED_URI),
            Some("<sip:alice@home.example>")
        );
    });
}

#[test]
fn ts29228_6_2_pushed_credentials_are_those_of_the_next_refresh() {
    run(|mut bench| async move {
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let ha1 = Ha1::of(Algorithm::Md5, IMPI, "home.example", b"new-secret");
        let answer = bench.hss.push(None, Some(ha1.hex().as_str()), None).await;
        assert_eq!(results(&answer), SUCCESS);
        let asked = diameter_requests(&bench.sim).len();
        bench.alice.password = "new-secret";
        bench.alice.challenge = None;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let requests = diameter_requests(&bench.sim);
        let more: Vec<u32> = requests[asked..]
            .iter()
            .map(|request| request.header().command.0)
            .collect();
        assert!(!more.contains(&303), "{more:?}");
    });
}

#[test]
fn charging_addresses_are_for_our_own_network_only_and_a_push_replaces_them() {
    run(|mut bench| async move {
        bench.hss.policy.borrow_mut().ccf = Some("aaa://ccf.home.example");
        let home = (Name::P_VISITED_NETWORK_ID, "\"home.example\"");
        let abroad = (Name::P_VISITED_NETWORK_ID, "\"visited.example\"");
        let shown = bench.alice.register(&[A, home]).await;
        let addresses = shown.header(Name::P_CHARGING_FUNCTION_ADDRESSES);
        assert_eq!(addresses, Some("ccf=\"aaa://ccf.home.example\""));
        let hidden = bench.alice.register(&[A, abroad]).await;
        assert_eq!(hidden.header(Name::P_CHARGING_FUNCTION_ADDRESSES), None);
        let pushed = bench
            .hss
            .push(None, None, Some("aaa://other.home.example"))
            .await;
        assert_eq!(results(&pushed), SUCCESS);
        let shown = bench.alice.register(&[A, home]).await;
        let addresses = shown.header(Name::P_CHARGING_FUNCTION_ADDRESSES);
        assert_eq!(addresses, Some("ccf=\"aaa://other.home.example\""));
    });
}

#[test]
fn ts24229_5_4_1_2_2_an_identity_whose_whole_set_is_barred_is_forbidden_and_not_left_registered() {
    run(|mut bench| async move {
        bench.hss.policy.borrow_mut().user_data = profile(&[("sip:alice@home.example", true)]);
        assert_eq!(
            bench.alice.register(&[A]).await.status(),
            Some(Status::FORBIDDEN)
        );
        let told = [Sat::REGISTRATION.0, Sat::ADMINISTRATIVE_DEREGISTRATION.0];
        assert_eq!(assignments(&bench.sim), told);
        // One that is barred registers the others of its set.
        bench.hss.policy.borrow_mut().user_data =
            profile(&[("sip:alice@home.example", true), ("tel:+15551", false)]);
        let response = bench.alice.register(&[A]).await;
        assert_eq!(
            response.header(Name::P_ASSOCIATED_URI),
            Some("<tel:+15551>")
        );
    });
}

#[test]
fn a_member_of_a_wildcard_registers_with_the_wildcards_set() {
    run(|mut bench| async move {
        bench.hss.policy.borrow_mut().user_data = profile(&[("sip:!.*!@home.example", false)]);
        let response = bench.alice.register(&[A]).await;
        assert_eq!(response.status(), Some(Status::OK));
        assert_eq!(
            response.header(Name::P_ASSOCIATED_URI),
            Some("<sip:alice@home.example>, <sip:!.*!@home.example>")
        );
        let refreshed = bench.alice.register(&[A]).await;
        assert_eq!((refreshed.status(), bench.held()), (Some(Status::OK), 1));
        assert_eq!(assignments(&bench.sim), [Sat::REGISTRATION.0]);
    });
}

#[test]
fn what_the_hss_refuses_has_its_status() {
    for (code, status) in [
        (5001, Status::FORBIDDEN),
        (5002, Status::FORBIDDEN),
        (5005, Status::SERVER_INTERNAL_ERROR),
        (5007, Status::SERVER_INTERNAL_ERROR),
    ] {
        run(|mut bench| async move {
            bench.hss.policy.borrow_mut().refuse = Some(code);
            assert_eq!(
                bench.alice.register(&[A]).await.status(),
                Some(status),
                "{code}"
            );
            assert_eq!(bench.held(), 0);
        });
    }
    for (code, status) in [
        (ResultCode::TOO_BUSY, Status::SERVICE_UNAVAILABLE),
        (ResultCode::UNABLE_TO_DELIVER, Status::SERVER_TIME_OUT),
        (ResultCode::AUTHORIZATION_REJECTED, Status::FORBIDDEN),
        (ResultCode::UNABLE_TO_COMPLY, Status::SERVER_INTERNAL_ERROR),
    ] {
        run(|mut bench| async move {
            bench.hss.policy.borrow_mut().broken = Some(code);
            let response = bench.alice.ask(&[A]).await;
            assert_eq!(response.status(), Some(status), "{code:?}");
            assert_eq!(
                response.header(Name::RETRY_AFTER).is_some(),
                code == ResultCode::TOO_BUSY
            );
        });
    }
}

#[test]
fn a_reload_changes_limits_and_trust_for_the_next_request() {
    run(|mut bench| async move {
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let more = "trusted_peers = [\"10.0.0.9\"]\n[registration]\nmax_expires = 120\ndefault_expires = 120\n";
        let config: scscf::Config = toml::from_str(&scscf_config(SCSCF, more)).expect("readable");
        let reloaded = bench.scscf.reload(config).await.expect("taken");
        assert_eq!(
            reloaded.applied,
            ["registration", "authentication", "trusted_peers"]
        );
        let shortened = bench.alice.register(&[A]).await;
        let shown = shortened.header(Name::CONTACT).expect("bound");
        assert!(shown.ends_with("expires=120"), "{shown}");
    });
}

#[test]
fn an_hss_whose_store_failed_has_not_done_it_and_is_told_again() {
    for failed in [ResultCode::UNABLE_TO_COMPLY, ResultCode(4_001)] {
        run(|mut bench| async move {
            let star = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];
            let fails = |result| bench.hss.policy.borrow_mut().broken = result;
            assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
            fails(Some(failed));
            let refused = bench.alice.register(&star).await.status();
            assert_eq!(refused, Some(Status::SERVER_INTERNAL_ERROR), "{failed:?}");
            assert_eq!(
                bench.held(),
                1,
                "the user has not left before the HSS knows"
            );
            fails(None);
            pass(seconds(40)).await;
            let told = assignments(&bench.sim);
            assert_eq!(told.last(), Some(&Sat::RE_REGISTRATION.0));
            // What runs out it is told again, and then no more.
            fails(Some(failed));
            pass(seconds(600)).await;
            assert_eq!(bench.held(), 0);
            fails(None);
            let before = assignments(&bench.sim).len();
            pass(seconds(300)).await;
            let told = assignments(&bench.sim);
            assert_eq!(told[before..], [Sat::TIMEOUT_DEREGISTRATION.0]);
        });
    }
}

#[test]
fn a_success_that_cannot_be_read_leaves_nobody_registered_at_the_hss() {
    run(|mut bench| async move {
        let challenged = bench.alice.ask(&[A]).await.status();
        assert_eq!(challenged, Some(Status::UNAUTHORIZED));
        bench.hss.policy.borrow_mut().broken = Some(ResultCode::SUCCESS);
        let failed = bench.alice.ask(&[A]).await.status();
        assert_eq!(failed, Some(Status::SERVER_INTERNAL_ERROR));
        assert_eq!(bench.held(), 0);
        bench.hss.policy.borrow_mut().broken = None;
        pass(seconds(300)).await;
        let told = assignments(&bench.sim);
        assert_eq!(
            told.last(),
            Some(&Sat::TIMEOUT_DEREGISTRATION.0),
            "{told:?}"
        );
    });
}

#[test]
fn ts29228_6_2_1_1_a_pushed_profile_is_that_of_every_private_identity_that_shares_the_set() {
    run(|mut bench| async move {
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let shared = register_by(&bench, "alice2@home.example", 1).await;
        assert_eq!((shared.status(), bench.held()), (Some(Status::OK), 2));
        let after = profile(&[
            ("sip:alice@home.example", false),
            ("sip:new@home.example", false),
        ]);
        let pushed = bench.hss.push(Some(&after), None, None).await;
        assert_eq!(results(&pushed), SUCCESS);
        let shown = Some("<sip:alice@home.example>, <sip:new@home.example>");
        let next = bench.alice.register(&[A]).await;
        assert_eq!(next.header(Name::P_ASSOCIATED_URI), shown);
        let next = register_by(&bench, "alice2@home.example", 10).await;
        assert_eq!(next.header(Name::P_ASSOCIATED_URI), shown);
    });
}

#[test]
fn ts29228_6_1_3_a_termination_of_one_set_leaves_the_challenges_of_others() {
    run(|mut bench| async move {
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let mut work = Phone::new(&bench.hand, SCSCF, "alice-work");
        let contact = (Name::CONTACT, "<sip:alice@10.0.0.9:5080>");
        let by_alice = named(IMPI);
        let asked = work.ask(&[contact, (Name::AUTHORIZATION, &by_alice)]).await;
        assert_eq!(asked.status(), Some(Status::UNAUTHORIZED));
        let mut rtr = Rtr {
            reason: ReasonCode::PERMANENT_TERMINATION,
            impus: &["sip:alice@home.example"],
            others: &[],
            impi: IMPI,
        };
        assert_eq!(results(&bench.hss.terminate(&rtr).await), SUCCESS);
        let challenges = || bench.scscf.state()["challenges"].as_u64();
        assert_eq!((bench.held(), challenges()), (0, Some(1)));
        rtr.impus = &["sip:alice-work@home.example"];
        let unknown = bench.hss.terminate(&rtr).await;
        assert_eq!(results(&unknown), (None, Some(5001)));
        assert_eq!(challenges(), Some(0));
    });
}

#[test]
fn ts24229_5_4_1_4_who_leaves_an_s_cscf_that_holds_nothing_is_told_so_where_another_serves() {
    run(|mut bench| async move {
        let star = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];
        bench.hss.policy.borrow_mut().refuse = Some(5005);
        let refused = bench.alice.register(&star).await.status();
        assert_eq!(refused, Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST));
        // Who is held here leaves, whatever the HSS thinks.
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        bench.hss.policy.borrow_mut().refuse = Some(5005);
        assert_eq!(bench.alice.register(&star).await.status(), Some(Status::OK));
        assert_eq!(bench.held(), 0);
    });
}
