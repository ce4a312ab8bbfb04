//! Enumerations: open newtypes with constants and names.

use std::fmt::Write as _;

use super::Writer;
use super::names::{constant, type_name};
use crate::dictionary::{Enumeration, EnumerationKind};

impl Writer<'_> {
    pub(super) fn enumeration(&mut self, enumeration: &Enumeration) {
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
            line!(self, "#[inline]");
            line!(
                self,
                "fn read(avp: &Avp<'_>) -> Result<Self, DecodeError> {{ u32::read(avp).map(Self) }}"
            );
            line!(self, "#[inline]");
            line!(
                self,
                "fn emit<S: Sink>(&self, sink: &mut S) {{ self.0.emit(sink); }}"
            );
            line!(self, "}}");
        }
    }

    pub(super) fn name_table(&mut self, enumeration: &Enumeration) {
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

    /// Names of values by AVP, for pictures.
    pub(super) fn value_names(&mut self) {
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
}
