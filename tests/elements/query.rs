//! A REGISTER without Contact asks what is bound, through all elements (RFC 3261 §10.2.3; TS 24.229 §5.4.1.2.2).

use sim::{Faults, Sim};
use sip_message::{Name, Status};

use crate::bench::*;

const ONE: (Name<'static>, &str) = (
    Name::CONTACT,
    "<sip:alice@10.0.0.9>;expires=600, <sip:alice@10.0.0.9:5099>;expires=300",
);

#[test]
fn rfc3261_10_2_3_a_query_changes_nothing_in_any_element_and_says_what_is_bound() {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let hss = hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, "").await;
        let other = scscf_with(&sim, OTHER_SCSCF, "").await;
        icscf(&sim).await;
        let pcscf = pcscf(&sim).await;
        let endpoint = hand(&sim, HAND).await;
        let mut alice = Phone::new(&endpoint, PCSCF, "alice");
        // Who is registered nowhere has to say who they are, and then hears that nothing is bound; the HSS keeps nothing.
        assert_eq!(alice.ask(&[]).await.status(), Some(Status::UNAUTHORIZED));
        let nothing = alice.ask(&[]).await;
        assert_eq!(
            nothing.status(),
            Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST)
        );
        assert!(contacts(&nothing).is_empty());
        assert_eq!(at_hss(&hss, "alice"), ("not registered".to_owned(), false));

        assert_eq!(alice.register(&[ONE]).await.status(), Some(Status::OK));
        let states = || (scscf.state(), other.state(), pcscf.state());
        let (before, heard) = (states(), assignments(&sim).len());
        let both = ["sip:alice@10.0.0.9", "sip:alice@10.0.0.9:5099"];
        // By a nonce of ours, and after a challenge.
        for is_challenged in [false, true] {
            if is_challenged {
                alice.challenge = None;
            }
            let told = alice.register(&[]).await;
            assert_eq!(told.status(), Some(Status::OK));
            assert_eq!(contacts(&told), both);
            assert!(told.header(Name::SERVICE_ROUTE).is_some());
            let expires: Vec<&str> = told
                .elements(Name::CONTACT)
                .filter_map(|contact| contact.split("expires=").nth(1))
                .collect();
            assert!(["600", "599"].contains(&expires[0]), "{expires:?}");
            assert!(["300", "299"].contains(&expires[1]), "{expires:?}");
        }
        assert_eq!(at_hss(&hss, "alice"), ("registered".to_owned(), false));
        let changed = |one: &serde_json::Value| one["registrar"]["contacts"].clone();
        let after = states();
        assert_eq!(changed(&after.0), changed(&before.0));
        assert_eq!(changed(&after.1), changed(&before.1));
        assert_eq!(after.2["registrations"], before.2["registrations"]);
        let told = assignments(&sim).split_off(heard);
        assert_eq!(told, [0; 0], "the HSS hears nothing of it");
    });
}
