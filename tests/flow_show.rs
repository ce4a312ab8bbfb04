//! `flow show` of every capture that the repository keeps, beside tshark; of hostile and broken ones; and what the
//! README shows of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use capture::{Direction, Message, Recorder, Transport};
use flow::escape::columns;
use quick_xml::events::Event as Xml;
use serde_json::Value;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// No arguments.
const NONE: &[&str] = &[];

/// `flow show` with a locale that has all of Unicode.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
    command
        .arg("show")
        .args(args)
        .current_dir(ROOT)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR");
    command
}

fn show(args: &[&str]) -> Output {
    command(args).output().expect("flow runs")
}

/// Standard output of what must end well.
fn text(args: &[&str]) -> String {
    let output = show(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Standard error of what ends with a status.
#[track_caller]
fn refused(args: &[&str], status: i32) -> String {
    let output = show(args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
    errors
}

/// Every line of `--json` with more arguments.
fn json(args: &[&str]) -> Vec<Value> {
    let args = [args, &["--json"]].concat();
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("JSON: {line}"));
    text(&args).lines().map(line).collect()
}

/// Those of them that are messages.
fn messages(args: &[&str]) -> Vec<Value> {
    let mut lines = json(args);
    lines.retain(|line| line["type"] == "message");
    lines
}

fn labels(messages: &[Value]) -> Vec<&str> {
    let labels = messages.iter().map(|message| message["label"].as_str());
    labels.map(|label| label.expect("a label")).collect()
}

fn captures() -> Vec<String> {
    let folder = Path::new(ROOT).join("pcaps");
    let entries = fs::read_dir(folder).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut found: Vec<String> = names
        .map(|name| format!("pcaps/{}", name.to_string_lossy()))
        .filter(|name| name.ends_with(".pcapng"))
        .collect();
    found.sort();
    assert!(found.len() >= 6, "{found:?}");
    found
}

/// By packet, what messages end in it: methods, statuses, commands; sorted.
type Kinds = BTreeMap<u64, Vec<String>>;

fn kinds_of_tshark(capture: &str) -> Kinds {
    let fields = [
        "frame.number",
        "sip.Method",
        "sip.Status-Code",
        "diameter.cmd.code",
        "diameter.flags.request",
    ];
    let output = Command::new("tshark")
        .args(["-r", capture, "-Y", "sip || diameter", "-T", "fields"])
        .args(fields.iter().flat_map(|field| ["-e", field]))
        .current_dir(ROOT)
        .output()
        .expect("tshark");
    assert!(output.status.success());
    let mut kinds = Kinds::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let cells: Vec<Vec<&str>> = line
            .split('\t')
            .map(|cell| cell.split(',').filter(|value| !value.is_empty()).collect())
            .collect();
        let frame = cells[0][0].parse().expect("a number");
        let commands = cells[3].iter().zip(&cells[4]);
        let commands = commands.map(|(code, request)| match *request {
            "1" | "True" => format!("{code} request"),
            _ => format!("{code} answer"),
        });
        let sip = cells[1].iter().chain(&cells[2]).map(|it| (*it).to_owned());
        let mut found: Vec<String> = sip.chain(commands).collect();
        found.sort();
        kinds.insert(frame, found);
    }
    kinds
}

fn kinds_of_flow(capture: &str) -> Kinds {
    let mut kinds = Kinds::new();
    for message in messages(&[capture, "--all"]) {
        let last = message["packets"][1].as_u64().expect("a number");
        let kind = match message["protocol"].as_str() {
            Some("sip") => message["label"].as_str().expect("a label").to_owned(),
            Some("diameter") => {
                let flags = message["message"]["flags"].as_u64().expect("a number");
                let kind = ["answer", "request"][usize::from(flags & 0x80 != 0)];
                format!("{} {kind}", message["message"]["code"])
            }
            other => panic!("{other:?} in {capture}: {message}"),
        };
        let found = kinds.entry(last).or_default();
        found.push(kind);
        found.sort();
    }
    kinds
}

#[test]
fn every_capture_has_the_messages_that_tshark_finds() {
    for capture in captures() {
        let kinds = kinds_of_flow(&capture);
        assert!(kinds.len() >= 10, "{capture}");
        assert_eq!(kinds, kinds_of_tshark(&capture), "{capture}");
    }
}

/// A line for each message, but for headings.
fn drawn(ladder: &str) -> usize {
    let is_heading = |line: &&str| !line.trim_start().starts_with("ms ");
    ladder.lines().filter(is_heading).count()
}

#[test]
fn every_capture_is_drawn_in_eighty_columns_without_escapes() {
    for capture in captures() {
        let count = messages(&[&capture, "--all"]).len();
        for more in [
            &["--all"][..],
            &["--all", "--ascii"],
            &["--all", "--fold"],
            NONE,
        ] {
            let ladder = text(&[&[capture.as_str()], more].concat());
            assert!(ladder.lines().all(|line| columns(line) <= 80), "{ladder}");
            assert!(!ladder.contains('\x1b'), "{ladder}");
            assert_eq!(ladder.is_ascii(), more.contains(&"--ascii"), "{ladder}");
            match more {
                ["--all"] | ["--all", "--ascii"] => assert_eq!(drawn(&ladder), count, "{ladder}"),
                ["--all", "--fold"] => assert!(drawn(&ladder) < count, "{ladder}"),
                _ => assert!(drawn(&ladder) <= count, "{ladder}"),
            }
        }
        for width in ["20", "41", "60", "79", "81", "132", "300"] {
            let ladder = text(&[&capture, "--width", width]);
            let width = width.parse().expect("a number");
            assert!(
                ladder.lines().all(|line| columns(line) <= width),
                "{ladder}"
            );
        }
    }
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let capture = "pcaps/lab-registration.pcapng";
    let no_color = command(&[capture]).env("NO_COLOR", "1").output();
    assert!(!no_color.expect("flow runs").stdout.contains(&0x1b));
    let coloured = text(&[capture, "--color", "always"]);
    assert!(coloured.contains("\x1b[36m"), "{coloured}");
    assert!(!text(&[capture, "--color", "never"]).contains('\x1b'));
}

#[test]
fn a_registration_of_the_lab_has_its_nodes_and_subscriber() {
    let capture = "pcaps/lab-registration.pcapng";
    let ladder = text(&[capture]);
    let names: Vec<&str> = ladder
        .lines()
        .next()
        .expect("a heading")
        .split_whitespace()
        .collect();
    assert_eq!(names, ["ms", "ue", "pcscf", "icscf", "scscf", "hss"]);
    let all = messages(&[capture]);
    // CER, CEA, DPR and DPA of two elements belong to nobody.
    let hers = messages(&[capture, "--user", "alice@home.example"]);
    assert_eq!(hers.len(), all.len() - 8);
    assert_eq!(labels(&hers), labels(&messages(&[capture, "--procedures"])));
    let registers = [
        "REGISTER", "UAR", "UAA 2001", "MAR", "SAR", "SAA 2001", "401", "200",
    ];
    assert!(
        registers.iter().all(|label| labels(&hers).contains(label)),
        "{hers:?}"
    );
    for message in &hers {
        assert_eq!(
            message["subscribers"][0], "sip:alice@home.example",
            "{message}"
        );
    }
    let call = hers[0]["call_id"].as_str().expect("a Call-ID");
    assert_eq!(messages(&[capture, "--call", call]).len(), hers.len());
    let uar = hers
        .iter()
        .find(|message| message["label"] == "UAR")
        .expect("a UAR");
    let session = uar["session_id"].as_str().expect("a Session-Id");
    assert_eq!(
        labels(&messages(&[capture, "--session", session])),
        ["UAR", "UAA 2001"]
    );
    assert_eq!(uar["from"]["name"], "icscf.home.example");
    assert_eq!(uar["to"]["address"], "127.0.0.6:3868");
    let avps = uar["message"]["avps"].as_array().expect("AVPs");
    let impu = avps.iter().find(|avp| avp["name"] == "Public-Identity");
    assert_eq!(impu.expect("an IMPU")["value"], "sip:alice@home.example");
    let nobody = show(&[capture, "--user", "mallory"]);
    assert_eq!(nobody.stdout, b"");
    let errors = String::from_utf8_lossy(&nobody.stderr);
    assert!(
        errors.contains("nothing in it belongs to what is asked for"),
        "{errors}"
    );
}

#[test]
fn subscribers_of_one_capture_are_told_apart() {
    let capture = "pcaps/sipp-register.pcapng";
    let mut counted = 0;
    for user in ["user0", "user1", "user2"] {
        let theirs = messages(&[capture, "--user", user]);
        let impu = format!("sip:{user}@home.example");
        assert!(
            theirs
                .iter()
                .all(|it| it["subscribers"] == serde_json::json!([impu]))
        );
        counted += theirs.len();
    }
    assert_eq!(counted, messages(&[capture]).len());
}

#[test]
fn folded_a_registration_is_a_line_a_hop() {
    let ladder = text(&["pcaps/sipp-register.pcapng", "--fold"]);
    // Three registrations over two hops.
    assert_eq!(ladder.matches("REGISTER 200").count(), 6, "{ladder}");
    assert_eq!(drawn(&ladder), 6, "{ladder}");
    let first = ladder.lines().nth(1).expect("a line");
    assert!(first.starts_with("   0.0    +7.0 "), "{ladder}");
}

/// How many of each element, of a file that is well-formed XML.
fn elements(file: &str) -> BTreeMap<String, usize> {
    let mut reader = quick_xml::Reader::from_str(file);
    let mut found = BTreeMap::new();
    let mut open = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Xml::Start(start) => {
                open += 1;
                *found.entry(start.name().as_ref().to_owned()).or_default() += 1;
            }
            Xml::Empty(start) => {
                *found.entry(start.name().as_ref().to_owned()).or_default() += 1;
            }
            Xml::End(_) => open -= 1,
            Xml::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    found
}

/// What a page shows.
fn page_data(page: &str) -> Value {
    let begin = page
        .split("<script id=\"data\" type=\"application/json\">")
        .nth(1);
    let data = begin.and_then(|rest| rest.split("</script>").next());
    serde_json::from_str(data.expect("the data")).expect("JSON")
}

#[test]
fn every_capture_becomes_a_picture_and_a_page() {
    for capture in captures() {
        let count = messages(&[&capture, "--all"]).len();
        let picture = text(&[&capture, "--all", "--svg"]);
        assert_eq!(elements(&picture)["polygon"], count, "{capture}");
        let page = text(&[&capture, "--all", "--html"]);
        assert_eq!(elements(&page)["script"], 2, "{capture}");
        let data = page_data(&page);
        let messages = data["messages"].as_array().expect("a list");
        assert_eq!(messages.len(), count, "{capture}");
        for message in messages {
            let fields = &message["message"];
            let fields = [&fields["headers"], &fields["avps"]];
            let count = fields.into_iter().find_map(Value::as_array).map(Vec::len);
            assert!(count.is_some_and(|count| count >= 2), "{message}");
        }
    }
}

/// A capture that is made up.
struct Made {
    recorder: Recorder<File>,
    time: SystemTime,
}

impl Made {
    fn new(path: &Path) -> Made {
        let file = File::create(path).expect("a file");
        Made {
            recorder: Recorder::new(file, "probe").expect("a capture"),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        }
    }

    fn record(&mut self, transport: Transport, from: &str, to: &str, payload: &[u8]) {
        self.time += Duration::from_millis(1);
        let address = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let message = Message {
            time: self.time,
            direction: Direction::Sent,
            transport,
            from: address(from),
            to: address(to),
            payload,
            comment: None,
        };
        self.recorder.record(&message).expect("written");
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn path_in(folder: &TempDir, name: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    let text = path.to_str().expect("UTF-8").to_owned();
    (path, text)
}

/// A UAR whose Session-Id and Public-Identity are hostile.
fn hostile_uar(text: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (code, vendor) in [(263_u32, 0_u32), (264, 0), (601, 10_415)] {
        let head = if vendor == 0 { 8 } else { 12 };
        body.extend(code.to_be_bytes());
        body.push(if vendor == 0 { 0x40 } else { 0xc0 });
        body.extend(&((head + text.len()) as u32).to_be_bytes()[1..]);
        if vendor != 0 {
            body.extend(vendor.to_be_bytes());
        }
        body.extend(text.as_bytes());
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut octets = (0x0100_0000 | (20 + body.len() as u32))
        .to_be_bytes()
        .to_vec();
    octets.extend([0xc0, 0, 1, 0x2c]);
    octets.extend(16_777_216_u32.to_be_bytes());
    octets.extend([0, 0, 0, 1, 0, 0, 0, 1]);
    octets.extend(body);
    octets
}

#[test]
fn nothing_off_the_wire_becomes_markup_or_steers_a_terminal() {
    let folder = folder();
    let (path, file) = path_in(&folder, "hostile.pcapng");
    let mut made = Made::new(&path);
    let attacks = [
        "<script>alert(1)</script>",
        "</script><svg onload=alert(1)>",
        "\x1b]0;owned\x07\x1b[2J\u{9b}2J",
        "\u{202e}\u{2028}<!--",
    ];
    for attack in attacks {
        let sip = format!(
            "REGISTER sip:{attack} SIP/2.0\r\nVia: SIP/2.0/UDP evil.example;branch={attack}\r\n\
             X-{attack}: {attack}\r\nTo: <sip:{attack}@home.example>\r\nCall-ID: {attack}\r\n\r\n{attack}"
        );
        made.record(
            Transport::Udp,
            "10.0.0.1:5060",
            "10.0.0.2:5060",
            sip.as_bytes(),
        );
        let uar = hostile_uar(attack);
        made.record(Transport::Tcp, "10.0.0.2:4000", "10.0.0.3:3868", &uar);
    }
    drop(made);
    let page = text(&[&file, "--html"]);
    assert_eq!(elements(&page)["script"], 2, "{page}");
    assert_eq!(elements(&page).get("svg"), None);
    let data = page_data(&page);
    assert_eq!(
        data["messages"].as_array().map(Vec::len),
        Some(2 * attacks.len())
    );
    let picture = text(&[&file, "--svg"]);
    assert_eq!(elements(&picture).get("script"), None);
    assert!(!picture.contains("<script") && !page.contains("<svg"));
    let ladder = text(&[&file]);
    let lines = text(&[&file, "--json"]);
    for output in [&page, &picture, &ladder, &lines] {
        let steers = |it: char| it != '\n' && (it.is_control() || "\u{202e}\u{2028}".contains(it));
        assert!(!output.contains(steers), "{output:?}");
    }
    assert!(ladder.lines().all(|line| columns(line) <= 80), "{ladder}");
}

#[test]
fn many_nodes_share_a_column_and_stay_within_the_terminal() {
    let folder = folder();
    let (path, file) = path_in(&folder, "many.pcapng");
    let mut made = Made::new(&path);
    for phone in 1..=200 {
        for (from, to) in [
            (
                format!("[2001:db8::{phone:x}:1]:5060"),
                "[2001:db8::fffe]:5060",
            ),
            ("[2001:db8::fffe]:5060".to_owned(), "[2001:db8::ffff]:5060"),
        ] {
            let sip = format!(
                "OPTIONS sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{phone}\r\n\
                 Call-ID: {phone}\r\n\r\n"
            );
            made.record(Transport::Udp, &from, to, sip.as_bytes());
        }
    }
    drop(made);
    for more in [NONE, &["--fold"], &["--width", "50"]] {
        let ladder = text(&[&[file.as_str()], more].concat());
        assert!(ladder.lines().all(|line| columns(line) <= 80), "{ladder}");
        assert!(
            ladder
                .lines()
                .next()
                .is_some_and(|line| line.contains("others")),
            "{ladder}"
        );
        assert_eq!(drawn(&ladder), 400, "{ladder}");
    }
    // Each is called by its own address where nobody has to see them beside each other.
    let lines = messages(&[&file]);
    assert_eq!(lines[398]["from"]["name"], "2001:db8::c8:1");
}

#[test]
fn a_picture_is_cut_and_says_so() {
    let folder = folder();
    let (path, file) = path_in(&folder, "long.pcapng");
    let mut made = Made::new(&path);
    for number in 0..2_003 {
        let sip = format!("OPTIONS sip:home.example SIP/2.0\r\nCall-ID: {number}\r\n\r\n");
        made.record(
            Transport::Udp,
            "10.0.0.1:5060",
            "10.0.0.2:5060",
            sip.as_bytes(),
        );
    }
    drop(made);
    let output = show(&[&file, "--svg"]);
    let picture = String::from_utf8_lossy(&output.stdout);
    assert_eq!(elements(&picture)["polygon"], 2_000);
    assert!(picture.contains("cut after 2000: 3 messages more"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("cut after 2000 messages: 3 more\n  way out: "),
        "{errors}"
    );
}

#[test]
fn through_a_pipe_it_is_read_once_and_shows_the_same() {
    let capture = "pcaps/lab-registration.pcapng";
    let piped = |args: &[&str]| {
        let file = File::open(Path::new(ROOT).join(capture)).expect("a capture");
        let mut cat = Command::new("cat")
            .stdin(file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("cat");
        let pipe = cat.stdout.take().expect("a pipe");
        let output = command(args).stdin(pipe).output().expect("flow runs");
        assert!(cat.wait().expect("it ends").success());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let ladder = piped(&["-"]);
    assert_eq!(drawn(&ladder), drawn(&text(&[capture])), "{ladder}");
    // Whoever sent something before is called by their element.
    assert!(ladder.contains("scscf"), "{ladder}");
    let lines = piped(&["-", "--json", "--user", "alice"]);
    let direct = text(&[capture, "--json", "--user", "alice"]);
    assert_eq!(lines.lines().count(), direct.lines().count());
}

#[test]
fn who_reads_no_more_ends_it_quietly() {
    let mut child = command(&["pcaps/kamailio-registration.pcapng", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("flow runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn names_come_from_a_file() {
    let folder = folder();
    let (path, names) = path_in(&folder, "names.toml");
    fs::write(
        &path,
        "\"127.78.0.20\" = \"sipp\"\n\"127.78.0.3:5060\" = \"core\"\n",
    )
    .expect("written");
    let ladder = text(&["pcaps/sipp-register.pcapng", "--names", &names]);
    let heading = ladder.lines().next().expect("a heading");
    let heading: Vec<&str> = heading.split_whitespace().collect();
    assert_eq!(heading, ["ms", "sipp", "pcscf", "core"]);
    fs::write(&path, "\"127.78.0\" = \"sipp\"\n").expect("written");
    let errors = refused(&["pcaps/sipp-register.pcapng", "--names", &names], 64);
    assert!(
        errors.contains(":1: \"127.78.0\" = \"sipp\"\n  problem: "),
        "{errors}"
    );
    let errors = refused(&["pcaps/sipp-register.pcapng", "--names", "/nowhere"], 64);
    assert!(errors.contains("way out: "), "{errors}");
}

#[test]
fn a_broken_capture_is_shown_as_far_as_it_goes() {
    let folder = folder();
    let (path, file) = path_in(&folder, "broken.pcapng");
    let whole = fs::read(Path::new(ROOT).join("pcaps/sipp-register.pcapng")).expect("a capture");
    fs::write(&path, &whole[..whole.len() - 10]).expect("written");
    let output = show(&[&file]);
    assert_eq!(output.status.code(), Some(65));
    let ladder = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(drawn(&ladder), 23, "{ladder}");
    let errors = String::from_utf8_lossy(&output.stderr);
    let told = "1 notice\n  after packet 23: the capture ends within a block";
    assert!(errors.contains(told), "{errors}");
    let lines = show(&[&file, "--json"]).stdout;
    let lines = String::from_utf8(lines).expect("UTF-8");
    let last: Value = serde_json::from_str(lines.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["type"], "notice");
    assert_eq!(last["packets"], serde_json::json!([23, 23]));
    let page = show(&[&file, "--html"]).stdout;
    let data = page_data(&String::from_utf8(page).expect("UTF-8"));
    assert_eq!(data["rest"]["notices"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_cannot_be_shown_is_refused_with_a_way_out() {
    let folder = folder();
    let (path, text_file) = path_in(&folder, "text");
    File::create(&path)
        .and_then(|mut file| file.write_all(b"not a capture, but long enough to be one"))
        .expect("written");
    let errors = refused(&[&text_file], 65);
    assert!(
        errors.contains("not a capture") && errors.contains("way out: "),
        "{errors}"
    );
    let errors = refused(&["pcaps"], 74);
    assert!(errors.contains("way out: name a capture in it"), "{errors}");
    let errors = refused(&["pcaps/none.pcapng"], 66);
    assert!(
        errors.starts_with("flow: cannot open pcaps/none.pcapng: "),
        "{errors}"
    );
    let capture = "pcaps/lab-registration.pcapng";
    for wrong in [
        &[capture, "--svg", "--html"][..],
        &[capture, "--all", "--procedures"],
        &[capture, "--json", "--fold"],
        &[capture, "--width", "3"],
        &[capture, "--user", "sip:home.example"],
        NONE,
    ] {
        refused(wrong, 64);
    }
    let errors = refused(
        &[
            capture,
            "--output",
            "pcaps/../pcaps/lab-registration.pcapng",
        ],
        64,
    );
    assert!(errors.contains("is the capture itself"), "{errors}");
    refused(&[capture, "--output", "/nowhere/at/all"], 73);
    let (path, picture) = path_in(&folder, "lab.svg");
    assert_eq!(text(&[capture, "--svg", "--output", &picture]), "");
    let picture = fs::read_to_string(path).expect("the picture");
    assert!(elements(&picture).contains_key("polygon"));
}

#[test]
fn who_is_not_there_is_told_who_is() {
    let errors = |args: &[&str]| {
        let output = show(args);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let capture = "pcaps/sipp-register.pcapng";
    let told = errors(&[capture, "--user", "alice2"]);
    let way_out = "nothing in it belongs to what is asked for\n  way out: ask for sip:user0@home.example, \
                   sip:user1@home.example, sip:user2@home.example; --json tells the call_id";
    assert!(told.contains(way_out), "{told}");
    let folder = folder();
    let (path, many) = path_in(&folder, "many.pcapng");
    let mut made = Made::new(&path);
    for user in 0..25 {
        let sip = format!(
            "REGISTER sip:home.example SIP/2.0\r\nTo: <sip:user{user}@home.example>\r\nCall-ID: {user}\r\n\
             CSeq: 1 REGISTER\r\n\r\n"
        );
        made.record(
            Transport::Udp,
            "10.0.0.1:5060",
            "10.0.0.2:5060",
            sip.as_bytes(),
        );
    }
    drop(made);
    let told = errors(&[&many, "--call", "none"]);
    assert!(
        told.contains("sip:user9@home.example, or one of 15 more; "),
        "{told}"
    );
    assert!(!told.contains("user10"), "{told}");
    let (path, empty) = path_in(&folder, "empty.pcapng");
    drop(Made::new(&path));
    let told = errors(&[&empty]);
    assert!(
        told.contains("0 packets, there is nothing in it\n  way out: "),
        "{told}"
    );
}

#[test]
fn elements_are_named_by_their_configurations() {
    let folder = folder();
    let (path, edge) = path_in(&folder, "edge.toml");
    let listen = "[sip]\nlisten = \"127.78.0.2:5060\"\n[core]\nlisten = \"127.78.0.2:5070\"\n";
    fs::write(&path, listen).expect("written");
    let (path, phone) = path_in(&folder, "names.toml");
    fs::write(&path, "\"127.78.0.20\" = \"phone\"\n").expect("written");
    let ladder = text(&[
        "pcaps/sipp-register.pcapng",
        "--names",
        &edge,
        "--names",
        &phone,
    ]);
    let heading: Vec<&str> = ladder
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    assert_eq!(heading[..3], ["ms", "phone", "edge"], "{ladder}");
}

/// What the README says that `flow show` prints, it prints.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).expect("the README");
    let prompt = "$ cargo run --release --bin flow -- show ";
    let mut examples = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let Some(rest) = block.strip_prefix(prompt) else {
            continue;
        };
        let (args, expected) = rest.split_once('\n').expect("a line");
        let args: Vec<&str> = args.split_whitespace().collect();
        let printed = text(&args);
        let mut rest = printed.as_str();
        // `…` alone stands for any lines.
        for part in expected.split("…\n") {
            let at = rest
                .find(part)
                .unwrap_or_else(|| panic!("{part}\n not in\n{printed}"));
            rest = &rest[at + part.len()..];
        }
        examples += 1;
    }
    assert!(examples >= 2, "{examples}");
}
