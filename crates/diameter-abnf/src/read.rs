//! From the text of a dictionary to a [`Dictionary`] whose names all resolve.

use std::collections::{HashMap, HashSet};

use thiserror::Error;

use crate::dictionary::{
    Avp, Command, DataType, Dictionary, Disclosure, Enumeration, Group, Member, Vendor,
};
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
    vendors: HashMap<&'a str, u32>,
    avps: HashMap<&'a str, Resolved>,
    /// Where the AVPs of this dictionary stand in its list.
    here: HashMap<&'a str, usize>,
    /// Who has a code of a vendor, here or in an import.
    numbered: HashMap<(Option<u32>, u32), &'a str>,
    enumerated: HashSet<&'a str>,
    commands: HashSet<&'a str>,
    /// Who has a Command Code as request or as answer.
    command_codes: HashMap<(u32, bool), &'a str>,
    grouped: HashSet<&'a str>,
    /// Groups by their names, the imported ones too.
    groups: HashMap<&'a str, Vec<&'a str>>,
    /// How many levels each group has that was looked into.
    levels: HashMap<&'a str, usize>,
}

/// What is asked of an AVP by its name.
#[derive(Clone, Copy)]
struct Resolved {
    code: u32,
    vendor: Option<u32>,
    data: DataType,
}

