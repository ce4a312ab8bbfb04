//! Flow tokens, which the P-CSCF puts into its Path: what was made is read back, and nothing else is taken (RFC 5626 §5.2, §5.3).

use std::net::{IpAddr, SocketAddr};

use sip_stack::flow::Flow;
use sip_stack::flow_token::{FlowTokens, Forged};

use crate::choices::Choices;

/// A flow and what is changed of its token; or any text in the place of a token.
pub fn flow_token(octets: &[u8]) {
    let tokens = FlowTokens::new([7; 32]);
    if let Ok(text) = std::str::from_utf8(octets)
        && let Ok(flow) = tokens.read(text)
    {
        // One flow, one token: no second spelling of it.
        assert_eq!(tokens.make(&flow), text);
    }
    let mut choices = Choices::new(octets);
    let Some(flow) = flow(&mut choices) else {
        return;
    };
    let token = tokens.make(&flow);
    assert_eq!(tokens.read(&token), Ok(flow));
    assert_eq!(FlowTokens::new([8; 32]).read(&token), Err(Forged));
    // It is the user part of a URI, where none of its characters is escaped.
    assert!(
        token
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
    );
    let mut changed = token.clone().into_bytes();
    while let (Some(at), Some(octet)) = (choices.octet(), choices.octet()) {
        let at = usize::from(at) % (changed.len() + 1);
        match changed.get_mut(at) {
            Some(_) if octet == 0 => changed.truncate(at),
            Some(place) => *place = octet,
            None => changed.push(octet),
        }
    }
    if let Ok(changed) = String::from_utf8(changed)
        && changed != token
    {
        assert_eq!(tokens.read(&changed), Err(Forged), "{changed} for {token}");
    }
}

fn flow(choices: &mut Choices<'_>) -> Option<Flow> {
    let kind = choices.octet()?;
    let mut connection = [0; 8];
    if kind & 1 != 0 {
        for octet in &mut connection {
            *octet = choices.octet()?;
        }
    }
    let (remote, local) = (address(kind & 2, choices)?, address(kind & 4, choices)?);
    Some(match kind & 1 {
        0 => Flow::Udp { local, remote },
        _ => Flow::Tcp {
            connection: u64::from_be_bytes(connection),
            local,
            remote,
        },
    })
}

fn address(v6: u8, choices: &mut Choices<'_>) -> Option<SocketAddr> {
    let port = u16::from_be_bytes([choices.octet()?, choices.octet()?]);
    let mut octets = [0; 16];
    let used = if v6 == 0 { 4 } else { 16 };
    for octet in &mut octets[..used] {
        *octet = choices.octet()?;
    }
    let ip = match v6 {
        0 => IpAddr::from([octets[0], octets[1], octets[2], octets[3]]),
        _ => IpAddr::from(octets),
    };
    Some(SocketAddr::new(ip, port))
}
