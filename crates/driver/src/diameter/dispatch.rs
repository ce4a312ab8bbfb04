//! Where each received message goes.

use std::cell::{Cell, OnceCell};
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;

use diameter_codec::base::{avp, command};
use diameter_codec::{Message, ResultCode};
use diameter_stack::peer::{Input, Received, Side, elect};
use tokio::time::timeout;

use super::actions::Processed;
use super::base::{self, Refusal};
use super::exchange::Outcome;
use super::link::Link;
use super::metrics::Direction;
use super::node::Inner;
use super::peer::Peer;
use super::settings::Admission;
use crate::io::Io;

impl<I: Io> Inner<I> {
    /// Carries an accepted connection: its first message is to be a CER.
    pub(super) async fn serve_connection(
        self: Rc<Self>,
        stream: I::Stream,
        unidentified: Unidentified<I>,
    ) {
        let link = Rc::new(Link::new(
            &stream,
            Side::Responder,
            &self.settings.limits,
            self.random(),
        ));
        let owner = OnceCell::<Rc<Peer>>::new();
        let unidentified = Cell::new(Some(unidentified));
        let carry = link.carry(
            stream,
            self.settings.limits.frame,
            |message| match owner.get() {
                Some(peer) => self.deliver(peer, &link, message),
                None => {
                    drop(unidentified.take());
                    match self.identify(&link, &message) {
                        Some(peer) => drop(owner.set(peer)),
                        None => link.end_when_written(),
                    }
                }
            },
            || {
                if let Some(peer) = owner.get() {
                    self.heard(peer);
                }
            },
        );
        let mut carry = pin!(carry);
        let ended = match timeout(self.settings.timers.setup, &mut carry).await {
            Ok(ended) => ended,
            Err(_) => {
                if owner.get().is_none() {
                    link.end_now();
                }
                carry.await
            }
        };
        match owner.get() {
            Some(peer) => self.link_ended(peer, &link, &ended),
            None => self.stranger_ended(&link, &ended),
        }
    }

    /// Takes the CER that a connection starts with; whose connection it is.
    fn identify(self: &Rc<Self>, link: &Rc<Link>, cer: &Message) -> Option<Rc<Peer>> {
        let header = *cer.header();
        if header.command != command::CAPABILITIES_EXCHANGE || !header.is_request() {
            tracing::debug!(remote = %link.remote, "a Diameter connection that does not start with a CER");
            return None;
        }
        let refused = |refusal: &Refusal| {
            self.metrics.refused_capabilities.inc();
            tracing::warn!(remote = %link.remote, ?refusal, "CER refused");
            self.refuse_cer(link, cer, refusal);
        };
        let introduced = match base::read_cer(cer, link.remote.ip(), &self.settings) {
            Ok(introduced) => introduced,
            Err(refusal) => {
                refused(&refusal);
                return None;
            }
        };
        let peer = match self.admit(&introduced.identity, link.remote.ip()) {
            Ok(peer) => peer,
            Err(refusal) => {
                refused(&refusal);
                return None;
            }
        };
        self.note_origin_state(&peer, cer);
        link.capabilities
            .set(introduced.capabilities)
            .expect("a link's first message comes once");
        link.unanswered.set(Some(header));
        let election = elect(&self.settings.identity, &introduced.identity);
        self.feed_with(&peer, Input::ConnCer(election), Some(link));
        peer.side_of(link).map(|_| peer)
    }

    /// The peer of this name, else the one without name that is configured at this address, else a new one where
    /// strangers are welcome (RFC 6733 §5.3).
    fn admit(self: &Rc<Self>, identity: &str, remote: IpAddr) -> Result<Rc<Peer>, Refusal> {
        let unknown = Refusal::Result(ResultCode::UNKNOWN_PEER, "unknown peer");
        if self.stopping.get() {
            return Err(Refusal::Result(ResultCode::TOO_BUSY, "stopping"));
        }
        if identity.eq_ignore_ascii_case(&self.settings.identity) {
            return Err(unknown);
        }
        let peers = self.peers.borrow().clone();
        let known = peers.iter().find(|peer| peer.is_named(identity));
        let known = known
            .or_else(|| peers.iter().find(|peer| peer.is_nameless_at(remote)))
            .cloned();
        match (known, self.settings.admission) {
            (Some(peer), _) => {
                peer.goes_by(identity);
                Ok(peer)
            }
            (None, Admission::ConfiguredPeers) => Err(unknown),
            (None, Admission::Anyone) => {
                if self.strangers() >= self.settings.limits.strangers {
                    return Err(Refusal::Result(ResultCode::TOO_BUSY, "too many peers"));
                }
                let peer = Rc::new(Peer::stranger(identity));
                self.peers.borrow_mut().push(Rc::clone(&peer));
                self.start_peer(&peer);
                Ok(peer)
            }
        }
    }

    /// Peers that are not configured.
    pub(super) fn strangers(&self) -> usize {
        let peers = self.peers.borrow();
        peers.iter().filter(|peer| peer.is_stranger()).count()
    }

