//! What every Cx procedure does alike: read, load, decide, commit, and only then answer.

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{self, AuthSessionState};
use diameter_codec::cx::{self, FeatureList, SupportedFeatures};
use diameter_codec::{
    ApplicationId, Avp, DecodeError, ExperimentalResult, MBit, Many, Message, ResultCode, VendorId,
    VendorSpecificApplicationId, error_answer,
};
use driver::io::Io;
use driver::turns::Turns;
use tokio::sync::Notify;

use crate::error::{Code, Outcome, Subject};
use crate::identity::Member;
use crate::location_info::LocationInfo;
use crate::metrics::Metrics;
use crate::multimedia_auth::MultimediaAuth;
use crate::policy::{Policy, Restoration};
use crate::record::{Change, Changes, SubscriptionRecord};
use crate::server_assignment::ServerAssignment;
use crate::store::{Identities, Provisioned, Store, StoreError};
use crate::user_authorization::UserAuthorization;
use crate::view::View;

/// How often a procedure decides anew when another front end commits in between.
pub const MAX_ATTEMPTS: usize = 8;
/// Most Public-Identity AVPs that one request may carry.
pub const MAX_IMPUS: usize = 256;

/// A Cx command as the HSS serves it.
pub(crate) trait Procedure {
    /// The command's name by the standard.
    const NAME: &'static str;
    /// What is asked.
    type Request: Debug + Clone;
    /// What is answered.
    type Answer;

    /// Reads the request by the dictionary's rules.
    fn read(message: &Message, reading: &Reading<'_>) -> Result<Asked<Self::Request>, DecodeError>;

    /// Decides, from the record and nothing else.
    fn decide(
        record: &SubscriptionRecord,
        request: &Self::Request,
        policy: &Policy,
    ) -> (Changes, Self::Answer);

    /// Puts the wildcards in the places of `members`, one for each IMPU of the request.
    fn stand_for(request: &mut Self::Request, members: &[Option<Member>]);

    /// An answer with nothing but its result.
    fn only(outcome: Outcome) -> Self::Answer;

    /// The answer's result.
    fn outcome(answer: &Self::Answer) -> Outcome;

    /// Appends the answer.
    fn write(answer: &Self::Answer, head: &Head<'_>, out: &mut BytesMut);
}

/// What a request is read with besides its octets.
pub(crate) struct Reading<'a> {
    pub(crate) policy: &'a Policy,
    /// Fills with randomness.
    pub(crate) random: &'a dyn Fn(&mut [u8]),
}

type Random = Box<dyn Fn(&mut [u8])>;

/// A request, and whom it is about.
pub(crate) struct Asked<R> {
    pub(crate) identities: Identities,
    pub(crate) features: PeerFeatures,
    pub(crate) request: R,
}

/// What the peer's Supported-Features say of Feature-List 1 (TS 29.229 §7.2).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PeerFeatures {
    /// What it has; none: it says nothing.
    pub(crate) listed: Option<FeatureList>,
    /// Whether the request needs a feature that we lack.
    pub(crate) lacking: bool,
}

impl PeerFeatures {
    pub(crate) fn read(features: &Many<'_, SupportedFeatures<'_>>, policy: &Policy) -> Self {
        let ours = our_features(policy);
        let mut read = Self::default();
        for group in features {
            let first_list = group.vendor_id == VendorId::THREE_GPP.0 && group.feature_list_id == 1;
            if first_list {
                read.listed = Some(group.feature_list);
            }
            let had = first_list && ours.contains(group.feature_list);
            read.lacking |= group.m_bit == MBit::Set && !had;
        }
        read
    }
}

/// Our Feature-List 1.
fn our_features(policy: &Policy) -> FeatureList {
    match policy.restoration {
        Restoration::Never => FeatureList(0),
        Restoration::Negotiated | Restoration::Always => FeatureList::IMS_RESTORATION_IND,
    }
}

/// Our Supported-Features, M clear: none of ours is needed (TS 29.229 §7.2).
pub(crate) fn our_group(policy: &Policy) -> [SupportedFeatures<'static>; 1] {
    [SupportedFeatures {
        vendor_id: VendorId::THREE_GPP.0,
        feature_list_id: 1,
        feature_list: our_features(policy),
        ..SupportedFeatures::default()
    }]
}

/// What all answers begin with.
pub(crate) struct Head<'a> {
    pub(crate) session_id: &'a str,
    pub(crate) hop_by_hop: u32,
    pub(crate) end_to_end: u32,
    pub(crate) origin_host: &'a str,
    pub(crate) origin_realm: &'a str,
    pub(crate) result_code: Option<ResultCode>,
    pub(crate) experimental_result: Option<ExperimentalResult>,
    pub(crate) supported_features: &'a [SupportedFeatures<'a>],
    /// Proxy-Info as it came (RFC 6733 §6.2).
    pub(crate) proxy_info: Vec<Avp<'a>>,
}

