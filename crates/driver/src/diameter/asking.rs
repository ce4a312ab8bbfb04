//! Requests of ours: sent, sent again elsewhere, redirected, answered (RFC 6733 §5.5.4, §6.1, §6.2).

use std::collections::VecDeque;
use std::net::IpAddr;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::avp;
use diameter_codec::{Avps, Flags, HEADER_LEN, MAX_MESSAGE, Message, ResultCode};
use diameter_stack::redirect::{Indication, Subject, Target};
use diameter_stack::routing::Lookup;
use smallvec::SmallVec;
use tokio::time::{Instant, timeout_at};

use super::exchange::{Exchange, Outcome};
use super::link::Link;
use super::metrics::Direction;
use super::node::{Ids, Inner, RequestError, Route};
use super::peer::{Peer, Trust};
use super::settings::FollowRedirects;
use crate::io::Io;

/// Most connections that one request is sent on.
pub const MAX_ATTEMPTS: usize = 5;
/// Most redirect indications that one request follows, remembered ones included.
pub const MAX_REDIRECTS: usize = 3;

/// Where the flags stand in a message, and where the Hop-by-Hop Identifier does.
const FLAGS_AT: usize = 4;
const HOP_BY_HOP_AT: usize = 12;

/// A request under way.
struct Request<'a> {
    route: Route<'a>,
    /// As it is sent, but for its Hop-by-Hop Identifier and the T flag.
    octets: BytesMut,
    deadline: Instant,
    /// Peers that it needs not be sent to again.
    tried: SmallVec<[Rc<Peer>; 2]>,
    /// Hosts that a redirect indication named.
    targets: VecDeque<Target>,
    redirects: usize,
    history: History,
}

/// What happened to a request's earlier copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum History {
    /// There is none, or an error answer came to it: no T flag (RFC 6733 §3).
    Settled,
    /// One was sent and may have been served.
    Unacknowledged,
}

impl Request<'_> {
    fn avp(&self, code: diameter_codec::AvpCode) -> Option<&str> {
        Avps::new(&self.octets[HEADER_LEN..])
            .find(|avp| avp.code == code)?
            .text()
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            session: self.avp(avp::SESSION_ID),
            user: self.avp(avp::USER_NAME),
            realm: self.route.realm,
            application: self.route.application,
        }
    }
}

