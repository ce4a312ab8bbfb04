//! Redirect indications as a client takes them (RFC 6733 §6.1.8, §6.12–6.14).

use std::net::{IpAddr, Ipv4Addr};

use diameter_codec::base::avp::RESULT_CODE as RESULT;
use driver::diameter::{FollowRedirects, Limits, MAX_REDIRECTS, NodeSettings};
use sim::Sim;

use crate::failover::known;
use crate::played::{Got, Reaction, peer, with_more};
use crate::requests::uaa;
use crate::wire::*;
use crate::{CSCF, HSS, SECOND, ask, node, pass, run, server_name, settings};

const AGENT_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));
const AGENT: &str = "agent.home.example";
const TARGET: &str = "hss.home.example";

/// A redirect agent that names `hosts`, with a usage and a time where given.
fn agent(sim: &Sim, hosts: &'static [&str], usage: Option<(u32, u32)>) -> Got {
    peer(sim, AGENT_IP, AGENT, move |request| {
        let mut more: Vec<_> = hosts
            .iter()
            .map(|host| avp(REDIRECT_HOST, host.as_bytes()))
            .collect();
        if let Some((usage, seconds)) = usage {
            more.extend([number(261, usage), number(262, seconds)]);
        }
        Reaction::Send(with_more(AGENT, request, 3006, &more))
    })
}

fn target(sim: &Sim) -> Got {
    peer(sim, HSS, TARGET, |request| {
        Reaction::Send(uaa(request.ids, "target"))
    })
}

/// A client that prefers the agent and knows the target too.
fn of_both() -> NodeSettings {
    NodeSettings {
        peers: vec![known(AGENT, AGENT_IP), known(TARGET, HSS)],
        ..settings("cscf.home.example")
    }
}

/// A client that knows the agent alone.
fn of_agent(redirects: FollowRedirects) -> NodeSettings {
    NodeSettings {
        peers: vec![known(AGENT, AGENT_IP)],
        redirects,
        hosts: vec![(TARGET.to_owned(), HSS)],
        ..of_both()
    }
}

#[test]
fn rfc6733_6_12_the_request_goes_to_the_host_that_is_named() {
    run(|sim| async move {
        let agent = agent(
            &sim,
            &["aaa://nobody.example", "aaa://HSS.home.example:3868"],
            None,
        );
        let target = target(&sim);
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, of_both()).await;
            pass(SECOND).await;
            for _ in 0..2 {
                assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "target");
            }
            assert_eq!(
                node.metrics().redirects.get(),
                2,
                "without a usage it holds once"
            );
            assert_eq!(node.metrics().retransmissions.get(), 0);
        });
        client.await.expect("the client");
        let (agent, target) = (agent.borrow(), target.borrow());
        assert_eq!((agent.len(), target.len()), (2, 2));
        assert_eq!(agent[0].ids.1, target[0].ids.1);
        assert_eq!(agent[0].avps, target[0].avps);
        assert_eq!(target[0].flags, REQUEST | PROXIABLE, "no T");
    });
}

#[test]
fn rfc6733_6_14_a_remembered_indication_spares_the_agent_until_its_time_is_over() {
    // ALL_REALM, REALM_AND_APPLICATION, ALL_APPLICATION, ALL_HOST.
    for usage in [2, 3, 4, 5] {
        run(|sim| async move {
            let agent = agent(&sim, &["aaa://hss.home.example"], Some((usage, 10)));
            let _target = target(&sim);
            let seen = agent.clone();
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_both()).await;
                pass(SECOND).await;
                for _ in 0..3 {
                    assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "target");
                }
                assert_eq!(seen.borrow().len(), 1, "{usage}");
                pass(10 * SECOND).await;
                ask(&node, "alice").await.unwrap();
                assert_eq!(seen.borrow().len(), 2, "{usage}");
            });
            client.await.expect("the client");
        });
    }
}

#[test]
fn rfc6733_6_13_all_user_and_all_session() {
    for (usage, asked) in [(6, 2), (1, 4)] {
        run(|sim| async move {
            let agent = agent(&sim, &["aaa://hss.home.example"], Some((usage, 10)));
            let _target = target(&sim);
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_both()).await;
                pass(SECOND).await;
                for user in ["alice", "alice", "bob", "bob"] {
                    ask(&node, user).await.unwrap();
                }
            });
            client.await.expect("the client");
            // Each user once; each request is a session of its own.
            assert_eq!(agent.borrow().len(), asked, "{usage}");
        });
    }
}

