//! Slices, arrays, `Vec` and the other sequences.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
[T]:
len() usize; is_empty() bool; first() Option<&T>; first_mut() Option<&T>; last() Option<&T>
last_mut() Option<&T>; split_first() Option<(&T, &[T])>; split_first_mut() Option<(&T, &[T])>
split_last() Option<(&T, &[T])>; split_last_mut() Option<(&T, &[T])>; first_chunk() Option<&[T;]>
first_chunk_mut() Option<&[T;]>; last_chunk() Option<&[T;]>; last_chunk_mut() Option<&[T;]>
split_first_chunk() Option<(&[T;], &[T])>; split_first_chunk_mut() Option<(&[T;], &[T])>
split_last_chunk() Option<(&[T], &[T;])>; split_last_chunk_mut() Option<(&[T], &[T;])>
get(_) Option<&Indexed>; get_mut(_) Option<&Indexed>; get_unchecked(_) &Indexed
get_unchecked_mut(_) &Indexed; get_disjoint_mut([_;]) _; get_disjoint_unchecked_mut([_;]) _
as_ptr() *T; as_mut_ptr() *T; as_ptr_range() Range<*T>; as_mut_ptr_range() Range<*T>
as_array() Option<&[T;]>; as_mut_array() Option<&[T;]>; swap(usize, usize) (); reverse() ()
iter() Iter<&T>; iter_mut() Iter<&T>; windows(usize) Iter<&[T]>; array_windows() Iter<&[T;]>
chunks(usize) Iter<&[T]>; chunks_mut(usize) Iter<&[T]>; chunks_exact(usize) Iter<&[T]>
chunks_exact_mut(usize) Iter<&[T]>; rchunks(usize) Iter<&[T]>; rchunks_mut(usize) Iter<&[T]>
rchunks_exact(usize) Iter<&[T]>; rchunks_exact_mut(usize) Iter<&[T]>; as_chunks() (&[[T;]], &[T])
as_rchunks() (&[T], &[[T;]]); as_chunks_mut() (&[[T;]], &[T]); as_rchunks_mut() (&[T], &[[T;]])
as_chunks_unchecked() &[[T;]]; as_chunks_unchecked_mut() &[[T;]]
chunk_by(fn(&T, &T) bool) Iter<&[T]>; chunk_by_mut(fn(&T, &T) bool) Iter<&[T]>
split_at(usize) (&[T], &[T]); split_at_mut(usize) (&[T], &[T])
split_at_unchecked(usize) (&[T], &[T]); split_at_mut_unchecked(usize) (&[T], &[T])
split_at_checked(usize) Option<(&[T], &[T])>; split_at_mut_checked(usize) Option<(&[T], &[T])>
split(fn(&T) bool) Iter<&[T]>; split_mut(fn(&T) bool) Iter<&[T]>
split_inclusive(fn(&T) bool) Iter<&[T]>; split_inclusive_mut(fn(&T) bool) Iter<&[T]>
rsplit(fn(&T) bool) Iter<&[T]>; rsplit_mut(fn(&T) bool) Iter<&[T]>
splitn(usize, fn(&T) bool) Iter<&[T]>; splitn_mut(usize, fn(&T) bool) Iter<&[T]>
rsplitn(usize, fn(&T) bool) Iter<&[T]>; rsplitn_mut(usize, fn(&T) bool) Iter<&[T]>
contains(&T) bool !PartialEq; starts_with(&[T]) bool !PartialEq; ends_with(&[T]) bool !PartialEq
strip_prefix(&_) Option<&[T]> !PartialEq; strip_suffix(&_) Option<&[T]> !PartialEq
binary_search(&T) Result<usize, usize> !Ord
binary_search_by(fn(&T) cmp::Ordering) Result<usize, usize>
binary_search_by_key(&B, fn(&T) B) Result<usize, usize> !Ord; sort() () !Ord,PartialOrd
sort_by(fn(&T, &T) cmp::Ordering) (); sort_by_key(fn(&T) K) () !Ord,PartialOrd
sort_by_cached_key(fn(&T) K) () !Ord,PartialOrd; sort_unstable() () !Ord,PartialOrd
sort_unstable_by(fn(&T, &T) cmp::Ordering) (); sort_unstable_by_key(fn(&T) K) () !Ord,PartialOrd
select_nth_unstable(usize) (&[T], &T, &[T]) !Ord,PartialOrd
select_nth_unstable_by(usize, fn(&T, &T) cmp::Ordering) (&[T], &T, &[T])
select_nth_unstable_by_key(usize, fn(&T) K) (&[T], &T, &[T]) !Ord,PartialOrd; rotate_left(usize) ()
rotate_right(usize) (); fill(T) () !Clone; fill_with(fn() T) (); clone_from_slice(&[T]) () !Clone
copy_from_slice(&[T]) (); copy_within(_, usize) () !RangeBounds; swap_with_slice(&[T]) ()
align_to() (&[T], &[U], &[T]); align_to_mut() (&[T], &[U], &[T]); is_sorted() bool !PartialOrd
is_sorted_by(fn(&T, &T) bool) bool; is_sorted_by_key(fn(&T) K) bool !PartialOrd
partition_point(fn(&T) bool) usize; split_off(_) Option<&[T]> !RangeBounds
split_off_mut(_) Option<&[T]> !RangeBounds; split_off_first() Option<&T>
split_off_first_mut() Option<&T>; split_off_last() Option<&T>; split_off_last_mut() Option<&T>
element_offset(&T) Option<usize>; into_vec() Vec<T>; to_vec() Vec<T> !Clone; repeat(usize) Vec<T>
as_flattened() &[Item<T>]; as_flattened_mut() &[Item<T>]
[&str]:
concat() String; join(&str) String
[String]:
concat() String; join(&str) String
[Vec<T>]:
concat() Vec<T> !Clone; join(_) Vec<T> !Clone
[&[T]]:
concat() Vec<T> !Clone; join(_) Vec<T> !Clone
[[T;]]:
concat() Vec<T> !Clone; join(_) Vec<T> !Clone
[_]:
concat() _ !Borrow,Clone; join(_) _ !Borrow,Clone; connect(_) _ !Borrow,Clone
[u8]:
is_ascii() bool; eq_ignore_ascii_case(&[u8]) bool; make_ascii_uppercase() ()
make_ascii_lowercase() (); to_ascii_uppercase() Vec<u8>; to_ascii_lowercase() Vec<u8>
trim_ascii() &[u8]; trim_ascii_start() &[u8]; trim_ascii_end() &[u8]; escape_ascii() Iter<u8>
utf8_chunks() Iter<Utf8Chunk>

