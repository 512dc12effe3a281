//! Tells of tasks that wait long. A thread that waits looks at the clock itself; a task has no clock that every runtime
//! would drive, so one thread of ours looks for all of them, and ends when none is left.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The tasks that wait, in the order in which they began.
static WATCHED: Mutex<Watched> = Mutex::new(Watched {
    tasks: Vec::new(),
    has_thread: false,
});

struct Watched {
    tasks: Vec<Task>,
    has_thread: bool,
}

/// A task that waits as long as its token lives.
struct Task {
    waits: Weak<()>,
    begin: Instant,
    report: Box<dyn FnOnce() + Send>,
}

/// Runs a future, and `report` once if it is not ready after this long.
pub(crate) async fn watched<F: Future>(
    waiting: F,
    patience: Duration,
    report: impl FnOnce() + Send + 'static,
) -> F::Output {
    let token = Arc::new(());
    watch(&token, patience, Box::new(report));
    let output = waiting.await;
    drop(token);
    output
}

fn watch(token: &Arc<()>, patience: Duration, report: Box<dyn FnOnce() + Send>) {
    let mut watched = lock();
    watched.tasks.push(Task {
        waits: Arc::downgrade(token),
        begin: Instant::now(),
        report,
    });
    if !watched.has_thread {
        // Without a thread nobody is told, and nothing else is lost.
        watched.has_thread = thread::Builder::new()
            .name("checkpointer-watch".to_owned())
            .spawn(move || look(patience))
            .is_ok();
    }
}

fn look(patience: Duration) {
    loop {
        let (due, next) = {
            let mut watched = lock();
            let now = Instant::now();
            let due = watched.due(now, patience);
            let first = watched.tasks.first();
            let next = first.map(|task| (task.begin + patience).saturating_duration_since(now));
            watched.has_thread = next.is_some();
            (due, next)
        };
        // Outside the lock: a report may run anything.
        due.into_iter().for_each(|report| report());
        match next {
            Some(next) => thread::sleep(next),
            None => return,
        }
    }
}

impl Watched {
    /// The reports of those that have waited this long, each once; tasks that are done are forgotten.
    fn due(&mut self, now: Instant, patience: Duration) -> Vec<Box<dyn FnOnce() + Send>> {
        let mut due = Vec::new();
        let tasks = std::mem::take(&mut self.tasks);
        for task in tasks {
            if task.waits.strong_count() == 0 {
                continue;
            }
            if now.saturating_duration_since(task.begin) >= patience {
                due.push(task.report);
            } else {
                self.tasks.push(task);
            }
        }
        due
    }
}

fn lock() -> MutexGuard<'static, Watched> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const PATIENCE: Duration = Duration::from_secs(10);

    fn task(token: &Arc<()>, begin: Instant, told: &Arc<AtomicUsize>) -> Task {
        let told = Arc::clone(told);
        Task {
            waits: Arc::downgrade(token),
            begin,
            report: Box::new(move || {
                told.fetch_add(1, Ordering::SeqCst);
            }),
        }
    }

    #[test]
    fn who_waits_long_is_told_of_once_and_who_is_done_never() {
        let (told, now) = (Arc::new(AtomicUsize::new(0)), Instant::now());
        let (waits, done) = (Arc::new(()), Arc::new(()));
        let mut watched = Watched {
            tasks: vec![task(&waits, now, &told), task(&done, now, &told)],
            has_thread: false,
        };
        assert!(watched.due(now + PATIENCE / 2, PATIENCE).is_empty());
        drop(done);
        for _ in 0..2 {
            let due = watched.due(now + PATIENCE, PATIENCE);
            due.into_iter().for_each(|report| report());
        }
        assert_eq!(told.load(Ordering::SeqCst), 1);
        assert!(watched.tasks.is_empty());
    }
}
