//! Each kind of configuration error, by its whole text; and an example in which each line is mutated.

use std::path::Path;

use diameter_stack::routing::Action;
use driver::diameter::FollowRedirects;
use serde::Deserialize;

use super::*;
use crate::shard::Shard;

/// As an element has it: required and optional sections, text, numbers, a table of names, a secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    name: String,
    sip: SipSection,
    diameter: DiameterSection,
    #[serde(default)]
    names: NamesSection,
    #[serde(default)]
    trusted_peers: TrustedPeers,
    password: Option<String>,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        sip_uri("name", &self.name)?;
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))
    }
}

const EXAMPLE: &str = r#"name = "sip:scscf.home.example"

[sip]
listen = "127.0.0.4:6060"

[sip.timers]
t1_ms = 500
t2_ms = 4000

[diameter]
identity = "scscf.home.example"
realm = "home.example"
watchdog_s = 30

[[diameter.peer]]
identity = "hss.home.example"
address = "127.0.0.5:3868"

[names]
"icscf.home.example" = "127.0.0.3:5060"

[admin]
listen = "127.0.0.4:9090"

[capture]
file = "scscf.pcapng"
"#;

fn load(text: &str) -> Result<Loaded<Config>, LoadError> {
    parse(Path::new("scscf.toml"), text.to_owned())
}

/// What is said when `from` in the example is written as `to`.
fn said(from: &str, to: &str) -> String {
    assert_eq!(
        EXAMPLE.matches(from).count(),
        1,
        "{from} must stand in the example once"
    );
    let text = EXAMPLE.replace(from, to);
    load(&text)
        .expect_err("the mutated example is refused")
        .to_string()
}

