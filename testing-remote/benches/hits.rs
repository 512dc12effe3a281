//! Remote hits, whole calls from the arguments' hash to the value, against a plain client's `GET` of the same bytes, in turns.
//!
//! By wall clock: most of either is waiting for the server. `cargo bench -p checkpointer-testing-remote --bench hits`

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Instant;

use checkpointer_runtime::remote::RemoteStorage;
use checkpointer_runtime::{Checkpointer, checkpoint};
use checkpointer_testing_remote::{RedisServer, client, options};

/// How many turns each way has, and how long one is, in seconds.
const TURNS: usize = 41;
const TURN: f64 = 0.02;

/// The server's URL. The server itself is in `main`: what a static holds is never dropped, and would run on.
static URL: OnceLock<String> = OnceLock::new();

fn on_redis() -> Checkpointer {
    let url = URL.get().map_or("", String::as_str);
    let storage = RemoteStorage::open(options(url)).expect("it can be used");
    Checkpointer::new().format(storage).verbosity(0)
}

#[checkpoint(using = on_redis())]
fn text(length: usize) -> String {
    "x".repeat(length)
}

fn main() {
    let server = RedisServer::start(&[]);
    let url = URL.get_or_init(|| server.url());
    let mut plain = client(url);
    for (name, length) in [
        ("100 B", 100),
        ("10 KiB", 10 << 10),
        ("100 KiB", 100 << 10),
        ("1 MiB", 1 << 20),
        ("10 MiB", 10 << 20),
    ] {
        assert_eq!(text(length).len(), length);
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg(format!("*{}", text::call_hash(length)))
            .query(&mut plain)
            .expect("the server answers");
        let key = keys
            .iter()
            .find(|key| key.contains("/entries/"))
            .expect("its entry");
        let mut hit = || drop(black_box(text(black_box(length))));
        let mut get = || {
            let bytes: Vec<u8> = redis::cmd("GET")
                .arg(key)
                .query(&mut plain)
                .expect("its bytes");
            drop(black_box(bytes));
        };
        compare(name, &mut hit, &mut get);
    }
    let counts = text::function().stats().counts;
    assert_eq!(counts.computed, 5, "all but the first calls were hits");
}

/// Prints the medians of both and of the ratio of each pair of turns.
fn compare(name: &str, ours: &mut dyn FnMut(), theirs: &mut dyn FnMut()) {
    let repeats = (repeats(ours), repeats(theirs));
    let pairs: Vec<(f64, f64)> = (0..TURNS)
        .map(|_| (turn(ours, repeats.0), turn(theirs, repeats.1)))
        .collect();
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let ratio = median(pairs.iter().map(|(ours, theirs)| ours / theirs).collect());
    let (ours, theirs) = (
        median(pairs.iter().map(|pair| pair.0).collect()),
        median(pairs.iter().map(|pair| pair.1).collect()),
    );
    let verdict = if ratio <= 1.3 { "" } else { "  MISSED" };
    println!(
        "remote hit of {name:<8} {:>9.1} us against a plain GET's {:>9.1} us: {ratio:.2} (aim 1.3){verdict}",
        ours * 1e6,
        theirs * 1e6
    );
}

fn turn(way: &mut dyn FnMut(), repeats: u32) -> f64 {
    let begin = Instant::now();
    (0..repeats).for_each(|_| way());
    begin.elapsed().as_secs_f64() / f64::from(repeats)
}

fn repeats(way: &mut dyn FnMut()) -> u32 {
    let mut repeats = 1;
    while turn(way, repeats) * f64::from(repeats) < TURN {
        repeats *= 2;
    }
    repeats
}
