//! What the HSS may have stored or not: a SAR or MAR went out, and no answer came that tells.
//!
//! The phone was told that it did not work, and so the HSS is told later how things stand: else it counts a user as
//! registered here whom nobody holds, or does not know of one who is held.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::ServerAssignmentType;
use driver::io::Io;
use tokio::sync::Notify;

use crate::confirm::{Standing, drop_all, is_over, tell_again};
use crate::expiry::{MAX_HSS_AGAIN, hss_again, wait};
use crate::{Shared, now, register::Pair};

/// Most registrations that are in doubt at once; of more the HSS learns when they register again.
pub const MAX_DOUBTS: usize = 100_000;

/// Most challenges that are in doubt at once: anybody may cause them, and little hangs on them.
pub const MAX_DOUBTED_CHALLENGES: usize = 10_000;

/// Most pairs that are cleared up side by side.
pub const MAX_CLEARED_AT_ONCE: usize = 16;

/// The pause after one that could not be cleared up: an HSS that is out of reach is not asked in a loop.
const PAUSE: Duration = Duration::from_millis(100);

/// What the HSS may have wrong of a pair; the greater one holds the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    /// Whether an authentication is pending here.
    Challenge,
    /// Whether the pair is registered here.
    Registration,
}

impl Doubt {
    /// What a SAR of this type leaves in doubt (TS 29.228 §6.1.2: the registered state is untouched by two of them).
    pub(crate) fn of(assignment: ServerAssignmentType) -> Self {
        match assignment {
            ServerAssignmentType::AUTHENTICATION_FAILURE
            | ServerAssignmentType::AUTHENTICATION_TIMEOUT => Self::Challenge,
            _ => Self::Registration,
        }
    }
}

/// A pair that is to be cleared up.
struct Due {
    /// How often it is tried yet.
    left: u32,
    pair: Rc<Pair>,
}

/// The pairs in doubt.
#[derive(Default)]
pub(crate) struct Doubts {
    kinds: RefCell<BTreeMap<Rc<Pair>, Doubt>>,
    challenges: Cell<usize>,
    /// Those that nobody clears up at the moment, by their time and a number that no other has.
    line: RefCell<BTreeMap<(Instant, u64), Due>>,
    placed: Cell<u64>,
    added: Notify,
}

impl Doubts {
    /// No answer that tells came to a SAR or MAR for `pair`, which is cleared up `at` a time.
    pub(crate) fn add(&self, pair: &Pair, doubt: Doubt, at: Instant) {
        let mut kinds = self.kinds.borrow_mut();
        let challenges = self.challenges.get();
        if let Some(known) = kinds.get_mut(pair) {
            if *known < doubt {
                *known = doubt;
                self.challenges.set(challenges - 1);
            }
            return;
        }
        match doubt {
            Doubt::Challenge if challenges >= MAX_DOUBTED_CHALLENGES => return,
            Doubt::Registration if kinds.len() - challenges >= MAX_DOUBTS => return,
            Doubt::Challenge => self.challenges.set(challenges + 1),
            Doubt::Registration => {}
        }
        let pair = Rc::new(pair.clone());
        kinds.insert(Rc::clone(&pair), doubt);
        let left = MAX_HSS_AGAIN;
        self.place(at, Due { left, pair });
    }

    fn place(&self, at: Instant, due: Due) {
        self.placed.set(self.placed.get() + 1);
        let place = (at, self.placed.get());
        self.line.borrow_mut().insert(place, due);
        self.added.notify_one();
    }

    fn kind(&self, pair: &Pair) -> Option<Doubt> {
        self.kinds.borrow().get(pair).copied()
    }

    fn remove(&self, pair: &Pair) {
        if self.kinds.borrow_mut().remove(pair) == Some(Doubt::Challenge) {
            self.challenges.set(self.challenges.get() - 1);
        }
    }

    /// The first of the line whose time has come.
    fn take(&self) -> Option<Due> {
        let mut line = self.line.borrow_mut();
        let first = line.first_entry()?;
        let is_due = first.key().0 <= now();
        is_due.then(|| first.remove())
    }

    fn next(&self) -> Option<Instant> {
        self.line.borrow().keys().next().map(|(at, _)| *at)
    }
}

