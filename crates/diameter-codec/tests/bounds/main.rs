//! What any octets may cost: instructions in proportion to their length, heap at most a stated multiple of it.

#[path = "../frames/mod.rs"]
mod frames;
mod heap;
mod instructions;
mod nasty;
