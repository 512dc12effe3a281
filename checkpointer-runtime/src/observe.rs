//! Events for those who watch many programs: `tracing` events and `metrics` counters, each behind its feature.

use crate::event::{Event, EventKind};

/// One `tracing` event: faults as warnings, all else for those who ask.
#[cfg(feature = "tracing")]
pub(crate) fn trace(event: &Event<'_>) {
    let function = event.function;
    match &event.kind {
        EventKind::Computing => tracing::debug!(function, "computing"),
        EventKind::Computed { elapsed } => tracing::debug!(function, ?elapsed, "computed"),
        EventKind::Hit {
            layer,
            stored,
            saved,
        } => tracing::debug!(function, layer, %stored, ?saved, "hit"),
        EventKind::Expired { stored } => tracing::debug!(function, %stored, "expired"),
        EventKind::Waiting => tracing::debug!(function, "waiting"),
        EventKind::StillWaiting => tracing::warn!(function, "still waiting"),
        EventKind::Corrupted { error } => tracing::warn!(function, %error, "corrupted"),
        EventKind::StorageFault { error } => tracing::warn!(function, %error, "storage fault"),
        EventKind::Uncached { error } => tracing::warn!(function, %error, "uncached"),
        EventKind::Differs => tracing::error!(function, "a recomputed result differs"),
    }
}

/// `checkpointer_hits_total` and its like, labelled with the function's path, and the seconds that hits have saved.
#[cfg(feature = "metrics")]
pub(crate) fn measure(event: &Event<'_>) {
    let name = match &event.kind {
        EventKind::Hit { saved, .. } => {
            metrics::histogram!("checkpointer_saved_seconds", "function" => event.function)
                .record(saved.as_secs_f64());
            "checkpointer_hits_total"
        }
        EventKind::Computed { elapsed } => {
            metrics::histogram!("checkpointer_computation_seconds", "function" => event.function)
                .record(elapsed.as_secs_f64());
            "checkpointer_computed_total"
        }
        EventKind::Expired { .. } => "checkpointer_expired_total",
        EventKind::Corrupted { .. } => "checkpointer_corrupted_total",
        EventKind::StorageFault { .. } | EventKind::Uncached { .. } => "checkpointer_faults_total",
        EventKind::Waiting => "checkpointer_waits_total",
        EventKind::Differs => "checkpointer_differences_total",
        EventKind::Computing | EventKind::StillWaiting => return,
    };
    metrics::counter!(name, "function" => event.function).increment(1);
}
