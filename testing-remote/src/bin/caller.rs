//! A program that calls checkpointed functions as it is told: a line in, a line out. Tests run several of them as the machines
//! of a team, and let servers fail between two lines.
//!
//! `team 0 500` asks the function with three layers for the numbers from 0 to 499, `team 0 500 7` in an order of its own;
//! `remote 0 500` the function that has nothing but the server, `slow` one that takes a second. `flush 10` waits for ten seconds at most. The server is named by
//! the environment, as users do it.

use std::io::{BufRead as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use checkpointer_runtime::remote::RemoteStorage;
use checkpointer_runtime::{Checkpointer, checkpoint, flush};

#[checkpointer_runtime::no_capture]
static COMPUTED: AtomicU64 = AtomicU64::new(0);

#[checkpoint(format = "team")]
fn team(number: u64) -> Vec<u8> {
    COMPUTED.fetch_add(1, Ordering::SeqCst);
    value(number)
}

#[checkpoint(using = remote_alone())]
fn remote(number: u64) -> Vec<u8> {
    COMPUTED.fetch_add(1, Ordering::SeqCst);
    value(number)
}

/// Takes far longer than a lease lasts, by work alone.
#[checkpoint(using = Checkpointer::new().format("team"))]
fn slow(number: u64) -> Vec<u8> {
    COMPUTED.fetch_add(1, Ordering::SeqCst);
    let begin = Instant::now();
    let mut rounds = number;
    while begin.elapsed() < Duration::from_secs(1) {
        rounds = blake3::hash(&rounds.to_le_bytes()).as_bytes()[0].into();
    }
    let _ = rounds;
    value(number)
}

/// Whatever server the URL names.
fn remote_alone() -> Checkpointer {
    match RemoteStorage::open("redis://the.environment.knows") {
        Ok(storage) => Checkpointer::new().format(storage),
        Err(error) => {
            eprintln!("{error}");
            Checkpointer::new().when(false)
        }
    }
}

/// From a hundred to eleven hundred bytes that only this number has.
fn value(number: u64) -> Vec<u8> {
    let length = 100 + usize::try_from(number % 1000).unwrap_or_default();
    let mut bytes = vec![0; length];
    let mut hash = blake3::Hasher::new();
    hash.update(&number.to_le_bytes());
    hash.finalize_xof().fill(&mut bytes);
    bytes
}

fn main() {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words[..] {
            ["flush", seconds] => {
                let patience = Duration::from_secs(number(seconds));
                match flush(patience) {
                    Ok(()) => "flushed".to_owned(),
                    Err(error) => error.to_string(),
                }
            }
            [function, from, to] => ask(function, number(from), number(to), 1),
            [function, from, to, step] => ask(function, number(from), number(to), number(step)),
            _ => "not understood".to_owned(),
        };
        println!("{answer}");
        let _ = std::io::stdout().flush();
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// Asks for all numbers of a range, each once, in steps that have no divisor in common with the range's length.
fn ask(function: &str, from: u64, to: u64, step: u64) -> String {
    let before = COMPUTED.load(Ordering::SeqCst);
    let mut wrong = 0;
    let mut slowest = Duration::ZERO;
    for index in 0..to - from {
        let number = from + index * step % (to - from);
        let begin = Instant::now();
        let given = match function {
            "team" => team(number),
            "slow" => slow(number),
            _ => remote(number),
        };
        slowest = slowest.max(begin.elapsed());
        wrong += u64::from(given != value(number));
    }
    let computed = COMPUTED.load(Ordering::SeqCst) - before;
    format!(
        "computed {computed} wrong {wrong} slowest {}",
        slowest.as_millis()
    )
}