#[test]
fn the_example_is_read() {
    let loaded = load(EXAMPLE).unwrap();
    assert_eq!(loaded.element.name, "sip:scscf.home.example");
    assert_eq!(
        loaded.element.sip.timers,
        SipTimersSection {
            t1_ms: Some(500),
            t2_ms: Some(4_000),
            ..SipTimersSection::default()
        }
    );
    assert_eq!(
        loaded.element.diameter.peer[0].address,
        "127.0.0.5:3868".parse().ok()
    );
    assert_eq!(
        loaded.element.names.0["icscf.home.example"].0,
        ["127.0.0.3:5060".parse().unwrap()]
    );
    assert_eq!(loaded.element.trusted_peers, TrustedPeers::default());
    assert_eq!(loaded.admin.listen, "127.0.0.4:9090".parse().unwrap());
    assert_eq!(
        loaded.capture.file.as_deref(),
        Some(Path::new("scscf.pcapng"))
    );
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_known_one() {
    assert_eq!(
        said("listen = \"127.0.0.4:6060\"", "lisen = \"127.0.0.4:6060\""),
        "scscf.toml:4: sip.lisen = \"127.0.0.4:6060\"\n  \
         problem: unknown key `sip.lisen`, did you mean `listen`?\n  \
         way out: rename it or take it out; [sip] has the keys `listen`, `sent_by`, \
         `own_names`, `datagram_limit`, `connections`, `timers`"
    );
    assert_eq!(
        said(
            "identity = \"hss.home.example\"",
            "identty = \"hss.home.example\""
        ),
        "scscf.toml:16: diameter.peer[0].identty = \"hss.home.example\"\n  \
         problem: unknown key `diameter.peer[0].identty`, did you mean `identity`?\n  \
         way out: rename it or take it out; [[diameter.peer]] has the keys `identity`, `realm`, `address`"
    );
    assert_eq!(
        said("[admin]", "[admn]"),
        "scscf.toml:22: admn\n  \
         problem: unknown key `admn`, did you mean `admin`?\n  \
         way out: rename it or take it out; the top of the file has the keys `name`, `sip`, `diameter`, `names`, \
         `trusted_peers`, `password`, `threads`, `stop_within_ms`, `admin`, `capture`"
    );
    assert_eq!(
        said("[admin]\nlisten", "[admin]\nport"),
        "scscf.toml:23: admin.port = \"127.0.0.4:9090\"\n  \
         problem: unknown key `admin.port`\n  \
         way out: rename it or take it out; [admin] has the keys `listen`, `token_file`"
    );
}

#[test]
fn diameter_routes_redirects_and_security() {
    let with = |more: &str| EXAMPLE.replace("[names]", &format!("{more}\n[names]"));
    let agents = "[[diameter.peer]]\nidentity = \"dra1.example\"\naddress = \"127.0.0.6:3868\"\n\
                  [[diameter.peer]]\nidentity = \"dra2.example\"\naddress = \"127.0.0.7:3868\"\n";
    let routes = with(
        &[
            agents,
            "[[diameter.route]]\nrealm = \"far.example\"\napplication = 16777216\n\
         peers = [\"dra1.example\", \"dra2.example\"]\nweights = [3, 1]\n\
         [[diameter.route]]\nrealm = \"visited.example\"\nlocal = true\n\
         [diameter.hosts]\n\"hss2.far.example\" = \"127.0.0.9\"",
        ]
        .concat(),
    )
    .replace(
        "watchdog_s = 30",
        "follow_redirects = \"anyone\"\nsecurity = \"none\"",
    );
    let settings = load(&routes).unwrap().element.diameter.settings(Vec::new());
    assert_eq!(settings.routes.len(), 2);
    let Action::Peers(peers) = &settings.routes[0].action else {
        panic!("{:?}", settings.routes);
    };
    assert_eq!((&*peers[0].identity, peers[0].weight), ("dra1.example", 3));
    assert_eq!(settings.routes[1].action, Action::Local);
    assert_eq!(settings.redirects, FollowRedirects::Anyone);
    assert_eq!(settings.hosts.len(), 1);

    let refused = |more: &str| load(&with(more)).unwrap_err().to_string();
    for (route, key, problem) in [
        ("", "peers", "a route either has peers or is local"),
        (
            "peers = [\"a.example\"]\nlocal = true",
            "peers",
            "a route either has peers or is local",
        ),
        (
            "peers = [\"a.example\"]\nweights = [1, 2]",
            "weights",
            "not one number of 0 to 1000 for each of `peers`, with one above 0",
        ),
        (
            "peers = [\"a.example\"]\nweights = [0]",
            "weights",
            "not one number of 0 to 1000 for each of `peers`, with one above 0",
        ),
        (
            "peers = [\"HSS.home.example\", \"dra9.example\"]",
            "peers",
            "no [[diameter.peer]] has this identity",
        ),
    ] {
        let said = refused(&format!("[[diameter.route]]\n{route}"));
        assert!(
            said.contains(&format!("diameter.route[0].{key}")) && said.contains(problem),
            "{said}"
        );
    }
    assert_eq!(
        said("watchdog_s = 30", "security = \"tls\""),
        "scscf.toml:13: diameter.security = \"tls\"\n  problem: TLS is not supported yet\n  \
         way out: write `security = \"none\"` or leave it out, and protect the network below (IPsec)"
    );
}

#[test]
fn diameter_peers_are_told_apart_and_are_not_this_node() {
    let with = |peer: &str| {
        let more = format!("[[diameter.peer]]\n{peer}\n[names]");
        let loaded = load(&EXAMPLE.replace("[names]", &more));
        loaded.map_err(|error| error.to_string())
    };
    for (peer, key, problem, way_out) in [
        (
            "identity = \"HSS.home.example\"\naddress = \"127.0.0.9:3868\"",
            "identity",
            "that of an earlier [[diameter.peer]]",
            "remove one of the two",
        ),
        (
            "identity = \"hss2.home.example\"\naddress = \"127.0.0.5:3868\"",
            "address",
            "that of an earlier [[diameter.peer]]",
            "remove one of the two",
        ),
        (
            "identity = \"SCSCF.home.example\"\naddress = \"127.0.0.9:3868\"",
            "identity",
            "this node's own",
            "write the identity that the peer shows",
        ),
    ] {
        let said = with(peer).expect_err("refused");
        for part in [&format!("diameter.peer[1].{key}"), problem, way_out] {
            assert!(said.contains(part), "{said}");
        }
    }
    // Two nodes of one host are two peers; and who has no name yet may be any that a route names.
    let route = "[[diameter.route]]\npeers = [\"dra9.example\"]";
    let fine = with(&format!("address = \"127.0.0.5:3869\"\n{route}"));
    assert_eq!(fine.err(), None);
}

#[test]
fn missing_keys_and_tables_are_named() {
    assert_eq!(
        said("listen = \"127.0.0.4:6060\"", ""),
        "scscf.toml:3: sip.listen\n  \
         problem: `sip.listen` is missing\n  \
         way out: add `listen = …` in [sip], or the table [sip.listen] if it is one"
    );
    assert_eq!(
        said("realm = \"home.example\"", ""),
        "scscf.toml:10: diameter.realm\n  \
         problem: `diameter.realm` is missing\n  \
         way out: add `realm = …` in [diameter], or the table [diameter.realm] if it is one"
    );
    assert_eq!(
        said(
            "identity = \"hss.home.example\"\naddress = \"127.0.0.5:3868\"",
            ""
        ),
        "scscf.toml:15: diameter.peer[0].identity\n  \
         problem: missing, and so is `address`: nothing tells this peer\n  \
         way out: add `identity = \"HOST.NAME\"`, or `address = \"ADDRESS:PORT\"`, or both"
    );
    assert_eq!(
        said("address = \"127.0.0.5:3868\"", ""),
        "scscf.toml:15: diameter.peer[0].address\n  \
         problem: missing, and without `diameter.listen` this peer cannot connect to us either\n  \
         way out: add `address = \"ADDRESS:PORT\"` in [[diameter.peer]], or `listen` in [diameter]"
    );
    assert_eq!(
        load("name = \"sip:a\"\n").unwrap_err().to_string(),
        "scscf.toml: sip\n  \
         problem: `sip` is missing\n  \
         way out: add `sip = …` at the top of the file, or the table [sip] if it is one"
    );
}

#[test]
fn values_of_the_wrong_form_are_shown_with_the_right_one() {
    let address = "way out: write an IP address and a port, such as \"127.0.0.1:5060\" or \"[::1]:5060\"; \
                   a host name will not do";
    assert_eq!(
        said("\"127.0.0.5:3868\"", "\"localhost:3868\""),
        format!(
            "scscf.toml:17: diameter.peer[0].address = \"localhost:3868\"\n  \
             problem: invalid socket address syntax\n  {address}"
        )
    );
    assert_eq!(
        said("\"127.0.0.3:5060\"", "\"127.0.0.3\""),
        format!(
            "scscf.toml:20: names.\"icscf.home.example\" = \"127.0.0.3\"\n  \
             problem: invalid socket address syntax\n  {address}"
        )
    );
    assert_eq!(
        said("\"127.0.0.4:6060\"", "6060"),
        format!(
            "scscf.toml:4: sip.listen = 6060\n  \
             problem: invalid type: integer `6060`, expected socket address\n  {address}"
        )
    );
    assert_eq!(
        said(
            "name = \"sip:",
            "trusted_peers = [\"10.0.0.1\", \"pcscf\"]\nname = \"sip:"
        ),
        "scscf.toml:1: trusted_peers[1] = \"pcscf\"\n  \
         problem: neither an IP address nor a network in CIDR notation\n  \
         way out: write an IP address or a network, such as \"192.0.2.7\" or \"10.1.0.0/16\"; a host name will not do"
    );
    assert_eq!(
        said("t1_ms = 500", "t1_ms = \"500\""),
        "scscf.toml:7: sip.timers.t1_ms = \"500\"\n  \
         problem: invalid type: string \"500\", expected u64\n  \
         way out: write a whole number from 0 up, without quotes"
    );
    assert_eq!(
        said("t1_ms = 500", "t1_ms = -1"),
        "scscf.toml:7: sip.timers.t1_ms = -1\n  \
         problem: invalid value: integer `-1`, expected u64\n  \
         way out: write a whole number from 0 up, without quotes"
    );
}

#[test]
fn values_out_of_range_or_at_odds_are_explained() {
    assert_eq!(
        said("t1_ms = 500", "t1_ms = 0"),
        "scscf.toml:7: sip.timers.t1_ms = 0\n  \
         problem: not between 1 and 60000 milliseconds\n  \
         way out: leave it out for the value of RFC 3261, or write a number in that range"
    );
    assert_eq!(
        said("t1_ms = 500", "t1_ms = 5000"),
        "scscf.toml:8: sip.timers.t2_ms = 4000\n  \
         problem: smaller than t1_ms, which is 5000\n  \
         way out: retransmissions double from t1_ms up to t2_ms: write a t2_ms that is not smaller"
    );
    assert_eq!(
        said("watchdog_s = 30", "watchdog_s = 5"),
        "scscf.toml:13: diameter.watchdog_s = 5\n  \
         problem: not between 6 and 3600 seconds\n  \
         way out: leave it out for the usual value, or write a number in that range"
    );
    assert_eq!(
        said("\"hss.home.example\"", "\"hss home\""),
        "scscf.toml:16: diameter.peer[0].identity = \"hss home\"\n  \
         problem: not a domain name\n  \
         way out: write labels of letters, digits and hyphens, for example \"hss.home.example\""
    );
    assert_eq!(
        said("name = \"sip:scscf.home.example\"", "name = \"scscf\""),
        "scscf.toml:1: name = \"scscf\"\n  \
         problem: not a SIP URI (RFC 3261 §19.1)\n  \
         way out: write sip:HOST or sip:USER@HOST, for example \"sip:scscf.home.example\""
    );
}

#[test]
fn text_that_is_not_toml_is_shown_with_its_line() {
    let way_out = "way out: write `key = value` lines under [table] headers; text stands between double quotes";
    assert_eq!(
        said("realm = \"home.example\"", "realm = home.example"),
        format!(
            "scscf.toml:12:\n  \
             problem: not TOML: string values must be quoted, expected literal string at `realm = home.example`\n  \
             {way_out}"
        )
    );
    assert_eq!(
        said("[names]", "[names"),
        format!(
            "scscf.toml:19:\n  problem: not TOML: unclosed table, expected `]` at `[names`\n  {way_out}"
        )
    );
    assert_eq!(
        said("[sip.timers]", "[sip]"),
        format!("scscf.toml:6:\n  problem: not TOML: duplicate key at `[sip]`\n  {way_out}")
    );
}

#[test]
fn a_secret_is_never_shown() {
    assert_eq!(
        said("name = \"sip:", "password = 31337\nname = \"sip:"),
        "scscf.toml:1: password = (not shown)\n  \
         problem: not of the expected type\n  \
         way out: write text between double quotes"
    );
    let not_toml = said("name = \"sip:", "password = 31337x\nname = \"sip:");
    assert!(!not_toml.contains("31337"), "{not_toml}");
}

#[test]
fn a_file_that_is_not_there_or_too_long() {
    let missing = read::<Config>(Path::new("no-such.toml"))
        .unwrap_err()
        .to_string();
    assert!(
        missing.starts_with("no-such.toml:\n  problem: cannot be read: No such file"),
        "{missing}"
    );
    assert!(
        missing.ends_with("way out: name a file that is there: --config FILE"),
        "{missing}"
    );
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &vec![b'\n'; MAX_FILE as usize + 1]).unwrap();
    let too_long = read::<Config>(file.path()).unwrap_err().to_string();
    assert!(
        too_long.contains("is 1048577 octets long; 1048576 is the limit"),
        "{too_long}"
    );
}

