//! Connections of SIP over TCP on a simulated network: how many are open, who closes them, who opens them.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use capture::Transport;
use driver::io::{Io, Listener};
use replay::{Credentials, MAX_OPEN, Meeting, Outcome, Over, Pace, Plan, Player, Settings, Wishes};
use sim::{Faults, Sim, SimIo, Stream};
use sip_message::{Framer, Message, Piece};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::dialogs::{PEER, answer, message};
use crate::live::{AGAINST, LOCAL, address, names, recorded};

const NODE: &str = "192.0.2.1";

fn request(port: u16) -> String {
    message(
        "REGISTER sip:home.example SIP/2.0",
        &[
            &format!("Via: SIP/2.0/TCP {NODE}:{port};branch=z9hG4bK-{port}"),
            "From: <sip:a@home.example>;tag=asks",
            "To: <sip:a@home.example>",
            &format!("Call-ID: {port}"),
            "CSeq: 1 REGISTER",
        ],
        "",
        "",
    )
}

/// A plan for a node that asks by a connection from each port of these, or for who is asked.
fn plan(ports: impl Iterator<Item = u16>, node: &str, meeting: Meeting) -> Plan {
    let mut said = Vec::new();
    for port in ports {
        let own = SocketAddr::new(NODE.parse().expect("an address"), port);
        let request = request(port);
        let asked = Message::parse(request.clone().into()).expect("SIP");
        said.push((own, address(PEER), request));
        said.push((address(PEER), own, answer(&asked, "200 OK", &[], "", "")));
    }
    planned(&said, node, meeting)
}

fn planned(said: &[(SocketAddr, SocketAddr, String)], node: &str, meeting: Meeting) -> Plan {
    let said = said.iter();
    let events =
        recorded(said.map(|(from, to, text)| (Transport::Tcp, *from, *to, text.as_bytes())));
    let names = names(&events);
    let place = names.place(node).expect("an address");
    let plan = Plan::new(
        events,
        &names,
        &place,
        node,
        None,
        meeting,
        Over::AsCaptured,
    );
    plan.expect("a plan")
}

const SETTINGS: Settings = Settings {
    from: None,
    listen: None,
    pace: Pace::Fast,
    wait: Duration::from_secs(5),
    unanswered: 3,
};

async fn play(sim: &Sim, plan: Plan, against: Option<SocketAddr>, settings: Settings) -> Outcome {
    let credentials = Credentials::default();
    let player = Player::new(plan, against, Wishes::default(), credentials, [7; 16]);
    let host = sim.host(address(LOCAL).ip());
    let played = replay::run(&host, player, &settings, |_| {}).await;
    played.expect("played")
}

/// The messages of a connection one after another; none at its end.
struct Conversation {
    stream: Stream,
    framer: Framer,
}

impl Conversation {
    fn by(stream: Stream) -> Conversation {
        Conversation {
            stream,
            framer: Framer::default(),
        }
    }

    async fn hear(&mut self) -> Option<Message> {
        let mut octets = [0; 4_096];
        loop {
            if let Some(Piece::Message(message)) = self.framer.next().expect("SIP") {
                return Some(message);
            }
            match self.stream.read(&mut octets).await {
                Ok(length @ 1..) => self.framer.push(&octets[..length]),
                _ => return None,
            }
        }
    }

    async fn say(&mut self, text: &str) {
        let written = self.stream.write_all(text.as_bytes()).await;
        written.expect("written");
    }
}

/// How many connections an element has, and the most that it had.
#[derive(Clone, Default)]
struct Open(Rc<Cell<(usize, usize)>>);

/// Answers `answers` requests of each connection, and closes it then.
async fn element(io: SimIo, open: Open, answers: usize) {
    let listener = io.listen(address(AGAINST)).await.expect("listens");
    loop {
        let stream = listener.accept().await.expect("a connection");
        let (now, most) = open.0.get();
        open.0.set((now + 1, most.max(now + 1)));
        let open = open.clone();
        driver::spawn(async move {
            let mut conversation = Conversation::by(stream);
            for _ in 0..answers {
                let Some(asked) = conversation.hear().await else {
                    break;
                };
                let ok = answer(&asked, "200 OK", &[], "", "");
                conversation.say(&ok).await;
            }
            let (now, most) = open.0.get();
            open.0.set((now - 1, most));
        });
    }
}

