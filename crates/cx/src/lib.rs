//! Cx as I-CSCF and S-CSCF see it (TS 29.228, TS 29.229): requests from plain inputs, outcomes as owned records, and
//! the HSS's own requests, RTR and PPR, handed to the S-CSCF.
//!
//! Nothing that is handed out keeps a received message alive.

mod capabilities;
mod error;
mod features;
pub mod identity;
mod location_info;
mod multimedia_auth;
mod server_assignment;
mod serving;
mod user_authorization;

use std::future::{Future, ready};
use std::io;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::avp;
use diameter_codec::cx::{SupportedFeatures, command};
use diameter_codec::{
    ApplicationId, CommandCode, DecodeError, ExperimentalResultCode, Message, ResultCode, VendorId,
    VendorSpecificApplicationId,
};
use driver::diameter::{Ids, Node, NodeSettings, RequestError, Route};
use driver::io::Io;
use smallvec::SmallVec;

pub use capabilities::ServerCapabilities;
pub use diameter_codec::cx::{
    FeatureList, LiaFlags, OriginatingRequest, ReasonCode, ServerAssignmentType, UarFlags,
    UserAuthorizationType, UserDataAlreadyAvailable,
};
pub use error::CxError;
pub use location_info::LocationInfo;
pub use multimedia_auth::{
    AkaVector, AuthItem, AuthScheme, DigestCredentials, MAX_ITEMS, MAX_VECTORS, MultimediaAuth,
};
pub use server_assignment::{Assignment, ChargingAddresses, ServerAssignment, ServerNameStored};
pub use serving::{
    EmergencyIdentity, MAX_IDENTITIES, PushProfile, Pushed, RegistrationTermination, Terminated,
};
pub use user_authorization::UserAuthorization;

use error::Success;

/// The requests of an HSS that an S-CSCF serves.
pub const SERVED: &[CommandCode] = &[command::REGISTRATION_TERMINATION, command::PUSH_PROFILE];

/// Most entries that are kept of any list in an answer.
pub const MAX_ENTRIES: usize = 64;

/// Who asks whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CxSettings {
    /// Origin-Host.
    pub origin_host: String,
    /// Origin-Realm.
    pub origin_realm: String,
    /// Destination-Realm: the home network's.
    pub destination_realm: String,
    /// Feature-List 1 of ours, told in every request where it is not empty (TS 29.229 §7.2).
    pub features: FeatureList,
}

impl CxSettings {
    /// A client with the names of `node`; HSS and client are of one realm.
    fn of(node: &NodeSettings) -> Self {
        Self {
            origin_host: node.identity.clone(),
            origin_realm: node.realm.clone(),
            destination_realm: node.realm.clone(),
            features: FeatureList::default(),
        }
    }
}

/// The client. A handle: clones are the same client.
#[derive(Debug)]
pub struct Cx<I: Io> {
    node: Node<I>,
    settings: Rc<CxSettings>,
    /// Supported-Features of our requests.
    ours: SmallVec<[SupportedFeatures<'static>; 1]>,
    /// Destination-Host.
    hss: Option<Rc<str>>,
}

impl<I: Io> Clone for Cx<I> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            settings: Rc::clone(&self.settings),
            ours: self.ours.clone(),
            hss: self.hss.clone(),
        }
    }
}

impl<I: Io> Cx<I> {
    /// A client that sends through `node`.
    pub fn new(node: Node<I>, settings: CxSettings) -> Self {
        Self {
            node,
            ours: features::told(settings.features),
            settings: Rc::new(settings),
            hss: None,
        }
    }

    /// A client with a node of its own that serves no requests; HSS and client are of one realm.
    ///
    /// # Errors
    /// What the system says of the address to listen on.
    pub async fn start(io: I, settings: NodeSettings) -> io::Result<Self> {
        let client = CxSettings::of(&settings);
        // Commands that the settings do not name are refused before they come here; an empty answer is none.
        let node = Node::start(io, settings, |_| ready(Bytes::new())).await?;
        Ok(Self::new(node, client))
    }

