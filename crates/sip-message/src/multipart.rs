//! Bodies of several parts (RFC 2046 §5.1, RFC 5621 §3).

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;

use crate::error::HeaderError;
use crate::grammar::{is_white, trim, unquote};
use crate::header::{ContentType, TypedHeader};
use crate::name::Name;

/// Parts that one body may have.
pub const MAX_PARTS: usize = 64;

/// Bodies of several parts that may stand in each other.
pub const MAX_NESTING: usize = 8;

/// Characters that a boundary may have (RFC 2046 §5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// What is wrong with a body of several parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The Content-Type is not `multipart/…`.
    #[error("the body is not multipart")]
    Type,
    /// No `boundary`, or one that is not 1 to 70 of the characters that it may have.
    #[error("no boundary of 1 to 70 characters")]
    Boundary,
    /// The body ends before the boundary that closes it.
    #[error("the closing boundary is missing")]
    Open,
    /// The header fields of a part are not UTF-8.
    #[error("the header fields of a part are not UTF-8")]
    NotUtf8,
    /// More than [`MAX_PARTS`].
    #[error("more than 64 parts")]
    TooManyParts,
    /// More than [`MAX_NESTING`].
    #[error("bodies of several parts nested more than 8 deep")]
    TooDeep,
}

/// The parts of a body, in order; none of them is copied.
///
/// ```
/// use sip_message::{ContentType, Multipart, TypedHeader};
///
/// let kind = ContentType::parse("multipart/mixed;boundary=b1")?;
/// let body = b"--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b1\r\n\r\n\x00\r\n--b1--\r\n";
/// let parts = Multipart::new(&kind, body)?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(parts[0].body, b"Hello");
/// assert_eq!(parts[1].body, b"\x00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Multipart<'a> {
    /// `--` and the boundary.
    delimiter: String,
    /// What follows the delimiter that opens the next part; nothing after the closing one or a fault.
    rest: Option<&'a [u8]>,
    parts: usize,
    depth: usize,
}

/// One part of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    head: &'a str,
    /// What it holds, undecoded.
    pub body: &'a [u8],
    depth: usize,
}

impl<'a> Multipart<'a> {
    /// The parts of `body`, which is of the type that `content_type` says.
    ///
    /// # Errors
    /// [`MultipartError`] where that is no type of several parts, or the first boundary is not there.
    pub fn new(content_type: &ContentType<'_>, body: &'a [u8]) -> Result<Self, MultipartError> {
        Self::at_depth(content_type, body, 1)
    }

    fn at_depth(
        content_type: &ContentType<'_>,
        body: &'a [u8],
        depth: usize,
    ) -> Result<Self, MultipartError> {
        if !content_type.parts().0.eq_ignore_ascii_case("multipart") {
            return Err(MultipartError::Type);
        }
        if depth > MAX_NESTING {
            return Err(MultipartError::TooDeep);
        }
        let boundary = content_type.params.unquoted("boundary");
        let boundary = boundary.filter(|text| is_boundary(text));
        let delimiter = format!("--{}", boundary.ok_or(MultipartError::Boundary)?);
        // What stands before the first delimiter, and after the last, is no part (RFC 2046 §5.1.1).
        let (_, rest) =
            split_at(body, delimiter.as_bytes(), Before::Anything).ok_or(MultipartError::Open)?;
        Ok(Multipart {
            delimiter,
            rest: opened(rest)?,
            parts: 0,
            depth,
        })
    }

    fn read(&mut self, rest: &'a [u8]) -> Result<Part<'a>, MultipartError> {
        if self.parts == MAX_PARTS {
            return Err(MultipartError::TooManyParts);
        }
        self.parts += 1;
        let (part, rest) =
            split_at(rest, self.delimiter.as_bytes(), Before::Line).ok_or(MultipartError::Open)?;
        self.rest = opened(rest)?;
        // The line end that an empty head has is the empty line itself.
        let (head, body) = match part {
            [b'\r', b'\n', body @ ..] => (&part[..0], body),
            _ => match memmem::find(part, b"\r\n\r\n") {
                Some(end) => (&part[..end + 2], &part[end + 4..]),
                None => (part, &part[part.len()..]),
            },
        };
        Ok(Part {
            head: std::str::from_utf8(head).map_err(|_| MultipartError::NotUtf8)?,
            body,
            depth: self.depth,
        })
    }
}

impl<'a> Iterator for Multipart<'a> {
    type Item = Result<Part<'a>, MultipartError>;

    /// The next part; nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let part = self.read(rest);
        if part.is_err() {
            self.rest = None;
        }
        Some(part)
    }
}

