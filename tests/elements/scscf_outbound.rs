//! Several registrations of one pair at the S-CSCF (RFC 5626 §6, RFC 3261 §10.3, TS 24.229 §5.4.1.2.2).

use sim::{Faults, Sim};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const OUTBOUND: (Name<'static>, &str) = (Name::SUPPORTED, "outbound");
const VIA: (Name<'static>, &str) = (Name::VIA, "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKpcscf");
const PATH_OB: (Name<'static>, &str) = (Name::PATH, "<sip:token@10.0.0.2;lr;ob>");
const STAR: [(Name<'static>, &str); 2] = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];

struct Bench {
    hss: Started,
    scscf: Started,
    alice: Phone,
    calls: u32,
}

fn run<F: Future<Output = ()>>(more: &'static str, scenario: impl FnOnce(Bench) -> F) {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let hss = hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, more).await;
        let hand = hand(&sim, HAND).await;
        scenario(Bench {
            hss,
            scscf,
            alice: Phone::new(&hand, SCSCF, "alice"),
            calls: 0,
        })
        .await;
    });
}

impl Bench {
    /// A REGISTER of another Call-ID, as each access makes one.
    async fn register(&mut self, headers: &[(Name<'static>, &str)]) -> Message {
        self.calls += 1;
        self.alice.call_id = format!("call-{}", self.calls);
        self.alice.register(headers).await
    }

    /// Registers a flow through a P-CSCF that does outbound.
    async fn flow(&mut self, instance: u32, reg_id: u32, port: u16, expires: u32) -> Message {
        let contact = format!(
            "<sip:alice@10.0.0.9:{port}>;+sip.instance=\"<urn:uuid:{instance}>\";reg-id={reg_id};expires={expires}"
        );
        self.register(&[(Name::CONTACT, &contact), OUTBOUND, VIA, PATH_OB])
            .await
    }

    fn held(&self) -> Vec<(String, u64)> {
        let state = self.scscf.state();
        let contacts = state["registrar"]["first"][0]["contacts"]
            .as_array()
            .cloned();
        let shown = |contact: serde_json::Value| {
            let text = |key: &str| contact[key].as_str().unwrap_or_default().to_owned();
            (text("contact"), contact["reg_id"].as_u64().unwrap_or(0))
        };
        contacts
            .unwrap_or_default()
            .into_iter()
            .map(shown)
            .collect()
    }
}

fn at(port: u16) -> String {
    format!("sip:alice@10.0.0.9:{port}")
}

#[test]
fn c02_each_instance_and_reg_id_is_a_record_and_a_refresh_replaces_only_its_own() {
    run("", |mut bench| async move {
        for (instance, reg_id, port) in [(1, 1, 5061), (1, 2, 5062), (2, 1, 5063)] {
            let response = bench.flow(instance, reg_id, port, 600).await;
            assert_eq!(response.status(), Some(Status::OK));
            assert_eq!(
                response.header(Name::REQUIRE),
                Some("outbound"),
                "RFC 5626 §6"
            );
        }
        assert_eq!(bench.held(), [(at(5061), 1), (at(5062), 2), (at(5063), 1)]);
        // The phone has another address: its flow 1 is refreshed, nothing else.
        let refreshed = bench.flow(1, 1, 5099, 600).await;
        assert_eq!(contacts(&refreshed), [at(5099), at(5062), at(5063)]);
        assert!(
            refreshed
                .all(Name::CONTACT)
                .any(|contact| contact.contains("reg-id=2"))
        );
        assert_eq!(bench.held(), [(at(5099), 1), (at(5062), 2), (at(5063), 1)]);
    });
}

#[test]
fn c03_star_removes_all_and_a_reg_id_with_expires_0_that_one_alone() {
    run("", |mut bench| async move {
        for (instance, reg_id, port) in [(1, 1, 5061), (1, 2, 5062), (2, 1, 5063)] {
            bench.flow(instance, reg_id, port, 600).await;
        }
        // By its key, whatever its address is now.
        let left = bench.flow(1, 2, 7777, 0).await;
        assert_eq!(left.status(), Some(Status::OK));
        assert_eq!(contacts(&left), [at(5061), at(5063)]);
        assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
        let gone = bench.register(&STAR).await;
        assert_eq!(
            (gone.status(), contacts(&gone).len()),
            (Some(Status::OK), 0)
        );
        assert_eq!(at_hss(&bench.hss, "alice").0, "not registered");
        assert!(bench.held().is_empty());
    });
}

#[test]
fn c15_a_registration_without_reg_id_takes_the_place_of_the_flows() {
    run("", |mut bench| async move {
        bench.flow(1, 1, 5061, 600).await;
        bench.flow(2, 1, 5062, 600).await;
        let moved = bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5070>")])
            .await;
        assert_eq!(contacts(&moved), [at(5070)]);
        assert_eq!(moved.header(Name::REQUIRE), None);
        // A flow beside it is one more.
        let beside = bench.flow(1, 1, 5061, 600).await;
        assert_eq!(contacts(&beside), [at(5070), at(5061)]);
    });
}

#[test]
fn rfc5626_6_without_outbound_reg_id_says_nothing_and_without_ob_at_the_first_hop_it_is_439() {
    run("", |mut bench| async move {
        let contact = (
            Name::CONTACT,
            "<sip:alice@10.0.0.9:5061>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
        );
        let refused = bench
            .register(&[
                contact,
                OUTBOUND,
                VIA,
                (Name::PATH, "<sip:token@10.0.0.2;lr>"),
            ])
            .await;
        assert_eq!(
            refused.status(),
            Some(Status::FIRST_HOP_LACKS_OUTBOUND_SUPPORT)
        );
        assert!(bench.held().is_empty());
        let plain = bench.register(&[contact, VIA, PATH_OB]).await;
        assert_eq!(
            (plain.status(), plain.header(Name::REQUIRE)),
            (Some(Status::OK), None)
        );
        assert_eq!(bench.held(), [(at(5061), 0)]);
        // Without an instance it is a plain contact too.
        let bare = (Name::CONTACT, "<sip:alice@10.0.0.9:5062>;reg-id=1");
        let bare = bench.register(&[bare, OUTBOUND, VIA, PATH_OB]).await;
        assert_eq!(
            (bare.status(), bare.header(Name::REQUIRE)),
            (Some(Status::OK), None)
        );
        assert_eq!(bench.held(), [(at(5062), 0)]);
    });
}

#[test]
fn rfc5626_6_two_flows_in_one_request_are_refused() {
    run("", |mut bench| async move {
        let contact =
            |n| format!("<sip:alice@10.0.0.9:{n}>;+sip.instance=\"<urn:uuid:1>\";reg-id={n}");
        let two = format!("{}, {}", contact(1), contact(2));
        let refused = bench
            .register(&[(Name::CONTACT, &two), OUTBOUND, VIA, PATH_OB])
            .await;
        assert_eq!(refused.status(), Some(Status::BAD_REQUEST));
    });
}

#[test]
fn more_contacts_than_one_may_have_are_refused_and_nothing_changes() {
    run(
        "[registration]\nmax_contacts = 2\n",
        |mut bench| async move {
            bench.flow(1, 1, 5061, 600).await;
            bench.flow(1, 2, 5062, 600).await;
            let refused = bench.flow(1, 3, 5063, 600).await;
            assert_eq!(refused.status(), Some(Status::FORBIDDEN));
            let sip_message::StartLine::Response { reason, .. } = refused.start_line() else {
                panic!("a response")
            };
            assert_eq!(reason, "More than 2 contacts");
            assert_eq!(bench.held().len(), 2);
            assert_eq!(bench.flow(1, 2, 5064, 600).await.status(), Some(Status::OK));
        },
    );
}

#[test]
fn rfc3261_10_3_contacts_are_added_where_configured_and_each_runs_out_at_its_own_time() {
    run(
        "[registration]\nnew_contact = \"adds\"\n",
        |mut bench| async move {
            let several = "<sip:alice@10.0.0.9:5061>;expires=100, <sip:alice@10.0.0.9:5062>";
            let response = bench
                .register(&[(Name::CONTACT, several), (Name::EXPIRES, "200")])
                .await;
            let shown: Vec<&str> = response.elements(Name::CONTACT).collect();
            assert_eq!(
                shown,
                [
                    "<sip:alice@10.0.0.9:5061>;expires=100",
                    "<sip:alice@10.0.0.9:5062>;expires=200"
                ]
            );
            let third = bench
                .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5063>;expires=300")])
                .await;
            assert_eq!(contacts(&third).len(), 3);
            pass(seconds(101)).await;
            assert_eq!(contacts(&bench.register(&[]).await), [at(5062), at(5063)]);
            pass(seconds(100)).await;
            assert_eq!(bench.held(), [(at(5063), 0)]);
            assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
            pass(seconds(100)).await;
            assert_eq!(at_hss(&bench.hss, "alice").0, "not registered");
        },
    );
}

#[test]
fn rfc3261_10_3_expiries_are_granted_shortened_and_refused_with_min_expires() {
    let limits = "[registration]\nmin_expires = 100\ndefault_expires = 500\nmax_expires = 1000\n";
    run(limits, |mut bench| async move {
        let brief = bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5061>;expires=99")])
            .await;
        assert_eq!(brief.status(), Some(Status::INTERVAL_TOO_BRIEF));
        assert_eq!(brief.header(Name::MIN_EXPIRES), Some("100"));
        for (contact, granted) in [
            ("<sip:alice@10.0.0.9:5061>;expires=100", "expires=100"),
            ("<sip:alice@10.0.0.9:5061>", "expires=500"),
            ("<sip:alice@10.0.0.9:5061>;expires=600000", "expires=1000"),
        ] {
            let response = bench.register(&[(Name::CONTACT, contact)]).await;
            let shown = response.header(Name::CONTACT).expect("bound");
            assert!(shown.ends_with(granted), "{contact}: {shown}");
        }
    });
}

#[test]
fn ts24229_5_4_1_4_what_is_not_bound_cannot_be_deregistered_and_who_is_bound_stays() {
    run("", |mut bench| async move {
        bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5061>")])
            .await;
        let refused = bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5062>;expires=0")])
            .await;
        assert_eq!(
            refused.status(),
            Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST)
        );
        assert_eq!(bench.held(), [(at(5061), 0)]);
        assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
    });
}

#[test]
fn ts24229_7_2a_13_an_emergency_registration_and_the_normal_one_leave_each_other_alone() {
    run("", |mut bench| async move {
        bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5061>")])
            .await;
        let emergency = "<sip:alice@10.0.0.9:5062;sos>";
        let both = bench.register(&[(Name::CONTACT, emergency)]).await;
        assert_eq!(contacts(&both).len(), 2);
        let moved = bench
            .register(&[(Name::CONTACT, "<sip:alice@10.0.0.9:5063>")])
            .await;
        assert_eq!(contacts(&moved), [format!("{};sos", at(5062)), at(5063)]);
    });
}
