//! One server as all functions of the program share it: every request goes through here, with its time-out, its retries
//! and the breaker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use backon::{BlockingRetryable as _, ExponentialBuilder};

use super::backend::{Backend, Fault};
use super::breaker::Breaker;
use super::lease::Leases;
use super::name::Names;
use super::options::Remote;
use super::outbox::Outbox;
use super::seal::Secret;
use crate::error::CheckpointError;
use crate::event;

/// The first pause between two tries of one operation; they double.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
/// How often an operation is tried again after a pause. Before that it is tried again at once: most faults are of
/// connections that the server has closed meanwhile.
const RETRIES: usize = 4;

/// A server and all that is known of it.
pub(super) struct Client {
    pub(super) backend: Box<dyn Backend>,
    pub(super) secret: Secret,
    /// The namespace that is written, and then those that are read as well.
    pub(super) names: Vec<Names>,
    pub(super) options: Remote,
    pub(super) breaker: Breaker,
    pub(super) outbox: Outbox,
    pub(super) leases: Leases,
    /// Whether the server has refused a write, though it lets us read.
    is_refused: AtomicBool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Client").field(&self.options).finish()
    }
}

/// Every client of the program, for `flush` and for its end.
static ALL: Mutex<Vec<Weak<Client>>> = Mutex::new(Vec::new());

/// Every client that is still in use.
pub(super) fn all() -> Vec<Arc<Client>> {
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|client| client.strong_count() > 0);
    all.iter().filter_map(Weak::upgrade).collect()
}

impl Client {
    /// A client of this server; or why it is not to be used.
    pub(super) fn new(backend: Box<dyn Backend>, options: Remote) -> Result<Arc<Self>, String> {
        let secret = options.checked()?.clone();
        let names = options.namespaces.iter();
        let client = Arc::new(Self {
            backend,
            secret,
            names: names.map(|name| Names::new("checkpointer", name)).collect(),
            breaker: Breaker::new(options.place(), options.timeout),
            outbox: Outbox::default(),
            leases: Leases::default(),
            is_refused: AtomicBool::new(false),
            options,
        });
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::downgrade(&client));
        Ok(client)
    }

    /// The namespace that is written.
    pub(super) fn own(&self) -> &Names {
        &self.names[0]
    }

    /// Asks the server, again if that may help, all in the time that an operation may take. If it does not help, the
    /// server is left alone from now on.
    pub(super) fn ask<T>(
        self: &Arc<Self>,
        operation: &'static str,
        request: impl FnMut(&dyn Backend, Instant) -> Result<T, Fault>,
    ) -> Result<T, CheckpointError> {
        self.ask_or_leave(operation, request, Fault::is_outage)
    }

    /// The same for a write, which may be refused where reading is not: then nothing is written any more.
    pub(super) fn ask_to_write<T>(
        self: &Arc<Self>,
        operation: &'static str,
        request: impl FnMut(&dyn Backend, Instant) -> Result<T, Fault>,
    ) -> Result<T, CheckpointError> {
        self.ask_or_leave(operation, request, |fault| self.is_outage(fault))
    }

    fn ask_or_leave<T>(
        self: &Arc<Self>,
        operation: &'static str,
        request: impl FnMut(&dyn Backend, Instant) -> Result<T, Fault>,
        is_outage: impl FnOnce(&Fault) -> bool,
    ) -> Result<T, CheckpointError> {
        self.breaker.check()?;
        self.attempt(request).map_err(|fault| {
            if is_outage(&fault) {
                self.gone(&fault)
            } else {
                self.error(operation, fault)
            }
        })
    }

    /// Whether a fault of a write says that the server is of no use at all.
    pub(super) fn is_outage(&self, fault: &Fault) -> bool {
        let Fault::Refused(_) = fault else {
            return fault.is_outage();
        };
        let by = Instant::now() + self.options.timeout;
        if self.backend.ping(by).is_err() {
            return true;
        }
        if !self.is_refused.swap(true, Ordering::AcqRel) {
            event::complain(&format!(
                "{} lets this program read and not write ({fault}): it goes on as with CHECKPOINTER_REMOTE_MODE=readonly",
                self.options.place()
            ));
        }
        false
    }

    /// Whether nothing is to be written.
    pub(super) fn is_readonly(&self) -> bool {
        self.options.is_readonly || self.is_refused.load(Ordering::Acquire)
    }

    fn error(&self, operation: &str, fault: Fault) -> CheckpointError {
        let place = self.options.place();
        CheckpointError::storage(format!("{operation} the remote store {place}"), fault)
    }

    /// The same without a look at the breaker.
    pub(super) fn attempt<T>(
        &self,
        mut request: impl FnMut(&dyn Backend, Instant) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let by = Instant::now() + self.options.timeout;
        // The way without a fault is short: no retry is prepared for it.
        let answer = match request(&*self.backend, by) {
            Err(fault) if fault.is_transient() => (|| request(&*self.backend, by))
                .retry(
                    ExponentialBuilder::default()
                        .with_min_delay(FIRST_PAUSE)
                        .with_max_times(RETRIES)
                        .with_total_delay(Some(self.options.timeout))
                        .with_jitter(),
                )
                .when(|fault| fault.is_transient() && Instant::now() < by)
                .call(),
            answer => answer,
        };
        if answer.is_ok() {
            self.breaker.succeeded();
        }
        answer
    }

    /// Notes that the server is gone, and has someone look for it in the background.
    pub(super) fn gone(self: &Arc<Self>, fault: &Fault) -> CheckpointError {
        let (error, is_news) = self.breaker.trip(&fault.to_string());
        if is_news {
            self.start_probing();
        }
        error
    }

    /// Looks in the background for a server that is gone or full, until it is back.
    pub(super) fn start_probing(self: &Arc<Self>) {
        let client = Arc::downgrade(self);
        spawn("checkpointer-probe", move || {
            let mut probes = 0;
            while let Some(client) = client.upgrade() {
                if client.probe(&mut probes) {
                    client.outbox.resume(&client);
                    return;
                }
            }
        });
    }

    /// Waits for the time of the next probe. Gives whether the server is back.
    fn probe(&self, probes: &mut u32) -> bool {
        self.outbox.pause(self.breaker.pause(*probes));
        if !self.breaker.is_open() {
            return true;
        }
        if !self.breaker.take_wanted() && self.outbox.is_empty() {
            return false;
        }
        *probes += 1;
        let is_back = self
            .backend
            .ping(Instant::now() + self.options.timeout)
            .is_ok();
        if is_back {
            self.breaker.close();
        }
        is_back
    }
}

/// A thread that nobody waits for. Where the system gives none, its work stays undone: all of it may.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .is_ok()
}
