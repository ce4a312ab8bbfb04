//! The memory of every element's process.
//!
//! Registrations live for hours among transactions that live for seconds. glibc puts both side by side and gives no page
//! back that holds one of each; mimalloc has a page for each size, and most sizes are of one kind.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
