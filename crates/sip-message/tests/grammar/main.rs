//! What the grammar makes is read, printed and read again as it was meant.

mod generate;
mod headers;
mod messages;
