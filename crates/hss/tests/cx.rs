//! The whole HSS in a simulation: frames in, frames out.

mod frames;
mod hss_host;
mod subscribers;

use frames::*;
use hss::Hss;
use hss_host::*;
use process::{Element, Host};
use sim::{Faults, Sim};
use subscribers::*;

#[test]
fn uar_to_uaa_octet_by_octet() {
    with_hss(async |_, _, mut stream| {
        let restoration = |m: bool| {
            let group = [
                ietf(266, &10_415u32.to_be_bytes()),
                tgpp_clear(629, &1u32.to_be_bytes()),
                tgpp_clear(630, &4u32.to_be_bytes()),
            ];
            if m {
                tgpp(628, &group.concat())
            } else {
                tgpp_clear(628, &group.concat())
            }
        };
        let proxy_info = ietf(
            284,
            &[ietf(280, b"relay.example"), ietf(33, b"st8")].concat(),
        );
        let asked = request(
            UAR,
            &[
                ietf(1, A1.as_bytes()),
                tgpp(601, b"sip:alice@HOME.example"),
                tgpp(600, b"visited.example"),
                tgpp(623, &0u32.to_be_bytes()),
                restoration(true),
                proxy_info.clone(),
            ],
        );
        let uaa = ask(&mut stream, &asked).await;
        let wanted = frame(
            ANSWER,
            UAR,
            CX,
            &[
                ietf(263, b"s1.home.example;1;2"),
                application(),
                ietf(
                    297,
                    &[
                        ietf(266, &10_415u32.to_be_bytes()),
                        ietf(298, &2001u32.to_be_bytes()),
                    ]
                    .concat(),
                ),
                ietf(277, &1u32.to_be_bytes()),
                ietf(264, b"hss.home.example"),
                ietf(296, b"home.example"),
                restoration(false),
                tgpp(
                    603,
                    &[
                        tgpp(604, &1u32.to_be_bytes()),
                        tgpp(604, &2u32.to_be_bytes()),
                        tgpp(605, &3u32.to_be_bytes()),
                        tgpp(602, b"sip:s1.home.example"),
                    ]
                    .concat(),
                ),
                proxy_info,
            ],
        );
        assert_eq!(uaa, wanted, "\n{uaa:02x?}\n{wanted:02x?}");
    });
}

