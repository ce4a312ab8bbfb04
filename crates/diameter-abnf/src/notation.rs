//! The notation of a dictionary file, read with nom into names that are not yet resolved.
//!
//! ```text
//! dictionary = *section
//! section    = "@application" name number [vendor] / "@source" text-to-end-of-line
//!            / "@import" name / "@vendor" name number
//!            / "@avps" *( name code type m-bit ( vendor / "-" ) )
//!            / ( "@enum" / "@flags" ) name *( value-name number )
//!            / "@secret" *name
//!            / "@commands" *command / "@groups" *group
//! command    = "<" name ">" "::=" "<" "Diameter Header:" code *( "," flag ) [ "," application ] ">" *member
//! group      = name "::=" "<" "AVP Header:" code [ vendor-id ] ">" *member
//! member     = [ [min] "*" [max] ] ( "<" name ">" / "{" name "}" / "[" name "]" )
//! ```
//!
//! Commands and groups are RFC 6733 §3.2 and §4.4; the sections around them are ours. A comment runs
//! from `;` to the end of its line. White space separates and means nothing else.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{char, multispace1, not_line_ending};
use nom::combinator::{cut, map, not, opt, peek, recognize, value, verify};
use nom::error::{ErrorKind, ParseError};
use nom::multi::{many0, many0_count};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};

use crate::dictionary::{DataType, EnumerationKind, MBit};

/// A word of the file, which still knows where it stands.
pub(crate) type Word<'a> = &'a str;

pub(crate) enum Section<'a> {
    Application {
        name: Word<'a>,
        id: u32,
        vendor: Option<Word<'a>>,
    },
    Source(Word<'a>),
    Import(Word<'a>),
    Vendor(Word<'a>, u32),
    Avps(Vec<AvpLine<'a>>),
    Enumeration {
        avp: Word<'a>,
        kind: EnumerationKind,
        values: Vec<(Word<'a>, u32)>,
    },
    Secrets(Vec<Word<'a>>),
    Commands(Vec<CommandText<'a>>),
    Groups(Vec<GroupText<'a>>),
}

pub(crate) struct AvpLine<'a> {
    pub(crate) name: Word<'a>,
    pub(crate) code: u32,
    pub(crate) data: DataType,
    pub(crate) m_bit: MBit,
    pub(crate) vendor: Word<'a>,
}

pub(crate) struct CommandText<'a> {
    pub(crate) name: Word<'a>,
    pub(crate) code: Option<u32>,
    pub(crate) flags: Vec<Word<'a>>,
    pub(crate) application: Option<u32>,
    pub(crate) members: Vec<MemberText<'a>>,
}

pub(crate) struct GroupText<'a> {
    pub(crate) name: Word<'a>,
    pub(crate) code: u32,
    pub(crate) vendor: Option<u32>,
    pub(crate) members: Vec<MemberText<'a>>,
}

pub(crate) struct MemberText<'a> {
    pub(crate) avp: Word<'a>,
    pub(crate) bracket: char,
    /// `(min, max)` where a `*` is written.
    pub(crate) quantity: Option<(Option<u32>, Option<u32>)>,
}

/// Where reading stopped, and what would have gone on.
#[derive(Debug)]
pub(crate) struct Unexpected<'a> {
    pub(crate) at: &'a str,
    pub(crate) expected: &'static str,
}

impl<'a> ParseError<&'a str> for Unexpected<'a> {
    fn from_error_kind(at: &'a str, _: ErrorKind) -> Self {
        Unexpected {
            at,
            expected: "something else",
        }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Step<'a, T> = IResult<&'a str, T, Unexpected<'a>>;

/// Reads a whole file.
pub(crate) fn file(input: &str) -> Result<Vec<Section<'_>>, Unexpected<'_>> {
    let mut sections = Vec::new();
    let (mut rest, ()) = blank(input).map_err(unexpected)?;
    while !rest.is_empty() {
        let (after, section) = section(rest).map_err(unexpected)?;
        sections.push(section);
        rest = after;
    }
    Ok(sections)
}

fn unexpected(error: nom::Err<Unexpected<'_>>) -> Unexpected<'_> {
    match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => error,
        nom::Err::Incomplete(_) => Unexpected {
            at: "",
            expected: "more",
        },
    }
}

/// Names what should be here, for the error message.
fn expected<'a, T>(
    what: &'static str,
    mut parser: impl Parser<&'a str, Output = T, Error = Unexpected<'a>>,
) -> impl Parser<&'a str, Output = T, Error = Unexpected<'a>> {
    move |input: &'a str| {
        parser.parse(input).map_err(|error| match error {
            nom::Err::Error(_) => nom::Err::Error(Unexpected {
                at: input,
                expected: what,
            }),
            deeper => deeper,
        })
    }
}

/// The same, where nothing else can stand.
fn must<'a, T>(
    what: &'static str,
    parser: impl Parser<&'a str, Output = T, Error = Unexpected<'a>>,
) -> impl Parser<&'a str, Output = T, Error = Unexpected<'a>> {
    cut(expected(what, parser))
}

