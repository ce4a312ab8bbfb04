//! Turns: procedures on one key run one after another, in the order they asked; on different keys side by side.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::Hash;
use std::rc::Rc;

use thiserror::Error;
use tokio::sync::oneshot;

use crate::hash::{self, KeyedMap};
use crate::io::Io;

type Line<K> = VecDeque<oneshot::Sender<Turn<K>>>;

/// The most requests of peers that wait for one key; one more is refused.
pub const MAX_WAITING: usize = 32;

/// As many as may wait for this key wait already.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("{MAX_WAITING} requests wait already")]
pub struct LineFull;

/// Who holds the turn for each key, and who waits.
pub struct Turns<K: Eq + Hash + Clone>(Rc<RefCell<KeyedMap<K, Line<K>>>>);

impl<K: Eq + Hash + Clone> Clone for Turns<K> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// The turn for one key; dropping it hands it to the next in line.
pub struct Turn<K: Eq + Hash + Clone> {
    turns: Turns<K>,
    key: K,
}

impl<K: Eq + Hash + Clone> Turns<K> {
    /// Nobody holds or waits.
    pub fn new(io: &impl Io) -> Self {
        Self(Rc::new(RefCell::new(hash::map(io))))
    }

    /// Waits for the turn for `key` on behalf of a peer, who cannot make the line longer than [`MAX_WAITING`].
    ///
    /// # Errors
    /// [`LineFull`].
    pub async fn turn_for_peer(&self, key: K) -> Result<Turn<K>, LineFull> {
        let waiting = self.0.borrow().get(&key).map_or(0, VecDeque::len);
        if waiting >= MAX_WAITING {
            return Err(LineFull);
        }
        Ok(self.turn(key).await)
    }

    /// The turn for `key`, where nobody holds it.
    pub fn turn_at_once(&self, key: &K) -> Option<Turn<K>> {
        let mut turns = self.0.borrow_mut();
        if turns.contains_key(key) {
            return None;
        }
        turns.insert(key.clone(), VecDeque::new());
        Some(Turn {
            turns: self.clone(),
            key: key.clone(),
        })
    }

    /// Waits for the turn for `key`, however long the line is: for what the element owes itself.
    pub async fn turn(&self, key: K) -> Turn<K> {
        let waiting = {
            let mut turns = self.0.borrow_mut();
            match turns.get_mut(&key) {
                None => {
                    turns.insert(key.clone(), VecDeque::new());
                    None
                }
                Some(line) => {
                    let (hand_over, waiting) = oneshot::channel();
                    line.push_back(hand_over);
                    Some(waiting)
                }
            }
        };
        match waiting {
            None => Turn {
                turns: self.clone(),
                key,
            },
            Some(waiting) => waiting
                .await
                .expect("the line is kept until its last turn is dropped"),
        }
    }

    /// Keys that somebody holds.
    pub fn held(&self) -> usize {
        self.0.borrow().len()
    }
}

impl<K: Eq + Hash + Clone> Drop for Turn<K> {
    fn drop(&mut self) {
        let next = {
            let mut turns = self.turns.0.borrow_mut();
            match turns.get_mut(&self.key).and_then(VecDeque::pop_front) {
                Some(next) => next,
                None => {
                    turns.remove(&self.key);
                    return;
                }
            }
        };
        // A waiter that gave up gets the turn too and drops it here or with its channel: the line goes on.
        drop(next.send(Turn {
            turns: self.turns.clone(),
            key: self.key.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns() -> Turns<&'static str> {
        Turns(Rc::new(RefCell::new(KeyedMap::default())))
    }

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(tokio::task::LocalSet::new().run_until(test));
    }

    #[test]
    fn one_key_in_order_other_keys_at_once() {
        run(async {
            let turns = turns();
            let order = Rc::new(RefCell::new(Vec::new()));
            let first = turns.turn("alice").await;
            let tasks: Vec<_> = (0..3)
                .map(|n| {
                    let (turns, order) = (turns.clone(), Rc::clone(&order));
                    crate::spawn(async move {
                        let _turn = turns.turn("alice").await;
                        order.borrow_mut().push(n);
                        tokio::task::yield_now().await;
                    })
                })
                .collect();
            tokio::task::yield_now().await;
            drop(turns.turn("bob").await);
            assert!(order.borrow().is_empty());
            drop(first);
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(*order.borrow(), [0, 1, 2]);
            assert_eq!(turns.held(), 0);
        });
    }

    #[test]
    fn a_peer_cannot_make_the_line_longer_than_its_limit() {
        run(async {
            let turns = turns();
            let first = turns.turn("alice").await;
            let wait = |turns: Turns<&'static str>| {
                crate::spawn(async move { turns.turn_for_peer("alice").await.map(drop) })
            };
            let tasks: Vec<_> = (0..MAX_WAITING).map(|_| wait(turns.clone())).collect();
            tokio::task::yield_now().await;
            assert_eq!(wait(turns.clone()).await.unwrap(), Err(LineFull));
            drop(turns.turn_for_peer("bob").await.unwrap());
            let own = {
                let turns = turns.clone();
                crate::spawn(async move { drop(turns.turn("alice").await) })
            };
            tokio::task::yield_now().await;
            drop(first);
            for task in tasks {
                assert_eq!(task.await.unwrap(), Ok(()));
            }
            own.await.unwrap();
            assert_eq!(turns.held(), 0);
        });
    }

    #[test]
    fn a_waiter_that_gave_up_does_not_stop_the_line() {
        run(async {
            let turns = turns();
            let first = turns.turn("alice").await;
            let waiter = {
                let turns = turns.clone();
                crate::spawn(async move { drop(turns.turn("alice").await) })
            };
            tokio::task::yield_now().await;
            let gone = crate::spawn({
                let turns = turns.clone();
                async move { drop(turns.turn("alice").await) }
            });
            tokio::task::yield_now().await;
            waiter.abort();
            drop(first);
            gone.await.unwrap();
            assert_eq!(turns.held(), 0);
        });
    }
}
