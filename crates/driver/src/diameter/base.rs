//! The base protocol's own messages (RFC 6733 §5.3–5.5): made, read and judged.

use std::net::IpAddr;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{
    CapabilitiesExchangeAnswer, CapabilitiesExchangeRequest, DeviceWatchdogAnswer,
    DeviceWatchdogRequest, DisconnectCause, DisconnectPeerAnswer, DisconnectPeerRequest,
    InbandSecurityId, avp,
};
use diameter_codec::{
    Address, ApplicationId, DecodeError, Flags, Header, Many, Message, ResultCode, VendorId,
    VendorSpecificApplicationId, error_answer,
};
use diameter_stack::capabilities::{self, Application};

use super::link::{Capabilities, Link};
use super::node::Inner;
use super::settings::NodeSettings;
use crate::io::Io;

/// Product-Name.
const PRODUCT: &str = "Wayfarer";

/// What CER and CEA say of us, ready to be encoded.
#[derive(Debug)]
pub(super) struct Advertised {
    vendors: Vec<u32>,
    plain: Vec<u32>,
    specific: Vec<VendorSpecificApplicationId>,
}

impl Advertised {
    pub(super) fn new(applications: &[Application]) -> Self {
        let mut vendors: Vec<u32> = applications
            .iter()
            .flat_map(|application| application.vendor.iter().chain(application.further_vendors))
            .map(|vendor| vendor.0)
            .collect();
        vendors.sort_unstable();
        vendors.dedup();
        let plain = |application: &&Application| application.vendor.is_none();
        let specific = |application: &Application| {
            Some(VendorSpecificApplicationId {
                vendor_id: application.vendor?.0,
                auth_application_id: Some(application.id.0),
                acct_application_id: None,
            })
        };
        Self {
            vendors,
            plain: applications
                .iter()
                .filter(plain)
                .map(|application| application.id.0)
                .collect(),
            specific: applications.iter().filter_map(specific).collect(),
        }
    }
}

/// What a CER or CEA says of its sender.
#[derive(Debug)]
pub(super) struct Introduced {
    pub(super) identity: String,
    pub(super) capabilities: Capabilities,
}

/// Why a CER is refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It breaks the grammar.
    Unreadable(DecodeError),
    /// Its sender and we have nothing in common.
    Result(ResultCode, &'static str),
}

/// Why a CEA does not open the connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum Declined {
    #[error("the CEA cannot be read: {0}")]
    Unreadable(DecodeError),
    #[error("the peer answered {0}")]
    Result(ResultCode),
    #[error("no common application")]
    NoCommonApplication,
}

/// Why the peer disconnects, as far as it matters for coming back (RFC 6733 §5.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DisconnectReason {
    /// REBOOTING: it will be there again.
    Rebooting,
    /// BUSY, DO_NOT_WANT_TO_TALK_TO_YOU, or a cause of later times.
    Unwanted,
}

/// Reads a CER.
pub(super) fn read_cer(
    cer: &Message,
    remote: IpAddr,
    settings: &NodeSettings,
) -> Result<Introduced, Refusal> {
    let repaired;
    let read = match CapabilitiesExchangeRequest::decode(cer) {
        Err(error) if lacks_address(&error) => {
            repaired = with_address(cer, remote).map_err(|()| Refusal::Unreadable(error))?;
            CapabilitiesExchangeRequest::decode(&repaired)
        }
        read => read,
    };
    let read = read.map_err(Refusal::Unreadable)?;
    let security = read.inband_security_id;
    if !security.is_empty()
        && !security
            .iter()
            .any(|offer| offer == InbandSecurityId::NO_INBAND_SECURITY)
    {
        return Err(Refusal::Result(
            ResultCode::NO_COMMON_SECURITY,
            "only NO_INBAND_SECURITY is spoken here",
        ));
    }
    let theirs = applications(
        &read.auth_application_id,
        &read.acct_application_id,
        &read.vendor_specific_application_id,
    );
    let shared = capabilities::shared(&settings.applications, theirs)
        .map_err(|_| Refusal::Result(ResultCode::NO_COMMON_APPLICATION, "no common application"))?;
    Ok(Introduced {
        identity: read.origin_host.to_owned(),
        capabilities: taken(read.origin_realm, shared),
    })
}

