//! Where a request is meant to go: realms, hosts, relay agents, loops (RFC 6733 §2.7, §6.1, §6.2, §6.7).

use std::net::{IpAddr, Ipv4Addr};

use diameter_stack::routing::{Action, Route as Entry, RoutePeer};
use driver::diameter::{NodeSettings, RequestError};

use crate::failover::known;
use crate::played::{Reaction, peer, peer_with};
use crate::requests::uaa;
use crate::serving::uar;
use crate::wire::*;
use crate::{
    CSCF, HSS, SECOND, ask_realm, at, hss_settings, node, pass, run, server_name, settings,
};

const ME: &str = "cscf.home.example";
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));

/// A UAR with other AVPs in the place of Destination-Realm.
fn uar_to(ids: (u32, u32), destination: &[Vec<u8>]) -> Vec<u8> {
    let whole = uar(ids, Some("alice"));
    let realm = avp(DESTINATION_REALM, b"home.example");
    let at = whole
        .windows(realm.len())
        .position(|window| window == realm)
        .expect("it stands there");
    let mut octets = whole[..at].to_vec();
    octets.extend(destination.concat());
    octets.extend(&whole[at + realm.len()..]);
    let length = (octets.len() as u32).to_be_bytes();
    octets[1..4].copy_from_slice(&length[1..]);
    octets
}

#[test]
fn rfc6733_6_1_what_is_not_for_us_is_refused_with_its_reason() {
    let realm = |realm: &str| avp(DESTINATION_REALM, realm.as_bytes());
    let host = |host: &str| avp(DESTINATION_HOST, host.as_bytes());
    let passed = |host: &str| avp(ROUTE_RECORD, host.as_bytes());
    let home = "home.example";
    let cases = [
        (vec![realm("HOME.example")], 2001),
        (vec![realm(home), host("HSS.home.example")], 2001),
        (vec![realm("visited.example")], 2001),
        (vec![realm(home), passed("relay.example"), passed(ME)], 2001),
        // PyHSS names itself in the Route-Record of its own requests.
        (vec![realm(home), passed(ME)], 2001),
        (vec![realm("far.example")], 3003),
        (vec![realm(home), host("hss2.home.example")], 3002),
        // §7.1.3: Destination-Host without Destination-Realm.
        (vec![host("hss.home.example")], 3002),
        (
            vec![realm(home), passed("a.example"), passed("hss.HOME.example")],
            3005,
        ),
    ];
    run(|sim| async move {
        let _hss = sim.start(HSS, |io| async move {
            let local = Entry {
                realm: Some("visited.example".to_owned()),
                application: None,
                action: Action::Local,
            };
            let settings = NodeSettings {
                routes: vec![local],
                ..hss_settings()
            };
            let _node = node(io, settings).await;
            std::future::pending::<()>().await;
        });
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            for (n, (destination, expected)) in (1..).zip(cases) {
                wire.send(&uar_to((n, n), &destination)).await;
                let answer = wire.receive().await.expect("a UAA");
                assert_eq!(
                    answer.number(RESULT_CODE),
                    Some(expected),
                    "{destination:?}"
                );
                let error = (3000..4000).contains(&expected);
                assert_eq!(answer.flags & ERROR != 0, error, "E goes with 3xxx");
                assert_eq!(answer.flags & PROXIABLE, PROXIABLE, "P is repeated");
            }
        });
        peer.await.expect("the played peer");
    });
}

#[test]
fn rfc6733_6_2_proxy_info_comes_back_in_order() {
    let state = |host: &str, state: &[u8]| {
        avp(
            PROXY_INFO,
            &[avp(280, host.as_bytes()), avp(33, state)].concat(),
        )
    };
    run(|sim| async move {
        let _hss = sim.start(HSS, |io| async move {
            let _node = node(io, hss_settings()).await;
            std::future::pending::<()>().await;
        });
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            let mut proxied = async |ids, states: [&[u8]; 2]| {
                let passed = [state("b.example", states[0]), state("a.example", states[1])];
                let more = [
                    vec![avp(DESTINATION_REALM, b"home.example")],
                    passed.to_vec(),
                ];
                wire.send(&uar_to(ids, &more.concat())).await;
                let answer = wire.receive().await.expect("a UAA");
                assert_eq!((answer.ids, answer.number(RESULT_CODE)), (ids, Some(2001)));
                let back: Vec<_> = answer
                    .avps
                    .iter()
                    .filter(|(code, _)| *code == PROXY_INFO)
                    .map(|(_, data)| avp(PROXY_INFO, data))
                    .collect();
                assert_eq!(back, passed);
            };
            proxied((1, 1), [b"22", b"1"]).await;
            // A duplicate that came another way goes back that way.
            proxied((2, 1), [b"4444", b"333"]).await;
        });
        peer.await.expect("the played peer");
    });
}

fn route_to(realm: Option<&str>, peers: &[(&str, u16)]) -> Entry {
    let peers = peers.iter().map(|(identity, weight)| RoutePeer {
        identity: (*identity).to_owned(),
        weight: *weight,
    });
    Entry {
        realm: realm.map(str::to_owned),
        application: None,
        action: Action::Peers(peers.collect()),
    }
}

