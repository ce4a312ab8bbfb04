//! What an operator asks of the HSS on its admin port: to deregister, to push a profile, to read the subscribers anew.

use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use process::{AdminCommand, CommandError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::courier::Courier;
use crate::identity::canonical;
use crate::notice::{Content, Naming, Notice, Occasion, Part, ProfilePush, Reason, Termination};
use crate::procedure::{MAX_ATTEMPTS, Procedures};
use crate::record::{Change, Draft, ImpuState, Scscf, SubscriptionRecord};
use crate::reload::Reloading;
use crate::store::{Identities, Store, StoreError};

/// How long a call waits for the S-CSCF; after that it says that the notice is under way.
const WAIT: Duration = Duration::from_secs(20);

/// `POST /deregister`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deregister {
    private_identity: String,
    /// All of the IMPI's where none is named.
    #[serde(default)]
    public_identities: Vec<String>,
    reason: Reason,
    info: Option<String>,
}

/// `POST /push-profile`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PushProfile {
    private_identity: String,
}

/// `POST /reload`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reload {}

/// The calls.
pub(crate) fn commands<I: Io, S: Store>(
    procedures: &Rc<Procedures<S>>,
    courier: &Courier<I, S>,
    reloading: &Rc<Reloading<I, S>>,
) -> Vec<AdminCommand> {
    let calls = |procedures: &Rc<Procedures<S>>| Calls {
        procedures: Rc::clone(procedures),
        courier: courier.clone(),
    };
    let (deregister, push) = (calls(procedures), calls(procedures));
    let reloading = Rc::clone(reloading);
    vec![
        AdminCommand::new("/deregister", move |asked: Deregister| {
            let calls = deregister.clone();
            async move {
                let wanted =
                    |record: &SubscriptionRecord, scscf: &Scscf| asked.notices(record, scscf);
                calls.owe(&asked.private_identity, wanted).await
            }
        }),
        AdminCommand::new("/push-profile", move |asked: PushProfile| {
            let calls = push.clone();
            async move {
                let wanted = |record: &SubscriptionRecord, _: &Scscf| asked.notices(record);
                calls.owe(&asked.private_identity, wanted).await
            }
        }),
        AdminCommand::new("/reload", move |_: Reload| {
            let reloading = Rc::clone(&reloading);
            async move {
                let said = reloading.again().await;
                said.map_err(|problem| CommandError::Unprocessable(problem.to_string()))
            }
        }),
    ]
}

struct Calls<I: Io, S> {
    procedures: Rc<Procedures<S>>,
    courier: Courier<I, S>,
}

impl<I: Io, S> Clone for Calls<I, S> {
    fn clone(&self) -> Self {
        Self {
            procedures: Rc::clone(&self.procedures),
            courier: self.courier.clone(),
        }
    }
}

impl<I: Io, S: Store> Calls<I, S> {
    /// Stores the notices that `wanted` makes of the record, and waits for their endings.
    async fn owe(
        &self,
        impi: &str,
        wanted: impl Fn(&SubscriptionRecord, &Scscf) -> Result<Vec<Content>, CommandError>,
    ) -> Result<Value, CommandError> {
        let identities = Identities {
            impi: Some(impi.to_owned()),
            ..Identities::default()
        };
        for _ in 0..MAX_ATTEMPTS {
            let found = self.procedures.store.load(identities.clone()).await;
            let record = found.map_err(store_failed)?.record.ok_or_else(|| {
                CommandError::NotFound(format!("no subscription has the private identity {impi:?}"))
            })?;
            let scscf = record.holder().cloned().ok_or_else(|| {
                CommandError::Unprocessable(format!(
                    "no S-CSCF serves {impi:?}: there is nobody to tell"
                ))
            })?;
            let mut draft = Draft::new(&record);
            for content in wanted(&record, &scscf)? {
                let scscf = scscf.clone();
                draft.push(Change::Notice(Notice { scscf, content }));
            }
            let changes = draft.finish();
            match self.procedures.store.commit(changes.clone()).await {
                Ok(numbers) => {
                    self.procedures.committed(&record, &changes);
                    return Ok(self.endings(&numbers, &changes.list).await);
                }
                Err(StoreError::Conflict) => self.procedures.metrics.conflicts.inc(),
                Err(error) => return Err(store_failed(error)),
            };
        }
        Err(CommandError::Unavailable(
            "the subscription changes all the time: ask again".to_owned(),
        ))
    }

