//! `flow check FILE`: the faults in a capture, one line each.

use std::io::{self, BufWriter, Write};
use std::mem;
use std::path::PathBuf;
use std::process::ExitCode;

use flow::check::{Finding, Kind, Report};
use flow::escape::{Charset, escaped};
use flow::event::Protocol;
use flow::{Checker, Found, KeyLog, Limits, Nodes, Reading, Timestamp};
use process::exit;
use serde_json::json;

use crate::ending::Ending;
use crate::keys;
use crate::source::{self, Source, Tracked, Watched};

/// The status where there are findings.
const FOUND: u8 = 1;

/// The arguments of `flow check`.
#[derive(Debug, clap::Args)]
#[command(after_help = help())]
pub(crate) struct Args {
    /// The capture: pcap or pcapng, or - for standard input
    file: PathBuf,
    /// One JSON object a line: the findings, and at the end what was not told
    #[arg(long)]
    json: bool,
    /// Kinds of findings that are not told and do not count, with commas between them
    #[arg(long, value_name = "KIND", value_delimiter = ',', num_args = 1..)]
    allow: Vec<Kind>,
    /// Secrets of TLS as a program wrote them to SSLKEYLOGFILE; those in a pcapng are taken without
    #[arg(long, value_name = "FILE")]
    key_log: Option<PathBuf>,
}

fn help() -> String {
    let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
    format!(
        "Kinds of findings: {}.\n\nStatus: 0 without findings, 1 with findings, 65 for a file that is no capture or \
         ends within a packet, 66 for one that cannot be opened.",
        names.join(", ")
    )
}

/// What was read, and why no more.
struct Checked {
    report: Report,
    /// Datagrams and pieces of streams where messages are expected that are none.
    unreadable: u64,
    ending: Ending,
}

impl Checked {
    fn messages(&self) -> u64 {
        self.ending.counts.sip + self.ending.counts.diameter
    }

