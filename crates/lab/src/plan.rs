//! Which element has which addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use capture::Transport;
use driver::io::Io;
use flow::{Node, Place};

use crate::role::Role;

/// Ports from the base that one lab takes.
pub const PORTS: u16 = 10 * Role::ALL.len() as u16;

/// The base where only 127.0.0.1 can be bound and none was given.
pub const DEFAULT_BASE: u16 = 15_060;

/// The least base: lower ports are not for everyone.
pub const LEAST_BASE: u16 = 1_024;

/// The greatest base that leaves room for [`PORTS`].
pub const GREATEST_BASE: u16 = u16::MAX - PORTS + 1;

/// The example's first address, that of the phone; the others follow it in the order of [`Role::ALL`].
const FIRST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// How the lab is laid over loopback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Each element has an address of its own and the standard ports, as in the examples.
    OwnAddresses,
    /// All share one address; each has ten ports from the base.
    FromBase {
        /// 127.0.0.1, or ::1.
        ip: IpAddr,
        /// The first port.
        base: u16,
    },
}

impl Plan {
    /// All share 127.0.0.1, from `base`.
    #[must_use]
    pub fn from_base(base: u16) -> Plan {
        let ip = Ipv4Addr::LOCALHOST.into();
        Plan::FromBase { ip, base }
    }

    /// All share ::1, from `base`.
    #[must_use]
    pub fn over_ipv6(base: u16) -> Plan {
        let ip = Ipv6Addr::LOCALHOST.into();
        Plan::FromBase { ip, base }
    }

    /// Own addresses where the system has them: Linux has all of 127.0.0.0/8, others only 127.0.0.1.
    pub async fn for_this_host<I: Io>(io: &I) -> Plan {
        match io.bind(SocketAddr::from((FIRST, 0))).await {
            Ok(_) => Plan::OwnAddresses,
            Err(_) => Plan::from_base(DEFAULT_BASE),
        }
    }

    /// The address that an element has in this lab for one that it has in the examples; none for an address that is
    /// no element's.
    #[must_use]
    pub fn place(self, example: SocketAddr) -> Option<SocketAddr> {
        let role = Role::ALL
            .into_iter()
            .find(|&role| own_address(role) == example.ip())?;
        match self {
            Plan::OwnAddresses => Some(example),
            Plan::FromBase { ip, base } => {
                let service = match example.port() {
                    5060 => 0,
                    3868 => 1,
                    8080 => 2,
                    5070 => 3,
                    _ => return None,
                };
                let port = base + 10 * role.index() as u16 + service;
                Some(SocketAddr::new(ip, port))
            }
        }
    }

    /// The same for an address without a port.
    #[must_use]
    pub fn host(self, example: IpAddr) -> Option<IpAddr> {
        Role::ALL
            .into_iter()
            .find(|&role| own_address(role) == example)?;
        match self {
            Plan::OwnAddresses => Some(example),
            Plan::FromBase { ip, .. } => Some(ip),
        }
    }

    /// Where an element speaks SIP.
    #[must_use]
    pub fn sip(self, role: Role) -> SocketAddr {
        self.port_of(role, 5060)
    }

    /// Where the P-CSCF speaks SIP with the core.
    #[must_use]
    pub fn core(self) -> SocketAddr {
        self.port_of(Role::Pcscf, 5070)
    }

    /// Where an element takes Diameter connections, if it does.
    #[must_use]
    pub fn diameter(self, role: Role) -> SocketAddr {
        self.port_of(role, 3868)
    }

    /// Where an element shows its state.
    #[must_use]
    pub fn admin(self, role: Role) -> SocketAddr {
        self.port_of(role, 8080)
    }

    fn port_of(self, role: Role, port: u16) -> SocketAddr {
        self.place(SocketAddr::new(own_address(role), port))
            .expect("an element's address in the examples")
    }

