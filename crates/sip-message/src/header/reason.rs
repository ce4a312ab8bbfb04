//! Why: Reason (RFC 3326), Warning and Retry-After (RFC 3261 §20.43, §20.33).

use std::borrow::Cow;
use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, is_white, number, quoted_end, trim, trim_start, unquote};
use crate::host::Host;
use crate::name::Name;
use crate::params::Params;

/// Why a request was sent, one for each protocol (RFC 3326 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'a> {
    /// Whose cause it is: `SIP`, `Q.850` or another; compare it without case.
    pub protocol: &'a str,
    /// What follows.
    pub params: Params<'a>,
}

impl<'a> Reason<'a> {
    /// `cause`: a status code of SIP, a cause value of Q.850; `None` where it is absent or no number.
    pub fn cause(&self) -> Option<u32> {
        number(self.params.get("cause")?)
    }

    /// `text`, for a person.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        self.params.unquoted("text")
    }
}

impl<'a> TypedHeader<'a> for Reason<'a> {
    const NAME: Name<'static> = Name::REASON;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let (protocol, params) = Params::after(value);
        if !is_token(protocol) {
            return Err(wrong::<Self>("protocol is no token"));
        }
        Ok(Reason { protocol, params })
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.protocol, self.params)
    }
}

/// What else there is to say about a response (RFC 3261 §20.43).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning<'a> {
    /// Three digits; 3xx are about the session description.
    pub code: u16,
    /// Host and port, or another name, of who warns.
    pub agent: &'a str,
    /// The text as written, quotes kept.
    pub raw_text: &'a str,
}

impl<'a> Warning<'a> {
    /// The text, for a person, without quotes and escapes.
    pub fn text(&self) -> Cow<'a, str> {
        unquote(self.raw_text)
    }

    fn read(value: &'a str) -> Result<Warning<'a>, &'static str> {
        let value = trim(value);
        let (code, rest) = word(value);
        let code = number(code)
            .filter(|_| code.len() == 3)
            .and_then(|code| u16::try_from(code).ok())
            .ok_or("code is not three digits")?;
        let (agent, rest) = word(rest);
        if !is_token(agent) && Host::parse_with_port(agent).is_err() {
            return Err("agent is neither host nor token");
        }
        let is_quoted = rest.starts_with('"') && quoted_end(rest.as_bytes()) == Some(rest.len());
        if !is_quoted {
            return Err("text is not one quoted string");
        }
        Ok(Warning {
            code,
            agent,
            raw_text: rest,
        })
    }
}

/// The text up to white space, and what follows that.
fn word(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(|octet| !is_white(*octet)).count();
    let (word, rest) = text.split_at(end);
    (word, trim_start(rest))
}

impl<'a> TypedHeader<'a> for Warning<'a> {
    const NAME: Name<'static> = Name::WARNING;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        Warning::read(value).map_err(wrong::<Self>)
    }
}

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {} {}", self.code, self.agent, self.raw_text)
    }
}

/// When to try again (RFC 3261 §20.33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter<'a> {
    /// Seconds from now.
    pub seconds: u32,
    /// What stands between the parentheses, as written.
    pub comment: Option<&'a str>,
    /// What follows.
    pub params: Params<'a>,
}

impl<'a> RetryAfter<'a> {
    /// How long the called party will then be there, in seconds; `None` where that is absent or no number.
    pub fn duration(&self) -> Option<u32> {
        number(self.params.get("duration")?)
    }

    fn read(value: &'a str) -> Result<RetryAfter<'a>, &'static str> {
        let value = trim(value);
        let end = value
            .bytes()
            .take_while(|octet| octet.is_ascii_digit())
            .count();
        let (seconds, rest) = value.split_at(end);
        let seconds = number(seconds).ok_or("not a number of seconds")?;
        let rest = trim_start(rest);
        let (comment, rest) = match rest.strip_prefix('(') {
            None => (None, rest),
            Some(inner) => {
                let end = comment_end(inner.as_bytes()).ok_or("comment is not closed")?;
                (Some(&inner[..end]), trim_start(&inner[end + 1..]))
            }
        };
        if !(rest.is_empty() || rest.starts_with(';')) {
            return Err("text after the seconds that is neither comment nor parameter");
        }
        Ok(RetryAfter {
            seconds,
            comment,
            params: Params::new(rest),
        })
    }
}

