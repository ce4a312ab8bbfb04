//! Commands and groups: structs that read and write themselves.

use std::fmt::Write as _;

use super::Writer;
use super::names::{abbreviation, constant, field, type_name};
use crate::dictionary::{Command, Disclosure, MBit, Member};

const DECODE_AND_ENCODE: &str = "\
/// Reads the message by the rules of the dictionary.
///
/// # Errors
/// The first rule that the message breaks, with the Result-Code and Failed-AVP to answer.
pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
    check_header(message.header(), Self::COMMAND, Self::APPLICATION, Self::FLAGS)?;
    let mut read = Self::default();
    read.read_members(message.body())?;
    Ok(read)
}
/// Appends the message to `out`; `flags` are set beside those of the command.
///
/// # Panics
/// Where the message is longer than 16,777,215 octets, which its header cannot say.
pub fn encode(&self, hop_by_hop: u32, end_to_end: u32, flags: Flags, out: &mut BytesMut) {
    let header = Header {
        flags: Self::FLAGS.with(flags),
        command: Self::COMMAND,
        application: Self::APPLICATION,
        hop_by_hop,
        end_to_end,
        length: 0,
    };
    write_message(header, self, out);
}";

const ERROR_ANSWER: &str = "\
/// The flag that makes the message what it is.
pub const FLAGS: Flags = Flags::ERROR;
/// Reads an answer that has the E bit.
///
/// # Errors
/// The first rule that the message breaks.
pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
    check_error_answer(message.header())?;
    let mut read = Self::default();
    read.read_members(message.body())?;
    Ok(read)
}";

const ENCODE_ANSWER: &str = "\
/// Appends the message to `out` as the answer to `request`: its command, its identifiers, its P bit.
///
/// # Panics
/// Where the message is longer than 16,777,215 octets, which its header cannot say.
pub fn encode_answer(&self, request: &Header, out: &mut BytesMut) {
    write_message(request.answered(Self::FLAGS), self, out);
}";

