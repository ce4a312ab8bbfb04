//! Peers played by hand that answer many requests.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use driver::io::{Io, Listener};
use sim::Sim;

use crate::at;
use crate::wire::*;

/// What a played peer does with a request.
pub(crate) enum Reaction {
    Send(Vec<u8>),
    /// No answer.
    Silence,
    /// The end of the connection.
    Hang,
}

/// What a played peer got, watchdogs left out.
pub(crate) type Got = Rc<RefCell<Vec<Frame>>>;

/// A peer at `ip` that takes connections one after another, answers watchdogs and partings, and reacts to requests.
pub(crate) fn peer(
    sim: &Sim,
    ip: IpAddr,
    host: &'static str,
    react: impl Fn(&Frame) -> Reaction + 'static,
) -> Got {
    let cea = move |ids| cea(host, ids);
    peer_with(sim, ip, host, cea, react)
}

/// The same with a CEA of its own.
pub(crate) fn peer_with(
    sim: &Sim,
    ip: IpAddr,
    host: &'static str,
    cea: impl Fn((u32, u32)) -> Vec<u8> + 'static,
    react: impl Fn(&Frame) -> Reaction + 'static,
) -> Got {
    let got = Got::default();
    let kept = Rc::clone(&got);
    let _played = sim.start(ip, |io| async move {
        let listener = io.listen(at(ip)).await.expect("a free port");
        loop {
            let mut wire = Wire::of(listener.accept().await.expect("a connection"));
            while let Some(frame) = wire.receive().await {
                let reaction = match frame.command {
                    CAPABILITIES_EXCHANGE => Reaction::Send(cea(frame.ids)),
                    DEVICE_WATCHDOG | DISCONNECT_PEER if frame.flags & REQUEST != 0 => {
                        Reaction::Send(plain(host, &frame, 2001))
                    }
                    _ => {
                        kept.borrow_mut().push(frame.clone());
                        react(&frame)
                    }
                };
                match reaction {
                    Reaction::Send(octets) => wire.send(&octets).await,
                    Reaction::Silence => {}
                    Reaction::Hang => break,
                }
            }
        }
    });
    got
}

/// An answer that has only a result and an origin.
pub(crate) fn plain(host: &str, request: &Frame, result: u32) -> Vec<u8> {
    with_more(host, request, result, &[])
}

/// The same with more AVPs.
pub(crate) fn with_more(host: &str, request: &Frame, result: u32, more: &[Vec<u8>]) -> Vec<u8> {
    let avps = [
        vec![number(RESULT_CODE, result)],
        origin(host),
        more.to_vec(),
    ]
    .concat();
    let error = match result {
        3000..=3999 => ERROR,
        _ => 0,
    };
    frame(
        request.flags & PROXIABLE | error,
        request.command,
        request.application,
        request.ids,
        &avps,
    )
}
