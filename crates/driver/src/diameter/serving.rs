//! Requests of peers: refused, recognised as duplicates, served (RFC 6733 §6.1.4, §6.2, §7.1).

use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::avp;
use diameter_codec::{DecodeError, Flags, HEADER_LEN, Message, ResultCode};
use diameter_stack::duplicates::{Arrival, Joined, Key, Marks};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::dispatch::result;
use super::link::Link;
use super::metrics::Direction;
use super::node::{IncomingRequest, Inner};
use super::peer::Peer;
use crate::io::Io;
use crate::task::spawn;

/// What of a request says where it goes and came from, read in one walk.
#[derive(Debug, Default)]
struct Addressing<'a> {
    session_id: Option<&'a str>,
    origin_host: Option<&'a str>,
    destination_host: Option<&'a str>,
    destination_realm: Option<&'a str>,
    /// Whether Route-Record has our identity.
    passed_us: bool,
    /// Whether there is a Proxy-Info.
    proxied: bool,
}

impl<'a> Addressing<'a> {
    fn of(request: &'a Message, identity: &str) -> Self {
        let mut read = Self::default();
        for found in request.avps() {
            match found.code {
                avp::SESSION_ID => read.session_id = found.text(),
                avp::ORIGIN_HOST => read.origin_host = found.text(),
                avp::DESTINATION_HOST => read.destination_host = found.text(),
                avp::DESTINATION_REALM => read.destination_realm = found.text(),
                avp::ROUTE_RECORD => {
                    read.passed_us |= found.data.eq_ignore_ascii_case(identity.as_bytes());
                }
                avp::PROXY_INFO => read.proxied = true,
                _ => {}
            }
        }
        read
    }
}

/// Who asked: where the answer goes.
#[derive(Debug)]
pub(super) struct Asker {
    link: Rc<Link>,
    request: Message,
}

impl<I: Io> Inner<I> {
    /// Hands a request to its handler, or refuses it.
    pub(super) fn serve(self: &Rc<Self>, peer: &Rc<Peer>, link: &Rc<Link>, message: Message) {
        self.metrics.request(Direction::Received);
        let addressing = Addressing::of(&message, &self.settings.identity);
        if let Some(refusal) = self.refusal(&message, &addressing) {
            return self.refuse(link, &message, refusal);
        }
        let header = *message.header();
        let mut duplicates = self.duplicates.borrow_mut();
        let marks = Marks {
            command: header.command,
            session: duplicates.mark(addressing.session_id),
        };
        let name = peer.name();
        let key = Key {
            origin: match addressing.origin_host {
                Some(origin) if *origin != *name => origin.into(),
                _ => Rc::clone(&name),
            },
            end_to_end: header.end_to_end,
        };
        let now = Instant::now().into_std();
        let arrival = duplicates.arrive(now, &key, marks, || Asker {
            link: Rc::clone(link),
            request: message.clone(),
        });
        drop(duplicates);
        match arrival {
            Arrival::New => {}
            Arrival::Answered(answer) => {
                self.metrics.duplicates.inc();
                return self.send_answer(link, &message, readdressed(&answer, &message));
            }
            Arrival::Joined | Arrival::Crowded => {
                self.metrics.duplicates.inc();
                return;
            }
        }
        let span = tracing::debug_span!(
            "diameter",
            peer = %name,
            command = header.command.0,
            hop_by_hop = header.hop_by_hop,
        );
        link.serving_started();
        let serving = Serving {
            node: Rc::clone(self),
            proxied: addressing.proxied,
            asker: Asker {
                link: Rc::clone(link),
                request: message.clone(),
            },
            key,
            marks,
            finished: false,
        };
        let answering = (self.handler)(IncomingRequest {
            message,
            peer: name,
        });
        let procedure = async move {
            let answer = answering.await;
            serving.finish(&answer);
        };
        spawn(procedure.instrument(span));
    }

