//! RFC 3263 §4 over a DNS of the simulation: which places, in which order, and what when one fails.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use driver::dns::{Answer, DnsError, DnsSettings, Naptr, Record, RecordType, Servers, Srv};
use driver::locate::{Locator, MAX_TARGETS, Names, NotLocated, REST, SHORTEST_TTL, Target};
use driver::sip::{Endpoint, Incoming, SipMetrics, SipSettings};
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, Status, Uri};
use tokio::time::Instant;

const US: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const TTL: Duration = Duration::from_secs(300);

fn dns() -> DnsSettings {
    DnsSettings {
        servers: Servers::System,
        timeout: Duration::from_secs(1),
        retries: 0,
    }
}

/// A locator of an IPv4 host with a DNS, and the names that `names` has.
fn locator(sim: &Sim, names: &[(&str, &[&str])]) -> Locator<SimIo> {
    let known = |text: &&str| text.parse().expect("a known address");
    let names = names
        .iter()
        .map(|(name, known_at)| ((*name).to_owned(), known_at.iter().map(known).collect()));
    Locator::new(sim.host(US), Names::new(names), Some(&dns()), US).expect("a locator")
}

fn records(records: Vec<Record>) -> Result<Answer, DnsError> {
    Ok(Answer { records, ttl: TTL })
}

fn naptr(order: u16, preference: u16, services: &str, replacement: &str) -> Record {
    Record::Naptr(Naptr {
        order,
        preference,
        flags: "s".to_owned(),
        services: services.to_owned(),
        regexp: String::new(),
        replacement: replacement.to_owned(),
    })
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> Record {
    Record::Srv(Srv {
        priority,
        weight,
        port,
        target: target.to_owned(),
    })
}

fn v4(last: u8) -> Record {
    Ipv4Addr::new(10, 1, 0, last).into()
}

/// The example of RFC 3263 §4.1: NAPTR prefer TLS, then TCP, then UDP; servers of each.
fn example(sim: &Sim) {
    sim.set_dns(
        "example.com",
        RecordType::Naptr,
        records(vec![
            naptr(90, 50, "SIP+D2U", "_sip._udp.example.com"),
            naptr(50, 50, "SIPS+D2T", "_sips._tcp.example.com"),
            naptr(90, 40, "SIP+D2T", "_sip._tcp.example.com"),
            naptr(10, 10, "AAA+D2T", "_diameter._tcp.example.com"),
        ]),
    );
    sim.set_dns(
        "_sip._tcp.example.com",
        RecordType::Srv,
        records(vec![
            srv(1, 1, 5070, "server2.example.com"),
            srv(0, 1, 5080, "server1.example.com"),
        ]),
    );
    sim.set_dns(
        "_sip._udp.example.com",
        RecordType::Srv,
        records(vec![srv(0, 0, 5090, "server3.example.com")]),
    );
    for (name, last) in [("server1", 1), ("server2", 2), ("server3", 3)] {
        let name = format!("{name}.example.com");
        sim.set_dns(&name, RecordType::A, records(vec![v4(last)]));
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last.into());
        sim.set_dns(&name, RecordType::Aaaa, records(vec![v6.into()]));
    }
    sim.set_dns("example.com", RecordType::A, records(vec![v4(9)]));
}

/// What `uri` leads to, as `udp 10.0.0.1:5060` and so on.
async fn found(locator: &Locator<SimIo>, uri: &str) -> Result<String, NotLocated> {
    let Ok(Uri::Sip(uri)) = Uri::parse(uri) else {
        panic!("{uri} is no SIP URI");
    };
    let targets = locator.locate(&uri).await?;
    let text = |target: &Target| format!("{} {}", target.transport, target.address);
    Ok(targets.iter().map(text).collect::<Vec<_>>().join(", "))
}

fn simulated<R>(scenario: impl AsyncFnOnce(Sim) -> R) -> R {
    sim::run(7, Faults::none(), |sim| scenario(sim))
}

