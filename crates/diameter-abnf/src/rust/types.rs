//! What an AVP is in Rust, and in which module.

use super::Writer;
use super::names::{constant, module, type_name};
use crate::dictionary::{Avp, DataType, Dictionary, Member};
use crate::read::MAX_GROUP_DEPTH;

impl Writer<'_> {
    pub(super) fn avp(&self, name: &str) -> &Avp {
        self.dictionary
            .avp(name, self.known)
            .expect("the reader resolved every name")
    }

    /// The module of the dictionary that defines an AVP; empty for this one.
    pub(super) fn home(&self, avp: &str) -> String {
        let defines = |d: &&Dictionary| d.avps.iter().any(|known| known.name == avp);
        match self.dictionary.with_imports(self.known).find(defines) {
            Some(home) if home.name != self.dictionary.name => module(&home.name),
            _ => String::new(),
        }
    }

    pub(super) fn path(&self, avp: &str, item: &str) -> String {
        match self.home(avp) {
            home if home.is_empty() => item.to_owned(),
            home => format!("{home}::{item}"),
        }
    }

    pub(super) fn definition(&self, avp: &str) -> String {
        self.path(avp, &format!("definitions::{}", constant(avp)))
    }

    pub(super) fn key(&self, avp: &str) -> String {
        let avp = self.avp(avp);
        format!("({}, {})", avp.vendor.unwrap_or(0), avp.code)
    }

    pub(super) fn field_type(&self, member: &Member) -> String {
        let value = self.value_type(&member.avp);
        match (member.min, member.max) {
            (1, Some(1)) => value,
            (_, Some(1)) => format!("Option<{value}>"),
            _ => format!("Many<'a, {value}>"),
        }
    }

    pub(super) fn value_type(&self, name: &str) -> String {
        let avp = self.avp(name);
        let enumerated = self.dictionary.with_imports(self.known).any(|d| {
            d.avps.iter().any(|own| own.name == name)
                && d.enumerations.iter().any(|e| e.avp == name)
        });
        if enumerated {
            return self.path(name, &type_name(name));
        }
        match avp.data {
            DataType::OctetString => "&'a [u8]".to_owned(),
            DataType::Integer32 => "i32".to_owned(),
            DataType::Integer64 => "i64".to_owned(),
            DataType::Unsigned32 | DataType::Enumerated => "u32".to_owned(),
            DataType::Unsigned64 => "u64".to_owned(),
            DataType::Float32 => "f32".to_owned(),
            DataType::Float64 => "f64".to_owned(),
            DataType::Address => "Address<'a>".to_owned(),
            DataType::Time => "Time".to_owned(),
            DataType::Utf8String | DataType::DiameterIdentity | DataType::DiameterUri => {
                "&'a str".to_owned()
            }
            DataType::Grouped => {
                let life = match self.borrowing.contains(name) {
                    true => "<'a>",
                    false => "",
                };
                self.path(name, &(type_name(name) + life))
            }
        }
    }

    /// `<'a>` where a member is borrowed from the message.
    pub(super) fn lifetime(&self, members: &[Member]) -> &'static str {
        match members.iter().any(|member| self.is_borrowed(member)) {
            true => "<'a>",
            false => "",
        }
    }

    fn is_borrowed(&self, member: &Member) -> bool {
        if member.is_any() || member.max != Some(1) {
            return true;
        }
        match self.avp(&member.avp).data {
            DataType::Grouped => self.borrowing.contains(&*member.avp),
            _ => self.value_type(&member.avp).contains("'a"),
        }
    }

    /// Groups that borrow from the message, each level of nesting after the one inside of it.
    pub(super) fn find_borrowing(&mut self) {
        for _level in 0..MAX_GROUP_DEPTH {
            let all = self.dictionary.with_imports(self.known);
            let found: Vec<_> = all
                .flat_map(|d| &d.groups)
                .filter(|group| group.members.iter().any(|member| self.is_borrowed(member)))
                .map(|group| group.name.as_str())
                .collect();
            self.borrowing.extend(found);
        }
    }
}
