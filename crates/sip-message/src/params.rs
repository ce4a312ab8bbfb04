//! Parameters: `;name=value;flag` of header values and URIs (RFC 3261 §25.1 `generic-param`, `uri-parameter`).

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use crate::find::find;
use crate::grammar::{is_token, quoted_end, trim, unquote};
use crate::uri::{MAX_PARAMETERS, same_octets_without_case};

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name; compare it without case.
    pub name: &'a str,
    /// The value as written, quotes kept; `None` for a flag.
    pub value: Option<&'a str>,
}

/// The parameters after a value, read in order each time they are asked for.
///
/// Displays as it was written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// The parameters in `text`: with a `;` before each, or between them where they are the whole value.
    pub fn new(text: &'a str) -> Params<'a> {
        Params(trim(text))
    }

    /// What stands before the first `;` of `value`, without white space around it, and the parameters after it.
    pub(crate) fn after(value: &'a str) -> (&'a str, Params<'a>) {
        let end = find([b';'], value.as_bytes()).unwrap_or(value.len());
        (trim(&value[..end]), Params::new(&value[end..]))
    }

    /// As written.
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Every parameter in the order of the text.
    pub fn iter(&self) -> ParamIter<'a> {
        ParamIter { rest: self.0 }
    }

    /// The value of the first parameter called `name`, as written; `None` if it is absent or a flag.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.find(name)?.value
    }

    /// [`Params::get`] without quotes and escapes.
    pub fn unquoted(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(unquote)
    }

    /// Whether a parameter called `name` is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The first parameter called `name`.
    pub fn find(&self, name: &str) -> Option<Param<'a>> {
        self.iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// Whether each is a token with at most one value, none is empty, and none stands twice (RFC 3261 §7.3.1, §25.1
    /// `generic-param`; RFC 4475 §3.1.2.1); there are at most [`MAX_PARAMETERS`].
    ///
    /// A value is a quoted string, or any visible characters but those that end one: equipment has tags with `/`, `=`
    /// or `@`, and addresses of IPv6 without brackets (RFC 5118 §4.5).
    pub(crate) fn are_sound(&self) -> bool {
        let mut pieces = ParamIter {
            rest: self.0.strip_prefix(';').unwrap_or(self.0),
        };
        // Behind a separator at the end there is no piece.
        !self.0.ends_with(';')
            && are_all(
                std::iter::from_fn(|| pieces.piece().map(split)),
                |param| is_token(param.name) && param.value.is_none_or(is_value),
                str::eq_ignore_ascii_case,
            )
    }

    /// Whether each has a name that no other has, whichever of its characters are escaped (RFC 3261 §19.1.4), and none
    /// an empty value after `=` (§19.1.1); there are at most [`MAX_PARAMETERS`].
    pub(crate) fn have_own_names(&self) -> bool {
        let sound = |param: &Param<'_>| !param.name.is_empty() && param.value != Some("");
        if self.0.contains('%') {
            are_all(self.iter(), sound, same_octets_without_case)
        } else {
            are_all(self.iter(), sound, str::eq_ignore_ascii_case)
        }
    }

    /// The text of these parameters with `name` set to `value` (in its place, or at the end).
    pub fn with(&self, name: &str, value: Option<&str>) -> String {
        let mut text = String::with_capacity(self.0.len() + name.len() + 20);
        let mut placed = false;
        for param in self.iter() {
            if !param.name.eq_ignore_ascii_case(name) {
                push(&mut text, param.name, param.value);
            } else if !placed {
                push(&mut text, param.name, value);
                placed = true;
            }
        }
        if !placed {
            push(&mut text, name, value);
        }
        text
    }

    /// The text of these parameters without `name`.
    pub fn without(&self, name: &str) -> String {
        let mut text = String::with_capacity(self.0.len());
        for param in self.iter() {
            if !param.name.eq_ignore_ascii_case(name) {
                push(&mut text, param.name, param.value);
            }
        }
        text
    }
}

/// Whether each of `params` is `sound` and has a name of its own by `same`, and there are not too many.
fn are_all<'a>(
    params: impl Iterator<Item = Param<'a>>,
    sound: impl Fn(&Param<'a>) -> bool,
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    let mut names: SmallVec<[&str; 8]> = SmallVec::new();
    for param in params {
        let is_its = |name: &&str| same(name, param.name);
        if names.len() == MAX_PARAMETERS || !sound(&param) || names.iter().any(is_its) {
            return false;
        }
        names.push(param.name);
    }
    true
}

/// A quoted string that nothing follows, or characters of which none separates, quotes or controls.
fn is_value(value: &str) -> bool {
    match value.as_bytes() {
        quoted @ [b'"', ..] => quoted_end(quoted) == Some(quoted.len()),
        bare => !bare.is_empty() && bare.iter().all(|octet| BARE[usize::from(*octet)]),
    }
}