    /// A client with a node of its own, which hands RTR to `terminate` and PPR to `push`; `features` is our
    /// Feature-List 1.
    ///
    /// The node's settings name both commands as served ([`SERVED`]).
    ///
    /// # Errors
    /// What the system says of the address to listen on.
    pub async fn start_serving<T, P>(
        io: I,
        settings: NodeSettings,
        features: FeatureList,
        terminate: impl Fn(RegistrationTermination) -> T + 'static,
        push: impl Fn(PushProfile) -> P + 'static,
    ) -> io::Result<Self>
    where
        T: Future<Output = Terminated> + 'static,
        P: Future<Output = Pushed> + 'static,
    {
        let client = CxSettings {
            features,
            ..CxSettings::of(&settings)
        };
        let serving = Rc::new(serving::Serving {
            settings: client.clone(),
            terminate,
            push,
        });
        let node = Node::start(io, settings, move |request| {
            let serving = Rc::clone(&serving);
            async move { serving.answer(&request.message).await }
        })
        .await?;
        Ok(Self::new(node, client))
    }

    /// The same client towards one HSS: an S-CSCF stays with the one that answered for a user before, whose Origin-Host
    /// it keeps (TS 29.229 §5.4). Where that one does not take a request, it goes by realm.
    pub fn towards(&self, hss: &str) -> Self {
        Self {
            hss: Some(hss.into()),
            ..self.clone()
        }
    }

    /// The node below, for its view and its counters.
    pub fn node(&self) -> &Node<I> {
        &self.node
    }

    /// Stops the node below: requests under way end, then DPR.
    pub async fn stop(&self) {
        self.node.stop().await;
    }

    /// What requests say of our features.
    fn features(&self) -> &[SupportedFeatures<'static>] {
        &self.ours
    }

    /// Sends what `encode` appends, given Destination-Host; the answer where its result is a success.
    async fn ask(
        &self,
        encode: impl Fn(Ids<'_>, Option<&str>, &mut BytesMut),
    ) -> Result<(Success, Message), CxError> {
        let Some(hss) = self.hss.as_deref() else {
            return self.ask_at(None, encode).await;
        };
        let first = match self.ask_at(Some(hss), &encode).await {
            Err(problem) if problem.is_of_the_host() => problem,
            asked => return asked,
        };
        tracing::debug!(hss, %first, "asked by realm");
        let lost = CxError::HssUnreachable(RequestError::ConnectionLost);
        match self.ask_at(None, encode).await {
            // The first one went out: it may have been served, whatever another HSS refuses.
            Err(_) if first == lost => Err(first),
            Err(second) if second.lacks_the_user() => Err(first),
            asked => asked,
        }
    }

    async fn ask_at(
        &self,
        host: Option<&str>,
        encode: impl Fn(Ids<'_>, Option<&str>, &mut BytesMut),
    ) -> Result<(Success, Message), CxError> {
        let route = Route {
            realm: &self.settings.destination_realm,
            host,
            application: ApplicationId::CX,
        };
        let encode = |ids: Ids<'_>, out: &mut BytesMut| encode(ids, host, out);
        let answer = self.node.request(route, encode).await?;
        // Results first: an answer that refuses need not have the grammar of its command.
        error::outcome(result_code(&answer), experimental_result(&answer))
            .map_err(|problem| problem.with_details(&answer))
            .map(|success| (success, answer))
    }
}

/// What every Cx message says of its application (TS 29.229 §6.1).
const CX_ADVERTISED: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: VendorId::THREE_GPP.0,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

fn result_code(answer: &Message) -> Option<ResultCode> {
    answer.find(avp::RESULT_CODE)?.unsigned32().map(ResultCode)
}

fn experimental_result(answer: &Message) -> Option<(VendorId, ExperimentalResultCode)> {
    let group = answer.find(avp::EXPERIMENTAL_RESULT)?;
    let number = |code| group.group().find(|inner| inner.code == code)?.unsigned32();
    Some((
        VendorId(number(avp::VENDOR_ID)?),
        ExperimentalResultCode(number(avp::EXPERIMENTAL_RESULT_CODE)?),
    ))
}

fn malformed(error: DecodeError) -> CxError {
    CxError::Malformed(error.to_string())
}
