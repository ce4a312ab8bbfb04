//! Where a request is to go, and which flows have ended.

use std::net::SocketAddr;

use sip_stack::flow::{Flow, Transport};
use tokio::sync::mpsc;

/// Where a request is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Towards {
    /// To an address. Over UDP a request that is too long for it goes by TCP (RFC 3261 §18.1.1).
    Address {
        /// What over.
        transport: Transport,
        /// Where to.
        address: SocketAddr,
    },
    /// Over a flow, and over nothing else (RFC 5626 §5.3).
    Flow(Flow),
}

impl From<SocketAddr> for Towards {
    fn from(address: SocketAddr) -> Self {
        Self::from((Transport::Udp, address))
    }
}

impl From<(Transport, SocketAddr)> for Towards {
    fn from((transport, address): (Transport, SocketAddr)) -> Self {
        Self::Address { transport, address }
    }
}

impl From<Flow> for Towards {
    fn from(flow: Flow) -> Self {
        Self::Flow(flow)
    }
}

/// Tells of each flow that ends; see [`Endpoint::closed_flows`](super::Endpoint::closed_flows).
#[derive(Debug)]
pub struct ClosedFlows(pub(super) mpsc::UnboundedReceiver<Flow>);

impl ClosedFlows {
    /// The next flow that has ended; `None` when the endpoint is gone.
    pub async fn next(&mut self) -> Option<Flow> {
        self.0.recv().await
    }
}
