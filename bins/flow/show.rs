//! `flow show`: the ladder of a capture.
//!
//! A file is read twice: first for names, columns and what belongs together, then to draw. What comes through a pipe is
//! read once, and drawn with what is known by then.

mod drawing;
mod error;
mod names;
mod reading;
mod told;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use flow::terminal::{Colours, DEFAULT_WIDTH};
use flow::{Correlation, KeyLog, Naming, Remembered, Selection, Show, Style, Wanted};
use process::exit;

use crate::keys;
use crate::source::{Source, Watched};
use drawing::{Cut, Drawing, Folding, Format};
use error::ShowError;
use told::{Asked, Told};

/// What `flow show` is told.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// A capture, pcap or pcapng; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One picture instead of text; up to 2,000 messages
    #[arg(long, group = "format")]
    svg: bool,
    /// One page with a search and every message's fields; up to 50,000 messages or 64 MiB
    #[arg(long, group = "format")]
    html: bool,
    /// One JSON object a line for each message, with its fields
    #[arg(long, group = "format")]
    json: bool,
    /// Where to write, instead of standard output
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// What nodes are called, in TOML: "10.0.0.1" = "pcscf", "10.0.0.1:5062" = "icscf"; or the configuration of an
    /// element, which is called by its Diameter identity, else by its file; may be given several times
    #[arg(long, value_name = "FILE")]
    names: Vec<PathBuf>,
    /// Secrets of TLS as a program wrote them to SSLKEYLOGFILE; those in a pcapng are taken without
    #[arg(long, value_name = "FILE")]
    key_log: Option<PathBuf>,
    /// Only what belongs to a subscriber: IMPU, IMPI, IMSI, telephone number, or the user before the @
    #[arg(long, value_name = "X", value_parser = wanted)]
    user: Vec<Wanted>,
    /// Only what belongs to a Call-ID
    #[arg(long, value_name = "X")]
    call: Vec<String>,
    /// Only what belongs to a Session-Id
    #[arg(long, value_name = "X")]
    session: Vec<String>,
    /// Every message, DWR, DWA and STUN too
    #[arg(long, conflicts_with = "procedures")]
    all: bool,
    /// Only procedures: nothing of what sets up Diameter connections
    #[arg(long)]
    procedures: bool,
    /// Columns of the text [default: the terminal's, $COLUMNS, 80]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..=1000))]
    width: Option<u16>,
    /// Only ASCII, as where the locale is not UTF-8
    #[arg(long)]
    ascii: bool,
    /// Colours: by default at a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: Color,
    /// A request and its answers on one line, with how long it took
    #[arg(long, conflicts_with_all = ["html", "json"])]
    fold: bool,
}

const AFTER_HELP: &str = "\
A file is read twice, so that nodes have their names from the first line on. What comes through a pipe is read once: \
nodes are called what is known by then, and what turns out later to belong to a subscriber is not shown.

A line of --json has the type `message`: packets [first, last], time in RFC 3339 (UTC, nanoseconds), from and to with \
name and address, transport, protocol (sip, diameter, stun, unknown), label, detail, outcome (request, provisional, \
challenge, success, failure, unreadable), purpose (procedure, connection, watchdog), retransmission, subscribers, call_id \
and session_id where there is one, and message: of SIP start_line, headers and body (text or hexadecimal); of Diameter \
command, code, application, flags, hop_by_hop, end_to_end and avps, of which each has a name and a value or avps; of \
anything else length and hexadecimal. Or it has the type `notice`: packets, where it is about some, and text.

Exit statuses: 0 done; 64 wrong flags or names; 65 not a capture, or one that is broken or cut off: what there is of it \
is shown; or a key log without keys; 66 the capture or the key log cannot be opened; 73 the output cannot be made; 74 \
reading or writing failed.";

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// At a terminal, unless NO_COLOR is set
    Auto,
    /// Also through a pipe
    Always,
    /// Not at all
    Never,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    Wanted::new(text).ok_or_else(|| {
        "nobody's identity: give a user as in sip:alice@home.example, alice@home.example, alice, 001010123456789 or \
         +12015550123"
            .to_owned()
    })
}

/// The whole of `flow show`.
pub(crate) fn run(args: Args) -> ExitCode {
    match show(args) {
        Ok(status) => ExitCode::from(status),
        // Whoever reads has seen enough, as under `| head`.
        Err(ShowError::Unread) => ExitCode::from(exit::OK),
        Err(error) => {
            let _ = writeln!(io::stderr(), "flow: {error}");
            ExitCode::from(error.status())
        }
    }
}

