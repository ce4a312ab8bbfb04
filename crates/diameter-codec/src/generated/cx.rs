//! Cx, application 16777216: TS 29.229.
//!
//! Made by `cargo xtask generate` from `dictionaries/cx.dia`.

use super::base;
use crate::generated_code::*;

impl ApplicationId {
    /// Cx (TS 29.229).
    pub const CX: Self = Self(16777216);
}
/// The application as it is advertised.
pub const APPLICATION: Application = Application {
    id: ApplicationId::CX,
    name: "Cx",
    vendor: Some(VendorId(10415)),
};
/// Command Codes.
pub mod command {
    use crate::CommandCode;
    /// User-Authorization.
    pub const USER_AUTHORIZATION: CommandCode = CommandCode(300);
    /// Server-Assignment.
    pub const SERVER_ASSIGNMENT: CommandCode = CommandCode(301);
    /// Location-Info.
    pub const LOCATION_INFO: CommandCode = CommandCode(302);
    /// Multimedia-Auth.
    pub const MULTIMEDIA_AUTH: CommandCode = CommandCode(303);
    /// Registration-Termination.
    pub const REGISTRATION_TERMINATION: CommandCode = CommandCode(304);
    /// Push-Profile.
    pub const PUSH_PROFILE: CommandCode = CommandCode(305);
}
/// AVP Codes with their vendors.
pub mod avp {
    use crate::AvpCode;
    /// Visited-Network-Identifier.
    pub const VISITED_NETWORK_IDENTIFIER: AvpCode = AvpCode::new(10415, 600);
    /// Public-Identity.
    pub const PUBLIC_IDENTITY: AvpCode = AvpCode::new(10415, 601);
    /// Server-Name.
    pub const SERVER_NAME: AvpCode = AvpCode::new(10415, 602);
    /// Server-Capabilities.
    pub const SERVER_CAPABILITIES: AvpCode = AvpCode::new(10415, 603);
    /// Mandatory-Capability.
    pub const MANDATORY_CAPABILITY: AvpCode = AvpCode::new(10415, 604);
    /// Optional-Capability.
    pub const OPTIONAL_CAPABILITY: AvpCode = AvpCode::new(10415, 605);
    /// User-Data.
    pub const USER_DATA: AvpCode = AvpCode::new(10415, 606);
    /// SIP-Number-Auth-Items.
    pub const SIP_NUMBER_AUTH_ITEMS: AvpCode = AvpCode::new(10415, 607);
    /// SIP-Authentication-Scheme.
    pub const SIP_AUTHENTICATION_SCHEME: AvpCode = AvpCode::new(10415, 608);
    /// SIP-Authenticate.
    pub const SIP_AUTHENTICATE: AvpCode = AvpCode::new(10415, 609);
    /// SIP-Authorization.
    pub const SIP_AUTHORIZATION: AvpCode = AvpCode::new(10415, 610);
    /// SIP-Authentication-Context.
    pub const SIP_AUTHENTICATION_CONTEXT: AvpCode = AvpCode::new(10415, 611);
    /// SIP-Auth-Data-Item.
    pub const SIP_AUTH_DATA_ITEM: AvpCode = AvpCode::new(10415, 612);
    /// SIP-Item-Number.
    pub const SIP_ITEM_NUMBER: AvpCode = AvpCode::new(10415, 613);
    /// Server-Assignment-Type.
    pub const SERVER_ASSIGNMENT_TYPE: AvpCode = AvpCode::new(10415, 614);
    /// Deregistration-Reason.
    pub const DEREGISTRATION_REASON: AvpCode = AvpCode::new(10415, 615);
    /// Reason-Code.
    pub const REASON_CODE: AvpCode = AvpCode::new(10415, 616);
    /// Reason-Info.
    pub const REASON_INFO: AvpCode = AvpCode::new(10415, 617);
    /// Charging-Information.
    pub const CHARGING_INFORMATION: AvpCode = AvpCode::new(10415, 618);
    /// Primary-Event-Charging-Function-Name.
    pub const PRIMARY_EVENT_CHARGING_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 619);
    /// Secondary-Event-Charging-Function-Name.
    pub const SECONDARY_EVENT_CHARGING_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 620);
    /// Primary-Charging-Collection-Function-Name.
    pub const PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 621);
    /// Secondary-Charging-Collection-Function-Name.
    pub const SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 622);
    /// User-Authorization-Type.
    pub const USER_AUTHORIZATION_TYPE: AvpCode = AvpCode::new(10415, 623);
    /// User-Data-Already-Available.
    pub const USER_DATA_ALREADY_AVAILABLE: AvpCode = AvpCode::new(10415, 624);
    /// Confidentiality-Key.
    pub const CONFIDENTIALITY_KEY: AvpCode = AvpCode::new(10415, 625);
    /// Integrity-Key.
    pub const INTEGRITY_KEY: AvpCode = AvpCode::new(10415, 626);
    /// Originating-Request.
    pub const ORIGINATING_REQUEST: AvpCode = AvpCode::new(10415, 633);
    /// Supported-Features.
    pub const SUPPORTED_FEATURES: AvpCode = AvpCode::new(10415, 628);
    /// Feature-List-ID.
    pub const FEATURE_LIST_ID: AvpCode = AvpCode::new(10415, 629);
    /// Feature-List.
    pub const FEATURE_LIST: AvpCode = AvpCode::new(10415, 630);
    /// Supported-Applications.
    pub const SUPPORTED_APPLICATIONS: AvpCode = AvpCode::new(10415, 631);
    /// Associated-Identities.
    pub const ASSOCIATED_IDENTITIES: AvpCode = AvpCode::new(10415, 632);
    /// Wildcarded-Public-Identity.
    pub const WILDCARDED_PUBLIC_IDENTITY: AvpCode = AvpCode::new(10415, 634);
    /// SIP-Digest-Authenticate.
    pub const SIP_DIGEST_AUTHENTICATE: AvpCode = AvpCode::new(10415, 635);
    /// Wildcarded-IMPU.
    pub const WILDCARDED_IMPU: AvpCode = AvpCode::new(10415, 636);
    /// UAR-Flags.
    pub const UAR_FLAGS: AvpCode = AvpCode::new(10415, 637);
    /// Loose-Route-Indication.
    pub const LOOSE_ROUTE_INDICATION: AvpCode = AvpCode::new(10415, 638);
    /// SCSCF-Restoration-Info.
    pub const SCSCF_RESTORATION_INFO: AvpCode = AvpCode::new(10415, 639);
    /// Path.
    pub const PATH: AvpCode = AvpCode::new(10415, 640);
    /// Contact.
    pub const CONTACT: AvpCode = AvpCode::new(10415, 641);
    /// Subscription-Info.
    pub const SUBSCRIPTION_INFO: AvpCode = AvpCode::new(10415, 642);
    /// Call-ID-SIP-Header.
    pub const CALL_ID_SIP_HEADER: AvpCode = AvpCode::new(10415, 643);
    /// From-SIP-Header.
    pub const FROM_SIP_HEADER: AvpCode = AvpCode::new(10415, 644);
    /// To-SIP-Header.
    pub const TO_SIP_HEADER: AvpCode = AvpCode::new(10415, 645);
    /// Record-Route.
    pub const RECORD_ROUTE: AvpCode = AvpCode::new(10415, 646);
    /// Associated-Registered-Identities.
    pub const ASSOCIATED_REGISTERED_IDENTITIES: AvpCode = AvpCode::new(10415, 647);
    /// Multiple-Registration-Indication.
    pub const MULTIPLE_REGISTRATION_INDICATION: AvpCode = AvpCode::new(10415, 648);
    /// Restoration-Info.
    pub const RESTORATION_INFO: AvpCode = AvpCode::new(10415, 649);
    /// Session-Priority.
    pub const SESSION_PRIORITY: AvpCode = AvpCode::new(10415, 650);
    /// Identity-with-Emergency-Registration.
    pub const IDENTITY_WITH_EMERGENCY_REGISTRATION: AvpCode = AvpCode::new(10415, 651);
    /// Priviledged-Sender-Indication.
    pub const PRIVILEDGED_SENDER_INDICATION: AvpCode = AvpCode::new(10415, 652);
    /// LIA-Flags.
    pub const LIA_FLAGS: AvpCode = AvpCode::new(10415, 653);
    /// Initial-CSeq-Sequence-Number.
    pub const INITIAL_CSEQ_SEQUENCE_NUMBER: AvpCode = AvpCode::new(10415, 654);
    /// SAR-Flags.
    pub const SAR_FLAGS: AvpCode = AvpCode::new(10415, 655);
    /// Allowed-WAF-WWSF-Identities.
    pub const ALLOWED_WAF_WWSF_IDENTITIES: AvpCode = AvpCode::new(10415, 656);
    /// WebRTC-Authentication-Function-Name.
    pub const WEBRTC_AUTHENTICATION_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 657);
    /// WebRTC-Web-Server-Function-Name.
    pub const WEBRTC_WEB_SERVER_FUNCTION_NAME: AvpCode = AvpCode::new(10415, 658);
    /// RTR-Flags.
    pub const RTR_FLAGS: AvpCode = AvpCode::new(10415, 659);
    /// P-CSCF-Subscription-Info.
    pub const P_CSCF_SUBSCRIPTION_INFO: AvpCode = AvpCode::new(10415, 660);
    /// Registration-Time-Out.
    pub const REGISTRATION_TIME_OUT: AvpCode = AvpCode::new(10415, 661);
    /// Alternate-Digest-Algorithm.
    pub const ALTERNATE_DIGEST_ALGORITHM: AvpCode = AvpCode::new(10415, 662);
    /// Alternate-Digest-HA1.
    pub const ALTERNATE_DIGEST_HA1: AvpCode = AvpCode::new(10415, 663);
    /// Failed-PCSCF.
    pub const FAILED_PCSCF: AvpCode = AvpCode::new(10415, 664);
    /// PCSCF-FQDN.
    pub const PCSCF_FQDN: AvpCode = AvpCode::new(10415, 665);
    /// PCSCF-IP-Address.
    pub const PCSCF_IP_ADDRESS: AvpCode = AvpCode::new(10415, 666);
    /// OC-Reg-Timer-Ext.
    pub const OC_REG_TIMER_EXT: AvpCode = AvpCode::new(10415, 667);
    /// Digest-Realm.
    pub const DIGEST_REALM: AvpCode = AvpCode::new(0, 104);
    /// Digest-QoP.
    pub const DIGEST_QOP: AvpCode = AvpCode::new(0, 110);
    /// Digest-Algorithm.
    pub const DIGEST_ALGORITHM: AvpCode = AvpCode::new(0, 111);
    /// Digest-HA1.
    pub const DIGEST_HA1: AvpCode = AvpCode::new(0, 121);
    /// Line-Identifier.
    pub const LINE_IDENTIFIER: AvpCode = AvpCode::new(13019, 500);
    /// Framed-IP-Address.
    pub const FRAMED_IP_ADDRESS: AvpCode = AvpCode::new(0, 8);
    /// Framed-Interface-Id.
    pub const FRAMED_INTERFACE_ID: AvpCode = AvpCode::new(0, 96);
    /// Framed-IPv6-Prefix.
    pub const FRAMED_IPV6_PREFIX: AvpCode = AvpCode::new(0, 97);
}
/// What the dictionary says of each AVP.
pub mod definitions {
    use super::avp;
    use crate::{AvpDefinition, DataType, Disclosure, MBitRule};
    /// Visited-Network-Identifier.
    pub const VISITED_NETWORK_IDENTIFIER: AvpDefinition = AvpDefinition {
        code: avp::VISITED_NETWORK_IDENTIFIER,
        name: "Visited-Network-Identifier",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Public-Identity.
    pub const PUBLIC_IDENTITY: AvpDefinition = AvpDefinition {
        code: avp::PUBLIC_IDENTITY,
        name: "Public-Identity",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Server-Name.
    pub const SERVER_NAME: AvpDefinition = AvpDefinition {
        code: avp::SERVER_NAME,
        name: "Server-Name",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Server-Capabilities.
    pub const SERVER_CAPABILITIES: AvpDefinition = AvpDefinition {
        code: avp::SERVER_CAPABILITIES,
        name: "Server-Capabilities",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Mandatory-Capability.
    pub const MANDATORY_CAPABILITY: AvpDefinition = AvpDefinition {
        code: avp::MANDATORY_CAPABILITY,
        name: "Mandatory-Capability",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Optional-Capability.
    pub const OPTIONAL_CAPABILITY: AvpDefinition = AvpDefinition {
        code: avp::OPTIONAL_CAPABILITY,
        name: "Optional-Capability",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// User-Data.
    pub const USER_DATA: AvpDefinition = AvpDefinition {
        code: avp::USER_DATA,
        name: "User-Data",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Number-Auth-Items.
    pub const SIP_NUMBER_AUTH_ITEMS: AvpDefinition = AvpDefinition {
        code: avp::SIP_NUMBER_AUTH_ITEMS,
        name: "SIP-Number-Auth-Items",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Authentication-Scheme.
    pub const SIP_AUTHENTICATION_SCHEME: AvpDefinition = AvpDefinition {
        code: avp::SIP_AUTHENTICATION_SCHEME,
        name: "SIP-Authentication-Scheme",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Authenticate.
    pub const SIP_AUTHENTICATE: AvpDefinition = AvpDefinition {
        code: avp::SIP_AUTHENTICATE,
        name: "SIP-Authenticate",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Authorization.
    pub const SIP_AUTHORIZATION: AvpDefinition = AvpDefinition {
        code: avp::SIP_AUTHORIZATION,
        name: "SIP-Authorization",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Secret,
    };
    /// SIP-Authentication-Context.
    pub const SIP_AUTHENTICATION_CONTEXT: AvpDefinition = AvpDefinition {
        code: avp::SIP_AUTHENTICATION_CONTEXT,
        name: "SIP-Authentication-Context",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Auth-Data-Item.
    pub const SIP_AUTH_DATA_ITEM: AvpDefinition = AvpDefinition {
        code: avp::SIP_AUTH_DATA_ITEM,
        name: "SIP-Auth-Data-Item",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// SIP-Item-Number.
    pub const SIP_ITEM_NUMBER: AvpDefinition = AvpDefinition {
        code: avp::SIP_ITEM_NUMBER,
        name: "SIP-Item-Number",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Server-Assignment-Type.
    pub const SERVER_ASSIGNMENT_TYPE: AvpDefinition = AvpDefinition {
        code: avp::SERVER_ASSIGNMENT_TYPE,
        name: "Server-Assignment-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Deregistration-Reason.
    pub const DEREGISTRATION_REASON: AvpDefinition = AvpDefinition {
        code: avp::DEREGISTRATION_REASON,
        name: "Deregistration-Reason",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Reason-Code.
    pub const REASON_CODE: AvpDefinition = AvpDefinition {
        code: avp::REASON_CODE,
        name: "Reason-Code",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Reason-Info.
    pub const REASON_INFO: AvpDefinition = AvpDefinition {
        code: avp::REASON_INFO,
        name: "Reason-Info",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Charging-Information.
    pub const CHARGING_INFORMATION: AvpDefinition = AvpDefinition {
        code: avp::CHARGING_INFORMATION,
        name: "Charging-Information",
        data: DataType::Grouped,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Primary-Event-Charging-Function-Name.
    pub const PRIMARY_EVENT_CHARGING_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::PRIMARY_EVENT_CHARGING_FUNCTION_NAME,
        name: "Primary-Event-Charging-Function-Name",
        data: DataType::DiameterUri,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Secondary-Event-Charging-Function-Name.
    pub const SECONDARY_EVENT_CHARGING_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::SECONDARY_EVENT_CHARGING_FUNCTION_NAME,
        name: "Secondary-Event-Charging-Function-Name",
        data: DataType::DiameterUri,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Primary-Charging-Collection-Function-Name.
    pub const PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME,
        name: "Primary-Charging-Collection-Function-Name",
        data: DataType::DiameterUri,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Secondary-Charging-Collection-Function-Name.
    pub const SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME,
        name: "Secondary-Charging-Collection-Function-Name",
        data: DataType::DiameterUri,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// User-Authorization-Type.
    pub const USER_AUTHORIZATION_TYPE: AvpDefinition = AvpDefinition {
        code: avp::USER_AUTHORIZATION_TYPE,
        name: "User-Authorization-Type",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// User-Data-Already-Available.
    pub const USER_DATA_ALREADY_AVAILABLE: AvpDefinition = AvpDefinition {
        code: avp::USER_DATA_ALREADY_AVAILABLE,
        name: "User-Data-Already-Available",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Confidentiality-Key.
    pub const CONFIDENTIALITY_KEY: AvpDefinition = AvpDefinition {
        code: avp::CONFIDENTIALITY_KEY,
        name: "Confidentiality-Key",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Secret,
    };
    /// Integrity-Key.
    pub const INTEGRITY_KEY: AvpDefinition = AvpDefinition {
        code: avp::INTEGRITY_KEY,
        name: "Integrity-Key",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Secret,
    };
    /// Originating-Request.
    pub const ORIGINATING_REQUEST: AvpDefinition = AvpDefinition {
        code: avp::ORIGINATING_REQUEST,
        name: "Originating-Request",
        data: DataType::Enumerated,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Supported-Features.
    pub const SUPPORTED_FEATURES: AvpDefinition = AvpDefinition {
        code: avp::SUPPORTED_FEATURES,
        name: "Supported-Features",
        data: DataType::Grouped,
        m_bit: MBitRule::May,
        disclosure: Disclosure::Open,
    };
    /// Feature-List-ID.
    pub const FEATURE_LIST_ID: AvpDefinition = AvpDefinition {
        code: avp::FEATURE_LIST_ID,
        name: "Feature-List-ID",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Feature-List.
    pub const FEATURE_LIST: AvpDefinition = AvpDefinition {
        code: avp::FEATURE_LIST,
        name: "Feature-List",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Supported-Applications.
    pub const SUPPORTED_APPLICATIONS: AvpDefinition = AvpDefinition {
        code: avp::SUPPORTED_APPLICATIONS,
        name: "Supported-Applications",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Associated-Identities.
    pub const ASSOCIATED_IDENTITIES: AvpDefinition = AvpDefinition {
        code: avp::ASSOCIATED_IDENTITIES,
        name: "Associated-Identities",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Wildcarded-Public-Identity.
    pub const WILDCARDED_PUBLIC_IDENTITY: AvpDefinition = AvpDefinition {
        code: avp::WILDCARDED_PUBLIC_IDENTITY,
        name: "Wildcarded-Public-Identity",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// SIP-Digest-Authenticate.
    pub const SIP_DIGEST_AUTHENTICATE: AvpDefinition = AvpDefinition {
        code: avp::SIP_DIGEST_AUTHENTICATE,
        name: "SIP-Digest-Authenticate",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Wildcarded-IMPU.
    pub const WILDCARDED_IMPU: AvpDefinition = AvpDefinition {
        code: avp::WILDCARDED_IMPU,
        name: "Wildcarded-IMPU",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// UAR-Flags.
    pub const UAR_FLAGS: AvpDefinition = AvpDefinition {
        code: avp::UAR_FLAGS,
        name: "UAR-Flags",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Loose-Route-Indication.
    pub const LOOSE_ROUTE_INDICATION: AvpDefinition = AvpDefinition {
        code: avp::LOOSE_ROUTE_INDICATION,
        name: "Loose-Route-Indication",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// SCSCF-Restoration-Info.
    pub const SCSCF_RESTORATION_INFO: AvpDefinition = AvpDefinition {
        code: avp::SCSCF_RESTORATION_INFO,
        name: "SCSCF-Restoration-Info",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Path.
    pub const PATH: AvpDefinition = AvpDefinition {
        code: avp::PATH,
        name: "Path",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Contact.
    pub const CONTACT: AvpDefinition = AvpDefinition {
        code: avp::CONTACT,
        name: "Contact",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Subscription-Info.
    pub const SUBSCRIPTION_INFO: AvpDefinition = AvpDefinition {
        code: avp::SUBSCRIPTION_INFO,
        name: "Subscription-Info",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Call-ID-SIP-Header.
    pub const CALL_ID_SIP_HEADER: AvpDefinition = AvpDefinition {
        code: avp::CALL_ID_SIP_HEADER,
        name: "Call-ID-SIP-Header",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// From-SIP-Header.
    pub const FROM_SIP_HEADER: AvpDefinition = AvpDefinition {
        code: avp::FROM_SIP_HEADER,
        name: "From-SIP-Header",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// To-SIP-Header.
    pub const TO_SIP_HEADER: AvpDefinition = AvpDefinition {
        code: avp::TO_SIP_HEADER,
        name: "To-SIP-Header",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Record-Route.
    pub const RECORD_ROUTE: AvpDefinition = AvpDefinition {
        code: avp::RECORD_ROUTE,
        name: "Record-Route",
        data: DataType::OctetString,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Associated-Registered-Identities.
    pub const ASSOCIATED_REGISTERED_IDENTITIES: AvpDefinition = AvpDefinition {
        code: avp::ASSOCIATED_REGISTERED_IDENTITIES,
        name: "Associated-Registered-Identities",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Multiple-Registration-Indication.
    pub const MULTIPLE_REGISTRATION_INDICATION: AvpDefinition = AvpDefinition {
        code: avp::MULTIPLE_REGISTRATION_INDICATION,
        name: "Multiple-Registration-Indication",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Restoration-Info.
    pub const RESTORATION_INFO: AvpDefinition = AvpDefinition {
        code: avp::RESTORATION_INFO,
        name: "Restoration-Info",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Session-Priority.
    pub const SESSION_PRIORITY: AvpDefinition = AvpDefinition {
        code: avp::SESSION_PRIORITY,
        name: "Session-Priority",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Identity-with-Emergency-Registration.
    pub const IDENTITY_WITH_EMERGENCY_REGISTRATION: AvpDefinition = AvpDefinition {
        code: avp::IDENTITY_WITH_EMERGENCY_REGISTRATION,
        name: "Identity-with-Emergency-Registration",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Priviledged-Sender-Indication.
    pub const PRIVILEDGED_SENDER_INDICATION: AvpDefinition = AvpDefinition {
        code: avp::PRIVILEDGED_SENDER_INDICATION,
        name: "Priviledged-Sender-Indication",
        data: DataType::Enumerated,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// LIA-Flags.
    pub const LIA_FLAGS: AvpDefinition = AvpDefinition {
        code: avp::LIA_FLAGS,
        name: "LIA-Flags",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Initial-CSeq-Sequence-Number.
    pub const INITIAL_CSEQ_SEQUENCE_NUMBER: AvpDefinition = AvpDefinition {
        code: avp::INITIAL_CSEQ_SEQUENCE_NUMBER,
        name: "Initial-CSeq-Sequence-Number",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// SAR-Flags.
    pub const SAR_FLAGS: AvpDefinition = AvpDefinition {
        code: avp::SAR_FLAGS,
        name: "SAR-Flags",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Allowed-WAF-WWSF-Identities.
    pub const ALLOWED_WAF_WWSF_IDENTITIES: AvpDefinition = AvpDefinition {
        code: avp::ALLOWED_WAF_WWSF_IDENTITIES,
        name: "Allowed-WAF-WWSF-Identities",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// WebRTC-Authentication-Function-Name.
    pub const WEBRTC_AUTHENTICATION_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::WEBRTC_AUTHENTICATION_FUNCTION_NAME,
        name: "WebRTC-Authentication-Function-Name",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// WebRTC-Web-Server-Function-Name.
    pub const WEBRTC_WEB_SERVER_FUNCTION_NAME: AvpDefinition = AvpDefinition {
        code: avp::WEBRTC_WEB_SERVER_FUNCTION_NAME,
        name: "WebRTC-Web-Server-Function-Name",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// RTR-Flags.
    pub const RTR_FLAGS: AvpDefinition = AvpDefinition {
        code: avp::RTR_FLAGS,
        name: "RTR-Flags",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// P-CSCF-Subscription-Info.
    pub const P_CSCF_SUBSCRIPTION_INFO: AvpDefinition = AvpDefinition {
        code: avp::P_CSCF_SUBSCRIPTION_INFO,
        name: "P-CSCF-Subscription-Info",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Registration-Time-Out.
    pub const REGISTRATION_TIME_OUT: AvpDefinition = AvpDefinition {
        code: avp::REGISTRATION_TIME_OUT,
        name: "Registration-Time-Out",
        data: DataType::Time,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Alternate-Digest-Algorithm.
    pub const ALTERNATE_DIGEST_ALGORITHM: AvpDefinition = AvpDefinition {
        code: avp::ALTERNATE_DIGEST_ALGORITHM,
        name: "Alternate-Digest-Algorithm",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Alternate-Digest-HA1.
    pub const ALTERNATE_DIGEST_HA1: AvpDefinition = AvpDefinition {
        code: avp::ALTERNATE_DIGEST_HA1,
        name: "Alternate-Digest-HA1",
        data: DataType::Utf8String,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Secret,
    };
    /// Failed-PCSCF.
    pub const FAILED_PCSCF: AvpDefinition = AvpDefinition {
        code: avp::FAILED_PCSCF,
        name: "Failed-PCSCF",
        data: DataType::Grouped,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// PCSCF-FQDN.
    pub const PCSCF_FQDN: AvpDefinition = AvpDefinition {
        code: avp::PCSCF_FQDN,
        name: "PCSCF-FQDN",
        data: DataType::DiameterIdentity,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// PCSCF-IP-Address.
    pub const PCSCF_IP_ADDRESS: AvpDefinition = AvpDefinition {
        code: avp::PCSCF_IP_ADDRESS,
        name: "PCSCF-IP-Address",
        data: DataType::Address,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// OC-Reg-Timer-Ext.
    pub const OC_REG_TIMER_EXT: AvpDefinition = AvpDefinition {
        code: avp::OC_REG_TIMER_EXT,
        name: "OC-Reg-Timer-Ext",
        data: DataType::Unsigned32,
        m_bit: MBitRule::Clear,
        disclosure: Disclosure::Open,
    };
    /// Digest-Realm.
    pub const DIGEST_REALM: AvpDefinition = AvpDefinition {
        code: avp::DIGEST_REALM,
        name: "Digest-Realm",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Digest-QoP.
    pub const DIGEST_QOP: AvpDefinition = AvpDefinition {
        code: avp::DIGEST_QOP,
        name: "Digest-QoP",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Digest-Algorithm.
    pub const DIGEST_ALGORITHM: AvpDefinition = AvpDefinition {
        code: avp::DIGEST_ALGORITHM,
        name: "Digest-Algorithm",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Digest-HA1.
    pub const DIGEST_HA1: AvpDefinition = AvpDefinition {
        code: avp::DIGEST_HA1,
        name: "Digest-HA1",
        data: DataType::Utf8String,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Secret,
    };
    /// Line-Identifier.
    pub const LINE_IDENTIFIER: AvpDefinition = AvpDefinition {
        code: avp::LINE_IDENTIFIER,
        name: "Line-Identifier",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Framed-IP-Address.
    pub const FRAMED_IP_ADDRESS: AvpDefinition = AvpDefinition {
        code: avp::FRAMED_IP_ADDRESS,
        name: "Framed-IP-Address",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Framed-Interface-Id.
    pub const FRAMED_INTERFACE_ID: AvpDefinition = AvpDefinition {
        code: avp::FRAMED_INTERFACE_ID,
        name: "Framed-Interface-Id",
        data: DataType::Unsigned64,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
    /// Framed-IPv6-Prefix.
    pub const FRAMED_IPV6_PREFIX: AvpDefinition = AvpDefinition {
        code: avp::FRAMED_IPV6_PREFIX,
        name: "Framed-IPv6-Prefix",
        data: DataType::OctetString,
        m_bit: MBitRule::Must,
        disclosure: Disclosure::Open,
    };
}
/// The definition of an AVP, here or in what this dictionary imports.
#[must_use]
pub fn definition(code: AvpCode) -> Option<&'static AvpDefinition> {
    Some(match (code.vendor.0, code.number) {
        (10415, 600) => &definitions::VISITED_NETWORK_IDENTIFIER,
        (10415, 601) => &definitions::PUBLIC_IDENTITY,
        (10415, 602) => &definitions::SERVER_NAME,
        (10415, 603) => &definitions::SERVER_CAPABILITIES,
        (10415, 604) => &definitions::MANDATORY_CAPABILITY,
        (10415, 605) => &definitions::OPTIONAL_CAPABILITY,
        (10415, 606) => &definitions::USER_DATA,
        (10415, 607) => &definitions::SIP_NUMBER_AUTH_ITEMS,
        (10415, 608) => &definitions::SIP_AUTHENTICATION_SCHEME,
        (10415, 609) => &definitions::SIP_AUTHENTICATE,
        (10415, 610) => &definitions::SIP_AUTHORIZATION,
        (10415, 611) => &definitions::SIP_AUTHENTICATION_CONTEXT,
        (10415, 612) => &definitions::SIP_AUTH_DATA_ITEM,
        (10415, 613) => &definitions::SIP_ITEM_NUMBER,
        (10415, 614) => &definitions::SERVER_ASSIGNMENT_TYPE,
        (10415, 615) => &definitions::DEREGISTRATION_REASON,
        (10415, 616) => &definitions::REASON_CODE,
        (10415, 617) => &definitions::REASON_INFO,
        (10415, 618) => &definitions::CHARGING_INFORMATION,
        (10415, 619) => &definitions::PRIMARY_EVENT_CHARGING_FUNCTION_NAME,
        (10415, 620) => &definitions::SECONDARY_EVENT_CHARGING_FUNCTION_NAME,
        (10415, 621) => &definitions::PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME,
        (10415, 622) => &definitions::SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME,
        (10415, 623) => &definitions::USER_AUTHORIZATION_TYPE,
        (10415, 624) => &definitions::USER_DATA_ALREADY_AVAILABLE,
        (10415, 625) => &definitions::CONFIDENTIALITY_KEY,
        (10415, 626) => &definitions::INTEGRITY_KEY,
        (10415, 633) => &definitions::ORIGINATING_REQUEST,
        (10415, 628) => &definitions::SUPPORTED_FEATURES,
        (10415, 629) => &definitions::FEATURE_LIST_ID,
        (10415, 630) => &definitions::FEATURE_LIST,
        (10415, 631) => &definitions::SUPPORTED_APPLICATIONS,
        (10415, 632) => &definitions::ASSOCIATED_IDENTITIES,
        (10415, 634) => &definitions::WILDCARDED_PUBLIC_IDENTITY,
        (10415, 635) => &definitions::SIP_DIGEST_AUTHENTICATE,
        (10415, 636) => &definitions::WILDCARDED_IMPU,
        (10415, 637) => &definitions::UAR_FLAGS,
        (10415, 638) => &definitions::LOOSE_ROUTE_INDICATION,
        (10415, 639) => &definitions::SCSCF_RESTORATION_INFO,
        (10415, 640) => &definitions::PATH,
        (10415, 641) => &definitions::CONTACT,
        (10415, 642) => &definitions::SUBSCRIPTION_INFO,
        (10415, 643) => &definitions::CALL_ID_SIP_HEADER,
        (10415, 644) => &definitions::FROM_SIP_HEADER,
        (10415, 645) => &definitions::TO_SIP_HEADER,
        (10415, 646) => &definitions::RECORD_ROUTE,
        (10415, 647) => &definitions::ASSOCIATED_REGISTERED_IDENTITIES,
        (10415, 648) => &definitions::MULTIPLE_REGISTRATION_INDICATION,
        (10415, 649) => &definitions::RESTORATION_INFO,
        (10415, 650) => &definitions::SESSION_PRIORITY,
        (10415, 651) => &definitions::IDENTITY_WITH_EMERGENCY_REGISTRATION,
        (10415, 652) => &definitions::PRIVILEDGED_SENDER_INDICATION,
        (10415, 653) => &definitions::LIA_FLAGS,
        (10415, 654) => &definitions::INITIAL_CSEQ_SEQUENCE_NUMBER,
        (10415, 655) => &definitions::SAR_FLAGS,
        (10415, 656) => &definitions::ALLOWED_WAF_WWSF_IDENTITIES,
        (10415, 657) => &definitions::WEBRTC_AUTHENTICATION_FUNCTION_NAME,
        (10415, 658) => &definitions::WEBRTC_WEB_SERVER_FUNCTION_NAME,
        (10415, 659) => &definitions::RTR_FLAGS,
        (10415, 660) => &definitions::P_CSCF_SUBSCRIPTION_INFO,
        (10415, 661) => &definitions::REGISTRATION_TIME_OUT,
        (10415, 662) => &definitions::ALTERNATE_DIGEST_ALGORITHM,
        (10415, 663) => &definitions::ALTERNATE_DIGEST_HA1,
        (10415, 664) => &definitions::FAILED_PCSCF,
        (10415, 665) => &definitions::PCSCF_FQDN,
        (10415, 666) => &definitions::PCSCF_IP_ADDRESS,
        (10415, 667) => &definitions::OC_REG_TIMER_EXT,
        (0, 104) => &definitions::DIGEST_REALM,
        (0, 110) => &definitions::DIGEST_QOP,
        (0, 111) => &definitions::DIGEST_ALGORITHM,
        (0, 121) => &definitions::DIGEST_HA1,
        (13019, 500) => &definitions::LINE_IDENTIFIER,
        (0, 8) => &definitions::FRAMED_IP_ADDRESS,
        (0, 96) => &definitions::FRAMED_INTERFACE_ID,
        (0, 97) => &definitions::FRAMED_IPV6_PREFIX,
        _ => return base::definition(code),
    })
}
impl base::ExperimentalResultCode {
    /// FIRST_REGISTRATION, value 2001.
    pub const FIRST_REGISTRATION: Self = Self(2001);
    /// SUBSEQUENT_REGISTRATION, value 2002.
    pub const SUBSEQUENT_REGISTRATION: Self = Self(2002);
    /// UNREGISTERED_SERVICE, value 2003.
    pub const UNREGISTERED_SERVICE: Self = Self(2003);
    /// SUCCESS_SERVER_NAME_NOT_STORED, value 2004.
    pub const SUCCESS_SERVER_NAME_NOT_STORED: Self = Self(2004);
    /// ERROR_USER_UNKNOWN, value 5001.
    pub const ERROR_USER_UNKNOWN: Self = Self(5001);
    /// ERROR_IDENTITIES_DONT_MATCH, value 5002.
    pub const ERROR_IDENTITIES_DONT_MATCH: Self = Self(5002);
    /// ERROR_IDENTITY_NOT_REGISTERED, value 5003.
    pub const ERROR_IDENTITY_NOT_REGISTERED: Self = Self(5003);
    /// ERROR_ROAMING_NOT_ALLOWED, value 5004.
    pub const ERROR_ROAMING_NOT_ALLOWED: Self = Self(5004);
    /// ERROR_IDENTITY_ALREADY_REGISTERED, value 5005.
    pub const ERROR_IDENTITY_ALREADY_REGISTERED: Self = Self(5005);
    /// ERROR_AUTH_SCHEME_NOT_SUPPORTED, value 5006.
    pub const ERROR_AUTH_SCHEME_NOT_SUPPORTED: Self = Self(5006);
    /// ERROR_IN_ASSIGNMENT_TYPE, value 5007.
    pub const ERROR_IN_ASSIGNMENT_TYPE: Self = Self(5007);
    /// ERROR_TOO_MUCH_DATA, value 5008.
    pub const ERROR_TOO_MUCH_DATA: Self = Self(5008);
    /// ERROR_NOT_SUPPORTED_USER_DATA, value 5009.
    pub const ERROR_NOT_SUPPORTED_USER_DATA: Self = Self(5009);
    /// ERROR_FEATURE_UNSUPPORTED, value 5011.
    pub const ERROR_FEATURE_UNSUPPORTED: Self = Self(5011);
    /// ERROR_SERVING_NODE_FEATURE_UNSUPPORTED, value 5012.
    pub const ERROR_SERVING_NODE_FEATURE_UNSUPPORTED: Self = Self(5012);
}
/// The values of Server-Assignment-Type (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerAssignmentType(pub u32);
impl ServerAssignmentType {
    /// NO_ASSIGNMENT, value 0.
    pub const NO_ASSIGNMENT: Self = Self(0);
    /// REGISTRATION, value 1.
    pub const REGISTRATION: Self = Self(1);
    /// RE_REGISTRATION, value 2.
    pub const RE_REGISTRATION: Self = Self(2);
    /// UNREGISTERED_USER, value 3.
    pub const UNREGISTERED_USER: Self = Self(3);
    /// TIMEOUT_DEREGISTRATION, value 4.
    pub const TIMEOUT_DEREGISTRATION: Self = Self(4);
    /// USER_DEREGISTRATION, value 5.
    pub const USER_DEREGISTRATION: Self = Self(5);
    /// TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME, value 6.
    pub const TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME: Self = Self(6);
    /// USER_DEREGISTRATION_STORE_SERVER_NAME, value 7.
    pub const USER_DEREGISTRATION_STORE_SERVER_NAME: Self = Self(7);
    /// ADMINISTRATIVE_DEREGISTRATION, value 8.
    pub const ADMINISTRATIVE_DEREGISTRATION: Self = Self(8);
    /// AUTHENTICATION_FAILURE, value 9.
    pub const AUTHENTICATION_FAILURE: Self = Self(9);
    /// AUTHENTICATION_TIMEOUT, value 10.
    pub const AUTHENTICATION_TIMEOUT: Self = Self(10);
    /// DEREGISTRATION_TOO_MUCH_DATA, value 11.
    pub const DEREGISTRATION_TOO_MUCH_DATA: Self = Self(11);
    /// AAA_USER_DATA_REQUEST, value 12.
    pub const AAA_USER_DATA_REQUEST: Self = Self(12);
    /// PGW_UPDATE, value 13.
    pub const PGW_UPDATE: Self = Self(13);
    /// RESTORATION, value 14.
    pub const RESTORATION: Self = Self(14);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NO_ASSIGNMENT",
            1 => "REGISTRATION",
            2 => "RE_REGISTRATION",
            3 => "UNREGISTERED_USER",
            4 => "TIMEOUT_DEREGISTRATION",
            5 => "USER_DEREGISTRATION",
            6 => "TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME",
            7 => "USER_DEREGISTRATION_STORE_SERVER_NAME",
            8 => "ADMINISTRATIVE_DEREGISTRATION",
            9 => "AUTHENTICATION_FAILURE",
            10 => "AUTHENTICATION_TIMEOUT",
            11 => "DEREGISTRATION_TOO_MUCH_DATA",
            12 => "AAA_USER_DATA_REQUEST",
            13 => "PGW_UPDATE",
            14 => "RESTORATION",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for ServerAssignmentType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Reason-Code (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(pub u32);
impl ReasonCode {
    /// PERMANENT_TERMINATION, value 0.
    pub const PERMANENT_TERMINATION: Self = Self(0);
    /// NEW_SERVER_ASSIGNED, value 1.
    pub const NEW_SERVER_ASSIGNED: Self = Self(1);
    /// SERVER_CHANGE, value 2.
    pub const SERVER_CHANGE: Self = Self(2);
    /// REMOVE_S-CSCF, value 3.
    pub const REMOVE_S_CSCF: Self = Self(3);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "PERMANENT_TERMINATION",
            1 => "NEW_SERVER_ASSIGNED",
            2 => "SERVER_CHANGE",
            3 => "REMOVE_S-CSCF",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for ReasonCode {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of User-Authorization-Type (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserAuthorizationType(pub u32);
impl UserAuthorizationType {
    /// REGISTRATION, value 0.
    pub const REGISTRATION: Self = Self(0);
    /// DE_REGISTRATION, value 1.
    pub const DE_REGISTRATION: Self = Self(1);
    /// REGISTRATION_AND_CAPABILITIES, value 2.
    pub const REGISTRATION_AND_CAPABILITIES: Self = Self(2);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "REGISTRATION",
            1 => "DE_REGISTRATION",
            2 => "REGISTRATION_AND_CAPABILITIES",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for UserAuthorizationType {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of User-Data-Already-Available (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserDataAlreadyAvailable(pub u32);
impl UserDataAlreadyAvailable {
    /// USER_DATA_NOT_AVAILABLE, value 0.
    pub const USER_DATA_NOT_AVAILABLE: Self = Self(0);
    /// USER_DATA_ALREADY_AVAILABLE, value 1.
    pub const USER_DATA_ALREADY_AVAILABLE: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "USER_DATA_NOT_AVAILABLE",
            1 => "USER_DATA_ALREADY_AVAILABLE",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for UserDataAlreadyAvailable {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Originating-Request (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginatingRequest(pub u32);
impl OriginatingRequest {
    /// ORIGINATING, value 0.
    pub const ORIGINATING: Self = Self(0);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "ORIGINATING",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for OriginatingRequest {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Loose-Route-Indication (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LooseRouteIndication(pub u32);
impl LooseRouteIndication {
    /// LOOSE_ROUTE_NOT_REQUIRED, value 0.
    pub const LOOSE_ROUTE_NOT_REQUIRED: Self = Self(0);
    /// LOOSE_ROUTE_REQUIRED, value 1.
    pub const LOOSE_ROUTE_REQUIRED: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "LOOSE_ROUTE_NOT_REQUIRED",
            1 => "LOOSE_ROUTE_REQUIRED",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for LooseRouteIndication {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Multiple-Registration-Indication (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MultipleRegistrationIndication(pub u32);
impl MultipleRegistrationIndication {
    /// NOT_MULTIPLE_REGISTRATION, value 0.
    pub const NOT_MULTIPLE_REGISTRATION: Self = Self(0);
    /// MULTIPLE_REGISTRATION, value 1.
    pub const MULTIPLE_REGISTRATION: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NOT_MULTIPLE_REGISTRATION",
            1 => "MULTIPLE_REGISTRATION",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for MultipleRegistrationIndication {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Session-Priority (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionPriority(pub u32);
impl SessionPriority {
    /// PRIORITY-0, value 0.
    pub const PRIORITY_0: Self = Self(0);
    /// PRIORITY-1, value 1.
    pub const PRIORITY_1: Self = Self(1);
    /// PRIORITY-2, value 2.
    pub const PRIORITY_2: Self = Self(2);
    /// PRIORITY-3, value 3.
    pub const PRIORITY_3: Self = Self(3);
    /// PRIORITY-4, value 4.
    pub const PRIORITY_4: Self = Self(4);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "PRIORITY-0",
            1 => "PRIORITY-1",
            2 => "PRIORITY-2",
            3 => "PRIORITY-3",
            4 => "PRIORITY-4",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for SessionPriority {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The values of Priviledged-Sender-Indication (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriviledgedSenderIndication(pub u32);
impl PriviledgedSenderIndication {
    /// NOT_PRIVILEDGED_SENDER, value 0.
    pub const NOT_PRIVILEDGED_SENDER: Self = Self(0);
    /// PRIVILEDGED_SENDER, value 1.
    pub const PRIVILEDGED_SENDER: Self = Self(1);
    /// The name by the standard, where the value has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NOT_PRIVILEDGED_SENDER",
            1 => "PRIVILEDGED_SENDER",
            _ => return None,
        })
    }
}
impl AvpValue<'_> for PriviledgedSenderIndication {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The bits of UAR-Flags (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UarFlags(pub u32);
impl UarFlags {
    /// IMS_EMERGENCY_REGISTRATION, bit 0.
    pub const IMS_EMERGENCY_REGISTRATION: Self = Self(1 << 0);
    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
    /// These bits and those.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }
}
impl AvpValue<'_> for UarFlags {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The bits of LIA-Flags (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LiaFlags(pub u32);
impl LiaFlags {
    /// PSI_DIRECT_ROUTING, bit 0.
    pub const PSI_DIRECT_ROUTING: Self = Self(1 << 0);
    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
    /// These bits and those.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }
}
impl AvpValue<'_> for LiaFlags {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The bits of SAR-Flags (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SarFlags(pub u32);
impl SarFlags {
    /// P_CSCF_RESTORATION, bit 0.
    pub const P_CSCF_RESTORATION: Self = Self(1 << 0);
    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
    /// These bits and those.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }
}
impl AvpValue<'_> for SarFlags {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The bits of RTR-Flags (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RtrFlags(pub u32);
impl RtrFlags {
    /// REFERENCE_LOCATION_CHANGE, bit 0.
    pub const REFERENCE_LOCATION_CHANGE: Self = Self(1 << 0);
    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
    /// These bits and those.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }
}
impl AvpValue<'_> for RtrFlags {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// The bits of Feature-List (TS 29.229); others are carried as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureList(pub u32);
impl FeatureList {
    /// SIFC, bit 0.
    pub const SIFC: Self = Self(1 << 0);
    /// ALIAS_IND, bit 1.
    pub const ALIAS_IND: Self = Self(1 << 1);
    /// IMS_RESTORATION_IND, bit 2.
    pub const IMS_RESTORATION_IND: Self = Self(1 << 2);
    /// P_CSCF_RESTORATION, bit 3.
    pub const P_CSCF_RESTORATION: Self = Self(1 << 3);
    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
    /// These bits and those.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }
}
impl AvpValue<'_> for FeatureList {
    #[inline]
    fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {
        u32::read(avp).map(Self)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.0.emit(sink);
    }
}
/// Server-Capabilities, AVP 603 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServerCapabilities<'a> {
    /// `* [ Mandatory-Capability ]`
    pub mandatory_capability: Many<'a, u32>,
    /// `* [ Optional-Capability ]`
    pub optional_capability: Many<'a, u32>,
    /// `* [ Server-Name ]`
    pub server_name: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ServerCapabilities<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 604) | (10415, 605) | (10415, 602)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 604) => read_many(
                    &mut self.mandatory_capability,
                    &definitions::MANDATORY_CAPABILITY,
                    &avp,
                    &walk,
                )?,
                (10415, 605) => read_many(
                    &mut self.optional_capability,
                    &definitions::OPTIONAL_CAPABILITY,
                    &avp,
                    &walk,
                )?,
                (10415, 602) => read_many(
                    &mut self.server_name,
                    &definitions::SERVER_NAME,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.many(
            &definitions::MANDATORY_CAPABILITY,
            &self.mandatory_capability,
        );
        sink.many(&definitions::OPTIONAL_CAPABILITY, &self.optional_capability);
        sink.many(&definitions::SERVER_NAME, &self.server_name);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for ServerCapabilities<'a> {
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
/// SIP-Auth-Data-Item, AVP 612 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Default, PartialEq)]
pub struct SipAuthDataItem<'a> {
    /// `[ SIP-Item-Number ]`
    pub sip_item_number: Option<u32>,
    /// `[ SIP-Authentication-Scheme ]`
    pub sip_authentication_scheme: Option<&'a str>,
    /// `[ SIP-Authenticate ]`
    pub sip_authenticate: Option<&'a [u8]>,
    /// `[ SIP-Authorization ]`
    pub sip_authorization: Option<&'a [u8]>,
    /// `[ SIP-Authentication-Context ]`
    pub sip_authentication_context: Option<&'a [u8]>,
    /// `[ Confidentiality-Key ]`
    pub confidentiality_key: Option<&'a [u8]>,
    /// `[ Integrity-Key ]`
    pub integrity_key: Option<&'a [u8]>,
    /// `[ SIP-Digest-Authenticate ]`
    pub sip_digest_authenticate: Option<SipDigestAuthenticate<'a>>,
    /// `[ Framed-IP-Address ]`
    pub framed_ip_address: Option<&'a [u8]>,
    /// `[ Framed-IPv6-Prefix ]`
    pub framed_ipv6_prefix: Option<&'a [u8]>,
    /// `[ Framed-Interface-Id ]`
    pub framed_interface_id: Option<u64>,
    /// `* [ Line-Identifier ]`
    pub line_identifier: Many<'a, &'a [u8]>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> SipAuthDataItem<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 613)
                    | (10415, 608)
                    | (10415, 609)
                    | (10415, 610)
                    | (10415, 611)
                    | (10415, 625)
                    | (10415, 626)
                    | (10415, 635)
                    | (0, 8)
                    | (0, 97)
                    | (0, 96)
                    | (13019, 500)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 613) => read_optional(
                    &mut self.sip_item_number,
                    &definitions::SIP_ITEM_NUMBER,
                    &avp,
                )?,
                (10415, 608) => read_optional(
                    &mut self.sip_authentication_scheme,
                    &definitions::SIP_AUTHENTICATION_SCHEME,
                    &avp,
                )?,
                (10415, 609) => read_optional(
                    &mut self.sip_authenticate,
                    &definitions::SIP_AUTHENTICATE,
                    &avp,
                )?,
                (10415, 610) => read_optional(
                    &mut self.sip_authorization,
                    &definitions::SIP_AUTHORIZATION,
                    &avp,
                )?,
                (10415, 611) => read_optional(
                    &mut self.sip_authentication_context,
                    &definitions::SIP_AUTHENTICATION_CONTEXT,
                    &avp,
                )?,
                (10415, 625) => read_optional(
                    &mut self.confidentiality_key,
                    &definitions::CONFIDENTIALITY_KEY,
                    &avp,
                )?,
                (10415, 626) => {
                    read_optional(&mut self.integrity_key, &definitions::INTEGRITY_KEY, &avp)?
                }
                (10415, 635) => read_optional(
                    &mut self.sip_digest_authenticate,
                    &definitions::SIP_DIGEST_AUTHENTICATE,
                    &avp,
                )?,
                (0, 8) => read_optional(
                    &mut self.framed_ip_address,
                    &definitions::FRAMED_IP_ADDRESS,
                    &avp,
                )?,
                (0, 97) => read_optional(
                    &mut self.framed_ipv6_prefix,
                    &definitions::FRAMED_IPV6_PREFIX,
                    &avp,
                )?,
                (0, 96) => read_optional(
                    &mut self.framed_interface_id,
                    &definitions::FRAMED_INTERFACE_ID,
                    &avp,
                )?,
                (13019, 500) => read_many(
                    &mut self.line_identifier,
                    &definitions::LINE_IDENTIFIER,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::SIP_ITEM_NUMBER, &self.sip_item_number);
        sink.optional(
            &definitions::SIP_AUTHENTICATION_SCHEME,
            &self.sip_authentication_scheme,
        );
        sink.optional(&definitions::SIP_AUTHENTICATE, &self.sip_authenticate);
        sink.optional(&definitions::SIP_AUTHORIZATION, &self.sip_authorization);
        sink.optional(
            &definitions::SIP_AUTHENTICATION_CONTEXT,
            &self.sip_authentication_context,
        );
        sink.optional(&definitions::CONFIDENTIALITY_KEY, &self.confidentiality_key);
        sink.optional(&definitions::INTEGRITY_KEY, &self.integrity_key);
        sink.optional(
            &definitions::SIP_DIGEST_AUTHENTICATE,
            &self.sip_digest_authenticate,
        );
        sink.optional(&definitions::FRAMED_IP_ADDRESS, &self.framed_ip_address);
        sink.optional(&definitions::FRAMED_IPV6_PREFIX, &self.framed_ipv6_prefix);
        sink.optional(&definitions::FRAMED_INTERFACE_ID, &self.framed_interface_id);
        sink.many(&definitions::LINE_IDENTIFIER, &self.line_identifier);
        sink.extra(&self.extra);
    }
}
impl fmt::Debug for SipAuthDataItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SipAuthDataItem")
            .field("sip_item_number", &self.sip_item_number)
            .field("sip_authentication_scheme", &self.sip_authentication_scheme)
            .field("sip_authenticate", &self.sip_authenticate)
            .field(
                "sip_authorization",
                &self.sip_authorization.map(|_| Concealed),
            )
            .field(
                "sip_authentication_context",
                &self.sip_authentication_context,
            )
            .field(
                "confidentiality_key",
                &self.confidentiality_key.map(|_| Concealed),
            )
            .field("integrity_key", &self.integrity_key.map(|_| Concealed))
            .field("sip_digest_authenticate", &self.sip_digest_authenticate)
            .field("framed_ip_address", &self.framed_ip_address)
            .field("framed_ipv6_prefix", &self.framed_ipv6_prefix)
            .field("framed_interface_id", &self.framed_interface_id)
            .field("line_identifier", &self.line_identifier)
            .field("extra", &self.extra)
            .finish()
    }
}
impl<'a> AvpValue<'a> for SipAuthDataItem<'a> {
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
/// SIP-Digest-Authenticate, AVP 635 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Default, PartialEq)]
pub struct SipDigestAuthenticate<'a> {
    /// `{ Digest-Realm }`
    pub digest_realm: &'a str,
    /// `[ Digest-Algorithm ]`
    pub digest_algorithm: Option<&'a str>,
    /// `{ Digest-QoP }`
    pub digest_qop: &'a str,
    /// `{ Digest-HA1 }`
    pub digest_ha1: &'a str,
    /// `[ Alternate-Digest-Algorithm ]`
    pub alternate_digest_algorithm: Option<&'a str>,
    /// `[ Alternate-Digest-HA1 ]`
    pub alternate_digest_ha1: Option<&'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> SipDigestAuthenticate<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 104) | (0, 111) | (0, 110) | (0, 121) | (10415, 662) | (10415, 663)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 104) => read_one(
                    &mut self.digest_realm,
                    1 << 0,
                    &definitions::DIGEST_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 111) => read_optional(
                    &mut self.digest_algorithm,
                    &definitions::DIGEST_ALGORITHM,
                    &avp,
                )?,
                (0, 110) => read_one(
                    &mut self.digest_qop,
                    1 << 1,
                    &definitions::DIGEST_QOP,
                    &avp,
                    &mut walk,
                )?,
                (0, 121) => read_one(
                    &mut self.digest_ha1,
                    1 << 2,
                    &definitions::DIGEST_HA1,
                    &avp,
                    &mut walk,
                )?,
                (10415, 662) => read_optional(
                    &mut self.alternate_digest_algorithm,
                    &definitions::ALTERNATE_DIGEST_ALGORITHM,
                    &avp,
                )?,
                (10415, 663) => read_optional(
                    &mut self.alternate_digest_ha1,
                    &definitions::ALTERNATE_DIGEST_HA1,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::DIGEST_REALM,
            &definitions::DIGEST_QOP,
            &definitions::DIGEST_HA1,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::DIGEST_REALM, &self.digest_realm);
        sink.optional(&definitions::DIGEST_ALGORITHM, &self.digest_algorithm);
        sink.one(&definitions::DIGEST_QOP, &self.digest_qop);
        sink.one(&definitions::DIGEST_HA1, &self.digest_ha1);
        sink.optional(
            &definitions::ALTERNATE_DIGEST_ALGORITHM,
            &self.alternate_digest_algorithm,
        );
        sink.optional(
            &definitions::ALTERNATE_DIGEST_HA1,
            &self.alternate_digest_ha1,
        );
        sink.extra(&self.extra);
    }
}
impl fmt::Debug for SipDigestAuthenticate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SipDigestAuthenticate")
            .field("digest_realm", &self.digest_realm)
            .field("digest_algorithm", &self.digest_algorithm)
            .field("digest_qop", &self.digest_qop)
            .field("digest_ha1", &Concealed)
            .field(
                "alternate_digest_algorithm",
                &self.alternate_digest_algorithm,
            )
            .field(
                "alternate_digest_ha1",
                &self.alternate_digest_ha1.map(|_| Concealed),
            )
            .field("extra", &self.extra)
            .finish()
    }
}
impl<'a> AvpValue<'a> for SipDigestAuthenticate<'a> {
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
/// Deregistration-Reason, AVP 615 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DeregistrationReason<'a> {
    /// `{ Reason-Code }`
    pub reason_code: ReasonCode,
    /// `[ Reason-Info ]`
    pub reason_info: Option<&'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> DeregistrationReason<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (10415, 616) | (10415, 617))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 616) => read_one(
                    &mut self.reason_code,
                    1 << 0,
                    &definitions::REASON_CODE,
                    &avp,
                    &mut walk,
                )?,
                (10415, 617) => {
                    read_optional(&mut self.reason_info, &definitions::REASON_INFO, &avp)?
                }
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[&definitions::REASON_CODE])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::REASON_CODE, &self.reason_code);
        sink.optional(&definitions::REASON_INFO, &self.reason_info);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for DeregistrationReason<'a> {
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
/// Charging-Information, AVP 618 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChargingInformation<'a> {
    /// `[ Primary-Event-Charging-Function-Name ]`
    pub primary_event_charging_function_name: Option<&'a str>,
    /// `[ Secondary-Event-Charging-Function-Name ]`
    pub secondary_event_charging_function_name: Option<&'a str>,
    /// `[ Primary-Charging-Collection-Function-Name ]`
    pub primary_charging_collection_function_name: Option<&'a str>,
    /// `[ Secondary-Charging-Collection-Function-Name ]`
    pub secondary_charging_collection_function_name: Option<&'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ChargingInformation<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 619) | (10415, 620) | (10415, 621) | (10415, 622)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 619) => read_optional(
                    &mut self.primary_event_charging_function_name,
                    &definitions::PRIMARY_EVENT_CHARGING_FUNCTION_NAME,
                    &avp,
                )?,
                (10415, 620) => read_optional(
                    &mut self.secondary_event_charging_function_name,
                    &definitions::SECONDARY_EVENT_CHARGING_FUNCTION_NAME,
                    &avp,
                )?,
                (10415, 621) => read_optional(
                    &mut self.primary_charging_collection_function_name,
                    &definitions::PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME,
                    &avp,
                )?,
                (10415, 622) => read_optional(
                    &mut self.secondary_charging_collection_function_name,
                    &definitions::SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(
            &definitions::PRIMARY_EVENT_CHARGING_FUNCTION_NAME,
            &self.primary_event_charging_function_name,
        );
        sink.optional(
            &definitions::SECONDARY_EVENT_CHARGING_FUNCTION_NAME,
            &self.secondary_event_charging_function_name,
        );
        sink.optional(
            &definitions::PRIMARY_CHARGING_COLLECTION_FUNCTION_NAME,
            &self.primary_charging_collection_function_name,
        );
        sink.optional(
            &definitions::SECONDARY_CHARGING_COLLECTION_FUNCTION_NAME,
            &self.secondary_charging_collection_function_name,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for ChargingInformation<'a> {
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
/// Supported-Features, AVP 628 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SupportedFeatures<'a> {
    /// `{ Vendor-Id }`
    pub vendor_id: u32,
    /// `{ Feature-List-ID }`
    pub feature_list_id: u32,
    /// `{ Feature-List }`
    pub feature_list: FeatureList,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
    /// The M bit, which is the sender's choice.
    pub m_bit: MBit,
}
impl<'a> SupportedFeatures<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 266) | (10415, 629) | (10415, 630)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 266) => read_one(
                    &mut self.vendor_id,
                    1 << 0,
                    &base::definitions::VENDOR_ID,
                    &avp,
                    &mut walk,
                )?,
                (10415, 629) => read_one(
                    &mut self.feature_list_id,
                    1 << 1,
                    &definitions::FEATURE_LIST_ID,
                    &avp,
                    &mut walk,
                )?,
                (10415, 630) => read_one(
                    &mut self.feature_list,
                    1 << 2,
                    &definitions::FEATURE_LIST,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::VENDOR_ID,
            &definitions::FEATURE_LIST_ID,
            &definitions::FEATURE_LIST,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::VENDOR_ID, &self.vendor_id);
        sink.one(&definitions::FEATURE_LIST_ID, &self.feature_list_id);
        sink.one(&definitions::FEATURE_LIST, &self.feature_list);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for SupportedFeatures<'a> {
    #[inline]
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        group
            .read_members(avp.data)
            .map_err(|error| error.inside(avp))?;
        group.m_bit = avp.flags.m_bit();
        Ok(group)
    }
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
    fn flags(&self) -> AvpFlags {
        self.m_bit.flags()
    }
}
/// Supported-Applications, AVP 631 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SupportedApplications<'a> {
    /// `* [ Auth-Application-Id ]`
    pub auth_application_id: Many<'a, u32>,
    /// `* [ Acct-Application-Id ]`
    pub acct_application_id: Many<'a, u32>,
    /// `* [ Vendor-Specific-Application-Id ]`
    pub vendor_specific_application_id: Many<'a, base::VendorSpecificApplicationId>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> SupportedApplications<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 258) | (0, 259) | (0, 260))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 258) => read_many(
                    &mut self.auth_application_id,
                    &base::definitions::AUTH_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 259) => read_many(
                    &mut self.acct_application_id,
                    &base::definitions::ACCT_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                (0, 260) => read_many(
                    &mut self.vendor_specific_application_id,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.many(
            &base::definitions::AUTH_APPLICATION_ID,
            &self.auth_application_id,
        );
        sink.many(
            &base::definitions::ACCT_APPLICATION_ID,
            &self.acct_application_id,
        );
        sink.many(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for SupportedApplications<'a> {
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
/// Associated-Identities, AVP 632 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AssociatedIdentities<'a> {
    /// `* [ User-Name ]`
    pub user_name: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> AssociatedIdentities<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 1))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 1) => read_many(
                    &mut self.user_name,
                    &base::definitions::USER_NAME,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.many(&base::definitions::USER_NAME, &self.user_name);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for AssociatedIdentities<'a> {
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
/// Associated-Registered-Identities, AVP 647 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AssociatedRegisteredIdentities<'a> {
    /// `* [ User-Name ]`
    pub user_name: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> AssociatedRegisteredIdentities<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 1))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 1) => read_many(
                    &mut self.user_name,
                    &base::definitions::USER_NAME,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.many(&base::definitions::USER_NAME, &self.user_name);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for AssociatedRegisteredIdentities<'a> {
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
/// Identity-with-Emergency-Registration, AVP 651 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IdentityWithEmergencyRegistration<'a> {
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `{ Public-Identity }`
    pub public_identity: &'a str,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> IdentityWithEmergencyRegistration<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (0, 1) | (10415, 601))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 0,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 601) => read_one(
                    &mut self.public_identity,
                    1 << 1,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[&base::definitions::USER_NAME, &definitions::PUBLIC_IDENTITY])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.one(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for IdentityWithEmergencyRegistration<'a> {
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
/// SCSCF-Restoration-Info, AVP 639 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScscfRestorationInfo<'a> {
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `1* { Restoration-Info }`
    pub restoration_info: Many<'a, RestorationInfo<'a>>,
    /// `[ Registration-Time-Out ]`
    pub registration_time_out: Option<Time>,
    /// `[ SIP-Authentication-Scheme ]`
    pub sip_authentication_scheme: Option<&'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ScscfRestorationInfo<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 1) | (10415, 649) | (10415, 661) | (10415, 608)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 0,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 649) => {
                    walk.note(1 << 1);
                    read_many(
                        &mut self.restoration_info,
                        &definitions::RESTORATION_INFO,
                        &avp,
                        &walk,
                    )?
                }
                (10415, 661) => read_optional(
                    &mut self.registration_time_out,
                    &definitions::REGISTRATION_TIME_OUT,
                    &avp,
                )?,
                (10415, 608) => read_optional(
                    &mut self.sip_authentication_scheme,
                    &definitions::SIP_AUTHENTICATION_SCHEME,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::USER_NAME,
            &definitions::RESTORATION_INFO,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.many(&definitions::RESTORATION_INFO, &self.restoration_info);
        sink.optional(
            &definitions::REGISTRATION_TIME_OUT,
            &self.registration_time_out,
        );
        sink.optional(
            &definitions::SIP_AUTHENTICATION_SCHEME,
            &self.sip_authentication_scheme,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for ScscfRestorationInfo<'a> {
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
/// Restoration-Info, AVP 649 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RestorationInfo<'a> {
    /// `{ Path }`
    pub path: &'a [u8],
    /// `{ Contact }`
    pub contact: &'a [u8],
    /// `[ Initial-CSeq-Sequence-Number ]`
    pub initial_cseq_sequence_number: Option<u32>,
    /// `[ Call-ID-SIP-Header ]`
    pub call_id_sip_header: Option<&'a [u8]>,
    /// `[ Subscription-Info ]`
    pub subscription_info: Option<SubscriptionInfo<'a>>,
    /// `[ P-CSCF-Subscription-Info ]`
    pub p_cscf_subscription_info: Option<PCscfSubscriptionInfo<'a>>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> RestorationInfo<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 640)
                    | (10415, 641)
                    | (10415, 654)
                    | (10415, 643)
                    | (10415, 642)
                    | (10415, 660)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 640) => {
                    read_one(&mut self.path, 1 << 0, &definitions::PATH, &avp, &mut walk)?
                }
                (10415, 641) => read_one(
                    &mut self.contact,
                    1 << 1,
                    &definitions::CONTACT,
                    &avp,
                    &mut walk,
                )?,
                (10415, 654) => read_optional(
                    &mut self.initial_cseq_sequence_number,
                    &definitions::INITIAL_CSEQ_SEQUENCE_NUMBER,
                    &avp,
                )?,
                (10415, 643) => read_optional(
                    &mut self.call_id_sip_header,
                    &definitions::CALL_ID_SIP_HEADER,
                    &avp,
                )?,
                (10415, 642) => read_optional(
                    &mut self.subscription_info,
                    &definitions::SUBSCRIPTION_INFO,
                    &avp,
                )?,
                (10415, 660) => read_optional(
                    &mut self.p_cscf_subscription_info,
                    &definitions::P_CSCF_SUBSCRIPTION_INFO,
                    &avp,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[&definitions::PATH, &definitions::CONTACT])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::PATH, &self.path);
        sink.one(&definitions::CONTACT, &self.contact);
        sink.optional(
            &definitions::INITIAL_CSEQ_SEQUENCE_NUMBER,
            &self.initial_cseq_sequence_number,
        );
        sink.optional(&definitions::CALL_ID_SIP_HEADER, &self.call_id_sip_header);
        sink.optional(&definitions::SUBSCRIPTION_INFO, &self.subscription_info);
        sink.optional(
            &definitions::P_CSCF_SUBSCRIPTION_INFO,
            &self.p_cscf_subscription_info,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for RestorationInfo<'a> {
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
/// Subscription-Info, AVP 642 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SubscriptionInfo<'a> {
    /// `{ Call-ID-SIP-Header }`
    pub call_id_sip_header: &'a [u8],
    /// `{ From-SIP-Header }`
    pub from_sip_header: &'a [u8],
    /// `{ To-SIP-Header }`
    pub to_sip_header: &'a [u8],
    /// `{ Record-Route }`
    pub record_route: &'a [u8],
    /// `{ Contact }`
    pub contact: &'a [u8],
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> SubscriptionInfo<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 643) | (10415, 644) | (10415, 645) | (10415, 646) | (10415, 641)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 643) => read_one(
                    &mut self.call_id_sip_header,
                    1 << 0,
                    &definitions::CALL_ID_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 644) => read_one(
                    &mut self.from_sip_header,
                    1 << 1,
                    &definitions::FROM_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 645) => read_one(
                    &mut self.to_sip_header,
                    1 << 2,
                    &definitions::TO_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 646) => read_one(
                    &mut self.record_route,
                    1 << 3,
                    &definitions::RECORD_ROUTE,
                    &avp,
                    &mut walk,
                )?,
                (10415, 641) => read_one(
                    &mut self.contact,
                    1 << 4,
                    &definitions::CONTACT,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::CALL_ID_SIP_HEADER,
            &definitions::FROM_SIP_HEADER,
            &definitions::TO_SIP_HEADER,
            &definitions::RECORD_ROUTE,
            &definitions::CONTACT,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::CALL_ID_SIP_HEADER, &self.call_id_sip_header);
        sink.one(&definitions::FROM_SIP_HEADER, &self.from_sip_header);
        sink.one(&definitions::TO_SIP_HEADER, &self.to_sip_header);
        sink.one(&definitions::RECORD_ROUTE, &self.record_route);
        sink.one(&definitions::CONTACT, &self.contact);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for SubscriptionInfo<'a> {
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
/// P-CSCF-Subscription-Info, AVP 660 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PCscfSubscriptionInfo<'a> {
    /// `{ Call-ID-SIP-Header }`
    pub call_id_sip_header: &'a [u8],
    /// `{ From-SIP-Header }`
    pub from_sip_header: &'a [u8],
    /// `{ To-SIP-Header }`
    pub to_sip_header: &'a [u8],
    /// `{ Contact }`
    pub contact: &'a [u8],
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> PCscfSubscriptionInfo<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (10415, 643) | (10415, 644) | (10415, 645) | (10415, 641)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 643) => read_one(
                    &mut self.call_id_sip_header,
                    1 << 0,
                    &definitions::CALL_ID_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 644) => read_one(
                    &mut self.from_sip_header,
                    1 << 1,
                    &definitions::FROM_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 645) => read_one(
                    &mut self.to_sip_header,
                    1 << 2,
                    &definitions::TO_SIP_HEADER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 641) => read_one(
                    &mut self.contact,
                    1 << 3,
                    &definitions::CONTACT,
                    &avp,
                    &mut walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &definitions::CALL_ID_SIP_HEADER,
            &definitions::FROM_SIP_HEADER,
            &definitions::TO_SIP_HEADER,
            &definitions::CONTACT,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&definitions::CALL_ID_SIP_HEADER, &self.call_id_sip_header);
        sink.one(&definitions::FROM_SIP_HEADER, &self.from_sip_header);
        sink.one(&definitions::TO_SIP_HEADER, &self.to_sip_header);
        sink.one(&definitions::CONTACT, &self.contact);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for PCscfSubscriptionInfo<'a> {
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
/// Allowed-WAF-WWSF-Identities, AVP 656 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AllowedWafWwsfIdentities<'a> {
    /// `* [ WebRTC-Authentication-Function-Name ]`
    pub webrtc_authentication_function_name: Many<'a, &'a str>,
    /// `* [ WebRTC-Web-Server-Function-Name ]`
    pub webrtc_web_server_function_name: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> AllowedWafWwsfIdentities<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (10415, 657) | (10415, 658))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 657) => read_many(
                    &mut self.webrtc_authentication_function_name,
                    &definitions::WEBRTC_AUTHENTICATION_FUNCTION_NAME,
                    &avp,
                    &walk,
                )?,
                (10415, 658) => read_many(
                    &mut self.webrtc_web_server_function_name,
                    &definitions::WEBRTC_WEB_SERVER_FUNCTION_NAME,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.many(
            &definitions::WEBRTC_AUTHENTICATION_FUNCTION_NAME,
            &self.webrtc_authentication_function_name,
        );
        sink.many(
            &definitions::WEBRTC_WEB_SERVER_FUNCTION_NAME,
            &self.webrtc_web_server_function_name,
        );
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for AllowedWafWwsfIdentities<'a> {
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
/// Failed-PCSCF, AVP 664 of vendor 10415 (TS 29.229).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FailedPcscf<'a> {
    /// `[ PCSCF-FQDN ]`
    pub pcscf_fqdn: Option<&'a str>,
    /// `* [ PCSCF-IP-Address ]`
    pub pcscf_ip_address: Many<'a, Address<'a>>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> FailedPcscf<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!((code.vendor.0, code.number), (10415, 665) | (10415, 666))
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (10415, 665) => {
                    read_optional(&mut self.pcscf_fqdn, &definitions::PCSCF_FQDN, &avp)?
                }
                (10415, 666) => read_many(
                    &mut self.pcscf_ip_address,
                    &definitions::PCSCF_IP_ADDRESS,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        Ok(())
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::PCSCF_FQDN, &self.pcscf_fqdn);
        sink.many(&definitions::PCSCF_IP_ADDRESS, &self.pcscf_ip_address);
        sink.extra(&self.extra);
    }
}
impl<'a> AvpValue<'a> for FailedPcscf<'a> {
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
/// User-Authorization-Request (UAR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UserAuthorizationRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Destination-Host ]`
    pub destination_host: Option<&'a str>,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `{ Public-Identity }`
    pub public_identity: &'a str,
    /// `{ Visited-Network-Identifier }`
    pub visited_network_identifier: &'a [u8],
    /// `[ User-Authorization-Type ]`
    pub user_authorization_type: Option<UserAuthorizationType>,
    /// `[ UAR-Flags ]`
    pub uar_flags: Option<UarFlags>,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> UserAuthorizationRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 293)
                    | (0, 283)
                    | (0, 1)
                    | (10415, 601)
                    | (10415, 600)
                    | (10415, 623)
                    | (10415, 637)
                    | (0, 621)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_optional(
                    &mut self.destination_host,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 5,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 6,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 601) => read_one(
                    &mut self.public_identity,
                    1 << 7,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &mut walk,
                )?,
                (10415, 600) => read_one(
                    &mut self.visited_network_identifier,
                    1 << 8,
                    &definitions::VISITED_NETWORK_IDENTIFIER,
                    &avp,
                    &mut walk,
                )?,
                (10415, 623) => read_optional(
                    &mut self.user_authorization_type,
                    &definitions::USER_AUTHORIZATION_TYPE,
                    &avp,
                )?,
                (10415, 637) => read_optional(&mut self.uar_flags, &definitions::UAR_FLAGS, &avp)?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_REALM,
            &base::definitions::USER_NAME,
            &definitions::PUBLIC_IDENTITY,
            &definitions::VISITED_NETWORK_IDENTIFIER,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.one(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.one(
            &definitions::VISITED_NETWORK_IDENTIFIER,
            &self.visited_network_identifier,
        );
        sink.optional(
            &definitions::USER_AUTHORIZATION_TYPE,
            &self.user_authorization_type,
        );
        sink.optional(&definitions::UAR_FLAGS, &self.uar_flags);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> UserAuthorizationRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "User-Authorization-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::USER_AUTHORIZATION;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for UserAuthorizationRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// User-Authorization-Answer (UAA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UserAuthorizationAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ Server-Name ]`
    pub server_name: Option<&'a str>,
    /// `[ Server-Capabilities ]`
    pub server_capabilities: Option<ServerCapabilities<'a>>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> UserAuthorizationAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (10415, 602)
                    | (10415, 603)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (10415, 602) => {
                    read_optional(&mut self.server_name, &definitions::SERVER_NAME, &avp)?
                }
                (10415, 603) => read_optional(
                    &mut self.server_capabilities,
                    &definitions::SERVER_CAPABILITIES,
                    &avp,
                )?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(&definitions::SERVER_NAME, &self.server_name);
        sink.optional(&definitions::SERVER_CAPABILITIES, &self.server_capabilities);
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> UserAuthorizationAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "User-Authorization-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::USER_AUTHORIZATION;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for UserAuthorizationAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Server-Assignment-Request (SAR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServerAssignmentRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Destination-Host ]`
    pub destination_host: Option<&'a str>,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `[ User-Name ]`
    pub user_name: Option<&'a str>,
    /// `* [ Public-Identity ]`
    pub public_identity: Many<'a, &'a str>,
    /// `[ Wildcarded-Public-Identity ]`
    pub wildcarded_public_identity: Option<&'a str>,
    /// `{ Server-Name }`
    pub server_name: &'a str,
    /// `{ Server-Assignment-Type }`
    pub server_assignment_type: ServerAssignmentType,
    /// `{ User-Data-Already-Available }`
    pub user_data_already_available: UserDataAlreadyAvailable,
    /// `[ SCSCF-Restoration-Info ]`
    pub scscf_restoration_info: Option<ScscfRestorationInfo<'a>>,
    /// `[ Multiple-Registration-Indication ]`
    pub multiple_registration_indication: Option<MultipleRegistrationIndication>,
    /// `[ Session-Priority ]`
    pub session_priority: Option<SessionPriority>,
    /// `[ SAR-Flags ]`
    pub sar_flags: Option<SarFlags>,
    /// `[ Failed-PCSCF ]`
    pub failed_pcscf: Option<FailedPcscf<'a>>,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ServerAssignmentRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 293)
                    | (0, 283)
                    | (0, 1)
                    | (10415, 601)
                    | (10415, 634)
                    | (10415, 602)
                    | (10415, 614)
                    | (10415, 624)
                    | (10415, 639)
                    | (10415, 648)
                    | (10415, 650)
                    | (10415, 655)
                    | (10415, 664)
                    | (0, 621)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_optional(
                    &mut self.destination_host,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 5,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 1) => read_optional(&mut self.user_name, &base::definitions::USER_NAME, &avp)?,
                (10415, 601) => read_many(
                    &mut self.public_identity,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &walk,
                )?,
                (10415, 634) => read_optional(
                    &mut self.wildcarded_public_identity,
                    &definitions::WILDCARDED_PUBLIC_IDENTITY,
                    &avp,
                )?,
                (10415, 602) => read_one(
                    &mut self.server_name,
                    1 << 6,
                    &definitions::SERVER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 614) => read_one(
                    &mut self.server_assignment_type,
                    1 << 7,
                    &definitions::SERVER_ASSIGNMENT_TYPE,
                    &avp,
                    &mut walk,
                )?,
                (10415, 624) => read_one(
                    &mut self.user_data_already_available,
                    1 << 8,
                    &definitions::USER_DATA_ALREADY_AVAILABLE,
                    &avp,
                    &mut walk,
                )?,
                (10415, 639) => read_optional(
                    &mut self.scscf_restoration_info,
                    &definitions::SCSCF_RESTORATION_INFO,
                    &avp,
                )?,
                (10415, 648) => read_optional(
                    &mut self.multiple_registration_indication,
                    &definitions::MULTIPLE_REGISTRATION_INDICATION,
                    &avp,
                )?,
                (10415, 650) => read_optional(
                    &mut self.session_priority,
                    &definitions::SESSION_PRIORITY,
                    &avp,
                )?,
                (10415, 655) => read_optional(&mut self.sar_flags, &definitions::SAR_FLAGS, &avp)?,
                (10415, 664) => {
                    read_optional(&mut self.failed_pcscf, &definitions::FAILED_PCSCF, &avp)?
                }
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_REALM,
            &definitions::SERVER_NAME,
            &definitions::SERVER_ASSIGNMENT_TYPE,
            &definitions::USER_DATA_ALREADY_AVAILABLE,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.optional(&base::definitions::USER_NAME, &self.user_name);
        sink.many(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.optional(
            &definitions::WILDCARDED_PUBLIC_IDENTITY,
            &self.wildcarded_public_identity,
        );
        sink.one(&definitions::SERVER_NAME, &self.server_name);
        sink.one(
            &definitions::SERVER_ASSIGNMENT_TYPE,
            &self.server_assignment_type,
        );
        sink.one(
            &definitions::USER_DATA_ALREADY_AVAILABLE,
            &self.user_data_already_available,
        );
        sink.optional(
            &definitions::SCSCF_RESTORATION_INFO,
            &self.scscf_restoration_info,
        );
        sink.optional(
            &definitions::MULTIPLE_REGISTRATION_INDICATION,
            &self.multiple_registration_indication,
        );
        sink.optional(&definitions::SESSION_PRIORITY, &self.session_priority);
        sink.optional(&definitions::SAR_FLAGS, &self.sar_flags);
        sink.optional(&definitions::FAILED_PCSCF, &self.failed_pcscf);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> ServerAssignmentRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Server-Assignment-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::SERVER_ASSIGNMENT;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for ServerAssignmentRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Server-Assignment-Answer (SAA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServerAssignmentAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ User-Name ]`
    pub user_name: Option<&'a str>,
    /// `[ User-Data ]`
    pub user_data: Option<&'a [u8]>,
    /// `[ Charging-Information ]`
    pub charging_information: Option<ChargingInformation<'a>>,
    /// `[ Associated-Identities ]`
    pub associated_identities: Option<AssociatedIdentities<'a>>,
    /// `[ Loose-Route-Indication ]`
    pub loose_route_indication: Option<LooseRouteIndication>,
    /// `* [ SCSCF-Restoration-Info ]`
    pub scscf_restoration_info: Many<'a, ScscfRestorationInfo<'a>>,
    /// `[ Associated-Registered-Identities ]`
    pub associated_registered_identities: Option<AssociatedRegisteredIdentities<'a>>,
    /// `[ Server-Name ]`
    pub server_name: Option<&'a str>,
    /// `[ Wildcarded-Public-Identity ]`
    pub wildcarded_public_identity: Option<&'a str>,
    /// `[ Priviledged-Sender-Indication ]`
    pub priviledged_sender_indication: Option<PriviledgedSenderIndication>,
    /// `[ Allowed-WAF-WWSF-Identities ]`
    pub allowed_waf_wwsf_identities: Option<AllowedWafWwsfIdentities<'a>>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> ServerAssignmentAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (0, 1)
                    | (10415, 606)
                    | (10415, 618)
                    | (10415, 632)
                    | (10415, 638)
                    | (10415, 639)
                    | (10415, 647)
                    | (10415, 602)
                    | (10415, 634)
                    | (10415, 652)
                    | (10415, 656)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 1) => read_optional(&mut self.user_name, &base::definitions::USER_NAME, &avp)?,
                (10415, 606) => read_optional(&mut self.user_data, &definitions::USER_DATA, &avp)?,
                (10415, 618) => read_optional(
                    &mut self.charging_information,
                    &definitions::CHARGING_INFORMATION,
                    &avp,
                )?,
                (10415, 632) => read_optional(
                    &mut self.associated_identities,
                    &definitions::ASSOCIATED_IDENTITIES,
                    &avp,
                )?,
                (10415, 638) => read_optional(
                    &mut self.loose_route_indication,
                    &definitions::LOOSE_ROUTE_INDICATION,
                    &avp,
                )?,
                (10415, 639) => read_many(
                    &mut self.scscf_restoration_info,
                    &definitions::SCSCF_RESTORATION_INFO,
                    &avp,
                    &walk,
                )?,
                (10415, 647) => read_optional(
                    &mut self.associated_registered_identities,
                    &definitions::ASSOCIATED_REGISTERED_IDENTITIES,
                    &avp,
                )?,
                (10415, 602) => {
                    read_optional(&mut self.server_name, &definitions::SERVER_NAME, &avp)?
                }
                (10415, 634) => read_optional(
                    &mut self.wildcarded_public_identity,
                    &definitions::WILDCARDED_PUBLIC_IDENTITY,
                    &avp,
                )?,
                (10415, 652) => read_optional(
                    &mut self.priviledged_sender_indication,
                    &definitions::PRIVILEDGED_SENDER_INDICATION,
                    &avp,
                )?,
                (10415, 656) => read_optional(
                    &mut self.allowed_waf_wwsf_identities,
                    &definitions::ALLOWED_WAF_WWSF_IDENTITIES,
                    &avp,
                )?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(&base::definitions::USER_NAME, &self.user_name);
        sink.optional(&definitions::USER_DATA, &self.user_data);
        sink.optional(
            &definitions::CHARGING_INFORMATION,
            &self.charging_information,
        );
        sink.optional(
            &definitions::ASSOCIATED_IDENTITIES,
            &self.associated_identities,
        );
        sink.optional(
            &definitions::LOOSE_ROUTE_INDICATION,
            &self.loose_route_indication,
        );
        sink.many(
            &definitions::SCSCF_RESTORATION_INFO,
            &self.scscf_restoration_info,
        );
        sink.optional(
            &definitions::ASSOCIATED_REGISTERED_IDENTITIES,
            &self.associated_registered_identities,
        );
        sink.optional(&definitions::SERVER_NAME, &self.server_name);
        sink.optional(
            &definitions::WILDCARDED_PUBLIC_IDENTITY,
            &self.wildcarded_public_identity,
        );
        sink.optional(
            &definitions::PRIVILEDGED_SENDER_INDICATION,
            &self.priviledged_sender_indication,
        );
        sink.optional(
            &definitions::ALLOWED_WAF_WWSF_IDENTITIES,
            &self.allowed_waf_wwsf_identities,
        );
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> ServerAssignmentAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Server-Assignment-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::SERVER_ASSIGNMENT;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for ServerAssignmentAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Location-Info-Request (LIR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LocationInfoRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Destination-Host ]`
    pub destination_host: Option<&'a str>,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `[ Originating-Request ]`
    pub originating_request: Option<OriginatingRequest>,
    /// `{ Public-Identity }`
    pub public_identity: &'a str,
    /// `[ User-Authorization-Type ]`
    pub user_authorization_type: Option<UserAuthorizationType>,
    /// `[ Session-Priority ]`
    pub session_priority: Option<SessionPriority>,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> LocationInfoRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 293)
                    | (0, 283)
                    | (10415, 633)
                    | (10415, 601)
                    | (10415, 623)
                    | (10415, 650)
                    | (0, 621)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_optional(
                    &mut self.destination_host,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 5,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (10415, 633) => read_optional(
                    &mut self.originating_request,
                    &definitions::ORIGINATING_REQUEST,
                    &avp,
                )?,
                (10415, 601) => read_one(
                    &mut self.public_identity,
                    1 << 6,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &mut walk,
                )?,
                (10415, 623) => read_optional(
                    &mut self.user_authorization_type,
                    &definitions::USER_AUTHORIZATION_TYPE,
                    &avp,
                )?,
                (10415, 650) => read_optional(
                    &mut self.session_priority,
                    &definitions::SESSION_PRIORITY,
                    &avp,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_REALM,
            &definitions::PUBLIC_IDENTITY,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.optional(&definitions::ORIGINATING_REQUEST, &self.originating_request);
        sink.one(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.optional(
            &definitions::USER_AUTHORIZATION_TYPE,
            &self.user_authorization_type,
        );
        sink.optional(&definitions::SESSION_PRIORITY, &self.session_priority);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> LocationInfoRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Location-Info-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::LOCATION_INFO;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for LocationInfoRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Location-Info-Answer (LIA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LocationInfoAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ Server-Name ]`
    pub server_name: Option<&'a str>,
    /// `[ Server-Capabilities ]`
    pub server_capabilities: Option<ServerCapabilities<'a>>,
    /// `[ Wildcarded-Public-Identity ]`
    pub wildcarded_public_identity: Option<&'a str>,
    /// `[ LIA-Flags ]`
    pub lia_flags: Option<LiaFlags>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> LocationInfoAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (10415, 602)
                    | (10415, 603)
                    | (10415, 634)
                    | (10415, 653)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (10415, 602) => {
                    read_optional(&mut self.server_name, &definitions::SERVER_NAME, &avp)?
                }
                (10415, 603) => read_optional(
                    &mut self.server_capabilities,
                    &definitions::SERVER_CAPABILITIES,
                    &avp,
                )?,
                (10415, 634) => read_optional(
                    &mut self.wildcarded_public_identity,
                    &definitions::WILDCARDED_PUBLIC_IDENTITY,
                    &avp,
                )?,
                (10415, 653) => read_optional(&mut self.lia_flags, &definitions::LIA_FLAGS, &avp)?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(&definitions::SERVER_NAME, &self.server_name);
        sink.optional(&definitions::SERVER_CAPABILITIES, &self.server_capabilities);
        sink.optional(
            &definitions::WILDCARDED_PUBLIC_IDENTITY,
            &self.wildcarded_public_identity,
        );
        sink.optional(&definitions::LIA_FLAGS, &self.lia_flags);
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> LocationInfoAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Location-Info-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::LOCATION_INFO;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for LocationInfoAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Multimedia-Auth-Request (MAR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MultimediaAuthRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `[ Destination-Host ]`
    pub destination_host: Option<&'a str>,
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `{ Public-Identity }`
    pub public_identity: &'a str,
    /// `{ SIP-Auth-Data-Item }`
    pub sip_auth_data_item: SipAuthDataItem<'a>,
    /// `{ SIP-Number-Auth-Items }`
    pub sip_number_auth_items: u32,
    /// `{ Server-Name }`
    pub server_name: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> MultimediaAuthRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 283)
                    | (0, 293)
                    | (0, 1)
                    | (10415, 601)
                    | (10415, 612)
                    | (10415, 607)
                    | (10415, 602)
                    | (0, 621)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 5,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_optional(
                    &mut self.destination_host,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                )?,
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 6,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 601) => read_one(
                    &mut self.public_identity,
                    1 << 7,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &mut walk,
                )?,
                (10415, 612) => read_one(
                    &mut self.sip_auth_data_item,
                    1 << 8,
                    &definitions::SIP_AUTH_DATA_ITEM,
                    &avp,
                    &mut walk,
                )?,
                (10415, 607) => read_one(
                    &mut self.sip_number_auth_items,
                    1 << 9,
                    &definitions::SIP_NUMBER_AUTH_ITEMS,
                    &avp,
                    &mut walk,
                )?,
                (10415, 602) => read_one(
                    &mut self.server_name,
                    1 << 10,
                    &definitions::SERVER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_REALM,
            &base::definitions::USER_NAME,
            &definitions::PUBLIC_IDENTITY,
            &definitions::SIP_AUTH_DATA_ITEM,
            &definitions::SIP_NUMBER_AUTH_ITEMS,
            &definitions::SERVER_NAME,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.optional(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.one(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.one(&definitions::SIP_AUTH_DATA_ITEM, &self.sip_auth_data_item);
        sink.one(
            &definitions::SIP_NUMBER_AUTH_ITEMS,
            &self.sip_number_auth_items,
        );
        sink.one(&definitions::SERVER_NAME, &self.server_name);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> MultimediaAuthRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Multimedia-Auth-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::MULTIMEDIA_AUTH;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for MultimediaAuthRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Multimedia-Auth-Answer (MAA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MultimediaAuthAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ User-Name ]`
    pub user_name: Option<&'a str>,
    /// `[ Public-Identity ]`
    pub public_identity: Option<&'a str>,
    /// `[ SIP-Number-Auth-Items ]`
    pub sip_number_auth_items: Option<u32>,
    /// `* [ SIP-Auth-Data-Item ]`
    pub sip_auth_data_item: Many<'a, SipAuthDataItem<'a>>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> MultimediaAuthAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (0, 1)
                    | (10415, 601)
                    | (10415, 607)
                    | (10415, 612)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 1) => read_optional(&mut self.user_name, &base::definitions::USER_NAME, &avp)?,
                (10415, 601) => read_optional(
                    &mut self.public_identity,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                )?,
                (10415, 607) => read_optional(
                    &mut self.sip_number_auth_items,
                    &definitions::SIP_NUMBER_AUTH_ITEMS,
                    &avp,
                )?,
                (10415, 612) => read_many(
                    &mut self.sip_auth_data_item,
                    &definitions::SIP_AUTH_DATA_ITEM,
                    &avp,
                    &walk,
                )?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(&base::definitions::USER_NAME, &self.user_name);
        sink.optional(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.optional(
            &definitions::SIP_NUMBER_AUTH_ITEMS,
            &self.sip_number_auth_items,
        );
        sink.many(&definitions::SIP_AUTH_DATA_ITEM, &self.sip_auth_data_item);
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> MultimediaAuthAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Multimedia-Auth-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::MULTIMEDIA_AUTH;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for MultimediaAuthAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Registration-Termination-Request (RTR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RegistrationTerminationRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ Destination-Host ]`
    pub destination_host: Option<&'a str>,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `[ Associated-Identities ]`
    pub associated_identities: Option<AssociatedIdentities<'a>>,
    /// `* [ Public-Identity ]`
    pub public_identity: Many<'a, &'a str>,
    /// `{ Deregistration-Reason }`
    pub deregistration_reason: DeregistrationReason<'a>,
    /// `[ RTR-Flags ]`
    pub rtr_flags: Option<RtrFlags>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> RegistrationTerminationRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 293)
                    | (0, 283)
                    | (0, 1)
                    | (10415, 632)
                    | (10415, 601)
                    | (10415, 615)
                    | (10415, 659)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_optional(
                    &mut self.destination_host,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 5,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 6,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 632) => read_optional(
                    &mut self.associated_identities,
                    &definitions::ASSOCIATED_IDENTITIES,
                    &avp,
                )?,
                (10415, 601) => read_many(
                    &mut self.public_identity,
                    &definitions::PUBLIC_IDENTITY,
                    &avp,
                    &walk,
                )?,
                (10415, 615) => read_one(
                    &mut self.deregistration_reason,
                    1 << 7,
                    &definitions::DEREGISTRATION_REASON,
                    &avp,
                    &mut walk,
                )?,
                (10415, 659) => read_optional(&mut self.rtr_flags, &definitions::RTR_FLAGS, &avp)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_REALM,
            &base::definitions::USER_NAME,
            &definitions::DEREGISTRATION_REASON,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.optional(
            &definitions::ASSOCIATED_IDENTITIES,
            &self.associated_identities,
        );
        sink.many(&definitions::PUBLIC_IDENTITY, &self.public_identity);
        sink.one(
            &definitions::DEREGISTRATION_REASON,
            &self.deregistration_reason,
        );
        sink.optional(&definitions::RTR_FLAGS, &self.rtr_flags);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> RegistrationTerminationRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Registration-Termination-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::REGISTRATION_TERMINATION;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for RegistrationTerminationRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Registration-Termination-Answer (RTA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RegistrationTerminationAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ Associated-Identities ]`
    pub associated_identities: Option<AssociatedIdentities<'a>>,
    /// `* [ Identity-with-Emergency-Registration ]`
    pub identity_with_emergency_registration: Many<'a, IdentityWithEmergencyRegistration<'a>>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> RegistrationTerminationAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (10415, 632)
                    | (10415, 651)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (10415, 632) => read_optional(
                    &mut self.associated_identities,
                    &definitions::ASSOCIATED_IDENTITIES,
                    &avp,
                )?,
                (10415, 651) => read_many(
                    &mut self.identity_with_emergency_registration,
                    &definitions::IDENTITY_WITH_EMERGENCY_REGISTRATION,
                    &avp,
                    &walk,
                )?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(
            &definitions::ASSOCIATED_IDENTITIES,
            &self.associated_identities,
        );
        sink.many(
            &definitions::IDENTITY_WITH_EMERGENCY_REGISTRATION,
            &self.identity_with_emergency_registration,
        );
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> RegistrationTerminationAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Registration-Termination-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::REGISTRATION_TERMINATION;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for RegistrationTerminationAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Push-Profile-Request (PPR), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PushProfileRequest<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `{ Destination-Host }`
    pub destination_host: &'a str,
    /// `{ Destination-Realm }`
    pub destination_realm: &'a str,
    /// `{ User-Name }`
    pub user_name: &'a str,
    /// `[ User-Data ]`
    pub user_data: Option<&'a [u8]>,
    /// `[ Charging-Information ]`
    pub charging_information: Option<ChargingInformation<'a>>,
    /// `[ SIP-Auth-Data-Item ]`
    pub sip_auth_data_item: Option<SipAuthDataItem<'a>>,
    /// `[ Allowed-WAF-WWSF-Identities ]`
    pub allowed_waf_wwsf_identities: Option<AllowedWafWwsfIdentities<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> PushProfileRequest<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 293)
                    | (0, 283)
                    | (0, 1)
                    | (10415, 606)
                    | (10415, 618)
                    | (10415, 612)
                    | (10415, 656)
                    | (10415, 628)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 293) => read_one(
                    &mut self.destination_host,
                    1 << 5,
                    &base::definitions::DESTINATION_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 283) => read_one(
                    &mut self.destination_realm,
                    1 << 6,
                    &base::definitions::DESTINATION_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 1) => read_one(
                    &mut self.user_name,
                    1 << 7,
                    &base::definitions::USER_NAME,
                    &avp,
                    &mut walk,
                )?,
                (10415, 606) => read_optional(&mut self.user_data, &definitions::USER_DATA, &avp)?,
                (10415, 618) => read_optional(
                    &mut self.charging_information,
                    &definitions::CHARGING_INFORMATION,
                    &avp,
                )?,
                (10415, 612) => read_optional(
                    &mut self.sip_auth_data_item,
                    &definitions::SIP_AUTH_DATA_ITEM,
                    &avp,
                )?,
                (10415, 656) => read_optional(
                    &mut self.allowed_waf_wwsf_identities,
                    &definitions::ALLOWED_WAF_WWSF_IDENTITIES,
                    &avp,
                )?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
            &base::definitions::DESTINATION_HOST,
            &base::definitions::DESTINATION_REALM,
            &base::definitions::USER_NAME,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.one(&base::definitions::DESTINATION_HOST, &self.destination_host);
        sink.one(
            &base::definitions::DESTINATION_REALM,
            &self.destination_realm,
        );
        sink.one(&base::definitions::USER_NAME, &self.user_name);
        sink.optional(&definitions::USER_DATA, &self.user_data);
        sink.optional(
            &definitions::CHARGING_INFORMATION,
            &self.charging_information,
        );
        sink.optional(&definitions::SIP_AUTH_DATA_ITEM, &self.sip_auth_data_item);
        sink.optional(
            &definitions::ALLOWED_WAF_WWSF_IDENTITIES,
            &self.allowed_waf_wwsf_identities,
        );
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> PushProfileRequest<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Push-Profile-Request";
    /// Command Code.
    pub const COMMAND: CommandCode = command::PUSH_PROFILE;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::REQUEST.with(Flags::PROXIABLE);
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
impl Members for PushProfileRequest<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Push-Profile-Answer (PPA), TS 29.229.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PushProfileAnswer<'a> {
    /// `< Session-Id >`
    pub session_id: &'a str,
    /// `[ DRMP ]`
    pub drmp: Option<base::Drmp>,
    /// `{ Vendor-Specific-Application-Id }`
    pub vendor_specific_application_id: base::VendorSpecificApplicationId,
    /// `[ Result-Code ]`
    pub result_code: Option<base::ResultCode>,
    /// `[ Experimental-Result ]`
    pub experimental_result: Option<base::ExperimentalResult>,
    /// `{ Auth-Session-State }`
    pub auth_session_state: base::AuthSessionState,
    /// `{ Origin-Host }`
    pub origin_host: &'a str,
    /// `{ Origin-Realm }`
    pub origin_realm: &'a str,
    /// `[ OC-Supported-Features ]`
    pub oc_supported_features: Option<base::OcSupportedFeatures<'a>>,
    /// `[ OC-OLR ]`
    pub oc_olr: Option<base::OcOlr<'a>>,
    /// `* [ Load ]`
    pub load: Many<'a, base::Load<'a>>,
    /// `* [ Supported-Features ]`
    pub supported_features: Many<'a, SupportedFeatures<'a>>,
    /// `[ Failed-AVP ]`
    pub failed_avp: Option<base::FailedAvp<'a>>,
    /// `* [ Proxy-Info ]`
    pub proxy_info: Many<'a, base::ProxyInfo<'a>>,
    /// `* [ Route-Record ]`
    pub route_record: Many<'a, &'a str>,
    /// `* [ AVP ]`: whatever else is there.
    pub extra: Many<'a, Avp<'a>>,
}
impl<'a> PushProfileAnswer<'a> {
    fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {
        fn is_member(code: AvpCode) -> bool {
            matches!(
                (code.vendor.0, code.number),
                (0, 263)
                    | (0, 301)
                    | (0, 260)
                    | (0, 268)
                    | (0, 297)
                    | (0, 277)
                    | (0, 264)
                    | (0, 296)
                    | (0, 621)
                    | (0, 623)
                    | (0, 650)
                    | (10415, 628)
                    | (0, 279)
                    | (0, 284)
                    | (0, 282)
            )
        }
        let mut walk = Walk::new(octets);
        while let Some(avp) = walk.step()? {
            match (avp.code.vendor.0, avp.code.number) {
                (0, 263) => read_one(
                    &mut self.session_id,
                    1 << 0,
                    &base::definitions::SESSION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 301) => read_optional(&mut self.drmp, &base::definitions::DRMP, &avp)?,
                (0, 260) => read_one(
                    &mut self.vendor_specific_application_id,
                    1 << 1,
                    &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
                    &avp,
                    &mut walk,
                )?,
                (0, 268) => {
                    read_optional(&mut self.result_code, &base::definitions::RESULT_CODE, &avp)?
                }
                (0, 297) => read_optional(
                    &mut self.experimental_result,
                    &base::definitions::EXPERIMENTAL_RESULT,
                    &avp,
                )?,
                (0, 277) => read_one(
                    &mut self.auth_session_state,
                    1 << 2,
                    &base::definitions::AUTH_SESSION_STATE,
                    &avp,
                    &mut walk,
                )?,
                (0, 264) => read_one(
                    &mut self.origin_host,
                    1 << 3,
                    &base::definitions::ORIGIN_HOST,
                    &avp,
                    &mut walk,
                )?,
                (0, 296) => read_one(
                    &mut self.origin_realm,
                    1 << 4,
                    &base::definitions::ORIGIN_REALM,
                    &avp,
                    &mut walk,
                )?,
                (0, 621) => read_optional(
                    &mut self.oc_supported_features,
                    &base::definitions::OC_SUPPORTED_FEATURES,
                    &avp,
                )?,
                (0, 623) => read_optional(&mut self.oc_olr, &base::definitions::OC_OLR, &avp)?,
                (0, 650) => read_many(&mut self.load, &base::definitions::LOAD, &avp, &walk)?,
                (10415, 628) => read_many(
                    &mut self.supported_features,
                    &definitions::SUPPORTED_FEATURES,
                    &avp,
                    &walk,
                )?,
                (0, 279) => {
                    read_optional(&mut self.failed_avp, &base::definitions::FAILED_AVP, &avp)?
                }
                (0, 284) => read_many(
                    &mut self.proxy_info,
                    &base::definitions::PROXY_INFO,
                    &avp,
                    &walk,
                )?,
                (0, 282) => read_many(
                    &mut self.route_record,
                    &base::definitions::ROUTE_RECORD,
                    &avp,
                    &walk,
                )?,
                _ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,
            }
        }
        walk.end(&[
            &base::definitions::SESSION_ID,
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &base::definitions::AUTH_SESSION_STATE,
            &base::definitions::ORIGIN_HOST,
            &base::definitions::ORIGIN_REALM,
        ])
    }
    #[inline]
    fn emit_members<S: Sink>(&self, sink: &mut S) {
        sink.one(&base::definitions::SESSION_ID, &self.session_id);
        sink.optional(&base::definitions::DRMP, &self.drmp);
        sink.one(
            &base::definitions::VENDOR_SPECIFIC_APPLICATION_ID,
            &self.vendor_specific_application_id,
        );
        sink.optional(&base::definitions::RESULT_CODE, &self.result_code);
        sink.optional(
            &base::definitions::EXPERIMENTAL_RESULT,
            &self.experimental_result,
        );
        sink.one(
            &base::definitions::AUTH_SESSION_STATE,
            &self.auth_session_state,
        );
        sink.one(&base::definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&base::definitions::ORIGIN_REALM, &self.origin_realm);
        sink.optional(
            &base::definitions::OC_SUPPORTED_FEATURES,
            &self.oc_supported_features,
        );
        sink.optional(&base::definitions::OC_OLR, &self.oc_olr);
        sink.many(&base::definitions::LOAD, &self.load);
        sink.many(&definitions::SUPPORTED_FEATURES, &self.supported_features);
        sink.optional(&base::definitions::FAILED_AVP, &self.failed_avp);
        sink.extra(&self.extra);
        sink.many(&base::definitions::PROXY_INFO, &self.proxy_info);
        sink.many(&base::definitions::ROUTE_RECORD, &self.route_record);
    }
}
impl<'a> PushProfileAnswer<'a> {
    /// Name by the standard.
    pub const NAME: &'static str = "Push-Profile-Answer";
    /// Command Code.
    pub const COMMAND: CommandCode = command::PUSH_PROFILE;
    /// Application-Id in the header.
    pub const APPLICATION: ApplicationId = ApplicationId::CX;
    /// Header flags of the command.
    pub const FLAGS: Flags = Flags::PROXIABLE;
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
impl Members for PushProfileAnswer<'_> {
    #[inline]
    fn emit<S: Sink>(&self, sink: &mut S) {
        self.emit_members(sink);
    }
}
/// Any command of TS 29.229.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command<'a> {
    /// User-Authorization-Request.
    UserAuthorizationRequest(UserAuthorizationRequest<'a>),
    /// User-Authorization-Answer.
    UserAuthorizationAnswer(UserAuthorizationAnswer<'a>),
    /// Server-Assignment-Request.
    ServerAssignmentRequest(ServerAssignmentRequest<'a>),
    /// Server-Assignment-Answer.
    ServerAssignmentAnswer(ServerAssignmentAnswer<'a>),
    /// Location-Info-Request.
    LocationInfoRequest(LocationInfoRequest<'a>),
    /// Location-Info-Answer.
    LocationInfoAnswer(LocationInfoAnswer<'a>),
    /// Multimedia-Auth-Request.
    MultimediaAuthRequest(MultimediaAuthRequest<'a>),
    /// Multimedia-Auth-Answer.
    MultimediaAuthAnswer(MultimediaAuthAnswer<'a>),
    /// Registration-Termination-Request.
    RegistrationTerminationRequest(RegistrationTerminationRequest<'a>),
    /// Registration-Termination-Answer.
    RegistrationTerminationAnswer(RegistrationTerminationAnswer<'a>),
    /// Push-Profile-Request.
    PushProfileRequest(PushProfileRequest<'a>),
    /// Push-Profile-Answer.
    PushProfileAnswer(PushProfileAnswer<'a>),
}
impl<'a> Command<'a> {
    /// Reads the message by the rules of its command.
    ///
    /// # Errors
    /// 3001 where the application has no such command; else the first rule that the message breaks.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        let header = message.header();
        match (header.command.0, header.is_request(), header.is_error()) {
            (300, true, _) => {
                UserAuthorizationRequest::decode(message).map(Self::UserAuthorizationRequest)
            }
            (300, false, false) => {
                UserAuthorizationAnswer::decode(message).map(Self::UserAuthorizationAnswer)
            }
            (301, true, _) => {
                ServerAssignmentRequest::decode(message).map(Self::ServerAssignmentRequest)
            }
            (301, false, false) => {
                ServerAssignmentAnswer::decode(message).map(Self::ServerAssignmentAnswer)
            }
            (302, true, _) => LocationInfoRequest::decode(message).map(Self::LocationInfoRequest),
            (302, false, false) => {
                LocationInfoAnswer::decode(message).map(Self::LocationInfoAnswer)
            }
            (303, true, _) => {
                MultimediaAuthRequest::decode(message).map(Self::MultimediaAuthRequest)
            }
            (303, false, false) => {
                MultimediaAuthAnswer::decode(message).map(Self::MultimediaAuthAnswer)
            }
            (304, true, _) => RegistrationTerminationRequest::decode(message)
                .map(Self::RegistrationTerminationRequest),
            (304, false, false) => RegistrationTerminationAnswer::decode(message)
                .map(Self::RegistrationTerminationAnswer),
            (305, true, _) => PushProfileRequest::decode(message).map(Self::PushProfileRequest),
            (305, false, false) => PushProfileAnswer::decode(message).map(Self::PushProfileAnswer),
            _ => Err(DecodeError::of(crate::ResultCode::COMMAND_UNSUPPORTED)),
        }
    }
    /// Appends the message with the command, flags and identifiers of `header`.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, header: &Header, out: &mut BytesMut) {
        match self {
            Self::UserAuthorizationRequest(command) => write_message(*header, command, out),
            Self::UserAuthorizationAnswer(command) => write_message(*header, command, out),
            Self::ServerAssignmentRequest(command) => write_message(*header, command, out),
            Self::ServerAssignmentAnswer(command) => write_message(*header, command, out),
            Self::LocationInfoRequest(command) => write_message(*header, command, out),
            Self::LocationInfoAnswer(command) => write_message(*header, command, out),
            Self::MultimediaAuthRequest(command) => write_message(*header, command, out),
            Self::MultimediaAuthAnswer(command) => write_message(*header, command, out),
            Self::RegistrationTerminationRequest(command) => write_message(*header, command, out),
            Self::RegistrationTerminationAnswer(command) => write_message(*header, command, out),
            Self::PushProfileRequest(command) => write_message(*header, command, out),
            Self::PushProfileAnswer(command) => write_message(*header, command, out),
        }
    }
}
/// The names of a command of this application, long and short.
#[must_use]
pub fn command_name(code: CommandCode, flags: Flags) -> Option<CommandName> {
    Some(match (code.0, flags.contains(Flags::REQUEST)) {
        (300, true) => CommandName {
            long: "User-Authorization-Request",
            short: "UAR",
        },
        (300, false) => CommandName {
            long: "User-Authorization-Answer",
            short: "UAA",
        },
        (301, true) => CommandName {
            long: "Server-Assignment-Request",
            short: "SAR",
        },
        (301, false) => CommandName {
            long: "Server-Assignment-Answer",
            short: "SAA",
        },
        (302, true) => CommandName {
            long: "Location-Info-Request",
            short: "LIR",
        },
        (302, false) => CommandName {
            long: "Location-Info-Answer",
            short: "LIA",
        },
        (303, true) => CommandName {
            long: "Multimedia-Auth-Request",
            short: "MAR",
        },
        (303, false) => CommandName {
            long: "Multimedia-Auth-Answer",
            short: "MAA",
        },
        (304, true) => CommandName {
            long: "Registration-Termination-Request",
            short: "RTR",
        },
        (304, false) => CommandName {
            long: "Registration-Termination-Answer",
            short: "RTA",
        },
        (305, true) => CommandName {
            long: "Push-Profile-Request",
            short: "PPR",
        },
        (305, false) => CommandName {
            long: "Push-Profile-Answer",
            short: "PPA",
        },
        _ => return None,
    })
}
/// The name that this dictionary gives to a value of an AVP.
#[must_use]
pub fn value_name(code: AvpCode, value: u32) -> Option<&'static str> {
    match (code.vendor.0, code.number) {
        (0, 298) => Some(match value {
            2001 => "FIRST_REGISTRATION",
            2002 => "SUBSEQUENT_REGISTRATION",
            2003 => "UNREGISTERED_SERVICE",
            2004 => "SUCCESS_SERVER_NAME_NOT_STORED",
            5001 => "ERROR_USER_UNKNOWN",
            5002 => "ERROR_IDENTITIES_DONT_MATCH",
            5003 => "ERROR_IDENTITY_NOT_REGISTERED",
            5004 => "ERROR_ROAMING_NOT_ALLOWED",
            5005 => "ERROR_IDENTITY_ALREADY_REGISTERED",
            5006 => "ERROR_AUTH_SCHEME_NOT_SUPPORTED",
            5007 => "ERROR_IN_ASSIGNMENT_TYPE",
            5008 => "ERROR_TOO_MUCH_DATA",
            5009 => "ERROR_NOT_SUPPORTED_USER_DATA",
            5011 => "ERROR_FEATURE_UNSUPPORTED",
            5012 => "ERROR_SERVING_NODE_FEATURE_UNSUPPORTED",
            _ => return None,
        }),
        (10415, 614) => ServerAssignmentType(value).name(),
        (10415, 616) => ReasonCode(value).name(),
        (10415, 623) => UserAuthorizationType(value).name(),
        (10415, 624) => UserDataAlreadyAvailable(value).name(),
        (10415, 633) => OriginatingRequest(value).name(),
        (10415, 638) => LooseRouteIndication(value).name(),
        (10415, 648) => MultipleRegistrationIndication(value).name(),
        (10415, 650) => SessionPriority(value).name(),
        (10415, 652) => PriviledgedSenderIndication(value).name(),
        _ => None,
    }
}
