//! Ranges of public identities, and services, octet by octet (TS 23.003 §13.4A, §13.5; TS 29.228 §6.1, §6.3).

mod frames;
mod hss_host;
mod subscribers;

use frames::*;
use hss_host::*;
use sim::{Sim, Stream};
use user_profile::{IdentityType, ImsSubscription};

const PBX: &str = "pbx@home.example";
const MAIN: &str = "sip:main@home.example";
const EXTENSIONS: &str = "sip:pbx-!0[0-9]{3}|9.*!@home.example";
const NUMBERS: &str = "tel:+15550!.{2,3}!";
const CHATS: &str = "sip:chat!.*!@home.example";
const ROOMS: &str = "sip:room-!.*!@home.example";

/// A PBX with two ranges; somebody with an identity of her own within one; a range of services that is hosted, one that
/// is served, and one that is not active.
const FILE: &str = r#"{ "subscriptions": [
  { "private_identities": [ { "impi": "pbx@home.example", "password": "p" } ],
    "implicit_registration_sets": [ { "service_profiles": [
      { "public_identities": [
        { "identity": "sip:pbx-!0[0-9]{3}|9.*!@HOME.example", "identity_type": 4 },
        { "identity": "sip:main@home.example" },
        { "identity": "tel:+1-555-0!.{2,3}!", "identity_type": 4 } ] },
      { "public_identities": [
        { "identity": "sip:pbx-0999@home.example", "identity_type": 3, "display_name": "Desk" } ] } ] } ] },
  { "private_identities": [ { "impi": "boss@home.example", "password": "b" } ],
    "implicit_registration_sets": [ { "service_profiles": [
      { "public_identities": [ { "identity": "sip:pbx-0100@home.example" } ] } ] } ] },
  { "private_identities": [ { "impi": "other@home.example", "password": "o" } ],
    "implicit_registration_sets": [ { "service_profiles": [ { "public_identities": [
        { "identity": "sip:other@home.example" },
        { "identity": "sip:pb!.*!@home.example", "identity_type": 4 } ] } ] } ] },
  { "private_identities": [ { "impi": "services@home.example" } ],
    "implicit_registration_sets": [
      { "application_server": "sip:chat.home.example",
        "service_profiles": [ { "public_identities": [
          { "identity": "sip:chat!.*!@home.example", "identity_type": 2 } ] } ] },
      { "service_profiles": [ { "public_identities": [
          { "identity": "sip:room-!.*!@home.example", "identity_type": 2 } ],
          "initial_filter_criteria": [
            { "priority": 0, "application_server": { "server_name": "sip:as.home.example" } } ] } ] },
      { "application_server": "sip:time.home.example",
        "service_profiles": [ { "public_identities": [
          { "identity": "sip:time@home.example", "identity_type": 1 } ] } ] },
      { "activation": "inactive", "application_server": "sip:off.home.example",
        "service_profiles": [ { "public_identities": [
          { "identity": "sip:off!.*!@home.example", "identity_type": 2 } ] } ] } ] } ] }"#;

fn mar(impi: &str, impu: &str) -> Vec<u8> {
    let [impi, impu] = pair(impi, impu);
    let item = tgpp(612, &tgpp(608, b"SIP Digest"));
    let count = tgpp(607, &1u32.to_be_bytes());
    let name = tgpp(602, b"sip:s1.home.example");
    request(MAR, &[impi, impu, item, count, name])
}

fn lir(impu: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut avps = vec![tgpp(601, impu.as_bytes())];
    avps.extend_from_slice(more);
    request(LIR, &avps)
}

fn text(answer: &[u8], code: u32) -> Option<String> {
    one(&answer[20..], code).map(|data| String::from_utf8(data).unwrap())
}

fn profile(saa: &[u8]) -> ImsSubscription {
    ImsSubscription::read(&one(&saa[20..], 606).unwrap()).unwrap()
}

async fn state(stream: &mut Stream, impi: &str, impu: &str) -> i64 {
    result(&ask(stream, &uar(impi, impu)).await)
}

fn with_pbx(scenario: impl AsyncFnOnce(&Sim, Stream)) {
    with_file(FILE, scenario);
}

