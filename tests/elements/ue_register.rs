//! The phone, whose P-CSCF is played by hand (TS 24.229 §5.1.1).

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use driver::io::{Io, Listener};
use sim::{Faults, Sim};
use sip_message::{CSeq, Message, Method, Name, Status, To};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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
        pass(seconds(13)).await;
        assert_eq!(got.borrow().len(), 1, "half of 30 s at the least");
        pass(seconds(17)).await;
        assert_eq!(got.borrow().len(), 2, "30 s at the most");
    });
}

#[test]
fn rfc5626_4_5_while_nothing_answers_the_pause_doubles_and_is_not_the_same_for_all() {
    let mut pauses = Vec::new();
    for seed in 0..20 {
        let first = sim::run(seed, Faults::none(), |sim| async move {
            let times = Rc::new(RefCell::new(Vec::new()));
            let noted = Rc::clone(&times);
            let watched = sim.clone();
            let _got = neighbour(&sim, PCSCF, move |_, request| {
                noted.borrow_mut().push(watched.elapsed());
                Message::response(request, Status::SERVER_TIME_OUT)
            })
            .await;
            let _ue = ue(&sim, PASSWORD, 600).await;
            pass(seconds(10_000)).await;
            let times = times.borrow();
            let waits: Vec<u64> = times
                .windows(2)
                .map(|two| (two[1] - two[0]).as_secs())
                .collect();
            for (wait, longest) in waits.iter().zip([30, 60, 120, 240, 480, 960, 1800, 1800]) {
                assert!((longest / 2..=longest).contains(wait), "{waits:?}");
            }
            waits[0]
        });
        pauses.push(first);
    }
    pauses.sort_unstable();
    pauses.dedup();
    assert!(pauses.len() > 5, "{pauses:?}");
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

#[test]
fn ts24229_5_1_1_4_1_a_refresh_that_the_network_refuses_registers_anew() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            1 => Message::response(request, Status::NOT_FOUND),
            _ => granted(request, 600),
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, PASSWORD, 600).await;
        pass(seconds(301)).await;
        assert_eq!(registration(&ue), "registered");
        let got = got.borrow();
        assert_eq!(got.len(), 3);
        let call_id = |n: usize| got[n].header(Name::CALL_ID).map(str::to_owned);
        assert_eq!(call_id(0), call_id(1));
        assert_ne!(call_id(1), call_id(2), "an initial registration");
    });
}

#[test]
fn rfc3261_20_33_retry_after_is_obeyed() {
    run(|sim| async move {
        let answer = |before: usize, request: &Message| match before {
            0 => {
                let mut response = Message::response(request, Status::SERVER_INTERNAL_ERROR);
                response.append(Name::RETRY_AFTER, "77 (busy)");
                response
            }
            _ => granted(request, 600),
        };
        let got = neighbour(&sim, PCSCF, answer).await;
        let ue = ue(&sim, PASSWORD, 600).await;
        pass(seconds(76)).await;
        assert_eq!(got.borrow().len(), 1);
        pass(seconds(2)).await;
        assert_eq!(got.borrow().len(), 2);
        assert_eq!(registration(&ue), "registered");
    });
}