impl<I: Io> Inner<I> {
    /// Sends the request that `encode` appends and sees it through to one outcome.
    pub(super) async fn ask(
        self: &Rc<Self>,
        route: Route<'_>,
        encode: impl FnOnce(Ids<'_>, &mut BytesMut),
    ) -> Result<Message, RequestError> {
        if self.stopping.get() {
            return Err(RequestError::Stopping);
        }
        let mut request = Request {
            route,
            octets: self.encoded(encode),
            deadline: Instant::now() + self.settings.timers.request,
            tried: SmallVec::new(),
            targets: VecDeque::new(),
            redirects: 0,
            history: History::Settled,
        };
        if request.octets.len() > MAX_MESSAGE {
            return Err(RequestError::TooLong);
        }
        let mut last = Err(RequestError::NoPeer);
        for _ in 0..MAX_ATTEMPTS {
            let Some((peer, link)) = self.next_hop(&mut request).await else {
                break;
            };
            last = match self.attempt(&mut request, &peer, &link).await {
                Attempt::Final(outcome) => return outcome,
                Attempt::Elsewhere(outcome) => outcome,
            };
            request.tried.push(peer);
        }
        // Where an earlier copy went out, it may have been served, whatever hindered the last one.
        match last {
            Err(RequestError::Congested) if request.history == History::Unacknowledged => {
                Err(RequestError::ConnectionLost)
            }
            last => last,
        }
    }

    fn encoded(&self, encode: impl FnOnce(Ids<'_>, &mut BytesMut)) -> BytesMut {
        let mut session_id = self.session_id.take();
        session_id.clear();
        self.session_ids.borrow_mut().append_fresh(&mut session_id);
        let mut octets = BytesMut::new();
        encode(
            Ids {
                hop_by_hop: 0,
                end_to_end: self.end_to_end(),
                session_id: &session_id,
            },
            &mut octets,
        );
        self.session_id.replace(session_id);
        octets
    }

    /// Sends a request on one connection and waits there.
    async fn attempt(
        self: &Rc<Self>,
        request: &mut Request<'_>,
        peer: &Rc<Peer>,
        link: &Rc<Link>,
    ) -> Attempt {
        let Some((exchange, hop_by_hop)) = self.send(request, peer, link) else {
            return Attempt::Elsewhere(Err(RequestError::Congested));
        };
        loop {
            match exchange.outcome().await {
                Outcome::Answer(answer, result) => {
                    return self.judge(request, peer, answer, result);
                }
                Outcome::TimedOut => return Attempt::Final(Err(RequestError::TimedOut)),
                Outcome::Lost => {
                    request.history = History::Unacknowledged;
                    let lost = Err(RequestError::ConnectionLost);
                    return match self.stopping.get() {
                        true => Attempt::Final(lost),
                        false => Attempt::Elsewhere(lost),
                    };
                }
                // RFC 6733 §5.5.4: what waits goes to an alternate peer; without one it waits on, the peer may
                // answer yet.
                Outcome::Doubt if self.alternate(request, peer) => {
                    drop(link.pending.borrow_mut().take(hop_by_hop));
                    request.history = History::Unacknowledged;
                    return Attempt::Elsewhere(Err(RequestError::ConnectionLost));
                }
                Outcome::Doubt => {}
            }
        }
    }

    /// Writes a request to a connection; none where too much is under way there.
    fn send(&self, request: &Request<'_>, peer: &Peer, link: &Link) -> Option<(Rc<Exchange>, u32)> {
        if link.congested() {
            return None;
        }
        let exchange = Rc::new(Exchange::default());
        let deadline = request.deadline.into_std();
        let hop_by_hop = link
            .pending
            .borrow_mut()
            .insert(deadline, Rc::clone(&exchange))
            .ok()?;
        link.send(|output| {
            let start = output.len();
            output.extend_from_slice(&request.octets);
            let sent = &mut output[start..];
            sent[HOP_BY_HOP_AT..][..4].copy_from_slice(&hop_by_hop.to_be_bytes());
            if request.history == History::Unacknowledged {
                sent[FLAGS_AT] |= Flags::RETRANSMITTED.0;
            }
        });
        peer.wake_by(request.deadline);
        self.metrics.request(Direction::Sent);
        if request.history == History::Unacknowledged {
            self.metrics.retransmissions.inc();
        }
        Some((exchange, hop_by_hop))
    }

    /// Whether another peer would take the request.
    fn alternate(&self, request: &mut Request<'_>, peer: &Rc<Peer>) -> bool {
        request.tried.push(Rc::clone(peer));
        let found = self.choose(&request.route, &request.tried).is_some();
        drop(request.tried.pop());
        found
    }

    /// Decides whether an answer is the last word.
    fn judge(
        &self,
        request: &mut Request<'_>,
        peer: &Peer,
        answer: Message,
        result: Option<u32>,
    ) -> Attempt {
        // Some protocol errors come without the E bit; Experimental-Result is no place for them.
        let result = result
            .filter(|result| (3_000..4_000).contains(result))
            .filter(|_| answer.find(avp::RESULT_CODE).is_some());
        match result.map(ResultCode) {
            // RFC 6733 §7.1.3: an alternate peer may do better.
            Some(ResultCode::UNABLE_TO_DELIVER | ResultCode::TOO_BUSY) => {
                self.metrics.rerouted.inc();
                Attempt::Elsewhere(Ok(answer))
            }
            Some(ResultCode::REDIRECT_INDICATION) if request.redirects < MAX_REDIRECTS => {
                let Some(indication) = Indication::of(&answer) else {
                    return Attempt::Final(Ok(answer));
                };
                self.metrics.redirects.inc();
                self.redirects.borrow_mut().remember(
                    Instant::now().into_std(),
                    &indication,
                    &request.subject(),
                    &peer.name(),
                );
                request.redirects += 1;
                request.targets = indication.targets.into();
                // Where none of them is to be reached there is no other way: the agent has spoken.
                Attempt::Elsewhere(Ok(answer))
            }
            _ => Attempt::Final(Ok(with_session_id(answer, &request.octets))),
        }
    }

    /// The next connection for a request: a redirect target, else by the routes.
    async fn next_hop(self: &Rc<Self>, request: &mut Request<'_>) -> Option<(Rc<Peer>, Rc<Link>)> {
        let redirected = !request.targets.is_empty();
        while let Some(target) = request.targets.pop_front() {
            if let Some(found) = self.reach(&target, request).await {
                return Some(found);
            }
        }
        if redirected {
            return None;
        }
        let chosen = self.choose(&request.route, &request.tried);
        if self.redirects.borrow().is_empty() || request.redirects >= MAX_REDIRECTS {
            return chosen;
        }
        let next = chosen.as_ref().map(|(peer, _)| peer.name());
        let targets: SmallVec<[Target; 4]> = self
            .redirects
            .borrow()
            .find(
                Instant::now().into_std(),
                &request.subject(),
                next.as_deref().unwrap_or_default(),
            )
            .unwrap_or_default()
            .iter()
            .cloned()
            .collect();
        request.redirects += usize::from(!targets.is_empty());
        for target in &targets {
            if let Some(found) = self.reach(target, request).await {
                return Some(found);
            }
        }
        chosen
    }

    /// The open peer for a request by the routes (RFC 6733 §6.1.4–6.1.6): the host itself, else one for the realm.
    fn choose(&self, route: &Route<'_>, tried: &[Rc<Peer>]) -> Option<(Rc<Peer>, Rc<Link>)> {
        let listed = self.routes.lookup(route.realm, route.application);
        // Only an agent brings it to a host that is no peer: another host of the realm has no business with it. A route
        // that does not list the host itself leads to agents, relays or not.
        let is_asked_for = |identity: &str| {
            let host = route.host;
            host.is_some_and(|host| host.eq_ignore_ascii_case(identity))
        };
        let needs_a_relay = match &listed {
            Lookup::Peers(order) => order.iter().any(|identity| is_asked_for(identity)),
            _ => route.host.is_some(),
        };
        let peers = self.peers.borrow();
        let candidates = peers.iter().filter_map(|peer| {
            let (link, trust) = usable(peer, route, tried)?;
            if route.host.is_some_and(|host| peer.is_named(host)) {
                return Some(((0, trust, 0), peer, link));
            }
            let capabilities = link.capabilities.get()?;
            if needs_a_relay && !capabilities.relay {
                return None;
            }
            let order = match &listed {
                Lookup::Local => None,
                Lookup::Peers(order) => order.iter().position(|identity| peer.is_named(identity)),
                Lookup::Unlisted => peer.serves(route.realm, capabilities),
            };
            Some(((1, trust, order?), peer, link))
        });
        let (_, peer, link) = candidates.min_by_key(|(rank, ..)| *rank)?;
        Some((Rc::clone(peer), link))
    }

    /// The connection with a host that a redirect indication names, opened where that is allowed.
    async fn reach(
        self: &Rc<Self>,
        target: &Target,
        request: &Request<'_>,
    ) -> Option<(Rc<Peer>, Rc<Link>)> {
        let literal = target.host.parse::<IpAddr>().ok();
        let known = self
            .peers
            .borrow()
            .iter()
            .find(|peer| {
                peer.is_named(&target.host)
                    // Several nodes may share an address: a port tells them apart.
                    || literal.is_some_and(|ip| peer.address == Some((ip, target.port).into()))
            })
            .cloned();
        let peer = match known {
            Some(peer) => peer,
            None if self.settings.redirects == FollowRedirects::ConfiguredPeers => {
                tracing::warn!(
                    host = target.host,
                    "redirected to a host that is no peer of ours"
                );
                return None;
            }
            None => self.redirected_peer(target, literal)?,
        };
        let settled = async {
            while peer.is_stranger() && peer.is_opening() {
                peer.changed.notified().await;
            }
        };
        drop(timeout_at(request.deadline, settled).await);
        let (link, _) = usable(&peer, &request.route, &request.tried)?;
        Some((peer, link))
    }

    /// A peer that is not configured, and its first attempt to connect.
    fn redirected_peer(
        self: &Rc<Self>,
        target: &Target,
        literal: Option<IpAddr>,
    ) -> Option<Rc<Peer>> {
        let located = || {
            let hosts = &self.settings.hosts;
            hosts
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(&target.host))
                .map(|(_, address)| *address)
        };
        let Some(address) = literal.or_else(located) else {
            tracing::warn!(
                host = target.host,
                "redirected to a host whose address is unknown; add it to [diameter.hosts]"
            );
            return None;
        };
        if self.strangers() >= self.settings.limits.strangers {
            return None;
        }
        let identity = literal.is_none().then_some(&*target.host);
        let peer = Rc::new(Peer::redirected(identity, (address, target.port).into()));
        self.peers.borrow_mut().push(Rc::clone(&peer));
        self.start_peer(&peer);
        Some(peer)
    }
}

/// What came of sending a request on one connection.
enum Attempt {
    /// This is its outcome.
    Final(Result<Message, RequestError>),
    /// It may go to another peer; without one this is its outcome.
    Elsewhere(Result<Message, RequestError>),
}

/// The open connection of a peer, where it takes requests of this application now and did not have this one.
fn usable(peer: &Rc<Peer>, route: &Route<'_>, tried: &[Rc<Peer>]) -> Option<(Rc<Link>, Trust)> {
    let link = peer.open_link()?;
    let trust = peer.trust()?;
    let shared = &link.capabilities.get()?.applications;
    let fresh = !tried.iter().any(|other| Rc::ptr_eq(other, peer));
    (shared.contains(&route.application) && fresh).then_some((link, trust))
}

/// The answer with the Session-Id of its request where it lacks one: the Hop-by-Hop Identifier told whose it is.
fn with_session_id(answer: Message, request: &[u8]) -> Message {
    if answer.find(avp::SESSION_ID).is_some() {
        return answer;
    }
    let session = Avps::new(&request[HEADER_LEN..]).find(|found| found.code == avp::SESSION_ID);
    let Some(session) = session else {
        return answer;
    };
    let mut whole = BytesMut::from(&answer.octets()[..HEADER_LEN]);
    session.append_to(&mut whole);
    whole.extend_from_slice(answer.body());
    let length = u32::try_from(whole.len()).unwrap_or(u32::MAX).to_be_bytes();
    whole[1..4].copy_from_slice(&length[1..]);
    Message::parse(Bytes::from(whole)).unwrap_or(answer)
}
