//! Single flight: of the threads and tasks that ask for one missing result, one computes it, and the others wait.
//!
//! A wait that would close a cycle (a leader that asks for its own key again, or two leaders that wait for each other's,
//! as a work-stealing pool makes them) is refused, and that call computes by itself. What a leader runs is known from a
//! list of each thread, which holds the flights whose function is on its stack at the moment; for a future it is filled
//! at every poll.

mod board;
pub(crate) mod lock;
mod sync;
mod wait;
mod watch;

pub(crate) use board::{FlightKey, Joined, Ticket, join};
pub(crate) use wait::{PATIENCE, Waiter};
pub(crate) use watch::watched;

#[cfg(test)]
mod tests;
