//! Octets as a list of choices, for targets that drive a machine.

use std::time::Duration;

/// What is left of the choices.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next octet; none at the end.
    pub(crate) fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// One of `all`, which is not empty.
    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let octet = usize::from(self.octet()?);
        Some(all[octet % all.len()])
    }

    /// Up to 65 seconds, in milliseconds.
    pub(crate) fn time(&mut self) -> Option<Duration> {
        let milliseconds = u16::from_be_bytes([self.octet()?, self.octet()?]);
        Some(Duration::from_millis(milliseconds.into()))
    }
}