[T;]:
map(fn(T) U) [U;]; as_slice() &[T]; as_mut_slice() &[T]; each_ref() [&T;]; each_mut() [&T;]

Vec<T>:
::new() Vec<T>; ::with_capacity(usize) Vec<T>; ::from_raw_parts(*T, usize, usize) Vec<T>; push(T) ()
push_mut(T) &T; pop() Option<T>; pop_if(fn(&T) bool) Option<T>; capacity() usize; reserve(usize) ()
reserve_exact(usize) (); shrink_to_fit() (); shrink_to(usize) ()
try_reserve(usize) Result<(), TryReserveError>; try_reserve_exact(usize) Result<(), TryReserveError>
into_boxed_slice() Box<[T]>; truncate(usize) (); as_slice() &[T]; as_mut_slice() &[T]; as_ptr() *T
as_mut_ptr() *T; set_len(usize) (); swap_remove(usize) T; insert(usize, T) ()
insert_mut(usize, T) &T; remove(usize) T; retain(fn(&T) bool) (); retain_mut(fn(&T) bool) ()
dedup_by_key(fn(&T) K) () !PartialEq; dedup_by(fn(&T, &T) bool) (); dedup() () !PartialEq
append(&Vec<T>) (); drain(_) Iter<T> !RangeBounds; clear() (); len() usize; is_empty() bool
split_off(usize) Self; resize_with(usize, fn() T) (); leak() &[T]
spare_capacity_mut() &[MaybeUninit<T>]; resize(usize, T) () !Clone
extend_from_slice(&[T]) () !Clone; extend_from_within(_) () !Clone,RangeBounds
splice(_, _) Iter<T> !RangeBounds,IntoIterator,Iterator
extract_if(_, fn(&T) bool) Iter<T> !RangeBounds
Vec<[T;]>:
into_flattened() Vec<T>

