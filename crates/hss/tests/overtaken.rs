//! RTRs that come late, or again: what registered anew meanwhile is not what they are about (TS 29.228 §6.1.3).

mod frames;
mod hss_host;
mod subscribers;

use std::time::Duration;

use frames::*;
use hss::MAX_IMPUS;
use hss_host::*;
use process::Running;
use serde_json::{Value, json};
use sim::{Sim, Stream};
use subscribers::*;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const REGISTERED: i64 = -2002;
const NOT_REGISTERED: i64 = -2001;

async fn register(stream: &mut Stream, impi: &str, impu: &str) {
    let saa = ask(stream, &sar(1, "s1", &pair(impi, impu))).await;
    assert_eq!(result(&saa), 2001);
}

async fn state(stream: &mut Stream, impi: &str, impu: &str) -> i64 {
    result(&ask(stream, &uar(impi, impu)).await)
}

/// An operator ends what A1 has registered, for `reason`; how that ended, when it has.
fn deregister(running: &Running, reason: &str) -> JoinHandle<String> {
    let mut commands = running.commands().iter();
    let command = commands.find(|command| command.path() == "/deregister");
    let command = command.cloned().unwrap();
    let body = json!({ "private_identity": A1, "reason": reason });
    driver::spawn(async move {
        let answer: Value = command.run(body).await.unwrap();
        answer["notices"][0]["result"].as_str().unwrap().to_owned()
    })
}

async fn nothing_comes(stream: &mut Stream) {
    let request = timeout(Duration::from_secs(60), next_request(stream)).await;
    assert!(request.is_err(), "{request:02x?}");
}

fn texts(message: &[u8], code: u32) -> Vec<String> {
    let texts = every(&message[20..], code).into_iter();
    texts.map(|data| String::from_utf8(data).unwrap()).collect()
}

#[test]
fn who_registered_anew_after_an_rtr_whose_answer_was_lost_is_not_ended_by_its_repetition() {
    for reason in ["PERMANENT_TERMINATION", "SERVER_CHANGE"] {
        with_hss(async |_, running, mut stream| {
            register(&mut stream, A1, ALICE).await;
            let called = deregister(&running, reason);
            let rtr = next_request(&mut stream).await;
            assert_eq!(command(&rtr), RTR);
            // The S-CSCF did it, nobody heard so, and the phone comes back.
            register(&mut stream, A1, ALICE).await;
            nothing_comes(&mut stream).await;
            assert_eq!(called.await.unwrap(), "overtaken");
            assert_eq!(state(&mut stream, A1, ALICE).await, REGISTERED);
        });
    }
}

#[test]
fn what_did_not_register_anew_is_named_alone_the_next_time() {
    with_hss(async |_, running, mut stream| {
        register(&mut stream, A1, ALICE).await;
        register(&mut stream, A1, OFFICE).await;
        let called = deregister(&running, "SERVER_CHANGE");
        assert_eq!(command(&next_request(&mut stream).await), RTR);
        register(&mut stream, A1, ALICE).await;
        // To say once more what is registered makes it no newer.
        let again = sar(2, "s1", &pair(A1, OFFICE));
        assert_eq!(result(&ask(&mut stream, &again).await), 2001);
        let rtr = next_request(&mut stream).await;
        assert_eq!(texts(&rtr, 601), [OFFICE]);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(called.await.unwrap(), "done");
        assert_eq!(state(&mut stream, A1, ALICE).await, REGISTERED);
        let shown = running.state().to_string();
        assert_eq!(
            shown.matches("\"state\":\"registered\"").count(),
            3,
            "{shown}"
        );
    });
}

