//! Initial filter criteria (TS 29.228 §B.2.2, §B.2.3, Annex F): which application server sees which request.

use serde::{Deserialize, Serialize};

/// One criterion (tInitialFilterCriteria).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitialFilterCriteria {
    /// Unique in its profile; the lowest runs first.
    pub priority: u32,
    /// Absent: every request triggers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_point: Option<TriggerPoint>,
    /// Who gets the request.
    pub application_server: ApplicationServer,
    /// Absent: for registered and unregistered users alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_part_indicator: Option<ProfilePartIndicator>,
}

/// Conditions and how they combine (tTrigger).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerPoint {
    /// ConditionTypeCNF.
    pub condition_type: ConditionType,
    /// At least one.
    pub spts: Vec<ServicePointTrigger>,
}

/// ConditionTypeCNF: which way groups combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionType {
    /// `false`: AND in a group, OR across groups.
    Dnf,
    /// `true`: OR in a group, AND across groups.
    Cnf,
}

/// One condition (tSePoTri, the SPT).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePointTrigger {
    /// Whether the condition is inverted before groups combine.
    #[serde(default)]
    pub condition_negated: bool,
    /// The groups it belongs to, at least one.
    pub groups: Vec<u32>,
    /// What is looked at.
    pub condition: Condition,
    /// With method REGISTER: which REGISTERs; none = any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registration_types: Vec<RegistrationType>,
}

/// What an SPT looks at (Annex F); patterns are POSIX extended regular expressions, unanchored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A pattern for the Request-URI.
    RequestUri(String),
    /// A method, compared exactly.
    Method(String),
    /// A header's presence or value.
    SipHeader {
        /// A pattern for the header's name, without case.
        header: String,
        /// A pattern for the value; absent = the header is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    /// The session case that the S-CSCF computed.
    SessionCase(SessionCase),
    /// A line of the session description.
    SessionDescription {
        /// A pattern for the line's type.
        line: String,
        /// A pattern for the rest of the line; absent = the line is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
}

/// Where a triggered request goes (tApplicationServer).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationServer {
    /// The server's SIP URI.
    pub server_name: String,
    /// Absent means [`DefaultHandling::SESSION_CONTINUED`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_handling: Option<DefaultHandling>,
    /// Carried to the server in a third-party REGISTER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_info: Option<String>,
    /// Whether the third-party REGISTER carries the user's REGISTER.
    #[serde(default)]
    pub include_register_request: bool,
    /// Whether the third-party REGISTER carries the answer to the user's REGISTER.
    #[serde(default)]
    pub include_register_response: bool,
}

/// Defines newtypes over the schema's numbers, so that a later release's number survives.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $constant:ident = $number:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u8);
        impl $name { $($(#[$each])* pub const $constant: Self = Self($number);)+ }
    )+};
}

numbers! {
    /// For which part of the profile a criterion is (tProfilePartIndicator).
    ProfilePartIndicator {
        /// While registered.
        REGISTERED = 0,
        /// While not registered.
        UNREGISTERED = 1,
    }
    /// What to do when the application server does not answer (tDefaultHandling).
    DefaultHandling {
        /// Go on without it.
        SESSION_CONTINUED = 0,
        /// End the session.
        SESSION_TERMINATED = 1,
    }
    /// Direction of a request and the user's state (tDirectionOfRequest).
    SessionCase {
        /// From a registered user.
        ORIGINATING_REGISTERED = 0,
        /// To a registered user.
        TERMINATING_REGISTERED = 1,
        /// To an unregistered user.
        TERMINATING_UNREGISTERED = 2,
        /// From an unregistered user, by an application server.
        ORIGINATING_UNREGISTERED = 3,
        /// On behalf of a user who diverts.
        ORIGINATING_CDIV = 4,
    }
    /// Which REGISTER (tRegistrationType).
    RegistrationType {
        /// The first.
        INITIAL = 0,
        /// A refresh.
        RE_REGISTRATION = 1,
        /// The last.
        DE_REGISTRATION = 2,
    }
}
