//! A seat in a flight: one future for threads, which park, and for tasks.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use super::board::{FlightKey, board};
use super::sync::{Thread, current, park, park_timeout};

/// How long a thread or task waits until that is worth a line.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Is ready when the flight's leader is done, with or without a result.
#[derive(Debug)]
pub(crate) struct Waiter {
    key: FlightKey,
    target: u64,
    seat: u64,
    /// The flights that can't go on while this waits.
    blocked: Vec<u64>,
}

impl Waiter {
    pub(super) fn new(key: FlightKey, target: u64, seat: u64, blocked: Vec<u64>) -> Self {
        Self {
            key,
            target,
            seat,
            blocked,
        }
    }

    /// Blocks the thread. `report` is called once if that takes suspiciously long.
    pub(crate) fn block(self, report: impl FnOnce()) {
        let waker = Waker::from(Arc::new(Parked(current())));
        let mut context = Context::from_waker(&waker);
        let mut waiter = pin!(self);
        let mut report = Some(report);
        let begin = Instant::now();
        while waiter.as_mut().poll(&mut context).is_pending() {
            match PATIENCE.checked_sub(begin.elapsed()) {
                Some(rest) if report.is_some() => park_timeout(rest),
                None if report.is_some() => {
                    if let Some(report) = report.take() {
                        report();
                    }
                }
                _ => park(),
            }
        }
    }
}

impl Future for Waiter {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut board = board();
        let flight = board
            .as_mut()
            .and_then(|board| board.flights.get_mut(&self.key));
        match flight {
            Some(flight) if flight.id == self.target => {
                flight.wakers.insert(self.seat, context.waker().clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut board = board();
        let Some(board) = board.as_mut() else { return };
        if let Some(flight) = board.flights.get_mut(&self.key)
            && flight.id == self.target
        {
            flight.wakers.remove(&self.seat);
        }
        for flight in &self.blocked {
            if let Some(targets) = board.waits.get_mut(flight)
                && let Some(at) = targets.iter().position(|target| *target == self.target)
            {
                targets.swap_remove(at);
            }
        }
    }
}

/// Wakes a thread that waits.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
