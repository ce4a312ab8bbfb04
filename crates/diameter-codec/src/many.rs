//! AVPs that may stand several times.

use std::fmt;

use crate::avp::{Avp, Avps};
use crate::codes::AvpCode;
use crate::value::AvpValue;

/// Values of one AVP in their order: a slice that the sender gives, or those of a received message,
/// which are walked again each time and cost no allocation.
#[derive(Clone, Copy)]
pub struct Many<'a, T>(Source<'a, T>);

#[derive(Clone, Copy)]
enum Source<'a, T> {
    Given(&'a [T]),
    /// `count` AVPs of one code, the first of them at the start of `octets`.
    Coded {
        octets: &'a [u8],
        count: u32,
        code: AvpCode,
    },
    /// `count` AVPs that are not members, the first of them at the start of `octets`.
    Others {
        octets: &'a [u8],
        count: u32,
        is_member: fn(AvpCode) -> bool,
    },
    /// `count` AVPs, and after them what may be none: kept to the octet.
    Raw {
        octets: &'a [u8],
        count: u32,
    },
}

impl<'a, T: AvpValue<'a>> Many<'a, T> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
            Source::Given(values) => values.len(),
            Source::Coded { count, .. }
            | Source::Others { count, .. }
            | Source::Raw { count, .. } => count as usize,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<T> {
        self.iter().next()
    }

    /// One after another.
    #[must_use]
    pub fn iter(&self) -> ManyIter<'a, T> {
        ManyIter {
            left: self.len(),
            source: self.0,
        }
    }

    /// The sender's slice, where it is one.
    #[inline]
    pub(crate) fn given(&self) -> Option<&'a [T]> {
        match self.0 {
            Source::Given(values) => Some(values),
            Source::Coded { .. } | Source::Others { .. } | Source::Raw { .. } => None,
        }
    }

    /// All octets, where they are kept whether they can be followed or not.
    #[inline]
    pub(crate) fn raw(&self) -> Option<&'a [u8]> {
        match self.0 {
            Source::Raw { octets, .. } => Some(octets),
            Source::Given(_) | Source::Coded { .. } | Source::Others { .. } => None,
        }
    }

    /// Notes one more of `code`; `here` begins with it.
    #[inline]
    pub(crate) fn note(&mut self, code: AvpCode, here: &'a [u8]) {
        match &mut self.0 {
            Source::Coded { count, .. } => *count += 1,
            _ => {
                self.0 = Source::Coded {
                    octets: here,
                    count: 1,
                    code,
                }
            }
        }
    }
}

impl<'a> Many<'a, Avp<'a>> {
    /// Notes one more that is not a member; `here` begins with it.
    #[inline]
    pub(crate) fn note_other(&mut self, is_member: fn(AvpCode) -> bool, here: &'a [u8]) {
        match &mut self.0 {
            Source::Others { count, .. } => *count += 1,
            _ => {
                self.0 = Source::Others {
                    octets: here,
                    count: 1,
                    is_member,
                }
            }
        }
    }

    /// Every AVP in `octets`, as far as their lengths can be followed; written again, all octets are.
    pub(crate) fn unchecked(octets: &'a [u8]) -> Self {
        let count = Avps::new(octets).count() as u32;
        Self(Source::Raw { octets, count })
    }

    /// The first AVP of this code.
    #[must_use]
    pub fn find(&self, code: AvpCode) -> Option<Avp<'a>> {
        self.iter().find(|avp| avp.code == code)
    }
}

impl<T> Default for Many<'_, T> {
    fn default() -> Self {
        Self(Source::Given(&[]))
    }
}

impl<'a, T> From<&'a [T]> for Many<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Self(Source::Given(values))
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for Many<'a, T> {
    fn from(values: &'a [T; N]) -> Self {
        Self(Source::Given(values))
    }
}

impl<'a, T> From<&'a Vec<T>> for Many<'a, T> {
    fn from(values: &'a Vec<T>) -> Self {
        Self(Source::Given(values))
    }
}

impl<'a, T: AvpValue<'a>> IntoIterator for Many<'a, T> {
    type Item = T;
    type IntoIter = ManyIter<'a, T>;

    fn into_iter(self) -> ManyIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: AvpValue<'a>> IntoIterator for &Many<'a, T> {
    type Item = T;
    type IntoIter = ManyIter<'a, T>;

    fn into_iter(self) -> ManyIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: AvpValue<'a> + PartialEq> PartialEq for Many<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: AvpValue<'a> + fmt::Debug> fmt::Debug for Many<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Iterator over [`Many`].
#[derive(Clone)]
pub struct ManyIter<'a, T> {
    left: usize,
    source: Source<'a, T>,
}

impl<'a, T: AvpValue<'a>> Iterator for ManyIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        match &mut self.source {
            Source::Given(values) => {
                let (first, rest) = values.split_first()?;
                *values = rest;
                Some(*first)
            }
            Source::Coded { octets, code, .. } => {
                let code = *code;
                advance(octets, |found| found == code)
            }
            Source::Others {
                octets, is_member, ..
            } => {
                let is_member = *is_member;
                advance(octets, |found| !is_member(found))
            }
            Source::Raw { octets, .. } => advance(octets, |_| true),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, T: AvpValue<'a>> ExactSizeIterator for ManyIter<'a, T> {}

/// The next wanted value. Every AVP in `octets` was read once by the decoder, so none fails here.
fn advance<'a, T: AvpValue<'a>>(
    octets: &mut &'a [u8],
    wanted: impl Fn(AvpCode) -> bool,
) -> Option<T> {
    let mut avps = Avps::new(octets);
    let avp = avps.find(|avp| wanted(avp.code))?;
    *octets = avps.rest();
    T::read(&avp).ok()
}
