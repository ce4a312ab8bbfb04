//! The Cx client of I-CSCF and S-CSCF (TS 29.228, TS 29.229): requests from plain inputs, outcomes as owned records.
//!
//! Nothing that is handed out keeps a received message alive.

mod capabilities;
mod error;
pub mod identity;
mod multimedia_auth;
mod server_assignment;
mod user_authorization;

use std::future::ready;
use std::io;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::avp;
use diameter_codec::{
    ApplicationId, DecodeError, ExperimentalResultCode, Message, ResultCode, VendorId,
    VendorSpecificApplicationId,
};
use driver::diameter::{Ids, Node, NodeSettings, Route};
use driver::io::Io;

pub use capabilities::ServerCapabilities;
pub use diameter_codec::cx::{
    ServerAssignmentType, UserAuthorizationType, UserDataAlreadyAvailable,
};
pub use error::CxError;
pub use multimedia_auth::{
    AkaVector, AuthItem, AuthScheme, DigestCredentials, MAX_ITEMS, MultimediaAuth,
};
pub use server_assignment::{ChargingAddresses, ServerAssignment, ServerNameStored};
pub use user_authorization::UserAuthorization;

use error::Success;

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
}

/// The client. A handle: clones are the same client.
#[derive(Debug)]
pub struct Cx<I: Io> {
    node: Node<I>,
    settings: Rc<CxSettings>,
    /// Destination-Host.
    hss: Option<Rc<str>>,
}

impl<I: Io> Clone for Cx<I> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            settings: Rc::clone(&self.settings),
            hss: self.hss.clone(),
        }
    }
}

impl<I: Io> Cx<I> {
    /// A client that sends through `node`.
    pub fn new(node: Node<I>, settings: CxSettings) -> Self {
        Self {
            node,
            settings: Rc::new(settings),
            hss: None,
        }
    }

    /// A client with a node of its own that serves no requests; HSS and client are of one realm.
    ///
    /// # Errors
    /// What the system says of the address to listen on.
    pub async fn start(io: I, settings: NodeSettings) -> io::Result<Self> {
        let client = CxSettings {
            origin_host: settings.identity.clone(),
            origin_realm: settings.realm.clone(),
            destination_realm: settings.realm.clone(),
        };
        // Commands that the settings do not name are refused before they come here; an empty answer is none.
        let node = Node::start(io, settings, |_| ready(Bytes::new())).await?;
        Ok(Self::new(node, client))
    }

    /// The same client towards one HSS: an S-CSCF stays with the one whose Origin-Host it learned.
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

    /// Sends what `encode` appends; the answer where its result is a success.
    async fn ask(
        &self,
        encode: impl FnOnce(Ids<'_>, &mut BytesMut),
    ) -> Result<(Success, Message), CxError> {
        let route = Route {
            realm: &self.settings.destination_realm,
            host: self.hss.as_deref(),
            application: ApplicationId::CX,
        };
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
