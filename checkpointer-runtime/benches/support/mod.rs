//! Measures two ways of doing one thing in turns, so that a busy machine slows both alike, and prints their ratio.
//!
//! Time is the processor time of this thread, the kernel's work for it included, since other programs' turns say nothing
//! about either way.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How long one turn takes at least; long against the clock's own cost.
const TURN: Duration = Duration::from_millis(1);
const TURNS: usize = 101;

/// One way of doing something.
type Way<'a> = &'a mut dyn FnMut();

/// Whether a name on the command line, if there is one, asks for this.
#[allow(dead_code)] // Not every bench asks by itself.
pub(crate) fn is_wanted(name: &str) -> bool {
    let mut names = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .peekable();
    names.peek().is_none() || names.any(|wanted| name.contains(&wanted))
}

/// Prints the medians of both and of the ratio of each pair of turns, and what is aimed at.
pub(crate) fn compare(name: &str, aim: f64, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
    if !is_wanted(name) {
        return;
    }
    let repeats = (repeats(&mut ours), repeats(&mut theirs));
    let pairs: Vec<(f64, f64)> = (0..TURNS)
        .map(|_| (turn(&mut ours, repeats.0), turn(&mut theirs, repeats.1)))
        .collect();
    let ratio = median(pairs.iter().map(|(ours, theirs)| ours / theirs).collect());
    let (ours, theirs) = (
        median(pairs.iter().map(|pair| pair.0).collect()),
        median(pairs.iter().map(|pair| pair.1).collect()),
    );
    let verdict = if ratio <= aim { "" } else { "  MISSED" };
    println!(
        "{name:<66} {:>10} against {:>10}: {ratio:>5.2} (aim {aim}){verdict}",
        show(ours),
        show(theirs)
    );
}

/// Prints the median of one thing.
#[allow(dead_code)] // Not every bench has something to show alone.
pub(crate) fn show_alone(name: &str, mut ours: impl FnMut()) {
    if !is_wanted(name) {
        return;
    }
    let repeats = repeats(&mut ours);
    let time = median((0..TURNS).map(|_| turn(&mut ours, repeats)).collect());
    println!("{name:<66} {:>10}", show(time));
}

/// Keeps the compiler from leaving out a result.
pub(crate) fn keep<T>(value: T) {
    black_box(value);
}

/// The processor time of this thread.
pub(crate) fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.cast_unsigned(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

fn turn(way: Way<'_>, repeats: u32) -> f64 {
    let start = now();
    (0..repeats).for_each(|_| way());
    (now() - start).as_secs_f64() * 1e9 / f64::from(repeats)
}

fn repeats(way: Way<'_>) -> u32 {
    // The first time is another matter: what is to be remembered is computed.
    way();
    let mut repeats = 1;
    loop {
        let start = now();
        (0..repeats).for_each(|_| way());
        if now() - start >= TURN {
            return repeats;
        }
        repeats *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn show(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.1} ns"),
        n if n < 1e6 => format!("{:.2} us", n / 1e3),
        n => format!("{:.2} ms", n / 1e6),
    }
}
