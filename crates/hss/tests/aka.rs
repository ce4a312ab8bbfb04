//! AKA at the HSS: schemes, vectors, sequence numbers that are stored before they are used, resynchronisation.

mod frames;
mod hss_host;
mod subscribers;

use aka::{Amf, Failure, Keys, Sqn, Usim};
use diameter_codec::cx::MultimediaAuthAnswer;
use frames::*;
use hss::error::{Outcome, Subject};
use hss::multimedia_auth::{
    self as mar, DIGEST_AKA, Items, MAX_VECTORS, Request, SIP_DIGEST, UNKNOWN,
};
use hss::record::{Change, SubscriptionRecord};
use hss::subscriber_file;
use hss_host::*;
use subscribers::*;

/// dave has both credentials, eve AKA alone.
const AKA_FILE: &str = r#"{
  "subscriptions": [
    { "id": "dave",
      "private_identities": [ { "impi": "dave@home.example", "password": "deep",
        "aka": { "k": "465b5ce8b199b49faa5f0a2ee238a6bc", "op": "cdc202d5123e20f62b6d676ac72cb318",
                 "amf": "b9b9", "sqn": "000000000400" } } ],
      "implicit_registration_sets": [
        { "service_profiles": [ { "public_identities": [ { "identity": "sip:dave@home.example" } ] } ] } ] },
    { "id": "eve",
      "private_identities": [ { "impi": "eve@home.example",
        "aka": { "k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf" } } ],
      "implicit_registration_sets": [
        { "service_profiles": [ { "public_identities": [ { "identity": "sip:eve@home.example" } ] } ] } ] }
  ]
}"#;
const DAVE: (&str, &str) = ("dave@home.example", "sip:dave@home.example");
const EVE: (&str, &str) = ("eve@home.example", "sip:eve@home.example");

/// K, and OPc from OP, of test set 1 of TS 35.208.
fn keys() -> Keys {
    Keys {
        k: 0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc_u128.to_be_bytes(),
        opc: 0xcd63_cb71_954a_9f4e_48a5_994e_37a0_2baf_u128.to_be_bytes(),
    }
}

fn record_of(id: &str) -> SubscriptionRecord {
    let all = subscriber_file::parse(AKA_FILE.as_bytes()).unwrap();
    SubscriptionRecord::new(all.into_iter().find(|it| it.id == id).unwrap())
}

fn asking((impi, impu): (&str, &str), scheme: &str, items: usize) -> Request {
    Request {
        impi: impi.to_owned(),
        impu: impu.to_owned(),
        member: None,
        scheme: scheme.to_owned(),
        authorization: None,
        rands: (0..items).map(|n| [n as u8 + 1; 16]).collect(),
        scscf: scscf("s1"),
    }
}

/// Decides, and puts the changes into `record`.
fn decide(record: &mut SubscriptionRecord, request: &Request) -> mar::Answer {
    let (changes, answer) = mar::decide(record, request);
    if !changes.list.is_empty() {
        record.apply(&changes);
    }
    answer
}

fn vectors(answer: &mar::Answer) -> &[aka::Vector] {
    match &answer.items {
        Items::Aka(vectors) => vectors,
        _ => &[],
    }
}

#[test]
fn the_scheme_is_the_users_or_the_hss_chooses() {
    let carol = || (record("carol"), ("carol@home.example", CAROL));
    let bob = || (record(B1), (B1, BOB));
    let dave = || (record_of("dave"), DAVE);
    let eve = || (record_of("eve"), EVE);
    let (aka, digest, neither) = (Some("aka"), Some("digest"), None);
    for ((mut record, user), scheme, wanted) in [
        (dave(), DIGEST_AKA, aka),
        (dave(), SIP_DIGEST, digest),
        (dave(), UNKNOWN, aka),
        (eve(), DIGEST_AKA, aka),
        (eve(), SIP_DIGEST, neither),
        (eve(), UNKNOWN, aka),
        (bob(), DIGEST_AKA, neither),
        (bob(), SIP_DIGEST, digest),
        (bob(), UNKNOWN, digest),
        (carol(), UNKNOWN, neither),
        (dave(), "NASS-Bundled", neither),
        (dave(), "Early-IMS-Security", neither),
    ] {
        let answer = decide(&mut record, &asking(user, scheme, 1));
        let given = match answer.items {
            Items::Aka(_) => aka,
            Items::Digest(_) => digest,
            Items::None => neither,
        };
        assert_eq!(given, wanted, "{scheme} for {}", user.0);
        let refused = answer.outcome == Outcome::AuthSchemeNotSupported;
        assert_eq!(
            (refused, refused),
            (wanted.is_none(), record.version == 0),
            "{scheme}"
        );
    }
}