#[test]
fn a_registration_from_uar_to_saa_and_its_state() {
    with_hss(async |_, running, mut stream| {
        assert_eq!(result(&ask(&mut stream, &uar(A1, ALICE)).await), -2001);

        let item = tgpp(612, &tgpp(608, b"SIP Digest"));
        let mar = |item: Vec<u8>| {
            let [impi, impu] = pair(A1, ALICE);
            let name = tgpp(602, b"sip:s1.home.example");
            request(
                MAR,
                &[impi, impu, item, tgpp(607, &1u32.to_be_bytes()), name],
            )
        };
        let maa = ask(&mut stream, &mar(item)).await;
        assert_eq!(result(&maa), 2001);
        let item = one(&maa[20..], 612).unwrap();
        assert_eq!(one(&item, 608).unwrap(), b"SIP Digest");
        let digest = one(&item, 635).unwrap();
        assert_eq!(one(&digest, 104).unwrap(), b"home.example");
        assert_eq!(one(&digest, 110).unwrap(), b"auth");
        // printf 'a1@home.example:home.example:wonderland' | md5sum, sha256sum
        assert_eq!(
            one(&digest, 121).unwrap(),
            b"eac86fe1a8554cd8e21b1f9e62cdbf31"
        );
        assert_eq!(one(&digest, 111), None);
        assert_eq!(one(&digest, 662).unwrap(), b"SHA-256");
        assert_eq!(one(&digest, 663).unwrap(), SHA_256);
        assert_eq!(one(&maa[20..], 1).unwrap(), A1.as_bytes());
        let aka = ask(
            &mut stream,
            &mar(tgpp(612, &tgpp(608, b"Digest-AKAv1-MD5"))),
        )
        .await;
        assert_eq!(result(&aka), -5006);

        // A challenge is out: the S-CSCF that made it is named.
        let uaa = ask(&mut stream, &uar(A1, ALICE)).await;
        assert_eq!(
            (result(&uaa), one(&uaa[20..], 602).unwrap()),
            (-2002, b"sip:s1.home.example".to_vec())
        );

        let saa = ask(&mut stream, &sar(1, "s1", &pair(A1, ALICE))).await;
        assert_eq!(result(&saa), 2001);
        assert_eq!(one(&saa[20..], 1).unwrap(), A1.as_bytes());
        let profile = user_profile::ImsSubscription::read(&one(&saa[20..], 606).unwrap()).unwrap();
        assert_eq!(profile.default_public_identity().unwrap().identity, ALICE);
        assert_eq!(
            one(&one(&saa[20..], 618).unwrap(), 621).unwrap(),
            b"aaa://cdf.home.example"
        );
        assert_eq!(every(&one(&saa[20..], 632).unwrap(), 1), [A2.as_bytes()]);
        assert_eq!(one(&saa[20..], 647), None);
        let saa = ask(&mut stream, &sar(1, "s1", &pair(A2, ALICE))).await;
        assert_eq!(
            every(&one(&saa[20..], 647).unwrap(), 1),
            [A1.as_bytes(), A2.as_bytes()]
        );

        let state = running.state().to_string();
        for shown in [
            "\"state\":\"registered\"",
            "\"scscf\":\"sip:s1.home.example\"",
            A1,
            "\"provisioned\":3",
        ] {
            assert!(state.contains(shown), "{shown} in {state}");
        }
        for secret in [
            "eac86fe1",
            "wonderland",
            std::str::from_utf8(SHA_256).unwrap(),
        ] {
            assert!(!state.contains(secret), "{state}");
        }
    });
}

const SHA_256: &[u8] = b"d54d07f18e6efdde031ea9789efeedc76cf52f922e71802deae8e5f0e9a8e72e";

#[test]
fn c04_missing_and_malformed_avps_are_answered_with_failed_avp() {
    with_hss(async |_, _, mut stream| {
        let [impi, impu] = pair(A1, ALICE);
        let name = tgpp(602, b"sip:s1.home.example");
        let sat = tgpp(614, &1u32.to_be_bytes());
        let udaa = tgpp(624, &0u32.to_be_bytes());
        let zeros = |code: u32, length: usize| tgpp(code, &vec![0; length]);
        let cases = [
            (
                vec![impi.clone(), impu.clone(), sat.clone(), udaa.clone()],
                5005,
                zeros(602, 0),
            ),
            (
                vec![impi.clone(), impu.clone(), name.clone(), udaa.clone()],
                5005,
                zeros(614, 4),
            ),
            (
                vec![impi.clone(), impu.clone(), name.clone(), sat.clone()],
                5005,
                zeros(624, 4),
            ),
            (
                vec![impu.clone(), name.clone(), sat.clone(), udaa.clone()],
                5005,
                ietf(1, b""),
            ),
            (
                vec![impi.clone(), name.clone(), sat.clone(), udaa.clone()],
                5005,
                zeros(601, 0),
            ),
            (
                vec![name.clone(), tgpp(614, &5u32.to_be_bytes()), udaa.clone()],
                5005,
                ietf(1, b""),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    name.clone(),
                    tgpp(614, &14u32.to_be_bytes()),
                    udaa.clone(),
                ],
                5004,
                tgpp(614, &14u32.to_be_bytes()),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    name.clone(),
                    sat.clone(),
                    tgpp(624, &7u32.to_be_bytes()),
                ],
                5004,
                tgpp(624, &7u32.to_be_bytes()),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    tgpp(602, b"\xFF\xFE"),
                    sat.clone(),
                    udaa.clone(),
                ],
                5004,
                tgpp(602, b"\xFF\xFE"),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    name.clone(),
                    tgpp(614, &[0, 1]),
                    udaa.clone(),
                ],
                5014,
                tgpp(614, &[0, 1]),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    tgpp(601, TEL.as_bytes()),
                    name.clone(),
                    sat.clone(),
                    udaa.clone(),
                ],
                5009,
                tgpp(601, TEL.as_bytes()),
            ),
            (
                vec![
                    impi.clone(),
                    impi.clone(),
                    impu.clone(),
                    name.clone(),
                    sat.clone(),
                    udaa.clone(),
                ],
                5009,
                impi.clone(),
            ),
            (
                vec![
                    impi.clone(),
                    impu.clone(),
                    name.clone(),
                    sat.clone(),
                    udaa.clone(),
                    ietf(9999, b"x"),
                ],
                5001,
                ietf(9999, b"x"),
            ),
        ];
        for (avps, code, failed) in cases {
            let saa = ask(&mut stream, &request(SAR, &avps)).await;
            assert_eq!(result(&saa), code, "{avps:02x?}");
            assert_eq!(one(&saa[20..], 279), Some(failed), "{code}");
            assert_eq!(one(&saa[20..], 263).unwrap(), b"s1.home.example;1;2");
            assert_eq!(saa[4], ANSWER);
        }
        // Nothing of it was done.
        assert_eq!(result(&ask(&mut stream, &uar(A1, ALICE)).await), -2001);
        // SIP-Authentication-Scheme is missing in its group, and Failed-AVP shows the way down.
        let empty = tgpp(612, b"");
        let mar = request(
            MAR,
            &[impi, impu, empty, tgpp(607, &1u32.to_be_bytes()), name],
        );
        let maa = ask(&mut stream, &mar).await;
        assert_eq!(
            (result(&maa), one(&maa[20..], 279)),
            (5005, Some(tgpp(612, &zeros(608, 0))))
        );
    });
}

