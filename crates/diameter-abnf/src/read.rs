//! From the text of a dictionary to a [`Dictionary`] whose names all resolve.

use std::collections::HashSet;

use thiserror::Error;

use crate::dictionary::{Avp, Command, DataType, Dictionary, Enumeration, Group, Member, Vendor};
use crate::notation::{self, CommandText, GroupText, MemberText, Section};

/// How deep grammars may nest; what is generated needs no other bound on recursion.
pub const MAX_GROUP_DEPTH: usize = 8;

/// An unreadable dictionary: where, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ReadError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, or what was expected there.
    pub problem: String,
}

struct Problem<'a> {
    at: &'a str,
    what: String,
}

fn problem<T>(at: &str, what: impl Into<String>) -> Result<T, Problem<'_>> {
    Err(Problem {
        at,
        what: what.into(),
    })
}

impl Dictionary {
    /// Reads a dictionary file. `known` holds the dictionaries that it may import.
    ///
    /// # Errors
    /// The first place that cannot be read or that contradicts the rest.
    pub fn read(text: &str, known: &[Dictionary]) -> Result<Dictionary, ReadError> {
        let read = || {
            let sections = notation::file(text).map_err(|unexpected| Problem {
                at: unexpected.at,
                what: found(unexpected.at, unexpected.expected),
            })?;
            Reader::new(known).read(&sections)
        };
        read().map_err(|problem| {
            let before = before(text, problem.at);
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            ReadError {
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                problem: problem.what,
            }
        })
    }

    /// The definition of an AVP here or in an imported dictionary out of `known`.
    pub fn avp<'d>(&'d self, name: &str, known: &'d [Dictionary]) -> Option<&'d Avp> {
        self.with_imports(known)
            .find_map(|d| d.avps.iter().find(|avp| avp.name == name))
    }

    /// This dictionary and then those that it imports out of `known`.
    pub fn with_imports<'d>(
        &'d self,
        known: &'d [Dictionary],
    ) -> impl Iterator<Item = &'d Dictionary> {
        let imported = known.iter().filter(|d| self.imports.contains(&d.name));
        std::iter::once(self).chain(imported)
    }
}

/// What of `text` stands before its part `at`; all of it, where `at` is no part.
fn before<'a>(text: &'a str, at: &str) -> &'a str {
    let offset = (at.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    offset.and_then(|offset| text.get(..offset)).unwrap_or(text)
}

fn found(at: &str, expected: &str) -> String {
    match at.split_whitespace().next() {
        Some(word) => format!("expected {expected}, found `{word}`"),
        None => format!("expected {expected}, found the end of the file"),
    }
}

struct Reader<'a> {
    known: &'a [Dictionary],
    dictionary: Dictionary,
    named: HashSet<&'a str>,
    numbered: HashSet<(Option<u32>, u32)>,
}

impl<'a> Reader<'a> {
    fn new(known: &'a [Dictionary]) -> Self {
        let dictionary = Dictionary {
            name: String::new(),
            application: 0,
            application_vendor: None,
            source: String::new(),
            imports: Vec::new(),
            vendors: Vec::new(),
            avps: Vec::new(),
            enumerations: Vec::new(),
            commands: Vec::new(),
            groups: Vec::new(),
        };
        Reader {
            known,
            dictionary,
            named: HashSet::new(),
            numbered: HashSet::new(),
        }
    }

