//! The store over SQLite: what was answered is there, what was not answered is there whole or not at all.

mod subscribers;

use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use hss::error::Outcome;
use hss::record::{Change, Changes, ImpuState, Pair, PairState, SubscriptionRecord};
use hss::store::{Identities, MAX_GROUP, MAX_WAITING, Provisioned, Sqlite, Store, StoreError};
use hss::subscriber_file;
use proptest::prelude::*;
use sim::{Faults, Sim, SimIo};
use subscribers::*;

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

async fn open(io: &SimIo, path: &Path) -> Sqlite<SimIo> {
    Sqlite::open(io.clone(), path).await.unwrap()
}

async fn provisioned(io: &SimIo) -> Sqlite<SimIo> {
    let store = open(io, Path::new(":memory:")).await;
    store.provision(all()).await.unwrap();
    store
}

async fn load(store: &impl Store, impi: &str, impu: &str) -> SubscriptionRecord {
    store
        .load(Identities::pair(impi, impu))
        .await
        .unwrap()
        .record
        .unwrap()
}

fn changes(record: &SubscriptionRecord, list: impl IntoIterator<Item = Change>) -> Changes {
    Changes {
        list: list.into_iter().collect(),
        ..record.no_changes()
    }
}

/// Runs `scenario` on a host; its file is in the host's directory.
fn on_a_host<R>(scenario: impl AsyncFnOnce(SimIo, PathBuf) -> R) -> R {
    sim::run(1, Faults::default(), async |sim: Sim| {
        let io = sim.host(HOST);
        let file = io.directory().unwrap().join("hss.sqlite3");
        scenario(io, file).await
    })
}

#[test]
fn c01_the_store_has_subscriptions_impis_impus_and_shares_them() {
    on_a_host(async |io, _| {
        let store = provisioned(&io).await;
        for (impi, impu) in [
            (A1, ALICE),
            (A1, TEL),
            (A1, OFFICE),
            (A2, ALICE),
            (A2, TEL),
            (A2, BARRED),
        ] {
            let identities = Identities::pair(impi, impu);
            let found = store.load(identities.clone()).await.unwrap();
            assert_eq!(
                found.subject(&identities).unwrap(),
                &alice(),
                "{impi} {impu}"
            );
        }
        for (impi, impu, outcome) in [
            (A2, OFFICE, Outcome::IdentitiesDontMatch),
            (A1, BOB, Outcome::IdentitiesDontMatch),
            (B1, ALICE, Outcome::IdentitiesDontMatch),
            (A1, "sip:nobody@home.example", Outcome::UserUnknown),
            ("nobody@home.example", ALICE, Outcome::UserUnknown),
            (
                "nobody@home.example",
                "sip:nobody@home.example",
                Outcome::UserUnknown,
            ),
        ] {
            let identities = Identities::pair(impi, impu);
            let found = store.load(identities.clone()).await.unwrap();
            assert_eq!(found.subject(&identities), Err(outcome), "{impi} {impu}");
        }
    });
}

#[test]
fn a_reopened_file_has_the_state() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        store.provision(all()).await.unwrap();
        let before = alice_registered(&[A1, A2]);
        let record = load(&store, A1, ALICE).await;
        let list: Vec<Change> = before
            .pairs
            .iter()
            .map(|(pair, state)| Change::Pair(pair.clone(), *state))
            .chain(
                before
                    .backups
                    .iter()
                    .map(|(pair, info)| Change::Backup(pair.clone(), Some(info.clone()))),
            )
            .chain([
                served_by("s1"),
                Change::ReassignmentPending(true),
                unregistered(OFFICE),
            ])
            .collect();
        store.commit(changes(&record, list.clone())).await.unwrap();
        let wanted = with(alice(), list);
        assert_eq!(load(&store, A2, TEL).await, wanted);
        drop(store);

        let reopened = open(&io, &file).await;
        assert_eq!(load(&reopened, A1, ALICE).await, wanted);
        assert_eq!(reopened.list(String::new(), 10).await.unwrap().len(), 3);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "HA1s are for the owner alone");
    });
}

