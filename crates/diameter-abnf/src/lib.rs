//! Diameter dictionaries in the ABNF notation of RFC 6733, and the Rust made from them.
