//! When what is not answered is sent again, and when no more is sent: on a simulated network, in virtual time.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::BytesMut;
use driver::io::{Datagram, Io};
use replay::{Credentials, Meeting, Outcome, Pace, Plan, Player, Settings, Wishes};
use sim::{Faults, Sim, SimIo};
use sip_message::Message;
use tokio::time::{Instant, sleep_until};

use crate::dialogs::{self, NODE, answer, message};
use crate::live::{AGAINST, LOCAL, address};

/// What an element says, milliseconds after the first message: a response, or what is no SIP.
type Script = Vec<(u64, Option<&'static str>)>;

fn request(method: &str, number: u32) -> String {
    message(
        &format!("{method} sip:home.example SIP/2.0"),
        &[
            &format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-{number}"),
            "From: <sip:a@home.example>;tag=node",
            "To: <sip:a@home.example>",
            &format!("Call-ID: {number}"),
            &format!("CSeq: 1 {method}"),
        ],
        "",
        "",
    )
}

/// The plan of requests that are answered with each of these.
fn plan(method: &str, requests: u32, statuses: &[&str]) -> Plan {
    let mut said = Vec::new();
    for number in 0..requests {
        let request = request(method, number);
        let asked = Message::parse(request.clone().into()).expect("SIP");
        said.push((true, request));
        for status in statuses {
            said.push((false, answer(&asked, status, &[], "", "")));
        }
    }
    dialogs::plan(&said, Meeting::Goes)
}

/// What came of it, how long it took, and when the node sent.
fn played(plan: Plan, script: Script) -> (Outcome, Duration, Vec<u128>) {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let ip = |text: &str| address(text).ip();
        sim.start(ip(AGAINST), |io| element(io, script));
        let player = Player::new(
            plan,
            Some(address(AGAINST)),
            Wishes::default(),
            Credentials::default(),
            [7; 16],
        );
        let settings = Settings {
            from: Some(address(LOCAL)),
            listen: None,
            pace: Pace::Fast,
            wait: Duration::from_secs(70),
            unanswered: 3,
        };
        let host = sim.host(ip(LOCAL));
        let played = replay::run(&host, player, &settings, |_: SocketAddr| {}).await;
        let own: IpAddr = ip(LOCAL);
        let sent = sim.packets().into_iter();
        let sent = sent.filter(|packet| packet.from.ip() == own);
        let sent = sent.map(|packet| packet.at.as_millis()).collect();
        (played.expect("played"), sim.elapsed(), sent)
    })
}

async fn element(io: SimIo, script: Script) {
    let socket = io.bind(address(AGAINST)).await.expect("bound");
    let mut octets = BytesMut::new();
    let from = socket.receive(&mut octets).await.expect("a request");
    let begin = Instant::now();
    let asked = Message::parse(octets.freeze()).expect("SIP");
    for (after, status) in script {
        sleep_until(begin + Duration::from_millis(after)).await;
        let said = match status {
            Some(status) => answer(&asked, status, &[], "", ""),
            None => "no SIP".to_owned(),
        };
        socket.send(said.as_bytes(), from).expect("sent");
    }
    // The port stays open.
    std::future::pending::<()>().await;
}

fn noise() -> Script {
    (0..100).map(|number| (number * 300, None)).collect()
}

/// RFC 3261 §17.1.1.2: timer A doubles until timer B, whatever else comes.
#[test]
fn an_invite_is_sent_again_until_timer_b() {
    let (outcome, took, sent) = played(plan("INVITE", 1, &["200 OK"]), noise());
    assert_eq!(sent, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert_eq!(outcome.missing.len(), 1);
    assert_eq!(took, Duration::from_secs(70));
}

/// RFC 3261 §17.1.1.2: in Proceeding an INVITE is not sent again.
#[test]
fn a_provisional_answer_ends_the_repeating_of_an_invite() {
    let plan = plan("INVITE", 1, &["180 Ringing", "200 OK"]);
    let script = vec![(600, Some("180 Ringing")), (9_000, Some("200 OK"))];
    let (outcome, _, sent) = played(plan, script);
    assert_eq!(sent, [0, 500]);
    assert_eq!((outcome.missing.len(), outcome.differences.len()), (0, 0));
}

/// RFC 3261 §17.1.2.2: timer E doubles up to T2, until timer F.
#[test]
fn another_request_is_sent_again_at_most_every_t2() {
    let (_, _, sent) = played(plan("REGISTER", 1, &["200 OK"]), noise());
    let every_t2 = (0..=6).map(|number| 7_500 + number * 4_000);
    let times: Vec<u128> = [0, 500, 1_500, 3_500].into_iter().chain(every_t2).collect();
    assert_eq!(sent, times);
}

/// RFC 3261 §17.1.2.2: in Proceeding timer E is set to T2 when it fires.
#[test]
fn a_provisional_answer_slows_the_repeating_of_another_request() {
    let plan = plan("REGISTER", 1, &["183 Wait", "200 OK"]);
    let script = vec![(600, Some("183 Wait")), (10_000, Some("200 OK"))];
    let (outcome, _, sent) = played(plan, script);
    assert_eq!(sent, [0, 500, 1_500, 5_500, 9_500]);
    assert_eq!((outcome.missing.len(), outcome.differences.len()), (0, 0));
}

#[test]
fn who_does_not_answer_any_more_is_sent_nothing_more() {
    let (outcome, took, _) = played(plan("REGISTER", 10, &["200 OK"]), vec![]);
    assert_eq!(took, Duration::from_secs(3 * 70));
    assert_eq!((outcome.sent, outcome.unsent), (3, 7));
    assert_eq!(outcome.missing.len(), 10);
}
