//! What one direction of a connection carries: found by its content, and cut into messages.

use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use capture::Numbers;

use crate::content::{Look, look};
use crate::event::{Outcome, Protocol};
use crate::framing::{Cut, diameter, sip};
use crate::label;
use crate::notice::NoticeKind;
use crate::port;
use crate::reassembly::Beginning;
use crate::sink::Sink;

/// One direction, whose octets come in their order.
#[derive(Default)]
pub(crate) struct Channel {
    content: Content,
    /// The packets of the octets that are held.
    held: Option<Numbers>,
    unread: Unread,
}

#[derive(Default)]
enum Content {
    /// What came is too short to say.
    #[default]
    Begun,
    /// The same, kept.
    Undecided(BytesMut),
    Sip(Box<sip::Framer>),
    Diameter(Box<diameter::Framer>),
    /// Neither; a message may begin with any segment all the same.
    Other,
}

/// Octets since the last message that make none.
#[derive(Default)]
enum Unread {
    #[default]
    None,
    /// An event told the first ones of them.
    Told { first: u64, all: Passed },
    /// A message may have begun before what was captured.
    BeforeTheNext(Passed),
}

/// Octets, and the packets that brought them.
#[derive(Default)]
struct Passed {
    octets: u64,
    packets: Option<Numbers>,
}

impl Passed {
    fn add(&mut self, octets: &Bytes, packets: Numbers) {
        self.octets += octets.len() as u64;
        self.packets = Some(self.packets.map_or(packets, |before| before.and(packets)));
    }
}

/// Whether something begins with these octets that is looked for.
fn is_known(octets: &[u8]) -> bool {
    matches!(look(octets), Look::Sip | Look::Diameter | Look::Tls)
}

/// What the octets turned out to be.
pub(crate) enum Turn {
    /// They are dealt with.
    Taken,
    /// TLS: these octets, all there were, are its first.
    Tls(Bytes),
    /// TLS whose beginning was not captured.
    WithinTls,
}

/// A run of octets, and where it came from.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) octets: &'a Bytes,
    pub(crate) numbers: Numbers,
    pub(crate) time: SystemTime,
}

impl Channel {
    /// A stream of which so much is known.
    pub(crate) fn new(beginning: Beginning) -> Channel {
        Channel {
            unread: match beginning {
                Beginning::AtItsStart => Unread::None,
                Beginning::Within => Unread::BeforeTheNext(Passed::default()),
            },
            ..Channel::default()
        }
    }

    /// Octets that are kept between calls.
    pub(crate) fn kept(&self) -> usize {
        match &self.content {
            Content::Begun | Content::Other => 0,
            Content::Undecided(kept) => kept.len(),
            Content::Sip(framer) => framer.held(),
            Content::Diameter(framer) => framer.held(),
        }
    }

    /// The next octets.
    pub(crate) fn take(&mut self, run: Run<'_>, sink: &mut Sink<'_>) -> Turn {
        let numbers = match self.held {
            Some(held) => held.and(run.numbers),
            None => run.numbers,
        };
        self.held = Some(numbers);
        match &mut self.content {
            Content::Sip(framer) => framer.push(run.octets),
            Content::Diameter(framer) => framer.push(run.octets),
            Content::Other => match look(run.octets) {
                found @ (Look::Sip | Look::Diameter) => self.settle(found, run.octets, sink),
                _ => {
                    self.held = None;
                    return Turn::Taken;
                }
            },
            Content::Begun | Content::Undecided(_) => {
                let octets = self.all(run, sink);
                match look(&octets) {
                    _ if self.may_be_a_probe(&octets) => {
                        self.content = Content::Undecided(BytesMut::from(&octets[..]));
                        return Turn::Taken;
                    }
                    Look::Tls => {
                        *self = Channel::default();
                        return Turn::Tls(octets);
                    }
                    Look::WithinTls => {
                        *self = Channel::default();
                        return Turn::WithinTls;
                    }
                    Look::TooShort if octets.is_empty() => self.held = None,
                    Look::TooShort => {
                        self.content = Content::Undecided(BytesMut::from(&octets[..]));
                        return Turn::Taken;
                    }
                    found => self.settle(found, &octets, sink),
                }
            }
        }
        self.cut(run, sink);
        Turn::Taken
    }