/// Where the comment that was opened before octet 0 is closed; comments nest (RFC 3261 §25.1 `comment`).
fn comment_end(octets: &[u8]) -> Option<usize> {
    let mut open = 1_usize;
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'(', b')', b'\\', octets.get(at..)?)?;
        match octets[at] {
            b'(' => open += 1,
            b')' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
        at += 1;
    }
}

impl<'a> TypedHeader<'a> for RetryAfter<'a> {
    const NAME: Name<'static> = Name::RETRY_AFTER;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        RetryAfter::read(value).map_err(wrong::<Self>)
    }
}

impl fmt::Display for RetryAfter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seconds.fmt(f)?;
        if let Some(comment) = self.comment {
            write!(f, " ({comment})")?;
        }
        self.params.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3326 §2.
    #[test]
    fn reasons() {
        let sip = Reason::parse("SIP ;cause=200 ;text=\"Call completed elsewhere\"").unwrap();
        assert_eq!((sip.protocol, sip.cause()), ("SIP", Some(200)));
        assert_eq!(sip.text().as_deref(), Some("Call completed elsewhere"));
        let q850 = Reason::parse("Q.850;cause=16;text=\"Terminated\"").unwrap();
        assert_eq!(q850.to_string(), "Q.850;cause=16;text=\"Terminated\"");
        assert_eq!(Reason::parse("SIP;cause=x").unwrap().cause(), None);
        assert!(Reason::parse(";cause=1").is_err());
        assert!(Reason::parse("Q 850;cause=1").is_err());
    }

    /// RFC 3261 §20.43.
    #[test]
    fn warnings() {
        let session =
            Warning::parse("307 isi.edu \"Session parameter 'foo' not understood\"").unwrap();
        assert_eq!((session.code, session.agent), (307, "isi.edu"));
        assert_eq!(session.text(), "Session parameter 'foo' not understood");
        let port = Warning::parse("399 [2001:db8::1]:5060 \"a \\\"b\\\"\"").unwrap();
        assert_eq!(
            (port.agent, &*port.text()),
            ("[2001:db8::1]:5060", "a \"b\"")
        );
        assert_eq!(port.to_string(), "399 [2001:db8::1]:5060 \"a \\\"b\\\"\"");
        for wrong in [
            "",
            "307",
            "307 isi.edu",
            "307 isi.edu text",
            "307 isi.edu \"open",
            "307 isi.edu \"a\" \"b\"",
            "30 isi.edu \"a\"",
            "3070 isi.edu \"a\"",
            "+30 isi.edu \"a\"",
            "307 a/b \"a\"",
        ] {
            assert!(Warning::parse(wrong).is_err(), "{wrong}");
        }
    }

    /// RFC 3261 §20.33.
    #[test]
    fn retrying() {
        let plain = RetryAfter::parse("18000;duration=3600").unwrap();
        assert_eq!((plain.seconds, plain.duration()), (18_000, Some(3600)));
        let comment = RetryAfter::parse("120 (I'm in a meeting)").unwrap();
        assert_eq!(
            (comment.seconds, comment.comment),
            (120, Some("I'm in a meeting"))
        );
        let nested = RetryAfter::parse("5 (a (b;c) \\) d) ;duration=7").unwrap();
        assert_eq!(nested.comment, Some("a (b;c) \\) d"));
        assert_eq!(nested.duration(), Some(7));
        assert_eq!(nested.to_string(), "5 (a (b;c) \\) d);duration=7");
        for wrong in [
            "",
            "soon",
            "-1",
            "5 (open",
            "5 (a)) ",
            "5 (a\\)",
            "5 x",
            "99999999999",
        ] {
            assert!(RetryAfter::parse(wrong).is_err(), "{wrong}");
        }
    }
}
