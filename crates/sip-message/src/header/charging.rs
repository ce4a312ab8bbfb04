//! Charging (RFC 7315 §5.5, §5.6): P-Charging-Vector and P-Charging-Function-Addresses.

use std::borrow::Cow;
use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::unquote;
use crate::name::Name;
use crate::params::Params;

/// Charging correlation: `icid-value`, `icid-generated-at`, `orig-ioi`, `term-ioi` (RFC 7315 §5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PChargingVector<'a> {
    /// All parameters, in any order.
    pub params: Params<'a>,
}

impl<'a> PChargingVector<'a> {
    /// The parameter called `name`, without quotes.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.params.unquoted(name)
    }

    /// The IMS charging identifier.
    pub fn icid(&self) -> Option<Cow<'a, str>> {
        self.get("icid-value")
    }

    /// Who made the identifier.
    pub fn generated_at(&self) -> Option<Cow<'a, str>> {
        self.get("icid-generated-at")
    }

    /// The originating network.
    pub fn orig_ioi(&self) -> Option<Cow<'a, str>> {
        self.get("orig-ioi")
    }

    /// The terminating network.
    pub fn term_ioi(&self) -> Option<Cow<'a, str>> {
        self.get("term-ioi")
    }
}

impl<'a> TypedHeader<'a> for PChargingVector<'a> {
    const NAME: Name<'static> = Name::P_CHARGING_VECTOR;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let vector = PChargingVector {
            params: Params::new(value),
        };
        if vector.params.get("icid-value").is_none() {
            return Err(wrong::<Self>("no icid-value"));
        }
        Ok(vector)
    }
}

impl fmt::Display for PChargingVector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.params.fmt(f)
    }
}

/// Where charging goes: `ccf` and `ecf`, each as often as there are (RFC 7315 §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PChargingFunctionAddresses<'a> {
    /// All parameters, in any order.
    pub params: Params<'a>,
}

impl<'a> PChargingFunctionAddresses<'a> {
    /// Charging collection functions (offline), the first choice first.
    pub fn ccf(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        self.addresses("ccf")
    }

    /// Event charging functions (online), the first choice first.
    pub fn ecf(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        self.addresses("ecf")
    }

    /// `name` in the order of the text, and `name`-2 wherever it stands (RFC 7315 §5.5).
    fn addresses(&self, name: &'static str) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let params = self.params;
        let first = params
            .iter()
            .filter(move |param| param.name.eq_ignore_ascii_case(name));
        let second = params.iter().filter(move |param| {
            param
                .name
                .strip_suffix("-2")
                .is_some_and(|base| base.eq_ignore_ascii_case(name))
        });
        first
            .chain(second)
            .filter_map(|param| param.value.map(unquote))
    }
}

impl<'a> TypedHeader<'a> for PChargingFunctionAddresses<'a> {
    const NAME: Name<'static> = Name::P_CHARGING_FUNCTION_ADDRESSES;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let params = Params::new(value);
        if params.is_empty() {
            return Err(wrong::<Self>("no parameter"));
        }
        Ok(PChargingFunctionAddresses { params })
    }
}

impl fmt::Display for PChargingFunctionAddresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.params.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        let vector = PChargingVector::parse(
            "icid-value=\"AyretyU0dm+6O2I;rt5TAFrbHLso=02\" ; icid-generated-at=192.0.6.8;\
             orig-ioi=\"Type 1visited\";term-ioi=home2.net",
        )
        .unwrap();
        assert_eq!(
            vector.icid().as_deref(),
            Some("AyretyU0dm+6O2I;rt5TAFrbHLso=02")
        );
        assert_eq!(vector.generated_at().as_deref(), Some("192.0.6.8"));
        assert_eq!(vector.orig_ioi().as_deref(), Some("Type 1visited"));
        assert_eq!(vector.term_ioi().as_deref(), Some("home2.net"));
        let other_order = PChargingVector::parse("orig-ioi=a;icid-value=1").unwrap();
        assert_eq!(other_order.icid().as_deref(), Some("1"));
        assert_eq!(other_order.orig_ioi().as_deref(), Some("a"));
        assert!(PChargingVector::parse("orig-ioi=a").is_err());
        assert!(PChargingVector::parse("icid-value").is_err());
    }

    /// RFC 7315 §4.5 and RFC 3455 §4.5.2.1: addresses with and without quotes, repeated.
    #[test]
    fn functions() {
        let functions = PChargingFunctionAddresses::parse(
            "ccf=192.0.8.1; ECF=192.0.8.3; ecf-2=192.0.8.4;ccf=\"[2001:db8::2]\";other=1",
        )
        .unwrap();
        let ccf: Vec<_> = functions.ccf().collect();
        assert_eq!(ccf, ["192.0.8.1", "[2001:db8::2]"]);
        let ecf: Vec<_> = functions.ecf().collect();
        assert_eq!(ecf, ["192.0.8.3", "192.0.8.4"]);
        assert_eq!(functions.params.get("other"), Some("1"));
        assert!(PChargingFunctionAddresses::parse(" ; ").is_err());
    }
}