#[test]
fn a_commit_decided_on_an_old_version_is_a_conflict_and_does_nothing() {
    on_a_host(async |io, _| {
        let store = provisioned(&io).await;
        let record = load(&store, A1, ALICE).await;
        store
            .commit(changes(&record, [served_by("s1")]))
            .await
            .unwrap();
        let late = changes(&record, [served_by("s2"), registered(A1, ALICE)]);
        assert_eq!(store.commit(late).await, Err(StoreError::Conflict));
        assert_eq!(
            load(&store, A1, ALICE).await,
            with(record, [served_by("s1")])
        );

        let gone = Changes {
            subscription: "nobody".to_owned(),
            version: 0,
            list: vec![served_by("s1")],
        };
        assert_eq!(store.commit(gone).await, Err(StoreError::Conflict));
    });
}

#[test]
fn what_comes_while_a_transaction_runs_goes_into_the_next_together() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        let subscribers = 500;
        store.provision(many(subscribers)).await.unwrap();
        let (before, records) = (
            store.transactions(),
            store.list(String::new(), subscribers).await.unwrap(),
        );
        let commits: Vec<_> = records
            .iter()
            .map(|record| {
                let (store, changes) = (store.clone(), changes(record, [served_by("s1")]));
                driver::spawn(async move { store.commit(changes).await })
            })
            .collect();
        for commit in commits {
            commit.await.unwrap().unwrap();
        }
        let used = store.transactions() - before - 1;
        assert!(used <= 2, "{used} transactions for {subscribers} commits");
        assert!(subscribers <= MAX_GROUP);
        let after = store.list(String::new(), subscribers).await.unwrap();
        assert!(
            after
                .iter()
                .all(|record| record.version == 1 && record.scscf == Some(scscf("s1")))
        );
    });
}

#[test]
fn one_conflict_in_a_group_leaves_the_others_alone() {
    on_a_host(async |io, _| {
        let store = provisioned(&io).await;
        let (alice, bob) = (load(&store, A1, ALICE).await, load(&store, B1, BOB).await);
        let late = Changes {
            version: 7,
            ..changes(&alice, [served_by("s2")])
        };
        let (one, two, three) = tokio::join!(
            store.commit(changes(&alice, [served_by("s1")])),
            store.commit(late),
            store.commit(changes(&bob, [served_by("s3")])),
        );
        assert_eq!(
            (one, two, three),
            (Ok(vec![]), Err(StoreError::Conflict), Ok(vec![]))
        );
        assert_eq!(load(&store, A1, ALICE).await.scscf, Some(scscf("s1")));
        assert_eq!(load(&store, B1, BOB).await.scscf, Some(scscf("s3")));
    });
}

#[test]
fn more_than_may_wait_is_refused_at_once() {
    on_a_host(async |io, _| {
        let store = provisioned(&io).await;
        let loads: Vec<_> = (0..=MAX_WAITING)
            .map(|_| {
                let store = store.clone();
                driver::spawn(async move { store.load(Identities::pair(B1, BOB)).await.map(drop) })
            })
            .collect();
        let mut results = Vec::new();
        for load in loads {
            results.push(load.await.unwrap());
        }
        let busy = results
            .iter()
            .filter(|result| **result == Err(StoreError::Busy))
            .count();
        let done = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!((busy, done), (1, MAX_WAITING));
    });
}

