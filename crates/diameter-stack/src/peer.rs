//! The peer machine of RFC 6733 §5.6, election included.

use smallvec::SmallVec;

/// Which of the (at most) two connections with a peer: the one that we opened, or the one that it opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// "I-": we connected.
    Initiator,
    /// "R-": the peer connected.
    Responder,
}

// Start of our own connection goes down the left, a connection of the peer down the right:
//
//                          Closed
//            Start |                  | R-Conn-CER
//                  v                  |
//            Wait-Conn-Ack            |
//    Conn-Ack |      | R-Conn-CER     |
//             v      v                |
//     Wait-I-CEA   Wait-Conn-Ack/     |
//      |      |         Elect         |
//      |      |R-Conn-CER | Conn-Ack  |
//      |      v           v           |
//      |     Wait-Returns (election)  |
//      | CEA   |        | won         |
//      v       v        v             v
//         I-Open          R-Open
//              \  DPR    /
//               v       v
//                Closing  --> Closed
/// A state of RFC 6733 §5.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// No connection.
    Closed,
    /// Ours is being opened.
    WaitConnAck,
    /// Ours is open, the CER sent.
    WaitICea,
    /// Ours is being opened, the peer's CER is there and unanswered.
    WaitConnAckElect(Election),
    /// Both are there and we lost the election: the peer drops one of them.
    WaitReturns,
    /// Capabilities exchanged on the peer's connection.
    ROpen,
    /// Capabilities exchanged on ours.
    IOpen,
    /// A DPR was sent or answered on this connection.
    Closing(Side),
}

/// An event of RFC 6733 §5.6.2; capabilities were checked before it is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// Start: a connection is wanted.
    Start,
    /// R-Conn-CER: the peer connected and sent an acceptable CER, whose Origin-Host settles the election.
    ConnCer(Election),
    /// I-Rcv-Conn-Ack: our connection is open.
    ConnAck,
    /// I-Rcv-Conn-Nack: our connection could not be opened.
    ConnNack,
    /// I-Rcv-CEA that accepts us and shares an application.
    Cea,
    /// A CEA that refuses us, names another peer or shares no application: as I-Rcv-Non-CEA.
    CeaRefused,
    /// A message on an accepted connection, other than CER and CEA.
    Rcv(Side, Received),
    /// Peer-Disc: a connection is gone, or the watchdog or a broken frame condemned it.
    PeerDisc(Side),
    /// The timer that [`Action::Set`] asked for.
    Timeout,
    /// Stop: we go.
    Stop,
}

/// What was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Received {
    /// Rcv-Message: a request or answer that is none of the base protocol's own.
    Message,
    /// Rcv-DWR.
    Dwr,
    /// Rcv-DWA.
    Dwa,
    /// Rcv-DPR.
    Dpr,
    /// Rcv-DPA.
    Dpa,
}

/// A timer of the machine; one at most runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Until both connection and capabilities exchange are done.
    Setup,
    /// Until the DPA, or the peer's disconnection, is there.
    Close,
}

/// What the owner does, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// I-Snd-Conn-Req.
    SndConnReq,
    /// I-Snd-CER.
    SndCer,
    /// R-Accept: the connection that brought the CER becomes the peer's.
    Accept,
    /// R-Reject: the connection that brought the CER is dropped without a word.
    Reject,
    /// R-Snd-CEA.
    SndCea,
    /// I-Disc or R-Disc; also gives up a connection that is not open yet.
    Disc(Side),
    /// Process: the message goes to its user.
    Process(Side),
    /// Snd-DWA.
    SndDwa(Side),
    /// Process-DWA.
    ProcessDwa(Side),
    /// Snd-DPR.
    SndDpr(Side),
    /// Snd-DPA.
    SndDpa(Side),
    /// Start the timer, instead of any that runs.
    Set(Timer),
    /// Stop the timer.
    Cancel,
    /// R-Open or I-Open was entered: requests may be sent.
    Opened(Side),
    /// R-Open or I-Open was left.
    Left,
}

/// Actions of one input; five is the most.
pub type Actions = SmallVec<[Action; 5]>;

/// Who keeps the connection it opened (RFC 6733 §5.6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Election {
    /// Our Origin-Host is the greater: the peer's connection stays.
    Won,
    /// The peer's is the greater.
    Lost,
}

