//! `flow replay FILE --play NODE --against ADDR`: one node's side of a capture against a live element.

use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use capture::ReadError;
use driver::io::Io;
use flow::escape::{Charset, escaped};
use flow::notice::UnreadTls;
use flow::{Event, Found, KeyLog, Limits, Nodes, NoticeKind, Reading};
use net::Net;
use process::exit;
use replay::{
    CallIds, Credentials, Difference, Meeting, Names, Origin, Outcome, Over, Pace, Plan, Player,
    ReplayError, Settings, Shown, Wishes,
};
use serde_json::json;

use crate::keys;
use crate::source::{self, Source, Tracked, Watched};

/// The status where something differs.
const DIFFERS: u8 = 1;
/// The status where something did not come.
const UNANSWERED: u8 = 2;

/// The arguments of `flow replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, group = clap::ArgGroup::new("meeting").required(true).multiple(true))]
pub(crate) struct Args {
    /// The capture: pcap or pcapng
    file: PathBuf,
    /// Whose side is played: an address, with or without port, or a name in the capture (of an interface that captured
    /// itself, or a Diameter identity)
    #[arg(long, value_name = "NODE")]
    play: String,
    /// Where the live element is, that NODE connects to or asks
    #[arg(long, value_name = "ADDR", group = "meeting")]
    against: Option<SocketAddr>,
    /// Where live elements come to: for a NODE that is connected to over TCP, or asked over UDP; without --against it
    /// is played against all who come
    #[arg(long, value_name = "ADDR", group = "meeting")]
    listen: Option<SocketAddr>,
    /// In whose place the live element is [default: to whom NODE sends most requests; with --listen alone, all who come]
    #[arg(long, value_name = "NODE")]
    peer: Option<String>,
    /// The address to send from [default: that of --listen; with --against on this host, a loopback address]
    #[arg(long, value_name = "ADDR")]
    from: Option<SocketAddr>,
    /// Play over TCP what was captured over SCTP
    #[arg(long, value_name = "TRANSPORT", value_enum)]
    over: Option<Transport>,
    /// Send as soon as what came before is there [default]
    #[arg(long, conflicts_with = "as_captured")]
    fast: bool,
    /// Keep the pauses of the capture
    #[arg(long)]
    as_captured: bool,
    /// Give each call another Call-ID
    #[arg(long)]
    new_call_ids: bool,
    /// Passwords and keys that answer live challenges: TOML, [[user]] with name and password, or name, k, and opc or op (on
    /// wish sqn, the last SQN that its USIM took; without, it takes any)
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Secrets of TLS as a program wrote them to SSLKEYLOGFILE; those in a pcapng are taken without
    #[arg(long, value_name = "FILE")]
    key_log: Option<PathBuf>,
    /// Say another Origin-Host
    #[arg(long, value_name = "HOST")]
    origin_host: Option<String>,
    /// Say another Origin-Realm
    #[arg(long, value_name = "REALM")]
    origin_realm: Option<String>,
    /// Fields that are not compared, with commas between them: a header, its parameter (WWW-Authenticate.realm), an AVP
    #[arg(long, value_name = "FIELD", value_delimiter = ',', num_args = 1..)]
    ignore: Vec<String>,
    /// How long each message of a live element may take, seconds; the first that comes to --listen has a minute
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    wait: u64,
    /// Give up after so many messages in a row that do not come
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    unanswered: u32,
    /// One JSON object a line: the differences, and at the end the counts
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
A phone or a Diameter client of the capture: --play NODE --against ADDR. An HSS, or who else is asked: --play NODE \
--listen ADDR, and then start or use the live element. Who is both, towards one peer: both flags.

Status: 0 where the live element said what the capture has, 1 where something differs, 2 where something did not come, \
64 for wrong flags or a node that is not there, 65 for a capture that cannot be read or played, 66 for a file that cannot \
be opened, 69 for an address that cannot be used, 70 for anything else.";

/// What `--over` may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Transport {
    Tcp,
}

/// Why nothing was played.
struct Stop {
    status: u8,
    text: String,
}

fn stop(status: u8) -> impl Fn(String) -> Stop {
    move |text| Stop { status, text }
}

pub(crate) fn run(args: Args) -> ExitCode {
    match play(&args) {
        Ok(outcome) => {
            let mut out = BufWriter::new(io::stdout().lock());
            let written = match args.json {
                true => json(&mut out, &outcome),
                false => text(&mut out, &outcome),
            };
            // Whoever closed standard output has read enough; the status tells the rest.
            let _ = written.and_then(|()| out.flush());
            let status = match (outcome.missing.is_empty(), outcome.differences.is_empty()) {
                (false, _) => UNANSWERED,
                (true, false) => DIFFERS,
                (true, true) => exit::OK,
            };
            ExitCode::from(status)
        }
        Err(Stop { status, text }) => {
            complain(&text);
            ExitCode::from(status)
        }
    }
}