#[test]
fn connections_whose_turns_are_over_are_closed_for_others() {
    const CONNECTIONS: u16 = 2 * MAX_OPEN as u16 + 100;
    let ports = 20_000..20_000 + CONNECTIONS;
    let (outcome, open) = sim::run(1, Faults::none(), |sim: Sim| async move {
        let open = Open::default();
        let told = open.clone();
        sim.start(address(AGAINST).ip(), |io| element(io, open, usize::MAX));
        let plan = plan(ports, NODE, Meeting::Goes);
        let outcome = play(&sim, plan, Some(address(AGAINST)), SETTINGS).await;
        (outcome, told.0.get())
    });
    assert_eq!(
        (outcome.sent, outcome.compared),
        (u64::from(CONNECTIONS), u64::from(CONNECTIONS))
    );
    assert_eq!((outcome.missing.len(), outcome.closed), (0, 0));
    // One that is being closed while the next is opened.
    assert!((MAX_OPEN..=MAX_OPEN + 1).contains(&open.1), "{open:?}");
}

#[test]
fn what_a_closed_connection_was_to_bring_is_not_waited_for() {
    const REQUESTS: u32 = 5;
    let own = SocketAddr::new(NODE.parse().expect("an address"), 20_000);
    let mut said = Vec::new();
    for number in 0..REQUESTS {
        let request = request(20_000)
            .replace("z9hG4bK-", &format!("z9hG4bK-{number}-"))
            .replace("CSeq: 1", &format!("CSeq: {number}"));
        let asked = Message::parse(request.clone().into()).expect("SIP");
        said.push((own, address(PEER), request));
        said.push((address(PEER), own, answer(&asked, "200 OK", &[], "", "")));
    }
    let (outcome, took) = sim::run(1, Faults::none(), |sim: Sim| async move {
        sim.start(address(AGAINST).ip(), |io| element(io, Open::default(), 2));
        let plan = planned(&said, NODE, Meeting::Goes);
        let outcome = play(&sim, plan, Some(address(AGAINST)), SETTINGS).await;
        (outcome, sim.elapsed())
    });
    assert_eq!((outcome.compared, outcome.missing.len()), (2, 3));
    assert_eq!(outcome.closed, 1);
    assert!(took < SETTINGS.wait, "{took:?}");
}

#[test]
fn who_connects_is_answered_on_its_connection() {
    let outcome = sim::run(1, Faults::none(), |sim: Sim| async move {
        let settings = Settings {
            listen: Some(address(LOCAL)),
            ..SETTINGS
        };
        let peer = |port: u16| {
            sim.start(address(AGAINST).ip(), move |io| async move {
                let connected = io.connect(None, address(LOCAL)).await;
                let mut conversation = Conversation::by(connected.expect("connected"));
                conversation.say(&request(port)).await;
                let heard = conversation.hear().await.expect("an answer");
                (
                    heard.status().map(|it| it.0),
                    heard.header(sip_message::Name::CALL_ID).map(str::to_owned),
                )
            })
        };
        let plan = plan(20_000..20_002, PEER, Meeting::Waits);
        let player = play(&sim, plan, None, settings);
        // In another order than in the capture, with Call-IDs of their own.
        let peers = async {
            let heard = tokio::join!(peer(30_001), peer(30_000));
            (heard.0.expect("heard"), heard.1.expect("heard"))
        };
        let (outcome, heard) = tokio::join!(player, peers);
        assert_eq!(heard.0, (Some(200), Some("30001".to_owned())));
        assert_eq!(heard.1, (Some(200), Some("30000".to_owned())));
        outcome
    });
    assert_eq!((outcome.sent, outcome.compared), (2, 2));
    assert_eq!((outcome.missing.len(), outcome.dropped), (0, 0));
}
