//! The DNS, by hickory-resolver over sockets of its own, which the capture does not see.

use std::io;
use std::time::Duration;

use driver::dns::{
    Answer, DnsError, DnsSettings, MAX_RECORDS, Naptr, Record, RecordType, Servers, Srv,
};
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as Refused, NetError};
use hickory_resolver::proto::rr::{self, Name, RData};
use hickory_resolver::{TokioResolver, system_conf};

/// How long the absence of records holds where no SOA says it.
const UNSAID_NEGATIVE_TTL: Duration = Duration::from_secs(10);

/// Asks the servers of its settings; remembers nothing.
pub struct Resolver {
    asking: TokioResolver,
}

impl Resolver {
    pub(crate) fn new(settings: &DnsSettings) -> io::Result<Self> {
        let (config, mut options) = match &settings.servers {
            Servers::System => system_conf::read_system_conf().map_err(io::Error::other)?,
            Servers::These(servers) => {
                let servers = servers.iter().map(|server| {
                    let at = |mut connection: ConnectionConfig| {
                        connection.port = server.port();
                        connection
                    };
                    let connections =
                        vec![at(ConnectionConfig::udp()), at(ConnectionConfig::tcp())];
                    NameServerConfig::new(server.ip(), true, connections)
                });
                let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
                (config, ResolverOpts::default())
            }
        };
        options.timeout = settings.timeout;
        options.attempts = settings.retries;
        // The caller keeps answers for as long as they hold; names are whole ones; hosts files are [names].
        options.cache_size = 0;
        options.ndots = 0;
        options.use_hosts_file = ResolveHosts::Never;
        let provider = TokioRuntimeProvider::default();
        let asking = TokioResolver::builder_with_config(config, provider)
            .with_options(options)
            .build()
            .map_err(io::Error::other)?;
        Ok(Self { asking })
    }
}

impl driver::dns::Resolver for Resolver {
    async fn ask(&self, name: &str, record_type: RecordType) -> Result<Answer, DnsError> {
        // A name that no question can be made of is none that the DNS knows.
        let Ok(mut asked) = Name::from_ascii(name) else {
            return Ok(nothing(None));
        };
        asked.set_fqdn(true);
        let kind = match record_type {
            RecordType::Naptr => rr::RecordType::NAPTR,
            RecordType::Srv => rr::RecordType::SRV,
            RecordType::A => rr::RecordType::A,
            RecordType::Aaaa => rr::RecordType::AAAA,
        };
        match self.asking.lookup(asked, kind).await {
            Ok(lookup) => {
                let found = lookup
                    .answers()
                    .iter()
                    .filter(|record| record.record_type() == kind);
                let ttl = lookup.answers().iter().map(|record| record.ttl).min();
                Ok(Answer {
                    records: found
                        .filter_map(|record| read(&record.data))
                        .take(MAX_RECORDS)
                        .collect(),
                    ttl: Duration::from_secs(u64::from(ttl.unwrap_or(0))),
                })
            }
            Err(NetError::Dns(Refused::NoRecordsFound(none))) => Ok(nothing(none.negative_ttl)),
            Err(NetError::Timeout) => Err(DnsError::TimedOut),
            Err(problem) => Err(DnsError::Failed(problem.to_string())),
        }
    }
}

fn nothing(ttl: Option<u32>) -> Answer {
    let said = ttl.map(|seconds| Duration::from_secs(u64::from(seconds)));
    Answer {
        records: Vec::new(),
        ttl: said.unwrap_or(UNSAID_NEGATIVE_TTL),
    }
}

fn read(data: &RData) -> Option<Record> {
    Some(match data {
        RData::A(address) => Record::Address(address.0.into()),
        RData::AAAA(address) => Record::Address(address.0.into()),
        RData::SRV(srv) => Record::Srv(Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: name(&srv.target),
        }),
        RData::NAPTR(naptr) => Record::Naptr(Naptr {
            order: naptr.order,
            preference: naptr.preference,
            flags: text(&naptr.flags),
            services: text(&naptr.services),
            regexp: text(&naptr.regexp),
            replacement: name(&naptr.replacement),
        }),
        _ => return None,
    })
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Without the final dot, but for the root.
fn name(name: &Name) -> String {
    let text = name.to_ascii();
    match text.strip_suffix('.') {
        Some(short) if !short.is_empty() => short.to_owned(),
        _ => text,
    }
}
