//! What time does at the S-CSCF: challenges that nobody answered, contacts that nobody refreshed.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::{CxError, ServerAssignmentType};
use driver::hash::{self, KeyedMap};
use driver::io::Io;

use crate::{Shared, now};

/// Longest wait between two looks, where nothing is due: an hour.
const IDLE: Duration = Duration::from_secs(3600);

/// The pause before an HSS that could not be reached is told again that a registration ran out.
pub const HSS_AGAIN: Duration = Duration::from_secs(30);

/// When to look at which private identity's contacts: once for each, at its earliest expiry.
pub(crate) struct Expiries {
    by_time: BTreeSet<(Instant, Box<str>)>,
    by_impi: KeyedMap<Box<str>, Instant>,
}

impl Expiries {
    pub(crate) fn new(io: &impl Io) -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_impi: hash::map(io),
        }
    }

    /// The contacts of `impi` next run out at `at`, or it has none.
    pub(crate) fn set(&mut self, impi: &str, at: Option<Instant>) {
        if let Some(before) = self.by_impi.remove(impi) {
            self.by_time.remove(&(before, impi.into()));
        }
        if let Some(at) = at {
            self.by_time.insert((at, impi.into()));
            self.by_impi.insert(impi.into(), at);
        }
    }

    fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes one that is due by `now`.
    fn pop(&mut self, now: Instant) -> Option<Box<str>> {
        self.by_time.first().filter(|(at, _)| *at <= now)?;
        let (_, impi) = self.by_time.pop_first()?;
        self.by_impi.remove(&impi);
        Some(impi)
    }
}

/// Takes challenges whose time is over (reg-await-auth, TS 24.229 §5.4.1.2.2) out, for as long as the S-CSCF lives.
pub(crate) async fn challenges<I: Io>(scscf: Rc<Shared<I>>) {
    loop {
        let next = scscf.challenges.borrow().next_expiry();
        wait(next, &scscf.challenge_added).await;
        let now = now();
        loop {
            let expired = scscf.challenges.borrow_mut().expire(now);
            let Some(expired) = expired else { break };
            let Some(challenge) = expired else { continue };
            let scscf = Rc::clone(&scscf);
            driver::spawn(async move {
                let (impi, impu) = (&challenge.impi, &challenge.impu);
                let _turn = scscf.turns.turn(impi.clone()).await;
                // A registered user's missing answer changes nothing at the HSS, and a newer challenge may still
                // be answered.
                let registered = scscf.registrar.borrow().find(impi, impu).is_some();
                if registered || scscf.challenges.borrow().awaited(impi, impu) {
                    return;
                }
                let told = scscf
                    .assign(impi, impu, ServerAssignmentType::AUTHENTICATION_TIMEOUT)
                    .await;
                if let Err(problem) = told {
                    tracing::warn!(%problem, %impi, "HSS not told of an authentication time-out");
                }
            });
        }
    }
}

/// Takes contacts that have run out (TS 24.229 §5.4.1.5), for as long as the S-CSCF lives.
pub(crate) async fn contacts<I: Io>(scscf: Rc<Shared<I>>) {
    loop {
        let next = scscf.expiries.borrow().next();
        wait(next, &scscf.expiry_changed).await;
        loop {
            let due = scscf.expiries.borrow_mut().pop(now());
            let Some(impi) = due else { break };
            let scscf = Rc::clone(&scscf);
            driver::spawn(async move { expire(&scscf, impi).await });
        }
    }
}

async fn expire<I: Io>(scscf: &Shared<I>, impi: Box<str>) {
    let mut owed = Vec::new();
    {
        let _turn = scscf.turns.turn(impi.clone()).await;
        let now = now();
        let gone = scscf.registrar.borrow().run_out(&impi, now);
        for impu in gone {
            if tell_ran_out(scscf, &impi, &impu).await == Told::NotReached {
                owed.push(impu);
            }
        }
        let mut registrar = scscf.registrar.borrow_mut();
        let removed = registrar.expire(&impi, now);
        scscf.metrics.expiries.inc_by(removed as u64);
        scscf.metrics.bindings.set(registrar.bindings() as i64);
        scscf
            .expiries
            .borrow_mut()
            .set(&impi, registrar.next_expiry(&impi));
        scscf.expiry_changed.notify_one();
    }
    // What the HSS was not told it is told later: else it counts the user as registered here for ever.
    while !owed.is_empty() {
        tokio::time::sleep(HSS_AGAIN).await;
        let _turn = scscf.turns.turn(impi.clone()).await;
        let mut still = Vec::new();
        for impu in owed {
            let registered_again = scscf.registrar.borrow().find(&impi, &impu).is_some();
            if !registered_again && tell_ran_out(scscf, &impi, &impu).await == Told::NotReached {
                still.push(impu);
            }
        }
        owed = still;
    }
}

/// Whether the HSS answered; a refusal is an answer too, after which nothing is owed.
#[derive(PartialEq, Eq)]
enum Told {
    Answered,
    NotReached,
}

async fn tell_ran_out<I: Io>(scscf: &Shared<I>, impi: &str, impu: &str) -> Told {
    match scscf
        .assign(impi, impu, ServerAssignmentType::TIMEOUT_DEREGISTRATION)
        .await
    {
        Ok(_) => Told::Answered,
        Err(problem) => {
            tracing::warn!(%problem, %impi, %impu, "HSS not told that a registration ran out");
            match problem {
                CxError::HssUnreachable(_) | CxError::NotDelivered(_) => Told::NotReached,
                _ => Told::Answered,
            }
        }
    }
}

async fn wait(until: Option<Instant>, changed: &tokio::sync::Notify) {
    let until = until.unwrap_or_else(|| now() + IDLE);
    tokio::select! {
        biased;
        () = changed.notified() => {}
        () = tokio::time::sleep_until(until.into()) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_for_each_however_often_it_is_refreshed() {
        let (start, second) = (now(), Duration::from_secs(1));
        let mut expiries = Expiries {
            by_time: BTreeSet::new(),
            by_impi: KeyedMap::default(),
        };
        for n in 1..=1000 {
            expiries.set("a@h", Some(start + n * second));
        }
        expiries.set("b@h", Some(start + 5 * second));
        assert_eq!(expiries.by_time.len(), 2);
        assert_eq!(expiries.pop(start + 4 * second), None);
        assert_eq!(expiries.pop(start + 5 * second).as_deref(), Some("b@h"));
        assert_eq!(expiries.next(), Some(start + 1000 * second));
        expiries.set("a@h", None);
        assert_eq!((expiries.next(), expiries.by_impi.len()), (None, 0));
    }
}