#[test]
fn a_crash_at_any_moment_keeps_every_commit_that_was_answered_and_no_half_of_another() {
    for seed in 0..50 {
        sim::run(seed, Faults::default(), async |sim: Sim| {
            let file = sim.host(HOST).directory().unwrap().join("hss.sqlite3");
            let answered = std::rc::Rc::new(std::cell::Cell::new(0));
            let path = file.clone();
            let count = answered.clone();
            sim.start(HOST, async move |io| {
                let store = open(&io, &path).await;
                store.provision(all()).await.unwrap();
                loop {
                    let record = load(&store, A1, ALICE).await;
                    // Registered and unregistered in turn, both parts of one batch.
                    let state = PairState {
                        registered: record.version % 2 == 0,
                        authentication_pending: true,
                        since: record.version,
                    };
                    let backup = Some(record.version.to_be_bytes().to_vec());
                    let list = [
                        Change::Pair(Pair::new(A1, ALICE), state),
                        Change::Backup(Pair::new(A1, BARRED), backup),
                    ];
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                    store.commit(changes(&record, list)).await.unwrap();
                    count.set(record.version + 1);
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            });
            tokio::time::sleep(std::time::Duration::from_millis(sim.below(40) + 2)).await;
            sim.crash(HOST);
            let record = load(&open(&sim.host(HOST), &file).await, A1, ALICE).await;
            assert!(
                record.version >= answered.get(),
                "{} of {}",
                record.version,
                answered.get()
            );
            if record.version > 0 {
                let last = record.version - 1;
                assert_eq!(record.backups[&Pair::new(A1, BARRED)], last.to_be_bytes());
                assert_eq!(record.pair(A1, ALICE).registered, last % 2 == 0);
            }
        });
    }
}

/// A database of the first schema, before AKA and notices.
#[test]
fn a_database_of_the_schema_before_is_brought_up_to_date() {
    on_a_host(async |io, file| {
        let old = rusqlite::Connection::open(&file).unwrap();
        old.execute_batch(&format!(
            "{} PRAGMA application_id = 1464357715; PRAGMA user_version = 1; \
             INSERT INTO subscription (id, version, provisioned, scscf_name, scscf_host, scscf_realm, \
             reassignment_pending) VALUES ('alice', 7, '{}', 'sip:s1.home.example', 's1.home.example', \
             'home.example', 0); \
             INSERT INTO private_identity VALUES ('{A1}', 'alice'); \
             INSERT INTO public_identity VALUES ('{ALICE}', 'alice', 1);",
            include_str!("../src/store/schema.sql"),
            serde_json::to_string(&*alice().subscription).unwrap().replace('\'', "''"),
        ))
        .unwrap();
        drop(old);
        for _ in 0..2 {
            let store = open(&io, &file).await;
            let record = load(&store, A1, ALICE).await;
            assert_eq!((record.version, &record.scscf), (7, &Some(scscf("s1"))));
            assert_eq!(record.impu_state(ALICE), ImpuState::Unregistered);
            assert_eq!(store.notices(0, 1).await.unwrap(), []);
        }
    });
}

#[test]
fn provisioning_again_keeps_the_state_of_what_stays() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        let first = store.provision(all()).await.unwrap();
        assert_eq!(
            first,
            Provisioned {
                added: 3,
                ..Provisioned::default()
            }
        );
        let list: Vec<Change> = [BARRED, ALICE, TEL]
            .map(|impu| registered(A1, impu))
            .into_iter()
            .chain([served_by("s1")])
            .collect();
        let record = load(&store, A1, ALICE).await;
        store.commit(changes(&record, list)).await.unwrap();
        let again = store.provision(all()).await.unwrap();
        assert_eq!(
            again,
            Provisioned {
                unchanged: 3,
                ..Provisioned::default()
            }
        );

        // The number goes to bob, alice gets another identity in the same set; carol is gone.
        let text = FILE
            .replace("tel:+1-555-0100", "sip:alice.new@home.example")
            .replace(
                r#"{ "identity": "sip:bob@home.example" }"#,
                r#"{ "identity": "sip:bob@home.example" }, { "identity": "tel:+15550100" }"#,
            );
        let mut edited = subscriber_file::parse(text.as_bytes()).unwrap();
        edited.retain(|subscription| subscription.id != "carol");
        let report = store.provision(edited).await.unwrap();
        let told: Vec<String> = report.notices.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [format!("RTR SERVER_CHANGE of {A1} to sip:s1.home.example")]
        );
        assert_eq!(
            report,
            Provisioned {
                changed: 2,
                removed: 1,
                notices: report.notices.clone(),
                ..Provisioned::default()
            }
        );
        let stored = store.notices(0, 10).await.unwrap();
        assert_eq!(stored.len(), 1);
        assert_eq!(
            (&stored[0].subscription, &stored[0].notice),
            (&"alice".to_owned(), &report.notices[0])
        );
        assert_eq!(store.notices(stored[0].id, 10).await.unwrap(), []);
        store.settle(stored[0].id).await.unwrap();
        assert_eq!(store.notices(0, 10).await.unwrap(), []);

        let record = load(&store, A1, ALICE).await;
        assert_eq!(record.scscf, Some(scscf("s1")));
        assert_eq!(record.impu_state(ALICE), ImpuState::Registered);
        assert_eq!(
            record.impu_state("sip:alice.new@home.example"),
            ImpuState::Registered
        );
        assert_eq!(record.pairs.len(), 3);
        let bob = load(&store, B1, "tel:+15550100").await;
        assert_eq!((bob.subscription.id.as_str(), bob.pairs.len()), (B1, 0));
        assert_eq!(
            store
                .load(Identities::pair(C1, CAROL))
                .await
                .unwrap()
                .record,
            None
        );
    });
}

