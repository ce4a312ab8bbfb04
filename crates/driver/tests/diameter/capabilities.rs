//! Capabilities exchange (RFC 6733 §5.3).

use driver::diameter::{Admission, Limits};

use crate::wire::*;
use crate::{
    CSCF, HSS, NodeSettings, SECOND, accepted, ask, at, cscf_settings, hss_settings, node, pass,
    run,
};
use driver::io::Io;

/// A CER as RFC 6733 §5.3.1 has it: `cscf.home.example`, 10.0.0.1, Cx of 3GPP, Origin-State-Id 7, NO_INBAND_SECURITY.
const CER: &str = "010000a4 80000101 00000000 0a0b0c0d 01020304 \
    00000108 40000019 63736366 2e686f6d 652e6578 616d706c 65000000 \
    00000128 40000014 686f6d65 2e657861 6d706c65 \
    00000101 4000000e 00010a00 00010000 \
    0000010a 4000000c 000028af \
    0000010d 0000000c 54657374 \
    00000116 4000000c 00000007 \
    0000012b 4000000c 00000000 \
    00000104 40000020 0000010a 4000000c 000028af 00000102 4000000c 01000000";

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |digit: u8| (digit as char).to_digit(16).unwrap() as u8;
    digits
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// Sends `octets` as the first of a connection; the answer, if any, and whether the connection then ended.
async fn first(settings: NodeSettings, sim: &sim::Sim, octets: &[u8]) -> (Option<Frame>, Ended) {
    let _node = sim.start(HSS, |io| async move {
        let _node = node(io, settings).await;
        std::future::pending::<()>().await;
    });
    let octets = octets.to_vec();
    let peer = sim.start(CSCF, |io| async move {
        let mut wire = Wire::connect(&io, at(HSS)).await;
        wire.send(&octets).await;
        let answer = wire.receive().await;
        let ended = tokio::time::timeout(SECOND, wire.receive()).await;
        (
            answer,
            if ended == Ok(None) {
                Ended::Yes
            } else {
                Ended::No
            },
        )
    });
    peer.await.expect("the played peer")
}

#[derive(Debug, PartialEq)]
enum Ended {
    Yes,
    No,
}

#[test]
fn rfc6733_5_3_cer_is_answered_with_our_capabilities() {
    run(|sim| async move {
        let (cea, ended) = first(hss_settings(), &sim, &octets(CER)).await;
        let cea = cea.expect("a CEA");
        assert_eq!(ended, Ended::No);
        assert_eq!(
            (cea.flags, cea.command, cea.application),
            (0, CAPABILITIES_EXCHANGE, 0)
        );
        assert_eq!(cea.ids, (0x0a0b_0c0d, 0x0102_0304));
        assert_eq!(cea.number(RESULT_CODE), Some(2001));
        assert_eq!(cea.find(ORIGIN_HOST), Some(&b"hss.home.example"[..]));
        assert_eq!(cea.find(ORIGIN_REALM), Some(&b"home.example"[..]));
        assert_eq!(cea.find(HOST_IP_ADDRESS), Some(&[0, 1, 10, 0, 0, 2][..]));
        let specific = avps(
            cea.find(VENDOR_SPECIFIC_APPLICATION_ID)
                .expect("the application"),
        );
        let number = |value: u32| value.to_be_bytes().to_vec();
        assert_eq!(
            specific,
            [
                (VENDOR_ID, number(THREE_GPP)),
                (AUTH_APPLICATION_ID, number(CX))
            ]
        );
        // TS 29.229 §5.2, §5.6: 3GPP, and ETSI for Line-Identifier.
        let vendors: Vec<_> = cea
            .avps
            .iter()
            .filter(|(code, _)| *code == 265)
            .map(|(_, data)| data.clone())
            .collect();
        assert_eq!(vendors, [number(10_415), number(13_019)]);
    });
}

#[test]
fn rfc6733_5_3_no_common_application_is_5010_and_the_end() {
    run(|sim| async move {
        let (cea, ended) = first(hss_settings(), &sim, &cer("cscf.home.example", 16_777_217)).await;
        let cea = cea.expect("a CEA");
        assert_eq!((cea.flags, cea.number(RESULT_CODE)), (0, Some(5010)));
        assert_eq!(cea.ids, (0x11, 0x22));
        assert_eq!(ended, Ended::Yes);
    });
}

#[test]
fn rfc6733_5_3_an_unknown_peer_is_3010_and_the_end() {
    run(|sim| async move {
        let settings = NodeSettings {
            admission: Admission::ConfiguredPeers,
            ..hss_settings()
        };
        let (cea, ended) = first(settings, &sim, &cer("cscf.home.example", CX)).await;
        let cea = cea.expect("an answer");
        assert_eq!(
            (cea.flags, cea.command, cea.number(RESULT_CODE)),
            (ERROR, CAPABILITIES_EXCHANGE, Some(3010))
        );
        assert_eq!(ended, Ended::Yes);
    });
}

#[test]
fn a_peer_with_our_own_name_is_refused() {
    run(|sim| async move {
        let (cea, ended) = first(hss_settings(), &sim, &cer("HSS.home.example", CX)).await;
        assert_eq!(cea.expect("an answer").number(RESULT_CODE), Some(3010));
        assert_eq!(ended, Ended::Yes);
    });
}

