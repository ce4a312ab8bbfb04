//! What is taken out of a capture, and how much of it may be.

use bytes::Bytes;
use capture::Transport;
use flow::Event;
use replay::{
    Action, Credentials, MAX_OCTETS, MAX_TURNS, Meeting, Over, Plan, Player, ReplayError, Wishes,
};

use crate::dialogs::{NODE, PEER, message};
use crate::live::{AGAINST, address, names, recorded};

const OTHER: &str = "192.0.2.3:5060";

/// An OPTIONS of the node.
fn asked(peer: &str) -> Event {
    let text = message(
        "OPTIONS sip:home.example SIP/2.0",
        &[
            &format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-{peer}"),
            "From: <sip:a@home.example>;tag=node",
            "To: <sip:a@home.example>",
            "Call-ID: call",
            "CSeq: 1 OPTIONS",
        ],
        "",
        "",
    );
    let said = (
        Transport::Udp,
        address(NODE),
        address(peer),
        text.as_bytes(),
    );
    recorded([said]).pop().expect("a message")
}

fn plan(events: &[Event], peer: Option<&str>, over: Over) -> Result<Plan, ReplayError> {
    let names = names(events);
    let place = |name| names.place(name).expect("an address");
    let peer = peer.map(place);
    let events = events.iter().cloned();
    Plan::new(
        events,
        &names,
        &place(NODE),
        NODE,
        peer.as_ref(),
        Meeting::Goes,
        over,
    )
}

#[test]
fn the_limits_are_for_what_is_played() {
    let one = asked(PEER);
    let mut events = vec![asked(OTHER); MAX_TURNS];
    assert!(plan(&events, None, Over::AsCaptured).is_ok());
    events.insert(0, one);
    // Whom the node asks most is its peer, and others do not count.
    assert!(plan(&events, None, Over::AsCaptured).is_ok());
    assert!(plan(&events, Some(PEER), Over::AsCaptured).is_ok());
    events.push(asked(OTHER));
    assert!(matches!(
        plan(&events, None, Over::AsCaptured),
        Err(ReplayError::TooLong)
    ));
    assert!(plan(&events, Some(PEER), Over::AsCaptured).is_ok());
}

#[test]
fn no_more_octets_are_kept_than_the_limit() {
    const LENGTH: usize = 16 << 20;
    let long = Event {
        octets: Bytes::from(vec![b'a'; LENGTH]),
        ..asked(PEER)
    };
    let events = vec![long; MAX_OCTETS / LENGTH];
    // None of them is a message.
    assert!(matches!(
        plan(&events, None, Over::AsCaptured),
        Err(ReplayError::NothingToPlay { .. })
    ));
    let more = [&events[..], &[asked(PEER)]].concat();
    assert!(matches!(
        plan(&more, None, Over::AsCaptured),
        Err(ReplayError::TooLong)
    ));
}

#[test]
fn sctp_is_played_over_tcp_on_wish_alone() {
    let events = [Event {
        transport: Transport::Sctp,
        ..asked(PEER)
    }];
    assert!(matches!(
        plan(&events, None, Over::AsCaptured),
        Err(ReplayError::Sctp { packet: 1 })
    ));
    let plan = plan(&events, None, Over::Tcp).expect("a plan");
    let credentials = Credentials::default();
    let against = Some(address(AGAINST));
    let mut player = Player::new(plan, against, Wishes::default(), credentials, [7; 16]);
    let action = player.next_action();
    assert!(
        matches!(
            action,
            Action::Open {
                transport: Transport::Tcp,
                ..
            }
        ),
        "{action:?}"
    );
}