fn blank(input: &str) -> Step<'_, ()> {
    let comment = pair(char(';'), not_line_ending);
    value((), many0_count(alt((recognize(comment), multispace1)))).parse(input)
}

fn word(input: &str) -> Step<'_, Word<'_>> {
    let letters = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    terminated(letters, blank).parse(input)
}

fn number(input: &str) -> Step<'_, u32> {
    let digits = verify(word, |word: &str| word.parse::<u32>().is_ok());
    map(digits, |word: &str| word.parse().unwrap_or_default()).parse(input)
}

fn mark<'a>(text: &'static str) -> impl Parser<&'a str, Output = (), Error = Unexpected<'a>> {
    value((), terminated(tag(text), blank))
}

fn one_of<'a, T: Copy>(
    table: &'static [(&'static str, T)],
) -> impl Parser<&'a str, Output = T, Error = Unexpected<'a>> {
    let look_up = |word: &str| {
        table
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, value)| *value)
    };
    nom::combinator::map_opt(word, look_up)
}

fn section(input: &str) -> Step<'_, Section<'_>> {
    let (rest, keyword) = must(
        "a section: @application, @source, @import, @vendor, @avps, @enum, @flags, @secret, @commands or @groups",
        alt((
            tag("@application"),
            tag("@source"),
            tag("@import"),
            tag("@vendor"),
            tag("@avps"),
            tag("@enum"),
            tag("@flags"),
            tag("@secret"),
            tag("@commands"),
            tag("@groups"),
        )),
    )
    .parse(input)?;
    if keyword == "@source" {
        let text = terminated(take_till(|c| c == '\n' || c == ';'), blank);
        return map(text, |text: &str| Section::Source(text.trim())).parse(rest);
    }
    let (rest, ()) = blank(rest)?;
    match keyword {
        "@application" => {
            let parts = (
                must("the name of the application", word),
                must("its Application-Id", number),
                opt(word),
            );
            map(parts, |(name, id, vendor)| Section::Application {
                name,
                id,
                vendor,
            })
            .parse(rest)
        }
        "@import" => map(must("the name of a dictionary", word), Section::Import).parse(rest),
        "@vendor" => {
            let parts = (
                must("the name of a vendor", word),
                must("its enterprise number", number),
            );
            map(parts, |(name, id)| Section::Vendor(name, id)).parse(rest)
        }
        "@avps" => map(many0(avp_line), Section::Avps).parse(rest),
        "@secret" => map(many0(word), Section::Secrets).parse(rest),
        "@commands" => map(many0(command), Section::Commands).parse(rest),
        "@groups" => map(many0(group), Section::Groups).parse(rest),
        enumeration => {
            let kind = match enumeration {
                "@flags" => EnumerationKind::Bits,
                _ => EnumerationKind::Values,
            };
            let line = (word, must("the number of the value", number));
            let parts = (must("the name of an AVP", word), many0(line));
            map(parts, |(avp, values)| Section::Enumeration {
                avp,
                kind,
                values,
            })
            .parse(rest)
        }
    }
}

