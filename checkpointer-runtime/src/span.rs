//! The `tracing` span in which a checkpointed function runs; without that feature it is nothing.

/// A span that is entered wherever the function goes on: once for a thread, at every poll of a future.
#[derive(Debug)]
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

/// While this lives, what is traced on this thread is in the span.
#[derive(Debug)]
#[must_use]
pub(crate) struct Entered<'a> {
    #[cfg(feature = "tracing")]
    _entered: tracing::span::Entered<'a>,
    #[cfg(not(feature = "tracing"))]
    _entered: std::marker::PhantomData<&'a ()>,
}

impl Span {
    /// The span of a function that is about to run.
    pub(crate) fn of(function: &'static str) -> Self {
        let _ = function;
        Self {
            #[cfg(feature = "tracing")]
            span: tracing::debug_span!("checkpoint", function),
        }
    }

    pub(crate) fn enter(&self) -> Entered<'_> {
        Entered {
            #[cfg(feature = "tracing")]
            _entered: self.span.enter(),
            #[cfg(not(feature = "tracing"))]
            _entered: std::marker::PhantomData,
        }
    }
}