#[test]
fn what_did_not_register_anew_is_named_alone_also_where_it_is_more_than_an_rtr_names() {
    with_hss(async |sim, running, mut stream| {
        let directory = sim.host(HSS).directory().unwrap();
        let more = config_with(&directory, &with_more(MAX_IMPUS));
        running.reload(more).await.unwrap();
        register(&mut stream, A1, ALICE).await;
        register(&mut stream, A1, OFFICE).await;
        let called = deregister(&running, "SERVER_CHANGE");
        let rtr = next_request(&mut stream).await;
        assert_eq!(texts(&rtr, 601), [""; 0]);
        register(&mut stream, A1, OFFICE).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!(texts(&rtr, 601), [ALICE]);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(called.await.unwrap(), "done");
        assert_eq!(state(&mut stream, A1, OFFICE).await, REGISTERED);
        let shown = running.state().to_string();
        let registered = shown.matches("\"state\":\"registered\"").count();
        assert_eq!(registered, 1, "{OFFICE}: {shown}");
    });
}

#[test]
fn an_rtr_about_all_that_comes_late_ends_nothing_that_was_registered_since() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, A1, ALICE).await;
        let mut agent = connect_as(sim, "s2").await;
        drop(stream);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let called = deregister(&running, "PERMANENT_TERMINATION");
        tokio::time::sleep(Duration::from_secs(1)).await;
        // What the S-CSCF says comes another way, and it is to be told when it is back.
        register(&mut agent, A1, OFFICE).await;
        let mut stream = connect(sim).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!(texts(&rtr, 601), [BARRED, ALICE, TEL]);
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(called.await.unwrap(), "done");
        let shown = running.state().to_string();
        let registered = shown.matches("\"state\":\"registered\"").count();
        assert_eq!(registered, 1, "{OFFICE}: {shown}");
    });
}

/// What another program does to the HSS's file.
fn by_another_program(sim: &Sim, sql: &str) {
    let file = sim.host(HSS).directory().unwrap().join("hss.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch(sql).unwrap();
}

#[test]
fn who_registers_right_after_the_answer_stays_however_long_that_answer_takes_to_be_stored() {
    for failing in [
        // The notice cannot be taken out: all that goes with it fails too.
        "CREATE TRIGGER stuck BEFORE DELETE ON notice BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
        // The record cannot be read at first.
        "ALTER TABLE backup RENAME TO hidden",
    ] {
        with_hss(async |sim, running, mut stream| {
            register(&mut stream, A1, ALICE).await;
            let called = deregister(&running, "SERVER_CHANGE");
            let rtr = next_request(&mut stream).await;
            by_another_program(sim, failing);
            reply(&mut stream, &rtr, &[base(2001)]).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            let is_stuck = failing.contains("stuck");
            if !is_stuck {
                // It can again before the courier tries again.
                by_another_program(sim, "ALTER TABLE hidden RENAME TO backup");
            }
            register(&mut stream, A1, ALICE).await;
            if is_stuck {
                by_another_program(sim, "DROP TRIGGER stuck");
            }
            assert_eq!(called.await.unwrap(), "done");
            assert_eq!(state(&mut stream, A1, ALICE).await, REGISTERED);
            nothing_comes(&mut stream).await;
        });
    }
}

#[test]
fn a_subscription_that_is_called_otherwise_is_the_same() {
    with_hss(async |sim, running, mut stream| {
        register(&mut stream, A1, ALICE).await;
        let called = deregister(&running, "SERVER_CHANGE");
        let rtr = next_request(&mut stream).await;
        let renamed = FILE.replace("\"id\": \"alice\"", "\"id\": \"alice-2\"");
        let config = config_with(&sim.host(HSS).directory().unwrap(), &renamed);
        assert_eq!(
            running.reload(config).await.unwrap().applied,
            ["subscribers: 0 added, 1 changed, 0 removed, 2 as before, 0 RTR and PPR"]
        );
        assert_eq!(state(&mut stream, A1, ALICE).await, REGISTERED);
        // What it was owed before it still is, and ends under its new name.
        reply(&mut stream, &rtr, &[base(2001)]).await;
        assert_eq!(called.await.unwrap(), "done");
        assert_eq!(state(&mut stream, A1, ALICE).await, NOT_REGISTERED);
        nothing_comes(&mut stream).await;
        // And back.
        let config = config_with(&sim.host(HSS).directory().unwrap(), FILE);
        register(&mut stream, A1, ALICE).await;
        running.reload(config).await.unwrap();
        assert_eq!(state(&mut stream, A1, ALICE).await, REGISTERED);
    });
}
