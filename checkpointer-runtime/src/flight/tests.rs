//! Flights whose leaders finish, leave, recurse and wait for each other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;

use super::{FlightKey, Joined, Ticket, join};

/// Tests share one board, so each has a function of its own.
fn key(function: usize, call: u128) -> FlightKey {
    FlightKey { function, call }
}

fn lead(key: FlightKey) -> Ticket {
    match join(key) {
        Joined::Leader(ticket) => ticket,
        Joined::Follower(_) => panic!("someone else leads"),
        Joined::Cycle => panic!("a cycle"),
    }
}

#[test]
fn the_first_leads_and_the_others_follow_until_it_is_done() {
    let key = key(1, 1);
    let ticket = lead(key);
    let (arrived, arrivals) = mpsc::channel();
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            let arrived = arrived.clone();
            let done = &done;
            scope.spawn(move || {
                let Joined::Follower(waiter) = join(key) else {
                    panic!("there is a leader already")
                };
                arrived.send(()).expect("the test listens");
                waiter.block(|| {});
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        for _ in 0..8 {
            arrivals.recv().expect("eight threads arrive");
        }
        assert_eq!(done.load(Ordering::SeqCst), 0);
        drop(ticket);
    });
    assert_eq!(done.load(Ordering::SeqCst), 8);
    drop(lead(key));
}

#[test]
fn a_leader_that_asks_for_its_own_key_is_told_to_compute() {
    let key = key(2, 1);
    let ticket = lead(key);
    let _running = ticket.enter();
    assert!(matches!(join(key), Joined::Cycle));
}

#[test]
fn leaders_that_would_wait_for_each_other_are_told_to_compute() {
    let (one, two) = (key(3, 1), key(3, 2));
    let both_lead = Barrier::new(2);
    let cycles = AtomicUsize::new(0);
    thread::scope(|scope| {
        for (own, other) in [(one, two), (two, one)] {
            let (both_lead, cycles) = (&both_lead, &cycles);
            scope.spawn(move || {
                let ticket = lead(own);
                let _running = ticket.enter();
                both_lead.wait();
                match join(other) {
                    Joined::Cycle => {
                        cycles.fetch_add(1, Ordering::SeqCst);
                    }
                    Joined::Follower(waiter) => waiter.block(|| {}),
                    Joined::Leader(_) => {}
                }
            });
        }
    });
    assert_eq!(cycles.load(Ordering::SeqCst), 1);
}

#[test]
fn a_follower_that_leaves_blocks_nobody() {
    let (one, two) = (key(4, 1), key(4, 2));
    let first = lead(one);
    let second = lead(two);
    {
        let _running = first.enter();
        let Joined::Follower(waiter) = join(two) else {
            panic!("there is a leader already")
        };
        drop(waiter);
    }
    let _running = second.enter();
    assert!(matches!(join(one), Joined::Follower(_)));
}
