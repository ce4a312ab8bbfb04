//! RTR and PPR: what makes the HSS send them, what their answers come to, and that none is lost.

mod frames;
mod hss_host;
mod subscribers;

use std::time::Duration;

use frames::*;
use hss::{Hss, MAX_IMPUS};
use hss_host::*;
use process::{CommandError, Element, Host, Running};
use serde_json::{Value, json};
use sim::{Faults, Sim, Stream};
use subscribers::*;
use tokio::time::{Instant, timeout};

async fn register(stream: &mut Stream, name: &str, impi: &str, impu: &str) {
    let saa = ask(stream, &sar(1, name, &pair(impi, impu))).await;
    assert_eq!(result(&saa), 2001);
}

/// What UAR says of the pair: -2001 not registered, -2002 registered.
async fn state(stream: &mut Stream, impi: &str, impu: &str) -> i64 {
    result(&ask(stream, &uar(impi, impu)).await)
}

/// Calls the admin port's command in a task of its own.
fn call(
    running: &Running,
    path: &str,
    body: Value,
) -> tokio::task::JoinHandle<Result<Value, CommandError>> {
    let commands = running.commands().to_vec();
    let command = commands
        .into_iter()
        .find(|command| command.path() == path)
        .unwrap();
    driver::spawn(async move { command.run(body).await })
}

async fn nothing_comes(stream: &mut Stream, within: Duration) {
    let request = timeout(within, next_request(stream)).await;
    assert!(request.is_err(), "{request:02x?}");
}

fn text(message: &[u8], code: u32) -> Vec<String> {
    let texts = every(&message[20..], code).into_iter();
    texts.map(|data| String::from_utf8(data).unwrap()).collect()
}

/// Reason-Code and Reason-Info.
fn reason(rtr: &[u8]) -> (u32, Option<Vec<u8>>) {
    let group = one(&rtr[20..], 615).unwrap();
    let code = one(&group, 616).unwrap().try_into().unwrap();
    (u32::from_be_bytes(code), one(&group, 617))
}

fn first_result(answer: &Value) -> &str {
    answer["notices"][0]["result"].as_str().unwrap()
}

#[test]
fn an_rtr_by_call_octet_by_octet_and_the_state_after_its_answer() {
    with_hss(async |_, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        register(&mut stream, "s1", A1, OFFICE).await;
        let called = call(
            &running,
            "/deregister",
            json!({ "private_identity": A1, "reason": "PERMANENT_TERMINATION", "info": "unpaid" }),
        );
        let rtr = next_request(&mut stream).await;
        let session = one(&rtr[20..], 263).unwrap();
        let features = [
            ietf(266, &10_415u32.to_be_bytes()),
            tgpp_clear(629, &1u32.to_be_bytes()),
            tgpp_clear(630, &4u32.to_be_bytes()),
        ];
        let mut wanted = frame(
            0xC0,
            RTR,
            CX,
            &[
                ietf(263, &session),
                application(),
                ietf(277, &1u32.to_be_bytes()),
                ietf(264, b"hss.home.example"),
                ietf(296, b"home.example"),
                ietf(293, b"s1.home.example"),
                ietf(283, b"home.example"),
                ietf(1, A1.as_bytes()),
                tgpp(
                    615,
                    &[tgpp(616, &0u32.to_be_bytes()), tgpp(617, b"unpaid")].concat(),
                ),
                tgpp_clear(628, &features.concat()),
            ],
        );
        wanted[12..20].copy_from_slice(&rtr[12..20]);
        assert_eq!(rtr, wanted, "\n{rtr:02x?}\n{wanted:02x?}");
        // Until the S-CSCF has answered, the user is what the S-CSCF has.
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        let answer = called.await.unwrap().unwrap();
        assert_eq!(first_result(&answer), "done");
        assert_eq!(state(&mut stream, A1, ALICE).await, -2001);
        assert_eq!(state(&mut stream, A1, OFFICE).await, -2001);
        assert!(!running.state().to_string().contains("\"registered\""));
    });
}