#[test]
fn more_strangers_than_may_be_are_too_many() {
    run(|sim| async move {
        let limits = Limits {
            strangers: 0,
            ..Limits::default()
        };
        let (cea, ended) = first(
            NodeSettings {
                limits,
                ..hss_settings()
            },
            &sim,
            &cer("a.example", CX),
        )
        .await;
        assert_eq!(cea.expect("an answer").number(RESULT_CODE), Some(3004));
        assert_eq!(ended, Ended::Yes);
    });
}

#[test]
fn rfc6733_7_1_5_a_cer_without_origin_host_is_5005_with_failed_avp() {
    run(|sim| async move {
        let cer = frame(
            REQUEST,
            CAPABILITIES_EXCHANGE,
            0,
            (1, 2),
            &[avp(ORIGIN_REALM, b"home.example")],
        );
        let (cea, ended) = first(hss_settings(), &sim, &cer).await;
        let cea = cea.expect("a CEA");
        assert_eq!(cea.number(RESULT_CODE), Some(5005));
        assert_eq!(
            avps(cea.find(FAILED_AVP).expect("Failed-AVP"))[0].0,
            ORIGIN_HOST
        );
        assert_eq!(ended, Ended::Yes);
    });
}

#[test]
fn rfc6733_6_10_only_tls_is_5017() {
    run(|sim| async move {
        let mut cer = cer("cscf.home.example", CX);
        cer.extend(number(INBAND_SECURITY_ID, 1));
        cer[3] += 12;
        let (cea, ended) = first(hss_settings(), &sim, &cer).await;
        assert_eq!(cea.expect("a CEA").number(RESULT_CODE), Some(5017));
        assert_eq!(ended, Ended::Yes);
    });
}

/// Kamailio 5.6 may leave it out.
#[test]
fn a_cer_without_host_ip_address_is_taken() {
    run(|sim| async move {
        let mut avps = origin("cscf.home.example");
        avps.extend([
            number(VENDOR_ID, 10_415),
            avp(PRODUCT_NAME, b"K"),
            number(AUTH_APPLICATION_ID, CX),
        ]);
        let cer = frame(REQUEST, CAPABILITIES_EXCHANGE, 0, (1, 2), &avps);
        let (cea, ended) = first(hss_settings(), &sim, &cer).await;
        assert_eq!(cea.expect("a CEA").number(RESULT_CODE), Some(2001));
        assert_eq!(ended, Ended::No);
    });
}

#[test]
fn another_message_before_the_cer_ends_the_connection_without_a_word() {
    run(|sim| async move {
        let dwr = frame(
            REQUEST,
            DEVICE_WATCHDOG,
            0,
            (1, 2),
            &origin("cscf.home.example"),
        );
        assert_eq!(first(hss_settings(), &sim, &dwr).await, (None, Ended::Yes));
    });
}

#[test]
fn a_connection_without_cer_ends_when_its_time_is_over() {
    run(|sim| async move {
        let setup = hss_settings().timers.setup;
        let _node = sim.start(HSS, |io| async move {
            let _node = node(io, hss_settings()).await;
            std::future::pending::<()>().await;
        });
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::connect(&io, at(HSS)).await;
            let began = tokio::time::Instant::now();
            assert_eq!(wire.receive().await, None);
            began.elapsed()
        });
        let took = peer.await.expect("the played peer");
        assert!(
            took >= setup - SECOND / 100 && took < setup + SECOND / 100,
            "{took:?}"
        );
    });
}

#[test]
fn connections_without_cer_are_bounded() {
    run(|sim| async move {
        let _node = sim.start(HSS, |io| async move {
            let limits = Limits {
                unidentified: 1,
                ..Limits::default()
            };
            let _node = node(
                io,
                NodeSettings {
                    limits,
                    ..hss_settings()
                },
            )
            .await;
            std::future::pending::<()>().await;
        });
        let peer = sim.start(CSCF, |io| async move {
            let mut first = Wire::connect(&io, at(HSS)).await;
            let mut second = Wire::connect(&io, at(HSS)).await;
            assert_eq!(second.receive().await, None, "one more than may be");
            first.send(&cer("cscf.home.example", CX)).await;
            assert_eq!(
                first.receive().await.expect("a CEA").number(RESULT_CODE),
                Some(2001)
            );
            // The first is known now: there is room again.
            Wire::open(&io, at(HSS), "other.home.example").await;
        });
        peer.await.expect("the played peer");
    });
}

#[test]
fn rfc6733_5_3_a_cea_of_another_name_or_result_opens_nothing() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut other = accepted(&listener, "impostor.home.example").await;
            assert_eq!(other.receive().await, None);
            let mut refusing = Wire::of(
                driver::io::Listener::accept(&listener)
                    .await
                    .expect("a connection"),
            );
            let cer = refusing.receive().await.expect("a CER");
            let avps = [vec![number(RESULT_CODE, 5010)], origin("hss.home.example")].concat();
            refusing
                .send(&frame(0, CAPABILITIES_EXCHANGE, 0, cer.ids, &avps))
                .await;
            assert_eq!(refusing.receive().await, None);
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            pass(30 * SECOND).await;
            assert!(ask(&node, "alice").await.is_err());
            assert_eq!(node.metrics().refused_capabilities.get(), 2);
        });
        hss.await.expect("the played HSS");
        client.await.expect("the client");
    });
}
