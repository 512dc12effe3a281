//! Concurrent calls for one missing result compute it once, whatever becomes of the one that computes.

use std::future::Future;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use checkpointer_runtime::{Checkpointer, checkpoint, function};
use checkpointer_testing::{Runs, STORE};
use futures_lite::future::{block_on, yield_now};

#[checkpointer_runtime::no_capture]
static SLOW: Runs = Runs::new();

#[checkpoint(using = STORE)]
fn slow(x: u64) -> u64 {
    SLOW.count();
    wait_for("flight::slow", 63);
    x + 1
}

/// Returns when so many calls of the function wait for this one.
fn wait_for(path: &str, others: u64) {
    while waits(path) < others {
        thread::yield_now();
    }
}

fn waits(path: &str) -> u64 {
    function(path)
        .expect("it is registered")
        .stats()
        .counts
        .waits
}

#[test]
fn sixty_four_threads_on_one_key_are_one_run() {
    let barrier = Barrier::new(64);
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                barrier.wait();
                assert_eq!(slow(1), 2);
            });
        }
    });
    assert_eq!(SLOW.take(), 1);
}

#[checkpointer_runtime::no_capture]
static MIXED: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0)]
async fn mixed(x: u64) -> u64 {
    MIXED.count();
    // Only when all threads wait, and the task's turn has come at least once.
    while waits("flight::mixed") < 64 {
        yield_now().await;
    }
    x + 1
}

#[test]
fn sixty_four_tasks_and_as_many_threads_on_one_key_are_one_run() {
    let barrier = Barrier::new(65);
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                barrier.wait();
                assert_eq!(block_on(mixed(1)), 2);
            });
        }
        scope.spawn(|| {
            let mut tasks: Vec<_> = (0..64).map(|_| Box::pin(mixed(1))).collect();
            barrier.wait();
            block_on(std::future::poll_fn(|context| {
                tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
                if tasks.is_empty() {
                    std::task::Poll::Ready(())
                } else {
                    std::task::Poll::Pending
                }
            }));
        });
    });
    assert_eq!(MIXED.take(), 1);
}

#[checkpointer_runtime::no_capture]
static PANICS: AtomicBool = AtomicBool::new(true);

#[checkpoint(format = "memory", verbosity = 0)]
fn panics_first(x: u64) -> u64 {
    if PANICS.load(Ordering::SeqCst) {
        wait_for("flight::panics_first", 7);
    }
    assert!(
        !PANICS.swap(false, Ordering::SeqCst),
        "the first leader panics"
    );
    x
}

#[test]
fn a_leader_that_panics_is_followed_by_another() {
    let barrier = Barrier::new(8);
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    panics_first(7)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
    assert!(results.iter().flatten().all(|result| *result == 7));
}

#[checkpointer_runtime::no_capture]
static CANCELLED: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0)]
async fn cancellable(x: u64) -> u64 {
    CANCELLED.count();
    yield_now().await;
    yield_now().await;
    x
}

#[test]
fn a_leader_that_is_dropped_frees_the_others() {
    let mut context = Context::from_waker(Waker::noop());
    for polls in 0..3 {
        let mut leader = Box::pin(cancellable(polls));
        for _ in 0..polls {
            assert!(leader.as_mut().poll(&mut context).is_pending());
        }
        let follower = thread::spawn(move || block_on(cancellable(polls)));
        drop(leader);
        assert_eq!(follower.join().expect("the follower ends"), polls);
    }
    assert!(CANCELLED.take() >= 3);
}

#[checkpoint(format = "memory", verbosity = 0)]
fn recurses(x: u64, depth: &AtomicDepth) -> u64 {
    if depth.enter() { recurses(x, depth) } else { x }
}

