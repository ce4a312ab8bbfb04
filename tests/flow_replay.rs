//! `flow replay`: every capture of the repository against our own elements, which say what they said, field by field. What
//! those of another make said otherwise is listed, with the reason; a capture that is changed in one field is told as that.

mod network;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use capture::{Direction, Packet, Recorder, Transport};
use diameter_codec::{Avp, HEADER_LEN, base};
use network::Network;
use sip_message::Name;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A replay to be: of `capture`, of the side of `node`.
struct Replay<'a> {
    capture: &'a Path,
    node: &'a str,
    against: String,
    from: String,
    more: &'a [&'a str],
}

impl Replay<'_> {
    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_flow"))
            .current_dir(ROOT)
            .arg("replay")
            .arg(self.capture)
            .args(["--play", self.node, "--against", &self.against])
            .args(["--from", &self.from, "--wait", "10"])
            .args(self.more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flow runs")
    }

    fn run(&self) -> Told {
        Told::from(self.start().wait_with_output().expect("flow ends"))
    }
}

/// What a replay said.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: Option<i32>,
    differences: Vec<String>,
    summary: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Told {
        let text = String::from_utf8(output.stdout).expect("text");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors, "");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let summary = lines.pop().expect("a summary");
        Told {
            status: output.status.code(),
            differences: lines,
            summary,
        }
    }
}

fn same(sent: u32, compared: u32) -> Told {
    Told {
        status: Some(0),
        differences: vec![],
        summary: format!(
            "{sent} messages sent, {compared} compared: 0 differences, 0 did not come"
        ),
    }
}

fn otherwise(differences: Vec<String>, sent: u32, compared: u32) -> Told {
    let summary = format!(
        "{sent} messages sent, {compared} compared: {} differences, 0 did not come",
        differences.len()
    );
    Told {
        status: Some(1),
        differences,
        summary,
    }
}

fn pcap(name: &str) -> PathBuf {
    Path::new("pcaps").join(name)
}

/// A core with the users of the lab, alice and bob.
fn lab() -> Network {
    let mut network = Network::new();
    let subscribers = Path::new(ROOT).join("examples/lab.example/subscribers.json");
    std::fs::copy(subscribers, network.path("subscribers.json")).expect("subscribers");
    for element in ["hss", "scscf", "icscf", "pcscf"] {
        network.start(element);
    }
    network
}

/// Passwords of `user0` and so on, and of the lab's users.
fn credentials(network: &Network) -> String {
    let user = |name: &str, password: &str| {
        format!("[[user]]\nname = \"{name}@home.example\"\npassword = \"{password}\"\n")
    };
    let numbered = (0..3).map(|n| user(&format!("user{n}"), &format!("secret{n}")));
    let lab = [
        user("alice", "down-the-rabbit-hole"),
        user("bob", "can-we-fix-it"),
    ];
    let path = network.path("credentials.toml");
    let text: String = numbered.chain(lab).collect();
    std::fs::write(&path, text).expect("credentials");
    path.to_string_lossy().into_owned()
}

