//! A hit in memory, against the memoizers that programs use.

#[path = "../../checkpointer-runtime/benches/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use checkpointer_runtime::{MemoryStorage, checkpoint};
use serde::Serialize;
use support::{compare, keep};

#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
struct Settings {
    name: String,
    rate: u32,
    steps: u32,
    seed: u64,
    verbose: bool,
    limit: Option<i64>,
}

mod ours {
    use super::*;

    #[checkpoint(format = "memory", verbosity = 0, version = 1)]
    pub fn number(n: u64) -> u64 {
        n * n
    }

    #[checkpoint(format = MemoryStorage::new().max_entries(10_000), verbosity = 0, version = 1)]
    pub fn bounded(n: u64) -> u64 {
        n * n
    }

    #[checkpoint(format = "memory", verbosity = 0, version = 1)]
    pub fn text(text: &str) -> u64 {
        text.len() as u64
    }

    #[checkpoint(format = "memory", verbosity = 0, version = 1)]
    pub fn settings(settings: &Settings) -> u64 {
        settings.seed
    }

    #[checkpoint(format = "memory", verbosity = 0, version = 1)]
    pub fn large(length: usize) -> Arc<Vec<f64>> {
        Arc::new(vec![0.5; length])
    }

    #[checkpoint(format = "memory", verbosity = 0, version = 1, when = false)]
    pub fn off(n: u64) -> u64 {
        black_box(n) + 1
    }
}

mod theirs {
    use super::*;
    use cached::macros::{cached, concurrent_cached};

    #[cached]
    pub fn number(n: u64) -> u64 {
        n * n
    }

    #[cached(max_size = 10_000)]
    pub fn bounded(n: u64) -> u64 {
        n * n
    }

    #[concurrent_cached]
    pub fn concurrent(n: u64) -> u64 {
        n * n
    }

    #[cached]
    pub fn text(text: String) -> u64 {
        text.len() as u64
    }

    #[cached]
    pub fn settings(settings: Settings) -> u64 {
        settings.seed
    }
}

#[inline(never)]
fn plain(n: u64) -> u64 {
    black_box(n) + 1
}

fn main() {
    let cache = moka::sync::Cache::<u64, u64>::new(10_000);
    for n in 0..1000 {
        assert_eq!(ours::number(n), theirs::number(n));
        assert_eq!(ours::bounded(n), theirs::bounded(n));
        theirs::concurrent(n);
        cache.insert(n, n);
    }
    compare(
        "u64, against #[cached]",
        1.0,
        || keep(ours::number(black_box(7))),
        || keep(theirs::number(black_box(7))),
    );
    let (mut mine, mut their) = (0, 0);
    compare(
        "u64, 1,000 keys in turn, against #[concurrent_cached]",
        1.0,
        || keep(ours::number(in_turn(&mut mine))),
        || keep(theirs::concurrent(in_turn(&mut their))),
    );
    compare(
        "u64 bounded, against #[cached] bounded",
        1.2,
        || keep(ours::bounded(black_box(7))),
        || keep(theirs::bounded(black_box(7))),
    );
    compare(
        "u64 bounded, against moka",
        0.2,
        || keep(ours::bounded(black_box(7))),
        || keep(cache.get(&black_box(7))),
    );
    let text = "x".repeat(1024);
    compare(
        "1 KiB of text, against #[cached]",
        0.65,
        || keep(ours::text(black_box(&text))),
        || keep(theirs::text(black_box(&text).clone())),
    );
    let settings = Settings {
        name: "learning".into(),
        rate: 1,
        steps: 100,
        seed: 42,
        verbose: false,
        limit: Some(-1),
    };
    compare(
        "a struct of six fields, against #[cached]",
        0.65,
        || keep(ours::settings(black_box(&settings))),
        || keep(theirs::settings(black_box(&settings).clone())),
    );
    compare(
        "Arc of a million f64, against one of ten",
        1.1,
        || keep(ours::large(black_box(1_000_000))),
        || keep(ours::large(black_box(10))),
    );
    let off = || keep(ours::off(black_box(7)));
    compare("when = false, against the plain call", 3.0, off, || {
        keep(plain(black_box(7)))
    });

    // In turns, since a busy machine gives two threads more at one time than at another.
    let mut rates: Vec<f64> = (0..21)
        .map(|_| throughput(|n| ours::number(n)) / throughput(|n| theirs::concurrent(n)))
        .collect();
    rates.sort_by(f64::total_cmp);
    println!(
        "hits a second of two threads, against #[concurrent_cached]: {:.2} times as many (aim 1), {:.2} to {:.2} in the middle half of 21 rounds",
        rates[10], rates[5], rates[15]
    );
}

/// One of a thousand keys after the other, in an order that no processor foresees at a glance.
fn in_turn(key: &mut u64) -> u64 {
    *key = (*key + 37) % 1000;
    black_box(*key)
}

/// Hits a second of two threads together, by what they had of the processors.
fn throughput(call: impl Fn(u64) -> u64 + Sync) -> f64 {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads = [0_u64, 37].map(|first| {
            let (stop, call) = (&stop, &call);
            scope.spawn(move || {
                let (mut hits, begin) = (0, support::now());
                while !stop.load(Ordering::Relaxed) {
                    (0..1000).for_each(|n| keep(call(black_box((n + first) % 1000))));
                    hits += 1000;
                }
                f64::from(hits) / (support::now() - begin).as_secs_f64()
            })
        });
        std::thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        threads
            .map(|thread| thread.join().expect("no panic"))
            .iter()
            .sum()
    })
}
