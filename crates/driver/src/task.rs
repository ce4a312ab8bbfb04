//! Tasks of this shard.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use tokio::task::JoinHandle;

/// Starts a task on this thread; dropping the handle lets it run on.
///
/// # Panics
/// Outside a `LocalRuntime` or `LocalSet`, which is where every element runs.
pub fn spawn<T: 'static>(task: impl Future<Output = T> + 'static) -> JoinHandle<T> {
    tokio::task::spawn_local(task)
}

/// Does `task` up to where it first has to wait, here and now, and the rest of it, if there is any, in a task of its own.
///
/// What need not wait costs no task then. A panic ends it as it ends a task, and nobody else.
///
/// # Panics
/// As [`spawn`].
pub(crate) fn begin(task: impl Future<Output = ()> + 'static) {
    let mut task = Box::pin(task);
    // Nobody need be woken: whoever waits is polled again by its own task, which then is.
    let mut nobody = Context::from_waker(Waker::noop());
    if let Ok(Poll::Pending) = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(&mut nobody))) {
        spawn(task);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn at_once_what_need_not_wait_and_later_the_rest() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime.block_on(tokio::task::LocalSet::new().run_until(async {
            let done = Rc::new(RefCell::new(Vec::new()));
            let (go, wait) = tokio::sync::oneshot::channel();
            let noted = Rc::clone(&done);
            begin(async move {
                noted.borrow_mut().push("first");
                let _gone = wait.await;
                noted.borrow_mut().push("last");
            });
            begin(async { panic!("the panic of one is nobody else's") });
            let noted = Rc::clone(&done);
            begin(async move { noted.borrow_mut().push("at once") });
            assert_eq!(*done.borrow(), ["first", "at once"]);
            go.send(()).expect("somebody waits");
            while done.borrow().len() < 3 {
                tokio::task::yield_now().await;
            }
            assert_eq!(*done.borrow(), ["first", "at once", "last"]);
        }));
    }
}
