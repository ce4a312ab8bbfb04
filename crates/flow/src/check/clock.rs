//! What time it is in a capture.
//!
//! Packets are stamped by clocks that are set, forward and back, and some stamps are nonsense. So a message that is
//! further than [`MAX_JUMP`] from those before is believed once [`CONFIRMING`] more agree with it: then there was a
//! pause, or the clock was set back, and time goes on from there. One that stays alone is told.

use std::time::{Duration, SystemTime};

use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

/// How far a message may be from those before without more that agree: above all times that are waited for here.
pub(crate) const MAX_JUMP: Duration = Duration::from_secs(300);

/// How many more must agree.
const CONFIRMING: u32 = 2;

/// A time of the capture, microseconds; those beyond [`FAR`] are all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

/// 73,000 years: there is time after them.
const FAR: i64 = i64::MAX / 4;

impl Moment {
    fn of(time: SystemTime) -> Moment {
        let micros = |it: Duration| i64::try_from(it.as_micros()).map_or(FAR, |it| it.min(FAR));
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Moment(micros(after)),
            Err(before) => Moment(-micros(before.duration())),
        }
    }

    pub(crate) fn after(self, time: Duration) -> Moment {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Moment(self.0.saturating_add(micros))
    }

    /// How far apart they are.
    pub(crate) fn apart(self, other: Moment) -> Duration {
        Duration::from_micros(self.0.abs_diff(other.0))
    }
}

#[derive(Debug)]
struct Doubted {
    time: Moment,
    agreeing: u32,
    finding: Finding,
}

#[derive(Debug)]
pub(crate) struct Clock {
    /// None before the first message.
    began: Option<Moment>,
    /// What is added to the stamps, since the clock was set back.
    shift: i64,
    now: Moment,
    at: Moment,
    doubted: Option<Doubted>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            began: None,
            shift: 0,
            now: Moment(0),
            at: Moment(0),
            doubted: None,
        }
    }

    /// When the capture began.
    pub(crate) fn began(&self) -> Moment {
        self.began.unwrap_or(self.now)
    }

    /// What is believed; never goes back.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// The time of the message in hand, never before [`Clock::now`]; later where it is not believed yet.
    pub(crate) fn at(&self) -> Moment {
        self.at
    }

    /// Takes the next message; tells of an earlier one that nobody agreed with, or of this where the clock went back.
    pub(crate) fn take(&mut self, event: &Event) -> Option<Finding> {
        let stamp = Moment::of(event.time);
        if self.began.is_none() {
            (self.began, self.now, self.at) = (Some(stamp), stamp, stamp);
            return None;
        }
        let mut time = self.shifted(stamp);
        let mut told = None;
        if let Some(doubted) = &mut self.doubted
            && agrees(doubted.time, time, self.now)
        {
            doubted.agreeing += 1;
            if doubted.agreeing >= CONFIRMING {
                told = self.believe();
                time = self.shifted(stamp);
            }
        }
        if time.apart(self.now) <= MAX_JUMP {
            self.now = self.now.max(time);
            self.at = self.now;
            return told.or(self.doubted.take().map(|it| it.finding));
        }
        self.at = self.now.max(time);
        if let Some(doubted) = &self.doubted
            && agrees(doubted.time, time, self.now)
        {
            return told;
        }
        let alone = self.doubted.replace(Doubted {
            time,
            agreeing: 0,
            finding: finding(event, time, self.now),
        });
        told.or(alone.map(|it| it.finding))
    }

    /// The capture is over: nobody can contradict any more.
    pub(crate) fn finish(&mut self) {
        if self.doubted.as_ref().is_some_and(|it| it.agreeing > 0) {
            self.believe();
        }
    }

    fn shifted(&self, stamp: Moment) -> Moment {
        Moment(stamp.0.saturating_add(self.shift))
    }

    fn believe(&mut self) -> Option<Finding> {
        let Doubted { time, finding, .. } = self.doubted.take()?;
        if time >= self.now {
            self.now = time;
            return None;
        }
        let back = self.now.0.saturating_sub(time.0);
        self.shift = self.shift.saturating_add(back);
        Some(Finding {
            text: format!("the clock is set back by {} s", back / 1_000_000),
            ..finding
        })
    }
}

/// Whether a message of `time` shows that `doubted` was right: after a pause time goes on.
fn agrees(doubted: Moment, time: Moment, now: Moment) -> bool {
    let is_later = doubted > now && time >= doubted;
    is_later || time.apart(doubted) <= MAX_JUMP && time.apart(now) > MAX_JUMP
}

fn finding(event: &Event, time: Moment, now: Moment) -> Finding {
    let seconds = time.apart(now).as_secs();
    let which = match time > now {
        true => "later",
        false => "earlier",
    };
    let text = format!("stamped {seconds} s {which} than those around it: not believed");
    Finding::about(event, Kind::Unread, text)
}
