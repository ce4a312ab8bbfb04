//! The types from User-Data; order of elements is not insisted on, an Extension may stand at any level.

use crate::document::{Document, Element};
use crate::error::ReadError;
use crate::filter_criteria::{
    ApplicationServer, Condition, ConditionType, DefaultHandling, InitialFilterCriteria,
    ProfilePartIndicator, RegistrationType, ServicePointTrigger, SessionCase, TriggerPoint,
};
use crate::subscription::{
    CoreNetworkServicesAuthorization, IdentityType, ImsSubscription, PublicIdentity, ServiceProfile,
};

impl ImsSubscription {
    /// Reads a User-Data document (TS 29.228 Annex E).
    ///
    /// # Errors
    /// [`ReadError`]: not XML, over a limit, or without what the schema demands.
    pub fn read(octets: &[u8]) -> Result<Self, ReadError> {
        let mut document = Document::open(octets)?;
        let subscription = ims_subscription(&mut document)?;
        document.close()?;
        Ok(subscription)
    }
}

fn ims_subscription(document: &mut Document<'_>) -> Result<ImsSubscription, ReadError> {
    const PARENT: Element = Element::IMSSubscription;
    let mut private_id = Once::new(PARENT, Element::PrivateID);
    let mut service_profiles = Vec::new();
    while let Some(element) = document.child()? {
        match element {
            Element::PrivateID => private_id.set(token(document)?)?,
            Element::ServiceProfile => service_profiles.push(service_profile(document)?),
            _ => document.skip()?,
        }
    }
    at_least_one(PARENT, Element::ServiceProfile, &service_profiles)?;
    Ok(ImsSubscription {
        private_id: private_id.required()?,
        service_profiles,
    })
}

fn service_profile(document: &mut Document<'_>) -> Result<ServiceProfile, ReadError> {
    const PARENT: Element = Element::ServiceProfile;
    let mut authorization = Once::new(PARENT, Element::CoreNetworkServicesAuthorization);
    let mut profile = ServiceProfile::default();
    while let Some(element) = document.child()? {
        match element {
            Element::PublicIdentity => profile.public_identities.push(public_identity(document)?),
            Element::CoreNetworkServicesAuthorization => {
                authorization.set(services_authorization(document)?)?
            }
            Element::InitialFilterCriteria => profile
                .initial_filter_criteria
                .push(filter_criteria(document)?),
            Element::Extension => shared_ifc_sets(document, &mut profile.shared_ifc_set_ids)?,
            _ => document.skip()?,
        }
    }
    at_least_one(PARENT, Element::PublicIdentity, &profile.public_identities)?;
    profile.core_network_services_authorization = authorization.value;
    Ok(profile)
}

fn shared_ifc_sets(document: &mut Document<'_>, ids: &mut Vec<u32>) -> Result<(), ReadError> {
    while let Some(element) = document.child()? {
        match element {
            Element::SharedIFCSetID => ids.push(number(document, element)?),
            Element::Extension => shared_ifc_sets(document, ids)?,
            _ => document.skip()?,
        }
    }
    Ok(())
}

/// What stands in PublicIdentity and in the Extensions nested in it.
struct IdentityParts {
    barring: Once<bool>,
    identity: Once<String>,
    identity_type: Once<u8>,
    wildcarded_psi: Once<String>,
    display_name: Once<String>,
    alias_group: Once<String>,
    wildcarded_impu: Once<String>,
    trace_info: Once<String>,
}

fn public_identity(document: &mut Document<'_>) -> Result<PublicIdentity, ReadError> {
    const PARENT: Element = Element::PublicIdentity;
    let mut parts = IdentityParts {
        barring: Once::new(PARENT, Element::BarringIndication),
        identity: Once::new(PARENT, Element::Identity),
        identity_type: Once::new(PARENT, Element::IdentityType),
        wildcarded_psi: Once::new(PARENT, Element::WildcardedPSI),
        display_name: Once::new(PARENT, Element::DisplayName),
        alias_group: Once::new(PARENT, Element::AliasIdentityGroupID),
        wildcarded_impu: Once::new(PARENT, Element::WildcardedIMPU),
        trace_info: Once::new(PARENT, Element::ServiceLevelTraceInfo),
    };
    identity_parts(document, &mut parts)?;
    Ok(PublicIdentity {
        barring_indication: parts.barring.value.unwrap_or(false),
        identity: parts.identity.required()?,
        identity_type: parts.identity_type.value.map(IdentityType),
        wildcarded_psi: parts.wildcarded_psi.value,
        display_name: parts.display_name.value,
        alias_identity_group_id: parts.alias_group.value,
        wildcarded_impu: parts.wildcarded_impu.value,
        service_level_trace_info: parts.trace_info.value,
    })
}

