//! Each example of the Python library's description, as its Rust twin, and what that library's own tests check.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use checkpointer_runtime::{Checkpointer, MemoryStorage, capture, checkpoint};
use checkpointer_testing::{Runs, STORE};
use futures_lite::future::block_on;

mod quick_start {
    use super::*;

    #[checkpointer_runtime::no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(using = STORE)]
    fn expensive_function(x: i64) -> i64 {
        RUNS.count();
        x.pow(2)
    }

    #[test]
    fn the_first_call_computes_and_the_second_loads() {
        assert_eq!((expensive_function(4), expensive_function(4)), (16, 16));
        assert_eq!(RUNS.take(), 1);
        assert_eq!(expensive_function::rerun(4), 16);
        assert_eq!(expensive_function::original(4), 16);
        assert_eq!(RUNS.take(), 2);
        assert_eq!(expensive_function::get(4).expect("it is stored"), 16);
        expensive_function::reinit();
    }
}

mod invalidation {
    use super::*;

    fn multiply(a: i64, b: i64) -> i64 {
        a * b
    }

    #[checkpoint(using = STORE)]
    fn helper(x: i64) -> i64 {
        multiply(x + 1, 2)
    }

    #[checkpoint(using = STORE)]
    fn compute(a: i64, b: i64) -> i64 {
        helper(a) + helper(b)
    }

    #[test]
    fn a_checkpointed_function_may_call_others() {
        assert_eq!((compute(1, 2), helper::get_or(0, 2)), (10, 6));
    }
}

mod layers {
    use super::*;

    static IS_DEVELOPMENT: AtomicBool = AtomicBool::new(true);
    static TMP_CHECKPOINT: LazyLock<Checkpointer> = LazyLock::new(|| STORE.clone());
    static DEV_CHECKPOINT: LazyLock<Checkpointer> = LazyLock::new(|| {
        TMP_CHECKPOINT
            .clone()
            .when(|| IS_DEVELOPMENT.load(Ordering::SeqCst))
    });

    #[checkpoint(format = "memory", verbosity = 0)]
    #[checkpoint(using = DEV_CHECKPOINT)]
    fn some_expensive_function(n: u64) -> u64 {
        (0..n).map(|i| i * i).sum()
    }

    #[test]
    fn in_development_both_layers_are_active_and_in_production_memory_alone() {
        assert_eq!(some_expensive_function(10), 285);
        assert_eq!(
            some_expensive_function::call(10)
                .layer(1)
                .get()
                .expect("it is stored"),
            285
        );
        IS_DEVELOPMENT.store(false, Ordering::SeqCst);
        assert_eq!(some_expensive_function(11), 385);
        assert!(some_expensive_function::call(11).layer(1).get().is_err());
        assert_eq!(
            some_expensive_function::call(11)
                .layer(0)
                .get()
                .expect("it is stored"),
            385
        );
    }
}

mod storages {
    use super::*;

    #[checkpoint(format = "msgpack", using = STORE)]
    fn disk_cached(x: i64) -> i64 {
        x.pow(2)
    }

    #[checkpoint(format = "memory", verbosity = 0)]
    fn memory_cached(x: i64) -> i64 {
        x * 10
    }

    #[checkpoint(format = MemoryStorage::new(), verbosity = 0)]
    fn by_type(x: i64) -> i64 {
        x * 20
    }

    #[test]
    fn a_format_is_a_name_or_a_storage() {
        assert_eq!((disk_cached(3), memory_cached(3), by_type(3)), (9, 30, 60));
        assert_eq!((disk_cached(3), memory_cached(3), by_type(3)), (9, 30, 60));
    }
}

mod captured {
    use super::*;

    #[capture]
    static LEVEL: std::sync::Mutex<i64> = std::sync::Mutex::new(1);

    #[checkpoint(capture, format = "memory", verbosity = 0)]
    fn raised(x: i64) -> i64 {
        x + *LEVEL.lock().expect("not poisoned")
    }

    #[test]
    fn captured_variables_are_part_of_the_call() {
        assert_eq!(raised(1), 2);
        *LEVEL.lock().expect("not poisoned") = 10;
        assert_eq!(raised(1), 11);
    }
}

mod full_example {
    use super::*;

    #[checkpoint(using = STORE)]
    fn compute_square(n: i64) -> i64 {
        n.pow(2)
    }

    #[checkpoint(format = "memory", verbosity = 0)]
    async fn async_compute_sum(a: i64, b: i64) -> i64 {
        futures_lite::future::yield_now().await;
        a + b
    }

    #[test]
    fn sync_and_async_functions_live_together() {
        block_on(async {
            assert_eq!(compute_square(5), 25);
            assert_eq!(async_compute_sum(3, 7).await, 10);
            assert_eq!(async_compute_sum::get(3, 7).expect("it is stored"), 10);
        });
    }
}

mod same_names {
    mod one {
        #[checkpointer_runtime::checkpoint(using = checkpointer_testing::STORE)]
        pub(super) fn named(x: u8) -> u8 {
            x + 1
        }
    }
    mod two {
        #[checkpointer_runtime::checkpoint(using = checkpointer_testing::STORE)]
        pub(super) fn named(x: u8) -> u8 {
            x + 2
        }
    }

    #[test]
    fn two_functions_of_one_name_in_different_modules_are_two() {
        assert_eq!((one::named(1), two::named(1)), (2, 3));
        assert_eq!((one::named(1), two::named(1)), (2, 3));
        assert_eq!(one::named::clear().expect("the store can be written"), 1);
        assert_eq!(two::named::get(1).expect("it is untouched"), 3);
        assert_ne!(one::named::code_hash(), two::named::code_hash());
    }
}

mod attribute {
    mod loud {
        #[checkpointer_runtime::checkpoint(format = "memory", verbosity = 1, when = true)]
        pub(super) fn same(x: u8) -> u8 {
            x
        }
    }
    mod quiet {
        #[checkpointer_runtime::checkpoint(using = checkpointer_testing::STORE)]
        pub(super) fn same(x: u8) -> u8 {
            x
        }
    }

    #[test]
    fn the_attribute_itself_is_not_hashed() {
        assert_eq!(loud::same::code_hash(), quiet::same::code_hash());
        assert_eq!((loud::same(1), quiet::same(1)), (1, 1));
    }
}
