//! The process around an element, as its operator meets it: flags, exit statuses, signals, admin port.

use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use driver::io::{Datagram, Io};
use net::Net;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PROGRAM: &str = env!("CARGO_BIN_EXE_idle-element");

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::with_suffix(".toml").unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn ended(config: &NamedTempFile, args: &[&str]) -> (Option<i32>, Output) {
    let output = Command::new(PROGRAM)
        .arg("--config")
        .arg(config.path())
        .args(args)
        .output()
        .unwrap();
    (output.status.code(), output)
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An element that runs, its log line by line, and the address of its admin port.
struct Served {
    child: Child,
    log: BufReader<ChildStderr>,
    admin: SocketAddr,
    config: NamedTempFile,
}

impl Served {
    fn start(config: &str) -> Self {
        let config = file(config);
        let mut child = Command::new(PROGRAM)
            .args(["--log-format", "json", "--config"])
            .arg(config.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self {
            child,
            log,
            admin: "127.0.0.1:0".parse().unwrap(),
            config,
        };
        let ready = served.line_with("idle-element is ready");
        served.admin = ready["admin"].as_str().unwrap().parse().unwrap();
        served
    }

    fn line_with(&mut self, text: &str) -> serde_json::Value {
        let mut line = String::new();
        while self.log.read_line(&mut line).unwrap() > 0 {
            if line.contains(text) {
                return serde_json::from_str(&line).expect("a log line is JSON");
            }
            line.clear();
        }
        panic!("the log ended before {text:?}");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn exit(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }

    /// What the admin port answers to `request`.
    fn asked(&self, request: &str) -> String {
        let (admin, request) = (self.admin, request.to_owned());
        net::run(async move {
            let mut stream = Net::new().unwrap().connect(None, admin).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A refusal may reset the connection after the answer.
            let _ = stream.read_to_end(&mut answer).await;
            String::from_utf8(answer).unwrap()
        })
        .unwrap()
    }

    fn got(&self, path: &str) -> (String, String) {
        let answer = self.asked(&format!(
            "GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n"
        ));
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP response");
        (head.to_owned(), body.to_owned())
    }
}

#[test]
fn check_says_valid_or_where_it_is_not() {
    let valid = file("listen = \"127.0.0.1:0\"\n");
    let (status, output) = ended(&valid, &["--check"]);
    assert_eq!(status, Some(0));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{}: valid\n", valid.path().display())
    );
    let mutated = file("lisen = \"127.0.0.1:0\"\n");
    let (status, output) = ended(&mutated, &["--check"]);
    assert_eq!(status, Some(64));
    assert_eq!(
        errors(&output),
        format!(
            "idle-element: {}:1: lisen = \"127.0.0.1:0\"\n  \
             problem: unknown key `lisen`, did you mean `listen`?\n  \
             way out: rename it or take it out; the top of the file has the keys `listen`, `life`, `motto`, \
             `threads`, `stop_within_ms`, `admin`, `capture`\n",
            mutated.path().display()
        )
    );
}

#[test]
fn wrong_flags_and_late_faults_exit_64() {
    let config = file("listen = \"127.0.0.1:0\"\nlife = \"late\"\n");
    let (status, output) = ended(&config, &["--capure", "x"]);
    assert_eq!(status, Some(64));
    assert!(
        errors(&output).contains("'--capture'"),
        "{}",
        errors(&output)
    );
    let (status, output) = ended(&config, &["--log", "error"]);
    assert_eq!(status, Some(64));
    let line = format!(
        "{}:2: life = \"late\"\n  problem: too late\n",
        config.path().display()
    );
    assert!(errors(&output).contains(&line), "{}", errors(&output));
    let unknown = file("listen = \"127.0.0.1:0\"\nlife = \"hang\"\n");
    let (status, output) = ended(&unknown, &[]);
    assert_eq!(status, Some(64));
    assert!(
        errors(&output).contains("unknown value `hang`, did you mean `hangs`?"),
        "{}",
        errors(&output)
    );
}

#[test]
fn a_taken_port_exits_69_and_names_its_holder() {
    net::run(async {
        let net = Net::new().unwrap();
        let holder = net
            .bind("127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap())
            .await
            .unwrap();
        let taken = holder.local_addr();
        let (status, output) = ended(
            &file(&format!("listen = \"{taken}\"\n")),
            &["--log", "error"],
        );
        let said = errors(&output);
        assert_eq!(status, Some(69), "{said}");
        assert!(
            said.contains(&format!("cannot listen at {taken} for SIP over UDP")),
            "{said}"
        );
        assert!(
            said.contains(&format!("process {}", std::process::id())),
            "{said}"
        );
        assert!(
            said.contains("way out: stop that process or configure another port"),
            "{said}"
        );
    })
    .unwrap();
}

#[test]
fn a_taken_admin_port_exits_69() {
    let first = Served::start("listen = \"127.0.0.1:0\"\n");
    let config = format!(
        "listen = \"127.0.0.1:0\"\n[admin]\nlisten = \"{}\"\n",
        first.admin
    );
    let (status, output) = ended(&file(&config), &["--log", "error"]);
    assert_eq!(status, Some(69));
    let said = errors(&output);
    assert!(
        said.contains(&format!("{} for the admin port", first.admin)),
        "{said}"
    );
    assert!(
        said.contains(&format!("process {}", first.child.id())),
        "{said}"
    );
    first.signal("TERM");
    assert_eq!(first.exit().0, Some(0));
}

#[test]
fn an_address_of_no_interface_exits_69() {
    let (status, output) = ended(&file("listen = \"192.0.2.1:5060\"\n"), &["--log", "error"]);
    assert_eq!(status, Some(69));
    assert!(
        errors(&output).contains("no interface of this host"),
        "{}",
        errors(&output)
    );
}

#[test]
fn sigterm_and_sigint_end_it_with_0_and_sighup_does_not() {
    for signal in ["TERM", "INT"] {
        let mut served = Served::start("listen = \"127.0.0.1:0\"\n");
        served.signal("HUP");
        served.line_with("configuration read again; applied: admin.token_file");
        assert!(served.got("/health").0.starts_with("HTTP/1.1 200 "));
        served.signal(signal);
        let (status, log) = served.exit();
        assert_eq!(status, Some(0), "{log}");
        assert!(log.contains("\"message\":\"stopped\""), "{log}");
    }
}

#[test]
fn what_does_not_drain_is_cut_off_by_a_second_signal() {
    let mut served = Served::start("listen = \"127.0.0.1:0\"\nlife = \"hangs\"\n");
    served.signal("TERM");
    served.line_with("stopping");
    assert_eq!(
        served.got("/health").1,
        "{\"element\":\"idle-element\",\"health\":\"stopping\"}"
    );
    served.signal("TERM");
    let (status, log) = served.exit();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("told again to stop"), "{log}");
}

#[test]
fn an_element_that_ends_by_itself_says_how() {
    let (status, _) = ended(&file("listen = \"127.0.0.1:0\"\nlife = \"ends\"\n"), &[]);
    assert_eq!(status, Some(0));
    let (status, output) = ended(
        &file("listen = \"127.0.0.1:0\"\nlife = \"fails\"\n"),
        &["--log", "error"],
    );
    assert_eq!(status, Some(70));
    assert_eq!(errors(&output), "idle-element: the disk is gone\n");
}

/// Starts an element with `--capture`, asks its admin port something, and reads the capture.
#[test]
fn the_capture_is_what_the_element_says_and_not_what_its_admin_port_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idle.pcapng");
    let captured = format!(
        "listen = \"127.0.0.1:0\"\nlife = \"greets\"\n[capture]\nfile = {:?}\n",
        path.display().to_string()
    );
    let served = Served::start(&captured);
    assert!(served.got("/health").0.starts_with("HTTP/1.1 200 "));
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
    let mut reader = capture::Reader::new(std::fs::File::open(&path).unwrap());
    let packet = reader
        .next_packet()
        .unwrap()
        .expect("what the element sent");
    assert_eq!(packet.payload.as_ref(), b"hello");
    assert_eq!(packet.interface.as_deref(), Some("idle-element"));
    let to_itself = reader.next_packet().unwrap().map(|packet| packet.direction);
    assert!(
        matches!(to_itself, None | Some(Some(capture::Direction::Received))),
        "{to_itself:?}"
    );
    assert!(
        reader.next_packet().unwrap().is_none(),
        "the admin port was captured"
    );
}

#[test]
fn a_capture_that_cannot_be_written_exits_64() {
    let config = file("listen = \"127.0.0.1:0\"\n");
    let (status, output) = ended(&config, &["--capture", "/no-such-folder/x.pcapng"]);
    assert_eq!(status, Some(64));
    let said = errors(&output);
    assert!(
        said.contains("cannot write the capture /no-such-folder/x.pcapng: No such file"),
        "{said}"
    );
}

#[test]
fn a_capture_is_nobody_elses_to_read_also_in_a_file_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let config = file("listen = \"127.0.0.1:0\"\nlife = \"fails\"\n");
    let capture_to = |path: &Path| {
        let (status, output) = ended(&config, &["--capture", path.to_str().unwrap()]);
        assert_eq!(status, Some(70), "{}", errors(&output));
        let kept = std::fs::metadata(path).unwrap();
        kept.permissions().mode() & 0o777
    };
    let [new, old, pipe] = ["new", "old", "pipe"].map(|name| folder.path().join(name));
    assert_eq!(capture_to(&new), 0o600);
    std::fs::write(&old, "what was captured before").unwrap();
    std::fs::set_permissions(&old, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(capture_to(&old), 0o600);
    assert!(
        capture::Reader::new(File::open(&old).unwrap())
            .next_packet()
            .is_ok()
    );
    // Who reads a pipe has chosen who else may.
    assert!(
        Command::new("mkfifo")
            .args(["-m", "640"])
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let _reader = File::options().read(true).write(true).open(&pipe).unwrap();
    assert_eq!(capture_to(&pipe), 0o640);
}

#[test]
fn the_admin_port_shows_health_metrics_and_state() {
    let served = Served::start("listen = \"127.0.0.1:0\"\n");
    assert!(served.admin.ip().is_loopback());
    let (head, body) = served.got("/health");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, "{\"element\":\"idle-element\",\"health\":\"ok\"}");
    let (head, body) = served.got("/metrics");
    assert!(
        head.contains("content-type: application/openmetrics-text; version=1.0.0"),
        "{head}"
    );
    assert!(body.ends_with("# EOF\n"), "{body}");
    let state: serde_json::Value = serde_json::from_str(&served.got("/state").1).unwrap();
    assert_eq!(state["health"], "ok");
    let listen = state["shards"]["idle-element"]["listen"].as_str().unwrap();
    assert!(listen.starts_with("127.0.0.1:"), "{state}");
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
}

#[test]
fn admin_requests_are_limited() {
    let served = Served::start("listen = \"127.0.0.1:0\"\n");
    assert!(served.got("/secrets").0.starts_with("HTTP/1.1 404 "));
    let post = "POST /state HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert!(served.asked(post).starts_with("HTTP/1.1 405 "));
    let long = "x".repeat(process::admin::MAX_REQUEST_HEAD);
    let head = format!("GET /health HTTP/1.1\r\nHost: a\r\nLong: {long}\r\n\r\n");
    assert!(served.asked(&head).starts_with("HTTP/1.1 431 "));
    let many = "A: b\r\n".repeat(process::admin::MAX_REQUEST_HEADERS + 1);
    assert!(
        served
            .asked(&format!("GET /health HTTP/1.1\r\n{many}\r\n"))
            .starts_with("HTTP/1.1 431 ")
    );
    assert!(
        served
            .asked("\u{1}\u{2}\r\n\r\n")
            .starts_with("HTTP/1.1 400 ")
    );
    assert!(served.got("/health").0.starts_with("HTTP/1.1 200 "));
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
}

fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

#[test]
fn calls_need_the_token() {
    let mut token = NamedTempFile::new().unwrap();
    token.write_all(b"0123456789abcdef0123\n").unwrap();
    let served = Served::start(&format!(
        "listen = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\ntoken_file = {:?}\n",
        token.path().display().to_string()
    ));
    let right = "Authorization: Bearer 0123456789abcdef0123\r\n";
    let too_long = "x".repeat(process::admin::MAX_REQUEST_BODY + 1);
    for (headers, body, status, said) in [
        ("", "{}", "401", "www-authenticate: Bearer"),
        (
            "Authorization: Bearer 0123456789abcdef0124\r\n",
            "{}",
            "401",
            "with the token of [admin] token_file",
        ),
        (right, &too_long, "413", "16384 octets is the limit"),
        (right, "motto", "400", "the body is not JSON"),
        (right, "{}", "422", "missing field `motto`"),
        (
            right,
            "{\"motto\":\"\"}",
            "422",
            "an empty motto is none: write a word",
        ),
        (right, "{\"motto\":\"on\"}", "200", "{\"before\":\"\"}"),
    ] {
        let answer = served.asked(&post("/motto", headers, body));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(said),
            "{answer}"
        );
    }
    assert!(served.got("/state").1.contains("\"motto\":\"on\""));
    let wrong_method = served.got("/motto");
    assert!(
        wrong_method.0.starts_with("HTTP/1.1 405 ") && wrong_method.0.contains("allow: POST"),
        "{wrong_method:?}"
    );
    assert!(
        served
            .asked(&post("/mottos", right, "{}"))
            .contains("POST /motto")
    );
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
}