impl Head<'_> {
    pub(crate) const APPLICATION: VendorSpecificApplicationId = VendorSpecificApplicationId {
        vendor_id: VendorId::THREE_GPP.0,
        auth_application_id: Some(ApplicationId::CX.0),
        acct_application_id: None,
    };
    pub(crate) const SESSION_STATE: AuthSessionState = AuthSessionState::NO_STATE_MAINTAINED;
}

/// What the procedures of one HSS share.
pub(crate) struct Procedures<S> {
    pub(crate) store: S,
    policy: RefCell<Rc<Policy>>,
    pub(crate) origin_host: String,
    pub(crate) origin_realm: String,
    pub(crate) metrics: Metrics,
    pub(crate) view: View,
    random: Random,
    /// Told when a notice is stored.
    pub(crate) owing: Rc<Notify>,
    /// Procedures on one subscription run one after another.
    pub(crate) turns: Turns<String>,
}

impl<S: Store> Procedures<S> {
    pub(crate) fn new(
        io: &impl Io,
        store: S,
        policy: Policy,
        origin: (&str, &str),
        metrics: Metrics,
    ) -> Self {
        let (origin_host, origin_realm) = (origin.0.to_owned(), origin.1.to_owned());
        Self {
            store,
            policy: RefCell::new(Rc::new(policy)),
            origin_host,
            origin_realm,
            metrics,
            view: View::default(),
            random: {
                let io = io.clone();
                Box::new(move |octets| io.fill_random(octets))
            },
            owing: Rc::new(Notify::new()),
            turns: Turns::new(io),
        }
    }

    /// What the operator chooses now; a procedure keeps to what it began with.
    pub(crate) fn policy(&self) -> Rc<Policy> {
        Rc::clone(&self.policy.borrow())
    }

    /// The operator chooses otherwise for the next requests.
    pub(crate) fn set_policy(&self, policy: Policy) {
        *self.policy.borrow_mut() = Rc::new(policy);
    }

    /// The answer to one request.
    pub(crate) async fn serve(self: Rc<Self>, message: Message) -> Bytes {
        match message.header().command {
            cx::command::USER_AUTHORIZATION => self.run::<UserAuthorization>(&message).await,
            cx::command::SERVER_ASSIGNMENT => self.run::<ServerAssignment>(&message).await,
            cx::command::LOCATION_INFO => self.run::<LocationInfo>(&message).await,
            cx::command::MULTIMEDIA_AUTH => self.run::<MultimediaAuth>(&message).await,
            _ => self.refusal(&message, &DecodeError::of(ResultCode::COMMAND_UNSUPPORTED)),
        }
    }

    async fn run<P: Procedure>(&self, message: &Message) -> Bytes {
        let policy = self.policy();
        let reading = Reading {
            policy: &policy,
            random: &*self.random,
        };
        let asked = match P::read(message, &reading) {
            Ok(asked) => asked,
            Err(error) => {
                tracing::info!(command = P::NAME, %error, origin = message.origin_host(), "request refused");
                self.metrics.refused(P::NAME, error.result_code());
                return self.refusal(message, &error);
            }
        };
        let answer = if asked.features.lacking {
            P::only(Outcome::FeatureUnsupported)
        } else {
            self.decide_and_commit::<P>(&asked, &policy).await
        };
        let outcome = P::outcome(&answer);
        self.metrics.answered(P::NAME, outcome);
        tracing::debug!(command = P::NAME, result = outcome.name(), request = ?asked.request, "answered");
        if let Some(error) = refusal_of(outcome, message) {
            return self.refusal(message, &error);
        }
        let ours = our_group(&policy);
        let spoken = asked.features.listed.is_some() || asked.features.lacking;
        let (result_code, experimental_result) = match outcome.code() {
            Code::Base(code) => (Some(code), None),
            Code::Experimental(code) => {
                let vendor_id = VendorId::THREE_GPP.0;
                (
                    None,
                    Some(ExperimentalResult {
                        vendor_id,
                        experimental_result_code: code,
                    }),
                )
            }
        };
        let head = Head {
            session_id: message.session_id().unwrap_or_default(),
            hop_by_hop: message.header().hop_by_hop,
            end_to_end: message.header().end_to_end,
            origin_host: &self.origin_host,
            origin_realm: &self.origin_realm,
            result_code,
            experimental_result,
            supported_features: if spoken { &ours } else { &[] },
            proxy_info: message
                .avps()
                .filter(|avp| avp.code == base::avp::PROXY_INFO)
                .collect(),
        };
        let mut out = BytesMut::new();
        P::write(&answer, &head, &mut out);
        out.freeze()
    }

    async fn decide_and_commit<P: Procedure>(
        &self,
        asked: &Asked<P::Request>,
        policy: &Policy,
    ) -> P::Answer {
        match self.attempt::<P>(asked, policy).await {
            Ok(answer) => answer,
            Err(outcome) => P::only(outcome),
        }
    }