    /// Every address that the elements of this lab listen at.
    #[must_use]
    pub fn listens(self) -> Vec<(Transport, SocketAddr)> {
        let mut listens = Vec::new();
        for role in Role::ALL {
            match role {
                Role::Hss => listens.push((Transport::Tcp, self.diameter(role))),
                Role::Ue | Role::Pcscf | Role::Icscf | Role::Scscf => {
                    listens.extend(over_both(self.sip(role)));
                }
            }
            listens.push((Transport::Tcp, self.admin(role)));
        }
        listens.extend(over_both(self.core()));
        listens
    }

    /// A base for another lab beside this one.
    #[must_use]
    pub fn other_base(self) -> u16 {
        match self {
            Plan::OwnAddresses => 21_000,
            Plan::FromBase { base, .. } if base > GREATEST_BASE - 1_000 => base - 1_000,
            Plan::FromBase { base, .. } => base + 1_000,
        }
    }

    /// The columns of the ladder.
    #[must_use]
    pub fn nodes(self) -> Vec<Node> {
        let places = |role| match self {
            Plan::OwnAddresses => vec![Place::Host(own_address(role))],
            Plan::FromBase { .. } => [5060, 3868, 5070]
                .map(|port| Place::Port(self.port_of(role, port)))
                .to_vec(),
        };
        Role::ALL
            .map(|role| Node {
                name: role.name().to_owned(),
                places: places(role),
            })
            .to_vec()
    }
}

/// SIP is spoken over both (RFC 3261 §18).
fn over_both(sip: SocketAddr) -> [(Transport, SocketAddr); 2] {
    [(Transport::Udp, sip), (Transport::Tcp, sip)]
}

/// An element's address in the examples.
fn own_address(role: Role) -> IpAddr {
    let [a, b, c, d] = FIRST.octets();
    IpAddr::from([a, b, c, d + role.index() as u8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("a test address")
    }

    #[test]
    fn own_addresses_are_those_of_the_examples() {
        assert_eq!(Plan::OwnAddresses.sip(Role::Ue), address("127.0.0.2:5060"));
        assert_eq!(
            Plan::OwnAddresses.admin(Role::Hss),
            address("127.0.0.6:8080")
        );
    }

    #[test]
    fn from_a_base_no_two_share_a_port() {
        let plan = Plan::from_base(20_000);
        let mut taken = Vec::new();
        for role in Role::ALL {
            for port in [5060, 3868, 8080, 5070] {
                let placed = plan.port_of(role, port);
                assert!((20_000..20_000 + PORTS).contains(&placed.port()));
                assert!(!taken.contains(&placed), "{placed}");
                taken.push(placed);
            }
        }
        assert_eq!(
            plan.place(address("127.0.0.6:3868")),
            Some(address("127.0.0.1:20041"))
        );
        assert_eq!(
            Plan::over_ipv6(20_000).place(address("127.0.0.6:3868")),
            Some(address("[::1]:20041"))
        );
    }

    #[test]
    fn sip_ports_are_looked_at_over_both_transports() {
        let listens = Plan::OwnAddresses.listens();
        for sip in ["127.0.0.2:5060", "127.0.0.3:5070", "127.0.0.5:5060"] {
            for transport in [Transport::Udp, Transport::Tcp] {
                assert!(
                    listens.contains(&(transport, address(sip))),
                    "{transport:?} {sip}"
                );
            }
        }
    }

    #[test]
    fn another_base_is_a_base_and_far_enough() {
        for base in [LEAST_BASE, 21_000, GREATEST_BASE] {
            let other = Plan::from_base(base).other_base();
            assert!((LEAST_BASE..=GREATEST_BASE).contains(&other));
            assert!(other.abs_diff(base) >= PORTS);
        }
    }

    #[test]
    fn what_is_nobodys_stays() {
        for plan in [Plan::OwnAddresses, Plan::from_base(20_000)] {
            assert_eq!(plan.place(address("192.0.2.1:5060")), None);
            assert_eq!(plan.place(address("127.0.0.1:5060")), None);
            assert_eq!(plan.host(address("127.0.0.1:0").ip()), None);
        }
    }
}