VecDeque<T>:
::new() VecDeque<T>; ::with_capacity(usize) VecDeque<T>; get(usize) Option<&T>
get_mut(usize) Option<&T>; swap(usize, usize) (); capacity() usize; reserve(usize) ()
reserve_exact(usize) (); shrink_to_fit() (); shrink_to(usize) (); truncate(usize) ()
iter() Iter<&T>; iter_mut() Iter<&T>; as_slices() (&[T], &[T]); as_mut_slices() (&[T], &[T])
len() usize; is_empty() bool; range(_) Iter<&T> !RangeBounds; range_mut(_) Iter<&T> !RangeBounds
drain(_) Iter<T> !RangeBounds; clear() (); contains(&T) bool !PartialEq; front() Option<&T>
front_mut() Option<&T>; back() Option<&T>; back_mut() Option<&T>; pop_front() Option<T>
pop_back() Option<T>; pop_front_if(fn(&T) bool) Option<T>; pop_back_if(fn(&T) bool) Option<T>
push_front(T) (); push_back(T) (); push_front_mut(T) &T; push_back_mut(T) &T
swap_remove_front(usize) Option<T>; swap_remove_back(usize) Option<T>; insert(usize, T) ()
insert_mut(usize, T) &T; remove(usize) Option<T>; split_off(usize) Self; append(&VecDeque<T>) ()
retain(fn(&T) bool) (); retain_mut(fn(&T) bool) (); resize(usize, T) () !Clone
resize_with(usize, fn() T) (); make_contiguous() &[T]; rotate_left(usize) (); rotate_right(usize) ()
binary_search(&T) Result<usize, usize> !Ord
binary_search_by(fn(&T) cmp::Ordering) Result<usize, usize>
binary_search_by_key(&B, fn(&T) B) Result<usize, usize> !Ord; partition_point(fn(&T) bool) usize
try_reserve(usize) Result<(), TryReserveError>; try_reserve_exact(usize) Result<(), TryReserveError>

LinkedList<T>:
::new() LinkedList<T>; append(&LinkedList<T>) (); iter() Iter<&T>; iter_mut() Iter<&T>
is_empty() bool; len() usize; clear() (); contains(&T) bool !PartialEq; front() Option<&T>
front_mut() Option<&T>; back() Option<&T>; back_mut() Option<&T>; push_front(T) (); push_back(T) ()
push_front_mut(T) &T; push_back_mut(T) &T; pop_front() Option<T>; pop_back() Option<T>
split_off(usize) Self; extract_if(fn(&T) bool) Iter<T>

BinaryHeap<T>:
::new() BinaryHeap<T>; ::with_capacity(usize) BinaryHeap<T>
peek_mut() Option<PeekMut<T>> !Ord,PartialOrd; pop() Option<T> !Ord,PartialOrd
push(T) () !Ord,PartialOrd; into_sorted_vec() Vec<T> !Ord,PartialOrd
append(&BinaryHeap<T>) () !Ord,PartialOrd; retain(fn(&T) bool) () !Ord,PartialOrd; iter() Iter<&T>
peek() Option<&T>; capacity() usize; reserve(usize) (); reserve_exact(usize) (); shrink_to_fit() ()
shrink_to(usize) (); into_vec() Vec<T>; as_slice() &[T]; len() usize; is_empty() bool
drain() Iter<T>; clear() ()
";