#[test]
fn numeric_addresses_are_taken_as_they_are() {
    simulated(async |sim| {
        let locator = locator(&sim, &[]);
        for (uri, at) in [
            ("sip:10.0.0.9", "UDP 10.0.0.9:5060"),
            ("sip:alice@10.0.0.9:5070", "UDP 10.0.0.9:5070"),
            ("sip:10.0.0.9;transport=tcp", "TCP 10.0.0.9:5060"),
            ("sip:10.0.0.9;transport=UDP", "UDP 10.0.0.9:5060"),
            ("sip:example.com;maddr=10.0.0.8", "UDP 10.0.0.8:5060"),
            (
                "sip:example.com:5071;maddr=10.0.0.8;transport=tcp",
                "TCP 10.0.0.8:5071",
            ),
        ] {
            assert_eq!(found(&locator, uri).await.as_deref(), Ok(at), "{uri}");
        }
        assert_eq!(sim.dns_asked(), [], "the DNS has no part in it");
        assert!(matches!(
            found(&locator, "sip:[2001:db8::1]").await,
            Err(NotLocated::Family(_))
        ));
        for uri in ["sips:10.0.0.9", "sip:10.0.0.9;transport=sctp"] {
            let refused = found(&locator, uri).await;
            assert!(matches!(refused, Err(NotLocated::Transport(_))), "{uri}");
        }
    });
}

#[test]
fn names_are_stronger_than_the_dns() {
    simulated(async |sim| {
        example(&sim);
        let locator = locator(
            &sim,
            &[(
                "Example.COM",
                &["10.2.0.1:6060", "10.2.0.2:6061;transport=tcp"],
            )],
        );
        for (uri, at) in [
            ("sip:example.com", "UDP 10.2.0.1:6060, TCP 10.2.0.2:6061"),
            (
                "sip:example.com.;lr",
                "UDP 10.2.0.1:6060, TCP 10.2.0.2:6061",
            ),
            ("sip:example.com:7", "UDP 10.2.0.1:7, TCP 10.2.0.2:7"),
            (
                "sip:example.com;transport=tcp",
                "TCP 10.2.0.1:6060, TCP 10.2.0.2:6061",
            ),
        ] {
            assert_eq!(found(&locator, uri).await.as_deref(), Ok(at), "{uri}");
        }
        assert_eq!(sim.dns_asked(), []);
    });
}

#[test]
fn without_a_dns_an_unknown_name_says_what_to_add() {
    simulated(async |sim| {
        let locator = Locator::new(sim.host(US), Names::default(), None, US).unwrap();
        let refused = found(&locator, "sip:Other.example").await.unwrap_err();
        assert_eq!(refused, NotLocated::Unknown("other.example".to_owned()));
        assert!(
            refused
                .to_string()
                .contains("add `\"other.example\" = \"ADDRESS:PORT\"` there, or a [dns] section")
        );
    });
}

#[test]
fn naptr_chooses_the_transport_and_srv_the_servers() {
    simulated(async |sim| {
        example(&sim);
        let v4 = locator(&sim, &[]);
        // Order 50 is not spoken; of order 90 preference 40 comes first.
        assert_eq!(
            found(&v4, "sip:example.com").await.as_deref(),
            Ok("TCP 10.1.0.1:5080, TCP 10.1.0.2:5070")
        );
        // §4.1: transport= asks for no NAPTR; §4.2: a port asks for no SRV.
        assert_eq!(
            found(&v4, "sip:example.com;transport=udp").await.as_deref(),
            Ok("UDP 10.1.0.3:5090")
        );
        assert_eq!(
            found(&v4, "sip:example.com:5062").await.as_deref(),
            Ok("UDP 10.1.0.9:5062")
        );
        let us = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1));
        let v6 = Locator::new(sim.host(us), Names::default(), Some(&dns()), us).unwrap();
        assert_eq!(
            found(&v6, "sip:example.com").await.as_deref(),
            Ok("TCP [2001:db8::1]:5080, TCP [2001:db8::2]:5070")
        );
    });
}

