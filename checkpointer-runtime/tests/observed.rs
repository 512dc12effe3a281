//! What `tracing` subscribers and `metrics` recorders get to hear of calls.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use checkpointer_runtime::checkpoint;
use futures_lite::future::{block_on, yield_now};
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};

#[checkpoint(format = "memory", verbosity = 0, version = 1)]
fn traced(x: u64) -> u64 {
    tracing::info!("in the body");
    x + 1
}

#[checkpoint(format = "memory", verbosity = 0, version = 1)]
async fn traced_later(x: u64) -> u64 {
    tracing::info!("before");
    yield_now().await;
    tracing::info!("after");
    x + 1
}

#[checkpoint(format = "memory", verbosity = 0, version = 1)]
fn measured(x: u64) -> u64 {
    x + 1
}

/// Writes down what it hears, each line behind the spans that are open.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    spans: Vec<String>,
    open: Vec<usize>,
    lines: Vec<String>,
}

/// A span's or an event's fields as text.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if ["function", "message"].contains(&field.name()) {
            let _ = write!(self.0, "{value:?} ");
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("checkpointer_runtime") || metadata.target() == "observed"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut heard = self.0.lock().expect("not poisoned");
        let text = format!("{} {}", span.metadata().name(), fields.0.trim());
        heard.spans.push(text);
        Id::from_u64(heard.spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut heard = self.0.lock().expect("not poisoned");
        let mut line: String = heard
            .open
            .iter()
            .map(|span| format!("[{}] ", heard.spans[*span]))
            .collect();
        line.push_str(fields.0.trim());
        heard.lines.push(line);
    }

    fn enter(&self, span: &Id) {
        let span = span.into_u64() as usize - 1;
        self.0.lock().expect("not poisoned").open.push(span);
    }

    fn exit(&self, _: &Id) {
        self.0.lock().expect("not poisoned").open.pop();
    }
}

/// What a listener hears of this work.
fn heard(work: impl FnOnce()) -> Vec<String> {
    let listener = Listener::default();
    tracing::subscriber::with_default(listener.clone(), work);
    let heard = std::mem::take(&mut *listener.0.lock().expect("not poisoned"));
    assert!(heard.open.is_empty());
    heard.lines
}

#[test]
fn a_call_is_traced_and_what_its_body_traces_is_in_its_span() {
    let lines = heard(|| assert_eq!((traced(1), traced(1)), (2, 2)));
    assert_eq!(
        lines,
        [
            r#"computing "observed::traced""#,
            r#"[checkpoint "observed::traced"] in the body"#,
            r#"computed "observed::traced""#,
            r#"hit "observed::traced""#,
        ]
    );
}

#[test]
fn an_async_call_is_in_its_span_at_every_poll() {
    let lines = heard(|| {
        let first = block_on(traced_later(1));
        assert_eq!(first, 2);
    });
    assert_eq!(
        lines,
        [
            r#"computing "observed::traced_later""#,
            r#"[checkpoint "observed::traced_later"] before"#,
            r#"[checkpoint "observed::traced_later"] after"#,
            r#"computed "observed::traced_later""#,
        ]
    );
}

/// Counts by name and function.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<String, Arc<Count>>>);

#[derive(Default)]
struct Count(AtomicU64);

impl CounterFn for Count {
    fn increment(&self, by: u64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }
}

impl HistogramFn for Count {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Counts {
    fn count(&self, key: &Key) -> Arc<Count> {
        let labels: String = key
            .labels()
            .map(|label| format!(" {}={}", label.key(), label.value()))
            .collect();
        let mut counts = self.0.lock().expect("not poisoned");
        Arc::clone(counts.entry(format!("{}{labels}", key.name())).or_default())
    }

    fn of(&self, text: &str) -> u64 {
        let counts = self.0.lock().expect("not poisoned");
        counts
            .get(text)
            .map_or(0, |count| count.0.load(Ordering::SeqCst))
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.count(key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.count(key))
    }
}

#[test]
fn calls_are_counted_and_timed_by_function() {
    let counts = Counts::default();
    metrics::with_local_recorder(&counts, || {
        assert_eq!((measured(1), measured(1), measured(1)), (2, 2, 2));
    });
    let of = |name: &str| counts.of(&format!("{name} function=observed::measured"));
    assert_eq!(of("checkpointer_computed_total"), 1);
    assert_eq!(of("checkpointer_hits_total"), 2);
    assert_eq!(of("checkpointer_computation_seconds"), 1);
    assert_eq!(of("checkpointer_saved_seconds"), 2);
}
