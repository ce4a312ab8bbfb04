//! What an HSS tells in confidence is in no text that is made of a message: neither `Display` nor `Debug`.

mod frames;

use bytes::BytesMut;
use diameter_codec::cx::{MultimediaAuthAnswer, SipAuthDataItem};
use diameter_codec::{Avp, Avps, Command, Message, error_answer};

use frames::{M, TGPP, V, avp, frame, ietf, message, tgpp, tgpp_clear};

/// Confidentiality-Key, Integrity-Key, SIP-Authorization, Digest-HA1 and Alternate-Digest-HA1: one half is text, the
/// other is not.
const KEYS: [(u32, &[u8]); 5] = [
    (625, b"Q7xW-zkV_jY9pLm2"),
    (
        626,
        b"\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1\xe2",
    ),
    (610, b"\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba"),
    (121, b"939e7578ed9e3c518a452acee763bce9"),
    (663, b"5f4dcc3b5aa765d61d8327deb882cf99"),
];

/// No four octets of a key, as text, in hexadecimal or as a list of numbers.
fn shows_no_key(what: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for (_, key) in KEYS {
        for part in key.windows(4) {
            let numbers: Vec<_> = part.iter().map(u8::to_string).collect();
            let hex: String = part.iter().map(|octet| format!("{octet:02x}")).collect();
            let mut found = lower.contains(&hex) || lower.contains(&numbers.join(", "));
            if let Ok(part) = std::str::from_utf8(part) {
                found |= text.contains(part);
            }
            assert!(!found, "{what}: {text}");
        }
    }
}

fn key(code: u32) -> Vec<u8> {
    let (_, key) = KEYS
        .iter()
        .find(|(known, _)| *known == code)
        .expect("a key");
    match code {
        121 => ietf(121, key),
        663 => tgpp_clear(663, key),
        _ => tgpp(code, key),
    }
}

/// An MAA with one SIP-Auth-Data-Item of these AVPs.
fn maa(inside: &[Vec<u8>]) -> Message {
    let avps = [
        ietf(263, b"scscf1.home.example;1;2"),
        ietf(
            260,
            &[ietf(266, &TGPP.to_be_bytes()), ietf(258, &[1, 0, 0, 0])].concat(),
        ),
        ietf(268, &2001_u32.to_be_bytes()),
        ietf(277, &[0, 0, 0, 1]),
        ietf(264, b"hss.home.example"),
        ietf(296, b"home.example"),
        tgpp(612, &inside.concat()),
    ];
    message(frame(0x40, 303, 16_777_216, &avps))
}

/// SIP-Digest-Authenticate.
fn digest() -> Vec<u8> {
    let inside = [
        ietf(104, b"home.example"),
        ietf(110, b"auth"),
        key(121),
        tgpp_clear(662, b"SHA-256"),
        key(663),
    ];
    tgpp_clear(635, &inside.concat())
}

#[test]
fn a_right_maa_shows_none() {
    let message = maa(&[
        tgpp(608, b"Digest-AKAv1-MD5"),
        key(610),
        key(625),
        key(626),
        digest(),
    ]);
    let maa = MultimediaAuthAnswer::decode(&message).expect("a right MAA");
    let item = maa.sip_auth_data_item.first().expect("an item");
    assert_eq!(item.confidentiality_key, Some(KEYS[0].1));
    assert_eq!(item.integrity_key, Some(KEYS[1].1));
    let avp = message
        .find(diameter_codec::cx::avp::SIP_AUTH_DATA_ITEM)
        .expect("the item");
    for (what, text) in [
        ("Display", message.to_string()),
        ("Message", format!("{message:?} {message:#?}")),
        ("Command", format!("{:?}", Command::decode(&message))),
        ("MultimediaAuthAnswer", format!("{maa:?} {maa:#?}")),
        ("Many", format!("{:?}", maa.sip_auth_data_item)),
        ("SipAuthDataItem", format!("{item:?} {item:#?}")),
        ("Avp", format!("{avp} {avp:?}")),
        ("Avps", format!("{:?} {:#?}", message.avps(), avp.group())),
    ] {
        shows_no_key(what, &text);
        assert!(text.contains("secret"), "{text}");
        assert!(text.contains("Digest-AKAv1-MD5"), "{text}");
    }
    let given = SipAuthDataItem {
        integrity_key: Some(KEYS[1].1),
        ..Default::default()
    };
    shows_no_key("a group that is to be sent", &format!("{given:?}"));
}

#[test]
fn an_error_about_one_shows_none() {
    let mut cut = key(625);
    cut[7] += 4;
    for (what, inside) in [
        ("twice", vec![key(625), key(626), key(626)]),
        (
            "unknown with M",
            vec![key(625), avp(9, M | V, 99_999, b"?")],
        ),
        ("a length that leads out of the group", vec![cut]),
        (
            "a digest without its realm",
            vec![tgpp_clear(635, &key(121))],
        ),
        ("M clear", vec![tgpp_clear(626, KEYS[1].1)]),
        ("no text", vec![tgpp(608, b"\xff"), key(625)]),
    ] {
        let message = maa(&inside);
        let error = MultimediaAuthAnswer::decode(&message)
            .map(|_| ())
            .expect_err(what);
        shows_no_key(what, &format!("{error} {error:?} {error:#?}"));
        shows_no_key(what, &format!("{message} {message:?}"));
        let mut answer = BytesMut::new();
        error_answer(&message, "a.example", "example", &error, &mut answer);
        shows_no_key(what, &format!("{:?}", frames::message(answer)));
    }
}

/// Also where a group is printed by its length only.
#[test]
fn nor_does_a_group_that_is_not_looked_into() {
    let mut failed = tgpp(612, &key(625));
    for _ in 0..12 {
        failed = ietf(279, &failed);
        let text = format!("{:?}", Avps::new(&failed));
        shows_no_key("deep down", &text);
    }
    let item = tgpp(612, b"Q7xW-zkV_jY9pLm2");
    let item = Avps::new(&item).next().expect("a group without AVPs");
    shows_no_key("no AVP", &format!("{item} {item:?}"));
    assert_eq!(
        item.to_string(),
        "SIP-Auth-Data-Item:\n  (16 octets that are no AVP)"
    );
    assert_eq!(format!("{:?}", Avp::default()), "[00] AVP 0: ");
}
