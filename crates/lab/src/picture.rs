//! What the lab shows and keeps of the traffic: one ladder, one capture.

use std::collections::HashSet;
use std::time::SystemTime;

use capture::{Decoder, Packet};
use driver::io::Io;
use flow::Show;
use net::Net;
use tokio::io::AsyncReadExt;
use tokio::process::ChildStdout;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::drawing::Drawing;
use crate::error::LabError;
use crate::files::RunDir;
use crate::plan::Plan;
use crate::role::Role;

/// Packets that may wait to be drawn; elements wait when there are more.
const MAILBOX: usize = 1024;

/// Octets asked of a capture at once.
const CHUNK: usize = 64 * 1024;

/// The picture being drawn; everything reaches it through one mailbox.
pub(crate) struct Picture {
    tell: mpsc::Sender<Told>,
    net: Net,
    connected: watch::Receiver<HashSet<Role>>,
    drawing: JoinHandle<Result<(), LabError>>,
}

/// What is put into the mailbox.
pub(crate) enum Told {
    /// An element captured this.
    Packet(Role, Packet),
    /// To be said when all before this time is drawn; then the sender is dropped.
    Text(SystemTime, String, oneshot::Sender<()>),
    /// What comes is kept and no longer shown.
    DrawNoMore,
}

impl Picture {
    /// Begins the ladder on standard output, and the capture in the run directory.
    ///
    /// # Errors
    /// The capture cannot be made.
    pub(crate) fn start(
        net: Net,
        plan: Plan,
        dir: &RunDir,
        show: Show,
    ) -> Result<Picture, LabError> {
        let (tell, told) = mpsc::channel(MAILBOX);
        let (connections, connected) = watch::channel(HashSet::new());
        let drawing = Drawing::new(net.clone(), plan, dir.capture(), show, connections)?;
        Ok(Picture {
            tell,
            net,
            connected,
            drawing: driver::spawn(drawing.last(told)),
        })
    }

    /// Takes in the capture of an element until it ends.
    pub(crate) fn watch(&self, role: Role, capture: ChildStdout) {
        driver::spawn(watch(role, capture, self.tell.clone()));
    }

    /// Says `text` after everything that was sent until now is drawn; returns when it is said.
    pub(crate) async fn say(&self, text: String) {
        let (done, said) = oneshot::channel();
        // Nobody reads where the drawing has ended, and then nothing can be said.
        let _ = self
            .tell
            .send(Told::Text(self.net.wall_clock(), text, done))
            .await;
        let _ = said.await;
    }

    /// From here on the ladder stands still; the capture goes on.
    pub(crate) async fn draw_no_more(&self) {
        let _ = self.tell.send(Told::DrawNoMore).await;
    }

    /// Waits until each of these elements was seen to get a Diameter connection.
    pub(crate) async fn connected(&self, clients: &[Role]) {
        let mut connected = self.connected.clone();
        let all = connected.wait_for(|seen| clients.iter().all(|client| seen.contains(client)));
        if all.await.is_err() {
            std::future::pending().await
        }
    }

    /// Those of these elements that were not seen to get a Diameter connection.
    pub(crate) fn not_connected(&self, clients: &[Role]) -> Vec<Role> {
        let seen = self.connected.borrow();
        clients
            .iter()
            .copied()
            .filter(|client| !seen.contains(client))
            .collect()
    }

    /// Waits until nothing can be drawn any more; [`Picture::finish`] says why.
    pub(crate) async fn gone(&self) {
        self.tell.closed().await;
    }

    /// Draws the rest, once every element has ended.
    ///
    /// # Errors
    /// The ladder or the capture could not be written to the end.
    pub(crate) async fn finish(self) -> Result<(), LabError> {
        drop(self.tell);
        match self.drawing.await {
            Ok(drawn) => drawn,
            // Nobody else holds the task, so it was not cancelled: the panic is the drawing's.
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }
}

async fn watch(role: Role, mut capture: ChildStdout, tell: mpsc::Sender<Told>) {
    let mut decoder = Decoder::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = match capture.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        decoder.feed(&chunk[..length]);
        loop {
            match decoder.next_packet() {
                Ok(Some(packet)) => {
                    // Read on though nothing is drawn: an element must not be held up by its capture.
                    let _ = tell.send(Told::Packet(role, packet)).await;
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(element = role.name(), %error, "its capture is not read on");
                    while matches!(capture.read(&mut chunk).await, Ok(1..)) {}
                    return;
                }
            }
        }
    }
}