impl From<&Avp> for Resolved {
    fn from(avp: &Avp) -> Self {
        Self {
            code: avp.code,
            vendor: avp.vendor,
            data: avp.data,
        }
    }
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
            vendors: HashMap::new(),
            avps: HashMap::new(),
            here: HashMap::new(),
            numbered: HashMap::new(),
            enumerated: HashSet::new(),
            commands: HashSet::new(),
            command_codes: HashMap::new(),
            grouped: HashSet::new(),
            groups: HashMap::new(),
            levels: HashMap::new(),
        }
    }

    fn read(mut self, sections: &[Section<'a>]) -> Result<Dictionary, Problem<'a>> {
        self.declarations(sections)?;
        for section in sections {
            match section {
                Section::Enumeration { avp, kind, values } => {
                    self.enumeration(avp, *kind, values)?
                }
                Section::Secrets(names) => self.secrets(names)?,
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
                    self.levels(group.name, group.name, 0)?;
                }
            }
        }
        Ok(self.dictionary)
    }

    /// Names first: commands and groups may use AVPs that stand further down.
    fn declarations(&mut self, sections: &[Section<'a>]) -> Result<(), Problem<'a>> {
        for section in sections {
            match section {
                Section::Import(name) => match self.known.iter().find(|d| d.name == **name) {
                    Some(_) if self.dictionary.imports.iter().any(|known| known == name) => {
                        return problem(name, format!("`{name}` is imported twice"));
                    }
                    Some(_) => self.dictionary.imports.push((*name).to_owned()),
                    None => return problem(name, format!("no dictionary `{name}` to import")),
                },
                Section::Vendor(name, id) => {
                    if *name == "-" {
                        return problem(name, "`-` stands for no vendor");
                    }
                    if self.vendors.insert(name, *id).is_some() {
                        return problem(name, format!("vendor `{name}` is defined twice"));
                    }
                    self.dictionary.vendors.push(Vendor {
                        name: (*name).to_owned(),
                        id: *id,
                    });
                }
                Section::Source(text) => self.dictionary.source = (*text).to_owned(),
                _ => {}
            }
        }
        self.imported();
        for section in sections {
            match section {
                Section::Application { name, .. } if !self.dictionary.name.is_empty() => {
                    return problem(name, "a second application; it needs a file of its own");
                }
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
                        let resolved = Resolved {
                            code: line.code,
                            vendor,
                            data: line.data,
                        };
                        // `AVP` stands for any. What is defined here goes before what is imported.
                        let at = self.dictionary.avps.len();
                        if line.name == "AVP" || self.here.insert(line.name, at).is_some() {
                            return problem(
                                line.name,
                                format!("AVP `{}` is defined twice", line.name),
                            );
                        }
                        self.avps.insert(line.name, resolved);
                        // What is imported may be said again, by its own name.
                        let before = self.numbered.insert((vendor, line.code), line.name);
                        if let Some(other) = before.filter(|other| *other != line.name) {
                            return problem(
                                line.name,
                                format!("AVP Code {} is taken by `{other}`", line.code),
                            );
                        }
                        self.dictionary.avps.push(Avp {
                            name: line.name.to_owned(),
                            code: line.code,
                            data: line.data,
                            m_bit: line.m_bit,
                            vendor,
                            disclosure: Disclosure::Open,
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

    /// Notes what the imports define; of one name the first counts.
    fn imported(&mut self) {
        for d in self.known {
            if !self.dictionary.imports.contains(&d.name) {
                continue;
            }
            for vendor in &d.vendors {
                self.vendors.entry(&vendor.name).or_insert(vendor.id);
            }
            for avp in &d.avps {
                self.avps.entry(&avp.name).or_insert_with(|| avp.into());
                self.numbered
                    .entry((avp.vendor, avp.code))
                    .or_insert(&avp.name);
            }
            for group in &d.groups {
                let members = || group.members.iter().map(|member| &*member.avp).collect();
                self.groups.entry(&group.name).or_insert_with(members);
            }
        }
    }

    fn vendor(&self, name: &'a str) -> Result<Option<u32>, Problem<'a>> {
        if name == "-" {
            return Ok(None);
        }
        match self.vendors.get(name) {
            Some(id) => Ok(Some(*id)),
            None => problem(name, format!("no @vendor line for `{name}`")),
        }
    }

    fn avp(&self, name: &'a str) -> Result<Resolved, Problem<'a>> {
        match self.avps.get(name) {
            Some(avp) => Ok(*avp),
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
        self.enumerated.insert(avp);
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

    fn secrets(&mut self, names: &[&'a str]) -> Result<(), Problem<'a>> {
        for name in names {
            match self.here.get(name) {
                Some(at) => self.dictionary.avps[*at].disclosure = Disclosure::Secret,
                None => return problem(name, format!("no AVP `{name}` in this dictionary")),
            }
        }
        Ok(())
    }

    fn command(&mut self, text: &CommandText<'a>) -> Result<Command, Problem<'a>> {
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
        if !self.commands.insert(text.name) {
            return problem(
                text.name,
                format!("command `{}` is defined twice", text.name),
            );
        }
        if let Some(code) = text.code
            && let Some(other) = self.command_codes.insert((code, has("REQ")), text.name)
        {
            return problem(
                text.name,
                format!("Command Code {code} is taken by `{other}`"),
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

    fn group(&mut self, text: &GroupText<'a>) -> Result<Group, Problem<'a>> {
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
        if !self.grouped.insert(text.name) {
            return problem(text.name, format!("group `{}` is defined twice", text.name));
        }
        let members = text.members.iter().map(|member| member.avp);
        self.groups.insert(text.name, members.collect());
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
                match line.data {
                    DataType::Grouped if !self.grouped.contains(name) => {
                        return problem(
                            name,
                            format!("`{name}` is Grouped, but no group says of what"),
                        );
                    }
                    DataType::Enumerated if !self.enumerated.contains(name) => {
                        return problem(name, format!("`{name}` is Enumerated, but has no @enum"));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// How many levels the AVP `name` has, which stands below `above` others: 1 where it is no group. Each group is
    /// looked into once.
    fn levels(&mut self, at: &'a str, name: &'a str, above: usize) -> Result<usize, Problem<'a>> {
        let known = match self.groups.get(name) {
            None => Some(1),
            Some(_) => self.levels.get(name).copied(),
        };
        if above + known.unwrap_or(1) > MAX_GROUP_DEPTH {
            return problem(
                at,
                format!("groups nest deeper than {MAX_GROUP_DEPTH}, or in a circle"),
            );
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let mut deepest = 0;
        for member in 0..self.groups[name].len() {
            let member = self.groups[name][member];
            deepest = deepest.max(self.levels(at, member, above + 1)?);
        }
        self.levels.insert(name, deepest + 1);
        Ok(deepest + 1)
    }
}
