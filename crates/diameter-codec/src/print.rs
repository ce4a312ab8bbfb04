//! Messages as text, one AVP a line, for pictures and logs: `Display`, and `Debug` of whatever holds AVPs. Keys and digests
//! are not shown.

use std::fmt;

use crate::address::Address;
use crate::avp::{Avp, Avps};
use crate::dictionary::{self, AvpDefinition, DataType, Disclosure};
use crate::error::DecodeError;
use crate::message::Message;
use crate::value::AvpValue;

/// How deep groups are printed; deeper ones are shown by their length.
pub const MAX_PRINTED_DEPTH: usize = 8;

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header();
        match header.name() {
            Some(name) => write!(f, "{} ({})", name.long, name.short)?,
            None => write!(f, "command {} of {}", header.command.0, header.application)?,
        }
        if header.is_error() {
            f.write_str(", error")?;
        }
        writeln!(f, ", {} octets", header.length)?;
        tree(f, self.avps(), 1)
    }
}

/// `Name: value`, a group on several lines.
impl fmt::Display for Avp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, self, 0)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `[40] Name: value`, with the flags.
impl fmt::Debug for Avp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:02x}] {self}", self.flags.0)
    }
}

impl fmt::Debug for Avps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// As it is told, and what Failed-AVP shows.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match self.failed_avp() {
            Some(failed) => write!(f, ", Failed-AVP {:?}", Avps::new(failed)),
            None => Ok(()),
        }
    }
}

/// What stands for a secret in `Debug`.
#[derive(Clone, Copy)]
pub(crate) struct Concealed;

impl fmt::Debug for Concealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

fn tree(f: &mut fmt::Formatter<'_>, avps: Avps<'_>, depth: usize) -> fmt::Result {
    let mut avps = avps;
    for avp in avps.by_ref() {
        write!(f, "{:1$}", "", 2 * depth)?;
        line(f, &avp, depth)?;
        f.write_str("\n")?;
    }
    match avps.rest().len() {
        0 => Ok(()),
        octets => writeln!(f, "{:1$}({octets} octets that are no AVP)", "", 2 * depth),
    }
}

fn line(f: &mut fmt::Formatter<'_>, avp: &Avp<'_>, depth: usize) -> fmt::Result {
    defined_line(f, avp, dictionary::definition(avp.code), depth)
}

fn defined_line(
    f: &mut fmt::Formatter<'_>,
    avp: &Avp<'_>,
    definition: Option<&AvpDefinition>,
    depth: usize,
) -> fmt::Result {
    write!(f, "{}:", avp.code)?;
    // Of a secret group nothing is shown, whatever it holds.
    if definition.is_some_and(|definition| definition.disclosure == Disclosure::Secret) {
        return write!(f, " ({} octets, secret)", avp.data.len());
    }
    if definition.is_some_and(|definition| definition.data == DataType::Grouped) {
        // Without its AVPs nobody knows which octets of a group are secret.
        if depth >= MAX_PRINTED_DEPTH {
            return write!(f, " ({} octets)", avp.data.len());
        }
        let text = Group(avp.group(), depth + 1).to_string();
        return match text.trim_end() {
            "" => Ok(()),
            text => write!(f, "\n{text}"),
        };
    }
    f.write_str(" ")?;
    let Some(definition) = definition else {
        return octets(f, avp.data);
    };
    match definition.data {
        DataType::Unsigned32 | DataType::Enumerated | DataType::Time | DataType::Integer32 => {
            match avp.unsigned32() {
                Some(value) => match dictionary::value_name(avp.code, value) {
                    Some(name) => write!(f, "{name} ({value})"),
                    None => write!(f, "{value}"),
                },
                None => octets(f, avp.data),
            }
        }
        DataType::Unsigned64 | DataType::Integer64 => match u64::read(avp) {
            Ok(value) => write!(f, "{value}"),
            Err(_) => octets(f, avp.data),
        },
        DataType::Address => match Address::read(avp) {
            Ok(Address::Ip(ip)) => write!(f, "{ip}"),
            _ => octets(f, avp.data),
        },
        _ => octets(f, avp.data),
    }
}

struct Group<'a>(Avps<'a>, usize);

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree(f, self.0.clone(), self.1)
    }
}

/// Text where it is printable, else hexadecimal, shortened.
fn octets(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    const SHOWN: usize = 120;
    match std::str::from_utf8(octets) {
        Ok(text) if !text.chars().any(char::is_control) => match text.char_indices().nth(SHOWN) {
            None => write!(f, "{text}"),
            Some((end, _)) => write!(f, "{}… ({} octets)", &text[..end], octets.len()),
        },
        _ => {
            for octet in octets.iter().take(SHOWN / 4) {
                write!(f, "{octet:02x}")?;
            }
            match octets.len() > SHOWN / 4 {
                true => write!(f, "… ({} octets)", octets.len()),
                false => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::cx::{avp, definitions};

    struct Line<'a>(Avp<'a>, AvpDefinition);

    impl fmt::Display for Line<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            defined_line(f, &self.0, Some(&self.1), 0)
        }
    }

    /// No dictionary of ours has one, but a private one may.
    #[test]
    fn a_group_may_be_secret_as_a_whole() {
        let data = b"\0\0\x02\x60\xc0\0\0\x10\0\0\x28\xaftext";
        let item = Avp {
            code: avp::SIP_AUTH_DATA_ITEM,
            data,
            ..Avp::default()
        };
        let open = definitions::SIP_AUTH_DATA_ITEM;
        let secret = AvpDefinition {
            disclosure: Disclosure::Secret,
            ..open
        };
        assert!(Line(item, open).to_string().contains("text"));
        assert_eq!(
            Line(item, secret).to_string(),
            "SIP-Auth-Data-Item: (16 octets, secret)"
        );
    }
}