#[test]
fn a_fault_noticed_on_start_is_found_in_the_file() {
    let (config, reading) = load(EXAMPLE).unwrap().split();
    let fault = ConfigFault::new(
        "diameter.peer[0].address",
        "",
        "nobody there",
        "start the HSS",
    );
    assert_eq!(
        reading.locate(fault).to_string(),
        "scscf.toml:17: diameter.peer[0].address = \"127.0.0.5:3868\"\n  \
         problem: nobody there\n  way out: start the HSS"
    );
    assert_eq!(config.password, None);
}

/// Each line of the example that sets a key is given a wrong name: each such file is refused, at that line.
#[test]
fn every_key_of_the_example_is_known_and_no_other() {
    let mut mutated = 0;
    for (index, line) in EXAMPLE.lines().enumerate() {
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        if key.starts_with('"') {
            continue; // [names] takes any name.
        }
        let lines = EXAMPLE.lines().enumerate();
        let text: Vec<_> = lines
            .map(|(at, line)| {
                if at == index {
                    format!("{key}x = {value}")
                } else {
                    line.to_owned()
                }
            })
            .collect();
        let error = load(&text.join("\n")).expect_err("an unknown key is refused");
        assert_eq!(error.line, Some(index + 1), "{error}");
        assert!(
            error
                .fault
                .problem
                .contains(&format!("did you mean `{key}`?")),
            "{error}"
        );
        mutated += 1;
    }
    assert_eq!(mutated, 11);
}

