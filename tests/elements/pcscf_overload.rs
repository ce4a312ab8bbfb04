//! What a phone hears whose P-CSCF has too much to do itself (RFC 3261 §21.5.4).

use sim::{Faults, Sim};
use sip_message::{Message, Name, Status};

use crate::bench::*;

/// One connection into the core may be open, and the entrance of each home network is reached by one.
const CONFIG: &str = "network = \"visited.example\"\n[sip]\nlisten = \"10.0.0.2:5060\"\n[core]\n\
                      listen = \"10.0.0.2:5070\"\n[core.connections]\nmax = 1\n[names]\n\
                      \"home.example\" = \"10.0.0.3:5060;transport=tcp\"\n\
                      \"other.example\" = \"10.0.0.6:5060;transport=tcp\"\n";

fn to(home: &str, call_id: &str) -> Message {
    let mut request = register("alice", call_id, 1);
    request.set_request_uri(&format!("sip:{home}"));
    request.append(Name::CONTACT, "<sip:alice@10.0.0.9>");
    request
}

#[test]
fn rfc3261_21_5_4_a_p_cscf_without_room_says_503_and_when_to_come_again() {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let other = neighbour(&sim, OTHER_SCSCF, |_, request| granted(request, 600)).await;
        let pcscf = start::<pcscf::Pcscf>(&sim, PCSCF, CONFIG.to_owned()).await;
        let phone = hand(&sim, HAND).await;
        let ask = async |home: &str, call_id: &str| {
            let asked = phone.request(to(home, call_id), at(PCSCF)).await;
            asked.expect("a final response")
        };
        assert_eq!(ask("home.example", "1").await.status(), Some(Status::OK));
        let refused = ask("other.example", "2").await;
        assert_eq!(refused.status(), Some(Status::SERVICE_UNAVAILABLE));
        assert_eq!(refused.header(Name::RETRY_AFTER), Some("10"));
        assert!(other.borrow().is_empty());
        // It is our own word, and of no home network that does not answer; those with a connection go on.
        assert_eq!(pcscf.state()["registrations"], 1);
        assert_eq!(ask("home.example", "3").await.status(), Some(Status::OK));
        assert_eq!(home.borrow().len(), 2);
    });
}