/// Clears up what is in doubt, one pair after another, for as long as the S-CSCF lives; there are
/// [`MAX_CLEARED_AT_ONCE`] that do.
pub(crate) async fn doubts<I: Io>(scscf: Rc<Shared<I>>) {
    let doubts = &scscf.doubts;
    loop {
        let Some(due) = doubts.take() else {
            wait(doubts.next(), &doubts.added).await;
            continue;
        };
        // Who waits takes the next one.
        doubts.added.notify_one();
        match clear_up(&scscf, &due.pair).await {
            Cleared::Yes => doubts.remove(&due.pair),
            Cleared::NotYet if due.left > 1 => {
                let again = Due {
                    left: due.left - 1,
                    pair: due.pair,
                };
                doubts.place(now() + hss_again(scscf.endpoint.io()), again);
                tokio::time::sleep(PAUSE).await;
            }
            Cleared::NotYet => {
                doubts.remove(&due.pair);
                tracing::error!(
                    impi = due.pair.impi,
                    "HSS never told how a registration stands; it learns of the user again when they register"
                );
            }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Cleared {
    Yes,
    NotYet,
}

async fn clear_up<I: Io>(scscf: &Shared<I>, pair: &Pair) -> Cleared {
    let Pair { impi, impu } = pair;
    let _turn = scscf.turns.turn(impi.as_str().into()).await;
    let is_challenged = scscf.awaited.borrow_mut().find(pair).is_some();
    let is_held = scscf.registrar.borrow().find(impi, impu).is_some();
    let epoch = scscf.epoch();
    let assignment = match scscf.doubts.kind(pair) {
        // What comes of a challenge that is out the HSS hears then; of who is registered it awaits nothing.
        Some(Doubt::Challenge) if is_challenged || is_held => return Cleared::Yes,
        Some(Doubt::Challenge) => ServerAssignmentType::AUTHENTICATION_TIMEOUT,
        // TS 29.228 §6.1.2.1: both are taken whatever the HSS has stored of this S-CSCF.
        Some(Doubt::Registration) if is_held => ServerAssignmentType::RE_REGISTRATION,
        // A challenge that is out is not to be undone: what comes of it is seen the next time.
        Some(Doubt::Registration) if is_challenged => return Cleared::NotYet,
        Some(Doubt::Registration) => ServerAssignmentType::TIMEOUT_DEREGISTRATION,
        None => return Cleared::Yes,
    };
    let told = match assignment {
        ServerAssignmentType::RE_REGISTRATION => tell_again(scscf, pair).await,
        _ => scscf
            .assign(pair, assignment)
            .await
            .map(|_| Standing::Registered),
    };
    match told {
        Err(problem) if problem.is_undone() => {
            tracing::warn!(%problem, %impi, %impu, "HSS not told yet how a registration stands");
            Cleared::NotYet
        }
        // TS 29.228 §6.1.2.1: what was registered here was let go by the HSS.
        Err(problem) if is_held && is_over(&problem) => {
            drop_all(scscf, pair, &problem);
            Cleared::Yes
        }
        Ok(Standing::Barred) => {
            drop_all(scscf, pair, &"every identity is barred");
            // The next time it hears that nothing is held here.
            Cleared::NotYet
        }
        Ok(Standing::Registered) => Cleared::Yes,
        Err(_) => {
            scscf.registrar.borrow_mut().confirmed(impi, impu, epoch);
            Cleared::Yes
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(n: usize) -> Pair {
        Pair {
            impi: format!("{n}@h"),
            impu: format!("sip:{n}@h"),
        }
    }

    #[test]
    fn strangers_fill_no_place_of_registrations() {
        let doubts = Doubts::default();
        for n in 0..MAX_DOUBTED_CHALLENGES + 10 {
            doubts.add(&pair(n), Doubt::Challenge, now());
        }
        assert_eq!(doubts.line.borrow().len(), MAX_DOUBTED_CHALLENGES);
        // The same pair again is one, and the greater doubt counts.
        doubts.add(&pair(0), Doubt::Registration, now());
        doubts.add(&pair(0), Doubt::Challenge, now());
        assert_eq!(doubts.kind(&pair(0)), Some(Doubt::Registration));
        assert_eq!(doubts.challenges.get(), MAX_DOUBTED_CHALLENGES - 1);
        for n in 0..MAX_DOUBTS + 10 {
            doubts.add(&pair(n + 1_000_000), Doubt::Registration, now());
        }
        let all = doubts.line.borrow().len();
        assert_eq!(all, MAX_DOUBTED_CHALLENGES + MAX_DOUBTS - 1);
        doubts.remove(&pair(0));
        doubts.remove(&pair(1));
        assert_eq!(doubts.challenges.get(), MAX_DOUBTED_CHALLENGES - 2);
    }
}
