//! The parameters of an Authorization of scheme Digest, read once.

use std::borrow::Cow;

use sip_message::{Auth, unquote};

/// What a server goes by; of what stands twice, the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    Username,
    Realm,
    Nonce,
    Uri,
    Response,
    Algorithm,
    Cnonce,
    Qop,
    NonceCount,
    /// TS 24.229 §7.2A.2; no part of an answer.
    IntegrityProtected,
}

impl Parameter {
    const COUNT: usize = Parameter::IntegrityProtected as usize + 1;

    fn of(name: &str) -> Option<Parameter> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            2 if is("nc") => Some(Parameter::NonceCount),
            3 if is("uri") => Some(Parameter::Uri),
            3 if is("qop") => Some(Parameter::Qop),
            5 if is("realm") => Some(Parameter::Realm),
            5 if is("nonce") => Some(Parameter::Nonce),
            6 if is("cnonce") => Some(Parameter::Cnonce),
            8 if is("username") => Some(Parameter::Username),
            8 if is("response") => Some(Parameter::Response),
            9 if is("algorithm") => Some(Parameter::Algorithm),
            19 if is("integrity-protected") => Some(Parameter::IntegrityProtected),
            _ => None,
        }
    }
}

/// An Authorization or Proxy-Authorization of scheme Digest, whether it is an answer to a challenge or not.
#[derive(Clone)]
pub struct Parameters<'a> {
    /// As written.
    values: [Option<&'a str>; Parameter::COUNT],
    is_ambiguous: bool,
}

impl<'a> Parameters<'a> {
    /// Reads `auth`; `None` where it is of another scheme.
    pub fn read(auth: &Auth<'a>) -> Option<Self> {
        if !auth.is_digest() {
            return None;
        }
        let (mut values, mut is_ambiguous) = ([None; Parameter::COUNT], false);
        for (name, value) in auth.iter() {
            let Some(parameter) = Parameter::of(name) else {
                continue;
            };
            let place = &mut values[parameter as usize];
            is_ambiguous |= place.is_some() && parameter != Parameter::IntegrityProtected;
            place.get_or_insert(value);
        }
        Some(Parameters {
            values,
            is_ambiguous,
        })
    }

    /// The value of `parameter`, without quotes and escapes.
    pub(super) fn get(&self, parameter: Parameter) -> Option<Cow<'a, str>> {
        self.values[parameter as usize].map(unquote)
    }

    /// Whether a part of the answer stands twice: nobody knows which one a proxy before us has looked at.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.is_ambiguous
    }

    /// The user name; in IMS the IMPI.
    pub fn username(&self) -> Option<Cow<'a, str>> {
        self.get(Parameter::Username)
    }

    /// The protection domain.
    pub fn realm(&self) -> Option<Cow<'a, str>> {
        self.get(Parameter::Realm)
    }

    /// `integrity-protected` (TS 24.229 §7.2A.2).
    pub fn integrity_protected(&self) -> Option<Cow<'a, str>> {
        self.get(Parameter::IntegrityProtected)
    }
}

#[cfg(test)]
mod tests {
    use sip_message::{Authorization, TypedHeader};

    use super::*;

    fn read(value: &str) -> Option<Parameters<'_>> {
        Parameters::read(&Authorization::parse(value).unwrap())
    }

    #[test]
    fn each_is_found_by_its_name_in_any_case_and_the_first_counts() {
        let text = "DIGEST username=\"a\\\"b\",Realm=\"h\", uri=\"sip:h\",NONCE=\"n\",response=\"r\",cnonce=c,qop=auth,\
                    nc=00000001,algorithm=MD5,opaque=\"o\",Integrity-Protected=yes,integrity-protected=no";
        let said = read(text).unwrap();
        assert_eq!(said.username().as_deref(), Some("a\"b"));
        assert_eq!(said.realm().as_deref(), Some("h"));
        assert_eq!(said.integrity_protected().as_deref(), Some("yes"));
        for (parameter, value) in [
            (Parameter::Nonce, "n"),
            (Parameter::Uri, "sip:h"),
            (Parameter::Response, "r"),
            (Parameter::Algorithm, "MD5"),
            (Parameter::Cnonce, "c"),
            (Parameter::Qop, "auth"),
            (Parameter::NonceCount, "00000001"),
        ] {
            assert_eq!(said.get(parameter).as_deref(), Some(value), "{parameter:?}");
        }
        assert!(!said.is_ambiguous());
    }

    #[test]
    fn a_part_of_the_answer_that_stands_twice_is_told() {
        for name in [
            "username",
            "realm",
            "nonce",
            "uri",
            "response",
            "algorithm",
            "cnonce",
            "qop",
            "nc",
        ] {
            let text = format!(
                "Digest {name}=\"1\", x=\"2\", {}=\"1\"",
                name.to_uppercase()
            );
            assert!(read(&text).unwrap().is_ambiguous(), "{name}");
        }
        assert!(!read("Digest x=1, x=2").unwrap().is_ambiguous());
        assert!(read("Basic username=\"a\"").is_none());
    }
}