#[test]
fn an_rtr_with_identities_ends_their_sets_and_no_others() {
    for (name, code) in [
        ("PERMANENT_TERMINATION", 0),
        ("SERVER_CHANGE", 2),
        ("NEW_SERVER_ASSIGNED", 1),
    ] {
        with_hss(async |_, running, mut stream| {
            register(&mut stream, "s1", A1, ALICE).await;
            register(&mut stream, "s1", A2, ALICE).await;
            register(&mut stream, "s1", A1, OFFICE).await;
            let body =
                json!({ "private_identity": A1, "public_identities": [TEL], "reason": name });
            let called = call(&running, "/deregister", body);
            let rtr = next_request(&mut stream).await;
            assert_eq!(
                (text(&rtr, 601), reason(&rtr).0),
                (vec![TEL.to_owned()], code)
            );
            reply(&mut stream, &rtr, &[base(2001)]).await;
            assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
            let state = running.state().to_string();
            assert!(
                state.contains(&format!("\"registered_by\":[\"{A2}\"]")),
                "{state}"
            );
            assert!(
                state.contains(&format!("\"registered_by\":[\"{A1}\"]")),
                "{OFFICE} {state}"
            );
        });
    }
}

#[test]
fn remove_scscf_is_for_the_unregistered() {
    with_hss(async |_, running, mut stream| {
        let impu = [tgpp(601, ALICE.as_bytes())];
        assert_eq!(result(&ask(&mut stream, &sar(3, "s1", &impu)).await), 2001);
        let body = json!({ "private_identity": A1, "reason": "REMOVE_S-CSCF" });
        let called = call(&running, "/deregister", body);
        let rtr = next_request(&mut stream).await;
        assert_eq!(reason(&rtr), (3, None));
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
        assert!(running.state().to_string().contains("\"scscf\":null"));
    });
}

#[test]
fn calls_that_cannot_be_done_say_why() {
    with_hss(async |_, running, mut stream| {
        let refused = async |body: Value| {
            call(&running, "/deregister", body)
                .await
                .unwrap()
                .unwrap_err()
        };
        let reason = "SERVER_CHANGE";
        let nobody = refused(json!({ "private_identity": "x@y", "reason": reason })).await;
        assert!(matches!(nobody, CommandError::NotFound(_)), "{nobody}");
        let idle = json!({ "private_identity": A1, "reason": reason });
        assert!(refused(idle).await.to_string().contains("no S-CSCF serves"));
        register(&mut stream, "s1", A1, ALICE).await;
        for (body, said) in [
            (
                json!({ "private_identity": A1, "reason": "WHIM" }),
                "unknown variant `WHIM`",
            ),
            (
                json!({ "private_identity": A1, "reason": reason, "public_identities": [BOB] }),
                "no public identity",
            ),
            (
                json!({ "private_identity": A1, "reason": "NEW_SERVER_ASSIGNED" }),
                "needs public_identities",
            ),
            (json!({ "private_identity": A1 }), "missing field `reason`"),
        ] {
            let error = refused(body).await;
            assert!(
                matches!(&error, CommandError::Unprocessable(text) if text.contains(said)),
                "{error}"
            );
        }
        nothing_comes(&mut stream, Duration::from_secs(1)).await;
    });
}

#[test]
fn answers_that_keep_something_or_know_nothing() {
    let emergency = |impi: &str| {
        tgpp_clear(
            651,
            &[ietf(1, impi.as_bytes()), tgpp(601, ALICE.as_bytes())].concat(),
        )
    };
    for (answer, said, after) in [
        (
            vec![base(2002), emergency(A1)],
            "done but for emergency registrations",
            -2002,
        ),
        (
            vec![base(5012), emergency(A1)],
            "done but for emergency registrations",
            -2002,
        ),
        (vec![experimental(5001)], "done", -2001),
        (vec![base(5012)], "refused", -2001),
        (vec![base(3001)], "refused", -2001),
    ] {
        with_hss(async |_, running, mut stream| {
            register(&mut stream, "s1", A1, ALICE).await;
            let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
            let called = call(&running, "/deregister", body);
            let rtr = next_request(&mut stream).await;
            reply(&mut stream, &rtr, &answer).await;
            assert_eq!(first_result(&called.await.unwrap().unwrap()), said);
            assert_eq!(state(&mut stream, A1, ALICE).await, after, "{said}");
            nothing_comes(&mut stream, Duration::from_secs(60)).await;
        });
    }
}