#[test]
fn a_capture_is_written_beside_its_configuration() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("scscf.toml");
    for (written, meant) in [
        ("scscf.pcapng", directory.path().join("scscf.pcapng")),
        ("/scscf.pcapng", "/scscf.pcapng".into()),
        ("-", "-".into()),
    ] {
        std::fs::write(&file, EXAMPLE.replace("scscf.pcapng", written)).expect("a file");
        let loaded = read::<Config>(&file).expect("the example");
        assert_eq!(loaded.capture.file, Some(meant));
    }
}

#[test]
fn towards_phones_timers_that_are_left_out_are_those_of_a_radio_access() {
    #[derive(Deserialize)]
    struct Gm {
        #[serde(deserialize_with = "towards_phones")]
        sip: SipSection,
    }
    let values = |text: &str| {
        let gm: Gm = toml::from_str(text).unwrap();
        gm.sip.timers.values()
    };
    let radio = sip_stack::timers::TimerValues::RADIO;
    assert_eq!(values("sip.listen = \"127.0.0.3:5060\""), radio);
    let t1 = std::time::Duration::from_millis(100);
    assert_eq!(
        values("sip.listen = \"127.0.0.3:5060\"\nsip.timers.t1_ms = 100"),
        sip_stack::timers::TimerValues { t1, ..radio }
    );
}

