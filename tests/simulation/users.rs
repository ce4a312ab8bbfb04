//! Who registers in the histories, and what the HSS is provisioned with.

use serde_json::{Value, json};

/// A private identity with one public one, and how it proves itself.
pub(crate) struct User {
    pub(crate) impi: &'static str,
    pub(crate) impu: &'static str,
    pub(crate) proof: Proof,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Proof {
    Password(&'static str),
    Aka,
}

pub(crate) const K: &str = "465b5ce8b199b49faa5f0a2ee238a6bc";
pub(crate) const OPC: &str = "cd63cb71954a9f4e48a5994e37a02baf";

/// Alice has two phones with one private identity; carol two private identities with one public one; bob a set of
/// two public identities, dave a USIM.
pub(crate) const USERS: [User; 5] = [
    User {
        impi: "alice@home.example",
        impu: "sip:alice@home.example",
        proof: Proof::Password("alice-secret"),
    },
    User {
        impi: "bob@home.example",
        impu: "sip:bob@home.example",
        proof: Proof::Password("bob-secret"),
    },
    User {
        impi: "carol1@home.example",
        impu: "sip:carol@home.example",
        proof: Proof::Password("carol-secret-1"),
    },
    User {
        impi: "carol2@home.example",
        impu: "sip:carol@home.example",
        proof: Proof::Password("carol-secret-2"),
    },
    User {
        impi: "dave@home.example",
        impu: "sip:dave@home.example",
        proof: Proof::Aka,
    },
];

/// The application server that edition `edition` of a subscription names.
pub(crate) fn application_server(edition: u32) -> String {
    format!("sip:as{edition}.home.example")
}

fn subscription(users: &[User], identities: &[&str], edition: u32) -> Value {
    let private = users.iter().map(|user| match user.proof {
        Proof::Password(password) => json!({ "impi": user.impi, "password": password }),
        Proof::Aka => json!({ "impi": user.impi, "aka": { "k": K, "opc": OPC } }),
    });
    let public = identities.iter().map(|impu| json!({ "identity": impu }));
    json!({
        "private_identities": private.collect::<Vec<_>>(),
        "implicit_registration_sets": [
            { "service_profiles": [{
                "public_identities": public.collect::<Vec<_>>(),
                "initial_filter_criteria": [
                    { "priority": 0, "application_server": { "server_name": application_server(edition) } }
                ],
            }] }
        ],
    })
}

/// Subscriptions that there are.
pub(crate) const SUBSCRIPTIONS: usize = 4;

/// The subscription of a user, by their index.
pub(crate) fn subscription_of(user: usize) -> usize {
    [0, 1, 2, 2, 3][user]
}

/// The HSS's subscriber file with all of them, each subscription in its edition.
pub(crate) fn subscriber_file(editions: [u32; SUBSCRIPTIONS]) -> String {
    let [alice, bob, carol, _, dave] = &USERS;
    let one = std::slice::from_ref;
    let subscriptions = [
        subscription(one(alice), &[alice.impu], editions[0]),
        subscription(one(bob), &[bob.impu, "tel:+15550100042"], editions[1]),
        subscription(&USERS[2..4], &[carol.impu], editions[2]),
        subscription(one(dave), &[dave.impu], editions[3]),
    ];
    json!({ "subscriptions": subscriptions }).to_string()
}
