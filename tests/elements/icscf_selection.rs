//! Which S-CSCF the I-CSCF chooses, and what it does when that one does not serve (TS 24.229 §5.3.1.3, TS 29.228
//! §6.7), with S-CSCFs played by hand.

use std::collections::BTreeMap;

use diameter_codec::cx::{UarFlags, UserAuthorizationType as Uat, avp};
use driver::dns::{Answer, DnsError, Record, RecordType};
use driver::sip::Endpoint;
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");
const THIRD_SCSCF: u8 = 7;
const FOURTH_SCSCF: u8 = 8;
const ALL: [u8; 4] = [SCSCF, OTHER_SCSCF, THIRD_SCSCF, FOURTH_SCSCF];

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

/// HSS, an I-CSCF with the first `count` S-CSCFs to choose from and `more` keys, and a hand to ask with.
async fn bench(sim: &Sim, count: usize, more: &str) -> (Started, Started, Endpoint<SimIo>) {
    let hss = hss(sim).await;
    let mut config = icscf_config(more);
    for host in ALL.iter().take(count).skip(2) {
        config += &format!("[[scscf]]\nname = \"sip:10.0.0.{host}\"\n");
    }
    let icscf = start::<icscf::Icscf>(sim, ICSCF, config).await;
    (hss, icscf, hand(sim, HAND).await)
}

fn answers(status: Status) -> impl Fn(usize, &Message) -> Message {
    move |_, request| Message::response(request, status)
}

/// User-Authorization-Type and UAR-Flags of every UAR so far.
fn uars(sim: &Sim) -> Vec<(Option<u32>, Option<u32>)> {
    let requests = diameter_requests(sim);
    let uars = requests
        .iter()
        .filter(|request| request.header().command.0 == 300);
    uars.map(|uar| {
        let number = |code| uar.find(code).and_then(|found| found.unsigned32());
        (number(avp::USER_AUTHORIZATION_TYPE), number(avp::UAR_FLAGS))
    })
    .collect()
}

