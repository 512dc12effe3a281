//! What one thread changes in memory every other thread sees with its next call, however near it had the result.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use checkpointer_runtime::{checkpoint, no_capture};

#[no_capture]
static RESULT: AtomicU64 = AtomicU64::new(1);

#[checkpoint(format = "memory", verbosity = 0)]
fn number(key: u64) -> u64 {
    let _ = key;
    RESULT.load(Ordering::SeqCst)
}

/// Calls so often that the result is near.
fn settled() -> u64 {
    let results = [number(7), number(7), number(7)];
    assert!(results.iter().all(|result| *result == results[0]));
    results[0]
}

#[test]
fn a_result_that_is_set_deleted_cleared_or_computed_again_is_near_no_more() {
    let (ask, asked) = mpsc::channel();
    let (answer, answers) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            for () in asked {
                answer.send(settled()).expect("the test listens");
            }
        });
        let other = || {
            ask.send(()).expect("the thread listens");
            answers.recv().expect("the thread answers")
        };
        assert_eq!((settled(), other()), (1, 1));
        number::set(5, 7).expect("memory can be written");
        assert_eq!((other(), settled()), (5, 5));
        RESULT.store(2, Ordering::SeqCst);
        number::delete(7).expect("memory can be written");
        assert_eq!((other(), settled()), (2, 2));
        RESULT.store(3, Ordering::SeqCst);
        assert_eq!(number::rerun(7), 3);
        assert_eq!((other(), settled()), (3, 3));
        RESULT.store(4, Ordering::SeqCst);
        number::clear().expect("memory can be written");
        assert_eq!((other(), settled()), (4, 4));
        drop(ask);
    });
}