#[test]
fn the_phones_of_sipp_over_udp() {
    let network = Network::with_users(3);
    let told = Replay {
        capture: &pcap("sipp-register.pcapng"),
        node: "127.78.0.20",
        against: network.address("pcscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &credentials(&network)],
    }
    .run();
    assert_eq!(told, same(6, 6));
}

#[test]
fn the_phones_of_sipp_over_tcp() {
    let network = lab();
    let told = Replay {
        capture: &pcap("sipp-tcp.pcapng"),
        node: "127.77.0.2",
        against: network.address("pcscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &credentials(&network), "--new-call-ids"],
    }
    .run();
    assert_eq!(told, same(8, 8));
}

#[test]
fn the_phone_of_the_lab() {
    let network = lab();
    let told = Replay {
        capture: &pcap("lab-registration.pcapng"),
        node: "ue",
        against: network.address("pcscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &credentials(&network)],
    }
    .run();
    assert_eq!(told, same(3, 3));
}

#[test]
fn the_pcscf_of_the_lab() {
    let network = lab();
    let told = Replay {
        capture: &pcap("lab-registration.pcapng"),
        node: "127.0.0.3",
        against: network.address("icscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &credentials(&network), "--peer", "icscf"],
    }
    .run();
    assert_eq!(told, same(3, 3));
}

/// Its CER, the UAR that it relayed, its watchdogs and its DPR.
#[test]
fn freediameter_as_a_relay() {
    let mut network = Network::new();
    network.write_subscribers(1);
    network.start("hss");
    let told = Replay {
        capture: &pcap("freediameter-relay.pcapng"),
        node: "relay.transit.example",
        against: network.address("hss").to_string(),
        from: network.phones().to_string(),
        more: &[],
    }
    .run();
    assert_eq!(told, same(5, 5));
}

const TOKEN: &str = "only-the-operator-knows";

/// Both of its connections; in between the operator has the HSS end the registration, as when it was captured.
#[test]
fn kamailio_at_the_hss() {
    let mut network = Network::new();
    network.write_subscribers(1);
    std::fs::write(network.path("token"), TOKEN).expect("a token");
    let token = format!("[admin]\ntoken_file = {:?}\n", network.path("token"));
    let config = network.config("hss").replace("[admin]\n", &token);
    let file = network.path("hss.toml");
    std::fs::write(&file, config).expect("a configuration file");
    network.processes.push(network::spawn("hss", &file));
    let replay = Replay {
        capture: &pcap("kamailio-cx.pcapng"),
        node: "127.0.0.1",
        against: network.address("hss").to_string(),
        from: network.phones().to_string(),
        more: &[],
    };
    let running = replay.start();
    let registered = || network.admin("hss", "/state").contains("\"registered\"");
    assert!(network::within(Duration::from_secs(10), registered));
    let body = r#"{ "private_identity": "user0@home.example", "public_identities": ["sip:user0@home.example"],
                    "reason": "PERMANENT_TERMINATION" }"#;
    let admin = network.process("hss").admin;
    let answer = network::post(admin, "/deregister", body, TOKEN);
    assert!(answer.contains("\"result\":\"done\""), "{answer}");
    let told = Told::from(running.wait_with_output().expect("flow ends"));
    assert_eq!(told, same(12, 12));
}

/// The phone's side of what passed between a phone and Kamailio, against our own core: the phone is served, and what
/// our S-CSCF says otherwise than Kamailio's is this, in each answer.
#[test]
fn the_phones_that_kamailio_registered() {
    let mut network = Network::new();
    network.write_subscribers(3);
    let key = "000102030405060708090a0b0c0d0e0f";
    let path = network.path("subscribers.json");
    let text = std::fs::read_to_string(&path).expect("subscribers");
    let mut credentials = String::new();
    let mut with_keys = text;
    for user in 0..3 {
        let password = format!("\"password\":\"secret{user}\"");
        let keys = format!("\"aka\":{{\"k\":\"{key}\",\"opc\":\"{key}\",\"amf\":\"8000\"}}");
        assert!(with_keys.contains(&password), "{with_keys}");
        with_keys = with_keys.replace(&password, &keys);
        credentials.push_str(&format!(
            "[[user]]\nname = \"user{user}@home.example\"\nk = \"{key}\"\nopc = \"{key}\"\n"
        ));
    }
    std::fs::write(&path, with_keys).expect("subscribers");
    let file = network.path("credentials.toml");
    std::fs::write(&file, credentials).expect("credentials");
    for element in ["hss", "scscf", "icscf", "pcscf"] {
        network.start(element);
    }
    let told = Replay {
        capture: &pcap("kamailio-registration.pcapng"),
        node: "127.76.1.20",
        against: network.address("pcscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &file.to_string_lossy()],
    }
    .run();
    assert_eq!(told.status, Some(1), "{told:?}");
    let mut kinds: Vec<String> = told
        .differences
        .iter()
        .filter_map(|line| {
            let (_, rest) = line.split_once(' ')?;
            rest.split_once(": ").map(|(what, _)| what.to_owned())
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    let expected = [
        // RFC 3261 §10.3: the bindings; Kamailio leaves them out here.
        "200 Contact",
        // Kamailio names itself.
        "200 Server",
        // Kamailio's has its address, ours its name.
        "200 Service-Route",
        // Kamailio has a phrase of its own, and repeats Path there too.
        "401 Path",
        "401 Server",
        "401 start line",
    ];
    assert_eq!(kinds, expected, "{told:?}");
}

#[test]
fn one_header_that_is_changed_in_the_capture_is_told_as_that() {
    let network = Network::with_users(3);
    let changed = network.path("changed.pcapng");
    rewrite(&pcap("sipp-register.pcapng"), &changed, |packet| {
        if packet.numbers.first != 16 {
            return packet.payload.clone();
        }
        let mut message = sip_message::Message::parse(packet.payload.clone()).expect("SIP");
        message.set(Name::P_ASSOCIATED_URI, "<sip:another@home.example>");
        message.to_bytes()
    });
    let told = Replay {
        capture: &changed,
        node: "127.78.0.20",
        against: network.address("pcscf").to_string(),
        from: network.phones().to_string(),
        more: &["--credentials", &credentials(&network)],
    }
    .run();
    assert_eq!(
        told,
        otherwise(
            vec![
                "16 200 P-Associated-URI: captured \"<sip:another@home.example>\", live \
                 \"<sip:user1@home.example>\""
                    .to_owned()
            ],
            6,
            6
        )
    );
}

#[test]
fn one_avp_that_is_changed_in_the_capture_is_told_as_that() {
    let mut network = Network::new();
    network.write_subscribers(1);
    network.start("hss");
    let changed = network.path("changed.pcapng");
    rewrite(&pcap("freediameter-relay.pcapng"), &changed, |packet| {
        if packet.numbers.first != 5 {
            return packet.payload.clone();
        }
        with_product_name(&packet.payload, b"Another")
    });
    let told = Replay {
        capture: &changed,
        node: "relay.transit.example",
        against: network.address("hss").to_string(),
        from: network.phones().to_string(),
        more: &[],
    }
    .run();
    assert_eq!(
        told.differences,
        ["5 CEA 2001 Product-Name: captured \"Another\", live \"Wayfarer\""]
    );
    assert_eq!(told.status, Some(1));
}

#[test]
fn who_does_not_answer_is_status_two_and_who_is_not_there_sixty_nine() {
    let network = Network::new();
    let nobody = |capture: &str, node: &str| {
        let replay = Replay {
            capture: &pcap(capture),
            node,
            against: network.address("pcscf").to_string(),
            from: network.phones().to_string(),
            more: &[],
        };
        let mut flow = Command::new(env!("CARGO_BIN_EXE_flow"));
        flow.current_dir(ROOT)
            .args(["replay", &replay.capture.to_string_lossy()])
            .args(["--play", node, "--against", &replay.against])
            .args(["--from", &replay.from, "--wait", "1"])
            .output()
            .expect("flow runs")
    };
    let output = nobody("lab-registration.pcapng", "ue");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("20 401: did not come\n"), "{text}");
    let output = nobody("kamailio-cx.pcapng", "127.0.0.1");
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    let output = nobody("kamailio-cx.pcapng", "nobody");
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("scscf.home.example"), "{text}");
}

/// A capture whose end came within a packet: what is before is played.
#[test]
fn a_capture_that_is_cut_off_is_played_as_far_as_it_goes() {
    let network = Network::new();
    let directory = tempfile::tempdir().expect("a directory");
    let cut = directory.path().join("cut.pcapng");
    let whole = std::fs::read(pcap("lab-registration.pcapng")).expect("readable");
    std::fs::write(&cut, &whole[..whole.len() - 10]).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_flow"))
        .current_dir(ROOT)
        .args(["replay", &cut.to_string_lossy(), "--play", "ue"])
        .args(["--against", &network.address("pcscf").to_string()])
        .args(["--from", &network.phones().to_string(), "--wait", "1"])
        .output()
        .expect("flow runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("the capture ends within a block; what is before is played"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("20 401: did not come\n"), "{text}");
}

/// What the README says that `flow replay` prints, it prints: at the lab's addresses there, here at others.
#[test]
fn the_readme_shows_what_is_printed() {
    let network = lab();
    let readme = include_str!("../README.md");
    let block = |begin: &str| {
        let example = readme.split(begin).nth(1).expect("an example");
        example.split("```").next().expect("an end")
    };
    let credentials = network.path("alice.toml");
    let file = block("`alice.toml` with\n\n```toml\n");
    std::fs::write(&credentials, file).expect("credentials");
    let example = block("$ cargo run --release --bin flow -- replay ");
    let (args, expected) = example.split_once('\n').expect("a line");
    let args: Vec<String> = args
        .split(' ')
        .map(|arg| match arg {
            "127.0.0.3:5060" => network.address("pcscf").to_string(),
            "alice.toml" => credentials.to_string_lossy().into_owned(),
            arg => arg.to_owned(),
        })
        .collect();
    let output = Command::new(env!("CARGO_BIN_EXE_flow"))
        .current_dir(ROOT)
        .arg("replay")
        .args(args)
        .args(["--from", &network.phones().to_string()])
        .output()
        .expect("flow runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

/// What is wrong is told with what to do, and each has its status.
#[test]
fn what_cannot_be_played_is_refused_with_a_way_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let empty = dir.path().join("empty.pcapng");
    Recorder::new(File::create(&empty).expect("a file"), "nobody").expect("a capture");
    let empty = empty.to_string_lossy().into_owned();
    let lab = "pcaps/lab-registration.pcapng";
    let cases: [(&[&str], i32, &[&str]); 8] = [
        (
            &[lab, "--play", "nobody", "--against", "127.0.0.1:1"],
            64,
            &["one of: hss, "],
        ),
        (&[lab, "--play", "ue"], 64, &["--against", "--listen"]),
        (
            &[lab, "--play", "ue", "--against", "pcscf"],
            64,
            &["--against"],
        ),
        (
            &[lab, "--play", "hss", "--against", "127.0.0.1:1"],
            65,
            &["give --listen ADDR"],
        ),
        (
            &[lab, "--play", "ue", "--listen", "127.0.0.1:0"],
            65,
            &["give --against ADDR"],
        ),
        (
            &[&empty, "--play", "127.0.0.1", "--against", "127.0.0.1:1"],
            65,
            &["no message of SIP", "way out: "],
        ),
        (
            &[lab, "--play", "scscf", "--against", "127.0.0.1:1"],
            69,
            &["way out: start the live element"],
        ),
        (
            &[lab, "--play", "hss", "--listen", "192.0.2.1:1"],
            69,
            &["way out: give an address of this host"],
        ),
    ];
    for (args, status, words) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_flow"))
            .current_dir(ROOT)
            .arg("replay")
            .args(args)
            .output()
            .expect("flow runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{word} in {errors}");
        }
    }
}

/// A wrong password, and none.
#[test]
fn who_is_not_believed_is_told_what_to_do() {
    let network = lab();
    let wrong = network.path("wrong.toml");
    std::fs::write(
        &wrong,
        "[[user]]\nname = \"alice@home.example\"\npassword = \"no\"\n",
    )
    .expect("credentials");
    let wrong = wrong.to_string_lossy().into_owned();
    let run = |more: &[&str]| {
        let replay = Replay {
            capture: &pcap("lab-registration.pcapng"),
            node: "ue",
            against: network.address("pcscf").to_string(),
            from: network.phones().to_string(),
            more,
        };
        replay.run().differences.join("\n")
    };
    let told = run(&[]);
    assert!(
        told.contains("alice@home.example was challenged, and nothing proves it\n  way out: "),
        "{told}"
    );
    assert!(!told.contains("not believed"), "{told}");
    let told = run(&["--credentials", &wrong]);
    assert!(
        told.contains("answers to challenges were not believed\n  way out: "),
        "{told}"
    );
}

/// Writes a capture anew, with what `payload` makes of each packet; numbers stay what they were up to the first FIN.
fn rewrite(from: &Path, to: &Path, payload: impl Fn(&Packet) -> Bytes) {
    let mut capture = capture::Reader::new(File::open(Path::new(ROOT).join(from)).expect("there"));
    let mut recorder = Recorder::new(File::create(to).expect("a file"), "test").expect("a file");
    while let Some(packet) = capture.next_packet().expect("a capture") {
        if packet.transport == Transport::Tcp && packet.payload.is_empty() {
            continue;
        }
        let message = capture::Message {
            time: packet.time,
            direction: packet.direction.unwrap_or(Direction::Sent),
            transport: packet.transport,
            from: packet.from,
            to: packet.to,
            payload: &payload(&packet),
            comment: None,
        };
        recorder.record(&message).expect("a file");
    }
}

fn with_product_name(octets: &Bytes, name: &[u8]) -> Bytes {
    let message = diameter_codec::Message::parse(octets.clone()).expect("Diameter");
    let mut out = BytesMut::from(&octets[..HEADER_LEN]);
    for avp in message.avps() {
        let is_it = avp.code == base::avp::PRODUCT_NAME;
        let data = if is_it { name } else { avp.data };
        Avp { data, ..avp }.append_to(&mut out);
    }
    let length = u32::try_from(out.len()).expect("short");
    out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    out.freeze()
}
