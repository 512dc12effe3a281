//! Every schedule of two calls, and thousands of more calls: nobody hangs, and no key has two leaders at once.
//!
//! All that flights share lies behind one lock, so a call is a row of steps that each hold it once, and whatever threads and
//! tasks can do to each other is an order of such steps. Here one thread takes
//! them in all orders, or in many.

use std::future::Future as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::{FlightKey, Joined, RUNNING, Ticket, Waiter, join};

/// What a call does: asks for its first key and, as long as it leads that, for its second.
#[derive(Clone, Copy)]
struct Plan {
    first: u128,
    second: Option<u128>,
    /// Whether the call is dropped instead of going on after this many steps.
    leaves_after: Option<usize>,
}

/// A call on its way.
struct Actor {
    plan: Plan,
    at: At,
    /// The key that it is yet to ask for.
    second: Option<u128>,
    steps: usize,
    woken: Arc<Flag>,
    /// The tickets that it holds, and so the flights that run in it.
    tickets: Vec<(u128, Ticket)>,
}

enum At {
    Asks(u128),
    Waits(u128, Box<Waiter>),
    Finishes,
    Done,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Actor {
    fn new(plan: Plan) -> Self {
        Self {
            plan,
            at: At::Asks(plan.first),
            second: plan.second,
            steps: 0,
            woken: Arc::new(Flag(AtomicBool::new(true))),
            tickets: Vec::new(),
        }
    }

    /// Whether anything would happen if this one went on.
    fn can_go_on(&self) -> bool {
        match self.at {
            At::Done => false,
            At::Waits(..) => self.woken.0.load(Ordering::SeqCst) || self.leaves(),
            At::Asks(_) | At::Finishes => true,
        }
    }

    fn leaves(&self) -> bool {
        self.plan
            .leaves_after
            .is_some_and(|steps| self.steps >= steps)
    }

    fn step(&mut self, function: usize) {
        if self.leaves() {
            // As a dropped future does: the wait first, then what it leads.
            self.at = At::Done;
            self.tickets.clear();
            return;
        }
        self.steps += 1;
        let running = self.tickets.iter().map(|(_, ticket)| ticket.id).collect();
        RUNNING.set(running);
        self.at = match std::mem::replace(&mut self.at, At::Done) {
            At::Asks(call) => match join(FlightKey { function, call }) {
                Joined::Leader(ticket) => {
                    self.tickets.push((call, ticket));
                    self.after()
                }
                Joined::Follower(waiter) => {
                    self.woken.0.store(true, Ordering::SeqCst);
                    At::Waits(call, Box::new(waiter))
                }
                Joined::Cycle => self.after(),
            },
            At::Waits(call, mut waiter) => {
                self.woken.0.store(false, Ordering::SeqCst);
                let waker = Waker::from(Arc::clone(&self.woken));
                match std::pin::Pin::new(&mut *waiter).poll(&mut Context::from_waker(&waker)) {
                    Poll::Pending => At::Waits(call, waiter),
                    // The result is there now.
                    Poll::Ready(()) => self.after(),
                }
            }
            At::Finishes => {
                self.tickets.pop();
                if self.tickets.is_empty() {
                    At::Done
                } else {
                    At::Finishes
                }
            }
            At::Done => At::Done,
        };
        RUNNING.set(Vec::new());
    }

    /// What comes after a key is had, by leading, waiting or computing alone.
    fn after(&mut self) -> At {
        match self.second.take() {
            Some(second) if !self.tickets.is_empty() => At::Asks(second),
            _ if self.tickets.is_empty() => At::Done,
            _ => At::Finishes,
        }
    }
}

/// How many schedules are tried where there are too many for all.
const SOME: usize = 3_000;

/// Takes two calls through every schedule. Gives how many there are.
fn explore(function: usize, plans: [Plan; 2]) -> usize {
    let mut schedules = 0;
    let mut choices: Vec<(usize, usize)> = Vec::new();
    loop {
        run(function, &plans, &mut choices, |_| 0);
        schedules += 1;
        // The next schedule: the last choice that has another possibility takes it.
        while choices.last().is_some_and(|(taken, of)| taken + 1 == *of) {
            choices.pop();
        }
        match choices.last_mut() {
            Some((taken, _)) => *taken += 1,
            None => return schedules,
        }
    }
}

/// Takes calls through schedules that a generator draws, the same ones each time.
fn sample(function: usize, plans: &[Plan]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..SOME {
        run(function, plans, &mut Vec::new(), |of| {
            // Marsaglia's xorshift, 2003.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap_or_default() % of
        });
    }
}

/// One schedule: the choices that are given, and from there on what `choose` says.
fn run(
    function: usize,
    plans: &[Plan],
    choices: &mut Vec<(usize, usize)>,
    mut choose: impl FnMut(usize) -> usize,
) {
    let mut actors: Vec<Actor> = plans.iter().copied().map(Actor::new).collect();
    for depth in 0.. {
        let ready: Vec<usize> = (0..actors.len())
            .filter(|index| actors[*index].can_go_on())
            .collect();
        if ready.is_empty() {
            break;
        }
        if depth == choices.len() {
            choices.push((choose(ready.len()), ready.len()));
        }
        let (taken, of) = choices[depth];
        assert_eq!(of, ready.len(), "a schedule can be repeated");
        actors[ready[taken]].step(function);
        let mut led: Vec<u128> = actors
            .iter()
            .flat_map(|actor| actor.tickets.iter().map(|(call, _)| *call))
            .collect();
        led.sort_unstable();
        assert!(
            led.windows(2).all(|pair| pair[0] != pair[1]),
            "two lead at once: {choices:?}"
        );
    }
    let hang = actors.iter().any(|actor| !matches!(actor.at, At::Done));
    assert!(!hang, "someone waits for ever: {choices:?}");
}

const fn plan(first: u128, second: Option<u128>, leaves_after: Option<usize>) -> Plan {
    Plan {
        first,
        second,
        leaves_after,
    }
}

#[test]
fn two_calls_for_one_key_end_in_every_schedule() {
    assert!(explore(100, [plan(1, None, None); 2]) > 5);
}

#[test]
fn two_calls_that_nest_two_keys_both_ways_end_in_every_schedule() {
    assert!(explore(101, [plan(1, Some(2), None), plan(2, Some(1), None)]) > 20);
}

#[test]
fn calls_for_their_own_key_end_in_every_schedule() {
    assert!(explore(102, [plan(1, Some(1), None); 2]) > 5);
}

#[test]
fn a_call_that_is_dropped_on_the_way_leaves_nobody_waiting_in_any_schedule() {
    for steps in 0..4 {
        assert!(explore(103, [plan(1, Some(2), Some(steps)), plan(2, Some(1), None)]) > 1);
    }
}

#[test]
fn a_ring_of_three_leaders_and_a_follower_ends_in_thousands_of_schedules() {
    let plans = [
        plan(1, Some(2), None),
        plan(2, Some(3), None),
        plan(3, Some(1), None),
        plan(1, None, Some(2)),
    ];
    sample(104, &plans);
}