fn complain(text: &str) {
    // Standard error may be gone; line ends are the way out's.
    for line in text.lines() {
        let _ = writeln!(io::stderr(), "flow: {}", escaped(line, Charset::Unicode));
    }
}

fn play(args: &Args) -> Result<Outcome, Stop> {
    let credentials = match &args.credentials {
        Some(path) => credentials(path)?,
        None => Credentials::default(),
    };
    let source = Source::open(&args.file).map_err(unopened(&args.file))?;
    let again = source.again().map_err(unopened(&args.file))?;
    let again = again.ok_or_else(|| {
        let name = source.name();
        stop(exit::NO_INPUT)(format!(
            "{name} is not a file, and is to be read twice\n  way out: write the capture into a file first"
        ))
    })?;
    let keys = keys::of(args.key_log.as_deref())
        .map_err(|error| stop(error.status())(error.to_string()))?;
    let First {
        names,
        keys,
        is_encrypted,
        ending,
    } = First::of(source, keys)?;
    if let Some(ending) = ending {
        complain(&format!("{ending}; what is before is played"));
    }
    let unknown = |name: &str| {
        let error = ReplayError::Unknown {
            name: name.to_owned(),
            known: names.known(),
        };
        stop(exit::USAGE)(error.to_string())
    };
    let node = names.place(&args.play).ok_or_else(|| unknown(&args.play))?;
    let peer = match &args.peer {
        Some(name) => Some(names.place(name).ok_or_else(|| unknown(name))?),
        None => None,
    };
    let meeting = match (args.against, args.listen) {
        (Some(_), None) => Meeting::Goes,
        (Some(_), Some(_)) => Meeting::Both,
        (None, _) => Meeting::Waits,
    };
    let over = match args.over {
        Some(Transport::Tcp) => Over::Tcp,
        None => Over::AsCaptured,
    };
    let plan = Plan::new(
        Messages(reading(again, keys)),
        &names,
        &node,
        &args.play,
        peer.as_ref(),
        meeting,
        over,
    );
    let plan = plan.map_err(|error| {
        let error = match error {
            ReplayError::Empty { .. } => ReplayError::Empty { is_encrypted },
            error => error,
        };
        stop(exit::DATA)(error.to_string())
    })?;
    let wishes = Wishes {
        call_ids: match args.new_call_ids {
            true => CallIds::New,
            false => CallIds::AsCaptured,
        },
        origin: Origin {
            host: args.origin_host.clone(),
            realm: args.origin_realm.clone(),
        },
        ignore: args.ignore.clone(),
    };
    let settings = Settings {
        from: args.from,
        listen: args.listen,
        pace: match (args.fast, args.as_captured) {
            (false, true) => Pace::AsCaptured,
            _ => Pace::Fast,
        },
        wait: Duration::from_secs(args.wait),
        unanswered: args.unanswered,
    };
    let played = net::run(async {
        let net = Net::new().map_err(|error| stop(exit::SOFTWARE)(error.to_string()))?;
        let mut random = [0; 16];
        net.fill_random(&mut random);
        let player = Player::new(plan, args.against, wishes, credentials, random);
        let listening = |address| {
            // Standard error may be gone.
            let _ = writeln!(io::stderr(), "flow: waits for live elements at {address}");
        };
        let played = replay::run(&net, player, &settings, listening).await;
        played.map_err(|error| stop(exit::UNAVAILABLE)(error.to_string()))
    });
    played.map_err(|error| stop(exit::SOFTWARE)(error.to_string()))?
}

fn unopened(path: &Path) -> impl Fn(io::Error) -> Stop {
    move |error| {
        let name = path.display();
        stop(exit::NO_INPUT)(format!("cannot open {name}: {error}"))
    }
}

fn credentials(path: &Path) -> Result<Credentials, Stop> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| stop(exit::NO_INPUT)(format!("cannot read {name}: {error}")))?;
    Credentials::read(&text).map_err(|error| stop(exit::DATA)(format!("{name}: {error}")))
}

fn reading(source: Source, keys: KeyLog) -> (Reading<Tracked>, Nodes) {
    let reading = Reading::new(source.reader(Watched::As("reading:")), Limits::default());
    (reading.with_keys(keys), Nodes::new([]))
}

/// The messages of a capture one after another. What there is to be told of the capture itself, `flow check` tells.
struct Messages((Reading<Tracked>, Nodes));

impl Iterator for Messages {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let Messages((reading, nodes)) = self;
        loop {
            if let Found::Message(event) = reading.next(nodes)? {
                return Some(event);
            }
        }
    }
}

/// What is to be known of a capture before it is played.
struct First {
    names: Names,
    /// All keys for what is encrypted in it.
    keys: KeyLog,
    /// Whether there is TLS whose keys are not known.
    is_encrypted: bool,
    /// Where it is cut off, and why.
    ending: Option<String>,
}