fn identity_parts(document: &mut Document<'_>, parts: &mut IdentityParts) -> Result<(), ReadError> {
    while let Some(element) = document.child()? {
        match element {
            Element::BarringIndication => parts.barring.set(boolean(document, element)?)?,
            Element::Identity => parts.identity.set(token(document)?)?,
            Element::IdentityType => parts.identity_type.set(number(document, element)?)?,
            Element::WildcardedPSI => parts.wildcarded_psi.set(token(document)?)?,
            Element::DisplayName => parts.display_name.set(document.text()?)?,
            Element::AliasIdentityGroupID => parts.alias_group.set(document.text()?)?,
            Element::WildcardedIMPU => parts.wildcarded_impu.set(token(document)?)?,
            Element::ServiceLevelTraceInfo => parts.trace_info.set(document.text()?)?,
            Element::Extension => identity_parts(document, parts)?,
            _ => document.skip()?,
        }
    }
    Ok(())
}

fn services_authorization(
    document: &mut Document<'_>,
) -> Result<CoreNetworkServicesAuthorization, ReadError> {
    let mut media_profile = Once::new(
        Element::CoreNetworkServicesAuthorization,
        Element::SubscribedMediaProfileId,
    );
    let mut service_ids = None;
    services_authorization_parts(document, &mut media_profile, &mut service_ids)?;
    Ok(CoreNetworkServicesAuthorization {
        subscribed_media_profile_id: media_profile.value,
        service_ids,
    })
}

fn services_authorization_parts(
    document: &mut Document<'_>,
    media_profile: &mut Once<u32>,
    service_ids: &mut Option<Vec<String>>,
) -> Result<(), ReadError> {
    while let Some(element) = document.child()? {
        match element {
            Element::SubscribedMediaProfileId => media_profile.set(number(document, element)?)?,
            Element::ListOfServiceIds => {
                let services = service_ids.get_or_insert_default();
                while let Some(element) = document.child()? {
                    match element {
                        Element::ServiceId => services.push(token(document)?),
                        _ => document.skip()?,
                    }
                }
            }
            Element::Extension => {
                services_authorization_parts(document, media_profile, service_ids)?
            }
            _ => document.skip()?,
        }
    }
    Ok(())
}

fn filter_criteria(document: &mut Document<'_>) -> Result<InitialFilterCriteria, ReadError> {
    const PARENT: Element = Element::InitialFilterCriteria;
    let mut priority = Once::new(PARENT, Element::Priority);
    let mut trigger = Once::new(PARENT, Element::TriggerPoint);
    let mut server = Once::new(PARENT, Element::ApplicationServer);
    let mut part = Once::new(PARENT, Element::ProfilePartIndicator);
    while let Some(element) = document.child()? {
        match element {
            Element::Priority => priority.set(number(document, element)?)?,
            Element::TriggerPoint => trigger.set(trigger_point(document)?)?,
            Element::ApplicationServer => server.set(application_server(document)?)?,
            Element::ProfilePartIndicator => {
                part.set(ProfilePartIndicator(number(document, element)?))?
            }
            _ => document.skip()?,
        }
    }
    Ok(InitialFilterCriteria {
        priority: priority.required()?,
        trigger_point: trigger.value,
        application_server: server.required()?,
        profile_part_indicator: part.value,
    })
}

fn trigger_point(document: &mut Document<'_>) -> Result<TriggerPoint, ReadError> {
    const PARENT: Element = Element::TriggerPoint;
    let mut cnf = Once::new(PARENT, Element::ConditionTypeCNF);
    let mut spts = Vec::new();
    while let Some(element) = document.child()? {
        match element {
            Element::ConditionTypeCNF => cnf.set(boolean(document, element)?)?,
            Element::SPT => spts.push(service_point_trigger(document)?),
            _ => document.skip()?,
        }
    }
    at_least_one(PARENT, Element::SPT, &spts)?;
    let condition_type = if cnf.required()? {
        ConditionType::Cnf
    } else {
        ConditionType::Dnf
    };
    Ok(TriggerPoint {
        condition_type,
        spts,
    })
}

fn service_point_trigger(document: &mut Document<'_>) -> Result<ServicePointTrigger, ReadError> {
    const PARENT: Element = Element::SPT;
    let mut negated = Once::new(PARENT, Element::ConditionNegated);
    let mut condition = None;
    let mut groups = Vec::new();
    let mut registration_types = Vec::new();
    while let Some(element) = document.child()? {
        let found = match element {
            Element::ConditionNegated => {
                negated.set(boolean(document, element)?)?;
                continue;
            }
            Element::Group => {
                groups.push(number(document, element)?);
                continue;
            }
            Element::Extension => {
                registration_type(document, &mut registration_types)?;
                continue;
            }
            Element::RequestURI => Condition::RequestUri(document.text()?),
            Element::Method => Condition::Method(token(document)?),
            Element::SIPHeader => {
                let (header, content) = named_content(document, element, Element::Header)?;
                Condition::SipHeader { header, content }
            }
            Element::SessionCase => Condition::SessionCase(SessionCase(number(document, element)?)),
            Element::SessionDescription => {
                let (line, content) = named_content(document, element, Element::Line)?;
                Condition::SessionDescription { line, content }
            }
            _ => {
                document.skip()?;
                continue;
            }
        };
        if condition.replace(found).is_some() {
            return Err(ReadError::Repeated {
                parent: PARENT.name(),
                child: "condition",
            });
        }
    }
    at_least_one(PARENT, Element::Group, &groups)?;
    Ok(ServicePointTrigger {
        condition_negated: negated.value.unwrap_or(false),
        groups,
        condition: condition.ok_or(ReadError::Missing {
            parent: PARENT.name(),
            child: "condition",
        })?,
        registration_types,
    })
}

