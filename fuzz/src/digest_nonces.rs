//! The server's nonces: known again from whom they were given to, each use later than the one before.

use std::time::{Duration, Instant};

use sip_stack::digest::{Nonces, Verdict};

use crate::choices::Choices;

const LIFE: Duration = Duration::from_secs(60);
const USERS: [[&str; 2]; 3] = [["a", "sip:a"], ["as", "ip:a"], ["b", "sip:a"]];

/// A nonce that was given out: its text, to which of [`USERS`], when.
struct Given {
    nonce: String,
    whom: usize,
    at: Instant,
}

/// A list of what happens.
pub fn digest_nonces(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let start = Instant::now();
    let mut now = start;
    let mut nonces = Nonces::new([7; 32], start);
    let mut given: Vec<Given> = Vec::new();
    // One use of a user's: which nonce, in the order in which they were given, and its count.
    let mut uses = USERS.map(|_| nonces.none_used());
    let mut used: [Option<(usize, u32)>; USERS.len()] = [None; USERS.len()];
    while let Some(choice) = choices.octet() {
        match choice % 4 {
            0 => {
                let Some(whom) = choices.octet() else { return };
                let whom = usize::from(whom) % USERS.len();
                let nonce = nonces.issue(USERS[whom], now);
                assert!(given.iter().all(|given| given.nonce != nonce));
                given.push(Given {
                    nonce,
                    whom,
                    at: now,
                });
            }
            1 => {
                let Some(time) = choices.time() else { return };
                now += time;
            }
            2 => {
                let (Some(which), Some(at), Some(octet)) =
                    (choices.octet(), choices.octet(), choices.octet())
                else {
                    return;
                };
                let Some(Given { nonce, whom, .. }) = given.get(usize::from(which)) else {
                    continue;
                };
                let mut forged = nonce.clone().into_bytes();
                let at = usize::from(at) % forged.len();
                forged[at] = octet & 0x7f;
                let forged = String::from_utf8(forged).expect("ASCII");
                let read = nonces.read(&forged, USERS[*whom], now);
                assert_eq!(read.is_some(), forged == *nonce, "{forged} for {nonce}");
            }
            _ => {
                let (Some(which), Some(count)) = (choices.octet(), choices.octet()) else {
                    return;
                };
                let (which, count) = (usize::from(which), u32::from(count % 8));
                let Some(Given { nonce, whom, at }) = given.get(which) else {
                    continue;
                };
                for (other, user) in USERS.iter().enumerate() {
                    let read = nonces.read(nonce, *user, now);
                    assert_eq!(read.is_some(), other == *whom);
                }
                let issued = nonces.read(nonce, USERS[*whom], now).expect("ours");
                assert_eq!(issued.age, now - *at);
                let verdict = uses[*whom].check(issued, count, LIFE);
                let last = used[*whom];
                let expected = match last {
                    _ if now - *at >= LIFE => Verdict::Stale,
                    Some((last, _)) if which < last => Verdict::Stale,
                    Some((last, before)) if which == last && count <= before => Verdict::Replayed,
                    _ if count == 0 => Verdict::Replayed,
                    _ => Verdict::Accepted,
                };
                assert_eq!(verdict, expected);
                if verdict == Verdict::Accepted {
                    used[*whom] = Some((which, count));
                }
            }
        }
    }
}
