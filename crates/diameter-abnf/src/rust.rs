//! Rust made from a dictionary: one module with constants, enumerations, groups and commands.
//!
//! What is made stands on the traits of `diameter-codec`. It is not formatted; `rustfmt` does that.

/// `writeln!` to a `String` cannot fail.
macro_rules! line {
    ($writer:expr, $($text:tt)*) => {{ let _ = writeln!($writer.out, $($text)*); }};
}

mod commands;
mod enumerations;
mod names;
mod types;

use std::collections::HashSet;
use std::fmt::Write as _;

use self::names::{constant, module};
pub use self::names::{field, type_name};
use crate::dictionary::Dictionary;

/// The source of the module for `dictionary`, whose imports are found in `known`.
#[must_use]
pub fn source(dictionary: &Dictionary, known: &[Dictionary]) -> String {
    let mut out = String::new();
    let mut writer = Writer {
        dictionary,
        known,
        borrowing: HashSet::new(),
        out: &mut out,
    };
    writer.find_borrowing();
    writer.module();
    out
}

struct Writer<'d> {
    dictionary: &'d Dictionary,
    known: &'d [Dictionary],
    /// Groups whose types have the lifetime of the message.
    borrowing: HashSet<&'d str>,
    out: &'d mut String,
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
        self.any_command();
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
            "pub mod definitions {{ use crate::{{AvpDefinition, DataType, Disclosure, MBitRule}}; use super::avp;"
        );
        for avp in &self.dictionary.avps {
            line!(self, "/// {}.", avp.name);
            line!(
                self,
                "pub const {0}: AvpDefinition = AvpDefinition {{ code: avp::{0}, name: {1:?}, data: DataType::{2:?}, m_bit: MBitRule::{3:?}, disclosure: Disclosure::{4:?} }};",
                constant(&avp.name),
                avp.name,
                avp.data,
                avp.m_bit,
                avp.disclosure
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
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}