impl First {
    fn of(source: Source, keys: KeyLog) -> Result<First, Stop> {
        let name = source.name();
        let again = source.again().map_err(unopened(source.path()))?;
        let (mut reading, mut nodes) = reading(source, keys);
        let mut names = Names::default();
        let mut is_encrypted = false;
        while let Some(found) = reading.next(&mut nodes) {
            match found {
                Found::Packet(packet) => names.see_packet(packet),
                Found::Message(event) => names.see_event(&event),
                Found::Notice(notice) => {
                    is_encrypted |= notice.kind == NoticeKind::Tls(UnreadTls::NoKey)
                }
                Found::Fault(_) => {}
            }
        }
        let packets = reading.packets();
        let told = |error: &ReadError| format!("{name}: after packet {packets}: {error}");
        let ending = match reading.error() {
            // A capture that was ended roughly: the packets before are whole.
            Some(error @ ReadError::Truncated) if packets > 0 => Some(told(error)),
            Some(error) => return Err(stop(source::status(error))(told(error))),
            None => None,
        };
        let are_late = reading.are_keys_late();
        let keys = reading.take_keys();
        // Keys that stand behind what they open: now they are known from the beginning.
        if let Some(again) = again.filter(|_| are_late) {
            return First::of(again, keys);
        }
        Ok(First {
            names,
            keys,
            is_encrypted,
            ending,
        })
    }
}

/// `20 401 WWW-Authenticate.realm: captured "home.example", live "other.example"`
fn text(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let safe = |text: &str| escaped(text, Charset::Unicode);
    let shown = |shown: &Shown| match shown {
        Shown::Absent => "nothing".to_owned(),
        Shown::Text(text) => format!("\"{}\"", safe(text)),
        Shown::Secret => "a value that is not shown".to_owned(),
    };
    for difference in &outcome.differences {
        let Difference {
            packets,
            message,
            field,
            captured,
            live,
        } = difference;
        let (message, field) = (safe(message), safe(field));
        let (captured, live) = (shown(captured), shown(live));
        writeln!(
            out,
            "{packets} {message} {field}: captured {captured}, live {live}"
        )?;
    }
    for (packets, message) in &outcome.missing {
        writeln!(out, "{packets} {}: did not come", safe(message))?;
    }
    let Outcome {
        sent,
        compared,
        dropped,
        differences,
        untold,
        missing,
        unsent,
        without_credentials,
        challenged_again,
        closed,
    } = outcome;
    if *untold > 0 {
        writeln!(out, "and {untold} differences more")?;
    }
    for user in without_credentials {
        let user = safe(user);
        writeln!(
            out,
            "{user} was challenged, and nothing proves it\n  way out: give its password or key with --credentials, as \
             [[user]] with name = \"{user}\""
        )?;
    }
    if *challenged_again > 0 {
        writeln!(
            out,
            "{challenged_again} answers to challenges were not believed\n  way out: give the passwords and keys that the \
             live network has with --credentials"
        )?;
    }
    if !missing.is_empty() && *closed > 0 {
        writeln!(
            out,
            "connections that a live element closed before the end: {closed}\n  way out: its log says why"
        )?;
    } else if !missing.is_empty() && *compared == 0 {
        writeln!(
            out,
            "nothing came from a live element\n  way out: see that it is at the address of --against, or goes to that \
             of --listen, and that what it sends reaches that of --from"
        )?;
    }
    if *unsent > 0 {
        writeln!(
            out,
            "no answers came any more: {unsent} messages were not sent\n  way out: where it may be silent for longer, \
             give --unanswered N"
        )?;
    }
    writeln!(
        out,
        "{sent} messages sent, {compared} compared: {} differences, {} did not come",
        differences.len() as u64 + untold,
        missing.len()
    )?;
    if *dropped > 0 {
        writeln!(out, "{dropped} live messages that nobody waits for")?;
    }
    Ok(())
}

fn json(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let shown = |shown: &Shown| match shown {
        Shown::Absent => json!(null),
        Shown::Text(text) => json!(text),
        Shown::Secret => json!({ "secret": true }),
    };
    for difference in &outcome.differences {
        let line = json!({
            "packet": difference.packets.first,
            "last_packet": difference.packets.last,
            "message": difference.message,
            "field": difference.field,
            "captured": shown(&difference.captured),
            "live": shown(&difference.live),
        });
        writeln!(out, "{line}")?;
    }
    for (packets, message) in &outcome.missing {
        let line = json!({
            "packet": packets.first,
            "last_packet": packets.last,
            "message": message,
            "missing": true,
        });
        writeln!(out, "{line}")?;
    }
    let end = json!({
        "sent": outcome.sent,
        "compared": outcome.compared,
        "differences": outcome.differences.len() as u64 + outcome.untold,
        "missing": outcome.missing.len(),
        "unsent": outcome.unsent,
        "without_credentials": outcome.without_credentials,
        "challenged_again": outcome.challenged_again,
        "closed": outcome.closed,
        "dropped": outcome.dropped,
    });
    writeln!(out, "{end}")
}