/// `boundary` of RFC 2046 §5.1.1.
fn is_boundary(text: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&octet);
    (1..=LONGEST_BOUNDARY).contains(&text.len()) && text.bytes().all(fits) && !text.ends_with(' ')
}

/// What follows a delimiter: the next part, or `--` where it was the closing one.
fn opened(rest: &[u8]) -> Result<Option<&[u8]>, MultipartError> {
    if rest.starts_with(b"--") {
        return Ok(None);
    }
    // `transport-padding` is white space that a relay may have put there.
    let padding = rest
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t'))
        .count();
    match rest[padding..].strip_prefix(b"\r\n") {
        Some(part) => Ok(Some(part)),
        None => Err(MultipartError::Open),
    }
}

/// What has to stand before a delimiter.
#[derive(Clone, Copy)]
enum Before {
    /// The body begins with it, or a line end stands before it.
    Anything,
    /// A line end, which belongs to the delimiter.
    Line,
}

/// What stands before the first delimiter that begins a line and is not only the start of a longer one, and after it.
fn split_at<'a>(
    octets: &'a [u8],
    delimiter: &[u8],
    before: Before,
) -> Option<(&'a [u8], &'a [u8])> {
    memmem::find_iter(octets, delimiter).find_map(|at| {
        let begins = match (before, at) {
            (Before::Anything, 0) => true,
            // A part may be empty: its line end is the one that ended the delimiter before it.
            (Before::Line, 0) => true,
            _ => octets[..at].ends_with(b"\r\n"),
        };
        let after = &octets[at + delimiter.len()..];
        let is_whole = match after.first() {
            None => false,
            Some(b'-') => after.starts_with(b"--"),
            Some(octet) => is_white(*octet),
        };
        (begins && is_whole).then(|| (&octets[..at.saturating_sub(2)], after))
    })
}