/// What a REGISTER of `phone` is answered.
async fn status_of(phone: &mut Phone, more: &[(Name<'static>, &str)]) -> Option<Status> {
    let mut all = vec![CONTACT];
    all.extend(more);
    phone.ask(&all).await.status()
}

#[test]
fn the_same_user_comes_to_the_same_s_cscf_each_time() {
    run(|sim| async move {
        let (_hss, _icscf, hand) = bench(&sim, 4, "").await;
        let mut got = BTreeMap::new();
        for host in ALL {
            got.insert(
                host,
                neighbour(&sim, host, answers(Status::FORBIDDEN)).await,
            );
        }
        for _ in 0..5 {
            let mut alice = Phone::new(&hand, ICSCF, "alice");
            assert_eq!(status_of(&mut alice, &[]).await, Some(Status::FORBIDDEN));
        }
        let counts: Vec<usize> = got.values().map(|got| got.borrow().len()).collect();
        assert!(counts.contains(&5), "{counts:?}");
    });
}

#[test]
fn no_more_s_cscfs_are_tried_than_configured_and_in_time_for_the_p_cscf() {
    for (tries, at_least) in [("", 20), ("scscf_tries = 2", 10), ("scscf_tries = 1", 0)] {
        run(|sim| async move {
            let (_hss, _icscf, hand) = bench(&sim, 4, tries).await;
            let mut alice = Phone::new(&hand, ICSCF, "alice");
            let began = sim.elapsed();
            assert_eq!(
                status_of(&mut alice, &[]).await,
                Some(Status::SERVER_TIME_OUT)
            );
            let took = sim.elapsed() - began;
            // The P-CSCF gives up after 32 s.
            assert!(took > seconds(at_least) && took < seconds(31), "{took:?}");
            let mut asked: Vec<_> = sim
                .packets()
                .iter()
                .filter(|packet| {
                    packet.from.ip() == ip(ICSCF) && packet.payload.starts_with(b"REGISTER")
                })
                .map(|packet| packet.to)
                .collect();
            asked.sort_unstable();
            asked.dedup();
            let expected = match tries {
                "" => 3,
                "scscf_tries = 2" => 2,
                _ => 1,
            };
            assert_eq!(asked.len(), expected, "{asked:?}");
        });
    }
}

#[test]
fn rfc3263_4_3_one_that_was_silent_is_not_waited_for_again_until_its_time_is_over() {
    run(|sim| async move {
        // Every user's first choice but one is silent.
        let (_hss, icscf, hand) = bench(&sim, 2, "").await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let first = |sim: &Sim| {
            let packets = sim.packets();
            let asked = packets.iter().find(|packet| {
                packet.from.ip() == ip(ICSCF) && packet.payload.starts_with(b"REGISTER")
            });
            asked.map(|packet| packet.to.ip())
        };
        let ask = async |alice: &mut Phone| {
            let began = sim.elapsed();
            let status = status_of(alice, &[]).await;
            (status, sim.elapsed() - began)
        };
        // Nobody is there: this tells which one is alice's first.
        let (status, _) = ask(&mut alice).await;
        assert_eq!(status, Some(Status::SERVER_TIME_OUT));
        let dead = first(&sim).expect("it was asked");
        let alive = if dead == ip(SCSCF) {
            OTHER_SCSCF
        } else {
            SCSCF
        };
        let got = neighbour(&sim, alive, answers(Status::FORBIDDEN)).await;
        pass(seconds(60)).await;

        let (status, took) = ask(&mut alice).await;
        assert_eq!(status, Some(Status::FORBIDDEN));
        assert!(took >= seconds(10) && took < seconds(11), "{took:?}");
        let shown = icscf.state()["candidates"].to_string();
        assert!(shown.contains("\"avoided_for_s\":29"), "{shown}");

        let (status, took) = ask(&mut alice).await;
        assert_eq!(status, Some(Status::FORBIDDEN));
        assert!(took < seconds(1), "{took:?}: it is known to be dead");

        pass(seconds(30)).await;
        let (status, took) = ask(&mut alice).await;
        assert_eq!(status, Some(Status::FORBIDDEN));
        assert!(took >= seconds(10), "{took:?}: it gets another chance");
        // The first request's retransmissions still reach it, now that it is there.
        assert!(got.borrow().len() >= 3);
    });
}

#[test]
fn rfc3261_21_5_4_one_that_asks_for_rest_gets_it() {
    run(|sim| async move {
        let (_hss, _icscf, hand) = bench(&sim, 2, "").await;
        let busy = |_: usize, request: &Message| {
            let mut response = Message::response(request, Status::SERVICE_UNAVAILABLE);
            response.append(Name::RETRY_AFTER, "60 (too busy)");
            response
        };
        let one = neighbour(&sim, SCSCF, busy).await;
        let other = neighbour(&sim, OTHER_SCSCF, busy).await;
        let count = || one.borrow().len() + other.borrow().len();
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        // RFC 3261 §16.7, 6: their 503 is not ours.
        let refused = alice.ask(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::SERVER_INTERNAL_ERROR));
        assert_eq!(refused.header(Name::RETRY_AFTER), Some("60 (too busy)"));
        assert_eq!(count(), 2);
    });
}

#[test]
fn ts24229_5_3_1_3_the_last_ones_480_is_the_answer() {
    run(|sim| async move {
        let (_hss, _icscf, hand) = bench(&sim, 2, "").await;
        let unable = answers(Status::TEMPORARILY_UNAVAILABLE);
        let _one = neighbour(&sim, SCSCF, unable).await;
        let unable = answers(Status::TEMPORARILY_UNAVAILABLE);
        let _other = neighbour(&sim, OTHER_SCSCF, unable).await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        assert_eq!(
            status_of(&mut alice, &[]).await,
            Some(Status::TEMPORARILY_UNAVAILABLE)
        );
    });
}

#[test]
fn ts24229_5_3_1_3_for_an_assigned_s_cscf_that_is_known_to_be_dead_another_is_chosen_at_once() {
    run(|sim| async move {
        let (hss, _icscf, hand) = bench(&sim, 2, "").await;
        let _one = scscf(&sim, SCSCF, "").await;
        let _other = scscf(&sim, OTHER_SCSCF, "").await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let mut bob = Phone::new(&hand, ICSCF, "bob");
        for phone in [&mut alice, &mut bob] {
            assert_eq!(phone.register(&[CONTACT]).await.status(), Some(Status::OK));
        }
        let serving = |user: &str| {
            let shown = hss.state()["subscribers"]["subscriptions"].clone();
            let shown = shown.as_array().cloned().unwrap_or_default();
            let one = shown
                .into_iter()
                .map(|one| one.to_string())
                .find(|one| one.contains(&format!("sip:{user}@home.example")));
            let one = one.unwrap_or_default();
            if one.contains("sip:10.0.0.4") {
                SCSCF
            } else {
                OTHER_SCSCF
            }
        };
        // Silent, not refused: a crashed process would be told of by ICMP at once.
        let dead = serving("alice");
        sim.partition(ip(ICSCF), ip(dead));
        let began = sim.elapsed();
        assert_eq!(alice.register(&[CONTACT]).await.status(), Some(Status::OK));
        let took = sim.elapsed() - began;
        assert!(took >= seconds(10) && took < seconds(12), "{took:?}");
        assert_ne!(serving("alice"), dead);
        let kinds: Vec<Option<u32>> = uars(&sim).iter().map(|(kind, _)| *kind).collect();
        let capabilities = Some(Uat::REGISTRATION_AND_CAPABILITIES.0);
        assert_eq!(
            kinds.iter().filter(|kind| **kind == capabilities).count(),
            1
        );
        // Who else is there is not made to wait.
        let began = sim.elapsed();
        assert_eq!(bob.register(&[CONTACT]).await.status(), Some(Status::OK));
        assert!(sim.elapsed() - began < seconds(1), "known by now");
        assert_ne!(serving("bob"), dead);
    });
}

#[test]
fn ts24229_5_3_1_3_who_leaves_gets_no_other_s_cscf() {
    run(|sim| async move {
        let (hss, _icscf, hand) = bench(&sim, 2, "").await;
        let _one = scscf(&sim, SCSCF, "").await;
        let _other = scscf(&sim, OTHER_SCSCF, "").await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        assert_eq!(alice.register(&[CONTACT]).await.status(), Some(Status::OK));
        sim.crash(ip(SCSCF));
        sim.crash(ip(OTHER_SCSCF));
        let leaving = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];
        assert_eq!(
            alice.ask(&leaving).await.status(),
            Some(Status::SERVER_TIME_OUT)
        );
        let last = uars(&sim).last().copied();
        assert_eq!(last, Some((Some(Uat::DE_REGISTRATION.0), None)));
        assert_eq!(at_hss(&hss, "alice").0, "registered");
    });
}

