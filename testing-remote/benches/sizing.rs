//! What a thousand machines do to a server: the real client code of each, over a server in memory that answers as fast as the
//! one it stands for, and no faster than that one can answer them all.
//!
//! Redis is measured here first, and the network's time is added; nobody can measure a foreign data centre's object store here, so
//! its times are what `docs/sizing.md` says of them. All times pass more slowly, by a factor, so that two cores can
//! tell a thousand machines apart; what is printed is in the server's own time. `cargo bench -p checkpointer-testing-remote --bench sizing`

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use checkpointer_runtime::remote::{Remote, RemoteStorage};
use checkpointer_runtime::storage::{self, Storage as _};
use checkpointer_testing_remote::{InMemory, Latency, RedisServer, frame, key, options};

/// Callers, each with a client, a breaker, a queue and leases of its own.
const CALLERS: u32 = 1000;
/// How long a result takes to compute.
const COMPUTATION: Duration = Duration::from_millis(200);
/// How many bytes a result has.
const VALUE: usize = 1000;

/// A kind of server.
#[derive(Clone)]
struct Kind {
    name: &'static str,
    /// Times of one request without others, in seconds, to be drawn from.
    times: Vec<f64>,
    /// Requests it answers in a second.
    rate: f64,
    /// How much more slowly time passes here.
    slow: f64,
}

/// A server of a kind, with one line before its counter.
struct Line {
    kind: Kind,
    free: Mutex<Instant>,
}

impl Latency for Line {
    fn spend(&self, _: &'static str, _: usize) {
        let now = Instant::now();
        let slot = Duration::from_secs_f64(self.kind.slow / self.kind.rate);
        let begins = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            *free = (*free).max(now) + slot;
            *free
        };
        let hash = RandomState::new().hash_one(now);
        let at = usize::try_from(hash >> 32).unwrap_or_default() % self.kind.times.len();
        let ends = begins + Duration::from_secs_f64(self.kind.times[at] * self.kind.slow);
        thread::sleep(ends.saturating_duration_since(Instant::now()));
    }
}

/// What the callers do.
#[derive(Clone, Copy)]
struct Load {
    name: &'static str,
    /// Keys a caller asks for.
    keys: u32,
    /// Whether all ask for the same ones.
    is_shared: bool,
    is_warm: bool,
    has_leases: bool,
}

fn main() {
    let only: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let loads = [
        Load {
            name: "all ask for the same 20 new keys",
            keys: 20,
            is_shared: true,
            is_warm: false,
            has_leases: true,
        },
        Load {
            name: "the same without leases",
            keys: 20,
            is_shared: true,
            is_warm: false,
            has_leases: false,
        },
        Load {
            name: "each asks for 10 new keys of its own",
            keys: 10,
            is_shared: false,
            is_warm: false,
            has_leases: true,
        },
        Load {
            name: "the same without leases",
            keys: 10,
            is_shared: false,
            is_warm: false,
            has_leases: false,
        },
        Load {
            name: "all ask for the same 50 known keys",
            keys: 50,
            is_shared: true,
            is_warm: true,
            has_leases: true,
        },
    ];
    for kind in [redis(), object()] {
        if !only.is_empty()
            && !only
                .iter()
                .any(|wanted| kind.name.contains(wanted.as_str()))
        {
            continue;
        }
        println!(
            "\n{}: {:.0} requests a second, one takes {:.2} ms in the median, {:.2} ms at 99 %",
            kind.name,
            kind.rate,
            quantile(&kind.times, 0.5) * 1e3,
            quantile(&kind.times, 0.99) * 1e3
        );
        println!(
            "{:<38} {:>8} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7}",
            "load",
            "computed",
            "median ms",
            "99 % ms",
            "all, s",
            "faults",
            "get",
            "put",
            "claim",
            "exists",
            "release"
        );
        for load in loads {
            simulate(&kind, load);
        }
    }
}

/// Redis as this machine has it, and half a millisecond of network.
fn redis() -> Kind {
    const NETWORK: f64 = 0.5e-3;
    let server = RedisServer::start(&[]);
    let storage = RemoteStorage::open(options(&server.url())).expect("it can be used");
    let times: Vec<f64> = (0..2000)
        .map(|number| {
            let key = key(1, number);
            let frame = frame(&key, &[1; VALUE]);
            let begin = Instant::now();
            storage.store(&key, &frame).expect("it takes it");
            let _ = storage::load(&storage, &key);
            begin.elapsed().as_secs_f64() / 2.0 + NETWORK
        })
        .collect();
    Kind {
        name: "Redis",
        times,
        rate: 50_000.0,
        slow: 5.0,
    }
}

/// An object store by the provider's own words: 3,500 writes a second in a folder, a few tens of milliseconds each.
fn object() -> Kind {
    // A logarithmic normal distribution by its quantiles: half within 30 ms, 99 % within 200 ms.
    let spread = (200.0_f64 / 30.0).ln() / 2.326;
    let times = (1..1000)
        .map(|at| 0.030 * (spread * normal_quantile(f64::from(at) / 1000.0)).exp())
        .collect();
    Kind {
        name: "object store",
        times,
        rate: 3_500.0,
        slow: 1.0,
    }
}

