//! RFC 7616 §3.4: what makes an answer wrong, always in the same way.

use sip_message::Method;
use sip_stack::digest::{Algorithm, DigestUri, QopOffer, Verdict, answer, initial};

use crate::registrar::{
    BODY, CNONCE, NONCE, PASSWORD, REALM, Registrar, URI, USERNAME, credentials,
};

/// An answer by someone else, or to something else, computed rightly from what it says.
fn other(change: impl FnOnce(&mut Attempt<'_>)) -> (Registrar, String) {
    let registrar = Registrar::new(Algorithm::Sha256, QopOffer::Auth);
    let mut attempt = Attempt {
        challenge: registrar.challenge(),
        credentials: credentials(PASSWORD),
        method: Method::REGISTER,
        uri: URI,
    };
    change(&mut attempt);
    let text = answer(
        &attempt.challenge,
        &attempt.credentials,
        attempt.method,
        attempt.uri,
        CNONCE,
        1,
        BODY,
    )
    .expect("a password answers every challenge");
    (registrar, text)
}

struct Attempt<'a> {
    challenge: sip_stack::digest::Challenge,
    credentials: sip_stack::digest::Credentials,
    method: Method<'a>,
    uri: &'a str,
}

#[test]
fn wrong_in_any_part_is_the_same_verdict() {
    let (mut registrar, right) = other(|_| {});
    assert_eq!(registrar.check(&right), Verdict::Accepted);
    let attempts = [
        other(|a| a.credentials = credentials(b"secret")),
        other(|a| a.credentials.username = "bob@ims.example".to_owned()),
        other(|a| a.challenge.realm = "other.example".to_owned()),
        other(|a| a.uri = "sip:other.example"),
        other(|a| a.method = Method::INVITE),
        other(|a| a.challenge.algorithm = Algorithm::Md5),
        other(|a| a.challenge.algorithm = Algorithm::Sha256Session),
        other(|a| a.challenge.qop = QopOffer::None),
        other(|a| a.challenge.qop = QopOffer::AuthInt),
    ];
    for (mut registrar, text) in attempts {
        assert_eq!(registrar.check(&text), Verdict::Wrong, "{text}");
    }
}

#[test]
fn a_changed_parameter_is_wrong() {
    let changes = [
        ("username=\"alice@", "username=\"alicf@"),
        ("realm=\"ims.example\"", "realm=\"ims.exampl\""),
        ("nonce=\"8", "nonce=\"9"),
        ("uri=\"sip:ims", "uri=\"sip:imt"),
        ("response=\"", "response=\"0"),
        ("cnonce=\"0", "cnonce=\"1"),
        ("nc=00000001", "nc=00000002"),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=+0000001"),
        ("nc=00000001", "nc=000000001"),
        ("nc=00000001", "nc=é000001"),
        (", nc=00000001", ""),
        ("qop=auth", "qop=auth-int"),
        ("qop=auth", "qop=auth-conf"),
        ("qop=auth, nc", "nc"),
        ("algorithm=SHA-256", "algorithm=SHA-512-256"),
        ("algorithm=SHA-256", "algorithm=SHA-3"),
        ("algorithm=SHA-256, ", ""),
        ("cnonce=\"0a4f113b\", ", ""),
        ("username=\"alice@ims.example\", ", ""),
        ("realm=\"ims.example\", ", ""),
        ("uri=\"sip:ims.example\", ", ""),
        ("Digest ", "Basic "),
    ];
    for (from, to) in changes {
        let (mut registrar, right) = other(|_| {});
        let changed = right.replacen(from, to, 1);
        assert_ne!(changed, right, "{from}");
        assert_eq!(registrar.check(&changed), Verdict::Wrong, "{changed}");
        assert_eq!(registrar.check(&right), Verdict::Accepted);
    }
}

