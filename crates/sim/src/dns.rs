//! The DNS of a run: a table that the scenario sets, alike for every host.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use driver::dns::{Answer, DnsError, RecordType};

use crate::network::Network;

/// How long an answer takes.
pub const DNS_DELAY: Duration = Duration::from_millis(2);
/// How long it holds that the table has nothing.
pub const NOTHING_HOLDS: Duration = Duration::from_secs(5);

/// What the DNS of a run says, and what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Dns {
    table: BTreeMap<(String, RecordType), Result<Answer, DnsError>>,
    asked: Vec<(String, RecordType)>,
}

impl Dns {
    pub(crate) fn set(
        &mut self,
        name: &str,
        record_type: RecordType,
        said: Result<Answer, DnsError>,
    ) {
        self.table
            .insert((name.to_ascii_lowercase(), record_type), said);
    }

    pub(crate) fn asked(&self) -> Vec<(String, RecordType)> {
        self.asked.clone()
    }

    fn answer(&mut self, name: &str, record_type: RecordType) -> Result<Answer, DnsError> {
        let question = (name.to_ascii_lowercase(), record_type);
        self.asked.push(question.clone());
        self.table.get(&question).cloned().unwrap_or(Ok(Answer {
            records: Vec::new(),
            ttl: NOTHING_HOLDS,
        }))
    }
}

/// Asks the table of its run.
pub struct Resolver {
    network: Rc<Network>,
}

impl Resolver {
    pub(crate) fn new(network: Rc<Network>) -> Self {
        Self { network }
    }
}

impl driver::dns::Resolver for Resolver {
    async fn ask(&self, name: &str, record_type: RecordType) -> Result<Answer, DnsError> {
        tokio::time::sleep(DNS_DELAY).await;
        self.network.with_dns(|dns| dns.answer(name, record_type))
    }
}