    async fn attempt<P: Procedure>(
        &self,
        asked: &Asked<P::Request>,
        policy: &Policy,
    ) -> Result<P::Answer, Outcome> {
        let mut found = self
            .store
            .load(asked.identities.clone())
            .await
            .map_err(|error| self.failed(&error))?;
        let subscription = found.subject(&asked.identities)?.subscription.id.clone();
        // What was loaded before another's turn ended may be of before its commit, which a decision that changes
        // nothing would not find out.
        let _turn = match self.turns.turn_at_once(&subscription) {
            Some(turn) => turn,
            None => {
                let turn = self.turns.turn(subscription).await;
                found = self
                    .store
                    .load(asked.identities.clone())
                    .await
                    .map_err(|error| self.failed(&error))?;
                turn
            }
        };
        for _ in 0..MAX_ATTEMPTS {
            let record = found.subject(&asked.identities)?;
            let (changes, answer) = match found.members.iter().all(Option::is_none) {
                true => P::decide(record, &asked.request, policy),
                false => {
                    let mut request = asked.request.clone();
                    P::stand_for(&mut request, &found.members);
                    P::decide(record, &request, policy)
                }
            };
            if changes.list.is_empty() {
                return Ok(answer);
            }
            match self.store.commit(changes.clone()).await {
                Ok(_) => {
                    self.committed(record, &changes);
                    return Ok(answer);
                }
                // What was loaded is older than a commit that this procedure waited for.
                Err(StoreError::Conflict) => self.metrics.conflicts.inc(),
                Err(error) => return Err(self.failed(&error)),
            };
            found = self
                .store
                .load(asked.identities.clone())
                .await
                .map_err(|error| self.failed(&error))?;
        }
        Err(Outcome::UnableToComply)
    }

    /// Takes note of a commit.
    pub(crate) fn committed(&self, record: &SubscriptionRecord, changes: &Changes) {
        self.view.note(record, changes);
        if changes
            .list
            .iter()
            .any(|change| matches!(change, Change::Notice(_)))
        {
            self.owing.notify_one();
        }
    }

    /// Takes note of a provisioning, after which `shown` are the first records.
    pub(crate) fn provisioned(&self, provisioned: &Provisioned, shown: Vec<SubscriptionRecord>) {
        let total = provisioned.total();
        let count = i64::try_from(total).unwrap_or(i64::MAX);
        self.metrics.subscriptions.set(count);
        self.view.show_all(total, shown);
        self.owing.notify_one();
    }

    pub(crate) fn failed(&self, error: &StoreError) -> Outcome {
        self.metrics.store_failures.inc();
        Outcome::from(error)
    }

    fn refusal(&self, message: &Message, error: &DecodeError) -> Bytes {
        let mut out = BytesMut::new();
        error_answer(
            message,
            &self.origin_host,
            &self.origin_realm,
            error,
            &mut out,
        );
        out.freeze()
    }
}

/// The outcomes that blame an AVP, or that are protocol errors (RFC 6733 §7.1.3), as the codec refuses them.
fn refusal_of(outcome: Outcome, message: &Message) -> Option<DecodeError> {
    let definition = |subject| match subject {
        Subject::UserName => &base::definitions::USER_NAME,
        Subject::PublicIdentity => &cx::definitions::PUBLIC_IDENTITY,
        Subject::ServerAssignmentType => &cx::definitions::SERVER_ASSIGNMENT_TYPE,
        Subject::UserAuthorizationType => &cx::definitions::USER_AUTHORIZATION_TYPE,
        Subject::SipAuthorization => &cx::definitions::SIP_AUTHORIZATION,
    };
    // The AVP that is one too many is the second.
    let (subject, at) = match outcome {
        Outcome::MissingAvp(subject) => return Some(DecodeError::missing(definition(subject))),
        Outcome::TooBusy => return Some(DecodeError::of(ResultCode::TOO_BUSY)),
        Outcome::InvalidAvpValue(subject) => (subject, 0),
        Outcome::OccursTooManyTimes(subject) => (subject, 1),
        _ => return None,
    };
    let Code::Base(code) = outcome.code() else {
        return None;
    };
    let code_of_avp = definition(subject).code;
    let mut avps = message.avps().filter(|avp| avp.code == code_of_avp);
    if let Some(avp) = avps.nth(at) {
        return Some(DecodeError::about(code, &avp));
    }
    // Or it is in a group.
    let inside = message.avps().find_map(|group| {
        let group_is_one = group.code == cx::avp::SIP_AUTH_DATA_ITEM;
        let avp = group_is_one.then(|| group.group().find(|avp| avp.code == code_of_avp));
        Some(DecodeError::about(code, &avp.flatten()?).inside(&group))
    });
    Some(inside.unwrap_or_else(|| DecodeError::of(code)))
}
