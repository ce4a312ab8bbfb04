//! CPU-seconds for 10,000 digest registrations, and for 10,000 pairs of refreshes.

use std::time::Duration;

use crate::step::{Failed, now, pause};

use super::PER;
use super::place::{Ground, Place};
use super::running::Running;
use super::sipp::{Deed, Sipp};
use super::subject::Subject;

/// Users, and how many of them begin each second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub(super) users: usize,
    pub(super) rate: usize,
}

/// Between the last registration and the first refresh; a machine that is too slow for one gets the next.
const BETWEEN: [Duration; 3] = [
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
/// A program that used no more than this for [`QUIET`] has nothing to do: in seconds.
const IDLE: f64 = 0.000_5;
const QUIET: Duration = Duration::from_millis(300);

/// What each program used, in CPU-seconds for 10,000.
struct Used(Vec<(&'static str, f64)>);

impl Used {
    fn between(programs: &[Running], before: &[f64], after: &[f64], users: usize) -> Self {
        let each = programs.iter().zip(before.iter().zip(after));
        Self(
            each.map(|(program, (before, after))| {
                (program.name, (after - before) * PER / users as f64)
            })
            .collect(),
        )
    }

    fn of(&self, name: &str) -> f64 {
        let found = self.0.iter().find(|(program, _)| *program == name);
        found.map_or(0.0, |(_, seconds)| *seconds)
    }

    fn whole(&self) -> f64 {
        self.0.iter().map(|(_, seconds)| seconds).sum()
    }
}

/// Measures all subjects one after another, and prints a line for each figure.
pub(super) fn measure(ground: &Ground, work: Work) -> Result<(), Failed> {
    let Work { users, rate } = work;
    let run = |subject| both(ground, work, subject);
    let floor = run(Subject::Floor)?;
    let kamailio = run(Subject::Kamailio)?;
    let scscf = run(Subject::Scscf)?;
    let core = registrations(ground, work, Subject::Core)?;
    let line = |what: &str, ours: f64, beside: f64, floor: f64, more: &str| {
        println!(
            "load {what} at {rate}/s: ours {ours:.3} kamailio {beside:.3} floor {floor:.3} cpu-s per 10000, \
             ratio {:.2}{more}",
            ours / beside
        );
    };
    let (k, f) = (kamailio.registrations.whole(), floor.registrations.whole());
    line(
        "digest registrations, S-CSCF alone",
        scscf.registrations.of("scscf"),
        k,
        f,
        &format!(" (and hss {:.3})", scscf.registrations.of("hss")),
    );
    line(
        "refreshes by a known nonce, two each, registrar path alone",
        scscf.refreshes.of("scscf"),
        kamailio.refreshes.whole(),
        floor.refreshes.whole(),
        &format!(" (and hss {:.3})", scscf.refreshes.of("hss")),
    );
    let parts: Vec<_> = core
        .0
        .iter()
        .map(|(element, seconds)| format!("{element} {seconds:.3}"))
        .collect();
    line(
        "digest registrations, whole core",
        core.whole(),
        k,
        f,
        &format!(" ({})", parts.join(", ")),
    );
    let again = floor.again + kamailio.again + scscf.again;
    if again > 0 {
        println!(
            "load note: {again} of {} requests were sent again",
            12 * users
        );
    }
    Ok(())
}

/// Both phases of one subject.
struct Phases {
    registrations: Used,
    refreshes: Used,
    again: u64,
}

fn both(ground: &Ground, work: Work, subject: Subject) -> Result<Phases, Failed> {
    for between in BETWEEN {
        say(subject, work, "registrations and refreshes");
        match once(ground, work, subject, between)? {
            Some(phases) => return Ok(phases),
            None => eprintln!(
                "… {}: behind its rate, once more with more time",
                subject.name()
            ),
        }
    }
    Err(Failed(format!(
        "{} is far behind {} registrations a second: try it on a machine with less to do",
        subject.name(),
        work.rate
    )))
}

/// `None` where refreshes came among registrations.
fn once(
    ground: &Ground,
    work: Work,
    subject: Subject,
    between: Duration,
) -> Result<Option<Phases>, Failed> {
    let Work { users, rate } = work;
    let place = Place::new(ground, subject.name(), users)?;
    let programs = subject.start(&place)?;
    let first = seconds(&programs)?;
    let registering = Duration::from_secs_f64(users as f64 / rate as f64);
    let deed = Deed::RegisterAndRefresh(registering + between);
    let sipp = Sipp::start(&place, subject.entry(), deed, rate)?;
    pause(registering);
    let Some(second) = when_quiet(&programs, between)? else {
        return Ok(None);
    };
    let again = sipp.finish()?;
    let third = seconds(&programs)?;
    Ok(Some(Phases {
        registrations: Used::between(&programs, &first, &second, users),
        refreshes: Used::between(&programs, &second, &third, users),
        again,
    }))
}

fn registrations(ground: &Ground, work: Work, subject: Subject) -> Result<Used, Failed> {
    let Work { users, rate } = work;
    say(subject, work, "registrations");
    let place = Place::new(ground, subject.name(), users)?;
    let programs = subject.start(&place)?;
    let before = seconds(&programs)?;
    Sipp::start(&place, subject.entry(), Deed::Register, rate)?.finish()?;
    let after = seconds(&programs)?;
    Ok(Used::between(&programs, &before, &after, users))
}

fn say(subject: Subject, work: Work, what: &str) {
    let Work { users, rate } = work;
    eprintln!("… {}: {users} {what} at {rate}/s", subject.name());
}

fn seconds(programs: &[Running]) -> Result<Vec<f64>, Failed> {
    programs.iter().map(Running::cpu_seconds).collect()
}

/// What was used up to the pause between registrations and refreshes; `None` where there was none.
fn when_quiet(programs: &[Running], between: Duration) -> Result<Option<Vec<f64>>, Failed> {
    let until = now() + between;
    let mut before = seconds(programs)?;
    while now() + QUIET < until {
        pause(QUIET);
        let after = seconds(programs)?;
        if before.iter().zip(&after).all(|(was, is)| is - was < IDLE) {
            return Ok(Some(after));
        }
        before = after;
    }
    Ok(None)
}