#[test]
fn provisioning_without_what_was_registered_lets_the_scscf_go() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        store.provision(all()).await.unwrap();
        let record = load(&store, A1, OFFICE).await;
        store
            .commit(changes(&record, [registered(A1, OFFICE), served_by("s1")]))
            .await
            .unwrap();
        let text = FILE.replace("sip:alice.office@", "sip:alice.home@");
        store
            .provision(subscriber_file::parse(text.as_bytes()).unwrap())
            .await
            .unwrap();
        let record = load(&store, A1, ALICE).await;
        assert_eq!((record.scscf, record.pairs.len()), (None, 0));
    });
}

#[test]
fn a_backup_follows_its_set_to_another_key() {
    let before = alice_registered(&[A1]);
    let mut edited = before.subscription.as_ref().clone();
    edited.implicit_registration_sets[0].service_profiles[0]
        .public_identities
        .remove(0);
    let mut after = before.clone();
    after.apply(&before.reprovisioned(&edited));
    let kept: Vec<_> = after.backups.iter().collect();
    assert_eq!(
        kept,
        [(
            &Pair::new(A1, ALICE),
            &b"backup of a1@home.example".to_vec()
        )]
    );
    assert_eq!(after.pairs.len(), 2);
}

#[test]
fn a_file_of_something_else_is_left_alone() {
    on_a_host(async |io, file| {
        let other = rusqlite::Connection::open(&file).unwrap();
        other
            .execute_batch("CREATE TABLE letters (text TEXT)")
            .unwrap();
        drop(other);
        let error = Sqlite::open(io.clone(), &file).await.err().unwrap();
        assert!(error.to_string().contains("another program"), "{error}");

        let ours = file.with_extension("ours");
        drop(open(&io, &ours).await);
        rusqlite::Connection::open(&ours)
            .unwrap()
            .execute_batch("PRAGMA user_version = 99")
            .unwrap();
        let error = Sqlite::open(io.clone(), &ours).await.err().unwrap();
        assert!(error.to_string().contains("version 99"), "{error}");

        std::fs::write(
            &file,
            "not a database, but long enough to be looked at by somebody",
        )
        .unwrap();
        assert!(Sqlite::open(io.clone(), &file).await.is_err());
        assert!(
            Sqlite::open(io, Path::new("/nowhere/at/all"))
                .await
                .is_err()
        );
    });
}

fn many(count: usize) -> Vec<hss::subscription::Subscription> {
    (0..count)
        .map(|n| {
            let mut subscription = all().remove(1);
            subscription.id = format!("user{n:05}");
            subscription.private_identities[0].impi = format!("user{n}@home.example");
            let set = &mut subscription.implicit_registration_sets[0];
            set.private_identities = vec![format!("user{n}@home.example")];
            set.service_profiles[0].public_identities[0].identity =
                format!("sip:user{n}@home.example");
            subscription
        })
        .collect()
}

fn change() -> impl Strategy<Value = Change> {
    let pairs = [
        (A1, BARRED),
        (A1, ALICE),
        (A1, TEL),
        (A1, OFFICE),
        (A2, ALICE),
        (A2, TEL),
    ];
    let pair = prop::sample::select(pairs.to_vec()).prop_map(|(impi, impu)| Pair::new(impi, impu));
    let impu = prop::sample::select(vec![BARRED, ALICE, TEL, OFFICE]);
    prop_oneof![
        prop::option::of("s[12]").prop_map(|name| Change::Scscf(name.map(|name| scscf(&name)))),
        any::<bool>().prop_map(Change::ReassignmentPending),
        (pair.clone(), any::<bool>(), any::<bool>()).prop_map(
            |(pair, registered, authentication_pending)| {
                Change::Pair(
                    pair,
                    PairState {
                        registered,
                        authentication_pending,
                        since: 7,
                    },
                )
            }
        ),
        (impu, any::<bool>())
            .prop_map(|(impu, unregistered)| Change::Unregistered(impu.to_owned(), unregistered)),
        (
            pair,
            prop::option::of(prop::collection::vec(any::<u8>(), 0..4))
        )
            .prop_map(|(pair, info)| Change::Backup(pair, info)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_change_as_records_do(batches in prop::collection::vec(prop::collection::vec(change(), 0..6), 0..8)) {
        on_a_host(async |io, _| {
            let store = provisioned(&io).await;
            let mut record = alice();
            for list in batches {
                let changes = changes(&record, list);
                store.commit(changes.clone()).await.unwrap();
                record.apply(&changes);
                assert_eq!(load(&store, A1, ALICE).await, record);
            }
        });
    }
}

fn by_another_program(file: &Path, sql: &str) {
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch(sql).unwrap();
}

#[test]
fn a_row_that_cannot_be_read_fails_its_own_job_alone() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        store.provision(all()).await.unwrap();
        let bob = load(&store, B1, BOB).await;
        drop(store);
        by_another_program(
            &file,
            "UPDATE subscription SET provisioned = '{' WHERE id = 'alice'",
        );
        let store = open(&io, &file).await;
        let before = store.transactions();
        let (alice, bob, carol, list) = tokio::join!(
            store.load(Identities::pair(A1, ALICE)),
            store.commit(changes(&bob, [registered(B1, BOB), served_by("s1")])),
            store.load(Identities::pair(C1, CAROL)),
            store.list(String::new(), 10),
        );
        assert_eq!(store.transactions() - before, 1, "all of them in one");
        let StoreError::Failed(said) = alice.unwrap_err() else {
            panic!("not as a failure")
        };
        for word in ["\"alice\"", "cannot be read", "restore the file"] {
            assert!(said.contains(word), "{said}");
        }
        bob.unwrap();
        assert!(carol.unwrap().record.is_some());
        assert_eq!(list.unwrap().len(), 2, "without her");
        assert!(load(&store, B1, BOB).await.pair(B1, BOB).registered);
    });
}

