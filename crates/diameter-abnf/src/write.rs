//! From a [`Dictionary`] to the text of a file.

use std::fmt::{self, Write as _};

use crate::dictionary::{
    Avp, Command, DataType, Dictionary, Disclosure, EnumerationKind, MBit, Member,
};

impl Dictionary {
    /// The dictionary as a file, in one order; [`Dictionary::read`] makes the same of it. `known` holds the dictionaries
    /// that it imports.
    #[must_use]
    pub fn notation(&self, known: &[Dictionary]) -> String {
        Text {
            dictionary: self,
            known,
        }
        .to_string()
    }
}

struct Text<'d> {
    dictionary: &'d Dictionary,
    known: &'d [Dictionary],
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.dictionary;
        write!(f, "@application {} {}", d.name, d.application)?;
        match d.application_vendor {
            Some(vendor) => writeln!(f, " {}", self.vendor(vendor))?,
            None => f.write_char('\n')?,
        }
        if !d.source.is_empty() {
            writeln!(f, "@source {}", d.source)?;
        }
        for import in &d.imports {
            writeln!(f, "@import {import}")?;
        }
        for vendor in &d.vendors {
            writeln!(f, "@vendor {} {}", vendor.name, vendor.id)?;
        }
        f.write_str("\n@avps\n")?;
        for avp in &d.avps {
            self.avp(f, avp)?;
        }
        for enumeration in &d.enumerations {
            let keyword = match enumeration.kind {
                EnumerationKind::Values => "@enum",
                EnumerationKind::Bits => "@flags",
            };
            writeln!(f, "\n{keyword} {}", enumeration.avp)?;
            for (name, number) in &enumeration.values {
                writeln!(f, "{name} {number}")?;
            }
        }
        f.write_str("\n@secret\n")?;
        let secret = |avp: &&Avp| avp.disclosure == Disclosure::Secret;
        for avp in d.avps.iter().filter(secret) {
            writeln!(f, "{}", avp.name)?;
        }
        f.write_str("\n@groups\n")?;
        for group in &d.groups {
            // The reader made sure that there is one.
            let Some(avp) = d.avp(&group.name, self.known) else {
                continue;
            };
            write!(f, "{} ::= < AVP Header: {}", group.name, avp.code)?;
            if let Some(vendor) = avp.vendor {
                write!(f, " {vendor}")?;
            }
            f.write_str(" >\n")?;
            members(f, &group.members)?;
        }
        f.write_str("\n@commands\n")?;
        d.commands.iter().try_for_each(|it| command(f, it))
    }
}

impl Text<'_> {
    fn avp(&self, f: &mut fmt::Formatter<'_>, avp: &Avp) -> fmt::Result {
        let data = DataType::ALL.iter().find(|(_, data)| *data == avp.data);
        let m_bit = MBit::ALL.iter().find(|(_, m_bit)| *m_bit == avp.m_bit);
        let data = data.map_or("", |(name, _)| *name);
        let m_bit = m_bit.map_or("", |(name, _)| *name);
        let vendor = avp.vendor.map_or("-", |id| self.vendor(id));
        writeln!(f, "{} {} {data} {m_bit} {vendor}", avp.name, avp.code)
    }

    /// A name that stands for `id`: of vendors with one name the first counts.
    fn vendor(&self, id: u32) -> &str {
        let all = || self.dictionary.with_imports(self.known);
        let first = |name: &str| {
            all()
                .flat_map(|d| &d.vendors)
                .find(|vendor| vendor.name == name)
        };
        let mut of_id = all()
            .flat_map(|d| &d.vendors)
            .filter(|vendor| vendor.id == id);
        let found = of_id.find(|vendor| first(&vendor.name).is_some_and(|first| first.id == id));
        found.map_or("-", |vendor| &vendor.name)
    }
}

fn command(f: &mut fmt::Formatter<'_>, command: &Command) -> fmt::Result {
    write!(f, "<{}> ::= < Diameter Header: ", command.name)?;
    match command.code {
        Some(code) => write!(f, "{code}")?,
        None => f.write_str("code")?,
    }
    for (flag, set) in [
        (", REQ", command.request),
        (", PXY", command.proxiable),
        (", ERR", command.error),
    ] {
        if set {
            f.write_str(flag)?;
        }
    }
    f.write_str(" >\n")?;
    members(f, &command.members)
}

fn members(f: &mut fmt::Formatter<'_>, members: &[Member]) -> fmt::Result {
    members
        .iter()
        .try_for_each(|member| writeln!(f, "    {}", member.notation()))
}
