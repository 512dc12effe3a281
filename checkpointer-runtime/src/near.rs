//! The small results that a thread has used last, in memory of its own: so that it takes them without telling other threads,
//! which costs a hit in a shared table most of its time.
//!
//! Each memory layer has a version, which changes whenever a result of it is replaced or dropped. A result that was taken at
//! another version is taken from the table anew. The version is read before the table, so a result is never newer than it.

use std::cell::RefCell;
use std::mem::needs_drop;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::exact::Tagged;

/// How many results of a layer a thread has near: those whose keys end in these bits.
const PLACES: usize = 64;

/// After so many results in a row that were in the table and not near, a layer has too many keys in use at a time for this to
/// be worth its while, and is left alone.
const PATIENCE: u64 = 32;

/// No larger result is copied.
const LARGEST: usize = 64;

thread_local! {
    /// By the number of the layer.
    static LAYERS: RefCell<Vec<Option<Tagged>>> = const { RefCell::new(Vec::new()) };
}

/// One layer's share of what threads have near.
#[derive(Debug)]
pub(crate) struct Near {
    number: usize,
    version: AtomicU64,
    is_given_up: AtomicBool,
}

/// One thread's results of one layer.
struct Places<V> {
    places: Box<[Option<Place<V>>]>,
    /// For each place the key that was last looked for in vain. Who looks twice in a row gets the place, so that keys that
    /// take turns do not drive each other out.
    wanted: Box<[AtomicU64]>,
    /// How many results in a row were not near.
    far: AtomicU64,
}

struct Place<V> {
    key: u128,
    version: u64,
    value: V,
}

/// Whether results of this type may be copied to every thread: small ones that hold nothing else alive.
#[inline]
pub(crate) const fn fits<V>() -> bool {
    !needs_drop::<V>() && size_of::<V>() <= LARGEST
}

impl Near {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            version: AtomicU64::new(0),
            is_given_up: AtomicBool::new(false),
        }
    }

    /// Makes all threads ask the table again. Called after it has changed.
    pub(crate) fn forget(&self) {
        self.version.fetch_add(1, Ordering::Release);
    }

    /// The result that this thread has near, or the one that the table gives.
    #[inline]
    pub(crate) fn get<V: Clone + Send + Sync + 'static>(
        &self,
        key: u128,
        table: impl FnOnce() -> Option<V>,
    ) -> Option<V> {
        if self.is_given_up.load(Ordering::Relaxed) {
            return table();
        }
        let version = self.version.load(Ordering::Acquire);
        let near = LAYERS.try_with(|layers| {
            let Ok(layers) = layers.try_borrow() else {
                return Found::Far;
            };
            let tagged = layers.get(self.number).and_then(Option::as_ref);
            match tagged {
                Some(tagged) => match tagged.get::<Places<V>>() {
                    Some(places) => places.find(key, version),
                    // Another type of a generic function came first; this one's results come from the table.
                    None => Found::Far,
                },
                None => Found::Wanted,
            }
        });
        match near {
            Ok(Found::Near(value)) => Some(value),
            Ok(Found::Wanted) => {
                let value = table()?;
                self.keep(Place {
                    key,
                    version,
                    value: value.clone(),
                });
                Some(value)
            }
            Ok(Found::Far) => {
                let value = table()?;
                self.count_far::<V>();
                Some(value)
            }
            Err(_) => table(),
        }
    }

    /// A result was in the table, and others have its place.
    #[cold]
    fn count_far<V: Clone + Send + Sync + 'static>(&self) {
        let _ = LAYERS.try_with(|layers| {
            let layers = layers.try_borrow().ok()?;
            let places = layers.get(self.number)?.as_ref()?.get::<Places<V>>()?;
            let far = places.far.load(Ordering::Relaxed) + 1;
            places.far.store(far, Ordering::Relaxed);
            if far > PATIENCE {
                self.is_given_up.store(true, Ordering::Relaxed);
            }
            Some(())
        });
    }

    #[cold]
    fn keep<V: Clone + Send + Sync + 'static>(&self, place: Place<V>) {
        // A thread that ends has no room any more, and a clone that calls the function again finds it in use.
        let _ = LAYERS.try_with(|layers| {
            let mut layers = layers.try_borrow_mut().ok()?;
            if layers.len() <= self.number {
                layers.resize_with(self.number + 1, || None);
            }
            let places = layers[self.number].get_or_insert_with(|| Tagged::new(Places::<V>::new()));
            let places = places.get_mut::<Places<V>>()?;
            let index = place.key as usize % PLACES;
            places.places[index] = Some(place);
            Some(())
        });
    }
}

