//! What the HSS may have stored or not: a SAR or MAR went out, and no answer came.
//!
//! The phone was told that it did not work, and so the HSS is told later how things stand: else it counts a user as
//! registered here whom nobody holds, or does not know of one who is held.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cx::{CxError, ServerAssignmentType};
use driver::io::Io;
use tokio::sync::Notify;

use crate::expiry::{MAX_HSS_AGAIN, hss_again};
use crate::{Shared, register::Pair};

/// Most pairs that are in doubt at once; of more the HSS learns when they register again.
pub const MAX_DOUBTS: usize = 100_000;

/// IMPI and IMPU.
type Key = (Box<str>, Box<str>);

/// The pairs in doubt.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    pairs: RefCell<BTreeSet<Key>>,
    new: RefCell<Vec<Key>>,
    added: Notify,
}

impl Doubts {
    /// No answer came to a SAR or MAR for `pair`.
    pub(crate) fn add(&self, pair: &Pair) {
        let key: Key = (pair.impi.as_str().into(), pair.impu.as_str().into());
        let mut pairs = self.pairs.borrow_mut();
        if pairs.len() < MAX_DOUBTS && pairs.insert(key.clone()) {
            self.new.borrow_mut().push(key);
            self.added.notify_one();
        }
    }
}

/// Clears up what is in doubt, for as long as the S-CSCF lives.
pub(crate) async fn doubts<I: Io>(scscf: Rc<Shared<I>>) {
    loop {
        scscf.doubts.added.notified().await;
        let new = scscf.doubts.new.take();
        for key in new {
            let scscf = Rc::clone(&scscf);
            driver::spawn(async move {
                clear_up(&scscf, &key).await;
                scscf.doubts.pairs.borrow_mut().remove(&key);
            });
        }
    }
}

fn drop_all<I: Io>(scscf: &Shared<I>, Pair { impi, impu }: &Pair) {
    tracing::warn!(%impi, %impu, "another S-CSCF serves: contacts dropped");
    let mut registrar = scscf.registrar.borrow_mut();
    let removed = registrar.retain(impi, |held, _| !held.identities.has(impu));
    scscf.metrics.terminations.inc_by(removed as u64);
    scscf.metrics.bindings.set(registrar.bindings() as i64);
}

async fn clear_up<I: Io>(scscf: &Shared<I>, (impi, impu): &Key) {
    let pair = Pair {
        impi: impi.to_string(),
        impu: impu.to_string(),
    };
    for _ in 0..MAX_HSS_AGAIN {
        tokio::time::sleep(hss_again(scscf.endpoint.io())).await;
        let _turn = scscf.turns.turn(impi.clone()).await;
        // A challenge that is out is not to be undone: what comes of it is seen the next time.
        if scscf.awaited.borrow_mut().find(&pair).is_some() {
            continue;
        }
        let is_held = scscf.registrar.borrow().find(impi, impu).is_some();
        // TS 29.228 §6.1.2.1: both are taken whatever the HSS has stored of this S-CSCF.
        let assignment = match is_held {
            true => ServerAssignmentType::RE_REGISTRATION,
            false => ServerAssignmentType::TIMEOUT_DEREGISTRATION,
        };
        match scscf.assign(impi, impu, assignment).await {
            Err(problem) if problem.is_unreached() => {
                tracing::warn!(%problem, %impi, %impu, "HSS not told yet how a registration stands");
            }
            // TS 29.228 §6.1.2.1: what was registered here was let go by the HSS, and another serves by now.
            Err(CxError::IdentityAlreadyRegistered { .. }) if is_held => {
                return drop_all(scscf, &pair);
            }
            Ok(_) | Err(_) => return,
        }
    }
    tracing::error!(%impi, "HSS never told how a registration stands; it learns of the user again when they register");
}
