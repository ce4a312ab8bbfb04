//! What time does at the S-CSCF: challenges that nobody answered, contacts that nobody refreshed.

use std::rc::Rc;
use std::time::{Duration, Instant};

use cx::ServerAssignmentType;
use driver::io::Io;
use driver::timer_queue::TimerQueue;

use crate::{Shared, now};

/// Longest wait between two looks, where nothing is due: an hour.
const IDLE: Duration = Duration::from_secs(3600);

/// When to look at which private identity's contacts.
pub(crate) type Expiries = TimerQueue<Box<str>>;

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
            // A registered user's wrong or missing answer changes nothing at the HSS.
            if scscf.registrar.borrow().find(&challenge.impi, &challenge.impu).is_some() {
                continue;
            }
            let scscf = Rc::clone(&scscf);
            driver::spawn(async move {
                let _turn = scscf.turns.turn(challenge.impi.clone()).await;
                let told = scscf
                    .assign(&challenge.impi, &challenge.impu, ServerAssignmentType::AUTHENTICATION_TIMEOUT)
                    .await;
                if let Err(problem) = told {
                    tracing::warn!(%problem, impi = %challenge.impi, "HSS not told of an authentication time-out");
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
    let _turn = scscf.turns.turn(impi.clone()).await;
    let now = now();
    let gone = scscf.registrar.borrow().run_out(&impi, now);
    for impu in gone {
        if let Err(problem) = scscf.assign(&impi, &impu, ServerAssignmentType::TIMEOUT_DEREGISTRATION).await {
            tracing::warn!(%problem, %impi, %impu, "HSS not told that a registration ran out");
        }
    }
    let mut registrar = scscf.registrar.borrow_mut();
    let removed = registrar.expire(&impi, now);
    scscf.metrics.expiries.inc_by(removed as u64);
    scscf.metrics.bindings.set(registrar.bindings() as i64);
    // A refreshed contact left its old timer behind; the earliest one always has a timer of its own.
    if removed > 0 {
        if let Some(at) = registrar.next_expiry(&impi) {
            scscf.expiries.borrow_mut().set(now, at - now, impi);
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