#[test]
fn ts29228_6_1_1_a_member_of_a_range_is_known_and_who_stands_by_herself_is_no_member() {
    with_pbx(async |_, mut stream| {
        for (impi, impu, wanted) in [
            (PBX, MAIN, -2001),
            (PBX, "sip:pbx-0123@home.example", -2001),
            (PBX, "sip:pbx-0999@home.example", -2001),
            (PBX, "sip:pbx-9!x@HOME.example;user=phone", -2001),
            (PBX, "tel:+1(555)012", -2001),
            (PBX, "sip:PBX-0123@home.example", -5001),
            (PBX, "sip:pbx-0123@other.example", -5001),
            (PBX, "tel:+15550", -5001),
            (PBX, "sip:pbx-0100@home.example", -5002),
            ("boss@home.example", "sip:pbx-0100@home.example", -2001),
            ("boss@home.example", "sip:pbx-0101@home.example", -5002),
            // What one range lacks another has; of both the longer fixed part counts.
            ("other@home.example", "sip:pbx-1@home.example", -2001),
            ("other@home.example", "sip:pbx-0123@home.example", -5002),
        ] {
            assert_eq!(
                state(&mut stream, impi, impu).await,
                wanted,
                "{impi} {impu}"
            );
        }
    });
}

#[test]
fn ts29228_6_1_2_and_6_3_a_member_registers_its_range_and_the_set() {
    with_pbx(async |sim, mut stream| {
        let member = "sip:pbx-0123@home.example";
        let maa = ask(&mut stream, &mar(PBX, member)).await;
        assert_eq!(
            (result(&maa), text(&maa, 601).as_deref()),
            (2001, Some(member))
        );
        // A challenge is out for it, and so for its set.
        assert_eq!(
            state(&mut stream, PBX, "sip:pbx-0124@home.example").await,
            -2002
        );

        let saa = ask(&mut stream, &sar(1, "s1", &pair(PBX, member))).await;
        assert_eq!(
            (result(&saa), text(&saa, 634).as_deref()),
            (2001, Some(EXTENSIONS))
        );
        let profile = profile(&saa);
        let identities: Vec<_> = profile.public_identities().collect();
        assert_eq!(
            identities[0].identity, MAIN,
            "the default, though a range comes first"
        );
        let range = identities
            .iter()
            .find(|it| it.wildcard() == Some(EXTENSIONS))
            .unwrap();
        assert_eq!(range.identity, member);
        assert_eq!(range.identity_type, Some(IdentityType::WILDCARDED_IMPU));
        assert_eq!(range.wildcarded_impu.as_deref(), Some(EXTENSIONS));
        let numbers = identities
            .iter()
            .find(|it| it.wildcard() == Some(NUMBERS))
            .unwrap();
        assert_eq!(numbers.identity, NUMBERS);
        let desk = identities
            .iter()
            .find(|it| it.display_name.is_some())
            .unwrap();
        assert_eq!(
            (desk.identity.as_str(), desk.wildcard()),
            ("sip:pbx-0999@home.example", None)
        );

        let mut stream = crash_and_restart(sim, FILE).await;
        for impu in [
            MAIN,
            "sip:pbx-9@home.example",
            "tel:+1555077",
            "sip:pbx-0999@home.example",
        ] {
            let lia = ask(&mut stream, &lir(impu, &[])).await;
            assert_eq!(result(&lia), 2001, "{impu}");
            assert_eq!(text(&lia, 602).as_deref(), Some("sip:s1.home.example"));
            let wildcard = match impu {
                "sip:pbx-9@home.example" => Some(EXTENSIONS),
                "tel:+1555077" => Some(NUMBERS),
                _ => None,
            };
            assert_eq!(text(&lia, 634).as_deref(), wildcard);
        }
        // 5: the set moves together, by whichever identity.
        let saa = ask(&mut stream, &sar(5, "s1", &pair(PBX, "tel:+1555088"))).await;
        assert_eq!(result(&saa), 2001);
        assert_eq!(state(&mut stream, PBX, MAIN).await, -2001);
        assert_eq!(state(&mut stream, PBX, member).await, -2001);
    });
}

#[test]
fn ts29228_6_1_2_the_range_that_the_scscf_names_is_the_one_that_counts() {
    with_pbx(async |_, mut stream| {
        let member = "sip:pbx-0123@home.example";
        let other = "sip:pb!.*!@home.example";
        let sar = |impi: &str, wildcard: &str| {
            let mut avps = pair(impi, member).to_vec();
            avps.push(tgpp_clear(634, wildcard.as_bytes()));
            sar(1, "s1", &avps)
        };
        let saa = ask(&mut stream, &sar("other@home.example", other)).await;
        assert_eq!(
            (result(&saa), text(&saa, 634).as_deref()),
            (2001, Some(other))
        );
        // One that does not cover it, or is none, is passed over.
        for wildcard in [CHATS, "sip:pbx!.*!@home.example", NUMBERS] {
            let saa = ask(&mut stream, &sar(PBX, wildcard)).await;
            assert_eq!(
                (result(&saa), text(&saa, 634).as_deref()),
                (2001, Some(EXTENSIONS))
            );
        }
        let boss = pair("boss@home.example", "sip:pbx-0100@home.example");
        let own = ask(&mut stream, &self::sar(1, "s1", &boss)).await;
        assert_eq!(text(&own, 634), None);
    });
}