#[test]
fn without_naptr_srv_is_asked_and_without_srv_the_address() {
    simulated(async |sim| {
        example(&sim);
        sim.set_dns("example.com", RecordType::Naptr, records(Vec::new()));
        let at = |uri: &'static str| {
            let locator = locator(&sim, &[]);
            async move { found(&locator, uri).await }
        };
        // UDP is what we prefer.
        assert_eq!(
            at("sip:example.com").await.as_deref(),
            Ok("UDP 10.1.0.3:5090")
        );
        sim.set_dns("_sip._udp.example.com", RecordType::Srv, records(vec![]));
        assert_eq!(
            at("sip:example.com").await.as_deref(),
            Ok("TCP 10.1.0.1:5080, TCP 10.1.0.2:5070")
        );
        assert_eq!(
            at("sip:server2.example.com").await.as_deref(),
            Ok("UDP 10.1.0.2:5060")
        );
        assert_eq!(
            at("sip:server2.example.com;transport=tcp").await.as_deref(),
            Ok("TCP 10.1.0.2:5060")
        );
        assert_eq!(
            at("sip:nobody.example.com").await,
            Err(NotLocated::NoAddress("nobody.example.com".to_owned()))
        );
        let none = records(vec![srv(0, 0, 0, ".")]);
        sim.set_dns("_sip._tcp.example.com", RecordType::Srv, none);
        assert_eq!(
            at("sip:example.com").await,
            Err(NotLocated::NoService("example.com".to_owned()))
        );
        let tls = records(vec![naptr(1, 1, "SIPS+D2T", "_sips._tcp.example.com")]);
        sim.set_dns("example.com", RecordType::Naptr, tls);
        assert!(matches!(
            at("sip:example.com").await,
            Err(NotLocated::Transport(_))
        ));
    });
}

#[test]
fn a_dns_that_fails_at_naptr_may_know_addresses_and_a_silent_one_is_asked_once() {
    simulated(async |sim| {
        example(&sim);
        let failed = || Err(DnsError::Failed("SERVFAIL".to_owned()));
        sim.set_dns("example.com", RecordType::Naptr, failed());
        sim.set_dns("_sip._udp.example.com", RecordType::Srv, failed());
        sim.set_dns("_sip._tcp.example.com", RecordType::Srv, failed());
        let locator = locator(&sim, &[]);
        assert_eq!(
            found(&locator, "sip:example.com").await.as_deref(),
            Ok("UDP 10.1.0.9:5060")
        );
        let silent = Err(DnsError::TimedOut);
        sim.set_dns("silent.example", RecordType::Naptr, silent);
        let before = sim.dns_asked().len();
        let refused = found(&locator, "sip:silent.example").await;
        assert!(
            matches!(refused, Err(NotLocated::Dns { .. })),
            "{refused:?}"
        );
        assert_eq!(sim.dns_asked().len(), before + 1);
    });
}

#[test]
fn answers_are_kept_as_long_as_they_hold_and_asked_once_by_many() {
    simulated(async |sim| {
        example(&sim);
        let locator = locator(&sim, &[]);
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let locator = locator.clone();
                tokio::task::spawn_local(async move { found(&locator, "sip:example.com").await })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().is_ok());
        }
        let asked = sim.dns_asked();
        assert_eq!(asked.len(), 4, "NAPTR, SRV and two A: {asked:?}");
        tokio::time::sleep(TTL - Duration::from_secs(1)).await;
        assert!(found(&locator, "sip:example.com").await.is_ok());
        assert_eq!(sim.dns_asked().len(), 4);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(found(&locator, "sip:example.com").await.is_ok());
        assert_eq!(sim.dns_asked().len(), 8);
    });
}