/// Kamailio 5.6 gives no answer to an RTR without Public-Identity.
#[test]
fn an_rtr_that_is_not_answered_names_the_identities_the_next_time() {
    with_hss(async |_, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        let body = json!({ "private_identity": A1, "reason": "PERMANENT_TERMINATION" });
        let called = call(&running, "/deregister", body);
        let first = next_request(&mut stream).await;
        assert!(text(&first, 601).is_empty());
        let second = next_request(&mut stream).await;
        assert_eq!(text(&second, 601), [BARRED, ALICE, TEL]);
        assert_ne!(text(&first, 263), text(&second, 263));
        reply(&mut stream, &second, &[base(2001)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
    });
}

#[test]
fn an_rtr_that_is_never_answered_is_given_up_by_configuration() {
    for (unanswered, after) in [("clear", -2001), ("keep", -2002)] {
        sim::run(1, Faults::default(), async |sim: Sim| {
            let io = sim.host(HSS);
            let config = config_keeping(&io.directory().unwrap(), FILE, unanswered);
            let running = Hss::start(config, Host::new("hss", io)).await.unwrap();
            let mut stream = connect(&sim).await;
            register(&mut stream, "s1", A1, ALICE).await;
            let begun = Instant::now();
            let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
            let called = call(&running, "/deregister", body);
            for _ in 0..3 {
                next_request(&mut stream).await;
            }
            assert_eq!(first_result(&called.await.unwrap().unwrap()), "unanswered");
            // Three times 5 s for the answer, twice 1 s between.
            assert_eq!(begun.elapsed().as_secs(), 17, "{unanswered}");
            assert_eq!(state(&mut stream, A1, ALICE).await, after);
            nothing_comes(&mut stream, Duration::from_secs(60)).await;
        });
    }
}

#[test]
fn an_scscf_that_is_not_connected_is_told_when_it_is_back() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        let mut other = connect_as(sim, "s2").await;
        drop(stream);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
        let called = call(&running, "/deregister", body);
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "under way");
        assert_eq!(state(&mut other, A1, ALICE).await, -2002, "nobody ended it");
        let mut stream = connect(sim).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!(command(&rtr), RTR);
        // Who cannot take it now is asked again, whatever the protocol error.
        reply(&mut stream, &rtr, &[base(3003)]).await;
        let rtr = next_request(&mut stream).await;
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(state(&mut stream, A1, ALICE).await, -2001);
    });
}

