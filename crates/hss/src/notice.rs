//! What the HSS owes an S-CSCF: RTR and PPR (TS 29.228 §6.1.3, §6.2), stored before they are sent.

use serde::{Deserialize, Serialize};

use crate::record::Scscf;

/// A request to an S-CSCF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub scscf: Scscf,
    /// What.
    pub content: Content,
}

/// Which request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// RTR.
    Termination(Termination),
    /// PPR.
    Profile(ProfilePush),
}

/// RTR: registrations that end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Termination {
    /// User-Name.
    pub impi: String,
    /// Associated-Identities.
    pub associated: Vec<String>,
    /// The IMPUs that it is about.
    pub impus: Vec<String>,
    /// One of them for each set that they were of: where there are too many to name, these stand for their sets. None in
    /// notices of releases before this field, which name all.
    #[serde(default)]
    pub of_each_set: Vec<String>,
    /// Whether they are named in the request.
    pub naming: Naming,
    /// Reason-Code.
    pub reason: Reason,
    /// Reason-Info, for the user.
    pub info: Option<String>,
    /// Why it is sent.
    pub occasion: Occasion,
    /// [`crate::record::SubscriptionRecord::version`] that it was decided on: registrations since then are not what it
    /// is about. Notices of releases before this field are about all.
    #[serde(default = "about_all")]
    pub version: i64,
}

fn about_all() -> i64 {
    i64::MAX
}

/// Why an RTR is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Occasion {
    /// By the operator, or by what was provisioned.
    Ordered,
    /// Another S-CSCF took the user; of no use any more where the user comes back first.
    Replaced,
}

/// Whether an RTR names its IMPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Naming {
    /// It names them.
    Named,
    /// It is about all of its IMPIs. An S-CSCF that does not answer to that is named them when it is asked again.
    All,
}

/// Reason-Code (TS 29.229 §6.3.17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The user is not to come back.
    PermanentTermination,
    /// Another S-CSCF serves the user.
    NewServerAssigned,
    /// The user is to register anew, and may get another S-CSCF.
    ServerChange,
    /// The S-CSCF of an unregistered user is to forget the user.
    #[serde(rename = "REMOVE_S-CSCF", alias = "REMOVE_SCSCF")]
    RemoveScscf,
}

/// PPR: what changed for a set. What it carries is taken from the record when it is sent, the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePush {
    /// The key of the implicit registration set.
    pub set: String,
    /// What it carries.
    pub part: Part,
}

/// What a PPR carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// User-Data and Charging-Information.
    Profile,
    /// Charging-Information alone.
    Charging,
    /// SIP-Auth-Data-Item of this IMPI.
    Credentials(String),
}

/// A notice in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    /// Larger than that of every notice before it.
    pub id: i64,
    /// [`crate::subscription::Subscription::id`], also where the subscription is gone.
    pub subscription: String,
    /// The notice.
    pub notice: Notice,
}

/// How a notice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The S-CSCF did it, or knew nothing of the user.
    Done,
    /// The S-CSCF did a part: emergency registrations stay.
    ButEmergency,
    /// The S-CSCF refused.
    Refused,
    /// The S-CSCF did not answer.
    Unanswered,
    /// There was nothing to do any more.
    Overtaken,
}

impl Notice {
    /// The command's short name.
    pub fn command(&self) -> &'static str {
        match self.content {
            Content::Termination(_) => "RTR",
            Content::Profile(_) => "PPR",
        }
    }
}

impl std::fmt::Display for Notice {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (command, name) = (self.command(), &self.scscf.name);
        match &self.content {
            Content::Termination(rtr) => {
                write!(
                    out,
                    "{command} {} of {} to {name}",
                    rtr.reason.name(),
                    rtr.impi
                )
            }
            Content::Profile(ppr) => write!(out, "{command} for {} to {name}", ppr.set),
        }
    }
}

impl Reason {
    /// The standard's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PermanentTermination => "PERMANENT_TERMINATION",
            Self::NewServerAssigned => "NEW_SERVER_ASSIGNED",
            Self::ServerChange => "SERVER_CHANGE",
            Self::RemoveScscf => "REMOVE_S-CSCF",
        }
    }
}

impl Ending {
    /// Its name in metrics and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ButEmergency => "done but for emergency registrations",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
            Self::Overtaken => "overtaken",
        }
    }
}
