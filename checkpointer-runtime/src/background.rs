//! Work that may block, for async calls: on a thread of its own, whatever runtime polls them.

/// Runs a closure off the async worker threads. A panic in it continues here.
#[cfg(feature = "async")]
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    blocking::unblock(work).await
}

/// Without the feature `async`, stores are used on the thread that polls.
#[cfg(not(feature = "async"))]
#[expect(clippy::unused_async, reason = "its twin is async")]
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    work()
}