#[test]
fn a_commit_that_fails_half_way_leaves_nothing_and_takes_no_other_along() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        store.provision(all()).await.unwrap();
        let (alice, bob) = (load(&store, A1, ALICE).await, load(&store, B1, BOB).await);
        by_another_program(&file, "ALTER TABLE backup RENAME TO hidden");
        let backup = Change::Backup(Pair::new(A1, BARRED), Some(b"x".to_vec()));
        let (failed, done) = tokio::join!(
            store.commit(changes(
                &alice,
                [served_by("s1"), registered(A1, ALICE), backup]
            )),
            store.commit(changes(&bob, [served_by("s1")])),
        );
        assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
        done.unwrap();
        by_another_program(&file, "ALTER TABLE hidden RENAME TO backup");
        assert_eq!(load(&store, A1, ALICE).await, alice);
        assert_eq!(load(&store, B1, BOB).await.scscf, Some(scscf("s1")));
    });
}

#[test]
fn a_notice_that_cannot_be_read_hides_no_other() {
    on_a_host(async |io, file| {
        let store = open(&io, &file).await;
        store.provision(all()).await.unwrap();
        let rtr = alice_registered(&[A1]).removed().unwrap();
        let mut numbers = Vec::new();
        for _ in 0..3 {
            let record = load(&store, A1, ALICE).await;
            let owed = changes(&record, [Change::Notice(rtr.clone())]);
            numbers.extend(store.commit(owed).await.unwrap());
        }
        by_another_program(
            &file,
            &format!("UPDATE notice SET content = '' WHERE id = {}", numbers[0]),
        );
        let stored = store.notices(0, 1).await.unwrap();
        assert_eq!(
            stored.iter().map(|it| it.id).collect::<Vec<_>>(),
            numbers[1..2]
        );
        assert_eq!(store.notice(numbers[2]).await.unwrap().unwrap().notice, rtr);
        assert_eq!(store.notice(99).await, Ok(None));
        let said = store.notice(numbers[0]).await.unwrap_err().to_string();
        assert!(said.contains("notice 1 cannot be read"), "{said}");
    });
}

/// The second schema as its release made it, word for word.
const OF_SCHEMA_2: &str = r#"
CREATE TABLE subscription (id TEXT PRIMARY KEY NOT NULL, version BIGINT NOT NULL, provisioned TEXT NOT NULL,
    scscf_name TEXT, scscf_host TEXT, scscf_realm TEXT, reassignment_pending SMALLINT NOT NULL);
CREATE TABLE private_identity (impi TEXT PRIMARY KEY NOT NULL, subscription TEXT NOT NULL);
CREATE INDEX private_identity_subscription ON private_identity (subscription);
CREATE TABLE public_identity (impu TEXT PRIMARY KEY NOT NULL, subscription TEXT NOT NULL,
    unregistered SMALLINT NOT NULL);
CREATE INDEX public_identity_subscription ON public_identity (subscription);
CREATE TABLE pair (impi TEXT NOT NULL, impu TEXT NOT NULL, subscription TEXT NOT NULL, registered SMALLINT NOT NULL,
    authentication_pending SMALLINT NOT NULL, PRIMARY KEY (impi, impu));