#[test]
fn a_wildcard_needs_a_name_that_others_can_answer_to() {
    let listen = "listen = \"127.0.0.4:6060\"";
    assert_eq!(
        said(listen, "listen = \"0.0.0.0:6060\""),
        "scscf.toml:4: sip.listen = \"0.0.0.0:6060\"\n  \
         problem: a wildcard, which nobody can answer to\n  \
         way out: add `sent_by = \"HOST:PORT\"`, as others reach this element, or listen on one address"
    );
    for good in ["core.example", "192.0.2.1:5060", "[2001:db8::1]:5060"] {
        let text = format!("listen = \"[::]:6060\"\nsent_by = \"{good}\"");
        let loaded = load(&EXAMPLE.replace(listen, &text)).expect("read");
        let settings = loaded.element.sip.settings(&[]);
        assert_eq!(settings.sent_by.as_deref(), Some(good));
    }
    for bad in [
        "",
        "core.example;x=1",
        "a b",
        "core.example:x",
        "2001:db8::1",
    ] {
        let text = said(listen, &format!("{listen}\nsent_by = \"{bad}\""));
        assert!(text.contains("not a name or an address"), "{bad}: {text}");
    }
    let text = said(
        listen,
        &format!("{listen}\nown_names = [\"a.example\", \"a b\"]"),
    );
    assert!(
        text.contains("sip.own_names = [\"a.example\", \"a b\"]"),
        "{text}"
    );
}