fn registration_type(
    document: &mut Document<'_>,
    types: &mut Vec<RegistrationType>,
) -> Result<(), ReadError> {
    while let Some(element) = document.child()? {
        match element {
            Element::RegistrationType => types.push(RegistrationType(number(document, element)?)),
            Element::Extension => registration_type(document, types)?,
            _ => document.skip()?,
        }
    }
    Ok(())
}

/// tHeader and tSessionDescription: a pattern for the name and one for the content.
fn named_content(
    document: &mut Document<'_>,
    parent: Element,
    name: Element,
) -> Result<(String, Option<String>), ReadError> {
    let mut named = Once::new(parent, name);
    let mut content = Once::new(parent, Element::Content);
    while let Some(element) = document.child()? {
        match element {
            Element::Content => content.set(document.text()?)?,
            element if element == name => named.set(document.text()?)?,
            _ => document.skip()?,
        }
    }
    Ok((named.required()?, content.value))
}

fn application_server(document: &mut Document<'_>) -> Result<ApplicationServer, ReadError> {
    const PARENT: Element = Element::ApplicationServer;
    let mut server_name = Once::new(PARENT, Element::ServerName);
    let mut handling = Once::new(PARENT, Element::DefaultHandling);
    let mut service_info = Once::new(PARENT, Element::ServiceInfo);
    let mut server = ApplicationServer::default();
    while let Some(element) = document.child()? {
        match element {
            Element::ServerName => server_name.set(token(document)?)?,
            Element::DefaultHandling => {
                handling.set(DefaultHandling(number(document, element)?))?
            }
            Element::ServiceInfo => service_info.set(document.text()?)?,
            Element::Extension => included_messages(document, &mut server)?,
            _ => document.skip()?,
        }
    }
    server.server_name = server_name.required()?;
    server.default_handling = handling.value;
    server.service_info = service_info.value;
    Ok(server)
}

fn included_messages(
    document: &mut Document<'_>,
    server: &mut ApplicationServer,
) -> Result<(), ReadError> {
    while let Some(element) = document.child()? {
        match element {
            Element::IncludeRegisterRequest => server.include_register_request = true,
            Element::IncludeRegisterResponse => server.include_register_response = true,
            Element::Extension => {
                included_messages(document, server)?;
                continue;
            }
            _ => {}
        }
        document.skip()?;
    }
    Ok(())
}

/// A child that may be there once.
struct Once<T> {
    parent: Element,
    child: Element,
    value: Option<T>,
}

impl<T> Once<T> {
    fn new(parent: Element, child: Element) -> Self {
        Self {
            parent,
            child,
            value: None,
        }
    }

    fn set(&mut self, value: T) -> Result<(), ReadError> {
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(ReadError::Repeated {
                parent: self.parent.name(),
                child: self.child.name(),
            }),
        }
    }

    fn required(self) -> Result<T, ReadError> {
        self.value.ok_or(ReadError::Missing {
            parent: self.parent.name(),
            child: self.child.name(),
        })
    }
}

fn at_least_one<T>(parent: Element, child: Element, list: &[T]) -> Result<(), ReadError> {
    match list {
        [] => Err(ReadError::Missing {
            parent: parent.name(),
            child: child.name(),
        }),
        _ => Ok(()),
    }
}

/// Text whose outer white space does not count (xs:anyURI collapses it).
fn token(document: &mut Document<'_>) -> Result<String, ReadError> {
    let text = document.text()?;
    let trimmed = text.trim_matches(SPACE);
    Ok(if trimmed.len() == text.len() {
        text
    } else {
        trimmed.to_owned()
    })
}

fn number<T: std::str::FromStr>(
    document: &mut Document<'_>,
    element: Element,
) -> Result<T, ReadError> {
    let text = token(document)?;
    text.parse().map_err(|_| refused(element, &text))
}

/// xs:boolean: `0 1 false true`.
fn boolean(document: &mut Document<'_>, element: Element) -> Result<bool, ReadError> {
    match token(document)?.as_str() {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        text => Err(refused(element, text)),
    }
}

fn refused(element: Element, text: &str) -> ReadError {
    ReadError::Value {
        element: element.name(),
        value: text.chars().take(64).collect(),
    }
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
