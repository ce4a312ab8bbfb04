//! Packets of all kinds, and the messages found in them.

mod captures;
mod datagrams;
mod limits;
mod scene;
mod streams;
