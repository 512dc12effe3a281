//! A bar on stderr for what takes longer than a second, on a terminal and nowhere else.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// What takes longer than this shows a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far something has got.
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    begin: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing done yet of so much; 0 where nobody knows of how much.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        Self {
            what,
            total,
            done: 0,
            begin: Instant::now(),
            bar: None,
        }
    }

    /// One more is about to be done.
    pub(crate) fn step(&mut self, name: &str) {
        if self.bar.is_none() && self.begin.elapsed() >= PATIENCE {
            let bar = ProgressBar::new(self.total);
            let template = match self.total {
                0 => "{prefix} {pos} {wide_msg}",
                _ => "{prefix} {bar:30} {pos}/{len} {wide_msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_prefix(self.what);
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(crate::output::clean(name));
        }
        self.done += 1;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