#[test]
fn rfc6733_2_7_routes_choose_the_peer() {
    run(|sim| async move {
        let named =
            |name: &'static str| move |request: &Frame| Reaction::Send(uaa(request.ids, name));
        let _one = peer(&sim, HSS, "one.home.example", named("one"));
        let _two = peer(&sim, OTHER, "two.home.example", named("two"));
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers: vec![
                    known("one.home.example", HSS),
                    known("two.home.example", OTHER),
                ],
                routes: vec![
                    route_to(
                        Some("far.example"),
                        &[("two.home.example", 0), ("one.home.example", 0)],
                    ),
                    route_to(Some("lost.example"), &[("nobody.example", 0)]),
                    route_to(
                        Some("shared.example"),
                        &[("one.home.example", 1), ("two.home.example", 3)],
                    ),
                    route_to(None, &[("one.home.example", 0)]),
                ],
                ..settings(ME)
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let went = async |realm: &str| {
                ask_realm(&node, realm, None)
                    .await
                    .map(|answer| server_name(&answer))
            };
            assert_eq!(went("far.example").await.as_deref(), Ok("two"));
            assert_eq!(went("FAR.example").await.as_deref(), Ok("two"));
            assert_eq!(went("anything.example").await.as_deref(), Ok("one"));
            assert_eq!(went("lost.example").await, Err(RequestError::NoPeer));
            let mut shares = Vec::new();
            for _ in 0..8 {
                shares.push(went("shared.example").await.unwrap());
            }
            assert_eq!(
                shares.iter().filter(|name| *name == "two").count(),
                6,
                "{shares:?}"
            );
            // §6.1.5: a host that is a peer is asked itself.
            let direct = ask_realm(&node, "far.example", Some("one.home.example")).await;
            assert_eq!(server_name(&direct.unwrap()), "one");
        });
        client.await.expect("the client");
    });
}

/// A CEA of a relay agent: 0xffffffff, and nothing else.
fn relay_cea(ids: (u32, u32)) -> Vec<u8> {
    let avps = [
        vec![number(RESULT_CODE, 2001)],
        vec![
            avp(ORIGIN_HOST, b"relay.transit.example"),
            avp(ORIGIN_REALM, b"transit.example"),
        ],
        vec![
            avp(HOST_IP_ADDRESS, &[0, 1, 10, 0, 0, 3]),
            number(VENDOR_ID, 0),
            avp(PRODUCT_NAME, b"relay"),
            number(AUTH_APPLICATION_ID, 0xffff_ffff),
        ],
    ]
    .concat();
    frame(0, CAPABILITIES_EXCHANGE, 0, ids, &avps)
}

#[test]
fn rfc6733_2_8_1_a_relay_agent_takes_what_no_peer_of_the_realm_serves() {
    run(|sim| async move {
        // The answer's Origin-Host is the far server's.
        let far = |request: &Frame| Reaction::Send(uaa(request.ids, "far"));
        let got = peer_with(&sim, OTHER, "relay.transit.example", relay_cea, far);
        let _home = peer(&sim, HSS, "hss.home.example", |request| {
            Reaction::Send(uaa(request.ids, "home"))
        });
        let client = sim.start(CSCF, |io| async move {
            let relay = driver::diameter::PeerSettings {
                realm: None,
                ..known("relay.transit.example", OTHER)
            };
            let settings = NodeSettings {
                peers: vec![relay, known("hss.home.example", HSS)],
                ..settings(ME)
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let went = async |realm: &str, host: Option<&str>| {
                server_name(&ask_realm(&node, realm, host).await.unwrap())
            };
            assert_eq!(went("far.example", None).await, "far");
            assert_eq!(went("far.example", Some("hss.far.example")).await, "far");
            assert_eq!(went("home.example", None).await, "home");
            assert_eq!(went("home.example", Some("hss2.home.example")).await, "far");
        });
        client.await.expect("the client");
        assert_eq!(got.borrow().len(), 3);
    });
}

#[test]
fn rfc6733_6_1_6_a_host_that_is_no_peer_is_reached_through_an_agent_or_not_at_all() {
    run(|sim| async move {
        let got = peer(&sim, HSS, "hss.home.example", |request| {
            Reaction::Send(uaa(request.ids, "home"))
        });
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers: vec![known("hss.home.example", HSS)],
                routes: vec![route_to(
                    Some("far.example"),
                    &[("hss.home.example", 0), ("hss2.home.example", 0)],
                )],
                ..settings(ME)
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let to = async |host| ask_realm(&node, "home.example", Some(host)).await;
            // What is for one host (credentials, say) is not shown to another of its realm.
            assert_eq!(
                to("hss2.home.example").await.unwrap_err(),
                RequestError::NoPeer
            );
            assert_eq!(server_name(&to("hss.home.example").await.unwrap()), "home");
            // Nor where a route has both; one that has other peers leads to agents.
            let realm = "far.example";
            let to = async |host| ask_realm(&node, realm, Some(host)).await;
            assert_eq!(
                to("HSS2.home.example").await.unwrap_err(),
                RequestError::NoPeer
            );
            assert_eq!(server_name(&to("hss3.home.example").await.unwrap()), "home");
        });
        client.await.expect("the client");
        assert_eq!(got.borrow().len(), 2);
    });
}
