//! Statics marked `#[capture]` count by value, at each call, once, by a closure, or not at all.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};

use checkpointer_runtime::{capture, checkpoint, no_capture};
use checkpointer_testing::Runs;

mod each_call {
    use super::*;

    #[capture]
    static LEVEL: RwLock<u32> = RwLock::new(1);

    #[checkpointer_runtime::no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn scaled(x: u32) -> u32 {
        RUNS.count();
        x * *LEVEL.read().expect("not poisoned")
    }

    #[checkpoint(format = "memory", verbosity = 0)]
    fn not_capturing(x: u32) -> u32 {
        RUNS.count();
        x * *LEVEL.read().expect("not poisoned")
    }

    #[test]
    fn a_changed_value_is_another_call() {
        assert_eq!((scaled(2), scaled(2), not_capturing(2)), (2, 2, 2));
        assert_eq!(RUNS.take(), 2);
        *LEVEL.write().expect("not poisoned") = 5;
        assert_eq!((scaled(2), scaled(2)), (10, 10));
        assert_eq!(RUNS.take(), 1);
        assert_eq!(not_capturing(2), 2);
        *LEVEL.write().expect("not poisoned") = 1;
        assert_eq!(scaled(2), 2);
        assert_eq!(RUNS.take(), 0);
        assert_ne!(scaled::code_hash(), not_capturing::code_hash());
    }
}

mod once {
    use super::*;

    #[capture(once)]
    static FACTOR: AtomicU32 = AtomicU32::new(1);

    #[checkpointer_runtime::no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn scaled(x: u32) -> u32 {
        RUNS.count();
        x * FACTOR.load(Ordering::SeqCst)
    }

    #[test]
    fn a_value_is_read_again_after_reinit() {
        assert_eq!(scaled(2), 2);
        FACTOR.store(7, Ordering::SeqCst);
        assert_eq!(scaled(2), 2);
        scaled::reinit();
        assert_eq!(scaled(2), 14);
        assert_eq!(RUNS.take(), 2);
    }
}

mod by_closure {
    use super::*;

    /// Not serializable.
    struct Table(Mutex<Vec<Named>>);

    type Named = (String, fn() -> u32);

    #[capture(hash_by = |table| table.0.lock().expect("not poisoned").len())]
    static LEVEL: Table = Table(Mutex::new(Vec::new()));

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn size() -> usize {
        LEVEL.0.lock().expect("not poisoned").len()
    }

    #[test]
    fn a_closure_says_what_of_the_value_counts() {
        assert_eq!(size(), 0);
        LEVEL
            .0
            .lock()
            .expect("not poisoned")
            .push(("one".into(), || 1));
        assert_eq!(size(), 1);
        let table = LEVEL.0.lock().expect("not poisoned");
        assert_eq!(table[0].1(), table[0].0.len() as u32 - 2);
    }
}

mod kinds {
    use super::*;

    #[capture]
    static ONCE: OnceLock<String> = OnceLock::new();

    #[capture]
    static FACTOR: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| Mutex::new(vec![1]));

    thread_local! {
        #[capture]
        static LOCAL: Cell<u8> = const { Cell::new(1) };
    }

    #[no_capture]
    static IGNORED: AtomicU32 = AtomicU32::new(0);

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn shown() -> String {
        IGNORED.fetch_add(1, Ordering::SeqCst);
        format!(
            "{:?} {:?} {}",
            ONCE.get(),
            FACTOR.lock().expect("not poisoned"),
            LOCAL.get()
        )
    }

    #[test]
    fn locks_lazies_and_thread_locals_are_read() {
        assert_eq!(
            (shown(), shown()),
            ("None [1] 1".to_owned(), "None [1] 1".to_owned())
        );
        ONCE.set("x".into()).expect("it is empty");
        assert_eq!(shown(), "Some(\"x\") [1] 1");
        FACTOR.lock().expect("not poisoned").push(2);
        assert_eq!(shown(), "Some(\"x\") [1, 2] 1");
        LOCAL.set(9);
        assert_eq!(shown(), "Some(\"x\") [1, 2] 9");
        assert_eq!(IGNORED.load(Ordering::SeqCst), 4);
    }
}

mod unregistered {
    use super::*;

    /// Looks like the mark, and registers nothing.
    mod pretended {
        pub(super) use checkpointer_runtime::no_capture as capture;
    }

    #[pretended::capture]
    static LEVEL: AtomicU32 = AtomicU32::new(3);

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn uncached() -> u32 {
        LEVEL.fetch_add(1, Ordering::SeqCst)
    }

    #[test]
    fn without_its_static_a_capturing_function_is_not_cached() {
        assert_eq!((uncached(), uncached()), (3, 4));
    }
}

mod lazy {
    use super::*;

    lazy_static::lazy_static! {
        #[capture]
        static ref LIMITS: Mutex<Vec<u32>> = Mutex::new(vec![1]);
    }

    #[checkpointer_runtime::no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn limited(x: u32) -> u32 {
        RUNS.count();
        x + LIMITS.lock().expect("not poisoned").iter().sum::<u32>()
    }

    #[test]
    fn a_static_that_lazy_static_makes_counts_by_what_it_holds() {
        assert_eq!((limited(2), limited(2)), (3, 3));
        assert_eq!(RUNS.take(), 1);
        LIMITS.lock().expect("not poisoned").push(10);
        assert_eq!((limited(2), limited(2)), (13, 13));
        assert_eq!(RUNS.take(), 1);
    }
}