#[test]
fn answers_of_ttl_0_serve_those_who_ask_at_once_and_nobody_later() {
    simulated(async |sim| {
        // RFC 1035 §3.2.1: for the transaction in progress, and not to be kept.
        let now_only = |records| {
            Ok(Answer {
                records,
                ttl: Duration::ZERO,
            })
        };
        let name = "server.example.com";
        sim.set_dns(
            "_sip._udp.example.com",
            RecordType::Srv,
            now_only(vec![srv(0, 0, 5090, name)]),
        );
        sim.set_dns(name, RecordType::A, now_only(vec![v4(1)]));
        let locator = locator(&sim, &[]);
        let all_at_once = async || {
            let tasks: Vec<_> = (0..20)
                .map(|_| {
                    let locator = locator.clone();
                    tokio::task::spawn_local(
                        async move { found(&locator, "sip:example.com").await },
                    )
                })
                .collect();
            let mut said = Vec::new();
            for task in tasks {
                said.push(task.await.unwrap());
            }
            said.dedup();
            assert_eq!(said.len(), 1);
            said.swap_remove(0).expect("an address")
        };
        assert_eq!(all_at_once().await, "UDP 10.1.0.1:5090");
        let asked = |record: RecordType| {
            let asked = sim.dns_asked();
            asked.iter().filter(|(_, kind)| *kind == record).count()
        };
        assert_eq!(
            (asked(RecordType::Srv), asked(RecordType::A)),
            (1, 1),
            "{:?}",
            sim.dns_asked()
        );
        // The server has moved, and whoever asks next is told so.
        sim.set_dns(name, RecordType::A, now_only(vec![v4(2)]));
        tokio::time::sleep(SHORTEST_TTL).await;
        assert_eq!(all_at_once().await, "UDP 10.1.0.2:5090");
        assert_eq!(
            (asked(RecordType::Srv), asked(RecordType::A)),
            (2, 2),
            "{:?}",
            sim.dns_asked()
        );
    });
}

#[test]
fn equal_servers_share_by_weight_and_are_limited() {
    simulated(async |sim| {
        sim.set_dns(
            "_sip._udp.example.com",
            RecordType::Srv,
            records(vec![
                srv(0, 3, 5060, "a.example.com"),
                srv(0, 1, 5060, "b.example.com"),
            ]),
        );
        sim.set_dns("a.example.com", RecordType::A, records(vec![v4(1)]));
        let many = (0..=u8::try_from(MAX_TARGETS).unwrap()).map(|last| v4(100 + last));
        sim.set_dns("b.example.com", RecordType::A, records(many.collect()));
        let locator = locator(&sim, &[]);
        let mut first = 0;
        for _ in 0..400 {
            let Ok(Uri::Sip(uri)) = Uri::parse("sip:example.com;transport=udp") else {
                unreachable!()
            };
            let targets = locator.locate(&uri).await.unwrap();
            assert_eq!(targets.len(), MAX_TARGETS);
            first += u32::from(targets[0].address.ip() == IpAddr::V4(Ipv4Addr::new(10, 1, 0, 1)));
        }
        assert!((260..340).contains(&first), "{first} of 400");
    });
}

fn request() -> Message {
    let mut request = Message::request(Method::REGISTER, "sip:home.example");
    for (name, value) in [
        (Name::MAX_FORWARDS, "70"),
        (Name::FROM, "<sip:a@home.example>;tag=1"),
        (Name::TO, "<sip:a@home.example>"),
        (Name::CALL_ID, "call"),
        (Name::CSEQ, "1 REGISTER"),
    ] {
        request.append(name, value);
    }
    request
}