#[test]
fn an_rtr_outlives_the_hss() {
    sim::run(1, Faults::default(), async |sim: Sim| {
        let mut stream = restart(&sim, FILE).await;
        register(&mut stream, "s1", A1, ALICE).await;
        // The subscriber file has lost alice while the HSS was away.
        let without = FILE.replace("a1@home.example", "a9@home.example");
        let mut stream = crash_and_restart(&sim, &without).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!((command(&rtr), text(&rtr, 1)), (RTR, vec![A1.to_owned()]));
        // It dies before the answer, and the next one says it again.
        let mut stream = crash_and_restart(&sim, &without).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!((command(&rtr), text(&rtr, 1)), (RTR, vec![A1.to_owned()]));
        reply(&mut stream, &rtr, &[base(2001)]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut stream = crash_and_restart(&sim, &without).await;
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn an_scscf_is_told_that_another_serves_when_the_user_has_registered_there() {
    with_hss(async |sim, _, mut old| {
        register(&mut old, "s1", A1, ALICE).await;
        let mut new = connect_as(sim, "s2").await;
        let [impi, impu] = pair(A1, TEL);
        let item = tgpp(612, &tgpp(608, b"SIP Digest"));
        let count = tgpp(607, &1u32.to_be_bytes());
        let mar = request(
            MAR,
            &[impi, impu, item, count, tgpp(602, b"sip:s2.home.example")],
        );
        assert_eq!(result(&ask(&mut new, &mar).await), 2001);
        // Anybody can ask for a challenge: it deregisters nobody.
        nothing_comes(&mut old, Duration::from_secs(10)).await;
        register(&mut new, "s2", A1, ALICE).await;
        let rtr = next_request(&mut old).await;
        assert_eq!((command(&rtr), reason(&rtr).0), (RTR, 1));
        assert_eq!(
            (text(&rtr, 1), text(&rtr, 601)),
            (
                vec![A1.into()],
                vec![BARRED.into(), ALICE.into(), TEL.into()]
            )
        );
        assert_eq!(text(&rtr, 293), ["s1.home.example"]);
        reply(&mut old, &rtr, &[base(2001)]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        // The old one's answer takes nothing from the new one.
        assert_eq!(state(&mut new, A1, ALICE).await, -2002);
        nothing_comes(&mut new, Duration::from_secs(60)).await;
    });
}

/// TS 29.228 table 6.1.3.1: Public-Identity is mandatory with NEW_SERVER_ASSIGNED.
#[test]
fn an_rtr_about_more_identities_than_it_names_names_one_of_each_set() {
    // There are three already.
    for (more, named) in [(MAX_IMPUS - 3, MAX_IMPUS), (MAX_IMPUS - 2, 1)] {
        with_hss(async |sim, running, mut old| {
            reload(sim, &running, &with_more(more)).await;
            register(&mut old, "s1", A1, ALICE).await;
            let mut new = connect_as(sim, "s2").await;
            challenge(&mut new, "s2").await;
            register(&mut new, "s2", A1, ALICE).await;
            let rtr = next_request(&mut old).await;
            assert_eq!((command(&rtr), reason(&rtr).0), (RTR, 1));
            let impus = text(&rtr, 601);
            assert_eq!(impus.len(), named);
            assert!(impus.contains(&ALICE.to_owned()), "{impus:?}");
            reply(&mut old, &rtr, &[base(2001)]).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(state(&mut new, A1, ALICE).await, -2002);
        });
    }
}

/// Reads the subscribers anew from `file`.
async fn reload(sim: &Sim, running: &Running, file: &str) -> Vec<String> {
    let config = config_with(&sim.host(HSS).directory().unwrap(), file);
    running.reload(config).await.unwrap().applied
}

/// alice's shared set registered by both IMPIs, her other set by the first.
async fn register_alice(stream: &mut Stream) {
    register(stream, "s1", A1, ALICE).await;
    register(stream, "s1", A2, ALICE).await;
    register(stream, "s1", A1, OFFICE).await;
}

/// [`FILE`] without alice.
fn without_alice() -> String {
    let mut file: Value = serde_json::from_str(FILE).unwrap();
    file["subscriptions"].as_array_mut().unwrap().remove(0);
    file.to_string()
}

#[test]
fn a_reload_that_removes_a_subscriber_ends_the_registrations() {
    with_hss(async |sim, running, mut stream| {
        register_alice(&mut stream).await;
        let applied = reload(sim, &running, &without_alice()).await;
        assert_eq!(
            applied,
            ["subscribers: 0 added, 0 changed, 1 removed, 2 as before, 1 RTR and PPR"]
        );
        let rtr = next_request(&mut stream).await;
        assert_eq!(state(&mut stream, A1, ALICE).await, -5001);
        assert_eq!(
            (text(&rtr, 1), text(&rtr, 601)),
            (vec![A1.to_owned()], vec![])
        );
        assert_eq!(every(&one(&rtr[20..], 632).unwrap(), 1), [A2.as_bytes()]);
        assert_eq!(reason(&rtr).0, 0);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn a_reload_that_takes_an_identity_has_the_user_register_anew() {
    with_hss(async |sim, running, mut stream| {
        register_alice(&mut stream).await;
        reload(
            sim,
            &running,
            &FILE.replace("tel:+1-555-0100", "tel:+1-555-0199"),
        )
        .await;
        let rtr = next_request(&mut stream).await;
        assert_eq!(state(&mut stream, A1, TEL).await, -5001);
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
        assert_eq!(
            (reason(&rtr).0, text(&rtr, 601)),
            (2, vec![BARRED.into(), ALICE.into(), TEL.into()])
        );
        assert_eq!(every(&one(&rtr[20..], 632).unwrap(), 1), [A2.as_bytes()]);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let state = running.state().to_string();
        assert_eq!(
            state.matches("\"state\":\"registered\"").count(),
            1,
            "{OFFICE}: {state}"
        );
    });
}

#[test]
fn a_reload_that_takes_an_impi_ends_its_registrations_alone() {
    with_hss(async |sim, running, mut stream| {
        register_alice(&mut stream).await;
        let gone = FILE.replace(
            "{ \"impi\": \"a2@home.example\", \"ha1\"",
            "{ \"impi\": \"a3@home.example\", \"ha1\"",
        );
        reload(sim, &running, &gone).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!((reason(&rtr).0, text(&rtr, 1)), (0, vec![A2.to_owned()]));
        reply(&mut stream, &rtr, &[base(2001)]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn a_reload_that_changes_a_profile_pushes_it() {
    with_hss(async |sim, running, mut stream| {
        register_alice(&mut stream).await;
        reload(
            sim,
            &running,
            &FILE.replace("\"Alice\"", "\"Alice Liddell\""),
        )
        .await;
        let ppr = next_request(&mut stream).await;
        assert_eq!((command(&ppr), text(&ppr, 1)), (PPR, vec![A1.to_owned()]));
        let profile = user_profile::ImsSubscription::read(&one(&ppr[20..], 606).unwrap()).unwrap();
        let default = profile.default_public_identity().unwrap();
        assert_eq!(default.display_name.as_deref(), Some("Alice Liddell"));
        assert_eq!(
            one(&one(&ppr[20..], 618).unwrap(), 621).unwrap(),
            b"aaa://cdf.home.example"
        );
        assert_eq!(text(&ppr, 293), ["s1.home.example"]);
        reply(&mut stream, &ppr, &[base(2001)]).await;
        // Each private identity that has it registered is told: an S-CSCF may keep them apart.
        let ppr = next_request(&mut stream).await;
        assert_eq!((command(&ppr), text(&ppr, 1)), (PPR, vec![A2.to_owned()]));
        reply(&mut stream, &ppr, &[base(2001)]).await;
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
    });
}

#[test]
fn an_identity_that_is_added_is_registered_and_pushed() {
    with_hss(async |sim, running, mut stream| {
        register_alice(&mut stream).await;
        let more =
            r#"{ "identity": "tel:+1-555-0100" }, { "identity": "sip:alice.new@home.example" }"#;
        reload(
            sim,
            &running,
            &FILE.replace(r#"{ "identity": "tel:+1-555-0100" }"#, more),
        )
        .await;
        let ppr = next_request(&mut stream).await;
        let profile = String::from_utf8(one(&ppr[20..], 606).unwrap()).unwrap();
        assert!(profile.contains("sip:alice.new@home.example"), "{profile}");
        reply(&mut stream, &ppr, &[base(2001)]).await;
        let ppr = next_request(&mut stream).await;
        assert_eq!(text(&ppr, 1), [A2]);
        reply(&mut stream, &ppr, &[base(2001)]).await;
        assert_eq!(
            state(&mut stream, A2, "sip:alice.new@home.example").await,
            -2002
        );
    });
}

#[test]
fn a_reload_that_changes_charging_or_a_password_pushes_that_alone() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        let file = FILE
            .replace("aaa://cdf.home", "aaa://cdf2.home")
            .replace("wonderland", "mirror");
        reload(sim, &running, &file).await;
        let ppr = next_request(&mut stream).await;
        assert_eq!((one(&ppr[20..], 606), one(&ppr[20..], 612)), (None, None));
        assert_eq!(
            one(&one(&ppr[20..], 618).unwrap(), 621).unwrap(),
            b"aaa://cdf2.home.example"
        );
        reply(&mut stream, &ppr, &[base(2001)]).await;
        let ppr = next_request(&mut stream).await;
        assert_eq!((one(&ppr[20..], 606), one(&ppr[20..], 618)), (None, None));
        let digest = one(&one(&ppr[20..], 612).unwrap(), 635).unwrap();
        // printf 'a1@home.example:home.example:mirror' | md5sum
        assert_eq!(
            one(&digest, 121).unwrap(),
            b"ebbb0bfb2d1db521312d9528bc666095"
        );
        reply(&mut stream, &ppr, &[base(2001)]).await;
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn nobody_is_told_of_what_nobody_serves_and_a_broken_file_changes_nothing() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, "s1", B1, BOB).await;
        let config = config_with(
            &sim.host(HSS).directory().unwrap(),
            &FILE.replace("\"id\"", "\"di\""),
        );
        let before = running.state();
        let fault = running.reload(config).await.unwrap_err();
        assert!(fault.to_string().contains("unknown field"), "{fault}");
        assert_eq!(running.state()["subscribers"], before["subscribers"]);
        let called = call(&running, "/reload", json!({})).await.unwrap();
        assert!(
            called
                .unwrap_err()
                .to_string()
                .contains("nothing was changed")
        );
        // alice is not registered: her going concerns no S-CSCF.
        let config = config_with(&sim.host(HSS).directory().unwrap(), &without_alice());
        drop(config);
        let answer = call(&running, "/reload", json!({})).await.unwrap().unwrap();
        assert_eq!(
            (&answer["removed"], &answer["notices"]),
            (&json!(1), &json!(0))
        );
        assert_eq!(running.state()["subscribers"]["provisioned"], json!(2));
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn what_ppa_says() {
    with_hss(async |_, running, mut stream| {
        register_alice(&mut stream).await;
        let push = || call(&running, "/push-profile", json!({ "private_identity": A2 }));
        // 5001: another IMPI of the user.
        let called = push();
        let first = next_request(&mut stream).await;
        assert_eq!(text(&first, 1), [A1]);
        reply(&mut stream, &first, &[experimental(5001)]).await;
        let second = next_request(&mut stream).await;
        assert_eq!(text(&second, 1), [A2]);
        reply(&mut stream, &second, &[base(2001)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
        // 5009, and 5001 for every IMPI: given up.
        let called = push();
        let ppr = next_request(&mut stream).await;
        reply(&mut stream, &ppr, &[experimental(5009)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "refused");
        let called = push();
        for _ in 0..2 {
            let ppr = next_request(&mut stream).await;
            reply(&mut stream, &ppr, &[experimental(5001)]).await;
        }
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "refused");
        // No answer at all, as of Kamailio 5.6: given up in bounded time.
        let called = push();
        for _ in 0..3 {
            assert_eq!(command(&next_request(&mut stream).await), PPR);
        }
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "unanswered");
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
        // 5008: the user is to go elsewhere.
        let called = push();
        let ppr = next_request(&mut stream).await;
        reply(&mut stream, &ppr, &[experimental(5008)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "refused");
        let rtr = next_request(&mut stream).await;
        assert_eq!((command(&rtr), reason(&rtr).0), (RTR, 2));
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(
            state(&mut stream, A2, ALICE).await,
            -2002,
            "{OFFICE} is still served"
        );
    });
}

#[test]
fn an_rtr_that_is_given_up_leaves_who_registered_meanwhile() {
    with_hss(async |_, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        register(&mut stream, "s1", A1, OFFICE).await;
        let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
        let called = call(&running, "/deregister", body);
        assert_eq!(command(&next_request(&mut stream).await), RTR);
        // The S-CSCF that answers no RTR says that the user is there again.
        register(&mut stream, "s1", A1, ALICE).await;
        for _ in 0..2 {
            assert_eq!(command(&next_request(&mut stream).await), RTR);
        }
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "unanswered");
        let state = running.state();
        let identities = &state["subscribers"]["subscriptions"][0]["public_identities"];
        for identity in identities.as_array().unwrap() {
            let wanted = match identity["identity"].as_str().unwrap() {
                OFFICE => json!([]),
                _ => json!([A1]),
            };
            assert_eq!(identity["registered_by"], wanted, "{identity}");
        }
    });
}

/// `request` as S-CSCF s2 sends it.
fn from_s2(request: &[u8]) -> Vec<u8> {
    let (s1, s2) = (ietf(264, b"s1.home.example"), ietf(264, b"s2.home.example"));
    let at = request.windows(s1.len()).position(|part| part == s1);
    let at = at.expect("Origin-Host");
    [&request[..at], &s2, &request[at + s2.len()..]].concat()
}

#[test]
fn an_scscf_that_is_silent_delays_nobody_elses_notices() {
    let users: Vec<String> = (0..hss::MAX_UNDER_WAY + 10)
        .map(|user| {
            format!(
                r#"{{ "private_identities": [ {{ "impi": "u{user}" }} ], "implicit_registration_sets": [ {{
                "service_profiles": [ {{ "public_identities": [ {{ "identity": "sip:u{user}@h" }} ] }} ] }} ] }},"#
            )
        })
        .collect();
    let mark = "\"subscriptions\": [";
    let crowd = FILE.replace(mark, &format!("{mark}{}", users.concat()));
    with_hss(async |sim, running, mut silent| {
        reload(sim, &running, &crowd).await;
        for user in 0..users.len() {
            let (impi, impu) = (format!("u{user}"), format!("sip:u{user}@h"));
            register(&mut silent, "s1", &impi, &impu).await;
        }
        let mut lively = connect_as(sim, "s2").await;
        let saa = ask(&mut lively, &from_s2(&sar(1, "s2", &pair(B1, BOB)))).await;
        assert_eq!(result(&saa), 2001);
        // The crowd goes: one RTR each, and none is answered.
        reload(sim, &running, FILE).await;
        assert_eq!(command(&next_request(&mut silent).await), RTR);
        let body = json!({ "private_identity": B1, "reason": "SERVER_CHANGE" });
        let called = call(&running, "/deregister", body);
        let rtr = timeout(Duration::from_secs(1), next_request(&mut lively)).await;
        let rtr = rtr.expect("at once");
        assert_eq!(text(&rtr, 1), [B1]);
        reply(&mut lively, &rtr, &[base(2001)]).await;
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
        // Those that wait have their turn: each of them is sent three times.
        let mut sent = 1;
        while timeout(Duration::from_secs(30), next_request(&mut silent))
            .await
            .is_ok()
        {
            sent += 1;
        }
        assert_eq!(sent, 3 * users.len());
    });
}

/// What another program does to the HSS's file.
fn by_another_program(sim: &Sim, sql: &str) {
    let file = sim.host(HSS).directory().unwrap().join("hss.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch(sql).unwrap();
}

#[test]
fn a_notice_is_settled_when_the_store_can_be_written_again_and_told_done_then() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, "s1", A1, ALICE).await;
        let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
        let mut called = call(&running, "/deregister", body);
        let rtr = next_request(&mut stream).await;
        by_another_program(sim, "ALTER TABLE notice RENAME TO hidden");
        reply(&mut stream, &rtr, &[base(2001)]).await;
        let early = timeout(Duration::from_secs(5), &mut called).await;
        assert!(early.is_err(), "{early:?}");
        // Half of it would be a user who is gone, and an RTR that comes again.
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
        by_another_program(sim, "ALTER TABLE hidden RENAME TO notice");
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "done");
        assert_eq!(state(&mut stream, A1, ALICE).await, -2001);
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
    });
}

#[test]
fn nobody_is_dropped_while_the_store_cannot_say_whether_they_came_back() {
    with_hss(async |sim, running, mut old| {
        register(&mut old, "s1", A1, ALICE).await;
        let mut new = connect_as(sim, "s2").await;
        challenge(&mut new, "s2").await;
        let saa = ask(&mut new, &from_s2(&sar(1, "s2", &pair(A1, ALICE)))).await;
        assert_eq!(result(&saa), 2001);
        let rtr = next_request(&mut old).await;
        assert_eq!((command(&rtr), reason(&rtr).0), (RTR, 1));
        // It is not answered, and the user comes back before it is said again.
        challenge(&mut old, "s1").await;
        register(&mut old, "s1", A1, ALICE).await;
        by_another_program(sim, "ALTER TABLE pair RENAME TO hidden");
        nothing_comes(&mut old, Duration::from_secs(60)).await;
        by_another_program(sim, "ALTER TABLE hidden RENAME TO pair");
        nothing_comes(&mut old, Duration::from_secs(60)).await;
        assert_eq!(state(&mut old, A1, ALICE).await, -2002);
        let state = running.state().to_string();
        assert!(
            state.contains("\"scscf\":\"sip:s1.home.example\""),
            "{state}"
        );
    });
}

/// The S-CSCF `name` asks for a challenge, which lets it register the user.
async fn challenge(stream: &mut Stream, name: &str) {
    let [impi, impu] = pair(A1, ALICE);
    let item = tgpp(612, &tgpp(608, b"SIP Digest"));
    let count = tgpp(607, &1u32.to_be_bytes());
    let name = tgpp(602, format!("sip:{name}.home.example").as_bytes());
    let mar = request(MAR, &[impi, impu, item, count, name.clone()]);
    let of_s2 = name == tgpp(602, b"sip:s2.home.example");
    let mar = if of_s2 { from_s2(&mar) } else { mar };
    assert_eq!(result(&ask(stream, &mar).await), 2001);
}

#[test]
fn a_store_that_cannot_be_written_promises_nothing() {
    with_hss(async |sim, running, mut stream| {
        by_another_program(
            sim,
            "CREATE TRIGGER full BEFORE UPDATE ON subscription BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
        );
        for refused in [sar(1, "s1", &pair(A1, ALICE)), sar(1, "s1", &pair(B1, BOB))] {
            let answer = ask(&mut stream, &refused).await;
            assert_eq!(result(&answer), 5012);
            assert_eq!(
                (one(&answer[20..], 606), one(&answer[20..], 602)),
                (None, None)
            );
        }
        let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
        let refused = call(&running, "/deregister", body).await.unwrap();
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("no S-CSCF serves")
        );
        // What only reads goes on.
        assert_eq!(state(&mut stream, A1, ALICE).await, -2001);
        by_another_program(sim, "DROP TRIGGER full");
        register(&mut stream, "s1", A1, ALICE).await;
        assert_eq!(state(&mut stream, A1, ALICE).await, -2002);
    });
}

#[test]
fn a_reload_applies_what_is_the_operators_choice_and_names_what_needs_a_restart() {
    with_hss(async |sim, running, mut stream| {
        let directory = sim.host(HSS).directory().unwrap();
        let names = |uaa: &[u8]| {
            text(
                &one(&uaa[20..], 603).map_or(uaa.to_vec(), |group| [&[0; 20], &group[..]].concat()),
                602,
            )
        };
        let proposed = |names: &[String]| names.iter().any(|name| name == "sip:s3.home.example");
        let uaa = ask(&mut stream, &uar(B1, BOB)).await;
        assert!(!proposed(&names(&uaa)), "{:?}", names(&uaa));
        let before = config(&directory);
        let unchanged = running.reload(before.clone()).await.unwrap();
        assert_eq!(
            (unchanged.applied.len(), unchanged.needs_restart.len()),
            (1, 0)
        );

        let mut config = before;
        config.scscf.truncate(1);
        config.scscf[0].name = "sip:s3.home.example".to_owned();
        config.server_name = hss::policy::ServerNameStorage::Forget;
        config.restoration = hss::policy::Restoration::Never;
        config.notices.attempts = 1;
        config.database = directory.join("other.sqlite3");
        config.diameter.realm = "other.example".to_owned();
        let reloaded = running.reload(config.clone()).await.unwrap();
        assert_eq!(
            reloaded.applied[1..],
            ["scscf", "restoration", "server_name", "notices"]
        );
        assert_eq!(reloaded.needs_restart, ["database", "diameter"]);
        let again = running.reload(config).await.unwrap();
        assert_eq!(
            (again.applied.len(), again.needs_restart.len()),
            (1, 2),
            "it still does"
        );

        let uaa = ask(&mut stream, &uar(B1, BOB)).await;
        assert_eq!(names(&uaa), ["sip:s3.home.example"]);
        register(&mut stream, "s1", B1, BOB).await;
        let saa = ask(&mut stream, &sar(7, "s1", &pair(B1, BOB))).await;
        assert_eq!(result(&saa), -2004, "the name is not kept any more");
        // One attempt, and none after it.
        register(&mut stream, "s1", A1, ALICE).await;
        let body = json!({ "private_identity": A1, "reason": "SERVER_CHANGE" });
        let called = call(&running, "/deregister", body);
        assert_eq!(command(&next_request(&mut stream).await), RTR);
        assert_eq!(first_result(&called.await.unwrap().unwrap()), "unanswered");
        nothing_comes(&mut stream, Duration::from_secs(60)).await;
        assert!(!directory.join("other.sqlite3").exists());
    });
}