#[test]
fn ts29228_6_1_4_1_a_hosted_service_is_routed_directly() {
    with_pbx(async |_, mut stream| {
        for (impu, server, wildcard) in [
            (
                "sip:chat-7@home.example",
                "sip:chat.home.example",
                Some(CHATS),
            ),
            ("sip:time@home.example", "sip:time.home.example", None),
        ] {
            let lia = ask(&mut stream, &lir(impu, &[])).await;
            assert_eq!(
                (result(&lia), text(&lia, 602).as_deref()),
                (2001, Some(server))
            );
            assert_eq!(
                one(&lia[20..], 653).unwrap(),
                1u32.to_be_bytes(),
                "PSI direct routing"
            );
            assert_eq!(text(&lia, 634).as_deref(), wildcard);
            // For a call of the service itself an S-CSCF is needed.
            let originating = [tgpp(633, &0u32.to_be_bytes())];
            let lia = ask(&mut stream, &lir(impu, &originating)).await;
            assert_eq!((result(&lia), text(&lia, 602)), (-2003, None));
            assert_eq!(
                (one(&lia[20..], 653), text(&lia, 634).as_deref()),
                (None, wildcard)
            );
        }
        // One that is not active is as good as unknown, and says no range.
        let lia = ask(&mut stream, &lir("sip:off-1@home.example", &[])).await;
        assert_eq!((result(&lia), text(&lia, 634)), (-5001, None));
    });
}

#[test]
fn ts29228_6_1_2_a_range_of_services_is_served_unregistered() {
    with_pbx(async |_, mut stream| {
        let (first, second) = ("sip:room-1@home.example", "sip:room-2@home.example");
        let lia = ask(&mut stream, &lir(first, &[])).await;
        assert_eq!(
            (result(&lia), text(&lia, 634).as_deref()),
            (-2003, Some(ROOMS))
        );
        let saa = ask(&mut stream, &sar(3, "s1", &[tgpp(601, first.as_bytes())])).await;
        assert_eq!(
            (result(&saa), text(&saa, 634).as_deref()),
            (2001, Some(ROOMS))
        );
        let profile = profile(&saa);
        let service = profile.public_identities().next().unwrap();
        assert_eq!(service.identity, first);
        assert_eq!(service.identity_type, Some(IdentityType::WILDCARDED_PSI));
        assert_eq!(service.wildcarded_psi.as_deref(), Some(ROOMS));
        let lia = ask(&mut stream, &lir(second, &[])).await;
        assert_eq!(text(&lia, 602).as_deref(), Some("sip:s1.home.example"));
        // A service does not register.
        let saa = ask(
            &mut stream,
            &sar(1, "s1", &pair("services@home.example", second)),
        )
        .await;
        assert_eq!(result(&saa), -5007);
        let saa = ask(&mut stream, &sar(5, "s1", &[tgpp(601, second.as_bytes())])).await;
        assert_eq!(result(&saa), 2001);
        assert_eq!(result(&ask(&mut stream, &lir(first, &[])).await), -2003);
    });
}

#[test]
fn an_rtr_names_the_identities_that_stand_by_themselves() {
    with_file(FILE, async |sim: &Sim, mut stream: Stream| {
        let member = "sip:pbx-0123@home.example";
        let saa = ask(&mut stream, &sar(1, "s1", &pair(PBX, member))).await;
        assert_eq!(result(&saa), 2001);
        // The PBX is gone from the file.
        let without = FILE.replace("pbx@home.example", "pbx2@home.example");
        let mut stream = crash_and_restart(sim, &without).await;
        let rtr = next_request(&mut stream).await;
        assert_eq!(command(&rtr), RTR);
        // The first one has the IMPI alone; without an answer they are named.
        assert!(every(&rtr[20..], 601).is_empty());
        let rtr = next_request(&mut stream).await;
        let named = [MAIN, "sip:pbx-0999@home.example"].map(|impu| impu.as_bytes().to_vec());
        assert_eq!(every(&rtr[20..], 601), named);
    });
}
