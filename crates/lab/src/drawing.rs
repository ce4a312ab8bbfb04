//! The task that draws and keeps what the elements captured.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use capture::{Direction, Message, Packet, Recorder};
use driver::io::Io;
use flow::event::{Outcome, Purpose};
use flow::{Event, Ladder, Limits, NodeId, Nodes, Reader, Reorder, Show, Sightings, Style};
use net::Net;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;

use crate::error::LabError;
use crate::picture::Told;
use crate::plan::Plan;
use crate::role::Role;

/// How long a packet waits for earlier ones of slower elements.
const HOLD: Duration = Duration::from_millis(100);

/// All that is drawn with.
pub(crate) struct Drawing {
    net: Net,
    nodes: Nodes,
    /// The element of each node that captures.
    roles: Vec<(NodeId, Role)>,
    sightings: Sightings,
    order: Reorder<Item>,
    reader: Reader,
    ladder: Ladder,
    visible: Visible,
    path: PathBuf,
    recorder: Recorder<File>,
    connections: watch::Sender<HashSet<Role>>,
}

enum Item {
    Packet(Role, Packet),
    Text(String, oneshot::Sender<()>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visible {
    Yes,
    NoMore,
}

/// Why the drawing ends before its time.
enum Stop {
    /// Nobody reads standard output any more.
    Unread,
    /// The capture cannot be written.
    Unkept(io::Error),
}

impl Drawing {
    /// Makes the capture file; `connections` is told which elements get a Diameter connection.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn new(
        net: Net,
        plan: Plan,
        path: PathBuf,
        show: Show,
        connections: watch::Sender<HashSet<Role>>,
    ) -> Result<Drawing, LabError> {
        let nodes = Nodes::new(plan.nodes());
        let mut sightings = Sightings::default();
        let mut roles = Vec::new();
        for role in Role::ALL {
            let node = nodes
                .named(role.name())
                .expect("the plan has every element");
            sightings.capturing(node);
            roles.push((node, role));
        }
        let file = File::create(&path).map_err(LabError::file(&path, "make the capture"))?;
        let recorder = Recorder::new(file, Role::Ue.name())
            .map_err(LabError::file(&path, "write the capture"))?;
        Ok(Drawing {
            net,
            nodes,
            roles,
            sightings,
            order: Reorder::new(HOLD),
            reader: Reader::as_they_come(Limits::default()),
            ladder: Ladder::new(Style::of_stdout(), show),
            visible: Visible::Yes,
            path,
            recorder,
            connections,
        })
    }

    /// Draws until nobody is left to tell anything.
    pub(crate) async fn last(mut self, told: mpsc::Receiver<Told>) -> Result<(), LabError> {
        match self.draw(told).await {
            Ok(()) => Ok(()),
            Err(Stop::Unread) => Err(LabError::Unread),
            Err(Stop::Unkept(error)) => Err(LabError::file(&self.path, "write the capture")(error)),
        }
    }

    async fn draw(&mut self, mut told: mpsc::Receiver<Told>) -> Result<(), Stop> {
        loop {
            let due = self.order.due();
            let wait = due.map(|due| {
                due.duration_since(self.net.wall_clock())
                    .unwrap_or_default()
            });
            tokio::select! {
                biased;
                next = told.recv() => match next {
                    Some(next) => self.take(next),
                    None => break,
                },
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            }
            while let Some(item) = self.order.next(self.net.wall_clock()) {
                self.give(item)?;
            }
        }
        while let Some(item) = self.order.next_anyway() {
            self.give(item)?;
        }
        Ok(())
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Packet(role, packet) => {
                let node = self.roles[role.index()].0;
                self.sightings.arrived(node, &packet, &mut self.nodes);
                self.order.push(packet.time, Item::Packet(role, packet));
            }
            Told::Text(time, text, done) => self.order.push(time, Item::Text(text, done)),
            Told::DrawNoMore => self.visible = Visible::NoMore,
        }
    }

    fn give(&mut self, item: Item) -> Result<(), Stop> {
        match item {
            // Whoever waits for the text learns it from `_done` being dropped.
            Item::Text(text, _done) => say(&text),
            Item::Packet(role, packet) => {
                if !self.sightings.leaves(&packet, &self.nodes) {
                    return Ok(());
                }
                self.keep(role, &packet).map_err(Stop::Unkept)?;
                for event in self.reader.read(&packet, &mut self.nodes) {
                    self.notice(&event);
                    self.show(&event)?;
                }
                Ok(())
            }
        }
    }

    /// Writes a packet under the name of its sender, or of who received it from a stranger.
    fn keep(&mut self, sighted_by: Role, packet: &Packet) -> io::Result<()> {
        let Packet { time, from, to, .. } = *packet;
        let sender = self.nodes.at(from);
        let sender = self.roles.iter().find(|(node, _)| sender == Some(*node));
        let (role, direction) = match sender {
            Some(&(_, role)) => (role, Direction::Sent),
            None => (sighted_by, Direction::Received),
        };
        self.recorder.switch_to(role.name())?;
        if let Some(segment) = packet.segment {
            if segment.rst {
                return self.recorder.reset(time, direction, from, to);
            }
            if segment.syn {
                // The recorder writes the whole handshake at its first segment.
                return match segment.acknowledgment {
                    None => self.recorder.opened(time, direction, from, to),
                    Some(_) => Ok(()),
                };
            }
        }
        if !packet.payload.is_empty() {
            self.recorder.record(&Message {
                time,
                direction,
                transport: packet.transport,
                from,
                to,
                payload: &packet.payload,
                comment: packet.comment.as_deref(),
            })?;
        }
        match packet.segment {
            Some(segment) if segment.fin => self.recorder.finished(time, direction, from, to),
            _ => Ok(()),
        }
    }

    /// A CEA that says yes.
    fn notice(&mut self, event: &Event) {
        if event.purpose != Purpose::Connection || event.outcome != Outcome::Success {
            return;
        }
        let client = self.roles.iter().find(|(node, _)| *node == event.to);
        if let Some(&(_, role)) = client.filter(|_| event.label.starts_with("CEA")) {
            self.connections.send_modify(|seen| {
                seen.insert(role);
            });
        }
    }

    fn show(&mut self, event: &Event) -> Result<(), Stop> {
        if self.visible == Visible::NoMore {
            return Ok(());
        }
        self.ladder.resize(Style::of_stdout().width);
        say(&self.ladder.draw(&self.nodes, event))
    }
}

fn say(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|_| Stop::Unread)
}