#[test]
fn rfc5626_4_2_two_p_cscfs_are_two_registrations_of_one_instance() {
    run(|sim| async move {
        // The second one answers with both bindings, as a registrar does.
        let first = neighbour(&sim, PCSCF, |_, request| {
            let mut response = Message::response(request, Status::OK);
            response.append(
                Name::CONTACT,
                "<sip:alice@10.0.0.11:5060>;reg-id=2;expires=7",
            );
            response.append(
                Name::CONTACT,
                "<sip:alice@10.0.0.11:5060>;reg-id=1;expires=600",
            );
            response
        })
        .await;
        let second = neighbour(&sim, OTHER_SCSCF, |_, request| {
            Message::response(request, Status::SERVICE_UNAVAILABLE)
        })
        .await;
        let ue = ue_with(
            &sim,
            &alice("password = \"alice-secret\""),
            "[\"10.0.0.2:5060\", \"10.0.0.6:5060\"]",
        )
        .await;
        pass(seconds(1)).await;
        let state = ue.state();
        assert_eq!(state["registration"], "registered");
        let left = state["expires_in_s"].as_u64().expect("a number");
        assert!(
            (597..=599).contains(&left),
            "{left}: not that of its own reg-id"
        );
        assert_eq!(state["registrations"][1]["registration"], "failed");
        let contact = |got: &Got| {
            let got = got.borrow();
            assert!(
                got[0]
                    .elements(Name::SUPPORTED)
                    .any(|tag| tag == "outbound")
            );
            got[0].header(Name::CONTACT).unwrap_or_default().to_owned()
        };
        let (one, two) = (contact(&first), contact(&second));
        assert!(
            one.ends_with(";reg-id=1") && two.ends_with(";reg-id=2"),
            "{one} {two}"
        );
        let instance = |contact: &str| contact.split(';').nth(2).map(str::to_owned);
        assert!(instance(&one).is_some_and(|urn| urn.starts_with("+sip.instance=\"<urn:uuid:")));
        assert_eq!(instance(&one), instance(&two));
    });
}

#[test]
fn ts24229_5_1_1_6_all_p_cscfs_are_left_at_once_and_those_too_where_a_refresh_failed() {
    run(|sim| async move {
        let home = |status| {
            move |before: usize, request: &Message| match before {
                0 => granted(request, 600),
                _ => Message::response(request, status),
            }
        };
        let silent = neighbour(&sim, PCSCF, home(Status::OK)).await;
        let busy = neighbour(&sim, OTHER_SCSCF, home(Status::SERVER_INTERNAL_ERROR)).await;
        let user = alice("password = \"alice-secret\"");
        let ue = ue_with(&sim, &user, "[\"10.0.0.2:5060\", \"10.0.0.6:5060\"]").await;
        pass(seconds(200)).await;
        sim.partition(ip(UE), ip(PCSCF));
        // The refresh of 300 s fails, the grant lasts to 600 s.
        pass(seconds(102)).await;
        assert_eq!((silent.borrow().len(), busy.borrow().len()), (1, 2));
        let leaving = driver::spawn(async move { ue.stop().await });
        pass(seconds(1)).await;
        assert_eq!(busy.borrow().len(), 3);
        assert_eq!(busy.borrow()[2].header(Name::EXPIRES), Some("0"));
        leaving.abort();
    });
}

#[test]
fn rfc5626_4_5_a_flow_that_fails_within_120_s_is_a_failure_to_pause_for() {
    run(|sim| async move {
        let host = sim.host(ip(PCSCF));
        let listener = host.listen(at(PCSCF)).await.expect("listening");
        let registers = Rc::new(RefCell::new(0));
        let count = Rc::clone(&registers);
        let _closing = driver::spawn(async move {
            while let Ok(mut stream) = listener.accept().await {
                let mut octets = vec![0; 4096];
                let read = stream.read(&mut octets).await.unwrap_or(0);
                octets.truncate(read);
                let Ok(request) = Message::parse(Bytes::from(octets)) else {
                    continue;
                };
                *count.borrow_mut() += 1;
                let response = granted(&request, 3600).to_bytes();
                stream.write_all(&response).await.expect("written");
                pass(seconds(1)).await;
            }
        });
        let user = alice("password = \"alice-secret\"\ntransport = \"tcp\"\nkeep_alive_s = 10");
        let ue = ue_with(&sim, &user, "\"10.0.0.2:5060\"").await;
        pass(seconds(600)).await;
        // After 30, 60, 120, 240 s at the longest, half of it at the least.
        let count = *registers.borrow();
        assert!((4..=8).contains(&count), "{count}");
        assert_eq!(registration(&ue), "failed");
    });
}
