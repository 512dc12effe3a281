//! One small runtime for all requests, and how a thread waits for one of them.

use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use super::super::backend::Fault;

/// What a request may take beyond its time until nobody waits for it any more.
const MARGIN: Duration = Duration::from_millis(50);

/// Runs a request to its end or its time.
pub(super) fn run<T: Send + 'static>(
    by: Instant,
    request: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let Some(runtime) = runtime() else {
        return Err(Fault::Unavailable(
            "the system gives no thread for it".into(),
        ));
    };
    let (sender, receiver) = mpsc::channel();
    runtime.spawn(async move {
        let answer = tokio::time::timeout_at(by.into(), request).await;
        // Nobody may be waiting any more.
        let _ = sender.send(answer.unwrap_or_else(|_| Err(Fault::timed_out())));
    });
    let rest = by.saturating_duration_since(Instant::now()) + MARGIN;
    receiver
        .recv_timeout(rest)
        .unwrap_or_else(|_| Err(Fault::timed_out()))
}

fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("checkpointer-object")
            .enable_all()
            .build()
            .ok()
    });
    runtime.as_ref()
}