/// What a thread has under a key.
enum Found<V> {
    /// The result.
    Near(V),
    /// Nothing, and it is time to keep it.
    Wanted,
    /// Nothing.
    Far,
}

impl<V: Clone> Places<V> {
    fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| None).collect(),
            wanted: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            far: AtomicU64::new(0),
        }
    }

    #[inline]
    fn find(&self, key: u128, version: u64) -> Found<V> {
        let index = key as usize % PLACES;
        if let Some(place) = &self.places[index]
            && place.key == key
            && place.version == version
        {
            if self.far.load(Ordering::Relaxed) != 0 {
                self.far.store(0, Ordering::Relaxed);
            }
            return Found::Near(place.value.clone());
        }
        let (wanted, name) = (&self.wanted[index], (key >> 64) as u64);
        if wanted.load(Ordering::Relaxed) == name {
            return Found::Wanted;
        }
        wanted.store(name, Ordering::Relaxed);
        Found::Far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks as often as it takes to have the result near.
    fn settle<V: Clone + Send + Sync + 'static>(near: &Near, key: u128, value: V) {
        for _ in 0..2 {
            near.get(key, || Some(value.clone()));
        }
    }

    /// The result without the table, if it is near.
    fn peek<V: Clone + Send + Sync + 'static>(near: &Near, key: u128) -> Option<V> {
        near.get(key, || None)
    }

    const OTHER: u128 = (1 << 64) + 1;

    #[test]
    fn what_is_near_is_not_asked_for_again_until_something_changes() {
        let near = Near::new();
        settle(&near, OTHER, 5_u64);
        assert_eq!(peek(&near, OTHER), Some(5_u64));
        near.forget();
        assert_eq!(peek::<u64>(&near, OTHER), None);
        settle(&near, OTHER, 6_u64);
        assert_eq!(peek(&near, OTHER), Some(6_u64));
    }

    #[test]
    fn who_looks_twice_in_a_row_takes_a_place_and_who_takes_turns_does_not() {
        let near = Near::new();
        let keys = [2_u128 << 64, 3 << 64, 4 << 64];
        settle(&near, keys[0], 0_u8);
        for _ in 0..4 {
            assert_eq!(near.get(keys[1], || Some(1_u8)), Some(1));
            assert_eq!(near.get(keys[2], || Some(2_u8)), Some(2));
        }
        assert_eq!(peek(&near, keys[0]), Some(0_u8));
        settle(&near, keys[1], 1_u8);
        assert_eq!(
            (peek::<u8>(&near, keys[0]), peek(&near, keys[1])),
            (None, Some(1_u8))
        );
    }

    #[test]
    fn a_layer_with_many_keys_in_turn_is_left_alone() {
        let near = Near::new();
        settle(&near, OTHER, 1_u8);
        assert_eq!(peek(&near, OTHER), Some(1_u8));
        for key in 2..100_u128 {
            near.get(key << 64 | key, || Some(2_u8));
        }
        assert_eq!(peek::<u8>(&near, OTHER), None);
    }

    #[test]
    fn what_changes_while_the_table_is_asked_is_asked_for_again() {
        let near = Near::new();
        let old = near.get(OTHER, || {
            let old = Some(1_u8);
            near.forget();
            old
        });
        assert_eq!(old, Some(1));
        assert_eq!(near.get(OTHER, || Some(2_u8)), Some(2));
    }

    #[test]
    fn layers_types_and_threads_have_their_own() {
        let (one, two) = (Near::new(), Near::new());
        settle(&one, OTHER, 1_u8);
        settle(&two, OTHER, 2_u8);
        assert_eq!(one.get(OTHER, || Some('a')), Some('a'));
        assert_eq!(one.get(OTHER, || Some('b')), Some('b'));
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(one.get(OTHER, || Some(3_u8)), Some(3)));
        });
        assert_eq!(
            (peek(&one, OTHER), peek(&two, OTHER)),
            (Some(1_u8), Some(2_u8))
        );
    }

    #[test]
    fn only_small_results_that_own_nothing_are_near() {
        assert!(fits::<u64>() && fits::<Option<[f64; 7]>>() && fits::<()>());
        assert!(!fits::<String>() && !fits::<[u64; 9]>() && !fits::<std::sync::Arc<u8>>());
    }
}