#[test]
fn ts24229_7_2a_13_an_emergency_registration_is_said_to_be_one() {
    run(|sim| async move {
        let (_hss, _icscf, hand) = bench(&sim, 2, "").await;
        for host in [SCSCF, OTHER_SCSCF] {
            let _got = neighbour(&sim, host, answers(Status::FORBIDDEN)).await;
        }
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        alice.ask(&[CONTACT]).await;
        alice
            .ask(&[(Name::CONTACT, "<sip:alice@10.0.0.9;sos>;expires=60")])
            .await;
        assert_eq!(
            uars(&sim),
            [
                (None, None),
                (None, Some(UarFlags::IMS_EMERGENCY_REGISTRATION.0))
            ]
        );
    });
}

#[test]
fn via_and_route_of_others_reach_the_s_cscf_and_our_own_do_not_come_back() {
    run(|sim| async move {
        let (_hss, _icscf, hand) = bench(&sim, 2, "").await;
        let one = neighbour(&sim, SCSCF, answers(Status::FORBIDDEN)).await;
        let other = neighbour(&sim, OTHER_SCSCF, answers(Status::FORBIDDEN)).await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let more = [
            CONTACT,
            (Name::ROUTE, "<sip:10.0.0.3;lr>, <sip:edge.home.example;lr>"),
            (Name::PATH, "<sip:token@10.0.0.2;lr>"),
        ];
        let answered = alice.ask(&more).await;
        assert_eq!(answered.all(Name::VIA).count(), 0, "the hand took its own");
        let got = [one.borrow().clone(), other.borrow().clone()].concat();
        let [got] = &got[..] else {
            panic!("one S-CSCF is asked once")
        };
        assert_eq!(got.all(Name::VIA).count(), 2);
        assert_eq!(got.header(Name::ROUTE), Some("<sip:edge.home.example;lr>"));
        assert_eq!(got.header(Name::PATH), Some("<sip:token@10.0.0.2;lr>"));
    });
}

