//! The memory store: what it keeps, and that it keeps its limits.

use std::sync::Arc;

use checkpointer_runtime::MemoryStorage;
use checkpointer_runtime::storage::memory::MemoryTable;
use chrono::{DateTime, Utc};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

/// Spreads numbers as hashes are.
fn key(number: u64) -> u128 {
    u128::from_le_bytes(
        blake3::hash(&number.to_le_bytes()).as_bytes()[..16]
            .try_into()
            .unwrap(),
    )
}

/// One table for each way of keeping.
fn tables<V: Clone + Send + Sync + 'static>() -> [MemoryTable<V>; 3] {
    let bounded = MemoryStorage::new().max_entries(1000);
    [MemoryStorage::new(), bounded, bounded.max_bytes(1 << 20)].map(MemoryTable::new)
}

#[test]
fn what_was_stored_last_is_found_and_what_was_removed_is_gone() {
    for table in tables() {
        assert_eq!(table.get(key(1)), None);
        table.insert(key(1), "first", at(1), 5);
        table.insert(key(1), "second", at(2), 5);
        table.insert(key(2), "other", at(3), 5);
        let found = table.get(key(1)).unwrap();
        assert_eq!((found.value, found.stored), ("second", at(2)));
        assert_eq!(table.stored(key(2)), Some(at(3)));
        assert_eq!(table.len(), 2);
        assert!(table.remove(key(1)));
        assert!(!table.remove(key(1)));
        assert_eq!(table.get(key(1)), None);
    }
}

#[test]
fn retain_and_clear_count_what_they_drop() {
    for table in tables() {
        (0..10).for_each(|number| table.insert(key(number), number, at(number as i64), 1));
        assert_eq!(table.retain(|stored| stored >= at(4)), 4);
        assert_eq!(table.get(key(3)), None);
        assert_eq!(table.get(key(4)).unwrap().value, 4);
        assert_eq!(table.clear(), 6);
        assert_eq!(table.clear(), 0);
        assert!(table.is_empty());
    }
}

#[test]
fn a_shared_result_is_not_copied() {
    for table in tables() {
        let large = Arc::new(vec![1.0_f64; 1_000_000]);
        table.insert(key(1), large.clone(), at(1), 100);
        assert!(Arc::ptr_eq(&large, &table.get(key(1)).unwrap().value));
    }
}

#[test]
fn no_more_entries_are_kept_than_allowed_and_none_is_wrong() {
    for limit in [1, 2, 31, 100, 101, 1000] {
        let table = MemoryTable::new(MemoryStorage::new().max_entries(limit));
        for number in 0..5 * limit + 50 {
            table.insert(key(number), number, at(0), 1_000_000);
            assert!(table.len() as u64 <= limit, "{} of {limit}", table.len());
        }
        assert!(table.len() as u64 >= limit / 2);
        for number in 0..5 * limit + 50 {
            assert!(
                table
                    .get(key(number))
                    .is_none_or(|found| found.value == number)
            );
        }
    }
}

#[test]
fn no_more_bytes_are_kept_than_allowed() {
    let table = MemoryTable::new(MemoryStorage::new().max_bytes(100_000));
    let kept = |numbers: u64| -> u64 {
        let numbers = (0..numbers).filter(|&number| table.stored(key(number)).is_some());
        numbers.map(|number| 100 + number % 900).sum()
    };
    for number in 0..500 {
        table.insert(key(number), number, at(0), 100 + number % 900);
        assert!(kept(500) <= 100_000);
    }
    assert!(kept(500) > 25_000, "only {} bytes are used", kept(500));
    table.insert(key(1), 1, at(0), 200_000);
    assert_eq!(
        table.get(key(1)),
        None,
        "neither the new one, which does not fit, nor the old one"
    );
    let both = MemoryTable::new(MemoryStorage::new().max_bytes(1 << 30).max_entries(50));
    (0..1000).for_each(|number| both.insert(key(number), number, at(0), 8));
    assert!(both.len() <= 50 && both.len() > 10, "{}", both.len());
}

#[test]
fn what_is_used_again_and_again_outlives_a_flood() {
    let table = MemoryTable::new(MemoryStorage::new().max_entries(128));
    (0..16).for_each(|number| table.insert(key(number), number, at(0), 1));
    for flood in 1000..20_000 {
        table.insert(key(flood), flood, at(0), 1);
        if flood % 8 == 0 {
            (0..16).for_each(|number| {
                table.get(key(number));
            });
        }
    }
    let survivors = (0..16)
        .filter(|&number| table.get(key(number)).is_some())
        .count();
    assert!(survivors >= 12, "only {survivors} of 16 survived");
}

#[test]
fn many_threads_see_right_values() {
    for table in tables() {
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let table = &table;
                scope.spawn(move || {
                    for round in 0..20_000_u64 {
                        let number = (round * 31 + thread * 7) % 2000;
                        match (round + thread) % 7 {
                            0 => {
                                table.remove(key(number));
                            }
                            1 | 2 => table.insert(key(number), number, at(0), 64),
                            _ => assert!(
                                table
                                    .get(key(number))
                                    .is_none_or(|found| found.value == number)
                            ),
                        }
                    }
                });
            }
        });
    }
}

mod calls {
    use checkpointer_runtime::{MemoryStorage, checkpoint};

    const LIMITED: MemoryStorage = MemoryStorage::new().max_bytes(400_000);

    #[checkpoint(format = LIMITED, version = 1, verbosity = 0)]
    fn numbers(seed: usize, length: usize) -> Vec<f64> {
        vec![seed as f64; length]
    }

    #[checkpoint(format = LIMITED, version = 1, verbosity = 0)]
    fn texts(seed: usize, length: usize) -> Vec<String> {
        vec![format!("{seed:0>992}"); length]
    }

    #[test]
    fn a_result_weighs_what_it_points_to() {
        let kept_numbers = |length| {
            (0..100).for_each(|seed| drop(numbers(seed, length)));
            let kept = (0..100).filter(|&seed| numbers::exists(seed, length).unwrap());
            kept.count()
        };
        assert_eq!(kept_numbers(100), 100);
        let large = kept_numbers(1_000);
        assert!(
            (20..=50).contains(&large),
            "{large} results of 8 kB in 400 kB"
        );
        assert_eq!(kept_numbers(40_000), 0);
        (0..100).for_each(|seed| drop(texts(seed, 10)));
        let nested = (0..100).filter(|&seed| texts::exists(seed, 10).unwrap());
        let nested = nested.count();
        assert!(
            (20..=40).contains(&nested),
            "{nested} results of 10 kB in 400 kB"
        );
    }
}