#[test]
fn without_a_token_file_calls_are_off() {
    let served = Served::start("listen = \"127.0.0.1:0\"\n");
    let answer = served.asked(&post("/motto", "Authorization: Bearer x\r\n", "{}"));
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(answer.contains("write token_file"), "{answer}");
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
    let missing = "listen = \"127.0.0.1:0\"\n[admin]\ntoken_file = \"/no-such-folder/token\"\n";
    for args in [&[][..], &["--check"]] {
        let (status, output) = ended(&file(missing), args);
        assert_eq!(status, Some(64));
        let said = errors(&output);
        assert!(
            said.contains(
                ":3: admin.token_file = \"/no-such-folder/token\"\n  problem: cannot be read"
            ),
            "{said}"
        );
    }
}

#[test]
fn sighup_applies_what_can_be_and_says_what_cannot() {
    let mut served = Served::start("listen = \"127.0.0.1:0\"\nmotto = \"a\"\n");
    let write = |served: &Served, text: &str| std::fs::write(served.config.path(), text).unwrap();
    let counted = |served: &Served, name: &str| {
        let metrics = served.got("/metrics").1;
        let line = format!("wayfarer_{name}_total{{element=\"idle-element\"}} ");
        metrics
            .lines()
            .find_map(|said| said.strip_prefix(&line))
            .unwrap_or_else(|| panic!("no {line} in {metrics}"))
            .to_owned()
    };
    write(&served, "listen = \"127.0.0.1:1\"\nmotto = \"b\"\n");
    served.signal("HUP");
    served.line_with("these changes need a restart: listen");
    served.line_with("applied: motto");
    assert!(served.got("/state").1.contains("\"motto\":\"b\""));
    // Not TOML for this element; refused by the element; neither changes anything.
    for (wrong, said) in [
        (
            "listen = \"127.0.0.1:0\"\nmoto = \"c\"\n",
            ":2: moto = \\\"c\\\"\\n  problem: unknown key `moto`, did you mean `motto`?",
        ),
        (
            "listen = \"127.0.0.1:0\"\nmotto = \"bad\"\n",
            ":2: motto = \\\"bad\\\"\\n  problem: a bad motto\\n  way out: write a good one",
        ),
    ] {
        write(&served, wrong);
        served.signal("HUP");
        served.line_with(said);
        assert!(served.got("/state").1.contains("\"motto\":\"b\""));
    }
    // What waits for a restart is told again, until it is as it was at the start.
    write(&served, "listen = \"127.0.0.1:1\"\nmotto = \"b\"\n");
    served.signal("HUP");
    served.line_with("these changes need a restart: listen");
    assert_eq!(counted(&served, "reloads"), "2");
    assert_eq!(counted(&served, "reloads_failed"), "2");
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
}

