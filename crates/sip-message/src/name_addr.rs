//! Addresses in header values: `name-addr` and `addr-spec` with their parameters (RFC 3261 §20.10, §25.1).

use std::borrow::Cow;
use std::fmt;

use crate::error::UriError;
use crate::find::find;
use crate::grammar::{is_token, is_white, quoted_end, trim, unquote};
use crate::params::Params;
use crate::uri::Uri;

/// An address: display name, URI, parameters of the header field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as written, quotes kept.
    pub display: Option<&'a str>,
    /// The URI, without brackets.
    pub uri: &'a str,
    /// What follows the URI. Without brackets, every `;` belongs here (RFC 3261 §20).
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one address; what is wrong otherwise.
    pub(crate) fn read(value: &'a str) -> Result<NameAddr<'a>, &'static str> {
        let value = trim(value);
        let octets = value.as_bytes();
        let (display, open) = match octets.first() {
            None => return Err("empty address"),
            Some(b'"') => {
                let end = quoted_end(octets).ok_or("quoted string is not closed")?;
                let open = end + octets[end..].iter().take_while(|o| is_white(**o)).count();
                if octets.get(open) != Some(&b'<') {
                    return Err("no `<` after the display name");
                }
                (Some(&value[..end]), open)
            }
            Some(b'<') => (None, 0),
            // A `;` or quote before any `<`: no brackets, and what follows are parameters.
            Some(_) => match find([b'<', b';', b'"'], octets) {
                Some(open) if octets[open] == b'<' => {
                    let display = trim(&value[..open]);
                    ((!display.is_empty()).then_some(display), open)
                }
                _ => return Self::read_addr_spec(value),
            },
        };
        let close = open + find([b'>'], &octets[open..]).ok_or("no `>` after the URI")?;
        let params = trim(&value[close + 1..]);
        if !(params.is_empty() || params.starts_with(';')) {
            return Err("text after `>` that is no parameter");
        }
        Ok(NameAddr {
            display,
            uri: &value[open + 1..close],
            params: Params::new(params),
        })
    }

    fn read_addr_spec(value: &'a str) -> Result<NameAddr<'a>, &'static str> {
        let end = find([b';'], value.as_bytes()).unwrap_or(value.len());
        let uri = trim(&value[..end]);
        // RFC 3261 §20: with a comma or question mark the URI has to be in brackets.
        if find([b'?', b','], uri.as_bytes()).is_some() {
            return Err("URI with `?` or `,` is not in brackets");
        }
        // RFC 3261 §25.1: no URI has a bracket in it; printed between brackets it would end there.
        if find([b'<', b'>'], uri.as_bytes()).is_some() {
            return Err("`<` or `>` in a URI");
        }
        Ok(NameAddr {
            display: None,
            uri,
            params: Params::new(&value[end..]),
        })
    }

    /// The URI, read.
    ///
    /// # Errors
    /// [`UriError`] where it does not follow its grammar.
    pub fn uri(&self) -> Result<Uri<'a>, UriError> {
        Uri::parse(self.uri)
    }

    /// The `tag` parameter (RFC 3261 §19.3).
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }

    /// The display name without quotes and escapes.
    pub fn display_name(&self) -> Option<Cow<'a, str>> {
        self.display.map(unquote)
    }

    /// Whether an unquoted display name is tokens (RFC 3261 §25.1; RFC 4475 §3.1.2.15).
    pub(crate) fn has_valid_display(&self) -> bool {
        match self.display {
            None => true,
            Some(display) if display.starts_with('"') => true,
            Some(display) => display
                .split([' ', '\t', '\r', '\n'])
                .all(|word| word.is_empty() || is_token(word)),
        }
    }
}

impl fmt::Display for NameAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = self.display {
            write!(f, "{display} ")?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_decide_whose_the_parameters_are() {
        // RFC 4475 §3.3.12 and §3.3.13.
        let outside = NameAddr::read("sip:+19725552222@gw1.example.net;unknownparam").unwrap();
        assert_eq!(outside.uri, "sip:+19725552222@gw1.example.net");
        assert!(outside.params.has("unknownparam"));
        let inside = NameAddr::read("<sip:+19725552222@gw1.example.net;unknownparam>").unwrap();
        assert_eq!(inside.uri, "sip:+19725552222@gw1.example.net;unknownparam");
        assert!(inside.params.is_empty());
    }

    #[test]
    fn display_names() {
        let quoted =
            NameAddr::read("\"J \\\\\\\"\"       <sip:j@example.com>\r\n  ;\r\n  tag = 98asjd8")
                .unwrap();
        assert_eq!(quoted.display_name().as_deref(), Some("J \\\""));
        assert_eq!(quoted.tag(), Some("98asjd8"));
        // RFC 4475 §3.1.1.6: no white space before the bracket.
        let tight = NameAddr::read("caller<sip:caller@example.com>;tag=323").unwrap();
        assert_eq!(tight.display, Some("caller"));
        assert!(tight.has_valid_display());
        // RFC 4475 §3.1.2.15.
        assert!(
            !NameAddr::read("Bell, Alexander <sip:a.g.bell@example.com>;tag=43")
                .unwrap()
                .has_valid_display()
        );
        assert_eq!(tight.to_string(), "caller <sip:caller@example.com>;tag=323");
    }

    #[test]
    fn broken_ones() {
        for wrong in [
            "",
            "\"Mr. J. User <sip:j.user@example.com>",
            "\"a\" sip:a@b",
            "<sip:a@b",
            "<sip:a@b> x",
            "tel:+15550100041>",
            // RFC 4475 §3.1.2.13.
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        ] {
            assert!(NameAddr::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            NameAddr::read("sip:a@b;+sip.instance=\"<urn:x>\"")
                .unwrap()
                .uri,
            "sip:a@b"
        );
    }
}