#[test]
fn several_vectors_have_numbers_of_their_own_that_the_usim_takes() {
    let mut record = record_of("dave");
    let answer = decide(&mut record, &asking(DAVE, DIGEST_AKA, 3));
    let given = vectors(&answer).to_vec();
    assert_eq!(given.len(), 3);
    let after = record.sqns[DAVE.0];
    assert_eq!((after.seq(), after.ind()), (0x20 + 3, 3));
    let mut usim = Usim::new(keys());
    // Of one batch, any order will do (TS 33.102 Annex C.2).
    for vector in [&given[2], &given[0], &given[1]] {
        let answer = usim.answer(&vector.rand, &vector.autn).unwrap();
        assert_eq!(answer.res, vector.xres);
        assert_eq!(vector.autn[6..8], [0xb9, 0xb9]);
    }
    let next = decide(&mut record, &asking(DAVE, DIGEST_AKA, 1));
    let next = &vectors(&next)[0];
    assert!(usim.answer(&next.rand, &next.autn).is_ok());
    assert_eq!(record.sqns[DAVE.0].seq(), 0x24);
}

#[test]
fn asking_for_nothing_gets_nothing_and_no_number_is_used() {
    let mut record = record_of("dave");
    let answer = decide(&mut record, &asking(DAVE, DIGEST_AKA, 0));
    assert_eq!(
        (answer.outcome, answer.items),
        (Outcome::Success, Items::None)
    );
    assert!(record.sqns.is_empty());
}

#[test]
fn an_auts_moves_the_number_and_a_wrong_one_moves_nothing() {
    let mut record = record_of("eve");
    let mut usim = Usim::new(keys());
    // A USIM that another HSS has used.
    let mut sqn = Sqn::default();
    for _ in 0..1000 {
        sqn = sqn.next().unwrap();
        let vector = aka::vector(&keys(), Amf::default(), sqn, [7; 16]);
        usim.answer(&vector.rand, &vector.autn).unwrap();
    }
    let answer = decide(&mut record, &asking(EVE, DIGEST_AKA, 1));
    let old = &vectors(&answer)[0];
    let Err(Failure::Synch { auts }) = usim.answer(&old.rand, &old.autn) else {
        panic!("the HSS is behind")
    };
    let resynchronising = |authorization: Vec<u8>| Request {
        authorization: Some(authorization),
        ..asking(EVE, DIGEST_AKA, 2)
    };
    let right = [&old.rand[..], &auts].concat();
    for at in 0..right.len() {
        let mut wrong = right.clone();
        wrong[at] ^= 1;
        let before = record.clone();
        let answer = decide(&mut record, &resynchronising(wrong));
        let refusal = Outcome::InvalidAvpValue(Subject::SipAuthorization);
        assert_eq!(
            (answer.outcome, &record.sqns),
            (refusal, &before.sqns),
            "octet {at}"
        );
    }
    for wrong in [&right[..29], &[&right[..], &[0]].concat(), &[]] {
        let answer = decide(&mut record, &resynchronising(wrong.to_vec()));
        assert_eq!(
            answer.outcome,
            Outcome::InvalidAvpValue(Subject::SipAuthorization)
        );
    }
    let answer = decide(&mut record, &resynchronising(right.clone()));
    assert_eq!(record.sqns[EVE.0].seq(), 1002);
    for vector in vectors(&answer) {
        assert!(usim.answer(&vector.rand, &vector.autn).is_ok());
    }
    // The same request again is no reason to fall back to numbers that were used.
    let again = decide(&mut record, &resynchronising(right));
    assert_eq!(record.sqns[EVE.0].seq(), 1004);
    assert!(
        usim.answer(&vectors(&again)[0].rand, &vectors(&again)[0].autn)
            .is_ok()
    );
}

#[test]
fn a_reload_keeps_the_number_unless_the_usim_is_another() {
    let mut record = record_of("dave");
    decide(&mut record, &asking(DAVE, DIGEST_AKA, 3));
    let reloaded = |file: String| {
        let all = subscriber_file::parse(file.as_bytes()).unwrap();
        record.reprovisioned(&all[0]).list
    };
    let forgotten = Change::Sqn(DAVE.0.to_owned(), None);
    for same in [
        AKA_FILE.to_owned(),
        AKA_FILE.replace("000000000400", "000000000000"),
        AKA_FILE.replace("deep", "deeper").replace("b9b9", "8000"),
    ] {
        assert!(!reloaded(same).contains(&forgotten));
    }
    for another in [
        AKA_FILE.replace("465b5ce8", "465b5ce9"),
        AKA_FILE.replace("cdc202d5", "cdc202d6"),
    ] {
        assert!(reloaded(another).contains(&forgotten));
    }
}