#[test]
fn candidates_are_read_again_without_a_restart() {
    run(|sim| async move {
        let (_hss, icscf, hand) = bench(&sim, 2, "").await;
        let got = neighbour(&sim, THIRD_SCSCF, answers(Status::FORBIDDEN)).await;
        let config = icscf_config("scscf_tries = 1")
            .split("[[scscf]]")
            .next()
            .map(|config| format!("{config}[[scscf]]\nname = \"sip:10.0.0.{THIRD_SCSCF}\"\n"));
        let config: icscf::Config =
            toml::from_str(&config.expect("a text")).expect("a configuration");
        let reloaded = icscf.reload(config).await.expect("nothing wrong with it");
        assert!(
            reloaded.applied.contains(&"scscf".to_owned()),
            "{reloaded:?}"
        );
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        assert_eq!(status_of(&mut alice, &[]).await, Some(Status::FORBIDDEN));
        assert_eq!(got.borrow().len(), 1);
    });
}

#[test]
fn what_the_i_cscf_cannot_do_itself_is_503_and_no_s_cscf_is_avoided_for_it() {
    run(|sim| async move {
        let _hss = hss(&sim).await;
        let config = icscf_config("")
            .replace(".4\"\n", ".4;transport=tcp\"\n")
            .replace(".6\"\n", ".6;transport=tcp\"\n")
            .replace(
                "10.0.0.3:5060\"\n",
                "10.0.0.3:5060\"\n[sip.connections]\nmax = 1\n",
            );
        let icscf = start::<icscf::Icscf>(&sim, ICSCF, config).await;
        let unable = answers(Status::TEMPORARILY_UNAVAILABLE);
        let one = neighbour(&sim, SCSCF, unable).await;
        let other = neighbour(&sim, OTHER_SCSCF, answers(Status::TEMPORARILY_UNAVAILABLE)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, ICSCF, "alice");
        // The first one's connection is the only one that there may be.
        let refused = alice.ask(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::SERVICE_UNAVAILABLE));
        assert!(refused.header(Name::RETRY_AFTER).is_some());
        assert_eq!(one.borrow().len() + other.borrow().len(), 1);
        let shown = icscf.state()["candidates"].to_string();
        assert!(!shown.contains("\"avoided_for_s\":2"), "{shown}");
        assert!(!shown.contains("\"avoided_for_s\":3"), "{shown}");
    });
}

#[test]
fn ts24229_5_3_1_3_a_dns_that_is_silent_moves_nobody_to_another_s_cscf() {
    const HOST: &str = "scscf1.home.example";
    run(|sim| async move {
        let _hss = hss(&sim).await;
        let named = |config: String| config.replace("\"sip:10.0.0.4\"", &format!("\"sip:{HOST}\""));
        let config = named(icscf_config("")) + "[dns]\nservers = \"system\"\n";
        let icscf = start::<icscf::Icscf>(&sim, ICSCF, config).await;
        let address = Answer {
            records: vec![Record::Address(ip(SCSCF))],
            ttl: seconds(10),
        };
        sim.set_dns(HOST, RecordType::A, Ok(address));
        let config = named(scscf_config(SCSCF, ""));
        let _scscf = start::<scscf::Scscf>(&sim, SCSCF, config).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, ICSCF, "alice");
        assert_eq!(alice.register(&[CONTACT]).await.status(), Some(Status::OK));
        for asked in [RecordType::Naptr, RecordType::A] {
            sim.set_dns(HOST, asked, Err(DnsError::TimedOut));
        }
        pass(seconds(600)).await;
        let refused = alice.register(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::SERVER_TIME_OUT));
        let capabilities = Some(Uat::REGISTRATION_AND_CAPABILITIES.0);
        assert!(uars(&sim).iter().all(|(kind, _)| *kind != capabilities));
        let shown = icscf.state()["candidates"].to_string();
        let name = format!("\"avoided_for_s\":null,\"capabilities\":[],\"name\":\"sip:{HOST}\"");
        assert!(shown.contains(&name), "{shown}");
    });
}
