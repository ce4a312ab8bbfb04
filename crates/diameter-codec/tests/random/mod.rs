//! Random valid messages, made from the dictionaries themselves: a new command is among them without a line here.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use diameter_abnf::{Avp as Line, Command, DataType, Dictionary, Disclosure, MBit, Member, rust};
use diameter_codec::{Avp, AvpCode, AvpFlags};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::frames;

/// Every dictionary, in the order in which they import each other.
pub(crate) static DICTIONARIES: LazyLock<Vec<Dictionary>> = LazyLock::new(|| {
    diameter_abnf::dictionaries(Path::new(env!("CARGO_MANIFEST_DIR")))
        .expect("the dictionaries can be read")
});

/// Every command with its dictionary.
pub(crate) fn commands() -> impl Iterator<Item = (&'static Dictionary, &'static Command)> {
    DICTIONARIES
        .iter()
        .flat_map(|dictionary| dictionary.commands.iter().map(move |one| (dictionary, one)))
}

fn line(name: &str) -> &'static Line {
    let mut lines = DICTIONARIES.iter().flat_map(|dictionary| &dictionary.avps);
    lines
        .find(|line| line.name == name)
        .unwrap_or_else(|| panic!("no AVP {name}"))
}

/// The members of a group.
pub(crate) fn members_of(name: &str) -> &'static [Member] {
    let mut groups = DICTIONARIES
        .iter()
        .flat_map(|dictionary| &dictionary.groups);
    &groups
        .find(|group| group.name == name)
        .unwrap_or_else(|| panic!("no group {name}"))
        .members
}

/// Whether the values of an AVP have a type of their own.
fn has_values(name: &str) -> bool {
    DICTIONARIES.iter().any(|dictionary| {
        dictionary.avps.iter().any(|line| line.name == name)
            && dictionary.enumerations.iter().any(|one| one.avp == name)
    })
}

/// AVP Codes from here on are in no dictionary.
pub(crate) const UNKNOWN: u32 = 1_000_000;

/// What a command or a group holds: for each member of its grammar the AVPs that are there.
pub(crate) type Content = Vec<Vec<Node>>;

/// One AVP.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The name by the dictionary; none for one that no dictionary has.
    pub(crate) name: Option<&'static str>,
    code: u32,
    vendor: u32,
    flags: u8,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Octets(Vec<u8>),
    Text(String),
    Number32(u32),
    Number64(u64),
    Address(Vec<u8>),
    Group(Content),
}

impl Node {
    fn data(&self) -> Vec<u8> {
        match &self.value {
            Value::Octets(octets) | Value::Address(octets) => octets.clone(),
            Value::Text(text) => text.as_bytes().to_vec(),
            Value::Number32(number) => number.to_be_bytes().to_vec(),
            Value::Number64(number) => number.to_be_bytes().to_vec(),
            Value::Group(content) => octets(content),
        }
    }

    /// Whether it is a member, or of no dictionary; Failed-AVP holds what it likes.
    pub(crate) fn is_at_home(&self) -> bool {
        match self.name {
            Some(name) => name != "Failed-AVP",
            None => self.code >= UNKNOWN,
        }
    }

    /// As it stands in a message, with its padding.
    pub(crate) fn octets(&self) -> Vec<u8> {
        frames::avp(self.code, self.flags, self.vendor, &self.data())
    }
}

/// The AVPs in the order of the grammar.
pub(crate) fn octets(content: &Content) -> Vec<u8> {
    content.iter().flatten().flat_map(Node::octets).collect()
}

/// A whole message.
pub(crate) fn frame(command: &Command, application: u32, flags: u8, content: &Content) -> Vec<u8> {
    let code = command.code.unwrap_or(0x00ff_fffe);
    frames::frame(flags, code, application, &[octets(content)])
}

/// Header flags that the command may have: its own, T on requests, reserved ones.
pub(crate) fn header_flags(command: &Command) -> BoxedStrategy<u8> {
    let own = u8::from(command.request) << 7
        | u8::from(command.proxiable) << 6
        | u8::from(command.error) << 5;
    let free = match command.request {
        true => 0x1f,
        false => 0x0f,
    };
    any::<u8>().prop_map(move |more| own | more & free).boxed()
}

