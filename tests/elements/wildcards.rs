//! A PBX with a range of identities, through all elements (TS 23.003 §13.4A; TS 24.229 §5.4.1.2.2F; TS 29.228 §6.1).

use sim::{Faults, Sim};
use sip_message::{Name, PAssociatedUri, Status, TypedHeader};

use crate::bench::*;

const RANGE: &str = "sip:pbx-!0[0-9]{3}|9.*!@home.example";
const NUMBERS: &str = "tel:+15550!.{2,3}!";
const SUBSCRIBERS: &str = r#"{ "subscriptions": [
  { "private_identities": [ { "impi": "pbx@home.example", "password": "exchange" } ],
    "implicit_registration_sets": [ { "service_profiles": [ { "public_identities": [
        { "identity": "sip:pbx-!0[0-9]{3}|9.*!@home.example", "identity_type": 4 },
        { "identity": "sip:pbx@home.example" },
        { "identity": "sip:pbx-private!.*!@home.example", "identity_type": 4, "barring_indication": true },
        { "identity": "tel:+1-555-0!.{2,3}!", "identity_type": 4 } ] } ] } ] } ] }"#;

/// The core with the PBX as its only subscriber.
async fn core(sim: &Sim, directory: &tempfile::TempDir) -> (Started, Started) {
    let subscribers = directory.path().join("subscribers.json");
    std::fs::write(&subscribers, SUBSCRIBERS).expect("a file");
    let hss = hss_of(sim, &subscribers).await;
    let scscf = scscf_with(sim, SCSCF, "").await;
    icscf(sim).await;
    pcscf(sim).await;
    (hss, scscf)
}

fn states(hss: &Started) -> Vec<(String, String)> {
    let state = hss.state();
    let shown = state["subscribers"]["subscriptions"][0]["public_identities"].clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let shown = shown.as_array().cloned().unwrap_or_default();
    shown
        .iter()
        .map(|one| (text(&one["identity"]), text(&one["state"])))
        .collect()
}

#[test]
fn ts24229_5_4_1_2_2f_ranges_register_with_their_pbx_and_are_shown_behind_its_identity() {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let (hss, scscf) = core(&sim, &directory).await;
        // By its own identity, or by a member of a range.
        for (user, call) in [("pbx", "by itself"), ("pbx-0123", "by a member")] {
            let pbx = format!(
                "private_identity = \"pbx@home.example\"\npublic_identity = \"sip:{user}@home.example\"\n\
                 password = \"exchange\"\nexpires = 600\n"
            );
            let ue = ue_with(&sim, &pbx, "\"10.0.0.2:5060\"").await;
            pass(seconds(2)).await;
            let state = ue.state();
            assert_eq!(state["registration"], "registered", "{call}: {state}");
            let shown = state["associated"].as_array().cloned().unwrap_or_default();
            let shown: Vec<&str> = shown.iter().filter_map(|it| it.as_str()).collect();
            let wanted = ["sip:pbx@home.example", RANGE, NUMBERS].map(|uri| format!("<{uri}>"));
            assert_eq!(shown, wanted, "{call}: the default first, no barred one");
            let uris: Vec<String> = shown
                .iter()
                .map(|one| {
                    PAssociatedUri::parse(one)
                        .expect("readable")
                        .0
                        .uri
                        .to_owned()
                })
                .collect();
            assert_eq!(uris[1], RANGE);
            assert_eq!(states(&hss).len(), 4);
            assert!(
                states(&hss).iter().all(|(_, state)| state == "registered"),
                "{:?}",
                states(&hss)
            );
            assert_eq!(scscf.state()["registrar"]["contacts"], 1);
            ue.stop().await;
            sim.crash(ip(UE));
            pass(seconds(2)).await;
            assert!(
                states(&hss)
                    .iter()
                    .all(|(_, state)| state == "not registered"),
                "{call}: {:?}",
                states(&hss)
            );
        }
    });
}

#[test]
fn ts29228_6_1_1_who_is_in_no_range_is_not_known() {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let _core = core(&sim, &directory).await;
        let hand = hand(&sim, HAND).await;
        for user in ["pbx-012", "pbx-1123", "other"] {
            let mut request = register(user, user, 1);
            request.append(Name::CONTACT, "<sip:x@10.0.0.9>");
            let credentials = "Digest username=\"pbx@home.example\", realm=\"home.example\", nonce=\"\", \
                               uri=\"sip:home.example\", response=\"\"";
            request.append(Name::AUTHORIZATION, credentials);
            let response = hand
                .request(request, at(PCSCF))
                .await
                .expect("a final response");
            assert_eq!(response.status(), Some(Status::FORBIDDEN), "{user}");
        }
    });
}
