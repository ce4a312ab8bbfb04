//! One run of the lab, from the first process to the last.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use capture::Transport;
use driver::io::Io;
use flow::escape::escaped;
use net::Net;
use process::STOP_WITHIN;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::admin;
use crate::child::Child;
use crate::error::LabError;
use crate::files::RunDir;
use crate::flags::LabFlags;
use crate::picture::Picture;
use crate::plan::{DEFAULT_BASE, GREATEST_BASE, LEAST_BASE, Plan};
use crate::role::Role;
use crate::signals::Signals;
use crate::text;
use crate::users;

/// How long an element may take from its start until it is ready.
pub const READY_WITHIN: Duration = Duration::from_secs(20);

/// How long Diameter connections may take to open once both ends are ready.
pub const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// How long the registration may take: an element that is silent is answered for after 32 s, timer F in the network.
pub const REGISTERED_WITHIN: Duration = Duration::from_secs(40);

/// What each of many phones adds to it, to register and refresh.
pub const REGISTERED_WITHIN_EACH: Duration = Duration::from_millis(40);

/// The pause between two questions to an admin port.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// How long an element may take to end once it was told to; it cuts itself off a little sooner.
const KILL_AFTER: Duration = STOP_WITHIN.saturating_add(Duration::from_millis(500));

/// The same where the run has failed.
const KILL_SOON_AFTER: Duration = Duration::from_millis(200);

/// Who asks the HSS.
const CX_CLIENTS: [Role; 2] = [Role::Icscf, Role::Scscf];

/// Runs the lab until it is told to stop, or with `--once` until the phone is registered.
///
/// # Errors
/// What kept it from that; every element has ended then.
pub(crate) async fn run(flags: &LabFlags) -> Result<(), LabError> {
    let net = Net::new().map_err(LabError::system("get randomness"))?;
    let plan = match flags.base_port {
        Some(base) if !(LEAST_BASE..=GREATEST_BASE).contains(&base) => {
            return Err(LabError::Base(base));
        }
        base if flags.ipv6 => Plan::over_ipv6(base.unwrap_or(DEFAULT_BASE)),
        Some(base) => Plan::from_base(base),
        None => Plan::for_this_host(&net).await,
    };
    free(&net, plan).await?;
    let mut signals = Signals::take().map_err(LabError::system("take signals"))?;
    let mut dir = RunDir::open(flags.dir.as_deref())?;
    if flags.keep {
        dir.keep();
    }
    match flags.phones {
        None => dir.fill(plan)?,
        Some(phones) => {
            let made = users::subscribers(phones, flags.scheme, |octets| net.fill_random(octets));
            dir.fill_for_many(plan, &made)?;
        }
    }
    let picture = Picture::start(net.clone(), plan, &dir, flags.show.into())?;
    picture.say(text::beginning(plan, &dir)).await;
    let mut children = Vec::new();
    let scene = Scene {
        net,
        plan,
        dir: &dir,
        picture: &picture,
        flags,
    };
    let outcome = tokio::select! {
        biased;
        () = signals.asked_to_stop() => Ok(()),
        // Its own reason comes out at the end.
        () = picture.gone() => Ok(()),
        outcome = scene.play(&mut children) => outcome,
    };
    if outcome.is_ok() && !flags.once {
        picture.say(text::ending()).await;
    }
    // Told again, it does not wait: what is dropped is killed.
    tokio::select! {
        biased;
        () = signals.asked_to_stop() => {}
        () = stop(&mut children, &outcome) => {}
    }
    drop(children);
    let drawn = picture.finish().await;
    if outcome.is_err() {
        dir.keep();
    }
    outcome.and(drawn)
}

/// Binds every address of the plan for a moment: who is in the way is said once, before anything is started, and no
/// element of another lab is taken for one of ours.
async fn free(net: &Net, plan: Plan) -> Result<(), LabError> {
    let mut problems = Vec::new();
    for (transport, address) in plan.listens() {
        let bound = match transport {
            Transport::Udp => net.bind(address).await.map(drop),
            Transport::Tcp => net.listen(address).await.map(drop),
            // No element listens there.
            Transport::Sctp => continue,
        };
        problems.extend(bound.err().map(|error| error.to_string()));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let other_base = plan.other_base();
    Err(LabError::Unavailable {
        problems,
        other_base,
    })
}

/// What a run has beside its processes.
struct Scene<'a> {
    net: Net,
    plan: Plan,
    dir: &'a RunDir,
    picture: &'a Picture,
    flags: &'a LabFlags,
}

