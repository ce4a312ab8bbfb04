//! Where a request waits for what becomes of it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use diameter_codec::Message;

/// What became of a request on one connection.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer, and its Result-Code or Experimental-Result-Code.
    Answer(Message, Option<u32>),
    /// The connection ended.
    Lost,
    /// The watchdog doubts the peer; an answer may still come.
    Doubt,
    /// Nothing, and its time is over.
    TimedOut,
}

/// One request on one connection: both ends are of this thread, so this is a cell and a waker.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    outcome: RefCell<Option<Outcome>>,
    waker: RefCell<Option<Waker>>,
}

impl Exchange {
    /// Says what became of it; only a doubt may be followed by something else.
    pub(super) fn settle(&self, outcome: Outcome) {
        {
            let mut settled = self.outcome.borrow_mut();
            if matches!(*settled, None | Some(Outcome::Doubt)) {
                *settled = Some(outcome);
            }
        }
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for it.
    pub(super) async fn outcome(&self) -> Outcome {
        poll_fn(|context| match self.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                *self.waker.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}