    fn read(mut self, sections: &[Section<'a>]) -> Result<Dictionary, Problem<'a>> {
        self.declarations(sections)?;
        for section in sections {
            match section {
                Section::Enumeration { avp, kind, values } => {
                    self.enumeration(avp, *kind, values)?
                }
                Section::Commands(commands) => {
                    for command in commands {
                        let command = self.command(command)?;
                        self.dictionary.commands.push(command);
                    }
                }
                Section::Groups(groups) => {
                    for group in groups {
                        let group = self.group(group)?;
                        self.dictionary.groups.push(group);
                    }
                }
                _ => {}
            }
        }
        self.every_avp_is_complete(sections)?;
        for section in sections {
            if let Section::Groups(groups) = section {
                for group in groups {
                    self.depth(group.name, group.name, 1)?;
                }
            }
        }
        Ok(self.dictionary)
    }

    /// Names first: commands and groups may use AVPs that stand further down.
    fn declarations(&mut self, sections: &[Section<'a>]) -> Result<(), Problem<'a>> {
        for section in sections {
            match section {
                Section::Import(name) => match self.known.iter().any(|d| d.name == **name) {
                    true => self.dictionary.imports.push((*name).to_owned()),
                    false => return problem(name, format!("no dictionary `{name}` to import")),
                },
                Section::Vendor(name, id) => {
                    self.dictionary.vendors.push(Vendor {
                        name: (*name).to_owned(),
                        id: *id,
                    });
                }
                Section::Source(text) => self.dictionary.source = (*text).to_owned(),
                _ => {}
            }
        }
        for section in sections {
            match section {
                Section::Application { name, id, vendor } => {
                    self.dictionary.name = (*name).to_owned();
                    self.dictionary.application = *id;
                    self.dictionary.application_vendor = vendor
                        .map(|vendor| self.vendor(vendor))
                        .transpose()?
                        .flatten();
                }
                Section::Avps(lines) => {
                    for line in lines {
                        let vendor = self.vendor(line.vendor)?;
                        if line.name == "AVP" || !self.named.insert(line.name) {
                            return problem(
                                line.name,
                                format!("AVP `{}` is defined twice", line.name),
                            );
                        }
                        if !self.numbered.insert((vendor, line.code)) {
                            return problem(line.name, format!("AVP Code {} is taken", line.code));
                        }
                        self.dictionary.avps.push(Avp {
                            name: line.name.to_owned(),
                            code: line.code,
                            data: line.data,
                            m_bit: line.m_bit,
                            vendor,
                        });
                    }
                }
                _ => {}
            }
        }
        match (self.dictionary.name.is_empty(), sections.first()) {
            (true, _) => problem("", "expected an @application section"),
            (false, _) => Ok(()),
        }
    }

    fn vendor(&self, name: &'a str) -> Result<Option<u32>, Problem<'a>> {
        if name == "-" {
            return Ok(None);
        }
        let all = self.dictionary.with_imports(self.known);
        match all
            .flat_map(|d| &d.vendors)
            .find(|vendor| vendor.name == name)
        {
            Some(vendor) => Ok(Some(vendor.id)),
            None => problem(name, format!("no @vendor line for `{name}`")),
        }
    }

    fn avp(&self, name: &'a str) -> Result<&Avp, Problem<'a>> {
        match self.dictionary.avp(name, self.known) {
            Some(avp) => Ok(avp),
            None => problem(
                name,
                format!("no AVP `{name}` in this dictionary or its imports"),
            ),
        }
    }

    fn enumeration(
        &mut self,
        avp: &'a str,
        kind: crate::dictionary::EnumerationKind,
        values: &[(&'a str, u32)],
    ) -> Result<(), Problem<'a>> {
        match self.avp(avp)?.data {
            DataType::Enumerated | DataType::Unsigned32 => {}
            _ => return problem(avp, format!("`{avp}` is neither Enumerated nor Unsigned32")),
        }
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        for (name, number) in values {
            if !names.insert(name) || !numbers.insert(number) {
                return problem(name, format!("`{name}` or its number is given twice"));
            }
            if kind == crate::dictionary::EnumerationKind::Bits && *number > 31 {
                return problem(name, "a bit is 0 to 31");
            }
        }
        self.dictionary.enumerations.push(Enumeration {
            avp: avp.to_owned(),
            kind,
            values: values
                .iter()
                .map(|(name, number)| ((*name).to_owned(), *number))
                .collect(),
        });
        Ok(())
    }

    fn command(&self, text: &CommandText<'a>) -> Result<Command, Problem<'a>> {
        let has = |flag| text.flags.contains(&flag);
        match text.application {
            Some(id) if id != self.dictionary.application => {
                return problem(
                    text.name,
                    format!("Application-Id {id} is not that of this file"),
                );
            }
            _ => {}
        }
        let kind = if has("REQ") { "-Request" } else { "-Answer" };
        if text.code.is_some() && !text.name.ends_with(kind) {
            return problem(
                text.name,
                format!("the name does not end in {kind}, as its flags say"),
            );
        }
        if self
            .dictionary
            .commands
            .iter()
            .any(|command| command.name == text.name)
        {
            return problem(
                text.name,
                format!("command `{}` is defined twice", text.name),
            );
        }
        Ok(Command {
            name: text.name.to_owned(),
            code: text.code,
            request: has("REQ"),
            proxiable: has("PXY"),
            error: has("ERR"),
            members: self.members(&text.members)?,
        })
    }

    fn group(&self, text: &GroupText<'a>) -> Result<Group, Problem<'a>> {
        let avp = self.avp(text.name)?;
        if avp.data != DataType::Grouped {
            return problem(
                text.name,
                format!("`{}` is not Grouped in the AVP table", text.name),
            );
        }
        if avp.code != text.code || avp.vendor != text.vendor {
            return problem(text.name, "code or vendor differ from the AVP table");
        }
        if self
            .dictionary
            .groups
            .iter()
            .any(|group| group.name == text.name)
        {
            return problem(text.name, format!("group `{}` is defined twice", text.name));
        }
        Ok(Group {
            name: text.name.to_owned(),
            members: self.members(&text.members)?,
        })
    }

    fn members(&self, texts: &[MemberText<'a>]) -> Result<Vec<Member>, Problem<'a>> {
        let mut seen = HashSet::new();
        let mut members = Vec::new();
        for text in texts {
            if text.avp != "AVP" {
                self.avp(text.avp)?;
            }
            if !seen.insert(text.avp) {
                return problem(text.avp, format!("`{}` stands here twice", text.avp));
            }
            // RFC 6733 §3.2: without a number, `*` counts from 0 (from 1 in { }) to infinity.
            let least = u32::from(text.bracket != '[');
            let (min, max) = match text.quantity {
                None => (least, Some(1)),
                Some((min, max)) => (min.unwrap_or(least), max),
            };
            if min > 1 || max.is_some_and(|max| max < min.max(1)) {
                return problem(text.avp, "a minimum is 0 or 1, a maximum not below it");
            }
            if min < least || (text.avp == "AVP" && max.is_some()) {
                return problem(
                    text.avp,
                    "the number and the brackets contradict each other",
                );
            }
            let fixed = text.bracket == '<';
            members.push(Member {
                avp: text.avp.to_owned(),
                min,
                max,
                fixed,
            });
        }
        Ok(members)
    }

    fn every_avp_is_complete(&self, sections: &[Section<'a>]) -> Result<(), Problem<'a>> {
        for section in sections {
            let Section::Avps(lines) = section else {
                continue;
            };
            for line in lines {
                let name = line.name;
                let grouped = self
                    .dictionary
                    .groups
                    .iter()
                    .any(|group| group.name == name);
                let enumerated = self.dictionary.enumerations.iter().any(|e| e.avp == name);
                match line.data {
                    DataType::Grouped if !grouped => {
                        return problem(
                            name,
                            format!("`{name}` is Grouped, but no group says of what"),
                        );
                    }
                    DataType::Enumerated if !enumerated => {
                        return problem(name, format!("`{name}` is Enumerated, but has no @enum"));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn depth(&self, at: &'a str, name: &str, depth: usize) -> Result<(), Problem<'a>> {
        if depth > MAX_GROUP_DEPTH {
            return problem(
                at,
                format!("groups nest deeper than {MAX_GROUP_DEPTH}, or in a circle"),
            );
        }
        let all = self.dictionary.with_imports(self.known);
        let Some(group) = all.flat_map(|d| &d.groups).find(|group| group.name == name) else {
            return Ok(());
        };
        group
            .members
            .iter()
            .try_for_each(|member| self.depth(at, &member.avp, depth + 1))
    }
}
