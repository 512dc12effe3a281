//! What the Python library's own tests check, as Rust twins: layers, recursion, dependencies, storages and options.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use checkpointer_runtime::{Bytes, CheckpointError, Key, Storage, capture, checkpoint, no_capture};
use checkpointer_testing::{Runs, STORE};
use chrono::{DateTime, Utc};

mod layered {
    use super::*;

    #[no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(format = "memory", verbosity = 0)]
    #[checkpoint(using = STORE)]
    fn layered(x: u64) -> u64 {
        RUNS.count();
        x + 1
    }

    #[test]
    fn a_call_fills_both_layers_and_the_lower_one_alone_answers() {
        assert_eq!((layered(1), layered(1)), (2, 2));
        assert_eq!(RUNS.take(), 1);
        assert_eq!(layered::call(1).layer(1).get().ok(), Some(2));
        layered::call(1)
            .layer(0)
            .delete()
            .expect("memory can be written");
        assert!(layered::call(1).layer(0).get().is_err());
        assert_eq!((layered::call(1).layer(1).run(), RUNS.take()), (2, 0));
        assert!(layered::call(1).layer(0).get().is_err());
        assert_eq!((layered(1), RUNS.take()), (2, 0));
        assert_eq!(layered::call(1).layer(0).get().ok(), Some(2));
    }
}

mod recursion {
    use super::*;

    #[no_capture]
    static RUNS: Runs = Runs::new();

    #[checkpoint(using = STORE)]
    fn through_the_cache(n: u64) -> u64 {
        RUNS.count();
        if n < 2 {
            n
        } else {
            through_the_cache(n - 1) + through_the_cache(n - 2)
        }
    }

    #[checkpoint(using = STORE)]
    fn past_the_cache(n: u64) -> u64 {
        RUNS.count();
        if n < 2 {
            n
        } else {
            past_the_cache::original(n - 1) + past_the_cache::original(n - 2)
        }
    }

    #[checkpoint(using = STORE)]
    fn is_even(n: u64) -> bool {
        RUNS.count();
        n == 0 || is_odd(n - 1)
    }

    #[checkpoint(using = STORE)]
    fn is_odd(n: u64) -> bool {
        RUNS.count();
        n != 0 && is_even(n - 1)
    }

    /// These share a counter, so they are one test.
    #[test]
    fn recursion_keeps_every_step_or_with_original_the_last_alone() {
        assert_eq!((through_the_cache(20), RUNS.take()), (6765, 21));
        assert_eq!(through_the_cache::get(19).ok(), Some(4181));
        assert_eq!((past_the_cache(10), RUNS.take()), (55, 177));
        assert_eq!((past_the_cache(10), RUNS.take()), (55, 0));
        assert!(past_the_cache::get(9).is_err());
        // Mutual recursion: eleven calls, and every second one is the other function's.
        assert_eq!((is_even(10), RUNS.take()), (true, 11));
        assert_eq!((is_odd(9), is_even(8), RUNS.take()), (true, true, 0));
        assert_ne!(is_even::code_hash(), is_odd::code_hash());
    }
}

mod dependencies {
    use super::*;

    const FACTOR: u64 = 2;

    struct Scaled(u64);

    fn double(x: u64) -> u64 {
        x * FACTOR
    }

    fn unrelated(x: u64) -> u64 {
        x
    }

    #[checkpoint(using = STORE)]
    fn inner(x: u64) -> u64 {
        double(x)
    }

    #[checkpoint(using = STORE)]
    fn outer(x: u64) -> u64 {
        let scaled = Scaled(inner(x) + FACTOR);
        scaled.0
    }

    fn names(dependencies: &[checkpointer_runtime::Dependency]) -> BTreeSet<&str> {
        dependencies
            .iter()
            .filter_map(|dependency| dependency.path.rsplit("::").next())
            .collect()
    }

    #[test]
    fn depends_names_exactly_what_a_function_mentions_itself() {
        assert_eq!((outer(3), unrelated(3)), (8, 3));
        assert_eq!(names(inner::depends()), BTreeSet::from(["double"]));
        assert_eq!(
            names(outer::depends()),
            BTreeSet::from(["FACTOR", "Scaled", "inner"])
        );
    }
}

mod custom_storage {
    use super::*;

    /// Python's example, with its five methods.
    #[derive(Debug)]
    struct CustomStorage;

    #[no_capture]
    static ENTRIES: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);

    impl Storage for CustomStorage {
        fn exists(&self, key: &Key) -> Result<bool, CheckpointError> {
            Ok(self.load(key)?.is_some())
        }

        fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>, CheckpointError> {
            Ok(checkpointer_runtime::storage::load(self, key)?.map(|(header, _)| header.stored))
        }

        fn store(&self, key: &Key, frame: &[u8]) -> Result<(), CheckpointError> {
            let mut entries = ENTRIES.lock().expect("not poisoned");
            entries.insert(key.call_hash().to_string(), frame.to_vec());
            Ok(())
        }

        fn load(&self, key: &Key) -> Result<Option<Bytes>, CheckpointError> {
            let entries = ENTRIES.lock().expect("not poisoned");
            Ok(entries
                .get(&key.call_hash().to_string())
                .cloned()
                .map(Bytes::from))
        }

        fn delete(&self, key: &Key) -> Result<bool, CheckpointError> {
            let mut entries = ENTRIES.lock().expect("not poisoned");
            Ok(entries.remove(&key.call_hash().to_string()).is_some())
        }
    }

    #[checkpoint(format = CustomStorage, verbosity = 0)]
    fn custom_cached(x: i64) -> i64 {
        x.pow(2)
    }

    #[test]
    fn a_storage_of_ones_own_is_all_that_a_function_needs() {
        assert_eq!((custom_cached(3), custom_cached(3)), (9, 9));
        assert_eq!(ENTRIES.lock().expect("not poisoned").len(), 1);
        assert_eq!(custom_cached::get(3).ok(), Some(9));
        custom_cached::delete(3).expect("it can be written");
        assert!(!custom_cached::exists(3).expect("it can be read"));
    }
}

mod options {
    use super::*;

    #[no_capture]
    static RUNS: Runs = Runs::new();

    #[capture]
    static OFFSET: Mutex<u64> = Mutex::new(1);

    static FOLDER: LazyLock<tempfile::TempDir> =
        LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

    /// Every option of Python's table on one function.
    #[checkpoint(
        capture = true,
        format = "msgpack",
        root_path = FOLDER.path(),
        when = true,
        verbosity = 0,
        should_expire = |stored| stored > Utc::now(),
        hash_by = |x| x % 10
    )]
    fn every_option(x: u64) -> u64 {
        RUNS.count();
        x + *OFFSET.lock().expect("not poisoned")
    }

    #[test]
    fn every_option_of_python_is_one_here() {
        assert_eq!((every_option(3), every_option(13), RUNS.take()), (4, 4, 1));
        *OFFSET.lock().expect("not poisoned") = 2;
        assert_eq!((every_option(3), RUNS.take()), (5, 1));
        assert!(FOLDER.path().join("python_suite").is_dir());
    }
}