#[test]
fn shards_are_seen_called_reloaded_and_stopped_as_one() {
    let mut token = NamedTempFile::new().unwrap();
    token.write_all(b"0123456789abcdef0123\n").unwrap();
    let config = |motto: &str| {
        format!(
            "threads = 3\nlisten = \"127.0.0.1:0\"\nmotto = \"{motto}\"\n[admin]\nlisten = \"127.0.0.1:0\"\n\
             token_file = {:?}\n",
            token.path().display().to_string()
        )
    };
    let mut served = Served::start(&config("a"));
    let names = ["idle-element", "idle-element2", "idle-element3"];
    let mottos = |served: &Served| {
        let state: serde_json::Value = serde_json::from_str(&served.got("/state").1).unwrap();
        names.map(|name| state["shards"][name]["motto"].as_str().map(str::to_owned))
    };
    let all = |motto: &str| names.map(|_| Some(motto.to_owned()));
    assert_eq!(mottos(&served), all("a"));
    std::fs::write(served.config.path(), config("b")).unwrap();
    served.signal("HUP");
    served.line_with("applied: motto");
    assert_eq!(mottos(&served), all("b"));
    let right = "Authorization: Bearer 0123456789abcdef0123\r\n";
    let answer = served.asked(&post("/motto", right, "{\"motto\":\"c\"}"));
    assert!(
        answer.contains("\"idle-element3\":{\"before\":\"b\"}"),
        "{answer}"
    );
    assert_eq!(mottos(&served), all("c"));
    let metrics = served.got("/metrics").1;
    assert_eq!(metrics.matches("# HELP wayfarer_reloads ").count(), 1);
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    served.signal("TERM");
    let (status, log) = served.exit();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
}

