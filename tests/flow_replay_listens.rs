//! `flow replay --listen`: who is connected to is played, our own elements and Kamailio's connect to it.

mod kamailio;
mod network;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use kamailio::{Algorithm, Kamailio};
use network::{Hand, Network, authorization, register_request};
use sip_message::Message;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A replay of who is connected to, that live elements can reach.
struct Playing {
    flow: Child,
    said: BufReader<ChildStderr>,
}

impl Playing {
    /// Returns when it listens.
    fn start(capture: &str, node: &str, listen: &str, more: &[&str]) -> Playing {
        let mut flow = Command::new(env!("CARGO_BIN_EXE_flow"))
            .current_dir(ROOT)
            .args(["replay", capture, "--play", node, "--listen", listen])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flow runs");
        let mut said = BufReader::new(flow.stderr.take().expect("piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        assert!(line.contains("waits for live elements at"), "{line}");
        Playing { flow, said }
    }

    /// Its status, and what it printed.
    fn end(self) -> (Option<i32>, Vec<String>) {
        let output = self.flow.wait_with_output().expect("flow ends");
        let more: Vec<String> = self.said.lines().map_while(Result::ok).collect();
        assert_eq!(more, [""; 0]);
        let text = String::from_utf8(output.stdout).expect("text");
        (
            output.status.code(),
            text.lines().map(str::to_owned).collect(),
        )
    }
}

/// REGISTER number `cseq`, of a phone that knows Path, as Kamailio wants it.
fn request(hand: &Hand, cseq: u32, authorization: &str) -> String {
    let more = format!("Supported: path\r\n{authorization}");
    register_request(hand, "user0", cseq, &more)
}

/// A registration of user0 by SIP Digest, begun again until the core has its Diameter connections; gives the last status
/// line.
fn register(hand: &Hand, cseq: u32) -> String {
    let mut tried = cseq..;
    let mut challenge = String::new();
    let is_challenged = network::within(Duration::from_secs(60), || {
        let cseq = tried.next().expect("without end");
        hand.send(request(hand, cseq, "").as_bytes());
        while let Some(answer) = hand.receive(Duration::from_secs(3)) {
            if answer.starts_with("SIP/2.0 401 ") {
                challenge = answer;
                return true;
            }
        }
        false
    });
    assert!(is_challenged, "no challenge");
    let challenge = Message::parse(challenge.into_bytes().into()).expect("a response");
    let proof = authorization(&challenge, "user0", "secret0");
    let cseq = tried.next().expect("without end");
    let answer = hand.ask(&request(hand, cseq, &proof));
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Of each difference the message and the field.
fn fields(lines: &[String]) -> Vec<&str> {
    let differences = lines.iter().filter(|line| line.contains(": captured "));
    let mut fields: Vec<&str> = differences
        .filter_map(|line| line.split_once(' ')?.1.split_once(": captured "))
        .map(|(field, _)| field)
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// Our P-, I- and S-CSCF between the phone and the HSS of the lab's capture, which are both played: what alice was given
/// is what she is given now, and all who were asked then are asked the same.
#[test]
fn the_hss_and_the_phone_of_the_lab() {
    let capture = "pcaps/lab-registration.pcapng";
    let mut network = Network::new();
    let hss = network.address("hss").to_string();
    // The P-CSCF of the lab is at home.
    let more = ["--ignore", "Visited-Network-Identifier"];
    let playing = Playing::start(capture, "hss", &hss, &more);
    for element in ["scscf", "icscf", "pcscf"] {
        network.start(element);
    }
    let credentials = network.path("credentials.toml");
    std::fs::write(
        &credentials,
        "[[user]]\nname = \"alice@home.example\"\npassword = \"down-the-rabbit-hole\"\n",
    )
    .expect("credentials");
    let phone = Command::new(env!("CARGO_BIN_EXE_flow"))
        .current_dir(ROOT)
        .args(["replay", capture, "--play", "ue", "--against"])
        .arg(network.address("pcscf").to_string())
        .args(["--from", &network.phones().to_string(), "--credentials"])
        .arg(credentials)
        .output()
        .expect("flow runs");
    let text = String::from_utf8(phone.stdout).expect("text");
    let (status, lines) = playing.end();
    assert_eq!(
        text,
        "3 messages sent, 3 compared: 0 differences, 0 did not come\n"
    );
    assert_eq!(
        lines,
        ["8 messages sent, 8 compared: 0 differences, 0 did not come"]
    );
    assert_eq!(status, Some(0));
}

/// It ends the registration by an RTR after the first SAA, and the user registers anew. Our elements ask in other words
/// than Kamailio's did.
#[test]
fn the_hss_that_kamailio_spoke_with_and_our_elements() {
    let mut network = Network::new();
    let hss = network.address("hss").to_string();
    let playing = Playing::start("pcaps/kamailio-cx.pcapng", "hss.home.example", &hss, &[]);
    for element in ["scscf", "icscf", "pcscf"] {
        network.start(element);
    }
    let hand = Hand::new(network.ip(20), network.address("pcscf"));
    assert_eq!(register(&hand, 1), "SIP/2.0 200 OK");
    // Kamailio had kept the profile, and was given none the second time.
    assert_eq!(
        register(&hand, 100),
        "SIP/2.0 500 User profile cannot be read"
    );
    let (status, lines) = playing.end();
    assert_eq!(status, Some(1));
    let expected = [
        // Who they are.
        "CER Origin-State-Id",
        "CER Product-Name",
        "CER Supported-Vendor-Id",
        "CER Vendor-Id",
        // Kamailio is told which scheme to ask for.
        "MAR SIP-Auth-Data-Item / SIP-Authentication-Scheme",
        // By address there, by name here.
        "MAR Server-Name",
        "RTA 2001 Destination-Realm",
        "RTA 2001 Supported-Features / Feature-List",
        "RTA 2001 Supported-Features / Feature-List-ID",
        "RTA 2001 Supported-Features / Vendor-Id",
        // CableLabs' own.
        "SAR AVP 494 of vendor 50",
        "SAR Destination-Host",
        // Kamailio remembers who left.
        "SAR Server-Assignment-Type",
        "SAR Server-Name",
        "SAR User-Data-Already-Available",
        // Kamailio repeats the quotes of the header.
        "UAR Visited-Network-Identifier",
    ];
    assert_eq!(fields(&lines), expected, "{lines:#?}");
}

/// The same with who was captured: Kamailio's I-CSCF and S-CSCF.
#[test]
fn the_hss_that_kamailio_spoke_with_and_kamailio() {
    let mut network = Network::new();
    let hss = network.address("hss").to_string();
    // Kamailio says its address in the CER of some runs, and not in that of others.
    let ignored = ["--ignore", "Host-IP-Address"];
    let playing = Playing::start(
        "pcaps/kamailio-cx.pcapng",
        "hss.home.example",
        &hss,
        &ignored,
    );
    network.start("pcscf");
    let _theirs =
        ["scscf", "icscf"].map(|it| Kamailio::start_alone(&network, it, Algorithm::SipDigest));
    let hand = Hand::new(network.ip(20), network.address("pcscf"));
    assert_eq!(register(&hand, 1), "SIP/2.0 200 OK");
    assert_eq!(register(&hand, 100), "SIP/2.0 200 OK");
    let (status, lines) = playing.end();
    assert_eq!(status, Some(1));
    let expected = [
        // By its address.
        "MAR Server-Name",
        // CableLabs' own, new each time.
        "SAR AVP 494 of vendor 50",
        "SAR Server-Name",
    ];
    assert_eq!(fields(&lines), expected, "{lines:#?}");
}