/// Random valid content of a grammar.
pub(crate) fn content(members: &'static [Member]) -> BoxedStrategy<Content> {
    let each: Vec<_> = members
        .iter()
        .map(|member| {
            let most = member.max.unwrap_or(member.min.max(1) + 1) as usize;
            let one = match member.is_any() {
                true => other(members, member.min > 0),
                false => node(line(&member.avp)),
            };
            vec(one, member.min as usize..=most).boxed()
        })
        .collect();
    each.boxed()
}

/// An AVP by its line of the table.
pub(crate) fn node(line: &'static Line) -> BoxedStrategy<Node> {
    let vendor = line.vendor.unwrap_or(0);
    let v = u8::from(line.vendor.is_some()) << 7;
    // Only groups have an M bit of their own.
    let m = match (line.m_bit, line.data) {
        (MBit::Must, _) => Just(0x40).boxed(),
        (MBit::May, DataType::Grouped) => prop_oneof![Just(0), Just(0x40)].boxed(),
        (MBit::May | MBit::Clear, _) => Just(0).boxed(),
    };
    (m, value(line))
        .prop_map(move |(m, value)| Node {
            name: Some(&line.name),
            code: line.code,
            vendor,
            flags: v | m,
            value,
        })
        .boxed()
}

/// An AVP that the grammar does not name: of no dictionary; where nothing is checked also a known one, with any data.
fn other(members: &'static [Member], unchecked: bool) -> BoxedStrategy<Node> {
    let named: Vec<(u32, u32)> = members
        .iter()
        .filter(|member| !member.is_any())
        .map(|member| line(&member.avp))
        .map(|line| (line.vendor.unwrap_or(0), line.code))
        .collect();
    // Those of the base protocol are known to every application.
    let known: Vec<&'static Line> = DICTIONARIES[0]
        .avps
        .iter()
        .filter(|line| !named.contains(&(line.vendor.unwrap_or(0), line.code)))
        .collect();
    let data = || vec(any::<u8>(), 0..20);
    let unknown = (UNKNOWN..2 * UNKNOWN, 0_u32..20_000, data(), any::<u8>()).prop_map(
        move |(code, vendor, data, bits)| Node {
            name: None,
            code,
            vendor,
            // Reserved bits and P are carried; M only where nobody looks.
            flags: u8::from(vendor != 0) << 7 | bits & if unchecked { 0x7f } else { 0x3f },
            value: Value::Octets(data),
        },
    );
    let known =
        (proptest::sample::select(known), data(), any::<bool>()).prop_map(|(line, data, m)| Node {
            name: None,
            code: line.code,
            vendor: line.vendor.unwrap_or(0),
            flags: u8::from(line.vendor.is_some()) << 7 | u8::from(m) << 6,
            value: Value::Octets(data),
        });
    prop_oneof![unknown, known].boxed()
}

fn value(line: &'static Line) -> BoxedStrategy<Value> {
    match line.data {
        DataType::OctetString => vec(any::<u8>(), 0..40).prop_map(Value::Octets).boxed(),
        DataType::Utf8String => "\\PC{0,30}".prop_map(Value::Text).boxed(),
        DataType::DiameterIdentity => "[!-~]{1,40}".prop_map(Value::Text).boxed(),
        DataType::DiameterUri => "aaas?://[a-z0-9.-]{1,20}(:[0-9]{1,4})?(;transport=(tcp|sctp))?"
            .prop_map(Value::Text)
            .boxed(),
        DataType::Integer32
        | DataType::Unsigned32
        | DataType::Float32
        | DataType::Time
        | DataType::Enumerated => prop_oneof![0_u32..8, any::<u32>()]
            .prop_map(Value::Number32)
            .boxed(),
        DataType::Integer64 | DataType::Unsigned64 | DataType::Float64 => {
            any::<u64>().prop_map(Value::Number64).boxed()
        }
        DataType::Address => address().prop_map(Value::Address).boxed(),
        DataType::Grouped => content(members_of(&line.name))
            .prop_map(Value::Group)
            .boxed(),
    }
}