fn avp_line(input: &str) -> Step<'_, AvpLine<'_>> {
    let parts = (
        word,
        must("an AVP Code", number),
        must(
            "a data format of RFC 6733 §4.2 or §4.3",
            one_of(&DataType::ALL),
        ),
        must(
            "the rule for the M bit: must, may or clear",
            one_of(&MBit::ALL),
        ),
        must("a vendor, or - for an AVP of the IETF", word),
    );
    map(parts, |(name, code, data, m_bit, vendor)| AvpLine {
        name,
        code,
        data,
        m_bit,
        vendor,
    })
    .parse(input)
}

fn command_name(input: &str) -> Step<'_, Word<'_>> {
    terminated(delimited(mark("<"), word, mark(">")), mark("::=")).parse(input)
}

fn command(input: &str) -> Step<'_, CommandText<'_>> {
    let (rest, name) = command_name(input)?;
    let any_code = value(None, terminated(tag("code"), blank));
    let parts = (
        must("< Diameter Header:", (mark("<"), mark("Diameter Header:"))),
        must("a Command Code", alt((any_code, map(number, Some)))),
        many0(preceded(mark(","), expected("REQ, PXY or ERR", flag))),
        opt(preceded(
            mark(","),
            must("REQ, PXY, ERR or an Application-Id", number),
        )),
        must("> after the Diameter Header", mark(">")),
        members,
    );
    map(parts, |(_, code, flags, application, (), members)| {
        CommandText {
            name,
            code,
            flags,
            application,
            members,
        }
    })
    .parse(rest)
}

fn flag(input: &str) -> Step<'_, Word<'_>> {
    verify(word, |word: &str| matches!(word, "REQ" | "PXY" | "ERR")).parse(input)
}

fn group(input: &str) -> Step<'_, GroupText<'_>> {
    let parts = (
        word,
        must("::= after the name of a group", mark("::=")),
        must("< AVP Header:", (mark("<"), mark("AVP Header:"))),
        must("an AVP Code", number),
        opt(number),
        must("> after the AVP Header", mark(">")),
        members,
    );
    map(parts, |(name, (), _, code, vendor, (), members)| {
        GroupText {
            name,
            code,
            vendor,
            members,
        }
    })
    .parse(input)
}

fn members(input: &str) -> Step<'_, Vec<MemberText<'_>>> {
    let (rest, members) = many0(preceded(not(peek(command_name)), member)).parse(input)?;
    let end = alt((
        value((), tag("@")),
        value((), peek(command_name)),
        value((), peek((word, tag("::=")))),
        value((), nom::combinator::eof),
    ));
    let (_, ()) = must(
        "a member such as { Name }, [ Name ] or * [ Name ]",
        peek(end),
    )
    .parse(rest)?;
    Ok((rest, members))
}

fn quantity(input: &str) -> Step<'_, (Option<u32>, Option<u32>)> {
    let digits = |input| {
        let all = take_while1(|c: char| c.is_ascii_digit());
        nom::combinator::map_opt(all, |text: &str| text.parse().ok()).parse(input)
    };
    terminated((terminated(opt(digits), char('*')), opt(digits)), blank).parse(input)
}

fn opening(input: &str) -> Step<'_, char> {
    terminated(alt((char('<'), char('{'), char('['))), blank).parse(input)
}

fn member(input: &str) -> Step<'_, MemberText<'_>> {
    let (rest, quantity) = opt(quantity).parse(input)?;
    let (rest, bracket) = match quantity {
        Some(_) => must("{, [ or < after *", opening).parse(rest)?,
        None => opening(rest)?,
    };
    let (rest, avp) = must("the name of an AVP", word).parse(rest)?;
    let (rest, ()) = match bracket {
        '<' => must("> after the name of the AVP", mark(">")).parse(rest)?,
        '{' => must("} after the name of the AVP", mark("}")).parse(rest)?,
        _ => must("] after the name of the AVP", mark("]")).parse(rest)?,
    };
    Ok((
        rest,
        MemberText {
            avp,
            bracket,
            quantity,
        },
    ))
}