    /// Octets that follow were not captured; `between` are the packets on both sides.
    pub(crate) fn lose(
        &mut self,
        octets: u64,
        between: Numbers,
        time: SystemTime,
        sink: &mut Sink<'_>,
    ) {
        let concerns_us = self.concerns_us(sink);
        let cut_off = self.drop_kept();
        if concerns_us {
            let kind = NoticeKind::Missing { octets, cut_off };
            sink.notice(kind, between, time);
        }
    }

    /// Whether it carries a protocol of ours, or one is expected.
    pub(crate) fn concerns_us(&self, sink: &Sink<'_>) -> bool {
        match self.content {
            Content::Sip(_) | Content::Diameter(_) => true,
            Content::Begun | Content::Undecided(_) => port::expected(sink.from, sink.to).is_some(),
            Content::Other => false,
        }
    }

    /// Nothing more is to come of this stream.
    pub(crate) fn end(&mut self, time: SystemTime, sink: &mut Sink<'_>) {
        self.drop_incomplete(|octets| NoticeKind::Incomplete { octets }, time, sink);
    }

    /// What is kept takes too much.
    pub(crate) fn give_up(&mut self, time: SystemTime, sink: &mut Sink<'_>) {
        self.drop_incomplete(|octets| NoticeKind::GivenUp { octets }, time, sink);
    }

    fn drop_incomplete(
        &mut self,
        kind: fn(usize) -> NoticeKind,
        time: SystemTime,
        sink: &mut Sink<'_>,
    ) {
        self.read_on(time, sink);
        let is_message = matches!(self.content, Content::Sip(_) | Content::Diameter(_));
        let Some(held) = self.held else {
            return;
        };
        let octets = self.drop_kept();
        if is_message && octets > 0 {
            sink.notice(kind(octets), held, time);
        }
    }

    /// Octets are lost: what comes next may begin within a message.
    fn drop_kept(&mut self) -> usize {
        self.held = None;
        if let Unread::None = self.unread {
            self.unread = Unread::BeforeTheNext(Passed::default());
        }
        match &mut self.content {
            Content::Begun | Content::Other => 0,
            Content::Undecided(kept) => {
                let octets = kept.len();
                self.content = Content::Begun;
                octets
            }
            Content::Sip(framer) => framer.lose(),
            Content::Diameter(framer) => framer.lose(),
        }
    }

    /// An octet before the first message of a capture that begins within the stream: it may ask whether the peer lives,
    /// and be of no meaning (RFC 9293 §3.8.4). What follows will show.
    fn may_be_a_probe(&self, octets: &Bytes) -> bool {
        let is_first = matches!(&self.unread, Unread::BeforeTheNext(passed) if passed.octets == 0);
        is_first && octets.len() == 1
    }

    /// What is kept and what has come, without the keep-alives at its beginning.
    fn all(&mut self, run: Run<'_>, sink: &mut Sink<'_>) -> Bytes {
        let mut all = match std::mem::take(&mut self.content) {
            Content::Undecided(kept) if self.is_a_probe(&kept, run.octets) => {
                self.held = Some(run.numbers);
                sink.found.counts.keep_alives += 1;
                run.octets.clone()
            }
            Content::Undecided(mut kept) => {
                kept.extend_from_slice(run.octets);
                kept.freeze()
            }
            _ => run.octets.clone(),
        };
        let empty = all
            .iter()
            .take_while(|octet| b"\r\n".contains(octet))
            .count();
        if empty > 0 {
            sink.found.counts.keep_alives += 1;
            all.advance(empty);
        }
        all
    }

