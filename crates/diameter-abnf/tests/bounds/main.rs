//! What any dictionary may cost: instructions in proportion to its length, heap at most a stated multiple of it.

mod heap;
mod instructions;
mod nasty;