static BARE: [bool; 256] = {
    let mut table = [true; 256];
    let mut octet = 0;
    while octet <= 0x20 {
        table[octet] = false;
        octet += 1;
    }
    let mut ends = b"\x7f\",;<>\\".as_slice();
    while let [first, rest @ ..] = ends {
        table[*first as usize] = false;
        ends = rest;
    }
    table
};

fn push(text: &mut String, name: &str, value: Option<&str>) {
    text.push(';');
    text.push_str(name);
    if let Some(value) = value {
        text.push('=');
        text.push_str(value);
    }
}

impl<'a> IntoIterator for Params<'a> {
    type Item = Param<'a>;
    type IntoIter = ParamIter<'a>;

    fn into_iter(self) -> ParamIter<'a> {
        self.iter()
    }
}

impl fmt::Display for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// Iterator over [`Params`]; empty parameters (`;;`) are passed over.
#[derive(Debug, Clone)]
pub struct ParamIter<'a> {
    rest: &'a str,
}

impl<'a> ParamIter<'a> {
    /// What stands up to the next separator, also where that is nothing.
    #[inline(always)]
    fn piece(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = param_end(self.rest.as_bytes());
        let text = trim(&self.rest[..end]);
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        Some(text)
    }
}

impl<'a> Iterator for ParamIter<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        loop {
            let text = self.piece()?;
            if !text.is_empty() {
                return Some(split(text));
            }
        }
    }
}

fn split(text: &str) -> Param<'_> {
    match find([b'=', b'"'], text.as_bytes()) {
        Some(at) if text.as_bytes()[at] == b'=' => Param {
            name: trim(&text[..at]),
            value: Some(trim(&text[at + 1..])),
        },
        _ => Param {
            name: text,
            value: None,
        },
    }
}

/// The end of the parameter that starts at octet 0: a `;` outside quotes, or the end.
fn param_end(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = find([b';', b'"'], &octets[at..]) {
        at += found;
        if octets[at] == b';' {
            return at;
        }
        match quoted_end(&octets[at..]) {
            Some(length) => at += length,
            None => break,
        }
    }
    octets.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4475 §3.1.1.1: white space and folds around every separator.
    #[test]
    fn white_space_is_no_part_of_names_and_values() {
        let params = Params::new(" ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33");
        assert_eq!(params.get("NEWPARAM"), Some("newvalue"));
        assert!(params.has("secondparam"));
        assert_eq!(params.get("secondparam"), None);
        assert_eq!(params.get("q"), Some("0.33"));
        assert_eq!(params.iter().count(), 3);
    }

    #[test]
    fn quoted_values() {
        let params = Params::new(r#";a="1;b=2\"";c="<urn:x>""#);
        assert_eq!(params.get("a"), Some(r#""1;b=2\"""#));
        assert_eq!(params.unquoted("a").as_deref(), Some(r#"1;b=2""#));
        assert!(!params.has("b"));
        assert_eq!(params.unquoted("c").as_deref(), Some("<urn:x>"));
    }

    #[test]
    fn setting_and_removing() {
        let params = Params::new(";branch=z;rport;ttl=1;RPORT=2");
        assert_eq!(
            params.with("rport", Some("5060")),
            ";branch=z;rport=5060;ttl=1"
        );
        assert_eq!(
            params.with("received", Some("192.0.2.1")),
            ";branch=z;rport;ttl=1;RPORT=2;received=192.0.2.1"
        );
        assert_eq!(params.without("rport"), ";branch=z;ttl=1");
        assert_eq!(Params::default().with("lr", None), ";lr");
    }

    #[test]
    fn sound_ones() {
        for text in [
            "",
            ";lr",
            ";tag=a/b==;x=y@h",
            ";received=2001:db8::1;received-by=[2001:db8::1]",
            ";+g.3gpp.icsi-ref=\"urn%3Aurn-7;,\";reg-id=1",
            "; a\r\n = \r\n b",
        ] {
            assert!(Params::new(text).are_sound(), "{text}");
        }
        for text in [
            ";",
            ";;",
            ";;lr",
            ";lr;",
            ";a; ;b",
            ";=x",
            ";tag=",
            ";tag=1, <sip:c@d>",
            ";branch=z9hG4bK1 x",
            ";tag=1\0x",
            ";tag=\"a\"b",
            ";tag=a\"b\"",
            ";tag=\"open",
            ";a b",
            ";é=1",
            ";tag=1;TAG=2",
            ";tag=<a>",
        ] {
            assert!(!Params::new(text).are_sound(), "{text}");
        }
        let many: String = (0..MAX_PARAMETERS).map(|n| format!(";p{n}")).collect();
        assert!(Params::new(&many).are_sound());
        assert!(!Params::new(&format!("{many};last")).are_sound());
    }

    #[test]
    fn odd_text() {
        assert!(Params::new(";;;").is_empty());
        assert_eq!(Params::new(";a=\"open;b").get("a"), Some("\"open;b"));
        assert_eq!(Params::new(";=x").iter().next().unwrap().name, "");
        assert_eq!(Params::new(";a=").get("a"), Some(""));
    }
}