impl<'a> Part<'a> {
    /// The value of the first header field called `name`, without white space around it.
    pub fn header(&self, name: Name<'_>) -> Option<&'a str> {
        self.headers()
            .find(|(found, _)| Name::new(found) == name)
            .map(|(_, value)| value)
    }

    /// Name and value of each header field, folds kept; lines that are none are passed over.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = self.head;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let mut end = rest.len();
            for (feed, _) in rest.match_indices('\n') {
                if !rest[feed + 1..].starts_with([' ', '\t']) {
                    end = feed + 1;
                    break;
                }
            }
            let (line, others) = rest.split_at(end);
            rest = others;
            Some(line.split_once(':'))
        })
        .flatten()
        .map(|(name, value)| (trim(name), trim(value)))
    }

    /// Its Content-Type; `None` where it has none, which is `text/plain` (RFC 2046 §5.1).
    ///
    /// # Errors
    /// [`HeaderError`] where it does not follow its grammar.
    pub fn content_type(&self) -> Result<Option<ContentType<'a>>, HeaderError> {
        self.header(Name::CONTENT_TYPE)
            .map(ContentType::parse)
            .transpose()
    }

    /// What its Content-ID names, without brackets (RFC 2045 §7).
    pub fn content_id(&self) -> Option<Cow<'a, str>> {
        let id = self.header(Name::new("Content-ID"))?;
        let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
        Some(unquote(bare.unwrap_or(id)))
    }

    /// The parts that it is of itself.
    ///
    /// # Errors
    /// [`MultipartError`], among others [`MultipartError::TooDeep`].
    pub fn multipart(&self) -> Result<Multipart<'a>, MultipartError> {
        match self.content_type() {
            Ok(Some(content_type)) => Multipart::at_depth(&content_type, self.body, self.depth + 1),
            _ => Err(MultipartError::Type),
        }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("head", &self.head)
            .field("body", &self.body.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(boundary: &str) -> String {
        format!("multipart/mixed;boundary={boundary}")
    }

    fn parts<'a>(content_type: &str, body: &'a str) -> Result<Vec<Part<'a>>, MultipartError> {
        let content_type = ContentType::parse(content_type).unwrap();
        Multipart::new(&content_type, body.as_bytes())?.collect()
    }

    fn bodies(content_type: &str, body: &str) -> Result<Vec<String>, MultipartError> {
        let text = |part: &Part<'_>| String::from_utf8(part.body.to_vec()).unwrap();
        parts(content_type, body).map(|parts| parts.iter().map(text).collect())
    }

    /// The example of RFC 2046 §5.1.1: a preamble, an epilogue, a part without header fields.
    #[test]
    fn the_standards_example() {
        let body = "This is the preamble.\r\n\
                    --simple boundary\r\n\r\n\
                    It does NOT end with a linebreak.\r\n\
                    --simple boundary\r\n\
                    Content-type: text/plain;\r\n charset=us-ascii\r\n\r\n\
                    It DOES end with a linebreak.\r\n\r\n\
                    --simple boundary--\r\n\
                    This is the epilogue.";
        let parts = parts(&kind("\"simple boundary\""), body).unwrap();
        assert_eq!(parts[0].body, b"It does NOT end with a linebreak.");
        assert_eq!(parts[0].content_type(), Ok(None));
        assert_eq!(parts[1].body, b"It DOES end with a linebreak.\r\n");
        let content_type = parts[1].content_type().unwrap().unwrap();
        assert_eq!(content_type.params.get("charset"), Some("us-ascii"));
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn boundaries() {
        // One boundary begins with another; padding; a boundary in a line is none.
        let body = "--b\r\n\r\n--bb\r\nx --b\r\n--b \t\r\n\r\n\r\n--b--";
        assert_eq!(
            bodies(&kind("b"), body),
            Ok(vec!["--bb\r\nx --b".to_owned(), String::new()])
        );
        assert_eq!(bodies(&kind("b"), "--b\r\n--b--"), Ok(vec![String::new()]));
        assert_eq!(bodies(&kind("b"), "--b--"), Ok(vec![]));
        for open in [
            "",
            "--b",
            "x--b--",
            "--b\r\n",
            "--b\r\n\r\nx",
            "--bx\r\n--b-",
        ] {
            assert_eq!(
                bodies(&kind("b"), open),
                Err(MultipartError::Open),
                "{open}"
            );
        }
        let long = "b".repeat(LONGEST_BOUNDARY + 1);
        for wrong in ["", "\"\"", "\"a \"", "\"a\\\"b\"", "é", &long] {
            assert_eq!(
                bodies(&kind(wrong), "--b--"),
                Err(MultipartError::Boundary),
                "{wrong}"
            );
        }
        assert_eq!(
            bodies(&kind(&long[1..]), "").err(),
            Some(MultipartError::Open)
        );
        assert_eq!(
            bodies("text/plain;boundary=b", "--b--"),
            Err(MultipartError::Type)
        );
    }

    #[test]
    fn header_fields_of_a_part() {
        let body = "--b\r\nContent-ID: <id@host>\r\nno field\r\nX:  a\r\n b\r\nc: text/html\r\n\r\n\r\n--b--";
        let part = parts(&kind("b"), body).unwrap()[0];
        assert_eq!(part.content_id().as_deref(), Some("id@host"));
        assert_eq!(part.header(Name::new("x")), Some("a\r\n b"));
        assert!(part.content_type().unwrap().unwrap().is("text/html"));
        assert_eq!(part.headers().count(), 3);
        assert_eq!(part.multipart().err(), Some(MultipartError::Type));
        let broken = b"--b\r\nX: \xff\r\n\r\n\r\n--b--";
        let content_type = kind("b");
        let content_type = ContentType::parse(&content_type).unwrap();
        let mut broken = Multipart::new(&content_type, broken).unwrap();
        assert_eq!(broken.next(), Some(Err(MultipartError::NotUtf8)));
        assert_eq!(broken.next(), None);
    }

    #[test]
    fn as_many_parts_and_as_deep_as_stated() {
        let many = |count: usize| format!("{}--b--", "--b\r\n\r\nx\r\n".repeat(count));
        assert_eq!(
            bodies(&kind("b"), &many(MAX_PARTS)).unwrap().len(),
            MAX_PARTS
        );
        assert_eq!(
            bodies(&kind("b"), &many(MAX_PARTS + 1)),
            Err(MultipartError::TooManyParts)
        );
        let mut body = "inmost".to_owned();
        for depth in 0..=MAX_NESTING {
            let inner = kind(&format!("b{depth}"));
            let outer = depth + 1;
            body = format!("--b{outer}\r\nContent-Type: {inner}\r\n\r\n{body}\r\n--b{outer}--");
        }
        let content_type = kind(&format!("b{}", MAX_NESTING + 1));
        let content_type = ContentType::parse(&content_type).unwrap();
        let mut inner = Multipart::new(&content_type, body.as_bytes());
        for _ in 1..MAX_NESTING {
            inner = inner.unwrap().next().unwrap().unwrap().multipart();
        }
        let deepest = inner.unwrap().next().unwrap().unwrap();
        assert_eq!(deepest.multipart().err(), Some(MultipartError::TooDeep));
    }
}