fn mar_of((impi, impu): (&str, &str), items: u32, authorization: Option<&[u8]>) -> Vec<u8> {
    let [impi, impu] = pair(impi, impu);
    let mut item = tgpp(608, DIGEST_AKA.as_bytes());
    item.extend(
        authorization
            .map(|octets| tgpp(610, octets))
            .unwrap_or_default(),
    );
    let (count, name) = (items.to_be_bytes(), b"sip:s1.home.example");
    request(
        MAR,
        &[
            impi,
            impu,
            tgpp(612, &item),
            tgpp(607, &count),
            tgpp(602, name),
        ],
    )
}

/// RAND and AUTN of an answer's items, with XRES, in the order of their numbers.
fn items(maa: &[u8]) -> Vec<([u8; 16], [u8; 16], Vec<u8>)> {
    let mut items: Vec<_> = every(&maa[20..], 612)
        .into_iter()
        .map(|item| {
            let number = one(&item, 613).unwrap();
            assert_eq!(one(&item, 608).unwrap(), DIGEST_AKA.as_bytes());
            assert_eq!(
                [625, 626].map(|key| one(&item, key).unwrap().len()),
                [16, 16]
            );
            let challenge = one(&item, 609).unwrap();
            let (rand, autn) = challenge.split_at(16);
            let xres = one(&item, 610).unwrap();
            (
                number,
                (rand.try_into().unwrap(), autn.try_into().unwrap(), xres),
            )
        })
        .collect();
    items.sort();
    items.into_iter().map(|(_, item)| item).collect()
}

#[test]
fn vectors_on_the_wire_and_their_numbers_after_a_crash() {
    with_file(AKA_FILE, async |sim, mut stream| {
        let mut usim = Usim::new(keys());
        let maa = ask(&mut stream, &mar_of(EVE, 3, None)).await;
        assert_eq!(
            (result(&maa), one(&maa[20..], 607)),
            (2001, Some(vec![0, 0, 0, 3]))
        );
        assert_eq!(one(&maa[20..], 1).unwrap(), EVE.0.as_bytes());
        assert_eq!(one(&maa[20..], 601).unwrap(), EVE.1.as_bytes());
        let given = items(&maa);
        assert_eq!(given.len(), 3);
        for (rand, autn, xres) in &given {
            assert_eq!(usim.answer(rand, autn).unwrap().res.to_vec(), *xres);
        }
        let rands: std::collections::BTreeSet<_> = given.iter().map(|item| item.0).collect();
        assert_eq!(rands.len(), 3);

        let many = ask(&mut stream, &mar_of(EVE, 1_000, None)).await;
        assert_eq!(items(&many).len(), MAX_VECTORS);
        for (rand, autn, _) in items(&many) {
            assert!(usim.answer(&rand, &autn).is_ok());
        }

        let mut stream = crash_and_restart(sim, AKA_FILE).await;
        let maa = ask(&mut stream, &mar_of(EVE, 1, None)).await;
        let [(rand, autn, _)] = items(&maa)[..] else {
            panic!()
        };
        assert!(usim.answer(&rand, &autn).is_ok(), "no number is used twice");
    });
}

#[test]
fn a_wrong_auts_is_answered_with_the_avp_to_blame() {
    with_file(AKA_FILE, async |_, mut stream| {
        let wrong = [0xA5; 30];
        let maa = ask(&mut stream, &mar_of(EVE, 1, Some(&wrong))).await;
        assert_eq!(result(&maa), 5004);
        let failed = one(&maa[20..], 279).unwrap();
        assert_eq!(one(&one(&failed, 612).unwrap(), 610).unwrap(), wrong);
        assert!(every(&maa[20..], 612).is_empty());
    });
}

/// What our own Cx client makes of it.
#[test]
fn the_answer_has_the_commands_grammar() {
    with_file(AKA_FILE, async |_, mut stream| {
        let maa = ask(&mut stream, &mar_of(EVE, 2, None)).await;
        let message = diameter_codec::Message::parse(maa.into()).unwrap();
        let maa = MultimediaAuthAnswer::decode(&message).unwrap();
        let numbers: Vec<_> = maa
            .sip_auth_data_item
            .iter()
            .map(|item| item.sip_item_number)
            .collect();
        assert_eq!(numbers, [Some(1), Some(2)]);
    });
}