#[test]
fn one_shard_that_cannot_start_ends_all_and_is_named() {
    net::run(async {
        let net = Net::new().unwrap();
        // The next port of a free one that is taken itself.
        let (free, _taken) = loop {
            let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
            let probe = net.bind(any).await.unwrap();
            let mut next = probe.local_addr();
            next.set_port(next.port().saturating_add(1));
            if let Ok(taken) = net.bind(next).await {
                break (probe.local_addr(), taken);
            }
        };
        let config = format!("threads = 2\nlisten = \"{free}\"\n");
        let (status, output) = ended(&file(&config), &["--log", "error"]);
        let said = errors(&output);
        assert_eq!(status, Some(69), "{said}");
        assert!(
            said.contains("shard idle-element2: cannot listen at"),
            "{said}"
        );
    })
    .unwrap();
    let panics = "threads = 2\nlisten = \"127.0.0.1:0\"\nlife = \"panics\"\n";
    let (status, output) = ended(&file(panics), &["--log", "error"]);
    assert_eq!(status, Some(70), "{}", errors(&output));
    assert!(
        errors(&output).contains("did not start"),
        "{}",
        errors(&output)
    );
}

#[test]
fn threads_are_refused_where_they_cannot_be() {
    for (config, said) in [
        (
            "threads = 0\nlisten = \"127.0.0.1:0\"\n",
            ":1: threads = 0\n  problem: not between 1 and 64\n",
        ),
        (
            "threads = 65\nlisten = \"127.0.0.1:0\"\n",
            ":1: threads = 65\n",
        ),
        (
            "threads = 2\nlife = \"alone\"\nlisten = \"127.0.0.1:0\"\n",
            ":1: threads = 2\n  problem: the element alone runs on one thread\n",
        ),
        (
            "threads = 3\nlisten = \"127.0.0.1:65534\"\n",
            ":2: listen = \"127.0.0.1:65534\"\n  problem: shard 3 would have a port above 65535\n",
        ),
        (
            "stop_within_ms = 0\nlisten = \"127.0.0.1:0\"\n",
            ":1: stop_within_ms = 0\n",
        ),
    ] {
        for args in [&[][..], &["--check"]] {
            let (status, output) = ended(&file(config), args);
            assert_eq!(status, Some(64));
            assert!(errors(&output).contains(said), "{}", errors(&output));
        }
    }
}

#[test]
fn shards_write_one_capture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idle.pcapng");
    let captured = format!(
        "threads = 2\nlisten = \"127.0.0.1:0\"\nlife = \"greets\"\n[capture]\nfile = {:?}\n",
        path.display().to_string()
    );
    let served = Served::start(&captured);
    served.signal("TERM");
    assert_eq!(served.exit().0, Some(0));
    let mut reader = capture::Reader::new(std::fs::File::open(&path).unwrap());
    let mut sent = 0;
    while let Some(packet) = reader.next_packet().unwrap() {
        assert_eq!(packet.payload.as_ref(), b"hello");
        sent += u32::from(packet.direction == Some(capture::Direction::Sent));
    }
    assert_eq!(sent, 2);
}

#[test]
fn what_does_not_drain_is_cut_off_in_the_time_of_the_configuration() {
    let served = Served::start("stop_within_ms = 50\nlisten = \"127.0.0.1:0\"\nlife = \"hangs\"\n");
    served.signal("TERM");
    let (status, log) = served.exit();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("not done in time"), "{log}");
}
