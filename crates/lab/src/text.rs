//! What the lab says beside the ladder.

use std::fmt::Write;

use serde_json::Value;

use crate::files::RunDir;
use crate::plan::Plan;
use crate::role::Role;

/// The user of [`crate::role::SUBSCRIBERS`] who has no phone.
const BOB: &str = "bob@home.example";
const BOBS_PASSWORD: &str = "can-we-fix-it";

pub(crate) fn beginning(plan: Plan, dir: &RunDir) -> String {
    let mut text = String::from("An IMS core on loopback, each element a process:\n ");
    for role in Role::ALL {
        let address = match plan {
            Plan::OwnAddresses => plan.sip(role).ip().to_string(),
            Plan::FromBase { .. } => plan.sip(role).to_string(),
        };
        write!(text, " {} {address}", role.name()).expect("a String takes all");
    }
    let fate = if dir.is_passing() {
        ", removed at the end unless something fails"
    } else {
        ""
    };
    write!(
        text,
        "\nConfigurations, logs and capture in {}{fate}\n\n",
        dir.path().display()
    )
    .expect("a String takes all");
    text
}

/// `phone` is what the phone's `/state` says.
pub(crate) fn registered(phone: &Value) -> String {
    if let Some(summary) = phone["summary"].as_str() {
        return format!("\nThe phones have, and stay registered:\n{summary}\n");
    }
    let identity = phone["public_identity"].as_str().unwrap_or("the phone");
    match phone["expires_in_s"].as_u64() {
        Some(seconds) => format!("\n{identity} is registered, for {seconds} s.\n"),
        None => format!("\n{identity} is registered.\n"),
    }
}

pub(crate) fn once_more() -> String {
    "Try next: the same without --once, and look at it from another terminal.\n".to_owned()
}

pub(crate) fn what_next(plan: Plan, dir: &RunDir) -> String {
    // The dissector has to be told where the protocols are, except at their own ports.
    let decode_as = match plan {
        Plan::OwnAddresses => String::new(),
        Plan::FromBase { .. } => {
            let mut flags = String::new();
            for role in Role::ALL {
                write!(flags, " -d udp.port=={},sip", plan.sip(role).port())
                    .expect("a String takes all");
            }
            let hss = plan.diameter(Role::Hss).port();
            write!(flags, " -d tcp.port=={hss},diameter").expect("a String takes all");
            flags
        }
    };
    format!(
        "Try next, in another terminal:\n  \
         curl http://{}/state\n  \
         tshark -r {}{decode_as} -Y 'sip || diameter' -O sip,diameter\n\
         or register a SIP phone of yours as sip:{BOB}, proxy {},\n  \
         user name {BOB}, password {BOBS_PASSWORD}.\n\
         Ctrl-C ends the lab.\n\n",
        plan.admin(Role::Scscf),
        dir.capture().display(),
        plan.sip(Role::Pcscf),
    )
}

pub(crate) fn ending() -> String {
    "\nThe phone leaves, and the elements stop.\n".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bob_is_a_subscriber() {
        let credentials = format!("{{ \"impi\": \"{BOB}\", \"password\": \"{BOBS_PASSWORD}\" }}");
        assert!(crate::role::SUBSCRIBERS.contains(&credentials));
    }

    #[test]
    fn protocols_at_ports_of_their_own_are_named_to_the_dissector() {
        let dir = RunDir::open(None).expect("a directory");
        let text = what_next(Plan::from_base(20_000), &dir);
        assert!(text.contains("-d udp.port==20010,sip"), "{text}");
        assert!(text.contains("-d tcp.port==20041,diameter"), "{text}");
        assert!(!what_next(Plan::OwnAddresses, &dir).contains("-d "));
    }
}
