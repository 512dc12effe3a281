//! A store in which every system call in turn fails or is the last of its process: what is read afterwards is the old
//! value or the new one, and the next store works.
//!
//! strace injects the faults. Where it is missing or may not trace, this program says so; it has its own `main` so that
//! nothing swallows the message.

mod support;

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
use linux::main;

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("SKIPPED: faults are injected by strace, which only Linux has");
}