    /// Takes a message of a peer.
    pub(super) fn deliver(self: &Rc<Self>, peer: &Rc<Peer>, link: &Rc<Link>, message: Message) {
        let Some(side) = peer.side_of(link) else {
            return;
        };
        let header = message.header();
        let request = header.is_request();
        // By command alone: the codes of the base protocol mean the same in every application.
        let received = match header.command {
            command::CAPABILITIES_EXCHANGE if request => {
                return tracing::debug!(peer = %peer.name(), "a CER on a connection that had one");
            }
            command::CAPABILITIES_EXCHANGE => {
                return self.capabilities_answer(peer, link, &message);
            }
            command::DEVICE_WATCHDOG if request => Received::Dwr,
            command::DEVICE_WATCHDOG => Received::Dwa,
            command::DISCONNECT_PEER if request => Received::Dpr,
            command::DISCONNECT_PEER => Received::Dpa,
            _ => Received::Message,
        };
        if received == Received::Dpr {
            match base::read_dpr(&message) {
                Ok(reason) => self.note_disconnect(peer, reason),
                Err(error) => return self.send_error(link, &message, &error),
            }
        }
        if self.feed_with(peer, Input::Rcv(side, received), None) == Processed::No {
            return;
        }
        match received {
            Received::Dwr => {
                self.note_origin_state(peer, &message);
                self.send_dwa(link, &message);
            }
            Received::Dpr => self.send_dpa(link, &message),
            Received::Dwa => self.note_origin_state(peer, &message),
            Received::Dpa => {}
            Received::Message if request => self.serve(peer, link, message),
            Received::Message => self.answered(link, message),
        }
    }

    /// Notices that a peer lost its state: its Origin-State-Id grew (RFC 6733 §8.16).
    fn note_origin_state(&self, peer: &Peer, message: &Message) {
        let shown = message.find(avp::ORIGIN_STATE_ID);
        let Some(state) = shown.and_then(|avp| avp.unsigned32()) else {
            return;
        };
        let before = peer.origin_state.replace(Some(state));
        if before.is_some_and(|before| state > before) {
            self.metrics.peer_restarts.inc();
            tracing::info!(peer = %peer.name(), "Diameter peer lost its state");
        }
    }

    fn capabilities_answer(self: &Rc<Self>, peer: &Rc<Peer>, link: &Rc<Link>, cea: &Message) {
        if link.side != Side::Initiator || link.capabilities.get().is_some() {
            return;
        }
        let introduced = match base::read_cea(cea, link.remote.ip(), &self.settings) {
            Ok(introduced) if peer.goes_by(&introduced.identity) => introduced,
            Ok(introduced) => {
                let (wanted, found) = (peer.name(), introduced.identity);
                self.metrics.refused_capabilities.inc();
                tracing::warn!(%wanted, found, remote = %link.remote, "another Diameter peer than configured");
                self.feed(peer, Input::CeaRefused);
                return;
            }
            Err(declined) => {
                self.metrics.refused_capabilities.inc();
                tracing::warn!(peer = %peer.name(), remote = %link.remote, %declined, "no Diameter connection");
                self.feed(peer, Input::CeaRefused);
                return;
            }
        };
        self.note_origin_state(peer, cea);
        link.capabilities
            .set(introduced.capabilities)
            .expect("seen to be empty above");
        self.feed(peer, Input::Cea);
    }

    /// Takes an answer to the request that waits for it.
    fn answered(&self, link: &Link, message: Message) {
        let waiting = link.pending.borrow_mut().take(message.header().hop_by_hop);
        let Some(waiting) = waiting else {
            self.metrics.unmatched_answers.inc();
            return;
        };
        let result = result(&message);
        self.metrics.answer(Direction::Received, result);
        waiting.settle(Outcome::Answer(message, result));
        if self.stopping.get() {
            self.settled.notify_one();
        }
    }
}

/// Result-Code, or Experimental-Result-Code where that is absent.
pub(super) fn result(answer: &Message) -> Option<u32> {
    for found in answer.avps() {
        if found.code == avp::RESULT_CODE {
            return found.unsigned32();
        }
        if found.code == avp::EXPERIMENTAL_RESULT {
            let code = found
                .group()
                .find(|inner| inner.code == avp::EXPERIMENTAL_RESULT_CODE)?;
            return code.unsigned32();
        }
    }
    None
}

/// An accepted connection without CER.
pub(super) struct Unidentified<I: Io>(Rc<Inner<I>>);

impl<I: Io> Unidentified<I> {
    pub(super) fn count(node: &Rc<Inner<I>>) -> Self {
        node.unidentified.set(node.unidentified.get() + 1);
        Self(Rc::clone(node))
    }
}

impl<I: Io> Drop for Unidentified<I> {
    fn drop(&mut self) {
        self.0.unidentified.set(self.0.unidentified.get() - 1);
    }
}
