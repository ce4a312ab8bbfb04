//! SAR and SAA on the wire (TS 29.229 §6.1.3, §6.1.4).

use bytes::BytesMut;
use diameter_codec::cx::{
    self, AssociatedIdentities, AssociatedRegisteredIdentities, ChargingInformation,
    MultipleRegistrationIndication, SarFlags, ServerAssignmentAnswer, ServerAssignmentRequest,
    UserDataAlreadyAvailable,
};
use diameter_codec::{Avp, AvpFlags, DecodeError, Flags, Message, ResultCode, base};

use super::{Answer, Request, UserDataAtScscf, decide};
use crate::error::Outcome;
use crate::identity::{Member, canonical, canonical_wildcard};
use crate::policy::Policy;
use crate::procedure::{Asked, Head, MAX_IMPUS, PeerFeatures, Procedure, Reading};
use crate::record::{Changes, Scscf, SubscriptionRecord};
use crate::store::Identities;
use crate::subscription::ChargingFunctions;

/// SAR and SAA.
pub(crate) struct ServerAssignment;

impl Procedure for ServerAssignment {
    const NAME: &'static str = ServerAssignmentRequest::NAME;
    type Request = Request;
    type Answer = Answer;

    fn read(message: &Message, reading: &Reading<'_>) -> Result<Asked<Request>, DecodeError> {
        let sar = ServerAssignmentRequest::decode(message)?;
        if sar.public_identity.len() > MAX_IMPUS {
            return Err(DecodeError::of(ResultCode::RESOURCES_EXCEEDED));
        }
        let identities = Identities {
            impi: sar.user_name.map(str::to_owned),
            impus: sar.public_identity.iter().map(canonical).collect(),
            wildcard: sar.wildcarded_public_identity.map(canonical_wildcard),
        };
        if identities.is_empty() {
            return Err(DecodeError::missing(&base::definitions::USER_NAME));
        }
        let user_data = match sar.user_data_already_available {
            UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE => UserDataAtScscf::NotAvailable,
            UserDataAlreadyAvailable::USER_DATA_ALREADY_AVAILABLE => {
                UserDataAtScscf::AlreadyAvailable
            }
            _ => return Err(invalid(message, cx::avp::USER_DATA_ALREADY_AVAILABLE)),
        };
        let features = PeerFeatures::read(&sar.supported_features, reading.policy);
        let multiple = MultipleRegistrationIndication::MULTIPLE_REGISTRATION;
        // Kept as it came: method 1 of requirement C12 never looks inside.
        let backup = sar
            .scscf_restoration_info
            .and(message.find(cx::avp::SCSCF_RESTORATION_INFO));
        Ok(Asked {
            request: Request {
                impi: identities.impi.clone(),
                impus: identities.impus.clone(),
                member: None,
                scscf: Scscf {
                    name: sar.server_name.to_owned(),
                    host: sar.origin_host.to_owned(),
                    realm: sar.origin_realm.to_owned(),
                },
                assignment_type: sar.server_assignment_type,
                user_data,
                multiple_registration: sar.multiple_registration_indication == Some(multiple),
                pcscf_restoration: sar
                    .sar_flags
                    .is_some_and(|flags: SarFlags| flags.contains(SarFlags::P_CSCF_RESTORATION)),
                backup: backup.map(|avp| avp.data.to_vec()),
                restoration: reading.policy.restoration.with_peer(features.listed),
            },
            identities,
            features,
        })
    }

    fn decide(
        record: &SubscriptionRecord,
        request: &Request,
        policy: &Policy,
    ) -> (Changes, Answer) {
        decide(record, request, policy.server_name)
    }

    fn stand_for(request: &mut Request, members: &[Option<Member>]) {
        for (impu, member) in request.impus.iter_mut().zip(members) {
            if let Some(member) = member {
                impu.clone_from(&member.wildcard);
            }
        }
        if let [Some(member)] = members {
            request.member = Some(member.clone());
        }
    }

    fn only(outcome: Outcome) -> Answer {
        Answer::only(outcome)
    }

    fn outcome(answer: &Answer) -> Outcome {
        answer.outcome
    }

    fn write(answer: &Answer, head: &Head<'_>, out: &mut BytesMut) {
        let user_data = answer.user_data.as_ref().map(|profile| profile.write());
        let associated = names(&answer.associated);
        let registered = names(&answer.associated_registered);
        let mut extra = head.proxy_info.clone();
        extra.extend(answer.backups.iter().map(|info| Avp {
            code: cx::avp::SCSCF_RESTORATION_INFO,
            flags: AvpFlags::NONE,
            data: info,
        }));
        let saa = ServerAssignmentAnswer {
            session_id: head.session_id,
            vendor_specific_application_id: Head::APPLICATION,
            result_code: head.result_code,
            experimental_result: head.experimental_result,
            auth_session_state: Head::SESSION_STATE,
            origin_host: head.origin_host,
            origin_realm: head.origin_realm,
            supported_features: head.supported_features.into(),
            user_name: answer.impi.as_deref(),
            user_data: user_data.as_deref().map(str::as_bytes),
            charging_information: answer.charging.as_ref().map(charging_information),
            associated_identities: (!associated.is_empty()).then(|| AssociatedIdentities {
                user_name: (&associated).into(),
                ..Default::default()
            }),
            associated_registered_identities: (!registered.is_empty()).then(|| {
                AssociatedRegisteredIdentities {
                    user_name: (&registered).into(),
                    ..Default::default()
                }
            }),
            server_name: answer.server_name.as_deref(),
            wildcarded_public_identity: answer.wildcard.as_deref(),
            extra: (&extra).into(),
            ..ServerAssignmentAnswer::default()
        };
        saa.encode(head.hop_by_hop, head.end_to_end, Flags::NONE, out);
    }
}

fn invalid(message: &Message, code: diameter_codec::AvpCode) -> DecodeError {
    match message.find(code) {
        Some(avp) => DecodeError::about(ResultCode::INVALID_AVP_VALUE, &avp),
        None => DecodeError::of(ResultCode::INVALID_AVP_VALUE),
    }
}

fn names(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Charging-Information.
pub(crate) fn charging_information(functions: &ChargingFunctions) -> ChargingInformation<'_> {
    ChargingInformation {
        primary_event_charging_function_name: functions.primary_event.as_deref(),
        secondary_event_charging_function_name: functions.secondary_event.as_deref(),
        primary_charging_collection_function_name: functions.primary_collection.as_deref(),
        secondary_charging_collection_function_name: functions.secondary_collection.as_deref(),
        ..ChargingInformation::default()
    }
}
