//! What the standards say of transactions, keys and response routing: a test's path names the clause.

mod line;
mod rfc3261;
mod rfc4320;