#[test]
fn the_ports_of_listen_and_sent_by_count_on_with_the_shards() {
    let listen = "listen = \"127.0.0.4:6060\"";
    let third = Shard { number: 3, of: 4 };
    for (said, own) in [
        ("core.example:7070", "core.example:7072"),
        ("core.example", "core.example:5062"),
        ("[2001:db8::1]:6060", "[2001:db8::1]:6062"),
    ] {
        let text = format!("{listen}\nsent_by = \"{said}\"");
        let sip = load(&EXAMPLE.replace(listen, &text))
            .expect("read")
            .element
            .sip;
        let of_third = sip.of_shard("core", third).expect("a port");
        assert_eq!(of_third.listen.port(), 6062);
        assert_eq!(of_third.sent_by.as_deref(), Some(own));
        let of_first = sip.of_shard("core", Shard { number: 1, of: 4 });
        assert_eq!(of_first.expect("a port"), sip);
    }
    let text = format!("{listen}\nsent_by = \"core.example:65534\"");
    let sip = load(&EXAMPLE.replace(listen, &text))
        .expect("read")
        .element
        .sip;
    let fault = sip.of_shard("core", third).expect_err("no such port");
    assert!(fault.to_string().contains("core.sent_by"), "{fault}");
}

#[test]
fn limits_of_connections_have_ranges() {
    let timers = "[sip.timers]";
    let with = |line: &str| format!("[sip.connections]\n{line}\n\n{timers}");
    let good = load(&EXAMPLE.replace(timers, &with("max = 7\nidle_ms = 60000"))).expect("read");
    let settings = good.element.sip.settings(&[]).streams;
    assert_eq!((settings.max_connections, settings.idle.as_secs()), (7, 60));
    for bad in [
        "max = 0",
        "idle_ms = 0",
        "slow_ms = 604800001",
        "max_unsent = 65535",
    ] {
        let text = said(timers, &with(bad));
        assert!(text.contains("not between"), "{bad}: {text}");
    }
    assert!(said("[sip]\n", "[sip]\ndatagram_limit = 65508\n").contains("the longest datagram"));
}

#[test]
fn every_timer_can_be_said_and_must_make_sense() {
    let with = |timers: &str| {
        let text = EXAMPLE.replace("t1_ms = 500\nt2_ms = 4000\n", &format!("{timers}\n"));
        load(&text)
    };
    let loaded =
        with("t1_ms = 10\nt2_ms = 40\nt4_ms = 50\nb_ms = 700\nf_ms = 800\nj_ms = 900\nk_ms = 60");
    let values = loaded.unwrap().element.sip.timers.values();
    let ms = std::time::Duration::from_millis;
    let unreliable = sip_stack::timers::Reliability::Unreliable;
    assert_eq!((values.b(), values.f()), (ms(700), ms(800)));
    assert_eq!(
        (values.j(unreliable), values.k(unreliable)),
        (ms(900), ms(60))
    );
    for (timers, said) in [
        (
            "f_ms = 500",
            "f_ms = 500\n  problem: not more than t1_ms, which is 500",
        ),
        ("k_ms = 0", "k_ms = 0\n  problem: not between 1 and 3840000"),
        ("j_ms = 3840001", "j_ms = 3840001\n  problem: not between"),
    ] {
        let error = with(timers).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    for (key, wrong) in [("setup_ms", 9), ("close_ms", 60_001)] {
        let text = EXAMPLE.replace("watchdog_s = 30", &format!("{key} = {wrong}"));
        let error = load(&text).unwrap_err().to_string();
        assert!(
            error.contains(&format!("diameter.{key} = {wrong}")),
            "{error}"
        );
    }
}
