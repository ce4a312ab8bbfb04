//! Brings notices to their S-CSCFs: RTR and PPR that are stored are sent, and sent again, until they have an ending.

mod ending;
mod push;
mod termination;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use bytes::BytesMut;
use diameter_codec::{ApplicationId, Message};
use driver::diameter::{Ids, Node, RequestError, Route};
use driver::hash::{self, KeyedMap};
use driver::io::Io;
use driver::turns::Turns;
use tokio::sync::{Notify, oneshot};

use crate::notice::{Content, Ending, StoredNotice};
use crate::policy::Unanswered;
use crate::procedure::Procedures;
use crate::record::{Change, Changes, Draft, Scscf, SubscriptionRecord};
use crate::store::{Identities, Store, StoreError};

/// Most notices under way at once to one S-CSCF; the others wait in the store. One that is silent delays no other's.
pub const MAX_UNDER_WAY: usize = 1_024;
/// Most notices that are read at once.
const PAGE: usize = 1_024;
/// How often an S-CSCF that is not connected is waited for: at the usual pause for a day. No attempt is counted
/// meanwhile, as nothing was sent.
pub const MAX_UNSENT: u32 = 8_640;
/// How long the store is left alone after it failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// How often, and what then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// Attempts in all.
    pub(crate) attempts: u32,
    /// Between them.
    pub(crate) pause: Duration,
    /// What is thought of a user whose S-CSCF does not answer.
    pub(crate) unanswered: Unanswered,
}

/// The task that brings notices; a handle.
pub(crate) struct Courier<I: Io, S>(Rc<Inner<I, S>>);

impl<I: Io, S> Clone for Courier<I, S> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

struct Inner<I: Io, S> {
    node: Node<I>,
    procedures: Rc<Procedures<S>>,
    patience: Cell<Patience>,
    /// Something is new in the store.
    wake: Rc<Notify>,
    /// Notices about one subscription to one S-CSCF (by its host) go one after another.
    lines: Turns<(String, String)>,
    /// By the S-CSCF's host.
    destinations: RefCell<KeyedMap<String, Destination>>,
    /// Who wants to know of an ending.
    asking: RefCell<KeyedMap<i64, oneshot::Sender<Ending>>>,
}

/// An S-CSCF that is owed something.
#[derive(Default)]
struct Destination {
    under_way: usize,
    /// Numbers of those that wait.
    waiting: VecDeque<i64>,
}

/// Why there is no answer.
enum Silence {
    /// There may be one later.
    Unanswered,
    /// Nothing was sent: the S-CSCF is not connected, or too much is under way.
    Unsent,
    /// This process ends: the notice waits in the store for the next.
    Stopping,
}

impl<I: Io, S: Store> Courier<I, S> {
    /// Brings what is stored, and what comes to be stored when `procedures` says so.
    pub(crate) fn start(
        io: &I,
        node: Node<I>,
        procedures: Rc<Procedures<S>>,
        patience: Patience,
    ) -> Self {
        let courier = Self(Rc::new(Inner {
            node,
            patience: Cell::new(patience),
            wake: Rc::clone(&procedures.owing),
            procedures,
            lines: Turns::new(io),
            destinations: RefCell::new(hash::map(io)),
            asking: RefCell::new(hash::map(io)),
        }));
        drop(driver::spawn(courier.clone().run()));
        courier
    }

    /// The ending of notice `id`, which has just been stored, when it comes.
    pub(crate) fn watch(&self, id: i64) -> oneshot::Receiver<Ending> {
        let (asking, ending) = oneshot::channel();
        self.0.asking.borrow_mut().insert(id, asking);
        ending
    }

    pub(crate) fn patience(&self) -> Patience {
        self.0.patience.get()
    }

    /// How often, and what then, from the next attempt on.
    pub(crate) fn set_patience(&self, patience: Patience) {
        self.0.patience.set(patience);
    }

    async fn run(self) {
        let mut after = 0;
        loop {
            let owed = match self.store().notices(after, PAGE).await {
                Ok(owed) => owed,
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            };
            if owed.is_empty() {
                self.0.wake.notified().await;
            }
            for stored in owed {
                after = stored.id;
                self.start_or_line_up(stored);
            }
        }
    }

    fn start_or_line_up(&self, stored: StoredNotice) {
        let host = stored.notice.scscf.host.clone();
        {
            let mut destinations = self.0.destinations.borrow_mut();
            let destination = destinations.entry(host).or_default();
            if destination.under_way >= MAX_UNDER_WAY {
                return destination.waiting.push_back(stored.id);
            }
            destination.under_way += 1;
        }
        drop(driver::spawn(self.clone().serve(stored)));
    }

    /// Brings one notice after another to an S-CSCF, until none waits.
    async fn serve(self, first: StoredNotice) {
        let host = first.notice.scscf.host.clone();
        let mut next = Some(first);
        while let Some(stored) = next {
            self.bring(stored).await;
            next = self.next_waiting(&host).await;
        }
    }

    async fn next_waiting(&self, host: &str) -> Option<StoredNotice> {
        loop {
            let id = {
                let mut destinations = self.0.destinations.borrow_mut();
                let destination = destinations.get_mut(host)?;
                let Some(id) = destination.waiting.pop_front() else {
                    destination.under_way -= 1;
                    if destination.under_way == 0 {
                        destinations.remove(host);
                    }
                    return None;
                };
                id
            };
            match self.store().notice(id).await {
                Ok(Some(stored)) => return Some(stored),
                Ok(None) => {}
                Err(error) => {
                    if let Some(destination) = self.0.destinations.borrow_mut().get_mut(host) {
                        destination.waiting.push_front(id);
                    }
                    self.store_failed(&error).await;
                }
            }
        }
    }