impl Scene<'_> {
    /// Starts everything, sees the phone registered, and then lasts, unless it is to be done once.
    async fn play(&self, children: &mut Vec<Child>) -> Result<(), LabError> {
        self.start(&[Role::Hss], children).await?;
        self.start(&[Role::Scscf, Role::Icscf, Role::Pcscf], children)
            .await?;
        unless_one_ends(children, self.connected()).await?;
        if self.flags.phones.is_some() {
            // A ladder of all of them is for nobody's eyes; the capture has it.
            self.picture.draw_no_more().await;
        }
        self.start(&[Role::Ue], children).await?;
        let phone = unless_one_ends(children, self.registered()).await?;
        self.picture.say(text::registered(&phone)).await;
        if self.flags.once {
            self.picture.say(text::once_more()).await;
            self.picture.draw_no_more().await;
            return Ok(());
        }
        self.picture.say(text::what_next(self.plan, self.dir)).await;
        unless_one_ends(children, std::future::pending()).await
    }

    /// Starts elements side by side, and waits until all of them are ready.
    async fn start(&self, roles: &[Role], children: &mut Vec<Child>) -> Result<(), LabError> {
        for &role in roles {
            let (child, capture) = Child::start(role, self.dir, &self.flags.log)?;
            self.picture.watch(role, capture);
            children.push(child);
        }
        for &role in roles {
            let ready = unless_one_ends(children, self.ready(role)).await?;
            if ready.is_none() {
                let child = children.iter().find(|child| child.role() == role);
                return Err(child.expect("started above").not_ready(READY_WITHIN));
            }
        }
        Ok(())
    }

    /// Waits for a while until an element says of itself that it is well.
    async fn ready(&self, role: Role) -> Result<Option<()>, LabError> {
        let asking = async {
            // Nobody listens before the element is that far.
            while self.ask(role, "/health").await.is_none() {
                sleep(ASK_EVERY).await;
            }
        };
        Ok(timeout(READY_WITHIN, asking).await.ok())
    }

    async fn connected(&self) -> Result<(), LabError> {
        match timeout(CONNECTED_WITHIN, self.picture.connected(&CX_CLIENTS)).await {
            Ok(()) => Ok(()),
            Err(_) => Err(LabError::NotConnected {
                missing: self.picture.not_connected(&CX_CLIENTS),
                within_s: CONNECTED_WITHIN.as_secs(),
                logs: self.dir.path().to_owned(),
            }),
        }
    }

    /// Waits until the phone is registered; gives what it says of its registration.
    async fn registered(&self) -> Result<Value, LabError> {
        let asking = async {
            loop {
                let state = self.ask(Role::Ue, "/state").await.unwrap_or_default();
                let phone = state["shards"][Role::Ue.name()].clone();
                if let Some(summary) = phone["summary"].as_str() {
                    return match phone["failed"].as_bool() {
                        Some(false) => Ok(phone),
                        _ => Err(summary.to_owned()),
                    };
                }
                match phone["registration"].as_str() {
                    Some("registered") => return Ok(phone),
                    Some("failed") => {
                        let problem = phone["problem"].as_str().unwrap_or("it does not say why");
                        return Err(problem.to_owned());
                    }
                    _ => sleep(ASK_EVERY).await,
                }
            }
        };
        let within = REGISTERED_WITHIN + REGISTERED_WITHIN_EACH * self.flags.phones.unwrap_or(0);
        let problem = match timeout(within, asking).await {
            Ok(Ok(phone)) => return Ok(phone),
            Ok(Err(problem)) => problem,
            Err(_) => format!("it still tries after {} s", within.as_secs()),
        };
        // The ladder up to the failure stands before its explanation.
        self.picture.say(String::new()).await;
        Err(LabError::NotRegistered {
            problem: escaped(&problem, flow::Style::of_stdout().charset),
            logs: self.dir.path().to_owned(),
        })
    }

    async fn ask(&self, role: Role, path: &str) -> Option<Value> {
        let answer = admin::get(&self.net, self.plan.admin(role), path)
            .await
            .ok()?;
        (answer.status == 200).then_some(answer.body)
    }
}

/// The result of `work`, or the end of the first element that ends.
async fn unless_one_ends<T>(
    children: &mut [Child],
    work: impl Future<Output = Result<T, LabError>>,
) -> Result<T, LabError> {
    let one_ends = poll_fn(|context| {
        let mut polls = children
            .iter_mut()
            .map(|child| pin!(child.ended()).poll(context));
        polls
            .find(|poll| poll.is_ready())
            .unwrap_or(std::task::Poll::Pending)
    });
    tokio::select! {
        biased;
        error = one_ends => Err(error),
        done = work => done,
    }
}

/// Stops the elements from the phone to the HSS, so that each can still reach those it needs; all at once where the run
/// has failed: what misses one of them would wait for it in vain.
async fn stop(children: &mut [Child], outcome: &Result<(), LabError>) {
    let kill_after = match outcome {
        Ok(()) => KILL_AFTER,
        Err(_) => {
            children.iter().for_each(Child::tell_to_stop);
            KILL_SOON_AFTER
        }
    };
    for role in Role::ALL {
        for child in children.iter_mut().filter(|child| child.role() == role) {
            child.stop(kill_after).await;
        }
    }
}
