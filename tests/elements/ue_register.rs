//! The phone, whose P-CSCF is played by hand (TS 24.229 §5.1.1).

use sim::{Faults, Sim};
use sip_message::{CSeq, Message, Method, Name, Status, To};

use crate::bench::*;

const PASSWORD: &str = "alice-secret";

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

fn registration(ue: &Started) -> String {
    ue.state()["registration"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn ts24229_5_1_1_4_1_refreshed_600_s_before_the_end_or_at_half_the_time() {
    for (granted_s, refreshed_after) in [(7200, 6600), (1201, 601), (1200, 600), (60, 30)] {
        run(|sim| async move {
            let got = neighbour(&sim, PCSCF, move |_, request| granted(request, granted_s)).await;
            let ue = ue(&sim, PASSWORD, 600_000).await;
            pass(seconds(1)).await;
            assert_eq!(
                (registration(&ue).as_str(), got.borrow().len()),
                ("registered", 1)
            );
            pass(seconds(refreshed_after - 2)).await;
            assert_eq!(got.borrow().len(), 1, "{granted_s}");
            pass(seconds(2)).await;
            assert_eq!(got.borrow().len(), 2, "{granted_s}");
            let cseq = |n: usize| {
                got.borrow()[n]
                    .read::<CSeq<'_>>()
                    .ok()
                    .flatten()
                    .map(|cseq| cseq.seq)
            };
            assert!(cseq(0) < cseq(1), "RFC 3261 §10.2.4");
            assert_eq!(
                got.borrow()[0].header(Name::CALL_ID),
                got.borrow()[1].header(Name::CALL_ID)
            );
        });
    }
}

#[test]
fn ts24229_5_1_1_2_1_after_423_it_asks_for_what_the_registrar_takes() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            0 => {
                let mut response = Message::response(request, Status::INTERVAL_TOO_BRIEF);
                response.append(Name::MIN_EXPIRES, "3600");
                response
            }
            _ => granted(request, 3600),
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, PASSWORD, 60).await;
        pass(seconds(1)).await;
        assert_eq!(registration(&ue), "registered");
        let asked: Vec<Option<String>> = got
            .borrow()
            .iter()
            .map(|request| request.header(Name::EXPIRES).map(str::to_owned))
            .collect();
        assert_eq!(asked, [Some("60".to_owned()), Some("3600".to_owned())]);
    });
}

#[test]
fn ts24229_5_1_1_2_1_a_423_that_cannot_be_obeyed_is_no_endless_loop() {
    run(|sim| async move {
        let got = neighbour(&sim, PCSCF, |_, request| {
            Message::response(request, Status::INTERVAL_TOO_BRIEF)
        })
        .await;
        let ue = ue(&sim, PASSWORD, 60).await;
        pass(seconds(3600)).await;
        assert_eq!(
            (registration(&ue).as_str(), got.borrow().len()),
            ("failed", 1)
        );
    });
}

#[test]
fn rfc7616_3_3_a_stale_nonce_is_answered_anew_without_failing() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            0 => challenged(request, "first", ""),
            1 => challenged(request, "second", ", stale=TRUE"),
            _ => granted(request, 600),
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, PASSWORD, 600).await;
        pass(seconds(1)).await;
        assert_eq!(registration(&ue), "registered");
        let authorization = |n: usize| {
            got.borrow()[n]
                .header(Name::AUTHORIZATION)
                .unwrap_or_default()
                .to_owned()
        };
        assert!(
            authorization(0).contains("response=\"\""),
            "TS 24.229 §5.1.1.2.2"
        );
        assert!(authorization(1).contains("nonce=\"first\""));
        assert!(
            authorization(2).contains("nonce=\"second\"")
                && authorization(2).contains("nc=00000001")
        );
        // RFC 7616 §3.4: the refresh uses the nonce again, with the next count.
        pass(seconds(300)).await;
        assert!(
            authorization(3).contains("nonce=\"second\"")
                && authorization(3).contains("nc=00000002")
        );
    });
}

#[test]
fn a_wrong_password_ends_in_a_failure_that_says_so_and_is_not_tried_again() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            0 | 1 => challenged(request, &format!("n{before}"), ""),
            _ => Message::response(request, Status::FORBIDDEN),
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, "not-hers", 600).await;
        pass(seconds(7200)).await;
        assert_eq!(
            (registration(&ue).as_str(), got.borrow().len()),
            ("failed", 3)
        );
        let problem = ue.state()["problem"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            problem.starts_with("403") && problem.contains("password"),
            "{problem}"
        );
        assert!(
            !ue.state().to_string().contains("not-hers"),
            "no secret is shown"
        );
    });
}

#[test]
fn rfc5626_4_5_a_200_without_the_phones_contact_is_tried_again_after_a_pause() {
    run(|sim| async move {
        let got = neighbour(&sim, PCSCF, |_, request| granted(request, 0)).await;
        let ue = ue(&sim, PASSWORD, 600).await;
        pass(seconds(1)).await;
        assert_eq!(
            (registration(&ue).as_str(), got.borrow().len()),
            ("failed", 1)
        );
        pass(seconds(30)).await;
        assert_eq!(got.borrow().len(), 2);
    });
}

#[test]
fn rfc5626_4_5_while_nothing_answers_the_pause_doubles() {
    run(|sim| async move {
        let got = neighbour(&sim, PCSCF, |_, request| {
            Message::response(request, Status::SERVER_TIME_OUT)
        })
        .await;
        let _ue = ue(&sim, PASSWORD, 600).await;
        for (wait, tries) in [(1, 1), (28, 1), (2, 2), (58, 2), (2, 3), (118, 3), (2, 4)] {
            pass(seconds(wait)).await;
            assert_eq!(got.borrow().len(), tries, "at {:?}", sim.elapsed());
        }
    });
}

#[test]
fn ts24229_5_1_1_6_a_phone_that_stops_deregisters() {
    run(|sim| async move {
        let answer =
            |before: usize, request: &Message| granted(request, if before == 0 { 600 } else { 0 });
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, PASSWORD, 600).await;
        pass(seconds(1)).await;
        ue.stop().await;
        let got = got.borrow();
        assert_eq!(got.len(), 2);
        assert_eq!(got[1].header(Name::EXPIRES), Some("0"));
        assert!(
            got[1]
                .header(Name::CONTACT)
                .is_some_and(|contact| contact.ends_with(";expires=0"))
        );
    });
}

#[test]
fn rfc3261_11_2_options_are_answered_with_allow_and_a_to_tag() {
    run(|sim| async move {
        let _got = neighbour(&sim, PCSCF, |_, request| granted(request, 600)).await;
        let _ue = ue(&sim, PASSWORD, 600).await;
        let hand = hand(&sim, HAND).await;
        let mut request = Message::request(Method::OPTIONS, "sip:alice@10.0.0.11");
        for (name, value) in [
            (Name::MAX_FORWARDS, "70"),
            (Name::FROM, "<sip:bob@home.example>;tag=1"),
            (Name::TO, "<sip:alice@home.example>"),
            (Name::CALL_ID, "options"),
            (Name::CSEQ, "1 OPTIONS"),
        ] {
            request.append(name, value);
        }
        let response = hand.request(request, at(UE)).await.expect("answered");
        assert_eq!(response.status(), Some(Status::OK));
        assert_eq!(response.header(Name::ALLOW), Some("OPTIONS"));
        let to = response.read::<To<'_>>().expect("readable").expect("there");
        assert!(to.tag().is_some());
    });
}
