//! Contact (RFC 3261 §20.10) with the parameters of RFC 5626.

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{number, q_value, trim};
use crate::header::number::delta_seconds;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::params::Param;

/// A contact address, or the `*` that stands for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact<'a> {
    /// `*`: all bindings, in a REGISTER with `Expires: 0` (RFC 3261 §10.2.2).
    Star,
    /// An address.
    Address(NameAddr<'a>),
}

impl<'a> Contact<'a> {
    /// The address, unless it is `*`.
    pub fn address(&self) -> Option<&NameAddr<'a>> {
        match self {
            Contact::Star => None,
            Contact::Address(address) => Some(address),
        }
    }

    fn param(&self, name: &str) -> Option<&'a str> {
        self.address()?.params.get(name)
    }

    /// `expires` in seconds; a malformed one counts as 3600 (RFC 3261 §20.10).
    pub fn expires(&self) -> Option<u32> {
        self.param("expires").map(delta_seconds)
    }

    /// What a registrar goes by, in one reading of the parameters.
    pub fn registration(&self) -> ContactRegistration<'a> {
        let [mut expires, mut instance, mut reg_id] = [None; 3];
        for param in self.address().into_iter().flat_map(|it| it.params.iter()) {
            let is = |name| param.name.eq_ignore_ascii_case(name);
            let place = match param.name.len() {
                6 if is("reg-id") => &mut reg_id,
                7 if is("expires") => &mut expires,
                13 if is("+sip.instance") => &mut instance,
                _ => continue,
            };
            // Of what stands twice the first counts.
            place.get_or_insert(param);
        }
        let value = |param: Option<Param<'a>>| param.and_then(|param| param.value);
        ContactRegistration {
            has_expires: expires.is_some(),
            expires: value(expires).map(delta_seconds),
            instance: value(instance).and_then(read_instance),
            reg_id: value(reg_id).and_then(read_reg_id),
        }
    }

    /// `q` in thousandths, 0 to 1000; `None` where it is absent or malformed (RFC 3261 §25.1 `qvalue`).
    pub fn q(&self) -> Option<u16> {
        q_value(self.param("q")?)
    }

    /// The URN in `+sip.instance`, without quotes and brackets (RFC 5626 §4.1).
    pub fn instance(&self) -> Option<&'a str> {
        self.param("+sip.instance").and_then(read_instance)
    }

    /// `reg-id`, from 1 (RFC 5626 §4.2).
    pub fn reg_id(&self) -> Option<u32> {
        self.param("reg-id").and_then(read_reg_id)
    }
}

fn read_instance(quoted: &str) -> Option<&str> {
    quoted.strip_prefix("\"<")?.strip_suffix(">\"")
}

fn read_reg_id(text: &str) -> Option<u32> {
    number(text).filter(|id| *id > 0)
}

/// The parameters of a Contact that a registrar goes by, as the methods of [`Contact`] give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactRegistration<'a> {
    /// Whether `expires` is there, with a value or without.
    pub has_expires: bool,
    /// [`Contact::expires`].
    pub expires: Option<u32>,
    /// [`Contact::instance`].
    pub instance: Option<&'a str>,
    /// [`Contact::reg_id`].
    pub reg_id: Option<u32>,
}

impl<'a> TypedHeader<'a> for Contact<'a> {
    const NAME: Name<'static> = Name::CONTACT;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        if trim(value) == "*" {
            return Ok(Contact::Star);
        }
        NameAddr::read(value)
            .map(Contact::Address)
            .map_err(wrong::<Self>)
    }
}

impl fmt::Display for Contact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contact::Star => f.write_str("*"),
            Contact::Address(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_of_ims() {
        let contact = Contact::parse(
            "<sip:[2001:db8::5]:5062;ob>;+sip.instance=\"<urn:gsma:imei:35824005-694405-0>\"\
             ;reg-id=1;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\";expires=600000;q=0.7",
        )
        .unwrap();
        assert_eq!(contact.instance(), Some("urn:gsma:imei:35824005-694405-0"));
        assert_eq!(contact.reg_id(), Some(1));
        assert_eq!(contact.expires(), Some(600_000));
        assert_eq!(contact.q(), Some(700));
        assert_eq!(
            contact
                .address()
                .unwrap()
                .params
                .unquoted("+G.3gpp.icsi-ref")
                .as_deref(),
            Some("urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel")
        );
    }

    #[test]
    fn what_a_registrar_goes_by_is_what_each_parameter_says() {
        for params in [
            "",
            ";expires",
            ";expires;expires=5;reg-id=0;reg-id=7",
            ";Expires=soon;+SIP.Instance=\"<urn:x>\";REG-ID=3",
            ";+sip.instance=\"urn:x\";q=1;expires=0",
        ] {
            let text = format!("<sip:a@h>{params}");
            let contact = Contact::parse(&text).unwrap();
            let registration = ContactRegistration {
                has_expires: contact.address().unwrap().params.has("expires"),
                expires: contact.expires(),
                instance: contact.instance(),
                reg_id: contact.reg_id(),
            };
            assert_eq!(contact.registration(), registration, "{params}");
        }
    }

    #[test]
    fn star() {
        assert_eq!(Contact::parse(" * "), Ok(Contact::Star));
        assert_eq!(Contact::Star.expires(), None);
        assert_eq!(Contact::Star.to_string(), "*");
    }

    #[test]
    fn q_values() {
        let q = |text: &str| Contact::parse(&format!("<sip:a>;q={text}")).unwrap().q();
        assert_eq!(q("1"), Some(1000));
        assert_eq!(q("1.000"), Some(1000));
        assert_eq!(q("0.33"), Some(330));
        assert_eq!(q("0."), Some(0));
        for wrong in ["1.001", "2", "0.1234", "-1", "x", "", "99999999999"] {
            assert_eq!(q(wrong), None, "{wrong}");
        }
    }

    /// RFC 3261 §20.10: malformed is 3600; RFC 4475 §3.1.2.4 has more than 32 bits.
    #[test]
    fn malformed_expires_is_an_hour() {
        for text in ["280297596632815", "soon", "-1", ""] {
            let value = format!("<sip:a>;expires={text}");
            assert_eq!(Contact::parse(&value).unwrap().expires(), Some(3600));
        }
        assert_eq!(Contact::parse("<sip:a>").unwrap().expires(), None);
    }
}
