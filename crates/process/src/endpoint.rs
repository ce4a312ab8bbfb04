//! What elements open on their host alike.

use std::net::IpAddr;

use driver::io::Io;
use driver::locate::Locator;
use driver::sip::{Endpoint, SipMetrics};
use sip_message::Method;

use crate::config::{DnsSection, NamesSection, SipSection};
use crate::{Host, StartError};

impl<I: Io> Host<I> {
    /// The SIP endpoint of `section`, which takes `methods`; its counters are registered. It serves nothing yet.
    ///
    /// # Errors
    /// [`StartError::Bind`] where the address cannot be had.
    pub async fn sip(
        &self,
        section: &SipSection,
        methods: &'static [Method<'static>],
    ) -> Result<Endpoint<I>, StartError> {
        let metrics = SipMetrics::default();
        self.metrics.register(|registry| metrics.register(registry));
        self.bound(section, methods, metrics).await
    }

    /// The same for an element with more than one: the counters have the label `reference_point`, such as `Gm`.
    ///
    /// # Errors
    /// [`StartError::Bind`] where the address cannot be had.
    pub async fn sip_at(
        &self,
        reference_point: &'static str,
        section: &SipSection,
        methods: &'static [Method<'static>],
    ) -> Result<Endpoint<I>, StartError> {
        let metrics = SipMetrics::default();
        let label = ("reference_point".into(), reference_point.into());
        self.metrics
            .register(|registry| metrics.register(registry.sub_registry_with_label(label)));
        self.bound(section, methods, metrics).await
    }

    /// Finds what an endpoint at `local` can reach, by `[names]` and `[dns]`.
    ///
    /// # Errors
    /// [`StartError::Failed`] where the system's DNS settings cannot be read.
    pub fn locator(
        &self,
        names: &NamesSection,
        dns: Option<&DnsSection>,
        local: IpAddr,
    ) -> Result<Locator<I>, StartError> {
        let dns = dns.map(DnsSection::settings);
        Locator::new(self.io.clone(), names.names(), dns.as_ref(), local)
            .map_err(StartError::failed("read the system's DNS settings"))
    }

    async fn bound(
        &self,
        section: &SipSection,
        methods: &'static [Method<'static>],
        metrics: SipMetrics,
    ) -> Result<Endpoint<I>, StartError> {
        Endpoint::bind(self.io.clone(), section.settings(methods), metrics)
            .await
            .map_err(StartError::bind("SIP", section.listen))
    }
}