#[test]
fn a_host_that_is_no_peer_is_connected_only_where_that_is_allowed() {
    let hosts: [(&'static [&str], FollowRedirects, bool); 5] = [
        (
            &["aaa://hss.home.example"],
            FollowRedirects::ConfiguredPeers,
            false,
        ),
        (&["aaa://hss.home.example"], FollowRedirects::Anyone, true),
        (&["aaa://10.0.0.2:3868"], FollowRedirects::Anyone, true),
        (&["aaa://unknown.example"], FollowRedirects::Anyone, false),
        // Nobody listens there.
        (&["aaa://10.0.0.2:3869"], FollowRedirects::Anyone, false),
    ];
    for (hosts, redirects, reached) in hosts {
        run(|sim| async move {
            let _agent = agent(&sim, hosts, None);
            let target = target(&sim);
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_agent(redirects)).await;
                pass(SECOND).await;
                let answer = ask(&node, "alice").await.expect("an answer");
                let result = answer.find(RESULT).and_then(|avp| avp.unsigned32());
                assert_eq!(result, Some(if reached { 2001 } else { 3006 }), "{hosts:?}");
                let expected = if reached { 2 } else { 1 };
                assert_eq!(node.peers().len(), expected, "{hosts:?}");
                if reached {
                    // The connection stays for the next one.
                    ask(&node, "bob").await.unwrap();
                    assert_eq!(node.metrics().connections.get(), 2);
                }
            });
            client.await.expect("the client");
            assert_eq!(
                target.borrow().len(),
                if reached { 2 } else { 0 },
                "{hosts:?}"
            );
        });
    }
}

#[test]
fn a_peer_at_the_address_but_not_the_port_that_is_named_is_another_host() {
    for (hosts, result) in [
        (&["aaa://10.0.0.2:3868"][..], 2001),
        (&["aaa://10.0.0.2:3869"][..], 3006),
    ] {
        run(|sim| async move {
            let _agent = agent(&sim, hosts, None);
            let _target = target(&sim);
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_both()).await;
                pass(SECOND).await;
                let answer = ask(&node, "alice").await.expect("an answer");
                let said = answer.find(RESULT).and_then(|avp| avp.unsigned32());
                assert_eq!(said, Some(result), "{hosts:?}");
            });
            client.await.expect("the client");
        });
    }
}

#[test]
fn hosts_that_are_no_peers_are_bounded() {
    run(|sim| async move {
        let _agent = agent(&sim, &["aaa://hss.home.example"], None);
        let _target = target(&sim);
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                limits: Limits {
                    strangers: 0,
                    ..Limits::default()
                },
                ..of_agent(FollowRedirects::Anyone)
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let answer = ask(&node, "alice").await.expect("the agent's answer");
            assert!(answer.header().is_error());
        });
        client.await.expect("the client");
    });
}

#[test]
fn redirects_in_a_row_are_bounded() {
    run(|sim| async move {
        const NAMES: [&str; 6] = [
            AGENT,
            "r1.example",
            "r2.example",
            "r3.example",
            "r4.example",
            "r5.example",
        ];
        let ip = |n: usize| IpAddr::V4(Ipv4Addr::new(10, 0, 2, n as u8));
        let got: Vec<Got> = (0..NAMES.len() - 1)
            .map(|n| {
                let next = format!("aaa://{}", NAMES[n + 1]);
                peer(&sim, ip(n), NAMES[n], move |request| {
                    let host = avp(REDIRECT_HOST, next.as_bytes());
                    Reaction::Send(with_more(NAMES[n], request, 3006, &[host]))
                })
            })
            .collect();
        let peers = (0..NAMES.len() - 1)
            .map(|n| known(NAMES[n], ip(n)))
            .collect();
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers,
                ..settings("cscf.home.example")
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let answer = ask(&node, "alice").await.expect("the last agent's answer");
            assert!(answer.header().is_error());
        });
        client.await.expect("the client");
        let asked: Vec<usize> = got.iter().map(|got| got.borrow().len()).collect();
        assert_eq!(asked.iter().sum::<usize>(), MAX_REDIRECTS + 1, "{asked:?}");
    });
}
