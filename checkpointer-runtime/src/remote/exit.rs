//! What waits to be sent is sent before the program ends: when `main` returns and on `std::process::exit`.
//!
//! Rust runs nothing then by itself: statics are not dropped, and thread-locals only on the thread that has them. C's
//! `atexit` does. It can't be had without naming a foreign function, and so this file is one of the two with `unsafe` in
//! them: the declaration is C's own (a function without arguments is handed over, and a number comes back), and the
//! function that it is given neither unwinds nor needs anything that is gone by then. A program that is killed or aborts
//! sends nothing more; its results are in its local layers.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::panic;
use std::sync::Once;
use std::time::{Duration, Instant};

use super::client;
use crate::event;

/// How long the end of a program waits at most.
const PATIENCE: Duration = Duration::from_secs(5);

unsafe extern "C" {
    safe fn atexit(callback: extern "C" fn()) -> c_int;
}

/// Has everything sent when the program ends.
pub(super) fn flush_at_exit() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        if atexit(flush) != 0 {
            event::complain(
                "the system takes no more functions for a program's end: call `flush` before it",
            );
        }
    });
}

extern "C" fn flush() {
    // Unwinding into C would abort.
    let _ = panic::catch_unwind(|| {
        let by = Instant::now() + PATIENCE;
        for client in client::all() {
            let left = client.outbox.flush(&client, by, false);
            if left > 0 {
                event::complain(&format!(
                    "{left} results were not sent to {} and stay in the local layers",
                    client.options.place()
                ));
            }
        }
    });
}
