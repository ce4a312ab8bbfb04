//! When what is not answered is sent again, where datagrams may be lost.

use std::collections::HashMap;
use std::time::Duration;

use sip_stack::timers::TimerValues;
use tokio::time::Instant;

use crate::player::Pause;

const TIMERS: TimerValues = TimerValues::DEFAULT;

/// By exchange, whatever else comes meanwhile.
#[derive(Default)]
pub(crate) struct Repeats(HashMap<usize, Repeat>);

struct Repeat {
    pause: Duration,
    next: Instant,
    /// When the transaction is over: timers B, F and H.
    end: Instant,
}

impl Repeats {
    /// When the message of an exchange is due, whose time begins `now` if it has not begun; none once it is over.
    pub(crate) fn due(&mut self, exchange: usize, now: Instant) -> Option<Instant> {
        let repeat = self.0.entry(exchange).or_insert(Repeat {
            pause: TIMERS.t1,
            next: now + TIMERS.t1,
            end: now + TIMERS.f(),
        });
        (repeat.next < repeat.end).then_some(repeat.next)
    }

    /// It is sent again.
    pub(crate) fn sent(&mut self, exchange: usize, pause: Pause) {
        if let Some(repeat) = self.0.get_mut(&exchange) {
            repeat.pause = match pause {
                Pause::Doubled => 2 * repeat.pause,
                Pause::DoubledToT2 => TIMERS.e_after(repeat.pause),
                Pause::T2 => TIMERS.t2,
            };
            repeat.next += repeat.pause;
        }
    }
}
