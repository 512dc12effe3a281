//! Single flight in every schedule, or in thousands: shuttle decides which thread takes the next step wherever threads can
//! meet. Nobody hangs, no key has two leaders at once, and who waits is woken.
//!
//! The modules under test are compiled here once more, over shuttle's locks and threads in place of the standard library's.

#[path = "../src/flight/board.rs"]
mod board;
#[path = "../src/flight/wait.rs"]
mod wait;

/// What `src/flight/sync.rs` is, for shuttle.
mod sync {
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    pub(crate) use shuttle::thread::{Thread, current, park, park_timeout};
    pub(crate) use shuttle::thread_local;
    pub(crate) use std::sync::PoisonError;

    macro_rules! shared {
        (static $name:ident: $ty:ty = $value:expr;) => {
            shuttle::lazy_static! {
                static ref $name: $ty = $value;
            }
        };
    }
    pub(crate) use shared;
}

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

use board::{FlightKey, Joined, join};
use shuttle::Config;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::thread;

/// A call: it asks for its first key and, as long as it leads that, for its second.
#[derive(Clone, Copy)]
struct Plan {
    first: u128,
    second: Option<u128>,
    leaves: Leaves,
}

/// Whether a call is dropped on its way, as a future can be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaves {
    Never,
    /// Where it would wait for its first key.
    Waiting,
    /// While it leads.
    Leading,
}

const fn plan(first: u128, second: Option<u128>, leaves: Leaves) -> Plan {
    Plan {
        first,
        second,
        leaves,
    }
}

/// Which of the keys are led. Of the standard library's kind, so that looking at it is no step that shuttle could split.
struct Led {
    keys: [AtomicBool; 4],
    waits_as_task: bool,
}

impl Led {
    /// Runs what a leader does, and makes sure that it is the only one.
    fn by_one(&self, key: u128, work: impl FnOnce()) {
        let led = &self.keys[usize::try_from(key).expect("keys are small")];
        assert!(!led.swap(true, SeqCst), "two lead {key} at once");
        work();
        led.store(false, SeqCst);
    }
}

fn call(plan: Plan, led: &Led) {
    ask(plan.first, plan.leaves, led, || {
        if let Some(second) = plan.second {
            ask(second, Leaves::Never, led, || {});
        }
    });
}

fn ask(call: u128, leaves: Leaves, led: &Led, work: impl FnOnce()) {
    match join(FlightKey { function: 1, call }) {
        Joined::Leader(ticket) => {
            led.by_one(call, || {
                let _running = ticket.enter();
                if leaves != Leaves::Leading {
                    work();
                }
            });
            drop(ticket);
        }
        Joined::Follower(waiter) if leaves == Leaves::Waiting => {
            let waker = Waker::from(Arc::new(Nobody));
            let mut waiter = pin!(waiter);
            let _ = waiter.as_mut().poll(&mut Context::from_waker(&waker));
        }
        // A parked thread may wake for no reason, any number of times; a task can't, which makes its schedules finite.
        Joined::Follower(waiter) if led.waits_as_task => shuttle::future::block_on(waiter),
        Joined::Follower(waiter) => waiter.block(|| {}),
        Joined::Cycle => work(),
    }
}

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

/// Runs a thread a plan under this scheduler, which wait as threads or as tasks do. Gives how many schedules there were; a hang
/// is shuttle's to report.
fn run(plans: &'static [Plan], waits_as_task: bool, scheduler: impl Scheduler + 'static) -> usize {
    let schedules = shuttle::Runner::new(scheduler, Config::default()).run(move || {
        let led = Arc::new(Led {
            keys: Default::default(),
            waits_as_task,
        });
        let (own, others) = plans.split_first().expect("there is a call");
        let threads: Vec<_> = others
            .iter()
            .map(|plan| {
                let led = Arc::clone(&led);
                thread::spawn(move || call(*plan, &led))
            })
            .collect();
        call(*own, &led);
        for thread in threads {
            thread.join().expect("no call panics");
        }
        for plan in plans {
            // Nothing is left behind: whoever comes next leads.
            let key = FlightKey {
                function: 1,
                call: plan.first,
            };
            assert!(matches!(join(key), Joined::Leader(_)));
        }
    });
    eprintln!("{schedules} schedules");
    schedules
}

fn every_schedule(plans: &'static [Plan]) -> usize {
    run(plans, true, DfsScheduler::new(None, false))
}

/// Schedules that are drawn, half of them by few changes at unlikely places (Burckhardt and others, 2010).
fn many_schedules(plans: &'static [Plan]) -> usize {
    let count = if is_nightly() { 100_000 } else { 2_000 };
    let seed = 0x9E37_79B9;
    run(plans, false, RandomScheduler::new_from_seed(seed, count))
        + run(plans, false, PctScheduler::new_from_seed(seed, 4, count))
}

fn is_nightly() -> bool {
    std::env::var_os("CHECKPOINTER_TEST_NIGHTLY").is_some()
}

#[test]
fn two_calls_for_one_key_end_in_every_schedule() {
    const PLANS: &[Plan] = &[plan(1, None, Leaves::Never), plan(1, None, Leaves::Never)];
    assert!(every_schedule(PLANS) > 20);
}

#[test]
fn a_call_that_is_dropped_while_it_waits_or_leads_leaves_nobody_waiting_in_any_schedule() {
    const WAITS: &[Plan] = &[plan(1, None, Leaves::Waiting), plan(1, None, Leaves::Never)];
    const LEADS: &[Plan] = &[
        plan(1, Some(2), Leaves::Leading),
        plan(1, None, Leaves::Never),
    ];
    assert!(every_schedule(WAITS) > 20);
    assert!(every_schedule(LEADS) > 20);
}

#[test]
fn calls_that_recurse_into_their_own_key_end_in_every_schedule() {
    const PLANS: &[Plan] = &[
        plan(1, Some(1), Leaves::Never),
        plan(1, None, Leaves::Never),
    ];
    assert!(every_schedule(PLANS) > 20);
}

#[test]
fn two_leaders_that_ask_for_each_other_s_keys_end_in_thousands_of_schedules() {
    const PLANS: &[Plan] = &[
        plan(1, Some(2), Leaves::Never),
        plan(2, Some(1), Leaves::Never),
    ];
    assert!(many_schedules(PLANS) > 1_000);
    if is_nightly() {
        assert!(every_schedule(PLANS) > 10_000);
    }
}

#[test]
fn a_ring_of_three_leaders_and_followers_that_leave_end_in_thousands_of_schedules() {
    const PLANS: &[Plan] = &[
        plan(1, Some(2), Leaves::Never),
        plan(2, Some(3), Leaves::Never),
        plan(3, Some(1), Leaves::Never),
        plan(1, None, Leaves::Waiting),
        plan(2, Some(1), Leaves::Leading),
    ];
    assert!(many_schedules(PLANS) > 1_000);
}
