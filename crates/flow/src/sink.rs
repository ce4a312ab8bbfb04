//! Where what is found in the packets of one direction goes.

use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Numbers, Transport};

use crate::counts::Counts;
use crate::event::Event;
use crate::label::Label;
use crate::node::Nodes;
use crate::notice::{Notice, NoticeKind};

/// Notices that are kept until they are taken; more are counted.
pub const MAX_NOTICES: usize = 4_096;

/// What was found, in the order in which it was.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) events: Vec<Event>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) counts: Counts,
}

/// Takes what is found.
pub(crate) struct Out<'a> {
    pub(crate) found: &'a mut Found,
    pub(crate) nodes: &'a mut Nodes,
}

/// Takes what is found of one direction.
pub(crate) struct Sink<'a> {
    pub(crate) found: &'a mut Found,
    pub(crate) nodes: &'a mut Nodes,
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
}

impl Out<'_> {
    pub(crate) fn between(
        &mut self,
        transport: Transport,
        from: SocketAddr,
        to: SocketAddr,
    ) -> Sink<'_> {
        Sink {
            found: self.found,
            nodes: self.nodes,
            transport,
            from,
            to,
        }
    }
}

impl Sink<'_> {
    pub(crate) fn event(
        &mut self,
        label: Label,
        octets: Bytes,
        packets: Numbers,
        time: SystemTime,
    ) {
        self.cut_event(label, octets, 0, packets, time);
    }

    /// A message of which so many octets behind these were not captured.
    pub(crate) fn cut_event(
        &mut self,
        label: Label,
        octets: Bytes,
        missing: u32,
        packets: Numbers,
        time: SystemTime,
    ) {
        self.found.events.push(Event {
            time,
            packets,
            transport: self.transport,
            source: self.from,
            destination: self.to,
            from: self.nodes.meet(self.from),
            to: self.nodes.meet(self.to),
            protocol: label.protocol,
            label: label.label,
            detail: label.detail,
            outcome: label.outcome,
            passage: label.passage,
            purpose: label.purpose,
            octets,
            missing,
        });
    }

    pub(crate) fn notice(&mut self, kind: NoticeKind, packets: Numbers, time: SystemTime) {
        if self.found.notices.len() == MAX_NOTICES {
            self.found.counts.notices_dropped += 1;
            return;
        }
        self.found.notices.push(Notice {
            time,
            packets,
            transport: self.transport,
            from: self.from,
            to: self.to,
            kind,
        });
    }
}
