//! Counters of hits that cost no locked instruction: each thread writes its own, and whoever reads adds them up.
//!
//! A hit in memory takes some twenty nanoseconds, and two atomic additions would be another ten. So a thread takes a
//! board of counters that nobody else writes; when it ends, the next thread goes on with that board.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How many functions a page has counters for.
const PAGE: usize = 64;
/// How many pages a board has room for. Functions beyond share counters between threads.
const PAGES: usize = 64;

/// The hits of one function.
#[derive(Debug)]
pub(crate) struct Hits {
    /// The function's number in this process.
    number: usize,
    /// For functions and moments without a board.
    shared: Counter,
}

/// Hits, and the nanoseconds that they saved.
#[derive(Debug, Default)]
struct Counter {
    hits: AtomicU64,
    saved: AtomicU64,
}

/// One thread's counters, by function.
struct Board {
    pages: [OnceLock<Box<[Counter; PAGE]>>; PAGES],
}

/// All boards, and which of them have no thread at the moment.
static BOARDS: Mutex<(Vec<&'static Board>, Vec<&'static Board>)> =
    Mutex::new((Vec::new(), Vec::new()));

/// A thread's hold on its board.
struct Seat(&'static Board);

thread_local! {
    static SEAT: Seat = Seat::take();
}

impl Hits {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: NEXT.fetch_add(1, Relaxed),
            shared: Counter::default(),
        }
    }

    /// Counts a hit that saved so many nanoseconds.
    #[inline]
    pub(crate) fn count(&self, nanoseconds: u64) {
        let is_counted = SEAT.try_with(|seat| match seat.0.counter(self.number) {
            Some(counter) => {
                // Nobody else writes these, so reading and writing need not be one step.
                counter.hits.store(counter.hits.load(Relaxed) + 1, Relaxed);
                counter.saved.store(
                    counter.saved.load(Relaxed).wrapping_add(nanoseconds),
                    Relaxed,
                );
                true
            }
            None => false,
        });
        if !matches!(is_counted, Ok(true)) {
            self.shared.hits.fetch_add(1, Relaxed);
            self.shared.saved.fetch_add(nanoseconds, Relaxed);
        }
    }

    /// Hits of all threads, and the nanoseconds that they saved.
    pub(crate) fn read(&self) -> (u64, u64) {
        let boards = BOARDS.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = boards.0.iter().filter_map(|board| board.known(self.number));
        counters
            .chain([&self.shared])
            .fold((0, 0), |(hits, saved), counter| {
                (
                    hits + counter.hits.load(Relaxed),
                    saved.wrapping_add(counter.saved.load(Relaxed)),
                )
            })
    }
}

impl Board {
    #[inline]
    fn counter(&self, number: usize) -> Option<&Counter> {
        let page = self.pages.get(number / PAGE)?;
        let page = page.get_or_init(|| Box::new(std::array::from_fn(|_| Counter::default())));
        Some(&page[number % PAGE])
    }

    fn known(&self, number: usize) -> Option<&Counter> {
        Some(&self.pages.get(number / PAGE)?.get()?[number % PAGE])
    }
}

impl Seat {
    fn take() -> Self {
        let mut boards = BOARDS.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, free) = &mut *boards;
        Self(free.pop().unwrap_or_else(|| {
            // There are never more boards than there were threads at once.
            let board = Box::leak(Box::new(Board {
                pages: [const { OnceLock::new() }; PAGES],
            }));
            all.push(board);
            board
        }))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut boards = BOARDS.lock().unwrap_or_else(PoisonError::into_inner);
        boards.1.push(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn hits_of_threads_that_have_ended_are_counted() {
        let hits = Hits::new();
        for _ in 0..4 {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..1000).for_each(|_| hits.count(2)));
                }
            });
        }
        assert_eq!(hits.read(), (16_000, 32_000));
    }

    #[test]
    fn functions_beyond_the_boards_are_counted_too() {
        let hits = Hits {
            number: PAGE * PAGES,
            shared: Counter::default(),
        };
        hits.count(3);
        assert_eq!(hits.read(), (1, 3));
    }
}