fn show(args: Args) -> Result<u8, ShowError> {
    let configured = names::read(&args.names)?;
    let mut keys = keys::of(args.key_log.as_deref())?;
    let source = Source::open(&args.file).map_err(ShowError::input(&args.file))?;
    let style = style(&args);
    let format = match (args.svg, args.html, args.json) {
        (true, ..) => Format::Svg,
        (_, true, _) => Format::Html,
        (.., true) => Format::Json,
        _ => Format::Text,
    };
    let shows = match (args.all, args.procedures) {
        (true, _) => Show::Everything,
        (_, true) => Show::Procedures,
        _ => Show::WithoutWatchdog,
    };
    let selection = Selection {
        users: args.user,
        calls: args.call,
        sessions: args.session,
    };
    let asked = match selection.is_everything() {
        true => Asked::Everything,
        false => Asked::Selected,
    };
    let mut naming = Naming::new(configured);
    let needs_correlation = asked == Asked::Selected || format.tells_subscribers();
    let mut correlation =
        needs_correlation.then(|| Correlation::new(selection, Remembered::default()));
    let name = source.name();
    let again = source.again().map_err(ShowError::input(&args.file))?;
    let out = open(args.output.as_deref(), &args.file)?;
    let fold = match args.fold {
        true => Folding::Yes,
        false => Folding::No,
    };
    let mut drawing = Drawing::new(format, &name, style, shows, fold, out);
    let (source, mut nodes, learning) = match again {
        Some(again) => {
            keys = learn(source, keys, &mut naming, &mut correlation, shows)?;
            if let Some(correlation) = &mut correlation {
                correlation.begin_again();
            }
            let columns = match format {
                // Nobody has to see them beside each other.
                Format::Json => usize::MAX,
                _ => drawing.columns(),
            };
            (again, naming.nodes(columns, format.names()), None)
        }
        None => {
            let nodes = naming.nodes_as_met(drawing.columns());
            (source, nodes, Some(&mut naming))
        }
    };
    let watched = match args.output.is_none() && io::stdout().is_terminal() {
        true => Watched::Not,
        false => Watched::As("drawing:"),
    };
    let mut told = Told::default();
    let mut ending = reading::draw(
        source.reader(watched),
        keys,
        &mut nodes,
        learning,
        correlation.as_mut(),
        &mut drawing,
        &mut told,
    )?;
    let status = ending.status();
    if let Some(error) = ending.error.take_if(|_| ending.packets == 0) {
        return Err(ShowError::Capture { name, error });
    }
    if let Some(Cut { after, more }) = drawing.finish(&nodes, &told)? {
        let _ = writeln!(
            io::stderr(),
            "flow: {name}: cut after {after} messages: {more} more\n  way out: choose with --user, --call or --session, \
             or use --json"
        );
    }
    told.summarize(
        &name,
        ending.packets,
        drawing.drawn(),
        asked,
        correlation.as_ref(),
        format,
    );
    Ok(status)
}

/// The first reading; once more where keys stand behind what they open. Gives all keys.
fn learn(
    source: Source,
    keys: KeyLog,
    naming: &mut Naming,
    correlation: &mut Option<Correlation>,
    shows: Show,
) -> Result<KeyLog, ShowError> {
    let again = source.again().map_err(ShowError::input(source.path()))?;
    let first = source.reader(Watched::As("names:"));
    let learnt = reading::learn(first, keys, naming, correlation.as_mut(), shows);
    match again.filter(|_| learnt.are_keys_late) {
        Some(again) => {
            let again = again.reader(Watched::As("names:"));
            let learnt = reading::learn(again, learnt.keys, naming, correlation.as_mut(), shows);
            Ok(learnt.keys)
        }
        None => Ok(learnt.keys),
    }
}

fn style(args: &Args) -> Style {
    let mut style = Style::of_stdout();
    if args.output.is_some() {
        style.colours = Colours::Plain;
        style.width = DEFAULT_WIDTH;
    }
    match args.color {
        Color::Auto => {}
        Color::Always => style.colours = Colours::Ansi,
        Color::Never => style.colours = Colours::Plain,
    }
    if let Some(width) = args.width {
        style.width = usize::from(width);
    }
    if args.ascii {
        style.charset = flow::escape::Charset::Ascii;
    }
    style
}

/// Where it is written; never over the capture itself.
fn open(output: Option<&Path>, input: &Path) -> Result<Box<dyn Write>, ShowError> {
    let Some(path) = output.filter(|path| *path != OsStr::new("-")) else {
        return Ok(Box::new(BufWriter::new(io::stdout().lock())));
    };
    let identity = |path: &Path| {
        let about = fs::metadata(path).ok()?;
        Some((about.dev(), about.ino()))
    };
    if identity(path).is_some_and(|output| identity(input) == Some(output)) {
        return Err(ShowError::OverItself(path.to_owned()));
    }
    let file = File::create(path).map_err(|source| ShowError::Output {
        path: path.to_owned(),
        source,
    })?;
    Ok(Box::new(BufWriter::new(file)))
}
