//! Iterators, all of which are one type here.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
Iter<(A, B)>:
unzip() Want !Default,Extend
Iter<&T>:
copied() Iter<T>; cloned() Iter<T> !Clone
Iter<T>:
next() Option<T>; size_hint() (usize, Option<usize>); count() usize; last() Option<T>
nth(usize) Option<T>; step_by(usize) Iter<T>; chain(_) Iter<T>; zip(U) Iter<(T, Item<U>)>
map(fn(T) U) Iter<U>; for_each(fn(T) ()) (); filter(fn(&T) bool) Iter<T>
filter_map(fn(T) Option<U>) Iter<U>; enumerate() Iter<(usize, T)>; peekable() Iter<T>
skip_while(fn(&T) bool) Iter<T>; take_while(fn(&T) bool) Iter<T>; map_while(fn(T) Option<U>) Iter<U>
skip(usize) Iter<T>; take(usize) Iter<T>; scan(S, fn(&S, T) Option<U>) Iter<U>
flat_map(fn(T) U) Iter<Item<U>>; flatten() Iter<Item<T>>; fuse() Iter<T>; inspect(fn(&T) ()) Iter<T>
by_ref() &Self; cycle() Iter<T> !Clone
collect() Want !FromIterator,Extend,Default,Hash,Eq,PartialEq,Ord,PartialOrd,Hasher,BuildHasher
partition(fn(&T) bool) (Want, Want) !Default,Extend; try_fold(A, fn(A, T) R) R
try_for_each(fn(T) R) R; fold(A, fn(A, T) A) A; reduce(fn(T, T) T) Option<T>; all(fn(T) bool) bool
any(fn(T) bool) bool; find(fn(&T) bool) Option<T>; find_map(fn(T) Option<U>) Option<U>
position(fn(T) bool) Option<usize>; rposition(fn(T) bool) Option<usize>
max() Option<T> !Ord,PartialOrd; min() Option<T> !Ord,PartialOrd
max_by_key(fn(&T) K) Option<T> !Ord,PartialOrd; min_by_key(fn(&T) K) Option<T> !Ord,PartialOrd
max_by(fn(&T, &T) cmp::Ordering) Option<T>; min_by(fn(&T, &T) cmp::Ordering) Option<T>
rev() Iter<T>; unzip() _ !Default,Extend; copied() _; cloned() _ !Clone; sum() Want !Sum
product() Want !Product; cmp(_) cmp::Ordering !Ord; partial_cmp(_) Option<cmp::Ordering> !PartialOrd
eq(_) bool !PartialEq; ne(_) bool !PartialEq; lt(_) bool !PartialOrd; le(_) bool !PartialOrd
gt(_) bool !PartialOrd; ge(_) bool !PartialOrd; is_sorted() bool !PartialOrd
is_sorted_by(fn(&T, &T) bool) bool; is_sorted_by_key(fn(T) K) bool !PartialOrd
next_back() Option<T>; nth_back(usize) Option<T>; try_rfold(A, fn(A, T) R) R; rfold(A, fn(A, T) A) A
rfind(fn(&T) bool) Option<T>; len() usize; peek() Option<&T>; peek_mut() Option<&T>
next_if(fn(&T) bool) Option<T>; next_if_eq(&_) Option<T> !PartialEq; as_str() &str; as_slice() _
as_mut_slice() _; remainder() _; into_remainder() _; offset() usize; as_path() &Path

Range<T>:
contains(&_) bool !PartialOrd; is_empty() bool !PartialOrd
RangeFrom<T>:
contains(&_) bool !PartialOrd
RangeTo<T>:
contains(&_) bool !PartialOrd
RangeToInclusive<T>:
contains(&_) bool !PartialOrd
RangeInclusive<T>:
::new(T, T) RangeInclusive<T>; contains(&_) bool !PartialOrd; is_empty() bool !PartialOrd
start() &T; end() &T; into_inner() (T, T)
";