async fn endpoint(io: SimIo) -> Endpoint<SimIo> {
    const METHODS: &[Method<'static>] = &[Method::REGISTER];
    let listen = SocketAddr::new(io.ip(), 5060);
    Endpoint::bind(io, SipSettings::new(listen, METHODS), SipMetrics::default())
        .await
        .expect("bound")
}

/// A server at 10.1.0.`last` that answers `status`, and how often it was asked.
fn server(sim: &Sim, last: u8, status: Status, retry_after: Option<&'static str>) -> Rc<Cell<u32>> {
    let asked = Rc::new(Cell::new(0));
    let count = Rc::clone(&asked);
    let _program = sim.start(IpAddr::V4(Ipv4Addr::new(10, 1, 0, last)), async move |io| {
        endpoint(io).await.serve(move |incoming: Incoming<SimIo>| {
            count.set(count.get() + 1);
            async move {
                let mut response = Message::response(&incoming.message, status);
                if let Some(seconds) = retry_after {
                    response.append(Name::RETRY_AFTER, seconds);
                }
                incoming.transaction.respond(&response);
            }
        });
    });
    asked
}

/// The status that comes back from `home.example`, whose names are 10.1.0.1, .2 and .3, and how long it took.
async fn asked(locator: &Locator<SimIo>, from: &Endpoint<SimIo>) -> (Option<u16>, Duration) {
    let start = Instant::now();
    let targets = locator.locate_domain("home.example").await.unwrap();
    let patience = Duration::from_secs(2);
    let answer = locator
        .request(from, request(), &targets, patience, Duration::MAX)
        .await;
    let status = answer.ok().and_then(|response| response.status());
    (status.map(Status::code), start.elapsed())
}

#[test]
fn the_next_target_is_tried_and_what_failed_rests() {
    simulated(async |sim| {
        // 10.1.0.1 is not there at all.
        let busy = server(&sim, 2, Status::SERVICE_UNAVAILABLE, Some("60"));
        let good = server(&sim, 3, Status::OK, None);
        let places: &[&str] = &["10.1.0.1:5060", "10.1.0.2:5060", "10.1.0.3:5060"];
        let locator = locator(&sim, &[("home.example", places)]);
        let us = endpoint(sim.host(US)).await;
        us.serve(|_| async {});
        let (status, took) = asked(&locator, &us).await;
        assert_eq!(status, Some(200));
        assert!(took >= Duration::from_secs(2), "the dead one had its time");
        assert_eq!((busy.get(), good.get()), (1, 1));
        let (status, took) = asked(&locator, &us).await;
        assert_eq!(status, Some(200));
        assert!(took < Duration::from_secs(1), "the good one stands first");
        assert_eq!((busy.get(), good.get()), (1, 2));
        // The dead one has rested; the busy one asked for longer.
        tokio::time::sleep(REST).await;
        assert_eq!(asked(&locator, &us).await.0, Some(200));
        assert_eq!((busy.get(), good.get()), (1, 3));
        tokio::time::sleep(REST).await;
        assert_eq!(asked(&locator, &us).await.0, Some(200));
        assert_eq!((busy.get(), good.get()), (2, 4));
    });
}

#[test]
fn rfc3263_4_3_who_says_100_in_time_is_waited_for_until_timer_f() {
    simulated(async |sim| {
        let slow = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 1));
        let _program = sim.start(slow, async |io| {
            endpoint(io)
                .await
                .serve(|incoming: Incoming<SimIo>| async move {
                    // It says 100 after 3.5 s by itself (RFC 4320 §4.1).
                    tokio::time::sleep(Duration::from_secs(20)).await;
                    let refused = Message::response(&incoming.message, Status::FORBIDDEN);
                    incoming.transaction.respond(&refused);
                });
        });
        let other = server(&sim, 2, Status::OK, None);
        let places: &[&str] = &["10.1.0.1:5060", "10.1.0.2:5060"];
        let locator = locator(&sim, &[("home.example", places)]);
        let us = endpoint(sim.host(US)).await;
        us.serve(|_| async {});
        let targets = locator.locate_domain("home.example").await.unwrap();
        let patience = Duration::from_secs(4);
        let answer = locator
            .request(&us, request(), &targets, patience, patience)
            .await;
        let status = answer.expect("answered").status();
        assert_eq!((status, other.get()), (Some(Status::FORBIDDEN), 0));
    });
}

#[test]
fn the_outcome_of_the_last_is_that_of_all() {
    simulated(async |sim| {
        let busy = server(&sim, 2, Status::SERVICE_UNAVAILABLE, None);
        let forbids = server(&sim, 3, Status::FORBIDDEN, None);
        let us = endpoint(sim.host(US)).await;
        us.serve(|_| async {});
        let all_busy = locator(&sim, &[("home.example", &["10.1.0.2:5060"])]);
        assert_eq!(asked(&all_busy, &us).await.0, Some(503));
        assert_eq!(
            asked(&all_busy, &us).await.0,
            Some(503),
            "none else is there"
        );
        // 403 is an answer, not a failure.
        let forbidding = locator(
            &sim,
            &[("home.example", &["10.1.0.3:5060", "10.1.0.2:5060"])],
        );
        assert_eq!(asked(&forbidding, &us).await.0, Some(403));
        assert_eq!((busy.get(), forbids.get()), (2, 1));
    });
}

#[test]
fn a_domain_is_no_address() {
    simulated(async |sim| {
        let locator = locator(&sim, &[]);
        for text in ["10.0.0.9", "[::1]", "", "a b"] {
            let refused = locator.locate_domain(text).await;
            assert!(matches!(refused, Err(NotLocated::Unknown(_))), "{text}");
        }
    });
}
