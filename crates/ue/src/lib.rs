//! Test phone.
