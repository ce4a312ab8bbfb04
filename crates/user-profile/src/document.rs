//! A pull reader of elements over quick-xml, with the limits: no DTD, no entities, bounded size, depth and count.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::ReadError;

/// Longest document, in octets: 960 KiB, so that the message of Diameter that carries it, of at most 1 MiB, has 64 KiB for
/// all else.
pub const MAX_DOCUMENT: usize = 960 << 10;
/// Deepest nesting of elements, the unknown ones counted.
pub const MAX_DEPTH: usize = 32;
/// Most elements in a document, the unknown ones counted.
pub const MAX_ELEMENTS: usize = 32_768;

/// Defines [`Element`]: the schema's element names.
macro_rules! elements {
    ($($name:ident)+) => {
        /// An element of the schema; others are skipped by [`Document::child`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(clippy::upper_case_acronyms, reason = "the schema's spelling")]
        pub(crate) enum Element { $($name,)+ }

        impl Element {
            fn named(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }

            /// The schema's spelling.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

elements! {
    IMSSubscription PrivateID ServiceProfile Extension PublicIdentity CoreNetworkServicesAuthorization
    InitialFilterCriteria SharedIFCSetID BarringIndication Identity IdentityType WildcardedPSI DisplayName
    AliasIdentityGroupID WildcardedIMPU ServiceLevelTraceInfo SubscribedMediaProfileId ListOfServiceIds ServiceId
    Priority TriggerPoint ApplicationServer ProfilePartIndicator ConditionTypeCNF SPT ConditionNegated Group
    RequestURI Method SIPHeader Header Content SessionCase SessionDescription Line RegistrationType ServerName
    DefaultHandling ServiceInfo IncludeRegisterRequest IncludeRegisterResponse
}

/// A document being read; always inside some element.
pub(crate) struct Document<'a> {
    reader: Reader<&'a [u8]>,
    /// The root's prefix and default namespace: elements of others are foreign.
    prefix: Option<String>,
    namespace: Option<String>,
    depth: usize,
    elements: usize,
}

impl<'a> Document<'a> {
    /// Reads up to the root's start tag.
    pub(crate) fn open(octets: &'a [u8]) -> Result<Self, ReadError> {
        if octets.len() > MAX_DOCUMENT {
            return Err(ReadError::TooLong(octets.len()));
        }
        let text = std::str::from_utf8(octets).map_err(|_| ReadError::NotUtf8)?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut document = Self {
            reader,
            prefix: None,
            namespace: None,
            depth: 0,
            elements: 0,
        };
        loop {
            match document.event()? {
                Event::Start(start) => {
                    let (local, prefix) = start.name().decompose();
                    if Element::named(local.into_inner()) != Some(Element::IMSSubscription) {
                        return Err(ReadError::Root);
                    }
                    document.prefix = prefix.map(|prefix| prefix.into_inner().to_owned());
                    document.namespace = default_namespace(&start);
                    document.enter()?;
                    return Ok(document);
                }
                Event::Eof => return Err(ReadError::Root),
                _ => {}
            }
        }
    }

    /// Enters the next known child of the current element, or leaves the element where there is none.
    pub(crate) fn child(&mut self) -> Result<Option<Element>, ReadError> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    self.enter()?;
                    match self.known(&start) {
                        Some(element) => return Ok(Some(element)),
                        None => self.skip()?,
                    }
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(None);
                }
                Event::Eof => {
                    return Err(self.not_well_formed("the document ends inside an element"));
                }
                _ => {}
            }
        }
    }

    /// The text of the current element, which is left; elements inside are skipped.
    pub(crate) fn text(&mut self) -> Result<String, ReadError> {
        let mut text = String::new();
        loop {
            match self.event()? {
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => text.push(resolve(&reference)?),
                Event::Start(_) => {
                    self.enter()?;
                    self.skip()?;
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return match text.chars().find(|character| !is_xml(*character)) {
                        None => Ok(text),
                        Some(_) => Err(self.not_well_formed("a character that XML lacks")),
                    };
                }
                Event::Eof => {
                    return Err(self.not_well_formed("the document ends inside an element"));
                }
                _ => {}
            }
        }
    }

    /// Leaves the current element, whatever is in it.
    pub(crate) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth - 1;
        while self.depth > outside {
            match self.event()? {
                Event::Start(_) => self.enter()?,
                Event::End(_) => self.depth -= 1,
                Event::Eof => {
                    return Err(self.not_well_formed("the document ends inside an element"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes sure that nothing but comments and space follows the root.
    pub(crate) fn close(mut self) -> Result<(), ReadError> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.xml10_content().trim().is_empty() => {}
                _ => return Err(self.not_well_formed("something follows the root element")),
            }
        }
    }

    fn event(&mut self) -> Result<Event<'a>, ReadError> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(ReadError::DocumentType),
            Ok(event) => Ok(event),
            Err(error) => Err(self.not_well_formed(&error.to_string())),
        }
    }

    fn enter(&mut self) -> Result<(), ReadError> {
        self.depth += 1;
        self.elements += 1;
        match (self.depth > MAX_DEPTH, self.elements > MAX_ELEMENTS) {
            (true, _) => Err(ReadError::TooDeep),
            (_, true) => Err(ReadError::TooManyElements),
            (false, false) => Ok(()),
        }
    }

    fn known(&self, start: &BytesStart<'_>) -> Option<Element> {
        let (local, prefix) = start.name().decompose();
        if prefix.map(|prefix| prefix.into_inner()) != self.prefix.as_deref() {
            return None;
        }
        let namespace = default_namespace(start);
        if namespace.is_some() && namespace != self.namespace {
            return None;
        }
        Element::named(local.into_inner())
    }

    fn not_well_formed(&self, problem: &str) -> ReadError {
        ReadError::NotWellFormed {
            position: self.reader.buffer_position(),
            problem: problem.to_owned(),
        }
    }
}

fn default_namespace(start: &BytesStart<'_>) -> Option<String> {
    let mut attributes = start.attributes();
    // The check for doubled names is quadratic, and only one name is looked for.
    attributes.with_checks(false);
    let declared = attributes
        .flatten()
        .find(|attribute| attribute.key.as_ref() == "xmlns")?;
    Some(declared.value.into_owned())
}

/// XML's own five entities and character references (XML 1.0 §4.1, §4.6).
fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, ReadError> {
    let refused = || ReadError::Reference(reference.chars().take(64).collect());
    if reference.is_char_ref() {
        let character = reference
            .resolve_char_ref()
            .ok()
            .flatten()
            .ok_or_else(refused)?;
        return if is_xml(character) {
            Ok(character)
        } else {
            Err(refused())
        };
    }
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(refused()),
    }
}

/// Char of XML 1.0 §2.2.
pub(crate) fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
