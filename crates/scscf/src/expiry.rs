//! What time does at the S-CSCF: challenges that nobody answered, contacts that nobody refreshed.

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::ServerAssignmentType;
use driver::io::Io;

use crate::doubt::Doubt;
use crate::register::Pair;
use crate::{Shared, now};

/// Longest wait between two looks, where nothing is due: an hour.
const IDLE: Duration = Duration::from_secs(3600);

/// The longest pause before an HSS that could not be reached, or was not able to, is told again how a registration
/// stands; the shortest is half of it.
pub const HSS_AGAIN: Duration = Duration::from_secs(30);

/// How often it is told again: for half a day at least.
pub const MAX_HSS_AGAIN: u32 = 2880;

/// A pause between half of [`HSS_AGAIN`] and all of it, so that an HSS that comes back is not told everything at once.
pub(crate) fn hss_again(io: &impl Io) -> Duration {
    let mut octets = [0; 2];
    io.fill_random(&mut octets);
    let share = u32::from(u16::from_le_bytes(octets));
    HSS_AGAIN / 2 + HSS_AGAIN / 2 * share / u32::from(u16::MAX)
}

/// Takes pairs whose answer did not come (reg-await-auth, TS 24.229 §5.4.1.2.1) out, for as long as the S-CSCF lives.
pub(crate) async fn challenges<I: Io>(scscf: Rc<Shared<I>>) {
    loop {
        let next = scscf.awaited.borrow().next_expiry();
        wait(next, &scscf.awaited_changed).await;
        let now = now();
        loop {
            let expired = scscf.awaited.borrow_mut().expire(now);
            let Some((pair, hss)) = expired else { break };
            let scscf = Rc::clone(&scscf);
            driver::spawn(async move {
                let _turn = scscf.turns.turn(pair.impi.as_str().into()).await;
                // A registered user's missing answer changes nothing at the HSS, and a newer challenge may still
                // be answered.
                let registered = scscf
                    .registrar
                    .borrow()
                    .find(&pair.impi, &pair.impu)
                    .is_some();
                if registered || scscf.awaited.borrow_mut().find(&pair).is_some() {
                    return;
                }
                scscf.metrics.authentication_timeouts.inc();
                let told = scscf
                    .assign_at(hss, &pair, ServerAssignmentType::AUTHENTICATION_TIMEOUT)
                    .await;
                if let Err(problem) = told {
                    tracing::warn!(%problem, impi = pair.impi, "HSS not told of an authentication time-out");
                    // It is owed also where nothing was sent.
                    if problem.is_undone() {
                        scscf.doubt(&pair, Doubt::Challenge);
                    }
                }
            });
        }
    }
}

/// Takes contacts that have run out (TS 24.229 §5.4.1.5), for as long as the S-CSCF lives.
pub(crate) async fn contacts<I: Io>(scscf: Rc<Shared<I>>) {
    loop {
        let next = scscf.registrar.borrow().next_due();
        wait(next, &scscf.due_changed).await;
        loop {
            let due = scscf.registrar.borrow_mut().take_due(now());
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
            if tell_ran_out(scscf, &impi, &impu).await == Told::NotYet {
                owed.push(impu);
            }
        }
        let mut registrar = scscf.registrar.borrow_mut();
        let removed = registrar.expire(&impi, now);
        scscf.metrics.expiries.inc_by(removed as u64);
        scscf.metrics.bindings.set(registrar.bindings() as i64);
        scscf.due_changed.notify_one();
    }
    // What the HSS was not told it is told later: else it counts the user as registered here for ever.
    for _ in 0..MAX_HSS_AGAIN {
        if owed.is_empty() {
            return;
        }
        tokio::time::sleep(hss_again(scscf.endpoint.io())).await;
        let _turn = scscf.turns.turn(impi.clone()).await;
        let mut still = Vec::new();
        for impu in owed {
            let registered_again = scscf.registrar.borrow().find(&impi, &impu).is_some();
            if !registered_again && tell_ran_out(scscf, &impi, &impu).await == Told::NotYet {
                still.push(impu);
            }
        }
        owed = still;
    }
    if !owed.is_empty() {
        tracing::error!(%impi, "HSS never told that a registration ran out; it learns of the user again when they register");
    }
}

/// Whether the HSS knows; a refusal that stands tells it too, and nothing is owed after it.
#[derive(PartialEq, Eq)]
enum Told {
    Yes,
    NotYet,
}

async fn tell_ran_out<I: Io>(scscf: &Shared<I>, impi: &str, impu: &str) -> Told {
    let pair = Pair {
        impi: impi.to_owned(),
        impu: impu.to_owned(),
    };
    match scscf
        .assign(&pair, ServerAssignmentType::TIMEOUT_DEREGISTRATION)
        .await
    {
        Ok(_) => Told::Yes,
        Err(problem) => {
            tracing::warn!(%problem, %impi, %impu, "HSS not told that a registration ran out");
            match problem.is_undone() {
                true => Told::NotYet,
                false => Told::Yes,
            }
        }
    }
}

/// Waits `until` then, or until something has `changed`.
pub(crate) async fn wait(until: Option<Instant>, changed: &tokio::sync::Notify) {
    let until = until.unwrap_or_else(|| now() + IDLE);
    tokio::select! {
        biased;
        () = changed.notified() => {}
        () = tokio::time::sleep_until(until.into()) => {}
    }
}
