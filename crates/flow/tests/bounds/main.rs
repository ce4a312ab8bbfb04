//! What any capture may cost: instructions in proportion to its length, heap at most what is stated.

mod check_heap;
mod heap;
mod instructions;
mod nasty;