/// bob's subscription names no S-CSCF: the HSS proposes those that it knows, in the same order each time.
#[test]
fn a_user_without_wishes_is_given_to_one_of_the_known_scscfs() {
    with_hss(async |_, _, mut stream| {
        let names = |answer: &[u8]| every(&one(&answer[20..], 603).unwrap(), 602);
        let uaa = ask(&mut stream, &uar(B1, BOB)).await;
        let first = names(&uaa);
        let mut sorted = first.clone();
        sorted.sort();
        assert_eq!(sorted, [b"sip:s1.home.example", b"sip:s2.home.example"]);
        assert_eq!(names(&ask(&mut stream, &uar(B1, BOB)).await), first);
        // alice's subscription names its S-CSCF, and that is what a call for her gets.
        let lir = request(LIR, &[tgpp(601, OFFICE.as_bytes())]);
        let lia = ask(&mut stream, &lir).await;
        let named = vec![b"sip:s1.home.example".to_vec()];
        assert_eq!((result(&lia), names(&lia)), (-2003, named));
        // Another S-CSCF instead of one that is dead is chosen among the same (TS 29.228 §6.1.1.1).
        let [impi, impu] = pair(B1, BOB);
        let again = [
            impi,
            impu,
            tgpp(600, b"home.example"),
            tgpp(623, &2u32.to_be_bytes()),
        ];
        let uaa = ask(&mut stream, &request(UAR, &again)).await;
        assert_eq!(
            (result(&uaa), one(&uaa[20..], 602), names(&uaa)),
            (2001, None, first)
        );
    });
}