#[test]
fn a_changed_body_is_seen_in_auth_int_only() {
    for (qop, verdict) in [
        (QopOffer::Auth, Verdict::Accepted),
        (QopOffer::AuthInt, Verdict::Wrong),
    ] {
        let mut registrar = Registrar::new(Algorithm::Md5, qop);
        let text = answer(
            &registrar.challenge(),
            &credentials(PASSWORD),
            Method::REGISTER,
            URI,
            CNONCE,
            1,
            b"another body",
        )
        .expect("a password answers every challenge");
        assert_eq!(registrar.check(&text), verdict);
    }
}

/// RFC 3261 §22.4: behind proxies the Request-URI is another; the answer is right for what it says.
#[test]
fn any_uri_is_taken_where_the_server_says_so() {
    let (mut registrar, text) = other(|a| a.uri = "sip:127.0.0.1:5060");
    registrar.uri = DigestUri::Any;
    assert_eq!(registrar.check(&text), Verdict::Accepted);
}

#[test]
fn a_response_in_upper_case_is_taken() {
    let (mut registrar, text) = other(|_| {});
    let response = crate::registrar::parameter(&text, "response").expect("there");
    let upper = text.replace(&response, &response.to_uppercase());
    assert_ne!(upper, text);
    assert_eq!(registrar.check(&upper), Verdict::Accepted);
}

/// TS 24.229 §5.1.1.2.2: the first REGISTER names the user with an empty nonce and response.
#[test]
fn the_initial_authorization_is_no_right_answer() {
    let text = initial(USERNAME, REALM, URI);
    assert_eq!(
        text,
        "Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"\", \
         uri=\"sip:ims.example\", response=\"\""
    );
    let mut registrar = Registrar::new(Algorithm::Md5, QopOffer::Auth);
    assert_eq!(registrar.check(&text), Verdict::Wrong);
}

/// Every response here is the right hash of what stands beside it (computed with Python's hashlib).
#[test]
fn a_count_is_eight_hexadecimal_digits() {
    let table = [
        (
            "00000001",
            "32ad9590f94f38a7dfb49255e76be2b4",
            Verdict::Accepted,
        ),
        ("1", "7fc1dafd1743a9c4b83f24d2488a3cc5", Verdict::Wrong),
        (
            "+0000001",
            "bd07da8ac9009ba09084f7450b87329d",
            Verdict::Wrong,
        ),
        (
            "000000001",
            "8693d68fd9681dc93ef36600c8c77488",
            Verdict::Wrong,
        ),
        (
            "0000000g",
            "b798a4d5ce731e04f161c4132451c51b",
            Verdict::Wrong,
        ),
    ];
    for (nc, response, verdict) in table {
        let mut registrar = Registrar::new(Algorithm::Md5, QopOffer::Auth);
        let text = format!(
            "Digest username=\"{USERNAME}\", realm=\"{REALM}\", nonce=\"{NONCE}\", uri=\"{URI}\", \
             response=\"{response}\", cnonce=\"{CNONCE}\", qop=auth, nc={nc}"
        );
        assert_eq!(registrar.check(&text), verdict, "{nc}");
    }
}

/// RFC 7616 §3.4.2: the session's HA1 needs a cnonce, with qop or without.
#[test]
fn a_session_without_cnonce_is_wrong() {
    let mut registrar = Registrar::new(Algorithm::Md5Session, QopOffer::None);
    let text = format!(
        "Digest username=\"{USERNAME}\", realm=\"{REALM}\", nonce=\"{NONCE}\", uri=\"{URI}\", \
         response=\"e09c4833a3fa2dc77a581f97f3ee1cfe\", algorithm=MD5-sess"
    );
    assert_eq!(registrar.check(&text), Verdict::Wrong);
}

#[test]
fn a_parameter_given_twice_is_wrong() {
    for twice in [
        "username=\"bob@ims.example\"",
        "Response=\"\"",
        "nc=00000001",
    ] {
        let (mut registrar, right) = other(|_| {});
        assert_eq!(
            registrar.check(&format!("{right}, {twice}")),
            Verdict::Wrong
        );
        assert_eq!(
            registrar.check(&format!("{right}, domain=\"x\"")),
            Verdict::Accepted
        );
    }
}
