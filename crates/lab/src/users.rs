//! Made-up subscribers for runs of many phones.

use clap::ValueEnum;
use serde_json::json;

/// What subscribers prove themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheme {
    /// Keys of UMTS AKA
    Aka,
    /// A password of SIP Digest
    Digest,
}

/// The most subscribers that are made.
pub const MAX_USERS: u32 = 1_000_000;

/// A subscriber file of `user0`, `user1` and so on in `home.example`, with secrets that `random` fills.
pub(crate) fn subscribers(users: u32, scheme: Scheme, random: impl Fn(&mut [u8])) -> String {
    let secret = || {
        let mut octets = [0; 16];
        random(&mut octets);
        let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        digits
    };
    let mut text = String::from("{\"realm\": \"home.example\", \"subscriptions\": [\n");
    for user in 0..users {
        let mut private = json!({ "impi": format!("user{user}@home.example") });
        match scheme {
            Scheme::Aka => private["aka"] = json!({ "k": secret(), "opc": secret() }),
            Scheme::Digest => private["password"] = json!(secret()),
        }
        let public = json!([{ "identity": format!("sip:user{user}@home.example") }]);
        let subscription = json!({
            "private_identities": [private],
            "implicit_registration_sets": [{ "service_profiles": [{ "public_identities": public }] }],
        });
        text.push_str(&subscription.to_string());
        text.push_str(if user + 1 < users { ",\n" } else { "\n" });
    }
    text.push_str("]}\n");
    text
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_user_has_identities_and_secrets_of_its_own() {
        for (scheme, key) in [(Scheme::Aka, "aka"), (Scheme::Digest, "password")] {
            let next = Cell::new(0);
            let text = subscribers(3, scheme, |octets| {
                next.set(next.get() + 1);
                octets.fill(next.get());
            });
            let file: Value = serde_json::from_str(&text).expect("JSON");
            let subscriptions = file["subscriptions"].as_array().expect("a list");
            let mut secrets: Vec<String> = subscriptions
                .iter()
                .map(|one| one["private_identities"][0][key].to_string())
                .collect();
            secrets.dedup();
            assert_eq!(secrets.len(), 3, "{text}");
            assert_eq!(
                subscriptions[2]["private_identities"][0]["impi"],
                "user2@home.example"
            );
        }
    }
}