/// Kamailio 5.6's S-CSCF: AVP 494 of vendor 50 in its SARs, and RE_REGISTRATION straight after a deregistration.
#[test]
fn what_kamailio_sends_is_taken_and_what_it_needs_is_there() {
    with_hss(async |_, _, mut stream| {
        let [impi, impu] = pair(B1, BOB);
        let item = tgpp(612, &tgpp(608, b"SIP Digest"));
        let (count, name) = (
            tgpp(607, &1u32.to_be_bytes()),
            tgpp(602, b"sip:s1.home.example"),
        );
        let mar = request(MAR, &[impi.clone(), impu.clone(), item, count, name]);
        let maa = ask(&mut stream, &mar).await;
        assert_eq!(one(&maa[20..], 607).unwrap(), 1u32.to_be_bytes());
        assert_eq!(every(&maa[20..], 612).len(), 1);
        assert!(one(&maa[20..], 1).is_some() && one(&maa[20..], 601).is_some());
        let odd = avp(494, 0x80, 50, b"odd");
        for (sat, has_profile) in [(1, true), (5, false), (2, true), (2, true), (5, false)] {
            let saa = sar(sat, "s1", &[impi.clone(), impu.clone(), odd.clone()]);
            let saa = ask(&mut stream, &saa).await;
            assert_eq!(result(&saa), 2001, "{sat}");
            let profile = one(&saa[20..], 606).map(|xml| String::from_utf8(xml).unwrap());
            let parts = [
                "<IMSSubscription>",
                "<PrivateID>bob@",
                "<ServiceProfile>",
                "<Identity>sip:bob@",
            ];
            let whole = |xml: &String| parts.iter().all(|part| xml.contains(part));
            assert_eq!(
                profile.as_ref().is_some_and(whole),
                has_profile,
                "{sat} {profile:?}"
            );
        }
    });
}

#[test]
fn c06_another_scscf_is_told_the_stored_name_on_the_wire() {
    with_hss(async |_, _, mut stream| {
        assert_eq!(
            result(&ask(&mut stream, &sar(1, "s1", &pair(A1, ALICE))).await),
            2001
        );
        let saa = ask(&mut stream, &sar(1, "s2", &pair(A1, ALICE))).await;
        assert_eq!(
            (result(&saa), one(&saa[20..], 602).unwrap()),
            (-5005, b"sip:s1.home.example".to_vec())
        );
        assert_eq!((one(&saa[20..], 268), one(&saa[20..], 606)), (None, None));
    });
}

#[test]
fn procedures_on_one_subscription_that_come_together_run_one_after_another() {
    with_hss(async |_, running, mut stream| {
        let mut together = Vec::new();
        let asked: Vec<(&str, &str)> = [("s1", A1), ("s2", A1), ("s1", A2), ("s2", A2)].repeat(25);
        for (name, impi) in &asked {
            together.extend(sar(1, name, &pair(impi, ALICE)));
        }
        let mut results = vec![result(&ask(&mut stream, &together).await)];
        for _ in 1..asked.len() {
            results.push(result(&ask(&mut stream, &[]).await));
        }
        // All of them loaded the subscription while it had no S-CSCF; one S-CSCF has it in the end.
        let [served, refused] =
            [2001, -5005].map(|code| results.iter().filter(|it| **it == code).count());
        assert_eq!((served, refused), (50, 50));
        let state = running.state().to_string();
        assert!(
            state.contains(&format!("\"registered_by\":[\"{A1}\",\"{A2}\"]")),
            "{state}"
        );
    });
}

#[test]
fn a_decision_that_changes_nothing_is_made_on_what_the_one_before_left() {
    with_hss(async |_, running, mut stream| {
        let of_pair = |sat| sar(sat, "s1", &pair(A1, ALICE));
        // REGISTRATION and USER_DEREGISTRATION in one write: both find the user not registered; and the other way.
        for (together, registered) in [([1, 5], false), ([1, 1], true), ([5, 1], true)] {
            let octets = together.map(of_pair).concat();
            assert_eq!(result(&ask(&mut stream, &octets).await), 2001);
            assert_eq!(result(&ask(&mut stream, &[]).await), 2001);
            let state = running.state().to_string();
            let by_alice = format!("\"registered_by\":[\"{A1}\"]");
            assert_eq!(
                state.contains(&by_alice),
                registered,
                "{together:?}: {state}"
            );
        }
    });
}

