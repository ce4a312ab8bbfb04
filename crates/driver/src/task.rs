//! Tasks of this shard.

use std::future::Future;

use tokio::task::JoinHandle;

/// Starts a task on this thread; dropping the handle lets it run on.
///
/// # Panics
/// Outside a `LocalRuntime` or `LocalSet`, which is where every element runs.
pub fn spawn<T: 'static>(task: impl Future<Output = T> + 'static) -> JoinHandle<T> {
    tokio::task::spawn_local(task)
}