impl Writer<'_> {
    pub(super) fn group(&mut self, name: &str, members: &[Member]) {
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
        self.structure(name, members, own_m_bit, avp.disclosure);
        let life = self.lifetime(members);
        let ty = type_name(name);
        line!(self, "impl<'a> AvpValue<'a> for {ty}{life} {{");
        line!(self, "#[inline]");
        line!(
            self,
            "fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {{"
        );
        line!(self, "let mut group = Self::default();");
        line!(
            self,
            "group.read_members(avp.data).map_err(|error| error.inside(avp))?;"
        );
        if own_m_bit {
            line!(self, "group.m_bit = avp.flags.m_bit();");
        }
        line!(self, "Ok(group)");
        line!(self, "}}");
        line!(self, "#[inline]");
        line!(
            self,
            "fn emit<S: Sink>(&self, sink: &mut S) {{ self.emit_members(sink); }}"
        );
        if own_m_bit {
            line!(self, "fn flags(&self) -> AvpFlags {{ self.m_bit.flags() }}");
        }
        line!(self, "}}");
    }

    pub(super) fn command(&mut self, command: &Command) {
        let source = &self.dictionary.source;
        match command.code {
            Some(_) => {
                let short = abbreviation(&command.name);
                line!(self, "/// {} ({short}), {source}.", command.name);
            }
            None => line!(
                self,
                "/// The answer to any command that met a protocol error: E bit set, {source} §7.2."
            ),
        }
        self.structure(&command.name, &command.members, false, Disclosure::Open);
        let life = self.lifetime(&command.members);
        line!(self, "impl<'a> {}{life} {{", type_name(&command.name));
        line!(self, "/// Name by the standard.");
        line!(self, "pub const NAME: &'static str = {:?};", command.name);
        match command.code {
            Some(_) => self.command_head(command),
            None => line!(self, "{ERROR_ANSWER}"),
        }
        if !command.request {
            line!(self, "{ENCODE_ANSWER}");
        }
        line!(self, "}}");
        let life = life.replace("'a", "'_");
        line!(
            self,
            "impl Members for {}{life} {{",
            type_name(&command.name)
        );
        line!(self, "#[inline]");
        line!(
            self,
            "fn emit<S: Sink>(&self, sink: &mut S) {{ self.emit_members(sink); }}"
        );
        line!(self, "}}");
    }

    fn command_head(&mut self, command: &Command) {
        let base = command
            .name
            .trim_end_matches("-Request")
            .trim_end_matches("-Answer");
        let application = constant(&self.dictionary.name);
        let set = [
            (command.request, "Flags::REQUEST"),
            (command.proxiable, "Flags::PROXIABLE"),
            (command.error, "Flags::ERROR"),
        ];
        let mut flags = "Flags::NONE".to_owned();
        for (_, flag) in set.into_iter().filter(|(set, _)| *set) {
            flags = if flags == "Flags::NONE" {
                flag.to_owned()
            } else {
                format!("{flags}.with({flag})")
            };
        }
        line!(self, "/// Command Code.");
        line!(
            self,
            "pub const COMMAND: CommandCode = command::{};",
            constant(base)
        );
        line!(self, "/// Application-Id in the header.");
        line!(
            self,
            "pub const APPLICATION: ApplicationId = ApplicationId::{application};"
        );
        line!(self, "/// Header flags of the command.");
        line!(self, "pub const FLAGS: Flags = {flags};");
        line!(self, "{DECODE_AND_ENCODE}");
    }

    pub(super) fn structure(
        &mut self,
        name: &str,
        members: &[Member],
        own_m_bit: bool,
        disclosure: Disclosure,
    ) {
        let life = self.lifetime(members);
        let ty = type_name(name);
        let any_secret =
            disclosure == Disclosure::Secret || members.iter().any(|member| self.is_secret(member));
        match any_secret {
            true => line!(self, "#[derive(Clone, Copy, Default, PartialEq)]"),
            false => line!(self, "#[derive(Clone, Copy, Debug, Default, PartialEq)]"),
        }
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
        self.read_members(members);
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
        if any_secret {
            self.debug(&ty, life, members, own_m_bit, disclosure);
        }
    }

    /// `Debug` as it would be derived, but for the values that are secret: of a group that is secret itself, all.
    fn debug(
        &mut self,
        ty: &str,
        life: &str,
        members: &[Member],
        own_m_bit: bool,
        disclosure: Disclosure,
    ) {
        let all_secret = disclosure == Disclosure::Secret;
        let life = life.replace("'a", "'_");
        line!(self, "impl fmt::Debug for {ty}{life} {{");
        line!(
            self,
            "fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{"
        );
        line!(self, "f.debug_struct({ty:?})");
        for member in members.iter().filter(|member| !member.is_any()) {
            let field = field(&member.avp);
            let is_secret = all_secret || self.is_secret(member);
            let shown = match (is_secret, member.min, member.max) {
                (false, ..) => format!("self.{field}"),
                (true, 1, Some(1)) => "Concealed".to_owned(),
                (true, _, Some(1)) => format!("self.{field}.map(|_| Concealed)"),
                (true, ..) => format!("vec![Concealed; self.{field}.len()]"),
            };
            line!(self, ".field({field:?}, &{shown})");
        }
        if members.iter().any(Member::is_any) {
            match all_secret {
                true => line!(self, ".field(\"extra\", &Concealed)"),
                false => line!(self, ".field(\"extra\", &self.extra)"),
            }
        }
        if own_m_bit {
            line!(self, ".field(\"m_bit\", &self.m_bit)");
        }
        line!(self, ".finish()");
        line!(self, "}}");
        line!(self, "}}");
    }

    fn is_secret(&self, member: &Member) -> bool {
        !member.is_any() && self.avp(&member.avp).disclosure == Disclosure::Secret
    }

    pub(super) fn read_members(&mut self, members: &[Member]) {
        let any = members.iter().find(|member| member.is_any());
        // `1*{AVP}` is Failed-AVP: it holds what was wrong, so nothing in it is checked.
        let unchecked = any.is_some_and(|any| any.min > 0);
        line!(
            self,
            "fn read_members(&mut self, octets: &'a [u8]) -> Result<(), DecodeError> {{"
        );
        if unchecked {
            line!(self, "self.extra = Many::unchecked(octets);");
            line!(self, "Ok(()) }}");
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
        line!(self, "let mut walk = Walk::new(octets);");
        line!(self, "while let Some(avp) = walk.step()? {{");
        line!(self, "match (avp.code.vendor.0, avp.code.number) {{");
        let mut required = Vec::new();
        for member in named() {
            let (key, name, definition) = (
                self.key(&member.avp),
                format!("&mut self.{}", field(&member.avp)),
                self.definition(&member.avp),
            );
            let bit = required.len();
            if member.min > 0 {
                required.push(format!("&{definition}"));
            }
            let read = match (member.min, member.max) {
                (0, Some(1)) => format!("read_optional({name}, &{definition}, &avp)?"),
                (_, Some(1)) => {
                    format!("read_one({name}, 1 << {bit}, &{definition}, &avp, &mut walk)?")
                }
                (_, None) => format!("read_many({name}, &{definition}, &avp, &walk)?"),
                (_, Some(most)) => {
                    format!("read_at_most({most}, {name}, &{definition}, &avp, &walk)?")
                }
            };
            match (member.min, member.max) {
                (0, _) | (_, Some(1)) => line!(self, "{key} => {read},"),
                _ => line!(self, "{key} => {{ walk.note(1 << {bit}); {read} }}"),
            }
        }
        match any {
            Some(_) => line!(
                self,
                "_ => read_extra(&mut self.extra, &avp, &walk, is_member, definition)?,"
            ),
            None => line!(self, "_ => return Err(not_allowed(&avp, definition)),"),
        }
        line!(self, "}} }}");
        match required.is_empty() {
            true => line!(self, "Ok(())"),
            false => line!(self, "walk.end(&[{}])", required.join(", ")),
        }
        line!(self, "}}");
    }

    pub(super) fn command_names(&mut self) {
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

    /// One type for whatever command comes.
    pub(super) fn any_command(&mut self) {
        let commands = &self.dictionary.commands;
        if commands.is_empty() {
            return;
        }
        let variants: Vec<_> = commands
            .iter()
            .map(|command| (command, type_name(&command.name)))
            .collect();
        line!(self, "/// Any command of {}.", self.dictionary.source);
        line!(self, "#[derive(Clone, Copy, Debug, PartialEq)]");
        line!(self, "pub enum Command<'a> {{");
        for (command, ty) in &variants {
            let life = self.lifetime(&command.members);
            line!(self, "/// {}.", command.name);
            line!(self, "{ty}({ty}{life}),");
        }
        line!(self, "}}");
        line!(self, "impl<'a> Command<'a> {{");
        line!(self, "/// Reads the message by the rules of its command.");
        line!(self, "///");
        line!(self, "/// # Errors");
        line!(
            self,
            "/// 3001 where the application has no such command; else the first rule that the message breaks."
        );
        line!(
            self,
            "pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {{"
        );
        line!(self, "let header = message.header();");
        line!(
            self,
            "match (header.command.0, header.is_request(), header.is_error()) {{"
        );
        for (command, ty) in &variants {
            let key = match command.code {
                // An answer with the E bit keeps its own grammar, whatever it answers.
                None => "(_, false, true)".to_owned(),
                Some(code) if command.request => format!("({code}, true, _)"),
                Some(code) => format!("({code}, false, false)"),
            };
            line!(self, "{key} => {ty}::decode(message).map(Self::{ty}),");
        }
        line!(
            self,
            "_ => Err(DecodeError::of(crate::ResultCode::COMMAND_UNSUPPORTED)),"
        );
        line!(self, "}} }}");
        line!(
            self,
            "/// Appends the message with the command, flags and identifiers of `header`."
        );
        line!(self, "///");
        line!(self, "/// # Panics");
        line!(
            self,
            "/// Where the message is longer than 16,777,215 octets, which its header cannot say."
        );
        line!(
            self,
            "pub fn encode(&self, header: &Header, out: &mut BytesMut) {{"
        );
        line!(self, "match self {{");
        for (_, ty) in &variants {
            line!(
                self,
                "Self::{ty}(command) => write_message(*header, command, out),"
            );
        }
        line!(self, "}} }} }}");
    }
}