    /// What was neither SIP nor Diameter.
    fn beside(&self) -> [(u64, &'static str); 5] {
        let counts = self.ending.counts;
        [
            (self.unreadable, "unreadable piece"),
            (counts.stun, "STUN message"),
            (counts.tls, "encrypted connection"),
            (counts.other_datagrams, "other datagram"),
            (counts.other_streams, "other stream"),
        ]
    }
}

pub(crate) fn run(args: Args) -> ExitCode {
    let source = match Source::open(&args.file) {
        Ok(source) => source,
        Err(error) => {
            complain(&format!("cannot open {}: {error}", args.file.display()));
            return ExitCode::from(exit::NO_INPUT);
        }
    };
    let name = source.name();
    let keys = match keys::of(args.key_log.as_deref()) {
        Ok(keys) => keys,
        Err(error) => {
            error.to_string().lines().for_each(complain);
            return ExitCode::from(error.status());
        }
    };
    let again = source.again();
    let mut checked = check(source.reader(Watched::As("checking:")), keys);
    // Keys that stand behind what they open: now they are known from the beginning.
    if checked.ending.are_keys_late
        && let Ok(Some(again)) = again
    {
        let keys = mem::take(&mut checked.ending.keys);
        checked = check(again.reader(Watched::As("checking:")), keys);
    }
    checked.ending.told.iter().for_each(|text| complain(text));
    let told: Vec<&Finding> = checked
        .report
        .findings
        .iter()
        .filter(|finding| !args.allow.contains(&finding.kind))
        .collect();
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match args.json {
        true => json(&mut out, &checked, &told),
        false => text(&mut out, &checked, &told, &args.allow),
    };
    // Whoever closed standard output has read enough; the status tells the rest.
    let _ = written.and_then(|()| out.flush());
    if let Some(error) = &checked.ending.error {
        let packets = checked.ending.packets;
        complain(&format!("{name}: after packet {packets}: {error}"));
        return ExitCode::from(source::status(error));
    }
    let beyond = checked.report.more.keys();
    let more_told = beyond.filter(|kind| !args.allow.contains(kind)).count();
    match told.is_empty() && more_told == 0 {
        true => ExitCode::from(exit::OK),
        false => ExitCode::from(FOUND),
    }
}

fn complain(text: &str) {
    // Standard error may be gone.
    let _ = writeln!(io::stderr(), "flow: {}", escaped(text, Charset::Unicode));
}

fn check(source: Tracked, keys: KeyLog) -> Checked {
    let mut reading = Reading::new(source, Limits::default()).with_keys(keys);
    let mut nodes = Nodes::new([]);
    let mut checker = Checker::default();
    let mut unreadable = 0;
    while let Some(found) = reading.next(&mut nodes) {
        match found {
            Found::Packet(_) => {}
            Found::Message(event) => {
                unreadable += u64::from(event.protocol == Protocol::Unknown);
                checker.take(&event);
            }
            Found::Notice(notice) => checker.take_notice(&notice),
            Found::Fault(fault) => checker.take_fault(&fault),
        }
    }
    Checked {
        report: checker.finish(),
        unreadable,
        ending: Ending::of(reading),
    }
}

/// `12 retransmitted REGISTER 192.0.2.1:5060 > 192.0.2.2:5060: sent 3 times, …`
fn text(
    out: &mut impl Write,
    checked: &Checked,
    told: &[&Finding],
    allowed: &[Kind],
) -> io::Result<()> {
    let safe = |text: &str| escaped(text, Charset::Unicode);
    for finding in told {
        let Finding { packets, kind, .. } = finding;
        let message = safe(&finding.message);
        write!(out, "{packets} {kind} {message}")?;
        if let (Some(from), Some(to)) = (finding.from, finding.to) {
            write!(out, " {from} > {to}")?;
        }
        write!(out, ": {}", safe(&finding.text))?;
        match finding.which.is_empty() {
            true => writeln!(out)?,
            false => writeln!(out, " ({})", safe(&finding.which))?,
        }
    }
    let Checked {
        report,
        ending: Ending {
            packets,
            passed_over,
            ..
        },
        ..
    } = checked;
    write!(
        out,
        "{} in {} of {}",
        counted(told.len() as u64, "finding"),
        counted(checked.messages(), "message"),
        counted(*packets, "packet")
    )?;
    let hidden = report.findings.len() - told.len();
    if hidden > 0 {
        write!(out, ", {hidden} allowed")?;
    }
    writeln!(out)?;
    let beside: Vec<String> = checked
        .beside()
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
    if !beside.is_empty() {
        writeln!(out, "beside them {}", beside.join(", "))?;
    }
    for (kind, count) in &report.more {
        if !allowed.contains(kind) {
            writeln!(
                out,
                "not told: {count} more of kind {kind} in later packets"
            )?;
        }
    }
    let passed_over = passed_over.to_string();
    if !passed_over.is_empty() {
        writeln!(out, "not read: {passed_over}")?;
    }
    if report.forgotten > 0 {
        let forgotten = counted(report.forgotten, "record");
        writeln!(
            out,
            "{forgotten} of earlier messages dropped, because more are open than are kept: findings may be missing"
        )?;
    }
    if report.perhaps_asked > 0 {
        let answers = counted(report.perhaps_asked, "answer");
        writeln!(
            out,
            "{answers} whose requests may have passed before the capture began, or were dropped"
        )?;
    }
    if report.perhaps_answered > 0 {
        let requests = counted(report.perhaps_answered, "request");
        writeln!(
            out,
            "{requests} that may have been answered after the capture ended"
        )?;
    }
    if report.captured_twice > 0 {
        let datagrams = counted(report.captured_twice, "datagram");
        writeln!(out, "{datagrams} captured twice, as on two interfaces")?;
    }
    Ok(())
}

fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn json(out: &mut impl Write, checked: &Checked, told: &[&Finding]) -> io::Result<()> {
    for finding in told {
        let line = json!({
            "packet": finding.packets.first,
            "last_packet": finding.packets.last,
            "kind": finding.kind.name(),
            "time": finding.time.map(|time| Timestamp(time).to_string()),
            "from": finding.from,
            "to": finding.to,
            "transport": finding.transport.map(|it| it.to_string()),
            "message": finding.message,
            "which": finding.which,
            "text": finding.text,
        });
        writeln!(out, "{line}")?;
    }
    let Checked {
        report,
        ending:
            Ending {
                packets,
                counts,
                passed_over,
                ..
            },
        unreadable,
        ..
    } = checked;
    let more: serde_json::Map<String, serde_json::Value> = report
        .more
        .iter()
        .map(|(kind, count)| (kind.name().to_owned(), (*count).into()))
        .collect();
    let end = json!({
        "findings": told.len(),
        "allowed": report.findings.len() - told.len(),
        "packets": packets,
        "messages": checked.messages(),
        "unreadable": unreadable,
        "stun": counts.stun,
        "encrypted_connections": counts.tls,
        "other_datagrams": counts.other_datagrams,
        "other_streams": counts.other_streams,
        "not_read": passed_over.to_string(),
        "more": more,
        "forgotten": report.forgotten,
        "perhaps_asked": report.perhaps_asked,
        "perhaps_answered": report.perhaps_answered,
        "captured_twice": report.captured_twice,
    });
    writeln!(out, "{end}")
}
