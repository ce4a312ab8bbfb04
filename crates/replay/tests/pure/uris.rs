//! URIs that a live element gives in the place of those of the capture.

use replay::{Meeting, Wishes};
use sip_message::{Message, Name};

use crate::dialogs::{NODE, answer, message, plan};
use crate::live::{play, player};

fn request(method: &str, number: u32, more: &[&str]) -> String {
    let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-{number}");
    let cseq = format!("CSeq: {number} {method}");
    let mut headers = vec![
        via.as_str(),
        "From: <sip:a@home.example>;tag=node",
        "To: <sip:a@home.example>",
        "Call-ID: call",
        &cseq,
    ];
    headers.extend_from_slice(more);
    message(
        &format!("{method} sip:home.example SIP/2.0"),
        &headers,
        "",
        "",
    )
}

/// Whole ones are, each once: neither a part of a longer one, nor what has just been put there.
#[test]
fn a_learnt_uri_is_put_for_itself_alone() {
    let register = request("REGISTER", 1, &[]);
    let routes = "Route: <sip:a@h2>, <sip:a@h>, <sip:b@h>, <sip:a@h;lr>";
    let options = request("OPTIONS", 2, &[routes]);
    let parse = |text: &str| Message::parse(text.to_owned().into()).expect("SIP");
    let given = |request: &Message, routes: &str| answer(request, "200 OK", &[routes], "", "");
    let captured = "Service-Route: <sip:a@h>, <sip:b@h>";
    let said = [
        (true, register.clone()),
        (false, given(&parse(&register), captured)),
        (true, options.clone()),
        (false, given(&parse(&options), captured)),
    ];
    let plan = plan(&said, Meeting::Goes);
    let live = "Service-Route: <sip:b@h>, <sip:c@h>";
    let player = player(plan, Wishes::default(), "");
    let (_, sent) = play(player, |_, octets| {
        let asked = Message::parse(octets.clone()).expect("SIP");
        vec![given(&asked, live).into()]
    });
    let options = Message::parse(sent[1].clone()).expect("SIP");
    let routes: Vec<&str> = options.elements(Name::ROUTE).collect();
    assert_eq!(
        routes,
        ["<sip:a@h2>", "<sip:b@h>", "<sip:c@h>", "<sip:a@h;lr>"]
    );
}