/// IPv4, IPv6 and families that we do not know (RFC 6733 §4.3.1).
fn address() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(|ip| [&[0, 1][..], &ip].concat()),
        any::<[u8; 16]>().prop_map(|ip| [&[0, 2][..], &ip].concat()),
        (3_u16.., vec(any::<u8>(), 0..20)).prop_map(|(family, octets)| [
            &family.to_be_bytes()[..],
            &octets
        ]
        .concat()),
    ]
}

/// `{:?}` of the Rust value that stands for the content, made without the decoder.
pub(crate) struct Shown<'a> {
    pub(crate) name: &'a str,
    pub(crate) members: &'static [Member],
    pub(crate) content: &'a Content,
    /// The M bit, where it is the sender's choice.
    pub(crate) m_bit: Option<bool>,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(&rust::type_name(self.name));
        let pairs = || self.members.iter().zip(self.content);
        for (member, nodes) in pairs().filter(|(member, _)| !member.is_any()) {
            let field = rust::field(&member.avp);
            match (member.min, member.max) {
                (1, Some(1)) => shown.field(&field, &ShownValue(&nodes[0])),
                (_, Some(1)) => shown.field(&field, &nodes.first().map(ShownValue)),
                _ => shown.field(&field, &nodes.iter().map(ShownValue).collect::<Vec<_>>()),
            };
        }
        for (_, nodes) in pairs().filter(|(member, _)| member.is_any()) {
            let data: Vec<_> = nodes.iter().map(Node::data).collect();
            let avps: Vec<_> = nodes
                .iter()
                .zip(&data)
                .map(|(node, data)| Avp {
                    code: AvpCode::new(node.vendor, node.code),
                    flags: AvpFlags(node.flags),
                    data,
                })
                .collect();
            shown.field("extra", &avps);
        }
        if let Some(set) = self.m_bit {
            let m_bit = match set {
                true => diameter_codec::MBit::Set,
                false => diameter_codec::MBit::Clear,
            };
            shown.field("m_bit", &m_bit);
        }
        shown.finish()
    }
}

struct ShownValue<'a>(&'a Node);

impl fmt::Debug for ShownValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.name.expect("a member has a name");
        let line = line(name);
        match (&self.0.value, line.data) {
            _ if line.disclosure == Disclosure::Secret => f.write_str("(secret)"),
            (Value::Group(content), _) => Shown {
                name,
                members: members_of(name),
                content,
                m_bit: (line.m_bit == MBit::May).then_some(self.0.flags & 0x40 != 0),
            }
            .fmt(f),
            (Value::Octets(octets), _) => octets.fmt(f),
            (Value::Text(text), _) => text.fmt(f),
            (Value::Number32(number), _) if has_values(name) => {
                f.debug_tuple(&rust::type_name(name)).field(number).finish()
            }
            (Value::Number32(number), DataType::Time) => {
                f.debug_tuple("Time").field(number).finish()
            }
            (Value::Number32(number), DataType::Integer32) => (*number as i32).fmt(f),
            (Value::Number32(number), DataType::Float32) => f32::from_bits(*number).fmt(f),
            (Value::Number32(number), _) => number.fmt(f),
            (Value::Number64(number), DataType::Integer64) => (*number as i64).fmt(f),
            (Value::Number64(number), DataType::Float64) => f64::from_bits(*number).fmt(f),
            (Value::Number64(number), _) => number.fmt(f),
            (Value::Address(octets), _) => match (&octets[..2], &octets[2..]) {
                ([0, 1], ip) => {
                    let ip: [u8; 4] = ip.try_into().expect("four octets");
                    f.debug_tuple("Ip")
                        .field(&std::net::IpAddr::from(ip))
                        .finish()
                }
                ([0, 2], ip) => {
                    let ip: [u8; 16] = ip.try_into().expect("sixteen octets");
                    f.debug_tuple("Ip")
                        .field(&std::net::IpAddr::from(ip))
                        .finish()
                }
                (family, octets) => f
                    .debug_struct("Other")
                    .field("family", &u16::from_be_bytes([family[0], family[1]]))
                    .field("octets", &octets)
                    .finish(),
            },
        }
    }
}