/// Hashes alike whatever its value, so that the inner call has the outer one's key.
#[derive(serde::Serialize)]
struct AtomicDepth(#[serde(skip)] AtomicBool);

impl AtomicDepth {
    fn enter(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

#[test]
fn a_call_of_its_own_key_ends() {
    assert_eq!(recurses(3, &AtomicDepth(AtomicBool::new(false))), 3);
}

#[checkpointer_runtime::no_capture]
static BOTH: Barrier = Barrier::new(2);

#[checkpoint(format = "memory", verbosity = 0)]
fn even(n: u32, #[no_hash] from: u32) -> bool {
    if from == n && n >= 10 {
        BOTH.wait();
    }
    n == 0 || odd(n - 1, from)
}

#[checkpoint(format = "memory", verbosity = 0)]
fn odd(n: u32, #[no_hash] from: u32) -> bool {
    if from == n && n >= 10 {
        BOTH.wait();
    }
    n != 0 && even(n - 1, from)
}

#[test]
fn mutual_recursion_on_two_threads_ends() {
    let other = thread::spawn(|| odd(11, 11));
    assert!(even(12, 12));
    assert!(other.join().expect("the thread ends"));
}

#[checkpoint(using = shared())]
fn between_processes(x: u64) -> u64 {
    println!("RAN");
    let folder = std::env::var("FLIGHT_STORE").expect("only in a process of its own");
    let expected: usize =
        std::env::var("FLIGHT_PROCESSES").map_or(0, |text| text.parse().expect("a number"));
    let started = || {
        std::fs::read_dir(&folder)
            .expect("the folder is there")
            .flatten()
    };
    while started()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|name| name == "started")
        })
        .count()
        < expected
    {
        thread::yield_now();
    }
    x + 1
}

fn shared() -> Checkpointer {
    let folder = std::env::var("FLIGHT_STORE").unwrap_or_default();
    Checkpointer::new()
        .root_path(std::path::Path::new(&folder).join("store"))
        .verbosity(0)
}

/// What a process of the tests below does; by itself there is nothing to do.
#[test]
fn as_a_process() {
    if let Some(folder) = std::env::var_os("FLIGHT_STORE") {
        let name = format!("{}.started", std::process::id());
        std::fs::write(std::path::Path::new(&folder).join(name), "")
            .expect("the folder can be written");
        assert_eq!(between_processes(1), 2);
    }
}

/// A process whose function ends when so many processes have started.
fn process(folder: &std::path::Path, processes: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test has a file"));
    command
        .args(["as_a_process", "--exact", "--nocapture"])
        .env("FLIGHT_STORE", folder)
        .env("FLIGHT_PROCESSES", processes.to_string())
        .stdout(std::process::Stdio::piped());
    command
}

fn runs(output: &std::process::Output) -> usize {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout)
        .matches("RAN")
        .count()
}

#[test]
fn eight_processes_on_one_key_are_one_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let processes: Vec<_> = (0..8)
        .map(|_| {
            process(folder.path(), 8)
                .spawn()
                .expect("the process starts")
        })
        .collect();
    let total: usize = processes
        .into_iter()
        .map(|process| runs(&process.wait_with_output().expect("the process ends")))
        .sum();
    assert_eq!(total, 1);
}

#[test]
fn after_a_killed_leader_the_next_process_takes_over_within_a_second() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut leader = process(folder.path(), usize::MAX)
        .spawn()
        .expect("the process starts");
    let output = BufReader::new(leader.stdout.take().expect("it is piped"));
    assert!(
        output
            .lines()
            .any(|line| line.is_ok_and(|line| line.contains("RAN")))
    );
    let follower = process(folder.path(), 0)
        .spawn()
        .expect("the process starts");
    leader.kill().expect("the leader can be killed");
    let begin = Instant::now();
    let follower = follower.wait_with_output().expect("the process ends");
    assert_eq!(runs(&follower), 1);
    assert!(
        begin.elapsed() < Duration::from_secs(1),
        "{:?}",
        begin.elapsed()
    );
    leader.wait().expect("the leader has ended");
}
