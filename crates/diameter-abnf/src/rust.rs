//! Rust made from a dictionary: one module with constants, enumerations, groups and commands.
//!
//! What is made stands on the traits of `diameter-codec`. It is not formatted; `rustfmt` does that.

use std::fmt::Write as _;

use crate::dictionary::{
    Avp, Command, DataType, Dictionary, Enumeration, EnumerationKind, MBit, Member,
};
use crate::rust_names::{abbreviation, constant, field, module, type_name};

/// The source of the module for `dictionary`, whose imports are found in `known`.
#[must_use]
pub fn source(dictionary: &Dictionary, known: &[Dictionary]) -> String {
    let mut out = String::new();
    Writer {
        dictionary,
        known,
        out: &mut out,
    }
    .module();
    out
}

struct Writer<'d> {
    dictionary: &'d Dictionary,
    known: &'d [Dictionary],
    out: &'d mut String,
}

/// `writeln!` to a `String` cannot fail.
macro_rules! line {
    ($writer:expr, $($text:tt)*) => {{ let _ = writeln!($writer.out, $($text)*); }};
}

impl Writer<'_> {
    fn module(&mut self) {
        let d = self.dictionary;
        line!(
            self,
            "//! {}, application {}: {}.",
            d.name,
            d.application,
            d.source
        );
        line!(self, "//!");
        line!(
            self,
            "//! Made by `cargo xtask generate` from `dictionaries/{}.dia`.",
            module(&d.name)
        );
        line!(self, "");
        line!(self, "use crate::generated_code::*;");
        for import in &d.imports {
            line!(self, "use super::{};", module(import));
        }
        line!(self, "");
        self.numbers();
        self.avp_codes();
        self.definitions();
        for enumeration in &d.enumerations {
            self.enumeration(enumeration);
        }
        for group in &d.groups {
            self.group(&group.name, &group.members);
        }
        for command in &d.commands {
            self.command(command);
        }
        self.command_names();
        self.value_names();
    }

    fn numbers(&mut self) {
        let d = self.dictionary;
        line!(self, "impl ApplicationId {{");
        line!(self, "/// {} ({}).", d.name, d.source);
        line!(
            self,
            "pub const {}: Self = Self({});",
            constant(&d.name),
            d.application
        );
        line!(self, "}}");
        if !d.vendors.is_empty() {
            line!(self, "impl VendorId {{");
            for vendor in &d.vendors {
                line!(self, "/// {}.", vendor.name);
                line!(
                    self,
                    "pub const {}: Self = Self({});",
                    constant(&vendor.name),
                    vendor.id
                );
            }
            line!(self, "}}");
        }
        line!(self, "/// The application as it is advertised.");
        line!(self, "pub const APPLICATION: Application = Application {{");
        line!(self, "id: ApplicationId::{},", constant(&d.name));
        line!(self, "name: {:?},", d.name);
        let vendor = d.application_vendor.map(|id| format!("VendorId({id})"));
        line!(self, "vendor: {},", option(vendor));
        line!(self, "}};");
        line!(self, "/// Command Codes.");
        line!(self, "pub mod command {{ use crate::CommandCode;");
        for command in d.commands.iter().filter(|command| command.request) {
            let Some(code) = command.code else { continue };
            let name = command.name.trim_end_matches("-Request");
            line!(self, "/// {name}.");
            line!(
                self,
                "pub const {}: CommandCode = CommandCode({code});",
                constant(name)
            );
        }
        line!(self, "}}");
    }

    fn avp_codes(&mut self) {
        line!(self, "/// AVP Codes with their vendors.");
        line!(self, "pub mod avp {{ use crate::AvpCode;");
        for avp in &self.dictionary.avps {
            let vendor = avp.vendor.unwrap_or(0);
            line!(self, "/// {}.", avp.name);
            line!(
                self,
                "pub const {}: AvpCode = AvpCode::new({vendor}, {});",
                constant(&avp.name),
                avp.code
            );
        }
        line!(self, "}}");
    }

    fn definitions(&mut self) {
        line!(self, "/// What the dictionary says of each AVP.");
        line!(
            self,
            "pub mod definitions {{ use crate::{{AvpDefinition, DataType, MBitRule}}; use super::avp;"
        );
        for avp in &self.dictionary.avps {
            line!(self, "/// {}.", avp.name);
            line!(
                self,
                "pub const {0}: AvpDefinition = AvpDefinition {{ code: avp::{0}, name: {1:?}, data: DataType::{2:?}, m_bit: MBitRule::{3:?} }};",
                constant(&avp.name),
                avp.name,
                avp.data,
                avp.m_bit
            );
        }
        line!(self, "}}");
        line!(
            self,
            "/// The definition of an AVP, here or in what this dictionary imports."
        );
        line!(self, "#[must_use]");
        line!(
            self,
            "pub fn definition(code: AvpCode) -> Option<&'static AvpDefinition> {{"
        );
        line!(self, "Some(match (code.vendor.0, code.number) {{");
        for avp in &self.dictionary.avps {
            let name = constant(&avp.name);
            line!(
                self,
                "({}, {}) => &definitions::{name},",
                avp.vendor.unwrap_or(0),
                avp.code
            );
        }
        let rest: Vec<_> = self
            .dictionary
            .imports
            .iter()
            .map(|i| format!("{}::definition(code)", module(i)))
            .collect();
        match rest.is_empty() {
            true => line!(self, "_ => return None,"),
            false => line!(
                self,
                "_ => return {},",
                rest.join(".or_else(|| ") + &")".repeat(rest.len() - 1)
            ),
        }
        line!(self, "}}) }}");
    }

    fn enumeration(&mut self, enumeration: &Enumeration) {
        let avp = &enumeration.avp;
        let name = type_name(avp);
        let own = self.dictionary.avps.iter().any(|known| known.name == *avp);
        let prefix = if own {
            String::new()
        } else {
            format!("{}::", self.home(avp))
        };
        if own {
            let kind = match enumeration.kind {
                EnumerationKind::Values => "values",
                EnumerationKind::Bits => "bits",
            };
            line!(
                self,
                "/// The {kind} of {avp} ({}); others are carried as they are.",
                self.dictionary.source
            );
            line!(
                self,
                "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]"
            );
            line!(self, "pub struct {name}(pub u32);");
        }
        if enumeration.values.is_empty() && !own {
            return;
        }
        line!(self, "impl {prefix}{name} {{");
        for (value, number) in &enumeration.values {
            line!(
                self,
                "/// {value}, {} {number}.",
                match enumeration.kind {
                    EnumerationKind::Values => "value",
                    EnumerationKind::Bits => "bit",
                }
            );
            let value = constant(value);
            match enumeration.kind {
                EnumerationKind::Values => line!(self, "pub const {value}: Self = Self({number});"),
                EnumerationKind::Bits => {
                    line!(self, "pub const {value}: Self = Self(1 << {number});")
                }
            }
        }
        match (own, enumeration.kind) {
            (true, EnumerationKind::Values) => {
                line!(
                    self,
                    "/// The name by the standard, where the value has one."
                );
                line!(self, "#[must_use]");
                line!(self, "pub const fn name(self) -> Option<&'static str> {{");
                self.name_table(enumeration);
                line!(self, "}}");
            }
            (true, EnumerationKind::Bits) => {
                line!(self, "/// Whether every bit of `bits` is set.");
                line!(self, "#[must_use]");
                line!(
                    self,
                    "pub const fn contains(self, bits: Self) -> bool {{ self.0 & bits.0 == bits.0 }}"
                );
                line!(self, "/// These bits and those.");
                line!(self, "#[must_use]");
                line!(
                    self,
                    "pub const fn with(self, bits: Self) -> Self {{ Self(self.0 | bits.0) }}"
                );
            }
            (false, _) => {}
        }
        line!(self, "}}");
        if own {
            line!(self, "impl AvpValue<'_> for {name} {{");
            line!(
                self,
                "fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {{ u32::read(avp).map(Self) }}"
            );
            line!(
                self,
                "fn emit<S: Sink>(&self, sink: &mut S) {{ self.0.emit(sink); }}"
            );
            line!(self, "}}");
        }
    }

    fn name_table(&mut self, enumeration: &Enumeration) {
        if enumeration.values.is_empty() {
            line!(self, "None");
            return;
        }
        let value = if self
            .dictionary
            .avps
            .iter()
            .any(|avp| avp.name == enumeration.avp)
        {
            "self.0"
        } else {
            "value"
        };
        line!(self, "Some(match {value} {{");
        for (value, number) in &enumeration.values {
            line!(self, "{number} => {value:?},");
        }
        line!(self, "_ => return None,");
        line!(self, "}})");
    }

    fn group(&mut self, name: &str, members: &[Member]) {
        let avp = self.avp(name).clone();
        let vendor = avp
            .vendor
            .map_or(String::new(), |vendor| format!(" of vendor {vendor}"));
        line!(
            self,
            "/// {name}, AVP {}{vendor} ({}).",
            avp.code,
            self.dictionary.source
        );
        let own_m_bit = avp.m_bit == MBit::May;
        self.structure(name, members, own_m_bit);
        let life = self.lifetime(members);
        let ty = type_name(name);
        line!(self, "impl<'a> AvpValue<'a> for {ty}{life} {{");
        line!(
            self,
            "fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {{"
        );
        match own_m_bit {
            true => {
                line!(
                    self,
                    "let mut group = Self::read_members(avp.data).map_err(|error| error.inside(avp))?;"
                );
                line!(self, "group.m_bit = avp.flags.m_bit();");
                line!(self, "Ok(group)");
            }
            false => line!(
                self,
                "Self::read_members(avp.data).map_err(|error| error.inside(avp))"
            ),
        }
        line!(self, "}}");
        line!(
            self,
            "fn emit<S: Sink>(&self, sink: &mut S) {{ self.emit_members(sink); }}"
        );
        if own_m_bit {
            line!(self, "fn flags(&self) -> AvpFlags {{ self.m_bit.flags() }}");
        }
        line!(self, "}}");
    }

    fn command(&mut self, command: &Command) {
        let source = &self.dictionary.source;
        match command.code {
            Some(_) => line!(
                self,
                "/// {} ({}), {source}.",
                command.name,
                abbreviation(&command.name)
            ),
            None => line!(
                self,
                "/// The answer to any command that met a protocol error: E bit set, {source} §7.2."
            ),
        }
        self.structure(&command.name, &command.members, false);
        let life = self.lifetime(&command.members);
        line!(self, "impl<'a> {}{life} {{", type_name(&command.name));
        line!(self, "/// Name by the standard.");
        line!(self, "pub const NAME: &'static str = {:?};", command.name);
        let mut flags = String::from("Flags::NONE");
        for (set, flag) in [
            (command.request, "REQUEST"),
            (command.proxiable, "PROXIABLE"),
            (command.error, "ERROR"),
        ] {
            if set {
                let _ = write!(flags, ".with(Flags::{flag})");
            }
        }
        if let Some(code) = command.code {
            let _ = code;
            let base = command
                .name
                .trim_end_matches("-Request")
                .trim_end_matches("-Answer");
            line!(self, "/// Command Code.");
            line!(
                self,
                "pub const COMMAND: CommandCode = command::{};",
                constant(base)
            );
            line!(self, "/// Application-Id in the header.");
            line!(
                self,
                "pub const APPLICATION: ApplicationId = ApplicationId::{};",
                constant(&self.dictionary.name)
            );
            line!(self, "/// Header flags of the command.");
            line!(self, "pub const FLAGS: Flags = {flags};");
            line!(
                self,
                "/// Reads the message by the rules of the dictionary."
            );
            line!(self, "///");
            line!(self, "/// # Errors");
            line!(
                self,
                "/// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer."
            );
            line!(
                self,
                "pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {{"
            );
            line!(
                self,
                "check_header(message.header(), Self::COMMAND, Self::APPLICATION, Self::FLAGS)?;"
            );
            line!(self, "Self::read_members(message.body())");
            line!(self, "}}");
            line!(
                self,
                "/// Appends the message to `out`; `flags` are set beside those of the command."
            );
            line!(self, "///");
            line!(self, "/// # Panics");
            line!(
                self,
                "/// Where the message is longer than 16,777,215 octets, which its header cannot say."
            );
            line!(
                self,
                "pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {{"
            );
            line!(
                self,
                "let header = Header {{ flags: Self::FLAGS.with(flags), command: Self::COMMAND, application: Self::APPLICATION, hop_by_hop, end_to_end, length: 0 }};"
            );
            line!(self, "write_message(header, self, out);");
            line!(self, "}}");
            if !command.request {
                line!(
                    self,
                    "/// Appends the message to `out` as the answer to `request`: its identifiers, its P bit."
                );
                line!(self, "///");
                line!(self, "/// # Panics");
                line!(self, "/// As [`Self::encode`].");
                line!(
                    self,
                    "pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {{"
                );
                line!(
                    self,
                    "write_message(request.answered(Self::FLAGS), self, out);"
                );
                line!(self, "}}");
            }
        } else {
            line!(self, "/// Header flags that make the message what it is.");
            line!(self, "pub const FLAGS: Flags = Flags::ERROR;");
            line!(self, "/// Reads an answer that has the E bit.");
            line!(self, "///");
            line!(self, "/// # Errors");
            line!(self, "/// The first rule that the message breaks.");
            line!(
                self,
                "pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {{"
            );
            line!(self, "check_error_answer(message.header())?;");
            line!(self, "Self::read_members(message.body())");
            line!(self, "}}");
            line!(
                self,
                "/// Appends the message to `out` as the answer to `request`: its command, identifiers and P bit."
            );
            line!(self, "///");
            line!(self, "/// # Panics");
            line!(
                self,
                "/// Where the message is longer than 16,777,215 octets, which its header cannot say."
            );
            line!(
                self,
                "pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {{"
            );
            line!(
                self,
                "write_message(request.answered(Self::FLAGS), self, out);"
            );
            line!(self, "}}");
        }
        line!(self, "}}");
        line!(
            self,
            "impl Members for {}{} {{",
            type_name(&command.name),
            life.replace("'a", "'_")
        );
        line!(
            self,
            "fn emit<S: Sink>(&self, sink: &mut S) {{ self.emit_members(sink); }}"
        );
        line!(self, "}}");
    }

    fn structure(&mut self, name: &str, members: &[Member], own_m_bit: bool) {
        let life = self.lifetime(members);
        let ty = type_name(name);
        line!(self, "#[derive(Clone, Copy, Debug, Default, PartialEq)]");
        line!(self, "pub struct {ty}{life} {{");
        for member in members.iter().filter(|member| !member.is_any()) {
            line!(self, "/// `{}`", member.notation());
            line!(
                self,
                "pub {}: {},",
                field(&member.avp),
                self.field_type(member)
            );
        }
        if members.iter().any(Member::is_any) {
            line!(
                self,
                "/// `{}`: whatever else is there.",
                members
                    .iter()
                    .find(|m| m.is_any())
                    .map_or_else(String::new, Member::notation)
            );
            line!(self, "pub extra: Many<'a, Avp<'a>>,");
        }
        if own_m_bit {
            line!(self, "/// The M bit, which is the sender's choice.");
            line!(self, "pub m_bit: MBit,");
        }
        line!(self, "}}");
        line!(self, "impl<'a> {ty}{life} {{");
        self.read_members(members, own_m_bit);
        line!(self, "#[inline]");
        line!(self, "fn emit_members<S: Sink>(&self, sink: &mut S) {{");
        for member in members {
            if member.is_any() {
                line!(self, "sink.extra(&self.extra);");
                continue;
            }
            let how = match (member.min, member.max) {
                (1, Some(1)) => "one",
                (_, Some(1)) => "optional",
                _ => "many",
            };
            line!(
                self,
                "sink.{how}(&{}, &self.{});",
                self.definition(&member.avp),
                field(&member.avp)
            );
        }
        line!(self, "}}");
        line!(self, "}}");
    }

    fn read_members(&mut self, members: &[Member], own_m_bit: bool) {
        let any = members.iter().find(|member| member.is_any());
        // `1*{AVP}` is Failed-AVP: it holds what was wrong, so nothing in it is checked.
        let unchecked = any.is_some_and(|any| any.min > 0);
        line!(
            self,
            "fn read_members(octets: &'a [u8]) -> Result<Self, DecodeError> {{"
        );
        if unchecked {
            line!(self, "Ok(Self {{ extra: Many::unchecked(octets) }})");
            line!(self, "}}");
            return;
        }
        let named = || members.iter().filter(|member| !member.is_any());
        if any.is_some() {
            line!(
                self,
                "fn is_member(code: AvpCode) -> bool {{ matches!((code.vendor.0, code.number),"
            );
            let keys: Vec<_> = named().map(|member| self.key(&member.avp)).collect();
            line!(self, "{}) }}", keys.join(" | "));
        }
        for member in named() {
            match member.max {
                Some(1) => line!(self, "let mut {} = None;", field(&member.avp)),
                _ => line!(self, "let mut {} = Many::default();", field(&member.avp)),
            }
        }
        if any.is_some() {
            line!(self, "let mut extra = Many::default();");
        }
        line!(self, "let mut walk = Walk::new(octets);");
        line!(self, "while let Some(avp) = walk.step()? {{");
        line!(self, "match (avp.code.vendor.0, avp.code.number) {{");
        for member in named() {
            let (key, name, definition) = (
                self.key(&member.avp),
                field(&member.avp),
                self.definition(&member.avp),
            );
            match member.max {
                Some(1) => line!(
                    self,
                    "{key} => read_one(&mut {name}, &{definition}, &avp)?,"
                ),
                None => line!(
                    self,
                    "{key} => read_many(&mut {name}, &{definition}, &avp, &walk)?,"
                ),
                Some(max) => line!(
                    self,
                    "{key} => read_at_most({max}, &mut {name}, &{definition}, &avp, &walk)?,"
                ),
            }
        }
        match any {
            Some(_) => line!(
                self,
                "_ => read_extra(&mut extra, &avp, &walk, is_member, definition)?,"
            ),
            None => line!(self, "_ => return Err(not_allowed(&avp, definition)),"),
        }
        line!(self, "}} }}");
        line!(self, "Ok(Self {{");
        for member in named() {
            let (name, definition) = (field(&member.avp), self.definition(&member.avp));
            match (member.min, member.max) {
                (0, _) => line!(self, "{name},"),
                (_, Some(1)) => line!(self, "{name}: required({name}, &{definition})?,"),
                _ => line!(self, "{name}: at_least_one({name}, &{definition})?,"),
            }
        }
        if any.is_some() {
            line!(self, "extra,");
        }
        if own_m_bit {
            line!(self, "m_bit: MBit::default(),");
        }
        line!(self, "}}) }}");
    }

    fn command_names(&mut self) {
        line!(
            self,
            "/// The names of a command of this application, long and short."
        );
        line!(self, "#[must_use]");
        line!(
            self,
            "pub fn command_name(code: CommandCode, flags: Flags) -> Option<CommandName> {{"
        );
        line!(
            self,
            "Some(match (code.0, flags.contains(Flags::REQUEST)) {{"
        );
        for command in &self.dictionary.commands {
            let Some(code) = command.code else { continue };
            let (name, short) = (&command.name, abbreviation(&command.name));
            line!(
                self,
                "({code}, {}) => CommandName {{ long: {name:?}, short: {short:?} }},",
                command.request
            );
        }
        line!(self, "_ => return None,");
        line!(self, "}}) }}");
    }

    /// Names of values by AVP, for pictures.
    fn value_names(&mut self) {
        line!(
            self,
            "/// The name that this dictionary gives to a value of an AVP."
        );
        line!(self, "#[must_use]");
        line!(
            self,
            "pub fn value_name(code: AvpCode, value: u32) -> Option<&'static str> {{"
        );
        line!(self, "match (code.vendor.0, code.number) {{");
        for enumeration in &self.dictionary.enumerations {
            if enumeration.kind == EnumerationKind::Bits || enumeration.values.is_empty() {
                continue;
            }
            let own = self
                .dictionary
                .avps
                .iter()
                .any(|avp| avp.name == enumeration.avp);
            line!(self, "{} =>", self.key(&enumeration.avp));
            match own {
                true => line!(self, "{}(value).name(),", type_name(&enumeration.avp)),
                false => {
                    self.name_table(enumeration);
                    line!(self, ",");
                }
            }
        }
        line!(self, "_ => None,");
        line!(self, "}} }}");
    }

    fn avp(&self, name: &str) -> &Avp {
        self.dictionary
            .avp(name, self.known)
            .expect("the reader resolved every name")
    }

    /// The module of the dictionary that defines an AVP; empty for this one.
    fn home(&self, avp: &str) -> String {
        let mut all = self.dictionary.with_imports(self.known);
        match all.position(|d| d.avps.iter().any(|known| known.name == avp)) {
            Some(0) | None => String::new(),
            Some(_) => {
                let mut all = self.dictionary.with_imports(self.known);
                let home = all.find(|d| d.avps.iter().any(|known| known.name == avp));
                home.map_or_else(String::new, |d| module(&d.name))
            }
        }
    }

    fn path(&self, avp: &str, item: &str) -> String {
        match self.home(avp) {
            home if home.is_empty() => item.to_owned(),
            home => format!("{home}::{item}"),
        }
    }

    fn definition(&self, avp: &str) -> String {
        self.path(avp, &format!("definitions::{}", constant(avp)))
    }

    fn key(&self, avp: &str) -> String {
        let avp = self.avp(avp);
        format!("({}, {})", avp.vendor.unwrap_or(0), avp.code)
    }

    fn field_type(&self, member: &Member) -> String {
        let value = self.value_type(&member.avp);
        match (member.min, member.max) {
            (1, Some(1)) => value,
            (_, Some(1)) => format!("Option<{value}>"),
            _ => format!("Many<'a, {value}>"),
        }
    }

    fn value_type(&self, name: &str) -> String {
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
                let group = self.members_of(name);
                self.path(name, &(type_name(name) + self.lifetime(group)))
            }
        }
    }

    fn members_of(&self, group: &str) -> &[Member] {
        let mut all = self.dictionary.with_imports(self.known);
        let found = all.find_map(|d| d.groups.iter().find(|known| known.name == group));
        found.map_or(&[], |group| &group.members)
    }

    /// `<'a>` where a member is borrowed from the message.
    fn lifetime(&self, members: &[Member]) -> &'static str {
        let borrowed = |member: &Member| {
            member.is_any() || member.max != Some(1) || self.value_type(&member.avp).contains("'a")
        };
        if members.iter().any(borrowed) {
            "<'a>"
        } else {
            ""
        }
    }
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}