    /// Counts that the store failed, and leaves it alone for a moment.
    async fn store_failed(&self, error: &StoreError) {
        self.0.procedures.failed(error);
        tokio::time::sleep(STORE_PAUSE).await;
    }

    async fn bring(&self, stored: StoredNotice) {
        let line = (
            stored.subscription.clone(),
            stored.notice.scscf.host.clone(),
        );
        let _line = self.0.lines.turn(line).await;
        let ending = match &stored.notice.content {
            Content::Termination(rtr) => self.terminate(&stored, rtr).await,
            Content::Profile(ppr) => self.push(&stored, ppr).await,
        };
        let asking = self.0.asking.borrow_mut().remove(&stored.id);
        let Some(ending) = ending else {
            return;
        };
        let (command, result) = (stored.notice.command(), ending.name());
        self.0.procedures.metrics.noticed(command, result);
        match ending {
            Ending::Done | Ending::ButEmergency | Ending::Overtaken => {
                tracing::info!(notice = %stored.notice, result);
            }
            Ending::Refused | Ending::Unanswered => {
                tracing::warn!(notice = %stored.notice, result);
            }
        }
        if let Some(asking) = asking {
            // Whoever asked may have gone.
            let _ = asking.send(ending);
        }
    }

    fn store(&self) -> &S {
        &self.0.procedures.store
    }

    /// One request to `scscf` and its answer.
    async fn ask(
        &self,
        scscf: &Scscf,
        encode: impl FnOnce(Ids<'_>, &mut BytesMut),
    ) -> Result<Message, Silence> {
        let route = Route {
            realm: &scscf.realm,
            host: Some(&scscf.host),
            application: ApplicationId::CX,
        };
        self.0.node.request(route, encode).await.map_err(|error| {
            tracing::debug!(scscf = scscf.host, %error, "no answer");
            match error {
                RequestError::Stopping => Silence::Stopping,
                RequestError::NoPeer | RequestError::Congested => Silence::Unsent,
                // One that is too long stays so: it is given up like one that nobody answers.
                RequestError::TimedOut | RequestError::ConnectionLost | RequestError::TooLong => {
                    Silence::Unanswered
                }
            }
        })
    }

    async fn pause(&self, attempt: u32) {
        if attempt > 0 {
            tokio::time::sleep(self.patience().pause).await;
        }
    }

    /// The record that `stored` is about, found by `identities`; none where it is gone. It may be named otherwise by now.
    async fn record(
        &self,
        stored: &StoredNotice,
        identities: Identities,
    ) -> Result<Option<SubscriptionRecord>, StoreError> {
        let found = self.store().load(identities).await?;
        let Some(record) = found.record else {
            return Ok(None);
        };
        let id = &record.subscription.id;
        if *id == stored.subscription {
            return Ok(Some(record));
        }
        let now = self.store().notice(stored.id).await?;
        let is_its = now.is_some_and(|now| now.subscription == *id);
        Ok(is_its.then_some(record))
    }

    /// Takes the notice out of the store together with what `decide` makes of the record, and of the version that it had
    /// when the S-CSCF answered.
    ///
    /// The turn is asked for at once, and held until that version is known: what the S-CSCF says after its answer is
    /// decided on it or on a later one, and is not what it answered about.
    ///
    /// Where the store fails it is tried again until it does not: what came of the notice is told after this. A process
    /// that ends meanwhile leaves the notice to the next one: what it says twice does no harm.
    async fn settle(
        &self,
        stored: &StoredNotice,
        identities: Identities,
        decide: impl Fn(&mut Draft, i64),
    ) {
        let turns = &self.0.procedures.turns;
        let mut subscription = stored.subscription.clone();
        let mut turn = turns.turn(subscription.clone()).await;
        let mut answered_at = None;
        loop {
            let settled = match self.record(stored, identities.clone()).await {
                Ok(Some(record)) if record.subscription.id != subscription => {
                    subscription.clone_from(&record.subscription.id);
                    drop(turn);
                    turn = turns.turn(subscription.clone()).await;
                    continue;
                }
                Ok(Some(record)) => {
                    let mut draft = Draft::new(&record);
                    decide(&mut draft, *answered_at.get_or_insert(record.version));
                    draft.push(Change::Settled(stored.id));
                    self.commit(&record, draft.finish()).await
                }
                Ok(None) => self.store().settle(stored.id).await,
                Err(error) => Err(error),
            };
            match settled {
                Ok(()) => return,
                Err(StoreError::Conflict) => {
                    self.0.procedures.metrics.conflicts.inc();
                }
                Err(error) => {
                    let held = answered_at.is_none().then_some(turn);
                    self.store_failed(&error).await;
                    turn = match held {
                        Some(turn) => turn,
                        None => turns.turn(subscription.clone()).await,
                    };
                }
            }
        }
    }

    async fn commit(
        &self,
        record: &SubscriptionRecord,
        changes: Changes,
    ) -> Result<(), StoreError> {
        self.store().commit(changes.clone()).await?;
        self.0.procedures.committed(record, &changes);
        Ok(())
    }
}
