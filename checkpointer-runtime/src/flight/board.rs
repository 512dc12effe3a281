//! Who leads which flight, and who waits for whom: all that flights share, behind one lock.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::task::Waker;

use super::sync::{Mutex, MutexGuard, PoisonError, shared, thread_local};
use super::wait::Waiter;

/// What two equal calls share: the function's state and the hash of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FlightKey {
    /// The address of the function's state, which lives as long as the program.
    pub(crate) function: usize,
    /// A hash of the call, of this process or a stored one.
    pub(crate) call: u128,
}

/// What a call that found no result is to do.
pub(crate) enum Joined {
    /// Compute, and let the others know by dropping the ticket.
    Leader(Ticket),
    /// Wait, and then look again.
    Follower(Waiter),
    /// Compute without a ticket, since waiting would never end.
    Cycle,
}

#[derive(Default)]
pub(super) struct Board {
    pub(super) flights: HashMap<FlightKey, Flight>,
    /// For each flight the flights that its leader waits for.
    pub(super) waits: HashMap<u64, Vec<u64>>,
    next: u64,
}

pub(super) struct Flight {
    pub(super) id: u64,
    /// By seat, so that who came first is woken first.
    pub(super) wakers: BTreeMap<u64, Waker>,
}

shared! {
    static BOARD: Mutex<Option<Board>> = Mutex::new(None);
}

thread_local! {
    /// The flights whose function runs on this thread at the moment, the innermost last.
    static RUNNING: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The right to compute a result. Dropping it, however that comes about, wakes all who wait.
#[derive(Debug)]
pub(crate) struct Ticket {
    key: FlightKey,
    id: u64,
}

/// While this lives, the ticket's function is known to run on this thread.
pub(crate) struct Running(());

/// Takes the lead of a flight, or a seat in it.
pub(crate) fn join(key: FlightKey) -> Joined {
    let mut board = board();
    let board = board.get_or_insert_default();
    let Some(flight) = board.flights.get(&key) else {
        let id = board.id();
        let wakers = BTreeMap::new();
        board.flights.insert(key, Flight { id, wakers });
        return Joined::Leader(Ticket { key, id });
    };
    let target = flight.id;
    let own = RUNNING.with(|running| running.borrow().clone());
    if board.leads_to(target, &own) {
        return Joined::Cycle;
    }
    for flight in &own {
        board.waits.entry(*flight).or_default().push(target);
    }
    let seat = board.id();
    Joined::Follower(Waiter::new(key, target, seat, own))
}

impl Board {
    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether the flight, or one that its leader waits for, is among these.
    fn leads_to(&self, flight: u64, among: &[u64]) -> bool {
        let mut open = vec![flight];
        let mut seen = Vec::new();
        while let Some(flight) = open.pop() {
            if among.contains(&flight) {
                return true;
            }
            if !seen.contains(&flight) {
                seen.push(flight);
                open.extend(self.waits.get(&flight).into_iter().flatten());
            }
        }
        false
    }
}

impl Ticket {
    /// Notes that the function runs on this thread.
    pub(crate) fn enter(&self) -> Running {
        RUNNING.with(|running| running.borrow_mut().push(self.id));
        Running(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.with(|running| running.borrow_mut().pop());
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let wakers = {
            let mut board = board();
            let board = board.get_or_insert_default();
            board.waits.remove(&self.id);
            board.flights.remove(&self.key).map(|flight| flight.wakers)
        };
        // Outside the lock: a waker may run anything.
        for waker in wakers.into_iter().flat_map(BTreeMap::into_values) {
            waker.wake();
        }
    }
}

/// The board, locked.
pub(super) fn board() -> MutexGuard<'static, Option<Board>> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}
