//! Sockets and connections of a replay, and which channels of the capture they are.

use std::collections::VecDeque;
use std::net::SocketAddr;

use capture::Transport;
use flow::event::Protocol;

use super::{Action, MAX_ACCEPTED, MAX_OPEN};
use crate::plan::{Channel, Side};

/// All of them; one that the node opens has the number of its channel, those of live elements follow.
pub(super) struct Links {
    links: Vec<Link>,
    /// By channel, the link that it has now.
    of_channels: Vec<Option<usize>>,
    /// Sockets and connections that the node opened and has open.
    opened: usize,
    /// Those of them whose turns are over, the oldest first.
    over: VecDeque<usize>,
    is_listening: bool,
    /// Whether anything came by a link.
    pub(super) is_met: bool,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    protocol: Protocol,
    channel: Option<usize>,
    state: State,
    /// The other end of a connection.
    remote: Option<SocketAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unopened,
    Open(SocketAddr),
    Closed,
}

impl Links {
    pub(super) fn new(channels: &[Channel]) -> Links {
        let link = |(number, channel): (usize, &Channel)| Link {
            protocol: channel.protocol,
            channel: Some(number),
            state: State::Unopened,
            remote: None,
        };
        let own =
            |(number, channel): (usize, &Channel)| (channel.opener == Side::Node).then_some(number);
        Links {
            links: channels.iter().enumerate().map(link).collect(),
            of_channels: channels.iter().enumerate().map(own).collect(),
            opened: 0,
            over: VecDeque::new(),
            is_listening: false,
            is_met: false,
        }
    }

    /// What must be open before a live element can come.
    pub(super) fn opening(
        &mut self,
        channels: &[Channel],
        against: Option<SocketAddr>,
    ) -> Option<Action> {
        let of_peer = |channel: &&Channel| channel.opener == Side::Peer;
        if !self.is_listening
            && let Some(channel) = channels.iter().find(of_peer)
        {
            self.is_listening = true;
            let protocol = channel.protocol;
            return Some(Action::Listen { protocol });
        }
        if against.is_some() {
            return None;
        }
        let is_datagram = |channel: &Channel| channel.transport == Transport::Udp;
        (0..channels.len())
            .filter(|number| is_datagram(&channels[*number]))
            .find_map(|number| self.open(channels, number))
    }

    /// Opening what a turn goes over, if that is the node's to do; where enough is open, first closing what is over.
    pub(super) fn open(&mut self, channels: &[Channel], channel: usize) -> Option<Action> {
        let about = &channels[channel];
        let link = self.of_channels[channel]?;
        if self.links[link].state != State::Unopened {
            return None;
        }
        while self.opened >= MAX_OPEN
            && let Some(link) = self.over.pop_front()
        {
            if self.closed(link) {
                return Some(Action::Close { link });
            }
        }
        Some(Action::Open {
            link,
            transport: about.transport,
            protocol: about.protocol,
        })
    }

    pub(super) fn opened(&mut self, link: usize, local: SocketAddr) -> Option<usize> {
        let link = self.links.get_mut(link)?;
        if link.state == State::Unopened {
            self.opened += 1;
        }
        link.state = State::Open(local);
        link.channel
    }

    /// The turns of a channel are over. What is open stays so while there is room: an element may use one connection
    /// where it had several.
    pub(super) fn over(&mut self, channel: usize) {
        if let Some(link) = self.of_channels[channel]
            && link < self.of_channels.len()
        {
            self.over.push_back(link);
        }
    }

    pub(super) fn accepted(
        &mut self,
        channels: &[Channel],
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<usize> {
        let accepted = self.links.len() - channels.len();
        let of_peer = channels.iter().find(|it| it.opener == Side::Peer)?;
        if accepted >= MAX_ACCEPTED {
            return None;
        }
        self.links.push(Link {
            protocol: of_peer.protocol,
            channel: None,
            state: State::Open(local),
            remote: Some(remote),
        });
        Some(self.links.len() - 1)
    }

    /// Whether it was open.
    pub(super) fn closed(&mut self, link: usize) -> bool {
        let is_own = link < self.of_channels.len();
        let Some(link) = self.links.get_mut(link) else {
            return false;
        };
        let was_open = matches!(link.state, State::Open(_));
        link.state = State::Closed;
        self.opened -= usize::from(was_open && is_own);
        was_open
    }

    /// Something came by a link; what is spoken there.
    pub(super) fn heard(&mut self, link: usize) -> Option<Protocol> {
        let protocol = self.links.get(link)?.protocol;
        self.is_met = true;
        Some(protocol)
    }

    /// The channel that a link is, where that is known.
    pub(super) fn channel(&self, link: usize) -> Option<usize> {
        self.links[link].channel
    }

    /// A link is found to be a channel of the capture, which another may have been before; gives its ends.
    pub(super) fn bind(&mut self, link: usize, channel: usize) -> Option<(SocketAddr, SocketAddr)> {
        self.of_channels[channel] = Some(link);
        let link = &mut self.links[link];
        link.channel = Some(channel);
        match (link.state, link.remote) {
            (State::Open(local), Some(remote)) => Some((local, remote)),
            _ => None,
        }
    }

    /// Whether a connection is this channel now.
    pub(super) fn is_bound(&self, channel: usize) -> bool {
        let link = self.of_channels[channel];
        link.is_some_and(|link| matches!(self.links[link].state, State::Open(_)))
    }

    /// The link of a channel, with our end, where it is open.
    pub(super) fn way(&self, channel: usize) -> Option<(usize, SocketAddr)> {
        let link = self.of_channels[channel]?;
        match self.links[link].state {
            State::Open(local) => Some((link, local)),
            State::Unopened | State::Closed => None,
        }
    }

    /// Our end of a link, and the other of a connection.
    pub(super) fn ends(&self, link: usize) -> Option<(SocketAddr, Option<SocketAddr>)> {
        match self.links[link].state {
            State::Open(local) => Some((local, self.links[link].remote)),
            State::Unopened | State::Closed => None,
        }
    }

    /// Whether something may still come by a channel: who connects to the node may do so again.
    pub(super) fn may_speak(&self, channels: &[Channel], channel: usize) -> bool {
        channels[channel].opener == Side::Peer || self.way(channel).is_some()
    }
}
