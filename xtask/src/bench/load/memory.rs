//! Resident memory for each registration.

use std::time::Duration;

use crate::step::{Failed, pause};

use super::PER;
use super::place::{Ground, Place};
use super::processor::Work;
use super::running::Running;
use super::sipp::{Deed, Sipp};
use super::subject::Subject;

/// How much longer than timer J we wait for the last transaction to be over.
const MARGIN: Duration = Duration::from_secs(2);

/// Octets for each registration, and what making and draining them cost.
struct Held {
    at_peak: f64,
    drained: f64,
    cpu_seconds: f64,
}

/// Measures Kamailio and our S-CSCF, and prints a line for each figure.
pub(super) fn measure(ground: &Ground, work: Work, t1: Option<Duration>) -> Result<(), Failed> {
    let kamailio = hold(ground, work, Subject::Kamailio, t1)?;
    let ours = hold(ground, work, Subject::Scscf, t1)?;
    let Work { users, rate } = work;
    for (what, ours, beside, unit) in [
        ("at the peak", ours.at_peak, kamailio.at_peak, "octets each"),
        ("drained", ours.drained, kamailio.drained, "octets each"),
    ] {
        println!(
            "load memory of {users} registrations at {rate}/s, S-CSCF, {what}: ours {ours:.0} kamailio {beside:.0} {unit}, \
             ratio {:.2}",
            ours / beside
        );
    }
    println!(
        "load digest registrations, S-CSCF alone, with what ends their transactions, at {rate}/s: ours {:.3} kamailio \
         {:.3} cpu-s per 10000, ratio {:.2}",
        ours.cpu_seconds,
        kamailio.cpu_seconds,
        ours.cpu_seconds / kamailio.cpu_seconds
    );
    Ok(())
}

fn hold(
    ground: &Ground,
    work: Work,
    subject: Subject,
    t1: Option<Duration>,
) -> Result<Held, Failed> {
    let Work { users, rate } = work;
    eprintln!(
        "… {}: {users} registrations held, made at {rate}/s",
        subject.name()
    );
    let mut place = Place::new(ground, &format!("{}-memory", subject.name()), users)?;
    place.t1 = t1.unwrap_or(place.t1);
    let programs = subject.start(&place)?;
    let program = programs
        .iter()
        .find(|program| program.name == subject.entry())
        .ok_or_else(|| Failed(format!("{} does not run", subject.entry())))?;
    let (cpu, memory) = (program.cpu_seconds()?, program.memory()?);
    Sipp::start(&place, subject.entry(), Deed::Register, rate)?.finish()?;
    // Kamailio answers statelessly: it has no transactions that end later, and is several processes.
    let peak = match subject {
        Subject::Kamailio => program.memory()?,
        _ => {
            let peak = program.memory_at_peak()?;
            drain(program, place.t1);
            peak
        }
    };
    let each = |octets: f64| (octets - memory) / users as f64;
    Ok(Held {
        at_peak: each(peak),
        drained: each(program.memory()?),
        cpu_seconds: (program.cpu_seconds()? - cpu) * PER / users as f64,
    })
}

/// Waits for the end of the last transaction: timer J, 64 × T1 after its response (RFC 3261 §17.2.2).
fn drain(program: &Running, t1: Duration) {
    let time = t1 * 64 + MARGIN;
    let name = program.name;
    eprintln!(
        "… {name}: {} s until its last transaction is over",
        time.as_secs()
    );
    pause(time);
}
