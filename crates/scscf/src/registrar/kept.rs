//! What is kept to check a user's answers with.

use std::time::Duration;

use cx::DigestCredentials;
use sip_stack::digest::{Algorithm, Nonces, Verdict};

use super::due::registrar;
use crate::credentials::{Known, Secrets};
use crate::now;

/// A user with two identities that were challenged crosswise: the answer of the second counts last, and must not let the
/// nonce of the first be used again.
#[test]
fn what_a_user_used_stays_used_whichever_identity_was_challenged_first() {
    let mut registrar = registrar(&["a@h"]);
    let now = now();
    let mut nonces = Nonces::new([1; 32], now);
    let given = DigestCredentials {
        realm: "h".to_owned(),
        qop: "auth".to_owned(),
        algorithm: None,
        ha1: "939e7578ed9e3c518a452acee763bce9".to_owned(),
        alternate: None,
    };
    let secrets = Secrets::read(&given, &[Algorithm::Md5], "h").expect("HA1");
    let life = Duration::from_secs(240);
    let early = Known::new(secrets.clone(), &nonces, now);
    let mut late = early.clone();
    let used = nonces.issue(["a@h", "sip:a@h"], now);
    let used = nonces.read(&used, ["a@h", "sip:a@h"], now).expect("ours");
    assert_eq!(late.uses.check(used, 1, life), Verdict::Accepted);
    registrar.keep("a@h", Some(Box::new(late)));
    registrar.keep("a@h", Some(Box::new(early)));
    let known = registrar.known("a@h", "sip:a@h").expect("registered");
    assert_eq!(known.uses.check(used, 1, life), Verdict::Replayed);
}