#[test]
fn c09_a_backup_comes_back_octet_by_octet() {
    with_hss(async |_, _, mut stream| {
        let features = tgpp_clear(
            628,
            &[
                ietf(266, &10_415u32.to_be_bytes()),
                tgpp_clear(629, &1u32.to_be_bytes()),
                tgpp_clear(630, &4u32.to_be_bytes()),
            ]
            .concat(),
        );
        // With an AVP of a later release inside, which is to survive.
        let registration = [
            tgpp_clear(640, b"<sip:pcscf;lr>"),
            tgpp_clear(641, b"<sip:a@10.0.0.9>;reg-id=1"),
            avp(7777, 0x80, 99_999, b"later"),
        ];
        let backup = tgpp_clear(
            639,
            &[
                ietf(1, A1.as_bytes()),
                tgpp_clear(649, &registration.concat()),
            ]
            .concat(),
        );
        let [impi, impu] = pair(A1, ALICE);
        let stored = sar(
            1,
            "s1",
            &[impi.clone(), impu.clone(), backup.clone(), features.clone()],
        );
        let saa = ask(&mut stream, &stored).await;
        assert_eq!((result(&saa), one(&saa[20..], 639)), (2001, None));
        let read = sar(0, "s1", &[impi, impu, features]);
        let saa = ask(&mut stream, &read).await;
        assert_eq!(
            (result(&saa), one(&saa[20..], 639).unwrap()),
            (2001, backup[12..].to_vec())
        );
    });
}

#[test]
fn identities_that_are_unknown_or_of_others() {
    with_hss(async |_, _, mut stream| {
        for (impi, impu, wanted) in [
            ("nobody@home.example", ALICE, -5001),
            (A1, "sip:nobody@home.example", -5001),
            (A1, BOB, -5002),
            (A2, OFFICE, -5002),
            (C1, CAROL, 5003),
        ] {
            assert_eq!(
                result(&ask(&mut stream, &uar(impi, impu)).await),
                wanted,
                "{impi} {impu}"
            );
        }
        let lir = request(LIR, &[tgpp(601, BOB.as_bytes())]);
        assert_eq!(result(&ask(&mut stream, &lir).await), -5003);
    });
}

#[test]
fn a_feature_that_we_lack_and_the_request_needs() {
    with_hss(async |_, _, mut stream| {
        let needs = tgpp(
            628,
            &[
                ietf(266, &10_415u32.to_be_bytes()),
                tgpp_clear(629, &1u32.to_be_bytes()),
                tgpp_clear(630, &1u32.to_be_bytes()),
            ]
            .concat(),
        );
        let [impi, impu] = pair(A1, ALICE);
        let uaa = ask(
            &mut stream,
            &request(UAR, &[impi, impu, tgpp(600, b"home.example"), needs]),
        )
        .await;
        assert_eq!(result(&uaa), -5011);
        assert_eq!(
            one(&one(&uaa[20..], 628).unwrap(), 630).unwrap(),
            4u32.to_be_bytes()
        );
    });
}

#[test]
fn what_was_answered_is_there_after_a_crash() {
    with_file(FILE, async |sim, mut stream| {
        assert_eq!(
            result(&ask(&mut stream, &sar(1, "s1", &pair(A1, ALICE))).await),
            2001
        );
        let mut stream = crash_and_restart(sim, FILE).await;
        let uaa = ask(&mut stream, &uar(A1, TEL)).await;
        assert_eq!(
            (result(&uaa), one(&uaa[20..], 602).unwrap()),
            (-2002, b"sip:s1.home.example".to_vec())
        );
    });
}

#[test]
fn a_subscriber_file_that_is_wrong_keeps_the_hss_from_starting() {
    sim::run(1, Faults::default(), async |sim: Sim| {
        let io = sim.host(HSS);
        let directory = io.directory().unwrap();
        let config = config(&directory);
        std::fs::write(&config.subscribers, FILE.replace("\"realm\"", "\"relm\"")).unwrap();
        let Err(error) = Hss::start(config, Host::new("hss", io)).await else {
            panic!("it started")
        };
        let text = error.to_string();
        assert!(matches!(error, process::StartError::Config(_)));
        for said in ["subscribers.json", "relm", "way out"] {
            assert!(text.contains(said), "{said} in {text}");
        }
    });
}
