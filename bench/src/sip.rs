//! SIP figures. *bare* finds start line and header fields; *full* also reads top Via, From, To, Call-ID, CSeq, Expires
//! and every Contact, Route, Record-Route, Path and Service-Route, and prints the message into fresh octets. *floor*
//! is what only finding the line ends of the same octets takes: the bound that memory sets. *checked* is finding and
//! validating, *forward* what an element on the way does: also a Via, Max-Forwards and Route edited, and printed.

mod ezk;
pub(crate) mod of_c;
mod ours;
mod rsip;
mod rsipstack;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::figure::{self, Taken};
use crate::measure::{medians, nanoseconds};

/// A parser: what it makes of one message, and whether it could.
struct Candidate {
    who: &'static str,
    bare: Work,
    full: Work,
}

type Work = fn(&Bytes) -> bool;
/// Which of a candidate's works is measured.
type Choose = fn(&Candidate) -> Work;

const CANDIDATES: [Candidate; 4] = [
    ours::CANDIDATE,
    rsip::CANDIDATE,
    rsipstack::CANDIDATE,
    ezk::CANDIDATE,
];

/// Prints the figures of the messages in `folder`, each line beginning with `codec`.
pub(crate) fn run(codec: &str, folder: &Path) -> Result<(), String> {
    let messages = read(&paths(folder)?)?;
    let mean = messages.len() as f64;
    let floor = nanoseconds(|| {
        for message in &messages {
            black_box(memchr::memchr_iter(b'\n', message).count());
        }
    });
    figure::alone(&format!("{codec} floor"), floor / mean);
    let works: [(&str, Choose); 2] = [("bare", |c| c.bare), ("full", |c| c.full)];
    for (what, work) in works {
        let taken = times(&CANDIDATES, &messages, work);
        figure::print(&format!("{codec} {what}"), "ns", &taken);
    }
    for (what, work) in ours::ON_THE_WAY {
        // What is refused takes less: no figure of ours is of that.
        if let Some(refused) = messages.iter().position(|message| !work(message)) {
            return Err(format!(
                "{codec} {what}: message {} is refused",
                refused + 1
            ));
        }
        let time = nanoseconds(|| {
            for message in &messages {
                black_box(work(message));
            }
        });
        figure::alone(&format!("{codec} {what}"), time / mean);
    }
    let taken = allocations(&messages);
    figure::print(&format!("{codec} full-allocations"), "count", &taken);
    Ok(())
}

/// Who reads all `messages` takes turns with the others; nobody else has a time.
fn times(candidates: &[Candidate], messages: &[Bytes], work: Choose) -> Vec<Taken> {
    let mut turns: Vec<Box<dyn FnMut()>> = Vec::new();
    for candidate in candidates.iter().filter(|c| messages.iter().all(work(c))) {
        let work = work(candidate);
        turns.push(Box::new(move || {
            for message in messages {
                black_box(work(message));
            }
        }));
    }
    let mut turns: Vec<&mut dyn FnMut()> = turns.iter_mut().map(|turn| &mut **turn as _).collect();
    let mut times = medians(&mut turns).into_iter();
    let taken = candidates.iter().map(|candidate| Taken {
        who: candidate.who,
        amount: messages
            .iter()
            .all(work(candidate))
            .then(|| times.next().unwrap_or_default() / messages.len() as f64),
    });
    taken.collect()
}

fn allocations(messages: &[Bytes]) -> Vec<Taken> {
    let taken = CANDIDATES.iter().map(|candidate| {
        let mut all = true;
        let counted = allocation_counter::measure(|| {
            for message in messages {
                all &= (candidate.full)(message);
            }
        });
        Taken {
            who: candidate.who,
            amount: all.then_some(counted.count_total as f64 / messages.len() as f64),
        }
    });
    taken.collect()
}

/// Every `.sip` file of the folder, in the order of the names.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        if path.extension().is_some_and(|extension| extension == "sip") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{}: no .sip file", folder.display()));
    }
    Ok(paths)
}

fn read(paths: &[PathBuf]) -> Result<Vec<Bytes>, String> {
    let message = |path: &PathBuf| {
        std::fs::read(path)
            .map(Bytes::from)
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    paths.iter().map(message).collect()
}