    /// Whether what follows an octet is a message, and is none with it.
    fn is_a_probe(&self, kept: &[u8], octets: &[u8]) -> bool {
        matches!(self.unread, Unread::BeforeTheNext(_))
            && kept.len() == 1
            && is_known(octets)
            && !is_known(&[kept, octets].concat())
    }

    /// Begins to read what octets look like, or what is expected on their ports.
    fn settle(&mut self, found: Look, octets: &[u8], sink: &mut Sink<'_>) {
        let expected = port::expected(sink.from, sink.to);
        self.content = match (found, expected) {
            (Look::Sip, _) => Content::Sip(Box::default()),
            (Look::Diameter, _) => Content::Diameter(Box::default()),
            (_, Some(Protocol::Sip)) => Content::Sip(Box::new(sip::Framer::lost())),
            (_, Some(Protocol::Diameter)) => Content::Diameter(Box::new(diameter::Framer::lost())),
            _ => {
                sink.found.counts.other_streams += 1;
                self.held = None;
                Content::Other
            }
        };
        match &mut self.content {
            Content::Sip(framer) => framer.push(octets),
            Content::Diameter(framer) => framer.push(octets),
            _ => {}
        }
    }

    /// Gives what is complete; what is left then is of this run alone.
    fn cut(&mut self, run: Run<'_>, sink: &mut Sink<'_>) {
        loop {
            let (cut, protocol) = match &mut self.content {
                Content::Sip(framer) => (framer.next(), Protocol::Sip),
                Content::Diameter(framer) => (framer.next(), Protocol::Diameter),
                _ => return,
            };
            let numbers = self.held.unwrap_or(run.numbers);
            match cut {
                None => break,
                Some(Cut::Message(octets)) => {
                    self.read_on(run.time, sink);
                    let label = match protocol {
                        Protocol::Diameter => {
                            sink.found.counts.diameter += 1;
                            label::diameter(&octets)
                        }
                        _ => {
                            sink.found.counts.sip += 1;
                            label::sip(&octets)
                        }
                    };
                    sink.event(label, octets, numbers, run.time);
                }
                Some(Cut::Refused { head, reason }) => {
                    self.read_on(run.time, sink);
                    let mut label = match protocol {
                        Protocol::Diameter => label::diameter(&head),
                        _ => label::sip(&head),
                    };
                    label.outcome = Outcome::Unreadable;
                    label.detail = reason.to_owned();
                    sink.event(label, head, numbers, run.time);
                    // Its body follows, of whatever length.
                    self.unread = Unread::Told {
                        first: 0,
                        all: Passed::default(),
                    };
                }
                Some(Cut::Garbage(octets)) => self.garbage(octets, numbers, run.time, sink),
            }
            self.held = Some(run.numbers);
        }
        if self.kept() == 0 {
            self.held = None;
        }
    }

    fn garbage(&mut self, octets: Bytes, numbers: Numbers, time: SystemTime, sink: &mut Sink<'_>) {
        match &mut self.unread {
            Unread::None => {
                let mut all = Passed::default();
                all.add(&octets, numbers);
                self.unread = Unread::Told {
                    first: all.octets,
                    all,
                };
                sink.event(label::unreadable(&octets), octets, numbers, time);
            }
            Unread::Told { all, .. } | Unread::BeforeTheNext(all) => all.add(&octets, numbers),
        }
    }

    /// A message is found, or none will be: tells what was passed over before.
    fn read_on(&mut self, time: SystemTime, sink: &mut Sink<'_>) {
        let (passed, kind) = match std::mem::take(&mut self.unread) {
            Unread::Told { first, all } if all.octets > first => {
                let octets = all.octets;
                (all, NoticeKind::Garbage { octets })
            }
            Unread::BeforeTheNext(all) => {
                let octets = all.octets;
                (all, NoticeKind::BeganWithin { octets })
            }
            _ => return,
        };
        if let Some(packets) = passed.packets {
            sink.notice(kind, packets, time);
        }
    }
}
