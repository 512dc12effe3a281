//! Maps and sets.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
HashMap<K, V>:
::new() HashMap<K, V>; ::with_capacity(usize) HashMap<K, V>; ::with_hasher(_) HashMap<K, V>
::with_capacity_and_hasher(usize, _) HashMap<K, V>; capacity() usize; keys() Iter<&K>
into_keys() Iter<K>; values() Iter<&V>; values_mut() Iter<&V>; into_values() Iter<V>
iter() Iter<(&K, &V)>; iter_mut() Iter<(&K, &V)>; len() usize; is_empty() bool; drain() Iter<(K, V)>
extract_if(fn(&K, &V) bool) Iter<(K, V)>; retain(fn(&K, &V) bool) (); clear() (); hasher() &_
reserve(usize) () !Hash,Hasher,BuildHasher
try_reserve(usize) Result<(), TryReserveError> !Hash,Hasher,BuildHasher
shrink_to_fit() () !Hash,Hasher,BuildHasher; shrink_to(usize) () !Hash,Hasher,BuildHasher
entry(K) hash_map::Entry<K, V> !Hash,Eq,PartialEq,Hasher,BuildHasher
get(&_) Option<&V> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
get_key_value(&_) Option<(&K, &V)> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
get_mut(&_) Option<&V> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
get_disjoint_mut(_) [Option<&V>;] !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
get_disjoint_unchecked_mut(_) [Option<&V>;] !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
contains_key(&_) bool !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
insert(K, V) Option<V> !Hash,Eq,PartialEq,Hasher,BuildHasher
remove(&_) Option<V> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
remove_entry(&_) Option<(K, V)> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
hash_map::Entry<K, V>:
or_insert(V) &V !Hash,Hasher,BuildHasher; or_insert_with(fn() V) &V !Hash,Hasher,BuildHasher
or_insert_with_key(fn(&K) V) &V !Hash,Hasher,BuildHasher; key() &K; and_modify(fn(&V) ()) Self
insert_entry(V) hash_map::OccupiedEntry<K, V> !Hash,Hasher,BuildHasher
or_default() &V !Hash,Hasher,BuildHasher,Default
hash_map::OccupiedEntry<K, V>:
key() &K; remove_entry() (K, V); get() &V; get_mut() &V; into_mut() &V; insert(V) V; remove() V
hash_map::VacantEntry<K, V>:
key() &K; into_key() K; insert(V) &V !Hash,Hasher,BuildHasher
insert_entry(V) hash_map::OccupiedEntry<K, V> !Hash,Hasher,BuildHasher

BTreeMap<K, V>:
::new() BTreeMap<K, V>; keys() Iter<&K>; into_keys() Iter<K>; values() Iter<&V>
values_mut() Iter<&V>; into_values() Iter<V>; iter() Iter<(&K, &V)>; iter_mut() Iter<(&K, &V)>
len() usize; is_empty() bool; clear() (); retain(fn(&K, &V) bool) () !Ord
extract_if(_, fn(&K, &V) bool) Iter<(K, V)> !Ord,PartialOrd,PartialEq,Borrow,RangeBounds
get(&_) Option<&V> !Ord,Borrow; get_key_value(&_) Option<(&K, &V)> !Ord,Borrow
get_mut(&_) Option<&V> !Ord,Borrow; first_key_value() Option<(&K, &V)> !Ord
last_key_value() Option<(&K, &V)> !Ord; first_entry() Option<btree_map::OccupiedEntry<K, V>> !Ord
last_entry() Option<btree_map::OccupiedEntry<K, V>> !Ord; pop_first() Option<(K, V)> !Ord
pop_last() Option<(K, V)> !Ord; contains_key(&_) bool !Ord,Borrow; insert(K, V) Option<V> !Ord
remove(&_) Option<V> !Ord,Borrow; remove_entry(&_) Option<(K, V)> !Ord,Borrow
append(&BTreeMap<K, V>) () !Ord,PartialOrd,PartialEq; entry(K) btree_map::Entry<K, V> !Ord
range(_) Iter<(&K, &V)> !Ord,PartialOrd,PartialEq,Borrow,RangeBounds
range_mut(_) Iter<(&K, &V)> !Ord,PartialOrd,PartialEq,Borrow,RangeBounds
split_off(&_) BTreeMap<K, V> !Ord,Borrow
btree_map::Entry<K, V>:
or_insert(V) &V !Ord; or_insert_with(fn() V) &V !Ord; or_insert_with_key(fn(&K) V) &V !Ord; key() &K
and_modify(fn(&V) ()) Self; insert_entry(V) btree_map::OccupiedEntry<K, V> !Ord
or_default() &V !Ord,Default
btree_map::OccupiedEntry<K, V>:
key() &K; remove_entry() (K, V); get() &V; get_mut() &V; into_mut() &V; insert(V) V; remove() V
btree_map::VacantEntry<K, V>:
key() &K; into_key() K; insert(V) &V !Ord; insert_entry(V) btree_map::OccupiedEntry<K, V> !Ord

