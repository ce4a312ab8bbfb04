//! Our HSS with equipment of another make: Kamailio's I-CSCF and S-CSCF register users, behind our P-CSCF.

mod kamailio;
mod network;

use std::time::Duration;

use aka::{Keys, Usim};
use sip_message::{Message, Method, Name, TypedHeader, WwwAuthenticate};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

use kamailio::{Algorithm, Kamailio};
use network::{Hand, Network};

const K: [u8; 16] = *b"0123456789abcdef";
const OPC: [u8; 16] = *b"fedcba9876543210";
const TOKEN: &str = "only-the-operator-knows";

/// What a phone proves its identity with.
enum Proof {
    Password(&'static str),
    Usim(Box<Usim>),
}

/// A phone played by hand.
struct Phone {
    hand: Hand,
    user: &'static str,
    proof: Proof,
    cseq: u32,
}

impl Phone {
    fn new(network: &Network, user: &'static str, proof: Proof) -> Self {
        Self {
            hand: Hand::new(network.ip(20), network.address("pcscf")),
            user,
            proof,
            cseq: 0,
        }
    }

    /// Registers for `expires` seconds, 0 to leave; gives the final response.
    fn register(&mut self, expires: u32) -> String {
        let user = self.user;
        let nobody = format!(
            "Authorization: Digest username=\"{user}@home.example\",realm=\"home.example\",nonce=\"\",\
             uri=\"sip:home.example\",response=\"\"\r\n"
        );
        let challenged = self.ask(expires, &nobody);
        assert!(challenged.starts_with("SIP/2.0 401 "), "{challenged}");
        let answer = self.answer(&challenged);
        self.ask(expires, &answer)
    }

    fn ask(&mut self, expires: u32, authorization: &str) -> String {
        self.cseq += 1;
        let (user, cseq, local) = (self.user, self.cseq, self.hand.local());
        self.hand.ask(&format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{user}-{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@home.example>;tag=f{cseq}\r\nTo: <sip:{user}@home.example>\r\n\
             Call-ID: {user}-{}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{local}>;expires={expires}\r\n\
             Supported: path\r\n{authorization}Content-Length: 0\r\n\r\n",
            local.port()
        ))
    }