/// Reads a CEA.
pub(super) fn read_cea(
    cea: &Message,
    remote: IpAddr,
    settings: &NodeSettings,
) -> Result<Introduced, Declined> {
    // A refusal need not say more than its result.
    match cea.find(avp::RESULT_CODE).and_then(|avp| avp.unsigned32()) {
        Some(code) if !(2_000..3_000).contains(&code) => {
            return Err(Declined::Result(ResultCode(code)));
        }
        _ => {}
    }
    let repaired;
    let read = match CapabilitiesExchangeAnswer::decode(cea) {
        Err(error) if lacks_address(&error) => {
            repaired = with_address(cea, remote).map_err(|()| Declined::Unreadable(error))?;
            CapabilitiesExchangeAnswer::decode(&repaired)
        }
        read => read,
    };
    let read = read.map_err(Declined::Unreadable)?;
    let theirs = applications(
        &read.auth_application_id,
        &read.acct_application_id,
        &read.vendor_specific_application_id,
    );
    let shared = capabilities::shared(&settings.applications, theirs)
        .map_err(|_| Declined::NoCommonApplication)?;
    Ok(Introduced {
        identity: read.origin_host.to_owned(),
        capabilities: taken(read.origin_realm, shared),
    })
}

/// Why the sender of `dpr` goes.
///
/// # Errors
/// The rule that it breaks.
pub(super) fn read_dpr(dpr: &Message) -> Result<DisconnectReason, DecodeError> {
    let read = DisconnectPeerRequest::decode(dpr)?;
    Ok(match read.disconnect_cause {
        DisconnectCause::REBOOTING => DisconnectReason::Rebooting,
        _ => DisconnectReason::Unwanted,
    })
}

fn taken(realm: &str, shared: capabilities::Shared) -> Capabilities {
    Capabilities {
        realm: realm.to_owned(),
        applications: shared.applications,
        relay: shared.relay,
    }
}

fn applications<'a>(
    auth: &Many<'a, u32>,
    acct: &Many<'a, u32>,
    specific: &Many<'a, VendorSpecificApplicationId>,
) -> impl Iterator<Item = ApplicationId> {
    let specific = specific
        .iter()
        .flat_map(|one| [one.auth_application_id, one.acct_application_id])
        .flatten();
    auth.iter()
        .chain(acct.iter())
        .chain(specific)
        .map(ApplicationId)
}

/// Kamailio 5.6 may leave out Host-IP-Address, which the connection tells anyway.
fn lacks_address(error: &DecodeError) -> bool {
    error.result_code() == ResultCode::MISSING_AVP && error.path().eq([avp::HOST_IP_ADDRESS])
}

/// The message with a Host-IP-Address at its end.
fn with_address(message: &Message, address: IpAddr) -> Result<Message, ()> {
    let (family, octets): (u8, Vec<u8>) = match address {
        IpAddr::V4(address) => (1, address.octets().to_vec()),
        IpAddr::V6(address) => (2, address.octets().to_vec()),
    };
    let length = 8 + 2 + octets.len();
    let mut whole = message.octets().to_vec();
    whole.extend_from_slice(&avp::HOST_IP_ADDRESS.number.to_be_bytes());
    // M, a length below 256, the family.
    whole.extend_from_slice(&[0x40, 0, 0, u8::try_from(length).map_err(drop)?, 0, family]);
    whole.extend_from_slice(&octets);
    whole.resize(whole.len().next_multiple_of(4), 0);
    let length = u32::try_from(whole.len()).map_err(drop)?.to_be_bytes();
    whole[1..4].copy_from_slice(&length[1..]);
    Message::parse(Bytes::from(whole)).map_err(drop)
}

