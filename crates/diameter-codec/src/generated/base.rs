//! Base, application 0: RFC 6733.
//!
//! Made by `cargo xtask generate` from `dictionaries/base.dia`.

use crate::generated_code::*;

impl ApplicationId {
    /// Base (RFC 6733).
    pub const BASE: Self = Self(0);
}
impl VendorId {
    /// 3GPP.
    pub const THREE_GPP: Self = Self(10415);
    /// ETSI.
    pub const ETSI: Self = Self(13019);
}
/// The application as it is advertised.
pub const APPLICATION: Application = Application {
    id: ApplicationId::BASE,
    name: "Base",
    vendor: None,
};
/// Command Codes.
pub mod command {
    use crate::CommandCode;
    /// Capabilities-Exchange.
    pub const CAPABILITIES_EXCHANGE: CommandCode = CommandCode(257);
    /// Disconnect-Peer.
    pub const DISCONNECT_PEER: CommandCode = CommandCode(282);
    /// Device-Watchdog.
    pub const DEVICE_WATCHDOG: CommandCode = CommandCode(280);
}
/// AVP Codes with their vendors.
pub mod avp {
    use crate::AvpCode;
    /// Acct-Interim-Interval.
    pub const ACCT_INTERIM_INTERVAL: AvpCode = AvpCode::new(0, 85);
    /// Accounting-Realtime-Required.
    pub const ACCOUNTING_REALTIME_REQUIRED: AvpCode = AvpCode::new(0, 483);
    /// Acct-Multi-Session-Id.
    pub const ACCT_MULTI_SESSION_ID: AvpCode = AvpCode::new(0, 50);
    /// Accounting-Record-Number.
    pub const ACCOUNTING_RECORD_NUMBER: AvpCode = AvpCode::new(0, 485);
    /// Accounting-Record-Type.
    pub const ACCOUNTING_RECORD_TYPE: AvpCode = AvpCode::new(0, 480);
    /// Acct-Session-Id.
    pub const ACCT_SESSION_ID: AvpCode = AvpCode::new(0, 44);
    /// Accounting-Sub-Session-Id.
    pub const ACCOUNTING_SUB_SESSION_ID: AvpCode = AvpCode::new(0, 287);
    /// Acct-Application-Id.
    pub const ACCT_APPLICATION_ID: AvpCode = AvpCode::new(0, 259);
    /// Auth-Application-Id.
    pub const AUTH_APPLICATION_ID: AvpCode = AvpCode::new(0, 258);
    /// Auth-Request-Type.
    pub const AUTH_REQUEST_TYPE: AvpCode = AvpCode::new(0, 274);
    /// Authorization-Lifetime.
    pub const AUTHORIZATION_LIFETIME: AvpCode = AvpCode::new(0, 291);
    /// Auth-Grace-Period.
    pub const AUTH_GRACE_PERIOD: AvpCode = AvpCode::new(0, 276);
    /// Auth-Session-State.
    pub const AUTH_SESSION_STATE: AvpCode = AvpCode::new(0, 277);
    /// Re-Auth-Request-Type.
    pub const RE_AUTH_REQUEST_TYPE: AvpCode = AvpCode::new(0, 285);
    /// Class.
    pub const CLASS: AvpCode = AvpCode::new(0, 25);
    /// Destination-Host.
    pub const DESTINATION_HOST: AvpCode = AvpCode::new(0, 293);
    /// Destination-Realm.
    pub const DESTINATION_REALM: AvpCode = AvpCode::new(0, 283);
    /// Disconnect-Cause.
    pub const DISCONNECT_CAUSE: AvpCode = AvpCode::new(0, 273);
    /// Error-Message.
    pub const ERROR_MESSAGE: AvpCode = AvpCode::new(0, 281);
    /// Error-Reporting-Host.
    pub const ERROR_REPORTING_HOST: AvpCode = AvpCode::new(0, 294);
    /// Event-Timestamp.
    pub const EVENT_TIMESTAMP: AvpCode = AvpCode::new(0, 55);
    /// Experimental-Result.
    pub const EXPERIMENTAL_RESULT: AvpCode = AvpCode::new(0, 297);
    /// Experimental-Result-Code.
    pub const EXPERIMENTAL_RESULT_CODE: AvpCode = AvpCode::new(0, 298);
    /// Failed-AVP.
    pub const FAILED_AVP: AvpCode = AvpCode::new(0, 279);
    /// Firmware-Revision.
    pub const FIRMWARE_REVISION: AvpCode = AvpCode::new(0, 267);
    /// Host-IP-Address.
    pub const HOST_IP_ADDRESS: AvpCode = AvpCode::new(0, 257);
    /// Inband-Security-Id.
    pub const INBAND_SECURITY_ID: AvpCode = AvpCode::new(0, 299);
    /// Multi-Round-Time-Out.
    pub const MULTI_ROUND_TIME_OUT: AvpCode = AvpCode::new(0, 272);
    /// Origin-Host.
    pub const ORIGIN_HOST: AvpCode = AvpCode::new(0, 264);
    /// Origin-Realm.
    pub const ORIGIN_REALM: AvpCode = AvpCode::new(0, 296);
    /// Origin-State-Id.
    pub const ORIGIN_STATE_ID: AvpCode = AvpCode::new(0, 278);
    /// Product-Name.
    pub const PRODUCT_NAME: AvpCode = AvpCode::new(0, 269);
    /// Proxy-Host.
    pub const PROXY_HOST: AvpCode = AvpCode::new(0, 280);
    /// Proxy-Info.
    pub const PROXY_INFO: AvpCode = AvpCode::new(0, 284);
    /// Proxy-State.
    pub const PROXY_STATE: AvpCode = AvpCode::new(0, 33);
    /// Redirect-Host.
    pub const REDIRECT_HOST: AvpCode = AvpCode::new(0, 292);
    /// Redirect-Host-Usage.
    pub const REDIRECT_HOST_USAGE: AvpCode = AvpCode::new(0, 261);
    /// Redirect-Max-Cache-Time.
    pub const REDIRECT_MAX_CACHE_TIME: AvpCode = AvpCode::new(0, 262);
    /// Result-Code.
    pub const RESULT_CODE: AvpCode = AvpCode::new(0, 268);
    /// Route-Record.
    pub const ROUTE_RECORD: AvpCode = AvpCode::new(0, 282);
    /// Session-Id.
    pub const SESSION_ID: AvpCode = AvpCode::new(0, 263);
    /// Session-Timeout.
    pub const SESSION_TIMEOUT: AvpCode = AvpCode::new(0, 27);
    /// Session-Binding.
    pub const SESSION_BINDING: AvpCode = AvpCode::new(0, 270);
    /// Session-Server-Failover.
    pub const SESSION_SERVER_FAILOVER: AvpCode = AvpCode::new(0, 271);
    /// Supported-Vendor-Id.
    pub const SUPPORTED_VENDOR_ID: AvpCode = AvpCode::new(0, 265);
    /// Termination-Cause.
    pub const TERMINATION_CAUSE: AvpCode = AvpCode::new(0, 295);
    /// User-Name.
    pub const USER_NAME: AvpCode = AvpCode::new(0, 1);
    /// Vendor-Id.
    pub const VENDOR_ID: AvpCode = AvpCode::new(0, 266);
    /// Vendor-Specific-Application-Id.
    pub const VENDOR_SPECIFIC_APPLICATION_ID: AvpCode = AvpCode::new(0, 260);
    /// DRMP.
    pub const DRMP: AvpCode = AvpCode::new(0, 301);
    /// OC-Supported-Features.
    pub const OC_SUPPORTED_FEATURES: AvpCode = AvpCode::new(0, 621);
    /// OC-Feature-Vector.
    pub const OC_FEATURE_VECTOR: AvpCode = AvpCode::new(0, 622);
    /// OC-OLR.
    pub const OC_OLR: AvpCode = AvpCode::new(0, 623);
    /// OC-Sequence-Number.
    pub const OC_SEQUENCE_NUMBER: AvpCode = AvpCode::new(0, 624);
    /// OC-Validity-Duration.
    pub const OC_VALIDITY_DURATION: AvpCode = AvpCode::new(0, 625);
    /// OC-Report-Type.
    pub const OC_REPORT_TYPE: AvpCode = AvpCode::new(0, 626);
    /// OC-Reduction-Percentage.
    pub const OC_REDUCTION_PERCENTAGE: AvpCode = AvpCode::new(0, 627);
    /// SourceID.
    pub const SOURCEID: AvpCode = AvpCode::new(0, 649);
    /// Load.
    pub const LOAD: AvpCode = AvpCode::new(0, 650);
    /// Load-Type.
    pub const LOAD_TYPE: AvpCode = AvpCode::new(0, 651);
    /// Load-Value.
    pub const LOAD_VALUE: AvpCode = AvpCode::new(0, 652);
}
/// What the dictionary says of each AVP.
pub mod definitions {
    use super::avp;
    use crate::{AvpDefinition, DataType, Disclosure, MBitRule};
    /// Acct-Interim-Interval.
    pub const ACCT_INTERIM_INTERVAL: AvpDefinition = AvpDefinition {
        code: avp::ACCT_INTERIM_INTERVAL,
        name: "Acct-Interim-Interval",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Accounting-Realtime-Required.
    pub const ACCOUNTING_REALTIME_REQUIRED: AvpDefinition = AvpDefinition {
        code: avp::ACCOUNTING_REALTIME_REQUIRED,
        name: "Accounting-Realtime-Required",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Acct-Multi-Session-Id.
    pub const ACCT_MULTI_SESSION_ID: AvpDefinition = AvpDefinition {
        code: avp::ACCT_MULTI_SESSION_ID,
        name: "Acct-Multi-Session-Id",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Accounting-Record-Number.
    pub const ACCOUNTING_RECORD_NUMBER: AvpDefinition = AvpDefinition {
        code: avp::ACCOUNTING_RECORD_NUMBER,
        name: "Accounting-Record-Number",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Accounting-Record-Type.
    pub const ACCOUNTING_RECORD_TYPE: AvpDefinition = AvpDefinition {
        code: avp::ACCOUNTING_RECORD_TYPE,
        name: "Accounting-Record-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Acct-Session-Id.
    pub const ACCT_SESSION_ID: AvpDefinition = AvpDefinition {
        code: avp::ACCT_SESSION_ID,
        name: "Acct-Session-Id",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Accounting-Sub-Session-Id.
    pub const ACCOUNTING_SUB_SESSION_ID: AvpDefinition = AvpDefinition {
        code: avp::ACCOUNTING_SUB_SESSION_ID,
        name: "Accounting-Sub-Session-Id",
        data: DataType::Unsigned64,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Acct-Application-Id.
    pub const ACCT_APPLICATION_ID: AvpDefinition = AvpDefinition {
        code: avp::ACCT_APPLICATION_ID,
        name: "Acct-Application-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Auth-Application-Id.
    pub const AUTH_APPLICATION_ID: AvpDefinition = AvpDefinition {
        code: avp::AUTH_APPLICATION_ID,
        name: "Auth-Application-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Auth-Request-Type.
    pub const AUTH_REQUEST_TYPE: AvpDefinition = AvpDefinition {
        code: avp::AUTH_REQUEST_TYPE,
        name: "Auth-Request-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Authorization-Lifetime.
    pub const AUTHORIZATION_LIFETIME: AvpDefinition = AvpDefinition {
        code: avp::AUTHORIZATION_LIFETIME,
        name: "Authorization-Lifetime",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Auth-Grace-Period.
    pub const AUTH_GRACE_PERIOD: AvpDefinition = AvpDefinition {
        code: avp::AUTH_GRACE_PERIOD,
        name: "Auth-Grace-Period",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Auth-Session-State.
    pub const AUTH_SESSION_STATE: AvpDefinition = AvpDefinition {
        code: avp::AUTH_SESSION_STATE,
        name: "Auth-Session-State",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Re-Auth-Request-Type.
    pub const RE_AUTH_REQUEST_TYPE: AvpDefinition = AvpDefinition {
        code: avp::RE_AUTH_REQUEST_TYPE,
        name: "Re-Auth-Request-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Class.
    pub const CLASS: AvpDefinition = AvpDefinition {
        code: avp::CLASS,
        name: "Class",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Destination-Host.
    pub const DESTINATION_HOST: AvpDefinition = AvpDefinition {
        code: avp::DESTINATION_HOST,
        name: "Destination-Host",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Destination-Realm.
    pub const DESTINATION_REALM: AvpDefinition = AvpDefinition {
        code: avp::DESTINATION_REALM,
        name: "Destination-Realm",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Disconnect-Cause.
    pub const DISCONNECT_CAUSE: AvpDefinition = AvpDefinition {
        code: avp::DISCONNECT_CAUSE,
        name: "Disconnect-Cause",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Error-Message.
    pub const ERROR_MESSAGE: AvpDefinition = AvpDefinition {
        code: avp::ERROR_MESSAGE,
        name: "Error-Message",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Error-Reporting-Host.
    pub const ERROR_REPORTING_HOST: AvpDefinition = AvpDefinition {
        code: avp::ERROR_REPORTING_HOST,
        name: "Error-Reporting-Host",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Event-Timestamp.
    pub const EVENT_TIMESTAMP: AvpDefinition = AvpDefinition {
        code: avp::EVENT_TIMESTAMP,
        name: "Event-Timestamp",
        data: DataType::Time,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Experimental-Result.
    pub const EXPERIMENTAL_RESULT: AvpDefinition = AvpDefinition {
        code: avp::EXPERIMENTAL_RESULT,
        name: "Experimental-Result",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Experimental-Result-Code.
    pub const EXPERIMENTAL_RESULT_CODE: AvpDefinition = AvpDefinition {
        code: avp::EXPERIMENTAL_RESULT_CODE,
        name: "Experimental-Result-Code",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Failed-AVP.
    pub const FAILED_AVP: AvpDefinition = AvpDefinition {
        code: avp::FAILED_AVP,
        name: "Failed-AVP",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Firmware-Revision.
    pub const FIRMWARE_REVISION: AvpDefinition = AvpDefinition {
        code: avp::FIRMWARE_REVISION,
        name: "Firmware-Revision",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Host-IP-Address.
    pub const HOST_IP_ADDRESS: AvpDefinition = AvpDefinition {
        code: avp::HOST_IP_ADDRESS,
        name: "Host-IP-Address",
        data: DataType::Address,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Inband-Security-Id.
    pub const INBAND_SECURITY_ID: AvpDefinition = AvpDefinition {
        code: avp::INBAND_SECURITY_ID,
        name: "Inband-Security-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Multi-Round-Time-Out.
    pub const MULTI_ROUND_TIME_OUT: AvpDefinition = AvpDefinition {
        code: avp::MULTI_ROUND_TIME_OUT,
        name: "Multi-Round-Time-Out",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Origin-Host.
    pub const ORIGIN_HOST: AvpDefinition = AvpDefinition {
        code: avp::ORIGIN_HOST,
        name: "Origin-Host",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Origin-Realm.
    pub const ORIGIN_REALM: AvpDefinition = AvpDefinition {
        code: avp::ORIGIN_REALM,
        name: "Origin-Realm",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Origin-State-Id.
    pub const ORIGIN_STATE_ID: AvpDefinition = AvpDefinition {
        code: avp::ORIGIN_STATE_ID,
        name: "Origin-State-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Product-Name.
    pub const PRODUCT_NAME: AvpDefinition = AvpDefinition {
        code: avp::PRODUCT_NAME,
        name: "Product-Name",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Proxy-Host.
    pub const PROXY_HOST: AvpDefinition = AvpDefinition {
        code: avp::PROXY_HOST,
        name: "Proxy-Host",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Proxy-Info.
    pub const PROXY_INFO: AvpDefinition = AvpDefinition {
        code: avp::PROXY_INFO,
        name: "Proxy-Info",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Proxy-State.
    pub const PROXY_STATE: AvpDefinition = AvpDefinition {
        code: avp::PROXY_STATE,
        name: "Proxy-State",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Redirect-Host.
    pub const REDIRECT_HOST: AvpDefinition = AvpDefinition {
        code: avp::REDIRECT_HOST,
        name: "Redirect-Host",
        data: DataType::DiameterUri,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Redirect-Host-Usage.
    pub const REDIRECT_HOST_USAGE: AvpDefinition = AvpDefinition {
        code: avp::REDIRECT_HOST_USAGE,
        name: "Redirect-Host-Usage",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Redirect-Max-Cache-Time.
    pub const REDIRECT_MAX_CACHE_TIME: AvpDefinition = AvpDefinition {
        code: avp::REDIRECT_MAX_CACHE_TIME,
        name: "Redirect-Max-Cache-Time",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Result-Code.
    pub const RESULT_CODE: AvpDefinition = AvpDefinition {
        code: avp::RESULT_CODE,
        name: "Result-Code",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Route-Record.
    pub const ROUTE_RECORD: AvpDefinition = AvpDefinition {
        code: avp::ROUTE_RECORD,
        name: "Route-Record",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Session-Id.
    pub const SESSION_ID: AvpDefinition = AvpDefinition {
        code: avp::SESSION_ID,
        name: "Session-Id",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Session-Timeout.
    pub const SESSION_TIMEOUT: AvpDefinition = AvpDefinition {
        code: avp::SESSION_TIMEOUT,
        name: "Session-Timeout",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Session-Binding.
    pub const SESSION_BINDING: AvpDefinition = AvpDefinition {
        code: avp::SESSION_BINDING,
        name: "Session-Binding",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Session-Server-Failover.
    pub const SESSION_SERVER_FAILOVER: AvpDefinition = AvpDefinition {
        code: avp::SESSION_SERVER_FAILOVER,
        name: "Session-Server-Failover",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Supported-Vendor-Id.
    pub const SUPPORTED_VENDOR_ID: AvpDefinition = AvpDefinition {
        code: avp::SUPPORTED_VENDOR_ID,
        name: "Supported-Vendor-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Termination-Cause.
    pub const TERMINATION_CAUSE: AvpDefinition = AvpDefinition {
        code: avp::TERMINATION_CAUSE,
        name: "Termination-Cause",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// User-Name.
    pub const USER_NAME: AvpDefinition = AvpDefinition {
        code: avp::USER_NAME,
        name: "User-Name",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Vendor-Id.
    pub const VENDOR_ID: AvpDefinition = AvpDefinition {
        code: avp::VENDOR_ID,
        name: "Vendor-Id",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Vendor-Specific-Application-Id.
    pub const VENDOR_SPECIFIC_APPLICATION_ID: AvpDefinition = AvpDefinition {
        code: avp::VENDOR_SPECIFIC_APPLICATION_ID,
        name: "Vendor-Specific-Application-Id",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// DRMP.
    pub const DRMP: AvpDefinition = AvpDefinition {
        code: avp::DRMP,
        name: "DRMP",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Supported-Features.
    pub const OC_SUPPORTED_FEATURES: AvpDefinition = AvpDefinition {
        code: avp::OC_SUPPORTED_FEATURES,
        name: "OC-Supported-Features",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Feature-Vector.
    pub const OC_FEATURE_VECTOR: AvpDefinition = AvpDefinition {
        code: avp::OC_FEATURE_VECTOR,
        name: "OC-Feature-Vector",
        data: DataType::Unsigned64,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-OLR.
    pub const OC_OLR: AvpDefinition = AvpDefinition {
        code: avp::OC_OLR,
        name: "OC-OLR",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Sequence-Number.
    pub const OC_SEQUENCE_NUMBER: AvpDefinition = AvpDefinition {
        code: avp::OC_SEQUENCE_NUMBER,
        name: "OC-Sequence-Number",
        data: DataType::Unsigned64,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Validity-Duration.
    pub const OC_VALIDITY_DURATION: AvpDefinition = AvpDefinition {
        code: avp::OC_VALIDITY_DURATION,
        name: "OC-Validity-Duration",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Report-Type.
    pub const OC_REPORT_TYPE: AvpDefinition = AvpDefinition {
        code: avp::OC_REPORT_TYPE,
        name: "OC-Report-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Reduction-Percentage.
    pub const OC_REDUCTION_PERCENTAGE: AvpDefinition = AvpDefinition {
        code: avp::OC_REDUCTION_PERCENTAGE,
        name: "OC-Reduction-Percentage",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// SourceID.
    pub const SOURCEID: AvpDefinition = AvpDefinition {
        code: avp::SOURCEID,
        name: "SourceID",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Load.
    pub const LOAD: AvpDefinition = AvpDefinition {
        code: avp::LOAD,
        name: "Load",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Load-Type.
    pub const LOAD_TYPE: AvpDefinition = AvpDefinition {
        code: avp::LOAD_TYPE,
        name: "Load-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Load-Value.
    pub const LOAD_VALUE: AvpDefinition = AvpDefinition {
        code: avp::LOAD_VALUE,
        name: "Load-Value",
        data: DataType::Unsigned64,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
}
/// The definition of an AVP, here or in what this dictionary imports.
#[must_use]
pub fn definition(code: AvpCode) -> Option<&'static AvpDefinition> {
    Some(match (code.vendor.0, code.number) {
        (0, 85) => &definitions::ACCT_INTERIM_INTERVAL,
        (0, 483) => &definitions::ACCOUNTING_REALTIME_REQUIRED,
        (0, 50) => &definitions::ACCT_MULTI_SESSION_ID,
        (0, 485) => &definitions::ACCOUNTING_RECORD_NUMBER,
        (0, 480) => &definitions::ACCOUNTING_RECORD_TYPE,
        (0, 44) => &definitions::ACCT_SESSION_ID,
        (0, 287) => &definitions::ACCOUNTING_SUB_SESSION_ID,
        (0, 259) => &definitions::ACCT_APPLICATION_ID,
        (0, 258) => &definitions::AUTH_APPLICATION_ID,
        (0, 274) => &definitions::AUTH_REQUEST_TYPE,
        (0, 291) => &definitions::AUTHORIZATION_LIFETIME,
        (0, 276) => &definitions::AUTH_GRACE_PERIOD,
        (0, 277) => &definitions::AUTH_SESSION_STATE,
        (0, 285) => &definitions::RE_AUTH_REQUEST_TYPE,
        (0, 25) => &definitions::CLASS,
        (0, 293) => &definitions::DESTINATION_HOST,
        (0, 283) => &definitions::DESTINATION_REALM,
        (0, 273) => &definitions::DISCONNECT_CAUSE,
        (0, 281) => &definitions::ERROR_MESSAGE,
        (0, 294) => &definitions::ERROR_REPORTING_HOST,
        (0, 55) => &definitions::EVENT_TIMESTAMP,
        (0, 297) => &definitions::EXPERIMENTAL_RESULT,
        (0, 298) => &definitions::EXPERIMENTAL_RESULT_CODE,
        (0, 279) => &definitions::FAILED_AVP,
        (0, 267) => &definitions::FIRMWARE_REVISION,
        (0, 257) => &definitions::HOST_IP_ADDRESS,
        (0, 299) => &definitions::INBAND_SECURITY_ID,
        (0, 272) => &definitions::MULTI_ROUND_TIME_OUT,
        (0, 264) => &definitions::ORIGIN_HOST,
        (0, 296) => &definitions::ORIGIN_REALM,
        (0, 278) => &definitions::ORIGIN_STATE_ID,
        (0, 269) => &definitions::PRODUCT_NAME,
        (0, 280) => &definitions::PROXY_HOST,
        (0, 284) => &definitions::PROXY_INFO,
        (0, 33) => &definitions::PROXY_STATE,
        (0, 292) => &definitions::REDIRECT_HOST,
        (0, 261) => &definitions::REDIRECT_HOST_USAGE,
        (0, 262) => &definitions::REDIRECT_MAX_CACHE_TIME,
        (0, 268) => &definitions::RESULT_CODE,
        (0, 282) => &definitions::ROUTE_RECORD,
        (0, 263) => &definitions::SESSION_ID,
        (0, 27) => &definitions::SESSION_TIMEOUT,
        (0, 270) => &definitions::SESSION_BINDING,
        (0, 271) => &definitions::SESSION_SERVER_FAILOVER,
        (0, 265) => &definitions::SUPPORTED_VENDOR_ID,
        (0, 295) => &definitions::TERMINATION_CAUSE,
        (0, 1) => &definitions::USER_NAME,
        (0, 266) => &definitions::VENDOR_ID,
        (0, 260) => &definitions::VENDOR_SPECIFIC_APPLICATION_ID,
        (0, 301) => &definitions::DRMP,
        (0, 621) => &definitions::OC_SUPPORTED_FEATURES,
        (0, 622) => &definitions::OC_FEATURE_VECTOR,
        (0, 623) => &definitions::OC_OLR,
        (0, 624) => &definitions::OC_SEQUENCE_NUMBER,
        (0, 625) => &definitions::OC_VALIDITY_DURATION,
        (0, 626) => &definitions::OC_REPORT_TYPE,
        (0, 627) => &definitions::OC_REDUCTION_PERCENTAGE,
        (0, 649) => &definitions::SOURCEID,
        (0, 650) => &definitions::LOAD,
        (0, 651) => &definitions::LOAD_TYPE,
        (0, 652) => &definitions::LOAD_VALUE,
        _ => return None,
    })
}
/// The values of Result-Code (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResultCode(pub u32);
impl ResultCode {
    /// MULTI_ROUND_AUTH, value 1001.
    pub const MULTI_ROUND_AUTH: Self = Self(1001);
    /// SUCCESS, value 2001.
    pub const SUCCESS: Self = Self(2001);
    /// LIMITED_SUCCESS, value 2002.
    pub const LIMITED_SUCCESS: Self = Self(2002);
    /// COMMAND_UNSUPPORTED, value 3001.
    pub const COMMAND_UNSUPPORTED: Self = Self(3001);
    /// UNABLE_TO_DELIVER, value 3002.
    pub const UNABLE_TO_DELIVER: Self = Self(3002);
    /// REALM_NOT_SERVED, value 3003.
    pub const REALM_NOT_SERVED: Self = Self(3003);
    /// TOO_BUSY, value 3004.
    pub const TOO_BUSY: Self = Self(3004);
    /// LOOP_DETECTED, value 3005.
    pub const LOOP_DETECTED: Self = Self(3005);
    /// REDIRECT_INDICATION, value 3006.
    pub const REDIRECT_INDICATION: Self = Self(3006);
    /// APPLICATION_UNSUPPORTED, value 3007.
    pub const APPLICATION_UNSUPPORTED: Self = Self(3007);
    /// INVALID_HDR_BITS, value 3008.
    pub const INVALID_HDR_BITS: Self = Self(3008);
    /// INVALID_AVP_BITS, value 3009.
    pub const INVALID_AVP_BITS: Self = Self(3009);
    /// UNKNOWN_PEER, value 3010.
    pub const UNKNOWN_PEER: Self = Self(3010);
    /// AUTHENTICATION_REJECTED, value 4001.
    pub const AUTHENTICATION_REJECTED: Self = Self(4001);
    /// OUT_OF_SPACE, value 4002.
    pub const OUT_OF_SPACE: Self = Self(4002);
    /// ELECTION_LOST, value 4003.
    pub const ELECTION_LOST: Self = Self(4003);
    /// AVP_UNSUPPORTED, value 5001.
    pub const AVP_UNSUPPORTED: Self = Self(5001);
    /// UNKNOWN_SESSION_ID, value 5002.
    pub const UNKNOWN_SESSION_ID: Self = Self(5002);
    /// AUTHORIZATION_REJECTED, value 5003.
    pub const AUTHORIZATION_REJECTED: Self = Self(5003);
    /// INVALID_AVP_VALUE, value 5004.
    pub const INVALID_AVP_VALUE: Self = Self(5004);
    /// MISSING_AVP, value 5005.
    pub const MISSING_AVP: Self = Self(5005);
    /// RESOURCES_EXCEEDED, value 5006.
    pub const RESOURCES_EXCEEDED: Self = Self(5006);
    /// CONTRADICTING_AVPS, value 5007.
    pub const CONTRADICTING_AVPS: Self = Self(5007);
    /// AVP_NOT_ALLOWED, value 5008.
    pub const AVP_NOT_ALLOWED: Self = Self(5008);
    /// AVP_OCCURS_TOO_MANY_TIMES, value 5009.
    pub const AVP_OCCURS_TOO_MANY_TIMES: Self = Self(5009);
    /// NO_COMMON_APPLICATION, value 5010.
    pub const NO_COMMON_APPLICATION: Self = Self(5010);
    /// UNSUPPORTED_VERSION, value 5011.
    pub const UNSUPPORTED_VERSION: Self = Self(5011);
    /// UNABLE_TO_COMPLY, value 5012.
    pub const UNABLE_TO_COMPLY: Self = Self(5012);
    /// INVALID_BIT_IN_HEADER, value 5013.
    pub const INVALID_BIT_IN_HEADER: Self = Self(5013);
    /// INVALID_AVP_LENGTH, value 5014.
    pub const INVALID_AVP_LENGTH: Self = Self(5014);
    /// INVALID_MESSAGE_LENGTH, value 5015.
    pub const INVALID_MESSAGE_LENGTH: Self = Self(5015);
    /// INVALID_AVP_BIT_COMBO, value 5016.
    pub const INVALID_AVP_BIT_COMBO: Self = Self(5016);
    /// NO_COMMON_SECURITY, value 5017.
    pub const NO_COMMON_SECURITY: Self = Self(5017);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1001 => "MULTI_ROUND_AUTH",
            2001 => "SUCCESS",
            2002 => "LIMITED_SUCCESS",
            3001 => "COMMAND_UNSUPPORTED",
            3002 => "UNABLE_TO_DELIVER",
            3003 => "REALM_NOT_SERVED",
            3004 => "TOO_BUSY",
            3005 => "LOOP_DETECTED",
            3006 => "REDIRECT_INDICATION",
            3007 => "APPLICATION_UNSUPPORTED",
            3008 => "INVALID_HDR_BITS",
            3009 => "INVALID_AVP_BITS",
            3010 => "UNKNOWN_PEER",
            4001 => "AUTHENTICATION_REJECTED",
            4002 => "OUT_OF_SPACE",
            4003 => "ELECTION_LOST",
            5001 => "AVP_UNSUPPORTED",
            5002 => "UNKNOWN_SESSION_ID",
            5003 => "AUTHORIZATION_REJECTED",
            5004 => "INVALID_AVP_VALUE",
            5005 => "MISSING_AVP",
            5006 => "RESOURCES_EXCEEDED",
            5007 => "CONTRADICTING_AVPS",
            5008 => "AVP_NOT_ALLOWED",
            5009 => "AVP_OCCURS_TOO_MANY_TIMES",
            5010 => "NO_COMMON_APPLICATION",
            5011 => "UNSUPPORTED_VERSION",
            5012 => "UNABLE_TO_COMPLY",
            5013 => "INVALID_BIT_IN_HEADER",
            5014 => "INVALID_AVP_LENGTH",
            5015 => "INVALID_MESSAGE_LENGTH",
            5016 => "INVALID_AVP_BIT_COMBO",
            5017 => "NO_COMMON_SECURITY",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for ResultCode {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Experimental-Result-Code (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExperimentalResultCode(pub u32);
impl ExperimentalResultCode {
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        None
    }
}
impl AvpValue<'_> for ExperimentalResultCode {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Disconnect-Cause (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisconnectCause(pub u32);
impl DisconnectCause {
    /// REBOOTING, value 0.
    pub const REBOOTING: Self = Self(0);
    /// BUSY, value 1.
    pub const BUSY: Self = Self(1);
    /// DO_NOT_WANT_TO_TALK_TO_YOU, value 2.
    pub const DO_NOT_WANT_TO_TALK_TO_YOU: Self = Self(2);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "REBOOTING",
            1 => "BUSY",
            2 => "DO_NOT_WANT_TO_TALK_TO_YOU",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for DisconnectCause {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Inband-Security-Id (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InbandSecurityId(pub u32);
impl InbandSecurityId {
    /// NO_INBAND_SECURITY, value 0.
    pub const NO_INBAND_SECURITY: Self = Self(0);
    /// TLS, value 1.
    pub const TLS: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NO_INBAND_SECURITY",
            1 => "TLS",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for InbandSecurityId {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Redirect-Host-Usage (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedirectHostUsage(pub u32);
impl RedirectHostUsage {
    /// DONT_CACHE, value 0.
    pub const DONT_CACHE: Self = Self(0);
    /// ALL_SESSION, value 1.
    pub const ALL_SESSION: Self = Self(1);
    /// ALL_REALM, value 2.
    pub const ALL_REALM: Self = Self(2);
    /// REALM_AND_APPLICATION, value 3.
    pub const REALM_AND_APPLICATION: Self = Self(3);
    /// ALL_APPLICATION, value 4.
    pub const ALL_APPLICATION: Self = Self(4);
    /// ALL_HOST, value 5.
    pub const ALL_HOST: Self = Self(5);
    /// ALL_USER, value 6.
    pub const ALL_USER: Self = Self(6);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "DONT_CACHE",
            1 => "ALL_SESSION",
            2 => "ALL_REALM",
            3 => "REALM_AND_APPLICATION",
            4 => "ALL_APPLICATION",
            5 => "ALL_HOST",
            6 => "ALL_USER",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for RedirectHostUsage {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Auth-Request-Type (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthRequestType(pub u32);
impl AuthRequestType {
    /// AUTHENTICATE_ONLY, value 1.
    pub const AUTHENTICATE_ONLY: Self = Self(1);
    /// AUTHORIZE_ONLY, value 2.
    pub const AUTHORIZE_ONLY: Self = Self(2);
    /// AUTHORIZE_AUTHENTICATE, value 3.
    pub const AUTHORIZE_AUTHENTICATE: Self = Self(3);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "AUTHENTICATE_ONLY",
            2 => "AUTHORIZE_ONLY",
            3 => "AUTHORIZE_AUTHENTICATE",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for AuthRequestType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Auth-Session-State (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthSessionState(pub u32);
impl AuthSessionState {
    /// STATE_MAINTAINED, value 0.
    pub const STATE_MAINTAINED: Self = Self(0);
    /// NO_STATE_MAINTAINED, value 1.
    pub const NO_STATE_MAINTAINED: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "STATE_MAINTAINED",
            1 => "NO_STATE_MAINTAINED",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for AuthSessionState {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Re-Auth-Request-Type (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReAuthRequestType(pub u32);
impl ReAuthRequestType {
    /// AUTHORIZE_ONLY, value 0.
    pub const AUTHORIZE_ONLY: Self = Self(0);
    /// AUTHORIZE_AUTHENTICATE, value 1.
    pub const AUTHORIZE_AUTHENTICATE: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "AUTHORIZE_ONLY",
            1 => "AUTHORIZE_AUTHENTICATE",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for ReAuthRequestType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Termination-Cause (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerminationCause(pub u32);
impl TerminationCause {
    /// LOGOUT, value 1.
    pub const LOGOUT: Self = Self(1);
    /// SERVICE_NOT_PROVIDED, value 2.
    pub const SERVICE_NOT_PROVIDED: Self = Self(2);
    /// BAD_ANSWER, value 3.
    pub const BAD_ANSWER: Self = Self(3);
    /// ADMINISTRATIVE, value 4.
    pub const ADMINISTRATIVE: Self = Self(4);
    /// LINK_BROKEN, value 5.
    pub const LINK_BROKEN: Self = Self(5);
    /// AUTH_EXPIRED, value 6.
    pub const AUTH_EXPIRED: Self = Self(6);
    /// USER_MOVED, value 7.
    pub const USER_MOVED: Self = Self(7);
    /// SESSION_TIMEOUT, value 8.
    pub const SESSION_TIMEOUT: Self = Self(8);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "LOGOUT",
            2 => "SERVICE_NOT_PROVIDED",
            3 => "BAD_ANSWER",
            4 => "ADMINISTRATIVE",
            5 => "LINK_BROKEN",
            6 => "AUTH_EXPIRED",
            7 => "USER_MOVED",
            8 => "SESSION_TIMEOUT",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for TerminationCause {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Session-Server-Failover (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionServerFailover(pub u32);
impl SessionServerFailover {
    /// REFUSE_SERVICE, value 0.
    pub const REFUSE_SERVICE: Self = Self(0);
    /// TRY_AGAIN, value 1.
    pub const TRY_AGAIN: Self = Self(1);
    /// ALLOW_SERVICE, value 2.
    pub const ALLOW_SERVICE: Self = Self(2);
    /// TRY_AGAIN_ALLOW_SERVICE, value 3.
    pub const TRY_AGAIN_ALLOW_SERVICE: Self = Self(3);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "REFUSE_SERVICE",
            1 => "TRY_AGAIN",
            2 => "ALLOW_SERVICE",
            3 => "TRY_AGAIN_ALLOW_SERVICE",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for SessionServerFailover {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Accounting-Record-Type (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountingRecordType(pub u32);
impl AccountingRecordType {
    /// EVENT_RECORD, value 1.
    pub const EVENT_RECORD: Self = Self(1);
    /// START_RECORD, value 2.
    pub const START_RECORD: Self = Self(2);
    /// INTERIM_RECORD, value 3.
    pub const INTERIM_RECORD: Self = Self(3);
    /// STOP_RECORD, value 4.
    pub const STOP_RECORD: Self = Self(4);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "EVENT_RECORD",
            2 => "START_RECORD",
            3 => "INTERIM_RECORD",
            4 => "STOP_RECORD",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for AccountingRecordType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Accounting-Realtime-Required (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountingRealtimeRequired(pub u32);
impl AccountingRealtimeRequired {
    /// DELIVER_AND_GRANT, value 1.
    pub const DELIVER_AND_GRANT: Self = Self(1);
    /// GRANT_AND_STORE, value 2.
    pub const GRANT_AND_STORE: Self = Self(2);
    /// GRANT_AND_LOSE, value 3.
    pub const GRANT_AND_LOSE: Self = Self(3);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "DELIVER_AND_GRANT",
            2 => "GRANT_AND_STORE",
            3 => "GRANT_AND_LOSE",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for AccountingRealtimeRequired {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of DRMP (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Drmp(pub u32);
impl Drmp {
    /// PRIORITY_0, value 0.
    pub const PRIORITY_0: Self = Self(0);
    /// PRIORITY_1, value 1.
    pub const PRIORITY_1: Self = Self(1);
    /// PRIORITY_2, value 2.
    pub const PRIORITY_2: Self = Self(2);
    /// PRIORITY_3, value 3.
    pub const PRIORITY_3: Self = Self(3);
    /// PRIORITY_4, value 4.
    pub const PRIORITY_4: Self = Self(4);
    /// PRIORITY_5, value 5.
    pub const PRIORITY_5: Self = Self(5);
    /// PRIORITY_6, value 6.
    pub const PRIORITY_6: Self = Self(6);
    /// PRIORITY_7, value 7.
    pub const PRIORITY_7: Self = Self(7);
    /// PRIORITY_8, value 8.
    pub const PRIORITY_8: Self = Self(8);
    /// PRIORITY_9, value 9.
    pub const PRIORITY_9: Self = Self(9);
    /// PRIORITY_10, value 10.
    pub const PRIORITY_10: Self = Self(10);
    /// PRIORITY_11, value 11.
    pub const PRIORITY_11: Self = Self(11);
    /// PRIORITY_12, value 12.
    pub const PRIORITY_12: Self = Self(12);
    /// PRIORITY_13, value 13.
    pub const PRIORITY_13: Self = Self(13);
    /// PRIORITY_14, value 14.
    pub const PRIORITY_14: Self = Self(14);
    /// PRIORITY_15, value 15.
    pub const PRIORITY_15: Self = Self(15);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "PRIORITY_0",
            1 => "PRIORITY_1",
            2 => "PRIORITY_2",
            3 => "PRIORITY_3",
            4 => "PRIORITY_4",
            5 => "PRIORITY_5",
            6 => "PRIORITY_6",
            7 => "PRIORITY_7",
            8 => "PRIORITY_8",
            9 => "PRIORITY_9",
            10 => "PRIORITY_10",
            11 => "PRIORITY_11",
            12 => "PRIORITY_12",
            13 => "PRIORITY_13",
            14 => "PRIORITY_14",
            15 => "PRIORITY_15",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for Drmp {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of OC-Report-Type (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OcReportType(pub u32);
impl OcReportType {
    /// HOST_REPORT, value 0.
    pub const HOST_REPORT: Self = Self(0);
    /// REALM_REPORT, value 1.
    pub const REALM_REPORT: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "HOST_REPORT",
            1 => "REALM_REPORT",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for OcReportType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Load-Type (RFC 6733); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadType(pub u32);
impl LoadType {
    /// HOST, value 0.
    pub const HOST: Self = Self(0);
    /// PEER, value 1.
    pub const PEER: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "HOST",
            1 => "PEER",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for LoadType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// Experimental-Result, AVP 297 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExperimentalResult {
    /// `{ Vendor-Id }`
    pub vendor_id: u32,
    /// `{ Experimental-Result-Code }`
    pub experimental_result_code: ExperimentalResultCode,
}
impl<'a> ExperimentalResult {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 266) => read_one(
                    &mut self.vendor_id,
                    1 << 0,
                    &definitions::VENDOR_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 298) => read_one(
                    &mut self.experimental_result_code,
                    1 << 1,
                    &definitions::EXPERIMENTAL_RESULT_CODE,
                    &avp,
                    &mut walk,
                )?,
                _ => return Err(not_allowed(&avp, definition)),
            }
        }
        walk.end(&[
            &definitions::VENDOR_ID,
            &definitions::EXPERIMENTAL_RESULT_CODE,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::VENDOR_ID, &self.vendor_id);
        sink.one(
            &definitions::EXPERIMENTAL_RESULT_CODE,
            &self.experimental_result_code,
        );
    }
}
impl<'a> AvpValue<'a> for ExperimentalResult {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Failed-AVP, AVP 279 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FailedAvp<'a> {
    /// `1* { AVP }`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> FailedAvp<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        self.extra = Many::unchecked(octets);
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for FailedAvp<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Proxy-Info, AVP 284 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProxyInfo<'a> {
    /// `{ Proxy-Host }`
    pub proxy_host: &'a str,
    /// `{ Proxy-State }`
    pub proxy_state: &'a [u8],
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ProxyInfo<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 280) | (0, 33))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 280) => read_one(
                    &mut self.proxy_host,
                    1 << 0,
                    &definitions::PROXY_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 33) => read_one(
                    &mut self.proxy_state,
                    1 << 1,
                    &definitions::PROXY_STATE,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[&definitions::PROXY_HOST, &definitions::PROXY_STATE])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::PROXY_HOST, &self.proxy_host);
        sink.one(&definitions::PROXY_STATE, &self.proxy_state);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for ProxyInfo<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Vendor-Specific-Application-Id, AVP 260 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VendorSpecificApplicationId {
    /// `{ Vendor-Id }`
    pub vendor_id: u32,
    /// `[ Auth-Application-Id ]`
    pub auth_application_id: Option<u32>,
    /// `[ Acct-Application-Id ]`
    pub acct_application_id: Option<u32>,
}
impl<'a> VendorSpecificApplicationId {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 266) => read_one(
                    &mut self.vendor_id,
                    1 << 0,
                    &definitions::VENDOR_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 258) => read_optional(
                    &mut self.auth_application_id,
                    &definitions::AUTH_APPLICATION_ID,
                    &avp,
                )?,
                (0, 259) => read_optional(
                    &mut self.acct_application_id,
                    &definitions::ACCT_APPLICATION_ID,
                    &avp,
                )?,
                _ => return Err(not_allowed(&avp, definition)),
            }
        }
        walk.end(&[&definitions::VENDOR_ID])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::VENDOR_ID, &self.vendor_id);
        sink.optional(&definitions::AUTH_APPLICATION_ID, &self.auth_application_id);
        sink.optional(&definitions::ACCT_APPLICATION_ID, &self.acct_application_id);
    }
}
impl<'a> AvpValue<'a> for VendorSpecificApplicationId {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// OC-Supported-Features, AVP 621 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OcSupportedFeatures<'a> {
    /// `[ OC-Feature-Vector ]`
    pub oc_feature_vector: Option<u64>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> OcSupportedFeatures<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 622))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 622) => read_optional(
                    &mut self.oc_feature_vector,
                    &definitions::OC_FEATURE_VECTOR,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::OC_FEATURE_VECTOR, &self.oc_feature_vector);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for OcSupportedFeatures<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// OC-OLR, AVP 623 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OcOlr<'a> {
    /// `< OC-Sequence-Number >`
    pub oc_sequence_number: u64,
    /// `< OC-Report-Type >`
    pub oc_report_type: OcReportType,
    /// `[ OC-Reduction-Percentage ]`
    pub oc_reduction_percentage: Option<u32>,
    /// `[ OC-Validity-Duration ]`
    pub oc_validity_duration: Option<u32>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> OcOlr<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 624) | (0, 626) | (0, 627) | (0, 625)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 624) => read_one(
                    &mut self.oc_sequence_number,
                    1 << 0,
                    &definitions::OC_SEQUENCE_NUMBER,
                    &avp,
                    &mut walk,
                )?,
                (0, 626) => read_one(
                    &mut self.oc_report_type,
                    1 << 1,
                    &definitions::OC_REPORT_TYPE,
                    &avp,
                    &mut walk,
                )?,
                (0, 627) => read_optional(
                    &mut self.oc_reduction_percentage,
                    &definitions::OC_REDUCTION_PERCENTAGE,
                    &avp,
                )?,
                (0, 625) => read_optional(
                    &mut self.oc_validity_duration,
                    &definitions::OC_VALIDITY_DURATION,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::OC_SEQUENCE_NUMBER,
            &definitions::OC_REPORT_TYPE,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::OC_SEQUENCE_NUMBER, &self.oc_sequence_number);
        sink.one(&definitions::OC_REPORT_TYPE, &self.oc_report_type);
        sink.optional(
            &definitions::OC_REDUCTION_PERCENTAGE,
            &self.oc_reduction_percentage,
        );
        sink.optional(
            &definitions::OC_VALIDITY_DURATION,
            &self.oc_validity_duration,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for OcOlr<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Load, AVP 650 (RFC 6733).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load<'a> {
    /// `[ Load-Type ]`
    pub load_type: Option<LoadType>,
    /// `[ Load-Value ]`
    pub load_value: Option<u64>,
    /// `[ SourceID ]`
    pub sourceid: Option<&'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> Load<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 651) | (0, 652) | (0, 649))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 651) => read_optional(&mut self.load_type, &definitions::LOAD_TYPE, &avp)?,
                (0, 652) => read_optional(&mut self.load_value, &definitions::LOAD_VALUE, &avp)?,
                (0, 649) => read_optional(&mut self.sourceid, &definitions::SOURCEID, &avp)?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::LOAD_TYPE, &self.load_type);
        sink.optional(&definitions::LOAD_VALUE, &self.load_value);
        sink.optional(&definitions::SOURCEID, &self.sourceid);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for Load<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Capabilities-Exchange-Request (CER), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CapabilitiesExchangeRequest<'a> {
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `1* { Host-IP-Address }`
    pub host_ip_address: Many<'a, Address<'a>>,
    /// `{ Vendor-Id }`
    pub vendor_id: u32,
    /// `{ Product-Name }`
    pub product_name: &'a str,
    /// `[ Origin-State-Id ]`
    pub origin_state_id: Option<u32>,
    /// `* [ Supported-Vendor-Id ]`
    pub supported_vendor_id: Many<'a, u32>,
    /// `* [ Auth-Application-Id ]`
    pub auth_application_id: Many<'a, u32>,
    /// `* [ Inband-Security-Id ]`
    pub inband_security_id: Many<'a, InbandSecurityId>,
    /// `* [ Acct-Application-Id ]`
    pub acct_application_id: Many<'a, u32>,
    /// `* [ Vendor-Specific-Application-Id ]`
    pub vendor_specific_application_id: Many<'a, VendorSpecificApplicationId>,
    /// `[ Firmware-Revision ]`
    pub firmware_revision: Option<u32>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> CapabilitiesExchangeRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 264)
                    | (0, 296)
                    | (0, 257)
                    | (0, 266)
                    | (0, 269)
                    | (0, 278)
                    | (0, 265)
                    | (0, 258)
                    | (0, 299)
                    | (0, 259)
                    | (0, 260)
                    | (0, 267)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 0,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 1,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 257) => {
                    walk.note(1 << 2);
                    read_many(
                        &mut self.host_ip_address,
                        &definitions::HOST_IP_ADDRESS,
                        &avp,
                        &walk,
                    )?
                }
                (0, 266) => read_one(
                    &mut self.vendor_id,
                    1 << 3,
                    &definitions::VENDOR_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 269) => read_one(
                    &mut self.product_name,
                    1 << 4,
                    &definitions::PRODUCT_NAME,
                    &avp,
                    &mut walk,
                )?,
                (0, 278) => read_optional(
                    &mut self.origin_state_id,
                    &definitions::ORIGIN_STATE_ID,
                    &avp,
                )?,
                (0, 265) => read_many(
                    &mut self.supported_vendor_id,
                    &definitions::SUPPORTED_VENDOR_ID,
                    &avp,
                    &walk,
                )?,
                (0, 258) => read_many(
                    &mut self.auth_application_id,
                    &definitions::AUTH_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 299) => read_many(
                    &mut self.inband_security_id,
                    &definitions::INBAND_SECURITY_ID,
                    &avp,
                    &walk,
                )?,
                (0, 259) => read_many(
                    &mut self.acct_application_id,
                    &definitions::ACCT_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 260) => read_many(
                    &mut self.vendor_specific_application_id,
                    &definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 267) => read_optional(
                    &mut self.firmware_revision,
                    &definitions::FIRMWARE_REVISION,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
            &definitions::HOST_IP_ADDRESS,
            &definitions::VENDOR_ID,
            &definitions::PRODUCT_NAME,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.many(&definitions::HOST_IP_ADDRESS, &self.host_ip_address);
        sink.one(&definitions::VENDOR_ID, &self.vendor_id);
        sink.one(&definitions::PRODUCT_NAME, &self.product_name);
        sink.optional(&definitions::ORIGIN_STATE_ID, &self.origin_state_id);
        sink.many(&definitions::SUPPORTED_VENDOR_ID, &self.supported_vendor_id);
        sink.many(&definitions::AUTH_APPLICATION_ID, &self.auth_application_id);
        sink.many(&definitions::INBAND_SECURITY_ID, &self.inband_security_id);
        sink.many(&definitions::ACCT_APPLICATION_ID, &self.acct_application_id);
        sink.many(
            &definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&definitions::FIRMWARE_REVISION, &self.firmware_revision);
        sink.extra(&self.extra);
    }
}
impl<'a> CapabilitiesExchangeRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Capabilities-Exchange-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::CAPABILITIES_EXCHANGE;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
}
impl Members for CapabilitiesExchangeRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Capabilities-Exchange-Answer (CEA), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CapabilitiesExchangeAnswer<'a> {
    /// `{ Result-Code }`
    pub result_code: ResultCode,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `1* { Host-IP-Address }`
    pub host_ip_address: Many<'a, Address<'a>>,
    /// `{ Vendor-Id }`
    pub vendor_id: u32,
    /// `{ Product-Name }`
    pub product_name: &'a str,
    /// `[ Origin-State-Id ]`
    pub origin_state_id: Option<u32>,
    /// `[ Error-Message ]`
    pub error_message: Option<&'a str>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<FailedAvp<'a>>,
    /// `* [ Supported-Vendor-Id ]`
    pub supported_vendor_id: Many<'a, u32>,
    /// `* [ Auth-Application-Id ]`
    pub auth_application_id: Many<'a, u32>,
    /// `* [ Inband-Security-Id ]`
    pub inband_security_id: Many<'a, InbandSecurityId>,
    /// `* [ Acct-Application-Id ]`
    pub acct_application_id: Many<'a, u32>,
    /// `* [ Vendor-Specific-Application-Id ]`
    pub vendor_specific_application_id: Many<'a, VendorSpecificApplicationId>,
    /// `[ Firmware-Revision ]`
    pub firmware_revision: Option<u32>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> CapabilitiesExchangeAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 268)
                    | (0, 264)
                    | (0, 296)
                    | (0, 257)
                    | (0, 266)
                    | (0, 269)
                    | (0, 278)
                    | (0, 281)
                    | (0, 279)
                    | (0, 265)
                    | (0, 258)
                    | (0, 299)
                    | (0, 259)
                    | (0, 260)
                    | (0, 267)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 268) => read_one(
                    &mut self.result_code,
                    1 << 0,
                    &definitions::RESULT_CODE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 1,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 2,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 257) => {
                    walk.note(1 << 3);
                    read_many(
                        &mut self.host_ip_address,
                        &definitions::HOST_IP_ADDRESS,
                        &avp,
                        &walk,
                    )?
                }
                (0, 266) => read_one(
                    &mut self.vendor_id,
                    1 << 4,
                    &definitions::VENDOR_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 269) => read_one(
                    &mut self.product_name,
                    1 << 5,
                    &definitions::PRODUCT_NAME,
                    &avp,
                    &mut walk,
                )?,
                (0, 278) => read_optional(
                    &mut self.origin_state_id,
                    &definitions::ORIGIN_STATE_ID,
                    &avp,
                )?,
                (0, 281) => {
                    read_optional(&mut self.error_message, &definitions::ERROR_MESSAGE, &avp)?
                }
                (0, 279) => read_optional(&mut self.failed_avp, &definitions::FAILED_AVP, &avp)?,
                (0, 265) => read_many(
                    &mut self.supported_vendor_id,
                    &definitions::SUPPORTED_VENDOR_ID,
                    &avp,
                    &walk,
                )?,
                (0, 258) => read_many(
                    &mut self.auth_application_id,
                    &definitions::AUTH_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 299) => read_many(
                    &mut self.inband_security_id,
                    &definitions::INBAND_SECURITY_ID,
                    &avp,
                    &walk,
                )?,
                (0, 259) => read_many(
                    &mut self.acct_application_id,
                    &definitions::ACCT_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 260) => read_many(
                    &mut self.vendor_specific_application_id,
                    &definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 267) => read_optional(
                    &mut self.firmware_revision,
                    &definitions::FIRMWARE_REVISION,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::RESULT_CODE,
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
            &definitions::HOST_IP_ADDRESS,
            &definitions::VENDOR_ID,
            &definitions::PRODUCT_NAME,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::RESULT_CODE, &self.result_code);
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.many(&definitions::HOST_IP_ADDRESS, &self.host_ip_address);
        sink.one(&definitions::VENDOR_ID, &self.vendor_id);
        sink.one(&definitions::PRODUCT_NAME, &self.product_name);
        sink.optional(&definitions::ORIGIN_STATE_ID, &self.origin_state_id);
        sink.optional(&definitions::ERROR_MESSAGE, &self.error_message);
        sink.optional(&definitions::FAILED_AVP, &self.failed_avp);
        sink.many(&definitions::SUPPORTED_VENDOR_ID, &self.supported_vendor_id);
        sink.many(&definitions::AUTH_APPLICATION_ID, &self.auth_application_id);
        sink.many(&definitions::INBAND_SECURITY_ID, &self.inband_security_id);
        sink.many(&definitions::ACCT_APPLICATION_ID, &self.acct_application_id);
        sink.many(
            &definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&definitions::FIRMWARE_REVISION, &self.firmware_revision);
        sink.extra(&self.extra);
    }
}
impl<'a> CapabilitiesExchangeAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Capabilities-Exchange-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::CAPABILITIES_EXCHANGE;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::NONE;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
    /// Appends the message to `out` as the answer to `request`: its command, its identifiers, its P bit.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {
        write_message(request.answered(Self::FLAGS), self, out);
    }
}
impl Members for CapabilitiesExchangeAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Disconnect-Peer-Request (DPR), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DisconnectPeerRequest<'a> {
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `{ Disconnect-Cause }`
    pub disconnect_cause: DisconnectCause,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> DisconnectPeerRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 264) | (0, 296) | (0, 273))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 0,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 1,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 273) => read_one(
                    &mut self.disconnect_cause,
                    1 << 2,
                    &definitions::DISCONNECT_CAUSE,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
            &definitions::DISCONNECT_CAUSE,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.one(&definitions::DISCONNECT_CAUSE, &self.disconnect_cause);
        sink.extra(&self.extra);
    }
}
impl<'a> DisconnectPeerRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Disconnect-Peer-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::DISCONNECT_PEER;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
}
impl Members for DisconnectPeerRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Disconnect-Peer-Answer (DPA), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DisconnectPeerAnswer<'a> {
    /// `{ Result-Code }`
    pub result_code: ResultCode,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Error-Message ]`
    pub error_message: Option<&'a str>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<FailedAvp<'a>>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> DisconnectPeerAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 268) | (0, 264) | (0, 296) | (0, 281) | (0, 279)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 268) => read_one(
                    &mut self.result_code,
                    1 << 0,
                    &definitions::RESULT_CODE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 1,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 2,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 281) => {
                    read_optional(&mut self.error_message, &definitions::ERROR_MESSAGE, &avp)?
                }
                (0, 279) => read_optional(&mut self.failed_avp, &definitions::FAILED_AVP, &avp)?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::RESULT_CODE,
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::RESULT_CODE, &self.result_code);
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&definitions::ERROR_MESSAGE, &self.error_message);
        sink.optional(&definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
    }
}
impl<'a> DisconnectPeerAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Disconnect-Peer-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::DISCONNECT_PEER;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::NONE;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
    /// Appends the message to `out` as the answer to `request`: its command, its identifiers, its P bit.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {
        write_message(request.answered(Self::FLAGS), self, out);
    }
}
impl Members for DisconnectPeerAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Device-Watchdog-Request (DWR), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DeviceWatchdogRequest<'a> {
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Origin-State-Id ]`
    pub origin_state_id: Option<u32>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> DeviceWatchdogRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 264) | (0, 296) | (0, 278))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 0,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 1,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 278) => read_optional(
                    &mut self.origin_state_id,
                    &definitions::ORIGIN_STATE_ID,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[&definitions::ORIGIN_HOST, &definitions::ORIGIN_REALM])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&definitions::ORIGIN_STATE_ID, &self.origin_state_id);
        sink.extra(&self.extra);
    }
}
impl<'a> DeviceWatchdogRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Device-Watchdog-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::DEVICE_WATCHDOG;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
}
impl Members for DeviceWatchdogRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Device-Watchdog-Answer (DWA), RFC 6733.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DeviceWatchdogAnswer<'a> {
    /// `{ Result-Code }`
    pub result_code: ResultCode,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Error-Message ]`
    pub error_message: Option<&'a str>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<FailedAvp<'a>>,
    /// `[ Origin-State-Id ]`
    pub origin_state_id: Option<u32>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> DeviceWatchdogAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 268) | (0, 264) | (0, 296) | (0, 281) | (0, 279) | (0, 278)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 268) => read_one(
                    &mut self.result_code,
                    1 << 0,
                    &definitions::RESULT_CODE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 1,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 2,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 281) => {
                    read_optional(&mut self.error_message, &definitions::ERROR_MESSAGE, &avp)?
                }
                (0, 279) => read_optional(&mut self.failed_avp, &definitions::FAILED_AVP, &avp)?,
                (0, 278) => read_optional(
                    &mut self.origin_state_id,
                    &definitions::ORIGIN_STATE_ID,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::RESULT_CODE,
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::RESULT_CODE, &self.result_code);
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&definitions::ERROR_MESSAGE, &self.error_message);
        sink.optional(&definitions::FAILED_AVP, &self.failed_avp);
        sink.optional(&definitions::ORIGIN_STATE_ID, &self.origin_state_id);
        sink.extra(&self.extra);
    }
}
impl<'a> DeviceWatchdogAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Device-Watchdog-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::DEVICE_WATCHDOG;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::BASE;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::NONE;
    /// Reads the message by the rules of the dictionary.
    ///
    /// # Errors
    /// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_header(
            message.header(),
            Self::COMMAND,
            Self::APPLICATION,
            Self::FLAGS,
        )?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out`; `flags` are set beside those of the command.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
        let header = Header {
            flags: Self::FLAGS.with(flags),
            command: Self::COMMAND,
            application: Self::APPLICATION,
            hop_by_hop,
            end_to_end,
            length: 0,
        };
        write_message(header, self, out);
    }
    /// Appends the message to `out` as the answer to `request`: its command, its identifiers, its P bit.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {
        write_message(request.answered(Self::FLAGS), self, out);
    }
}
impl Members for DeviceWatchdogAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// The answer to any command that met a protocol error: E bit set, RFC 6733 §7.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ErrorAnswer<'a> {
    /// `[ Session-Id ]`
    pub session_id: Option<&'a str>,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `{ Result-Code }`
    pub result_code: ResultCode,
    /// `[ Origin-State-Id ]`
    pub origin_state_id: Option<u32>,
    /// `[ Error-Message ]`
    pub error_message: Option<&'a str>,
    /// `[ Error-Reporting-Host ]`
    pub error_reporting_host: Option<&'a str>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<FailedAvp<'a>>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<ExperimentalResult>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, ProxyInfo<'a>>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ErrorAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 264)
                    | (0, 296)
                    | (0, 268)
                    | (0, 278)
                    | (0, 281)
                    | (0, 294)
                    | (0, 279)
                    | (0, 297)
                    | (0, 284)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_optional(&mut self.session_id, &definitions::SESSION_ID, &avp)?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 0,
                    &definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 1,
                    &definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => read_one(
                    &mut self.result_code,
                    1 << 2,
                    &definitions::RESULT_CODE,
                    &avp,
                    &mut walk,
                )?,
                (0, 278) => read_optional(
                    &mut self.origin_state_id,
                    &definitions::ORIGIN_STATE_ID,
                    &avp,
                )?,
                (0, 281) => {
                    read_optional(&mut self.error_message, &definitions::ERROR_MESSAGE, &avp)?
                }
                (0, 294) => read_optional(
                    &mut self.error_reporting_host,
                    &definitions::ERROR_REPORTING_HOST,
                    &avp,
                )?,
                (0, 279) => read_optional(&mut self.failed_avp, &definitions::FAILED_AVP, &avp)?,
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 284) => read_many(&mut self.proxy_info, &definitions::PROXY_INFO, &avp, &walk)?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::ORIGIN_HOST,
            &definitions::ORIGIN_REALM,
            &definitions::RESULT_CODE,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::SESSION_ID, &self.session_id);
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.one(&definitions::RESULT_CODE, &self.result_code);
        sink.optional(&definitions::ORIGIN_STATE_ID, &self.origin_state_id);
        sink.optional(&definitions::ERROR_MESSAGE, &self.error_message);
        sink.optional(
            &definitions::ERROR_REPORTING_HOST,
            &self.error_reporting_host,
        );
        sink.optional(&definitions::FAILED_AVP, &self.failed_avp);
        sink.optional(&definitions::EXPERIMENTAL_RESULT, &self.experimental_result);
        sink.many(&definitions::PROXY_INFO, &self.proxy_info);
        sink.extra(&self.extra);
    }
}
impl<'a> ErrorAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Error-Answer";
    /// The flag that makes the message what it is.
    pub const FLAGS: Flags = Flags::ERROR;
    /// Reads an answer that has the E bit.
    ///
    /// # Errors
    /// The first rule that the message breaks.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        check_error_answer(message.header())?;
        let mut read = Self::default();
        read.read_members(message.body())?;
        Ok(read)
    }
    /// Appends the message to `out` as the answer to `request`: its command, its identifiers, its P bit.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {
        write_message(request.answered(Self::FLAGS), self, out);
    }
}
impl Members for ErrorAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Any command of RFC 6733.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command<'a> {
    /// Capabilities-Exchange-Request.
    CapabilitiesExchangeRequest(CapabilitiesExchangeRequest<'a>),
    /// Capabilities-Exchange-Answer.
    CapabilitiesExchangeAnswer(CapabilitiesExchangeAnswer<'a>),
    /// Disconnect-Peer-Request.
    DisconnectPeerRequest(DisconnectPeerRequest<'a>),
    /// Disconnect-Peer-Answer.
    DisconnectPeerAnswer(DisconnectPeerAnswer<'a>),
    /// Device-Watchdog-Request.
    DeviceWatchdogRequest(DeviceWatchdogRequest<'a>),
    /// Device-Watchdog-Answer.
    DeviceWatchdogAnswer(DeviceWatchdogAnswer<'a>),
    /// Error-Answer.
    ErrorAnswer(ErrorAnswer<'a>),
}
impl<'a> Command<'a> {
    /// Reads the message by the rules of its command.
    ///
    /// # Errors
    /// 3001 where the application has no such command; else the first rule that the message breaks.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        let header = message.header();
        match (header.command.0, header.is_request(), header.is_error()) {
            (257, true, _) => {
                CapabilitiesExchangeRequest::decode(message).map(Self::CapabilitiesExchangeRequest)
            }
            (257, false, false) => {
                CapabilitiesExchangeAnswer::decode(message).map(Self::CapabilitiesExchangeAnswer)
            }
            (282, true, _) => {
                DisconnectPeerRequest::decode(message).map(Self::DisconnectPeerRequest)
            }
            (282, false, false) => {
                DisconnectPeerAnswer::decode(message).map(Self::DisconnectPeerAnswer)
            }
            (280, true, _) => {
                DeviceWatchdogRequest::decode(message).map(Self::DeviceWatchdogRequest)
            }
            (280, false, false) => {
                DeviceWatchdogAnswer::decode(message).map(Self::DeviceWatchdogAnswer)
            }
            (_, false, true) => ErrorAnswer::decode(message).map(Self::ErrorAnswer),
            _ => Err(DecodeError::of(crate::ResultCode::COMMAND_UNSUPPORTED)),
        }
    }
    /// Appends the message with the command, flags and identifiers of `header`.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, header: &Header, out: &mut BytesMut) {
        match self {
            Self::CapabilitiesExchangeRequest(command) => write_message(*header, command, out),
            Self::CapabilitiesExchangeAnswer(command) => write_message(*header, command, out),
            Self::DisconnectPeerRequest(command) => write_message(*header, command, out),
            Self::DisconnectPeerAnswer(command) => write_message(*header, command, out),
            Self::DeviceWatchdogRequest(command) => write_message(*header, command, out),
            Self::DeviceWatchdogAnswer(command) => write_message(*header, command, out),
            Self::ErrorAnswer(command) => write_message(*header, command, out),
        }
    }
}
/// The names of a command of this application, long and short.
#[must_use]
pub fn command_name(code: CommandCode, flags: Flags) -> Option<CommandName> {
    Some(match (code.0, flags.contains(Flags::REQUEST)) {
        (257, true) => CommandName {
            long: "Capabilities-Exchange-Request",
            short: "CER",
        },
        (257, false) => CommandName {
            long: "Capabilities-Exchange-Answer",
            short: "CEA",
        },
        (282, true) => CommandName {
            long: "Disconnect-Peer-Request",
            short: "DPR",
        },
        (282, false) => CommandName {
            long: "Disconnect-Peer-Answer",
            short: "DPA",
        },
        (280, true) => CommandName {
            long: "Device-Watchdog-Request",
            short: "DWR",
        },
        (280, false) => CommandName {
            long: "Device-Watchdog-Answer",
            short: "DWA",
        },
        _ => return None,
    })
}
/// The name that this dictionary gives to a value of an AVP.
#[must_use]
pub fn value_name(code: AvpCode, value: u32) -> Option<&'static str> {
    match (code.vendor.0, code.number) {
        (0, 268) => ResultCode(value).name(),
        (0, 273) => DisconnectCause(value).name(),
        (0, 299) => InbandSecurityId(value).name(),
        (0, 261) => RedirectHostUsage(value).name(),
        (0, 274) => AuthRequestType(value).name(),
        (0, 277) => AuthSessionState(value).name(),
        (0, 285) => ReAuthRequestType(value).name(),
        (0, 295) => TerminationCause(value).name(),
        (0, 271) => SessionServerFailover(value).name(),
        (0, 480) => AccountingRecordType(value).name(),
        (0, 483) => AccountingRealtimeRequired(value).name(),
        (0, 301) => Drmp(value).name(),
        (0, 626) => OcReportType(value).name(),
        (0, 651) => LoadType(value).name(),
        _ => None,
    }
}