fn simulate(kind: &Kind, load: Load) {
    let line = Line {
        kind: kind.clone(),
        free: Mutex::new(Instant::now()),
    };
    let quiet = InMemory::default();
    let remote = Remote::new("memory://sizing")
        .key(b"a key of the simulation, of many bytes")
        // As by default, in this time.
        .timeout(Duration::from_secs(2).mul_f64(kind.slow))
        .lease(
            load.has_leases
                .then(|| Duration::from_secs(15).mul_f64(kind.slow)),
        );
    if load.is_warm {
        let storage = RemoteStorage::over(quiet.clone(), remote.clone()).expect("there is a key");
        for number in 0..load.keys {
            let key = key(1, number);
            storage
                .store(&key, &frame(&key, &[1; VALUE]))
                .expect("it takes it");
        }
    }
    let before = quiet.counts();
    let server = quiet.clone().with(Arc::new(line));
    let computed = AtomicU64::new(0);
    let faults = AtomicU64::new(0);
    let start = Barrier::new(CALLERS as usize + 1);
    let (mut waits, took) = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (server, remote) = (server.clone(), remote.clone());
                let (computed, faults, start) = (&computed, &faults, &start);
                let call = move || {
                    let storage = RemoteStorage::over(server, remote)
                        .expect("there is a key")
                        .behind();
                    start.wait();
                    let mut waits = Vec::new();
                    for number in 0..load.keys {
                        // Shared keys in an order of each caller's own.
                        let number = if load.is_shared {
                            (number + caller) % load.keys
                        } else {
                            caller * load.keys + number
                        };
                        waits.push(ask(&storage, kind, number, computed, faults));
                    }
                    waits
                };
                thread::Builder::new()
                    .stack_size(256 << 10)
                    .spawn_scoped(scope, call)
                    .expect("a thread")
            })
            .collect();
        start.wait();
        let begin = Instant::now();
        let waits: Vec<f64> = callers
            .into_iter()
            .flat_map(|caller| caller.join().expect("no panic"))
            .collect();
        checkpointer_runtime::flush(Duration::from_secs(600)).expect("all is sent");
        (waits, begin.elapsed().as_secs_f64() / kind.slow)
    });
    waits.sort_by(f64::total_cmp);
    let mut counts = quiet.counts();
    for (operation, count) in before {
        *counts.entry(operation).or_default() -= count;
    }
    let per_call = |operation: &str| per_call(&counts, operation, waits.len());
    println!(
        "{:<38} {:>8} {:>9.1} {:>9.1} {:>9.1} {:>9} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3}",
        load.name,
        computed.load(Ordering::SeqCst),
        quantile(&waits, 0.5) * 1e3,
        quantile(&waits, 0.99) * 1e3,
        took,
        faults.load(Ordering::SeqCst),
        per_call("get"),
        per_call("put"),
        per_call("claim"),
        per_call("exists"),
        per_call("release")
    );
}

/// One call as the library makes it, without its local layers. Gives what it waited beyond its own computation.
fn ask(
    storage: &RemoteStorage,
    kind: &Kind,
    number: u32,
    computed: &AtomicU64,
    faults: &AtomicU64,
) -> f64 {
    let key = key(1, number);
    let begin = Instant::now();
    let waited = |computation: f64| begin.elapsed().as_secs_f64() / kind.slow - computation;
    let found = || match storage::load(storage, &key) {
        Ok(found) => found.is_some(),
        Err(_) => {
            faults.fetch_add(1, Ordering::SeqCst);
            false
        }
    };
    if found() {
        return waited(0.0);
    }
    let lease = storage.lease(&key, None).unwrap_or_else(|_| {
        faults.fetch_add(1, Ordering::SeqCst);
        None
    });
    if lease.as_ref().is_some_and(storage::Lease::has_waited) && found() {
        return waited(0.0);
    }
    computed.fetch_add(1, Ordering::SeqCst);
    thread::sleep(COMPUTATION.mul_f64(kind.slow));
    if storage.store(&key, &frame(&key, &[1; VALUE])).is_err() {
        faults.fetch_add(1, Ordering::SeqCst);
    }
    drop(lease);
    waited(COMPUTATION.as_secs_f64())
}

fn per_call(counts: &BTreeMap<&'static str, u64>, operation: &str, calls: usize) -> f64 {
    let count = counts.get(operation).copied().unwrap_or_default();
    count as f64 / calls as f64
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

/// The standard normal distribution's quantile, by bisection.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-5.0, 5.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        // Bowling et al., 2009: within 0.00014 of the distribution.
        let below = 1.0 / (1.0 + (-(0.07056 * middle * middle * middle + 1.5976 * middle)).exp());
        if below < share {
            low = middle
        } else {
            high = middle
        }
    }
    low
}
