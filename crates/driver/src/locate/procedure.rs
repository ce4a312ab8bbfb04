//! What the DNS is asked, step by step (RFC 3263 §4.1, §4.2).

use std::net::SocketAddr;
use std::rc::Rc;

use super::cache::{Question, Said};
use super::{Inner, MAX_TARGETS, NotLocated, SIP_PORT, Target, Targets, names, now, srv};
use crate::dns::{Answer, DnsError, Naptr, Record, RecordType, Resolver as _, Srv};
use crate::io::Io;
use crate::sip::Transport;

/// The transports that we speak, the preferred first, with their NAPTR service (RFC 3263 §4.1) and SRV label.
const SPOKEN: [(Transport, &str, &str); 2] = [
    (Transport::Udp, "SIP+D2U", "_sip._udp"),
    (Transport::Tcp, "SIP+D2T", "_sip._tcp"),
];

impl<I: Io> Inner<I> {
    /// The targets of `name`, which is no IP address.
    pub(super) async fn ask(
        &self,
        name: String,
        port: Option<u16>,
        asked: Option<Transport>,
    ) -> Result<Targets, NotLocated> {
        let default = asked.unwrap_or(Transport::Udp);
        if let Some(port) = port {
            // §4.2: a port that is said asks for no SRV; without a transport it is UDP (§4.1).
            return self.at(&name, default, port).await;
        }
        let (transport, servers) = match asked {
            Some(transport) => (transport, self.servers(&label(transport, &name)).await?),
            None => self.chosen(&name).await?,
        };
        if servers.is_empty() {
            return self.at(&name, transport, SIP_PORT).await;
        }
        if servers.iter().all(|srv| srv.target == ".") {
            return Err(NotLocated::NoService(name));
        }
        let mut targets = Targets::new();
        let mut problem = None;
        for srv in srv::ordered(servers, |most| self.below(most)) {
            match self.at(&srv.target, transport, srv.port).await {
                Ok(found) => targets.extend(found),
                Err(error) => problem = Some(error),
            }
            if targets.len() >= MAX_TARGETS {
                targets.truncate(MAX_TARGETS);
                break;
            }
        }
        match problem {
            Some(problem) if targets.is_empty() => Err(problem),
            _ => Ok(targets),
        }
    }

    /// §4.1: the transport that the domain prefers among ours, and its servers, if it names any.
    async fn chosen(&self, name: &str) -> Result<(Transport, Vec<Srv>), NotLocated> {
        let said = self.records(name, RecordType::Naptr).await?;
        let mut services: Vec<&Naptr> = said
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Naptr(naptr) if is_of_sip(naptr) => Some(naptr),
                _ => None,
            })
            .collect();
        if services.is_empty() {
            // No NAPTR: whatever SRV there is, by our own preference.
            for (transport, _, _) in SPOKEN {
                let servers = self.servers(&label(transport, name)).await?;
                if !servers.is_empty() {
                    return Ok((transport, servers));
                }
            }
            return Ok((Transport::Udp, Vec::new()));
        }
        services.sort_by_key(|naptr| (naptr.order, naptr.preference));
        let mut first = None;
        for naptr in services {
            let spoken = SPOKEN
                .iter()
                .find(|(_, service, _)| naptr.services.eq_ignore_ascii_case(service));
            let Some(&(transport, ..)) = spoken else {
                continue;
            };
            let servers = self.servers(&naptr.replacement).await?;
            if !servers.is_empty() {
                return Ok((transport, servers));
            }
            first.get_or_insert(transport);
        }
        match first {
            Some(transport) => Ok((transport, Vec::new())),
            None => Err(NotLocated::Transport(format!(
                "what the NAPTR records of {name} offer"
            ))),
        }
    }

    /// The SRV records at `label`.
    async fn servers(&self, label: &str) -> Result<Vec<Srv>, NotLocated> {
        let said = self.records(label, RecordType::Srv).await?;
        let servers = said.records.iter().filter_map(|record| match record {
            Record::Srv(srv) => Some(srv.clone()),
            _ => None,
        });
        Ok(servers.collect())
    }

    /// The addresses of host `name`, of our IP version, at `port`.
    async fn at(&self, name: &str, transport: Transport, port: u16) -> Result<Targets, NotLocated> {
        let record_type = match self.local.is_ipv4() {
            true => RecordType::A,
            false => RecordType::Aaaa,
        };
        let said = self.remembered(name, record_type).await;
        let said = said.map_err(|problem| NotLocated::Dns {
            name: name.to_owned(),
            problem,
        })?;
        let addresses = said.records.iter().filter_map(|record| match record {
            Record::Address(ip) => Some(Target {
                transport,
                address: SocketAddr::new(*ip, port),
            }),
            _ => None,
        });
        let targets: Targets = addresses.take(MAX_TARGETS).collect();
        match targets.is_empty() {
            true => Err(NotLocated::NoAddress(name.to_owned())),
            false => Ok(targets),
        }
    }

    /// NAPTR or SRV records. A server that fails at these is taken to have none: some know addresses only. One that is
    /// silent would be silent again.
    async fn records(&self, name: &str, record_type: RecordType) -> Result<Rc<Answer>, NotLocated> {
        match self.remembered(name, record_type).await {
            Ok(answer) => Ok(answer),
            Err(DnsError::Failed(problem)) => {
                tracing::debug!(name, ?record_type, problem, "taken as no records");
                Ok(Rc::new(Answer {
                    records: Vec::new(),
                    ttl: std::time::Duration::ZERO,
                }))
            }
            Err(problem) => Err(NotLocated::Dns {
                name: name.to_owned(),
                problem,
            }),
        }
    }

    /// What the cache has, else what the DNS says; who asks the same meanwhile gets the same answer.
    async fn remembered(&self, name: &str, record_type: RecordType) -> Said {
        let question: Question = (names::canonical(name).into(), record_type);
        let known = self.cache.borrow().get(&question, now());
        if let Some(said) = known {
            return said;
        }
        let _turn = self.asking.turn(question.clone()).await;
        let known = self.cache.borrow().get(&question, now());
        if let Some(said) = known {
            return said;
        }
        let Some(resolver) = &self.resolver else {
            return Err(DnsError::Failed("there is no DNS here".to_owned()));
        };
        let said = resolver.ask(&question.0, record_type).await;
        if let Err(problem) = &said {
            tracing::warn!(name = &*question.0, ?record_type, %problem, "the DNS does not help");
        }
        self.cache.borrow_mut().keep(question, said, now())
    }

    /// A random number from 0 to `most`, `most` included.
    fn below(&self, most: u32) -> u32 {
        let mut octets = [0; 8];
        self.io.fill_random(&mut octets);
        let drawn = u64::from_le_bytes(octets) % (u64::from(most) + 1);
        u32::try_from(drawn).unwrap_or(most)
    }
}

/// Whether it is about SIP and leads to SRV records, as RFC 3263 §4.1 has it; other services of the domain are none of
/// ours.
fn is_of_sip(naptr: &Naptr) -> bool {
    let service = naptr.services.to_ascii_uppercase();
    naptr.flags.eq_ignore_ascii_case("s")
        && naptr.regexp.is_empty()
        && (service.starts_with("SIP+D2") || service.starts_with("SIPS+D2"))
}

fn label(transport: Transport, name: &str) -> String {
    let spoken = SPOKEN.iter().find(|(one, ..)| *one == transport);
    format!("{}.{name}", spoken.map_or("_sip._udp", |(.., label)| label))
}