    /// The Authorization that answers the challenge of `response`.
    fn answer(&mut self, response: &str) -> String {
        let response = Message::parse(response.to_owned().into_bytes().into()).expect("a response");
        let challenge = response
            .all(Name::WWW_AUTHENTICATE)
            .find_map(|value| WwwAuthenticate::parse(value).ok())
            .map(|WwwAuthenticate(auth)| Challenge::read(&auth).expect("a digest challenge"))
            .expect("a challenge");
        let secret = match &mut self.proof {
            Proof::Password(password) => Secret::Password(password.as_bytes().to_vec()),
            Proof::Usim(usim) => {
                let (rand, autn) =
                    digest::aka::read_nonce(&challenge.nonce).expect("RAND and AUTN");
                let answer = usim.answer(&rand, &autn).expect("a network that has our K");
                Secret::Res(answer.res.to_vec())
            }
        };
        let credentials = Credentials {
            username: format!("{}@home.example", self.user),
            secret,
        };
        let uri = "sip:home.example";
        let value = digest::answer(
            &challenge,
            &credentials,
            Method::REGISTER,
            uri,
            "c0ffee",
            1,
            b"",
        );
        format!("Authorization: {}\r\n", value.expect("an answer"))
    }
}

/// HSS and P-CSCF ours, I-CSCF and S-CSCF Kamailio's.
fn core(algorithm: Algorithm) -> (Network, [Kamailio; 2]) {
    let mut network = Network::new();
    network.write_subscribers(2);
    give_keys(&network, "user1@home.example");
    // Calls of an operator are taken; a notice that nobody answers is given up after 2 × 1 s.
    std::fs::write(network.path("token"), TOKEN).expect("a token");
    let token = format!("[admin]\ntoken_file = {:?}\n", network.path("token"));
    let config = network
        .config("hss")
        .replace("[admin]\n", &token)
        .replace("admit = ", "request_timeout_ms = 1000\nadmit = ");
    let notices = "[notices]\nattempts = 2\npause_ms = 100\n";
    let file = network.path("hss.toml");
    std::fs::write(&file, format!("{config}{notices}")).expect("a configuration file");
    network.processes.push(network::spawn("hss", &file));
    network.start("pcscf");
    let theirs = ["scscf", "icscf"].map(|element| Kamailio::start(&network, element, algorithm));
    (network, theirs)
}

/// Gives `impi` a USIM in place of its password.
fn give_keys(network: &Network, impi: &str) {
    let path = network.path("subscribers.json");
    let text = std::fs::read(&path).expect("subscribers");
    let mut file: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let hex = |key: [u8; 16]| key.map(|octet| format!("{octet:02x}")).concat();
    for subscription in file["subscriptions"].as_array_mut().expect("a list") {
        let identity = &mut subscription["private_identities"][0];
        if identity["impi"] == impi {
            *identity = serde_json::json!({ "impi": impi, "aka": { "k": hex(K), "opc": hex(OPC), "amf": "8000" } });
        }
    }
    std::fs::write(path, file.to_string()).expect("subscribers");
}

fn usim() -> Proof {
    Proof::Usim(Box::new(Usim::new(Keys { k: K, opc: OPC })))
}

/// What the HSS has of `user`: state of its IMPU, and its S-CSCF.
fn at_hss(network: &Network, user: &str) -> (String, Option<String>) {
    let state: serde_json::Value =
        serde_json::from_str(&network.admin("hss", "/state")).expect("JSON");
    let subscriptions = &state["shards"]["hss"]["subscribers"]["subscriptions"];
    let own = subscriptions
        .as_array()
        .into_iter()
        .flatten()
        .find(|own| own["id"] == format!("{user}@home.example"))
        .unwrap_or_else(|| panic!("no subscription of {user}: {state}"));
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let impu = &own["public_identities"][0]["state"];
    (word(impu).expect("a word"), word(&own["scscf"]))
}

/// Registers, refreshes, leaves and comes again; the HSS knows each time.
fn lives(network: &Network, mut phone: Phone) {
    let user = phone.user;
    let scscf = format!("sip:{}", network.address("scscf"));
    for time in ["first", "refreshed"] {
        let answer = phone.register(600);
        assert!(answer.starts_with("SIP/2.0 200 "), "{time}: {answer}");
        assert!(
            answer.contains(&format!("P-Associated-URI: <sip:{user}@home.example>")),
            "{answer}"
        );
        assert_eq!(
            at_hss(network, user),
            ("registered".to_owned(), Some(scscf.clone())),
            "{time}"
        );
    }
    let answer = phone.register(0);
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    assert_eq!(at_hss(network, user), ("not registered".to_owned(), None));
    let answer = phone.register(600);
    assert!(answer.starts_with("SIP/2.0 200 "), "again: {answer}");
    assert_eq!(at_hss(network, user).0, "registered");
}

#[test]
fn kamailio_registers_refreshes_and_deregisters_by_sip_digest() {
    let (network, _kamailio) = core(Algorithm::SipDigest);
    lives(
        &network,
        Phone::new(&network, "user0", Proof::Password("secret0")),
    );
}

#[test]
fn kamailio_registers_refreshes_and_deregisters_by_aka() {
    let (network, _kamailio) = core(Algorithm::AkaV1Md5);
    lives(&network, Phone::new(&network, "user1", usim()));
}

/// Calls the HSS as its operator.
fn call(network: &Network, path: &str, body: &str) -> String {
    let answer = network::post(network.process("hss").admin, path, body, TOKEN);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer
}

/// Asks Kamailio's S-CSCF whether a request to `user` finds a contact there; gives its status line.
fn looked_up(network: &Network, user: &str, branch: u32) -> String {
    let hand = Hand::new(network.ip(21), network.address("scscf"));
    let local = hand.local();
    let answer = hand.ask(&format!(
        "OPTIONS sip:{user}@home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{branch};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:caller@home.example>;tag=o{branch}\r\nTo: <sip:{user}@home.example>\r\n\
         Call-ID: looked-up-{branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    ));
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn kamailio_obeys_an_rtr_and_the_user_registers_anew() {
    let (network, _kamailio) = core(Algorithm::SipDigest);
    let mut phone = Phone::new(&network, "user0", Proof::Password("secret0"));
    assert_eq!(looked_up(&network, "user0", 1), "SIP/2.0 404 Not Bound");
    assert!(phone.register(600).starts_with("SIP/2.0 200 "));
    assert_eq!(looked_up(&network, "user0", 2), "SIP/2.0 200 Bound");
    let body = r#"{ "private_identity": "user0@home.example", "public_identities": ["sip:user0@home.example"],
                    "reason": "PERMANENT_TERMINATION" }"#;
    let told = call(&network, "/deregister", body);
    assert!(told.contains("\"result\":\"done\""), "{told}");
    assert_eq!(at_hss(&network, "user0").0, "not registered");
    // It marks the contacts as deleted, and its timer takes them out within a second.
    let mut branches = 3..;
    assert!(network::within(Duration::from_secs(20), || {
        let branch = branches.next().expect("without end");
        looked_up(&network, "user0", branch) == "SIP/2.0 404 Not Bound"
    }));
    assert!(phone.register(600).starts_with("SIP/2.0 200 "));
    assert_eq!(at_hss(&network, "user0").0, "registered");
    assert_eq!(looked_up(&network, "user0", 2_000), "SIP/2.0 200 Bound");
}

#[test]
fn a_ppr_that_kamailio_never_answers_is_given_up_and_nothing_else_suffers() {
    let (network, _kamailio) = core(Algorithm::SipDigest);
    let mut phone = Phone::new(&network, "user0", Proof::Password("secret0"));
    assert!(phone.register(600).starts_with("SIP/2.0 200 "));
    // Within the call's own 20 s it would say "under way".
    let told = call(
        &network,
        "/push-profile",
        r#"{ "private_identity": "user0@home.example" }"#,
    );
    assert!(told.contains("\"result\":\"unanswered\""), "{told}");
    assert_eq!(at_hss(&network, "user0").0, "registered");
    assert!(phone.register(600).starts_with("SIP/2.0 200 "));
}