/// Compares two Origin-Host values as octets, ASCII case folded (RFC 6733 §5.6.4).
pub fn elect(local: &str, remote: &str) -> Election {
    let folded = |host: &str| {
        host.bytes()
            .map(|octet| octet.to_ascii_lowercase())
            .collect::<SmallVec<[u8; 64]>>()
    };
    if folded(local) > folded(remote) {
        Election::Won
    } else {
        Election::Lost
    }
}

/// The machine of one peer.
#[derive(Debug, Clone)]
pub struct Machine {
    state: State,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            state: State::Closed,
        }
    }
}

impl Machine {
    /// Where it is.
    pub fn state(&self) -> State {
        self.state
    }

    /// The connection on which Send-Message is possible.
    pub fn open(&self) -> Option<Side> {
        match self.state {
            State::ROpen => Some(Side::Responder),
            State::IOpen => Some(Side::Initiator),
            _ => None,
        }
    }

    /// Takes one event. Events of a connection that was given up are late and do nothing.
    pub fn on(&mut self, input: Input) -> Actions {
        use Action::{
            Accept, Cancel, Disc, Left, Opened, Process, ProcessDwa, Reject, Set, SndCea, SndCer,
            SndConnReq, SndDpa, SndDpr, SndDwa,
        };
        use Side::{Initiator, Responder};
        use State::{
            Closed, Closing, IOpen, ROpen, WaitConnAck, WaitConnAckElect, WaitICea, WaitReturns,
        };

        let mut actions = Actions::new();
        let mut run = |list: &[Action]| actions.extend_from_slice(list);
        self.state = match (self.state, input) {
            (Closed, Input::Start) => {
                run(&[SndConnReq, Set(Timer::Setup)]);
                WaitConnAck
            }
            (Closed, Input::ConnCer(_)) => {
                run(&[Accept, SndCea, Opened(Responder)]);
                ROpen
            }
            // The connection was given up while it was being opened.
            (Closed, Input::ConnAck) => {
                run(&[Disc(Initiator)]);
                Closed
            }
            (
                Closed,
                Input::ConnNack
                | Input::Cea
                | Input::CeaRefused
                | Input::Rcv(..)
                | Input::PeerDisc(_)
                | Input::Timeout
                | Input::Stop,
            ) => Closed,

            (WaitConnAck, Input::ConnAck) => {
                run(&[SndCer]);
                WaitICea
            }
            (WaitConnAck, Input::ConnNack) => {
                run(&[Cancel]);
                Closed
            }
            (WaitConnAck, Input::ConnCer(election)) => {
                run(&[Accept]);
                WaitConnAckElect(election)
            }
            (WaitConnAck, Input::Timeout | Input::Stop) => {
                run(&[Cancel, Disc(Initiator)]);
                Closed
            }
            (
                WaitConnAck,
                Input::Start | Input::Cea | Input::CeaRefused | Input::Rcv(..) | Input::PeerDisc(_),
            ) => WaitConnAck,

            (WaitICea, Input::Cea) => {
                run(&[Cancel, Opened(Initiator)]);
                IOpen
            }
            (WaitICea, Input::ConnCer(election)) => {
                run(&[Accept]);
                elected(election, &mut actions)
            }
            // I-Rcv-Non-CEA is any other message.
            (
                WaitICea,
                Input::CeaRefused
                | Input::Rcv(Initiator, _)
                | Input::PeerDisc(Initiator)
                | Input::Timeout
                | Input::Stop,
            ) => {
                run(&[Cancel, Disc(Initiator)]);
                Closed
            }
            (
                WaitICea,
                Input::Start
                | Input::ConnAck
                | Input::ConnNack
                | Input::Rcv(Responder, _)
                | Input::PeerDisc(Responder),
            ) => WaitICea,

            (WaitConnAckElect(election), Input::ConnAck) => {
                run(&[SndCer]);
                elected(election, &mut actions)
            }
            (WaitConnAckElect(_), Input::ConnNack) => {
                run(&[Cancel, SndCea, Opened(Responder)]);
                ROpen
            }
            (WaitConnAckElect(_), Input::PeerDisc(Responder)) => {
                run(&[Disc(Responder)]);
                WaitConnAck
            }
            (elect @ WaitConnAckElect(_), Input::ConnCer(_)) => {
                run(&[Reject]);
                elect
            }
            (WaitConnAckElect(_), Input::Timeout | Input::Stop) => {
                run(&[Cancel, Disc(Initiator), Disc(Responder)]);
                Closed
            }
            // On the peer's connection nothing is due before our CEA: what comes early is not looked at.
            (
                elect @ WaitConnAckElect(_),
                Input::Start
                | Input::Cea
                | Input::CeaRefused
                | Input::Rcv(..)
                | Input::PeerDisc(Initiator),
            ) => elect,

            (WaitReturns, Input::PeerDisc(Initiator)) => {
                run(&[Cancel, Disc(Initiator), SndCea, Opened(Responder)]);
                ROpen
            }
            (WaitReturns, Input::Cea) => {
                run(&[Cancel, Disc(Responder), Opened(Initiator)]);
                IOpen
            }
            (WaitReturns, Input::PeerDisc(Responder)) => {
                run(&[Disc(Responder)]);
                WaitICea
            }
            (WaitReturns, Input::ConnCer(_)) => {
                run(&[Reject]);
                WaitReturns
            }
            (
                WaitReturns,
                Input::CeaRefused | Input::Rcv(Initiator, _) | Input::Timeout | Input::Stop,
            ) => {
                run(&[Cancel, Disc(Initiator), Disc(Responder)]);
                Closed
            }
            (
                WaitReturns,
                Input::Start | Input::ConnAck | Input::ConnNack | Input::Rcv(Responder, _),
            ) => WaitReturns,

            (open @ ROpen, Input::Rcv(side @ Responder, received))
            | (open @ IOpen, Input::Rcv(side @ Initiator, received)) => match received {
                Received::Message => {
                    run(&[Process(side)]);
                    open
                }
                Received::Dwr => {
                    run(&[SndDwa(side)]);
                    open
                }
                Received::Dwa => {
                    run(&[ProcessDwa(side)]);
                    open
                }
                Received::Dpr => {
                    run(&[SndDpa(side), Left, Set(Timer::Close)]);
                    Closing(side)
                }
                // Nobody asked.
                Received::Dpa => open,
            },
            (open @ (ROpen | IOpen), Input::ConnCer(_)) => {
                run(&[Reject]);
                open
            }
            (ROpen, Input::Stop) => {
                run(&[SndDpr(Responder), Left, Set(Timer::Close)]);
                Closing(Responder)
            }
            (IOpen, Input::Stop) => {
                run(&[SndDpr(Initiator), Left, Set(Timer::Close)]);
                Closing(Initiator)
            }
            (ROpen, Input::PeerDisc(side @ Responder))
            | (IOpen, Input::PeerDisc(side @ Initiator)) => {
                run(&[Disc(side), Left]);
                Closed
            }
            (
                open @ (ROpen | IOpen),
                Input::Start
                | Input::ConnAck
                | Input::ConnNack
                | Input::Cea
                | Input::CeaRefused
                | Input::Rcv(..)
                | Input::PeerDisc(_)
                | Input::Timeout,
            ) => open,

            (closing @ Closing(side), Input::Rcv(from, received)) if side == from => match received
            {
                // What was under way when the DPR crossed it still counts, a watchdog too.
                Received::Message => {
                    run(&[Process(side)]);
                    closing
                }
                Received::Dwr => {
                    run(&[SndDwa(side)]);
                    closing
                }
                Received::Dwa => closing,
                // Both sides may send a DPR at once.
                Received::Dpr => {
                    run(&[SndDpa(side)]);
                    closing
                }
                Received::Dpa => {
                    run(&[Cancel, Disc(side)]);
                    Closed
                }
            },
            (Closing(side), Input::PeerDisc(from)) if side == from => {
                run(&[Cancel, Disc(side)]);
                Closed
            }
            (Closing(side), Input::Timeout) => {
                run(&[Cancel, Disc(side)]);
                Closed
            }
            (closing @ Closing(_), Input::ConnCer(_)) => {
                run(&[Reject]);
                closing
            }
            (
                closing @ Closing(_),
                Input::Start
                | Input::ConnAck
                | Input::ConnNack
                | Input::Cea
                | Input::CeaRefused
                | Input::Rcv(..)
                | Input::PeerDisc(_)
                | Input::Stop,
            ) => closing,
        };
        actions
    }
}

/// Elect, and Win-Election at once where it is won: both connections are there.
fn elected(election: Election, actions: &mut Actions) -> State {
    match election {
        Election::Won => {
            actions.extend([
                Action::Cancel,
                Action::Disc(Side::Initiator),
                Action::SndCea,
                Action::Opened(Side::Responder),
            ]);
            State::ROpen
        }
        Election::Lost => State::WaitReturns,
    }
}

#[cfg(test)]
mod tests;