impl<I: Io> Inner<I> {
    pub(super) fn send_cer(&self, link: &Link) {
        let addresses = [Address::Ip(link.local.ip())];
        let cer = CapabilitiesExchangeRequest {
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            host_ip_address: Many::from(&addresses),
            vendor_id: VendorId::IETF.0,
            product_name: PRODUCT,
            origin_state_id: Some(self.origin_state_id),
            supported_vendor_id: Many::from(&self.advertised.vendors),
            auth_application_id: Many::from(&self.advertised.plain),
            vendor_specific_application_id: Many::from(&self.advertised.specific),
            ..Default::default()
        };
        link.send(|out| cer.encode(self.random(), self.end_to_end(), Flags::NONE, out));
    }

    /// The CEA that accepts the unanswered CER.
    pub(super) fn send_cea(&self, link: &Link) {
        if let Some(request) = link.unanswered.take() {
            self.cea(link, &request, ResultCode::SUCCESS, None);
        }
    }

    /// Answers a CER that is refused.
    pub(super) fn refuse_cer(&self, link: &Link, cer: &Message, refusal: &Refusal) {
        match refusal {
            Refusal::Unreadable(error) => self.send_error(link, cer, error),
            // Protocol errors have a grammar of their own (RFC 6733 §7.2).
            Refusal::Result(result, _) if (3_000..4_000).contains(&result.0) => {
                self.send_error(link, cer, &DecodeError::of(*result));
            }
            Refusal::Result(result, reason) => self.cea(link, cer.header(), *result, Some(reason)),
        }
    }

    fn cea(&self, link: &Link, request: &Header, result_code: ResultCode, reason: Option<&str>) {
        let addresses = [Address::Ip(link.local.ip())];
        let cea = CapabilitiesExchangeAnswer {
            result_code,
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            host_ip_address: Many::from(&addresses),
            vendor_id: VendorId::IETF.0,
            product_name: PRODUCT,
            origin_state_id: Some(self.origin_state_id),
            error_message: reason,
            supported_vendor_id: Many::from(&self.advertised.vendors),
            auth_application_id: Many::from(&self.advertised.plain),
            vendor_specific_application_id: Many::from(&self.advertised.specific),
            ..Default::default()
        };
        link.send(|out| cea.encode_answer(request, out));
    }

    pub(super) fn send_dwr(&self, link: &Link) {
        let dwr = DeviceWatchdogRequest {
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            origin_state_id: Some(self.origin_state_id),
            ..Default::default()
        };
        link.send(|out| dwr.encode(self.random(), self.end_to_end(), Flags::NONE, out));
    }

    pub(super) fn send_dwa(&self, link: &Link, dwr: &Message) {
        if let Err(error) = DeviceWatchdogRequest::decode(dwr) {
            return self.send_error(link, dwr, &error);
        }
        let dwa = DeviceWatchdogAnswer {
            result_code: ResultCode::SUCCESS,
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            origin_state_id: Some(self.origin_state_id),
            ..Default::default()
        };
        link.send(|out| dwa.encode_answer(dwr.header(), out));
    }

    pub(super) fn send_dpr(&self, link: &Link) {
        let dpr = DisconnectPeerRequest {
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            disconnect_cause: DisconnectCause::REBOOTING,
            ..Default::default()
        };
        link.send(|out| dpr.encode(self.random(), self.end_to_end(), Flags::NONE, out));
    }

    pub(super) fn send_dpa(&self, link: &Link, dpr: &Message) {
        let dpa = DisconnectPeerAnswer {
            result_code: ResultCode::SUCCESS,
            origin_host: &self.settings.identity,
            origin_realm: &self.settings.realm,
            ..Default::default()
        };
        link.send(|out| dpa.encode_answer(dpr.header(), out));
    }

    pub(super) fn send_error(&self, link: &Link, request: &Message, error: &DecodeError) {
        let NodeSettings {
            identity, realm, ..
        } = &self.settings;
        link.send_answer(|out: &mut BytesMut| error_answer(request, identity, realm, error, out));
    }
}
