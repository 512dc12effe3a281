//! The recorder that instrumented crates call: which functions run, and which function called them.
//!
//! It is a crate of its own that may use what is not stable, because only so a `const fn` can tell run time from compile time.
//! Lines of the file that `CHECKPOINTER_RECORD` names: `f NUMBER KEY` for a function that ran, `e CALLER CALLEE` for an edge,
//! `a CALLER CALLEE` for one that an asynchronous function blurs. Each stands there once a thread at most.
#![feature(core_intrinsics, const_eval_select)]
#![allow(internal_features)]

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::File;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

/// One instrumented function.
pub struct Site {
    key: &'static str,
    number: AtomicU32,
}

/// A frame of the stack that ends when it is dropped.
pub struct Frame {
    depth: usize,
}

#[derive(Default)]
struct Thread {
    stack: Vec<(u32, bool)>,
    seen: HashSet<(u32, u32)>,
}

thread_local! { static THREAD: RefCell<Thread> = RefCell::default(); }
static OUT: OnceLock<Option<File>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(1);

const NOBODY: u32 = 0;

impl Site {
    /// A function by its key.
    pub const fn new(key: &'static str) -> Site {
        Site { key, number: AtomicU32::new(NOBODY) }
    }

    /// The function runs, until the frame is dropped.
    pub fn enter(&'static self) -> Frame {
        self.push(true)
    }

    /// Code of the function runs that somebody else called: a closure.
    pub fn inside(&'static self) -> Frame {
        self.push(false)
    }

    /// The function runs, but its end cannot be seen; at compile time nothing happens.
    pub const fn touch(&'static self) {
        core::intrinsics::const_eval_select((self,), nothing, touched)
    }

    /// An asynchronous function runs for the first time; what it calls later looks as if its poller did.
    pub fn poll(&'static self) {
        touched(self);
        let _ = THREAD.try_with(|thread| {
            if let Some(top) = thread.borrow_mut().stack.last_mut() {
                top.1 = true;
            }
        });
    }

    /// Whatever the future calls, the function calls.
    pub fn trace<F: Future>(&'static self, future: F) -> Traced<F> {
        Traced { site: self, future: Box::pin(future) }
    }

    fn number(&self) -> u32 {
        let known = self.number.load(Ordering::Relaxed);
        if known != NOBODY {
            return known;
        }
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed);
        match self.number.compare_exchange(NOBODY, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh,
            Err(other) => other,
        }
    }

    fn push(&'static self, called: bool) -> Frame {
        let number = self.number();
        let depth = THREAD.try_with(|thread| {
            let Ok(mut thread) = thread.try_borrow_mut() else { return usize::MAX };
            if called {
                thread.edge(self, number);
            }
            thread.stack.push((number, false));
            thread.stack.len() - 1
        });
        Frame { depth: depth.unwrap_or(usize::MAX) }
    }
}

/// Code outside of every function runs: the closure of a static.
pub fn detached() -> Frame {
    let depth = THREAD.try_with(|thread| {
        let mut thread = thread.borrow_mut();
        thread.stack.push((NOBODY, false));
        thread.stack.len() - 1
    });
    Frame { depth: depth.unwrap_or(usize::MAX) }
}

const fn nothing(_: &'static Site) {}

fn touched(site: &'static Site) {
    let number = site.number();
    let _ = THREAD.try_with(|thread| {
        if let Ok(mut thread) = thread.try_borrow_mut() {
            thread.edge(site, number);
        }
    });
}

impl Thread {
    fn edge(&mut self, site: &'static Site, callee: u32) {
        let (caller, blurred) = self.stack.last().copied().unwrap_or((NOBODY, false));
        if self.seen.insert((caller, callee)) {
            let kind = if blurred { 'a' } else { 'e' };
            write(&format!("f {callee} {}\n{kind} {caller} {callee}\n", site.key.replace('\n', " ")));
        }
    }
}

fn write(lines: &str) {
    let out = OUT.get_or_init(|| {
        let path = std::env::var_os("CHECKPOINTER_RECORD")?;
        std::fs::OpenOptions::new().create(true).append(true).open(path).ok()
    });
    if let Some(mut file) = out.as_ref() {
        let _ = file.write_all(lines.as_bytes());
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let depth = self.depth;
        let _ = THREAD.try_with(|thread| {
            if let Ok(mut thread) = thread.try_borrow_mut() {
                thread.stack.truncate(depth);
            }
        });
    }
}

/// A future whose polls run in a function's frame.
pub struct Traced<F> {
    site: &'static Site,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _frame = self.site.inside();
        self.future.as_mut().poll(context)
    }
}