HashSet<T>:
::new() HashSet<T>; ::with_capacity(usize) HashSet<T>; ::with_hasher(_) HashSet<T>
::with_capacity_and_hasher(usize, _) HashSet<T>; capacity() usize; iter() Iter<&T>; len() usize
is_empty() bool; drain() Iter<T>; retain(fn(&T) bool) (); extract_if(fn(&T) bool) Iter<T>
clear() (); hasher() &_; reserve(usize) () !Hash,Hasher,BuildHasher
try_reserve(usize) Result<(), TryReserveError> !Hash,Hasher,BuildHasher
shrink_to_fit() () !Hash,Hasher,BuildHasher; shrink_to(usize) () !Hash,Hasher,BuildHasher
difference(&HashSet<T>) Iter<&T> !Hash,Eq,PartialEq,Hasher,BuildHasher
symmetric_difference(&HashSet<T>) Iter<&T> !Hash,Eq,PartialEq,Hasher,BuildHasher
intersection(&HashSet<T>) Iter<&T> !Hash,Eq,PartialEq,Hasher,BuildHasher
union(&HashSet<T>) Iter<&T> !Hash,Eq,PartialEq,Hasher,BuildHasher
contains(&_) bool !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
get(&_) Option<&T> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
is_disjoint(&HashSet<T>) bool !Hash,Eq,PartialEq,Hasher,BuildHasher
is_subset(&HashSet<T>) bool !Hash,Eq,PartialEq,Hasher,BuildHasher
is_superset(&HashSet<T>) bool !Hash,Eq,PartialEq,Hasher,BuildHasher
insert(T) bool !Hash,Eq,PartialEq,Hasher,BuildHasher
replace(T) Option<T> !Hash,Eq,PartialEq,Hasher,BuildHasher
remove(&_) bool !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher
take(&_) Option<T> !Hash,Eq,PartialEq,Borrow,Hasher,BuildHasher

BTreeSet<T>:
::new() BTreeSet<T>; iter() Iter<&T>; len() usize; is_empty() bool; clear() ()
range(_) Iter<&T> !Ord,PartialOrd,PartialEq,Borrow,RangeBounds
difference(&BTreeSet<T>) Iter<&T> !Ord; symmetric_difference(&BTreeSet<T>) Iter<&T> !Ord
intersection(&BTreeSet<T>) Iter<&T> !Ord; union(&BTreeSet<T>) Iter<&T> !Ord
contains(&_) bool !Ord,Borrow; get(&_) Option<&T> !Ord,Borrow; is_disjoint(&BTreeSet<T>) bool !Ord
is_subset(&BTreeSet<T>) bool !Ord; is_superset(&BTreeSet<T>) bool !Ord; first() Option<&T> !Ord
last() Option<&T> !Ord; pop_first() Option<T> !Ord; pop_last() Option<T> !Ord; insert(T) bool !Ord
replace(T) Option<T> !Ord; remove(&_) bool !Ord,Borrow; take(&_) Option<T> !Ord,Borrow
retain(fn(&T) bool) () !Ord; append(&BTreeSet<T>) () !Ord,PartialOrd,PartialEq
split_off(&_) BTreeSet<T> !Ord,Borrow
extract_if(_, fn(&T) bool) Iter<T> !Ord,PartialOrd,PartialEq,Borrow,RangeBounds
";