CREATE INDEX pair_subscription ON pair (subscription);
CREATE TABLE backup (impi TEXT NOT NULL, impu TEXT NOT NULL, subscription TEXT NOT NULL,
    restoration_info BLOB NOT NULL, PRIMARY KEY (impi, impu));
CREATE INDEX backup_subscription ON backup (subscription);
ALTER TABLE subscription ADD COLUMN provision BIGINT NOT NULL DEFAULT 0;
CREATE TABLE sequence_number (impi TEXT PRIMARY KEY NOT NULL, subscription TEXT NOT NULL, sqn BIGINT NOT NULL);
CREATE INDEX sequence_number_subscription ON sequence_number (subscription);
CREATE TABLE notice (id BIGINT PRIMARY KEY NOT NULL, subscription TEXT NOT NULL, content TEXT NOT NULL);
PRAGMA application_id = 1464357715;
PRAGMA user_version = 2;
INSERT INTO subscription VALUES ('bob@home.example', 3,
    '{"id":"bob@home.example","private_identities":[{"impi":"bob@home.example","digest":null}],"implicit_registration_sets":[{"private_identities":["bob@home.example"],"service_profiles":[{"public_identities":[{"identity":"sip:bob@home.example"},{"identity":"sip:b!.*!@home.example","identity_type":4}]}],"activation":"active"}],"capabilities":{"mandatory":[],"optional":[],"server_names":[]},"charging":null,"visited_networks":null,"registration":"allowed"}',
    'sip:s1.home.example', 's1.home.example', 'home.example', 0, 1);
INSERT INTO private_identity VALUES ('bob@home.example', 'bob@home.example');
INSERT INTO public_identity VALUES ('sip:bob@home.example', 'bob@home.example', 0),
    ('sip:b!.*!@home.example', 'bob@home.example', 0);
INSERT INTO pair VALUES ('bob@home.example', 'sip:bob@home.example', 'bob@home.example', 1, 0),
    ('bob@home.example', 'sip:b!.*!@home.example', 'bob@home.example', 1, 0);
INSERT INTO sequence_number VALUES ('bob@home.example', 'bob@home.example', 4096);
INSERT INTO notice VALUES (7, 'bob@home.example',
    '{"scscf":{"name":"sip:s1.home.example","host":"s1.home.example","realm":"home.example"},"content":{"Termination":{"impi":"bob@home.example","associated":[],"impus":["sip:bob@home.example"],"naming":"All","reason":"SERVER_CHANGE","info":null,"occasion":"Ordered"}}}');
"#;

#[test]
fn a_database_of_the_second_schema_is_brought_up_to_date() {
    on_a_host(async |io, file| {
        by_another_program(&file, OF_SCHEMA_2);
        let store = open(&io, &file).await;
        let record = load(&store, B1, BOB).await;
        assert_eq!(
            (record.version, &record.scscf, &record.holding),
            (3, &Some(scscf("s1")), &None)
        );
        assert_eq!(record.pair(B1, BOB).since, 0);
        assert!(record.pair(B1, BOB).registered);
        assert_eq!(record.sqns[B1].value(), 4096);
        let owed = store.notices(0, 9).await.unwrap();
        let [stored] = owed.as_slice() else {
            panic!("{owed:?}")
        };
        let hss::notice::Content::Termination(rtr) = &stored.notice.content else {
            panic!()
        };
        assert_eq!(
            (stored.id, rtr.version),
            (7, i64::MAX),
            "about whatever is registered"
        );
        let held = Change::Holding(Some(scscf("s2")));
        store.commit(changes(&record, [held])).await.unwrap();
        assert_eq!(load(&store, B1, BOB).await.holding, Some(scscf("s2")));

        // What had a `!` is provisioned anew, so that its range is found.
        let mut again = vec![record.subscription.as_ref().clone()];
        let provisioned = store.provision(again.clone()).await.unwrap();
        assert_eq!((provisioned.changed, provisioned.notices.len()), (1, 0));
        let found = store
            .load(Identities::pair(B1, "sip:bert@home.example"))
            .await
            .unwrap();
        assert!(
            found
                .record
                .unwrap()
                .pair(B1, "sip:b!.*!@home.example")
                .registered
        );
        again[0].registration = hss::subscription::RegistrationPermission::Refused;
        assert_eq!(store.provision(again).await.unwrap().changed, 1);
    });
}
