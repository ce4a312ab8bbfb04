//! Many phones at once: each registers, refreshes and deregisters, at a rate; a summary says how it went.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::config::{BulkEnd, BulkSection};
use crate::phone::{PAUSE, refresh_after};
use crate::register::{Binding, Failure};
use crate::registration::Registration;
use crate::summary::Phase;

/// The least between two rounds of refreshes.
const SHORTEST_ROUND: Duration = Duration::from_secs(1);

/// The phones of a bulk run.
pub(crate) struct Bulk<I: Io> {
    phones: Vec<Rc<Binding<I>>>,
    settings: BulkSection,
    phases: RefCell<Vec<Phase>>,
    /// Whether all have registered and refreshed as often as they were to.
    through: Cell<bool>,
}

impl<I: Io> Bulk<I> {
    pub(crate) fn new(phones: Vec<Binding<I>>, settings: BulkSection) -> Self {
        Self {
            phones: phones.into_iter().map(Rc::new).collect(),
            settings,
            phases: RefCell::default(),
            through: Cell::new(false),
        }
    }

    /// What `/state` shows.
    pub(crate) fn state(&self) -> Value {
        let phases = self.phases.borrow();
        let mut state = json!({
            "phones": self.phones.len(),
            "phases": phases.iter().map(Phase::state).collect::<Vec<_>>(),
        });
        // When every phone has been through everything but the end.
        if self.through.get() {
            state["summary"] = json!(phases.iter().map(Phase::summary).collect::<String>());
            state["failed"] = json!(phases.iter().any(Phase::has_failures));
        }
        state
    }

    /// The whole run; gives its summary, as an error where a phone failed.
    pub(crate) async fn run(self: Rc<Self>) -> Result<String, String> {
        self.phase("registered", registered).await;
        for _ in 0..self.settings.refreshes {
            self.phase("refreshed", registered).await;
        }
        self.through.set(true);
        match self.settings.end {
            BulkEnd::Deregister => self.deregister().await,
            BulkEnd::Stay => {
                self.log();
                self.stay().await;
            }
        }
        let failed = self.phases.borrow().iter().any(Phase::has_failures);
        match failed {
            false => Ok(self.summary()),
            true => Err(self.summary()),
        }
    }

    /// Logs the summary: of a run that stays, standard output may be the capture's.
    pub(crate) fn log(&self) {
        for line in self.summary().lines() {
            tracing::info!("{line}");
        }
    }

    /// Every phone leaves.
    pub(crate) async fn deregister(&self) {
        self.phase(
            "deregistered",
            |phone| async move { phone.attempt(0).await },
        )
        .await;
    }

    /// A line for each phase, and for each kind of failure.
    pub(crate) fn summary(&self) -> String {
        let lines = self
            .phases
            .borrow()
            .iter()
            .map(Phase::summary)
            .collect::<Vec<_>>();
        lines.concat()
    }

    /// Lets every phone do `work`, one after the other at the rate of the run, and waits for all of them.
    async fn phase<F>(&self, name: &'static str, work: impl Fn(Rc<Binding<I>>) -> F)
    where
        F: Future<Output = Result<u32, Failure>> + 'static,
    {
        let index = self.phases.borrow().len();
        self.phases
            .borrow_mut()
            .push(Phase::new(name, self.phones.len()));
        let (tell, mut told) = mpsc::unbounded_channel();
        let start = tokio::time::Instant::now();
        for (number, phone) in self.phones.iter().enumerate() {
            let due = Duration::from_secs_f64(number as f64 / f64::from(self.settings.rate));
            tokio::time::sleep_until(start + due).await;
            let working = work(Rc::clone(phone));
            let tell = tell.clone();
            driver::spawn(async move {
                let began = tokio::time::Instant::now();
                let outcome = working.await;
                // Nobody listens when the run was broken off.
                let _ = tell.send((began.elapsed(), outcome));
            });
            while let Ok((took, outcome)) = told.try_recv() {
                self.phases.borrow_mut()[index].count(took, outcome);
            }
        }
        drop(tell);
        while let Some((took, outcome)) = told.recv().await {
            self.phases.borrow_mut()[index].count(took, outcome);
        }
        self.phases.borrow_mut()[index].end(start.elapsed());
    }

    /// Keeps every phone registered until the program is stopped.
    async fn stay(&self) {
        loop {
            let left = |phone: &Rc<Binding<I>>| phone.state.borrow().left();
            let least = self.phones.iter().filter_map(left).min();
            // Where nobody is registered, it is tried again all the same.
            let pause = least.map_or(PAUSE, refresh_after);
            tokio::time::sleep(pause.max(SHORTEST_ROUND)).await;
            self.phase("refreshed", registered).await;
            // A line for each round would grow for ever: the first phase and the last round are kept.
            let mut phases = self.phases.borrow_mut();
            let last = phases.pop();
            phases.truncate(1);
            phases.extend(last);
        }
    }
}

/// Registers `phone`, or refreshes it.
async fn registered<I: Io>(phone: Rc<Binding<I>>) -> Result<u32, Failure> {
    let outcome = phone.attempt(phone.expires()).await;
    if let Err(failure) = &outcome {
        *phone.state.borrow_mut() = Registration::Failed {
            problem: failure.problem.clone(),
            again: None,
        };
        // What the network has forgotten is registered anew next time.
        phone.begin_anew();
    }
    outcome
}

/// Writes `text` to standard output; where nobody reads it, it is lost.
pub(crate) fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    let _lost = out.write_all(text.as_bytes());
    let _lost = out.flush();
}