    async fn endings(&self, numbers: &[i64], changes: &[Change]) -> Value {
        let mut told = Vec::new();
        let waiting = numbers.iter().map(|id| (*id, self.courier.watch(*id)));
        let waiting: Vec<_> = waiting.collect();
        let deadline = tokio::time::Instant::now() + WAIT;
        for ((id, ending), change) in waiting.into_iter().zip(changes) {
            let ending = tokio::time::timeout_at(deadline, ending).await;
            let ending = ending.ok().and_then(Result::ok);
            let Change::Notice(notice) = change else {
                continue;
            };
            told.push(json!({
                "id": id,
                "notice": notice.to_string(),
                "result": ending.map_or("under way", |ending| ending.name()),
            }));
        }
        json!({ "notices": told })
    }
}

impl Deregister {
    fn notices(
        &self,
        record: &SubscriptionRecord,
        _: &Scscf,
    ) -> Result<Vec<Content>, CommandError> {
        let impi = &self.private_identity;
        let subscription = &record.subscription;
        let named: Vec<String> = self
            .public_identities
            .iter()
            .map(|impu| match subscription.set_of(impu) {
                Some(_) => impu.clone(),
                None => canonical(impu),
            })
            .collect();
        for impu in &named {
            if !subscription
                .set_of(impu)
                .is_some_and(|set| set.has_impi(impi))
            {
                let text = format!("{impu:?} is no public identity of {impi:?}");
                return Err(CommandError::Unprocessable(text));
            }
        }
        if self.reason == Reason::NewServerAssigned && named.is_empty() {
            let text = "NEW_SERVER_ASSIGNED needs public_identities (TS 29.228 table 6.1.3.1)";
            return Err(CommandError::Unprocessable(text.to_owned()));
        }
        let naming = match named.is_empty() {
            true => Naming::All,
            false => Naming::Named,
        };
        let impus = match naming {
            Naming::Named => named,
            Naming::All => subscription
                .sets_of_impi(impi)
                .flat_map(|set| set.named_impus())
                .filter(|impu| record.impu_state(impu) != ImpuState::NotRegistered)
                .map(str::to_owned)
                .collect(),
        };
        if impus.is_empty() {
            let text = format!("{impi:?} has nothing registered");
            return Err(CommandError::Unprocessable(text));
        }
        Ok(vec![Content::Termination(Termination {
            impi: impi.clone(),
            associated: Vec::new(),
            of_each_set: subscription.one_of_each_set(&impus),
            impus,
            naming,
            reason: self.reason,
            info: self.info.clone(),
            occasion: Occasion::Ordered,
            version: record.version,
        })])
    }
}

impl PushProfile {
    fn notices(&self, record: &SubscriptionRecord) -> Result<Vec<Content>, CommandError> {
        let served = record
            .subscription
            .sets_of_impi(&self.private_identity)
            .filter(|set| record.impu_state(set.key()) != ImpuState::NotRegistered);
        let pushes = served.map(|set| {
            Content::Profile(ProfilePush {
                set: set.key().to_owned(),
                part: Part::Profile,
            })
        });
        let pushes: Vec<Content> = pushes.collect();
        match pushes.is_empty() {
            true => Err(CommandError::Unprocessable(format!(
                "{:?} has nothing registered",
                self.private_identity
            ))),
            false => Ok(pushes),
        }
    }
}

fn store_failed(error: StoreError) -> CommandError {
    match error {
        StoreError::Busy => CommandError::Unavailable(error.to_string()),
        StoreError::Conflict | StoreError::Failed(_) => CommandError::Failed(error.to_string()),
    }
}
