//! Rules of RFC 6733 and of the dictionaries, each kept and broken; the path of a test names its
//! section.

#[path = "../frames/mod.rs"]
mod frames;
mod section_3;
mod section_4_1;
mod section_6_2;
mod section_7_1;
mod section_7_5;
