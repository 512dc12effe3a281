//! `Option`, `Result`, `Ordering` and other small enums of std.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
Option<T>:
is_some() bool; is_none() bool; is_some_and(fn(T) bool) bool; is_none_or(fn(T) bool) bool
as_ref() Option<&T>; as_mut() Option<&T>; as_slice() &[T]; as_mut_slice() &[T]
as_pin_ref() Option<Pin<&T>>; as_pin_mut() Option<Pin<&T>>; expect(&str) T; unwrap() T
unwrap_or(T) T; unwrap_or_else(fn() T) T; unwrap_unchecked() T; unwrap_or_default() T !Default
map(fn(T) U) Option<U>; inspect(fn(&T) ()) Self; map_or(U, fn(T) U) U
map_or_else(fn() U, fn(T) U) U; ok_or(E) Result<T, E>; ok_or_else(fn() E) Result<T, E>
as_deref() Option<&Target<T>> !Deref; as_deref_mut() Option<&Target<T>> !Deref,DerefMut
iter() Iter<&T>; iter_mut() Iter<&T>; and(Option<U>) Option<U>; and_then(fn(T) Option<U>) Option<U>
filter(fn(&T) bool) Self; or(Option<T>) Self; or_else(fn() Option<T>) Self; xor(Option<T>) Self
insert(T) &T; get_or_insert(T) &T; get_or_insert_with(fn() T) &T
get_or_insert_default() &T !Default; take() Self; take_if(fn(&T) bool) Self; replace(T) Self
zip(Option<U>) Option<(T, U)>
Option<(T, U)>:
unzip() (Option<T>, Option<U>)
Option<&T>:
copied() Option<T>; cloned() Option<T> !Clone
Option<Result<T, E>>:
transpose() Result<Option<T>, E>
Option<Option<T>>:
flatten() Option<T>

Result<T, E>:
is_ok() bool; is_err() bool; is_ok_and(fn(T) bool) bool; is_err_and(fn(E) bool) bool; ok() Option<T>
err() Option<E>; as_ref() Result<&T, &E>; as_mut() Result<&T, &E>; map(fn(T) U) Result<U, E>
map_or(U, fn(T) U) U; map_or_else(fn(E) U, fn(T) U) U; map_err(fn(E) F) Result<T, F>
inspect(fn(&T) ()) Self; inspect_err(fn(&E) ()) Self; as_deref() Result<&Target<T>, &E> !Deref
as_deref_mut() Result<&Target<T>, &E> !Deref,DerefMut; iter() Iter<&T>; iter_mut() Iter<&T>
expect(&str) T !Debug; unwrap() T !Debug; expect_err(&str) E !Debug; unwrap_err() E !Debug
unwrap_or_default() T !Default; unwrap_or(T) T; unwrap_or_else(fn(E) T) T; unwrap_unchecked() T
unwrap_err_unchecked() E; and(Result<U, E>) Result<U, E>; and_then(fn(T) Result<U, E>) Result<U, E>
or(Result<T, F>) Result<T, F>; or_else(fn(E) Result<T, F>) Result<T, F>
Result<&T, E>:
copied() Result<T, E>; cloned() Result<T, E> !Clone
Result<Option<T>, E>:
transpose() Option<Result<T, E>>
Result<Result<T, E>, E>:
flatten() Result<T, E>

cmp::Ordering:
is_eq() bool; is_ne() bool; is_lt() bool; is_gt() bool; is_le() bool; is_ge() bool; reverse() Self
then(cmp::Ordering) Self; then_with(fn() cmp::Ordering) Self

Bound<T>:
as_ref() Bound<&T>; map(fn(T) U) Bound<U>
Bound<&T>:
cloned() Bound<T> !Clone

ControlFlow<B, C>:
is_break() bool; is_continue() bool; break_value() Option<B>; continue_value() Option<C>
map_break(fn(B) T) ControlFlow<T, C>; map_continue(fn(C) T) ControlFlow<B, T>

Poll<Option<Result<T, E>>>:
map_ok(fn(T) U) Poll<Option<Result<U, E>>>; map_err(fn(E) U) Poll<Option<Result<T, U>>>
Poll<Result<T, E>>:
map_ok(fn(T) U) Poll<Result<U, E>>; map_err(fn(E) U) Poll<Result<T, U>>
Poll<T>:
map(fn(T) U) Poll<U>; is_ready() bool; is_pending() bool

Cow<T>:
to_mut() &Owned<T> !Clone,ToOwned; into_owned() Owned<T> !Clone,ToOwned
";
