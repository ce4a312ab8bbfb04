//! Timers by the hundred thousand: one first-in-first-out line for each duration in use, and one for those of it that may
//! be late.
//!
//! SIP uses few durations (T1 doubled, T2, T4, 64·T1), each for very many transactions, so a line is always sorted,
//! and setting or firing a timer costs a push or a pop. Timers are not taken out where they lie: the owner says of which
//! keys nothing is left, and nobody is woken for those.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Timers for keys `K`.
#[derive(Debug)]
pub struct TimerQueue<K> {
    lines: BTreeMap<(Duration, Punctuality), VecDeque<(Instant, K)>>,
}

/// What is late in a line holds up what is behind it: those that may be late have their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Punctuality {
    OnTime,
    MayBeLate,
}

/// Lines that are kept although empty, so that a usual duration does not allocate anew each time.
const IDLE_LINES: usize = 32;
/// Room for so many timers of a duration is kept when they are over.
const USUAL: usize = 1024;

impl<K> Default for TimerQueue<K> {
    fn default() -> Self {
        Self {
            lines: BTreeMap::new(),
        }
    }
}

impl<K> TimerQueue<K> {
    /// Sets a timer for `key` that fires `after` from `now`; `now` never goes back between calls.
    pub fn set(&mut self, now: Instant, after: Duration, key: K) {
        self.push((after, Punctuality::OnTime), now + after, key);
    }

    /// Sets a timer of `after` that may be late: it fires at `at`, which never goes back between calls for that duration.
    pub fn set_late(&mut self, after: Duration, at: Instant, key: K) {
        self.push((after, Punctuality::MayBeLate), at, key);
    }

    fn push(&mut self, line: (Duration, Punctuality), at: Instant, key: K) {
        if self.lines.len() > IDLE_LINES {
            self.lines.retain(|_, line| !line.is_empty());
        }
        self.lines.entry(line).or_default().push_back((at, key));
    }

    /// When the next timer fires that is still wanted; the others before it are forgotten.
    pub fn next(&mut self, is_wanted: impl Fn(&K) -> bool) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        for line in self.lines.values_mut() {
            while let Some((at, key)) = line.front() {
                if is_wanted(key) {
                    next = Some(next.map_or(*at, |next| next.min(*at)));
                    break;
                }
                drop_front(line);
            }
        }
        next
    }

    /// Takes one timer that has fired by `now`, earliest first.
    pub fn pop(&mut self, now: Instant) -> Option<K> {
        let line = self
            .lines
            .values_mut()
            .filter(|line| line.front().is_some_and(|(at, _)| *at <= now))
            .min_by_key(|line| line.front().map(|(at, _)| *at))?;
        drop_front(line)
    }
}

fn drop_front<K>(line: &mut VecDeque<(Instant, K)>) -> Option<K> {
    let (_, key) = line.pop_front()?;
    // A crowd that goes leaves no room behind, and gives it back while it goes.
    if line.capacity() > USUAL && line.len() < line.capacity() / 4 {
        line.shrink_to(line.len() * 2);
    }
    Some(key)
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use super::*;

    #[test]
    fn fires_in_order_and_not_before() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut timers = TimerQueue::default();
        timers.set(start, ms(500), 'b');
        timers.set(start, ms(100), 'a');
        timers.set(start + ms(50), ms(500), 'c');
        assert_eq!(timers.next(|_| true), Some(start + ms(100)));
        assert_eq!(timers.pop(start + ms(99)), None);
        assert_eq!(timers.pop(start + ms(600)), Some('a'));
        assert_eq!(timers.pop(start + ms(600)), Some('b'));
        assert_eq!(timers.pop(start + ms(549)), None);
        assert_eq!(timers.pop(start + ms(550)), Some('c'));
        assert_eq!(timers.next(|_| true), None);
    }

    #[test]
    fn one_that_may_be_late_makes_no_other_late() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut timers = TimerQueue::default();
        timers.set_late(ms(500), start + ms(525), 'j');
        timers.set(start + ms(1), ms(500), 'f');
        assert_eq!(timers.next(|_| true), Some(start + ms(501)));
        assert_eq!(timers.pop(start + ms(500)), None);
        assert_eq!(timers.pop(start + ms(501)), Some('f'));
        assert_eq!(timers.pop(start + ms(524)), None);
        assert_eq!(timers.pop(start + ms(525)), Some('j'));
    }

    #[test]
    fn nobody_is_woken_for_what_is_not_wanted() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut timers = TimerQueue::default();
        for (after, key) in [(100, 'a'), (100, 'b'), (100, 'c'), (500, 'd')] {
            timers.set(start, ms(after), key);
        }
        let but = |gone: &'static str| move |key: &char| !gone.contains(*key);
        assert_eq!(timers.next(but("b")), Some(start + ms(100)));
        assert_eq!(timers.next(but("ac")), Some(start + ms(100)));
        assert_eq!(timers.pop(start + ms(100)), Some('b'));
        assert_eq!(timers.next(but("c")), Some(start + ms(500)));
        assert_eq!(timers.pop(start + ms(499)), None);
        assert_eq!(timers.next(but("d")), None);
    }

    #[test]
    fn a_crowd_that_goes_gives_its_room_back_while_it_goes() {
        let start = Instant::now();
        let mut timers = TimerQueue::default();
        for n in 0..100_000 {
            timers.set(start, Duration::from_secs(32), n);
        }
        let over = start + Duration::from_secs(32);
        for n in 0..90_000 {
            assert_eq!(timers.pop(over), Some(n));
        }
        let room = timers.lines.values().map(VecDeque::capacity).max();
        assert!(room.is_some_and(|room| room <= 65_536), "{room:?}");
        for n in 90_000..100_000 {
            assert_eq!(timers.pop(over), Some(n));
        }
        let room = timers.lines.values().map(VecDeque::capacity).max();
        assert!(room.is_some_and(|room| room <= USUAL), "{room:?}");
    }

    #[test]
    fn odd_durations_do_not_pile_up_lines() {
        let start = Instant::now();
        let mut timers = TimerQueue::default();
        for n in 0..10_000 {
            timers.set(start, Duration::from_micros(n), n);
            assert_eq!(timers.pop(start + Duration::from_secs(1)), Some(n));
        }
        assert!(timers.lines.len() <= IDLE_LINES + 1);
    }
}
