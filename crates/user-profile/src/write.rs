//! User-Data from the types: the schema's element order, no white space between elements.

use quick_xml::escape::partial_escape;

use crate::document::{Element, is_xml};
use crate::filter_criteria::{
    ApplicationServer, Condition, ConditionType, InitialFilterCriteria, ServicePointTrigger,
    TriggerPoint,
};
use crate::subscription::{
    CoreNetworkServicesAuthorization, IdentityType, ImsSubscription, PublicIdentity, ServiceProfile,
};

impl ImsSubscription {
    /// The XML document (TS 29.228 Annex E), UTF-8.
    ///
    /// A character that XML 1.0 lacks (a control character) is written as U+FFFD.
    pub fn write(&self) -> String {
        let mut xml = Xml(String::with_capacity(1024));
        xml.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        xml.element(Element::IMSSubscription, |xml| {
            xml.text(Element::PrivateID, &self.private_id);
            for profile in &self.service_profiles {
                xml.element(Element::ServiceProfile, |xml| service_profile(xml, profile));
            }
        });
        xml.0
    }
}

fn service_profile(xml: &mut Xml, profile: &ServiceProfile) {
    for identity in &profile.public_identities {
        xml.element(Element::PublicIdentity, |xml| {
            public_identity(xml, identity)
        });
    }
    if let Some(authorization) = &profile.core_network_services_authorization {
        xml.element(Element::CoreNetworkServicesAuthorization, |xml| {
            services_authorization(xml, authorization)
        });
    }
    for criteria in &profile.initial_filter_criteria {
        xml.element(Element::InitialFilterCriteria, |xml| {
            filter_criteria(xml, criteria)
        });
    }
    if !profile.shared_ifc_set_ids.is_empty() {
        xml.element(Element::Extension, |xml| {
            for id in &profile.shared_ifc_set_ids {
                xml.number(Element::SharedIFCSetID, *id);
            }
        });
    }
}

fn public_identity(xml: &mut Xml, identity: &PublicIdentity) {
    xml.boolean(Element::BarringIndication, identity.barring_indication);
    xml.text(Element::Identity, &identity.identity);
    // Each release's elements are one Extension further in.
    let release_8 =
        identity.wildcarded_impu.is_some() || identity.service_level_trace_info.is_some();
    let release_7 =
        release_8 || identity.display_name.is_some() || identity.alias_identity_group_id.is_some();
    if !release_7 && identity.identity_type.is_none() && identity.wildcarded_psi.is_none() {
        return;
    }
    xml.element(Element::Extension, |xml| {
        if let Some(IdentityType(number)) = identity.identity_type {
            xml.number(Element::IdentityType, number.into());
        }
        xml.optional(Element::WildcardedPSI, identity.wildcarded_psi.as_deref());
        if !release_7 {
            return;
        }
        xml.element(Element::Extension, |xml| {
            xml.optional(Element::DisplayName, identity.display_name.as_deref());
            xml.optional(
                Element::AliasIdentityGroupID,
                identity.alias_identity_group_id.as_deref(),
            );
            if release_8 {
                xml.element(Element::Extension, |xml| {
                    xml.optional(Element::WildcardedIMPU, identity.wildcarded_impu.as_deref());
                    xml.optional(
                        Element::ServiceLevelTraceInfo,
                        identity.service_level_trace_info.as_deref(),
                    );
                });
            }
        });
    });
}

fn services_authorization(xml: &mut Xml, authorization: &CoreNetworkServicesAuthorization) {
    if let Some(id) = authorization.subscribed_media_profile_id {
        xml.number(Element::SubscribedMediaProfileId, id);
    }
    if let Some(services) = &authorization.service_ids {
        xml.element(Element::Extension, |xml| {
            xml.element(Element::ListOfServiceIds, |xml| {
                for service in services {
                    xml.text(Element::ServiceId, service);
                }
            });
        });
    }
}

fn filter_criteria(xml: &mut Xml, criteria: &InitialFilterCriteria) {
    xml.number(Element::Priority, criteria.priority);
    if let Some(trigger) = &criteria.trigger_point {
        xml.element(Element::TriggerPoint, |xml| trigger_point(xml, trigger));
    }
    xml.element(Element::ApplicationServer, |xml| {
        application_server(xml, &criteria.application_server)
    });
    if let Some(part) = criteria.profile_part_indicator {
        xml.number(Element::ProfilePartIndicator, part.0.into());
    }
}

fn trigger_point(xml: &mut Xml, trigger: &TriggerPoint) {
    xml.boolean(
        Element::ConditionTypeCNF,
        trigger.condition_type == ConditionType::Cnf,
    );
    for spt in &trigger.spts {
        xml.element(Element::SPT, |xml| service_point_trigger(xml, spt));
    }
}

fn service_point_trigger(xml: &mut Xml, spt: &ServicePointTrigger) {
    xml.boolean(Element::ConditionNegated, spt.condition_negated);
    for group in &spt.groups {
        xml.number(Element::Group, *group);
    }
    match &spt.condition {
        Condition::RequestUri(pattern) => xml.text(Element::RequestURI, pattern),
        Condition::Method(method) => xml.text(Element::Method, method),
        Condition::SipHeader { header, content } => xml.element(Element::SIPHeader, |xml| {
            xml.text(Element::Header, header);
            xml.optional(Element::Content, content.as_deref());
        }),
        Condition::SessionCase(case) => xml.number(Element::SessionCase, case.0.into()),
        Condition::SessionDescription { line, content } => {
            xml.element(Element::SessionDescription, |xml| {
                xml.text(Element::Line, line);
                xml.optional(Element::Content, content.as_deref());
            })
        }
    }
    if !spt.registration_types.is_empty() {
        xml.element(Element::Extension, |xml| {
            for kind in &spt.registration_types {
                xml.number(Element::RegistrationType, kind.0.into());
            }
        });
    }
}

fn application_server(xml: &mut Xml, server: &ApplicationServer) {
    xml.text(Element::ServerName, &server.server_name);
    if let Some(handling) = server.default_handling {
        xml.number(Element::DefaultHandling, handling.0.into());
    }
    xml.optional(Element::ServiceInfo, server.service_info.as_deref());
    if server.include_register_request || server.include_register_response {
        xml.element(Element::Extension, |xml| {
            if server.include_register_request {
                xml.element(Element::IncludeRegisterRequest, |_| {});
            }
            if server.include_register_response {
                xml.element(Element::IncludeRegisterResponse, |_| {});
            }
        });
    }
}

/// The document so far.
struct Xml(String);

impl Xml {
    fn element(&mut self, element: Element, content: impl FnOnce(&mut Self)) {
        self.0.extend(["<", element.name(), ">"]);
        content(self);
        self.0.extend(["</", element.name(), ">"]);
    }

    fn text(&mut self, element: Element, text: &str) {
        self.element(element, |xml| {
            if text.chars().all(is_xml) {
                xml.0.push_str(&partial_escape(text));
            } else {
                let clean: String = text
                    .chars()
                    .map(|c| if is_xml(c) { c } else { '\u{FFFD}' })
                    .collect();
                xml.0.push_str(&partial_escape(clean));
            }
        });
    }

    fn optional(&mut self, element: Element, text: Option<&str>) {
        if let Some(text) = text {
            self.text(element, text);
        }
    }

    fn number(&mut self, element: Element, number: u32) {
        self.element(element, |xml| xml.0.push_str(&number.to_string()));
    }

    fn boolean(&mut self, element: Element, value: bool) {
        self.text(element, if value { "1" } else { "0" });
    }
}
