//! `CHECKPOINTER_VERIFY=1/N`: one in `N` hits is recomputed and compared, to find a function that is not deterministic
//! or depends on something that no analysis can see.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::call::session::Session;
use crate::event::EventKind;
use crate::key::Digest;

impl<T> Session<T> {
    /// For a hit of the share to verify, the digest of its value. A result that is kept in memory alone has none.
    pub(crate) fn digest_to_verify(&self, hit: &T) -> Option<Digest> {
        static HITS: AtomicU32 = AtomicU32::new(0);
        let share = self.state.verify?;
        if !HITS.fetch_add(1, Relaxed).is_multiple_of(share) {
            return None;
        }
        self.digest(hit)
    }

    /// Whether a recomputed result is another one, which is reported.
    pub(crate) fn differs(&self, known: Digest, fresh: &T) -> bool {
        let differs = self.digest(fresh) != Some(known);
        if differs {
            self.emit_first(EventKind::Differs);
        }
        differs
    }
}