    /// Why a request is not for us, if so.
    fn refusal(&self, message: &Message, addressing: &Addressing<'_>) -> Option<ResultCode> {
        let header = message.header();
        if header.flags.contains(Flags::ERROR) {
            return Some(ResultCode::INVALID_HDR_BITS);
        }
        // §6.1.3
        if addressing.passed_us {
            return Some(ResultCode::LOOP_DETECTED);
        }
        match (addressing.destination_host, addressing.destination_realm) {
            // §7.1.3: a Destination-Host without Destination-Realm, or another host, which we do not relay to.
            (Some(host), realm)
                if realm.is_none() || !host.eq_ignore_ascii_case(&self.settings.identity) =>
            {
                return Some(ResultCode::UNABLE_TO_DELIVER);
            }
            (None, Some(realm))
                if !realm.eq_ignore_ascii_case(&self.settings.realm)
                    && !self.routes.serves(realm) =>
            {
                return Some(ResultCode::REALM_NOT_SERVED);
            }
            _ => {}
        }
        let applications = &self.settings.applications;
        match applications
            .iter()
            .find(|ours| ours.id == header.application)
        {
            None => Some(ResultCode::APPLICATION_UNSUPPORTED),
            Some(ours) if !ours.commands.contains(&header.command) => {
                Some(ResultCode::COMMAND_UNSUPPORTED)
            }
            Some(_) => None,
        }
    }

    fn refuse(&self, link: &Link, request: &Message, result: ResultCode) {
        self.metrics.answer(Direction::Sent, Some(result.0));
        self.send_error(link, request, &DecodeError::of(result));
    }

    /// Sends an answer to one who asked.
    fn send_answer(&self, link: &Link, request: &Message, answer: Bytes) {
        match Message::parse(answer) {
            Ok(answer) => {
                self.metrics.answer(Direction::Sent, result(&answer));
                link.send_answer(|output| output.extend_from_slice(answer.octets()));
            }
            // As it is, above all longer than [`diameter_codec::MAX_MESSAGE`], it would end the connection for all.
            Err(problem) => {
                tracing::error!(%problem, "an answer that no peer could read; 5012 is sent instead");
                self.refuse(link, request, ResultCode::UNABLE_TO_COMPLY);
            }
        }
    }
}

/// The answer with the Hop-by-Hop Identifier of `request` and its Proxy-Info, in their order (RFC 6733 §6.2).
fn readdressed(answer: &[u8], request: &Message) -> Bytes {
    let Ok(answer) = Message::parse(Bytes::copy_from_slice(answer)) else {
        return Bytes::copy_from_slice(answer);
    };
    let mut out = BytesMut::from(&answer.octets()[..HEADER_LEN]);
    out[12..16].copy_from_slice(&request.header().hop_by_hop.to_be_bytes());
    let own = answer.avps().filter(|found| found.code != avp::PROXY_INFO);
    let passed_on = request.avps().filter(|found| found.code == avp::PROXY_INFO);
    for found in own.chain(passed_on) {
        found.append_to(&mut out);
    }
    let length = u32::try_from(out.len()).unwrap_or(u32::MAX).to_be_bytes();
    out[1..4].copy_from_slice(&length[1..]);
    out.freeze()
}

/// A request that is being served; also where its procedure panics, it ends and is answered.
struct Serving<I: Io> {
    node: Rc<Inner<I>>,
    asker: Asker,
    proxied: bool,
    key: Key,
    marks: Marks,
    finished: bool,
}

impl<I: Io> Serving<I> {
    /// Sends the answer; an empty one is none.
    fn finish(mut self, answer: &Bytes) {
        self.finished = true;
        let Self {
            node, asker, key, ..
        } = &self;
        if answer.is_empty() {
            drop(node.duplicates.borrow_mut().abandoned(key, self.marks));
            return;
        }
        let now = Instant::now().into_std();
        let joined: Joined<Asker> = node
            .duplicates
            .borrow_mut()
            .answered(now, key, self.marks, answer);
        if self.proxied {
            let answer = readdressed(answer, &asker.request);
            node.send_answer(&asker.link, &asker.request, answer);
        } else {
            node.send_answer(&asker.link, &asker.request, answer.clone());
        }
        for waiting in joined {
            let answer = readdressed(answer, &waiting.request);
            node.send_answer(&waiting.link, &waiting.request, answer);
        }
    }
}

impl<I: Io> Drop for Serving<I> {
    fn drop(&mut self) {
        if !self.finished {
            let joined = self
                .node
                .duplicates
                .borrow_mut()
                .abandoned(&self.key, self.marks);
            let unable = ResultCode::UNABLE_TO_COMPLY;
            self.node
                .refuse(&self.asker.link, &self.asker.request, unable);
            for waiting in joined {
                self.node.refuse(&waiting.link, &waiting.request, unable);
            }
        }
        self.asker.link.serving_done();
        if self.node.stopping.get() {
            self.node.settled.notify_one();
        }
    }
}
