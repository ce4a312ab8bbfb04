//! TLS between the octets of a connection and the messages in it, of those whose secrets a key log has.
//!
//! Versions 1.2 and 1.3 (RFC 5246, RFC 8446). Each direction is cut into records (`record`); what of the handshake is
//! not protected (`handshake`) leads to the keys (`agreement`, `schedule`), which follow each other
//! (`protection`) and open what is (`opener`). Behind octets that were not captured the next record is found by
//! trying (`search`).

mod agreement;
mod direction;
mod handshake;
pub mod key_log;
mod opener;
mod protection;
mod record;
mod schedule;
mod search;
mod side;
mod suite;

use std::time::SystemTime;

use capture::Numbers;

pub(crate) use direction::{Chunk, Given};
use key_log::KeyLog;
pub(crate) use side::Side;

use agreement::Agreement;
use direction::{Direction, Shared};
use search::Allowance;

use crate::notice::UnreadTls;

/// The TLS of one connection, for both its directions.
pub(crate) struct Session {
    agreement: Agreement,
    allowance: Allowance,
    first: Direction,
    second: Direction,
}

impl Default for Session {
    fn default() -> Session {
        Session {
            agreement: Agreement::default(),
            allowance: Allowance::default(),
            first: Direction::new(Side::First),
            second: Direction::new(Side::Second),
        }
    }
}

impl Session {
    /// Takes what a side sent, in its order, and adds to `given` what was in it; also of the other side, which may have
    /// waited for it.
    ///
    /// # Errors
    /// Why nothing more of the connection can be read.
    pub(crate) fn take(
        &mut self,
        side: Side,
        chunk: Chunk,
        keys: &KeyLog,
        given: &mut Vec<(Side, Given)>,
    ) -> Result<(), UnreadTls> {
        if let Chunk::Octets { octets, .. } = &chunk {
            self.allowance.came(octets.len());
        }
        self.direction(side).push(chunk)?;
        let mut shared = Shared {
            agreement: &mut self.agreement,
            allowance: &mut self.allowance,
            keys,
            given,
        };
        // Each may wait for what the other one says.
        while self.first.read(&mut shared)? | self.second.read(&mut shared)? {}
        self.direction(side).keep();
        Ok(())
    }

    /// Octets that are kept between calls.
    pub(crate) fn held(&self) -> usize {
        self.first.held() + self.second.held()
    }

    /// What is kept of a side takes too much; about how many octets were dropped, if any, and the last packet before.
    pub(crate) fn give_up(&mut self, side: Side) -> Option<(usize, Numbers)> {
        let direction = self.direction(side);
        let octets = direction.give_up();
        let (numbers, _) = direction.last()?;
        (octets > 0).then_some((octets, numbers))
    }

    /// Whether anything came from this side.
    pub(crate) fn has_heard(&mut self, side: Side) -> bool {
        self.direction(side).has_begun()
    }

    /// What there is to be told of a side from which nothing more is to come, and its last packet.
    pub(crate) fn unread(&mut self, side: Side) -> Option<(UnreadTls, Numbers, SystemTime)> {
        let is_agreed = self.agreement.agreed.is_some();
        let is_over = self.first.is_closed() || self.second.is_closed();
        let direction = self.direction(side);
        let why = match (is_agreed, direction.is_lost()) {
            (false, _) if direction.is_waiting() && !is_over => UnreadTls::Beginning,
            (true, true) => UnreadTls::Lost,
            _ => return None,
        };
        let (numbers, time) = direction.last()?;
        Some((why, numbers, time))
    }

    fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::First => &mut self.first,
            Side::Second => &mut self.second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::direction::MAX_WAITING;
    use crate::tls::opener::Opener;

    #[test]
    fn a_connection_is_small() {
        let size = size_of::<Session>() + 2 * size_of::<Opener>();
        assert!(size <= 1_024, "{size}");
    }

    /// A ServerHello whose ClientHello was not captured.
    #[test]
    fn what_waits_for_the_other_side_is_bounded() {
        let mut session = Session::default();
        let keys = KeyLog::default();
        let mut given = Vec::new();
        let mut take = |octets: Vec<u8>| {
            let chunk = Chunk::Octets {
                octets: octets.into(),
                numbers: Numbers::one(1),
                time: SystemTime::UNIX_EPOCH,
            };
            let taken = session.take(Side::Second, chunk, &keys, &mut given);
            (taken, session.held())
        };
        assert_eq!(take([22, 3, 3, 0, 4, 2, 0, 0, 0].to_vec()).0, Ok(()));
        let mut most = 0;
        let ended = (0..).find_map(|_| match take(vec![0; 1_000]) {
            (Ok(()), held) => {
                most = most.max(held);
                None
            }
            (Err(why), _) => Some(why),
        });
        assert_eq!(ended, Some(UnreadTls::Beginning));
        assert!(
            (MAX_WAITING / 2..=MAX_WAITING + 9).contains(&most),
            "{most}"
        );
        assert!(given.is_empty());
    }
}
