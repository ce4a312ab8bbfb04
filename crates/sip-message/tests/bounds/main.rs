//! What any octets may cost: instructions in proportion to their length, heap at most a stated multiple of it.

mod heap;
mod instructions;
mod nasty;
