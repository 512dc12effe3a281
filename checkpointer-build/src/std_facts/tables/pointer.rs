//! Smart pointers, cells, locks, channels, threads and tasks.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
Box<T>:
::new(T) Box<T>; ::pin(T) Pin<Box<T>>; ::from_raw(*T) Box<T>; ::into_raw(Box<T>) *T
::leak(Box<T>) &T; ::into_pin(Box<T>) Pin<Box<T>>; ::write(_, T) Box<T>
::new_uninit() Box<MaybeUninit<T>>; ::new_zeroed() Box<MaybeUninit<T>>
Box<MaybeUninit<T>>:
assume_init() Box<T>
Box<_>:
downcast() Result<Box<Want>, _>

Rc<T>:
::new(T) Rc<T>; ::pin(T) Pin<Rc<T>>; ::new_cyclic(fn(&rc::Weak<T>) T) Rc<T>
::try_unwrap(Rc<T>) Result<T, Rc<T>>; ::into_inner(Rc<T>) Option<T>; ::into_raw(Rc<T>) *T
::from_raw(*T) Rc<T>; ::as_ptr(&Rc<T>) *T; ::downgrade(&Rc<T>) rc::Weak<T>
::weak_count(&Rc<T>) usize; ::strong_count(&Rc<T>) usize; ::get_mut(&Rc<T>) Option<&T>
::ptr_eq(&Rc<T>, &Rc<T>) bool; ::make_mut(&Rc<T>) &T !Clone; ::unwrap_or_clone(Rc<T>) T !Clone
::new_uninit() Rc<MaybeUninit<T>>; ::increment_strong_count(*T) (); ::decrement_strong_count(*T) ()
Rc<MaybeUninit<T>>:
assume_init() Rc<T>
Rc<_>:
downcast() Result<Rc<Want>, _>
rc::Weak<T>:
::new() rc::Weak<T>; ::from_raw(*T) rc::Weak<T>; upgrade() Option<Rc<T>>; as_ptr() *T; into_raw() *T
strong_count() usize; weak_count() usize; ptr_eq(&rc::Weak<T>) bool

Arc<T>:
::new(T) Arc<T>; ::pin(T) Pin<Arc<T>>; ::new_cyclic(fn(&sync::Weak<T>) T) Arc<T>
::try_unwrap(Arc<T>) Result<T, Arc<T>>; ::into_inner(Arc<T>) Option<T>; ::into_raw(Arc<T>) *T
::from_raw(*T) Arc<T>; ::as_ptr(&Arc<T>) *T; ::downgrade(&Arc<T>) sync::Weak<T>
::weak_count(&Arc<T>) usize; ::strong_count(&Arc<T>) usize; ::get_mut(&Arc<T>) Option<&T>
::ptr_eq(&Arc<T>, &Arc<T>) bool; ::make_mut(&Arc<T>) &T !Clone; ::unwrap_or_clone(Arc<T>) T !Clone
::new_uninit() Arc<MaybeUninit<T>>; ::increment_strong_count(*T) (); ::decrement_strong_count(*T) ()
Arc<MaybeUninit<T>>:
assume_init() Arc<T>
Arc<_>:
downcast() Result<Arc<Want>, _>
sync::Weak<T>:
::new() sync::Weak<T>; ::from_raw(*T) sync::Weak<T>; upgrade() Option<Arc<T>>; as_ptr() *T
into_raw() *T; strong_count() usize; weak_count() usize; ptr_eq(&sync::Weak<T>) bool

Cell<T>:
::new(T) Cell<T>; ::from_mut(&T) &Cell<T>; set(T) (); swap(&Cell<T>) (); replace(T) T
into_inner() T; get() T; update(fn(T) T) (); get_mut() &T; take() T !Default; as_ptr() *T
as_slice_of_cells() &[Cell<Item<T>>]
RefCell<T>:
::new(T) RefCell<T>; into_inner() T; replace(T) T; replace_with(fn(&T) T) T; swap(&RefCell<T>) ()
borrow() Ref<T>; borrow_mut() RefMut<T>; try_borrow() Result<Ref<T>, BorrowError>
try_borrow_mut() Result<RefMut<T>, BorrowMutError>; as_ptr() *T; get_mut() &T
try_borrow_unguarded() Result<&T, BorrowError>; take() T !Default
Ref<T>:
::clone(&Ref<T>) Ref<T>; ::map(Ref<T>, fn(&T) &U) Ref<U>
::filter_map(Ref<T>, fn(&T) Option<&U>) Result<Ref<U>, Ref<T>>
::map_split(Ref<T>, fn(&T) (&U, &V)) (Ref<U>, Ref<V>)
RefMut<T>:
::map(RefMut<T>, fn(&T) &U) RefMut<U>
::filter_map(RefMut<T>, fn(&T) Option<&U>) Result<RefMut<U>, RefMut<T>>
::map_split(RefMut<T>, fn(&T) (&U, &V)) (RefMut<U>, RefMut<V>)
UnsafeCell<T>:
::new(T) UnsafeCell<T>; ::raw_get(*_) *_; ::from_mut(&T) &UnsafeCell<T>; get() *T; get_mut() &T
into_inner() T
OnceCell<T>:
::new() OnceCell<T>; get() Option<&T>; get_mut() Option<&T>; set(T) Result<(), T>
get_or_init(fn() T) &T; into_inner() Option<T>; take() Option<T>
OnceLock<T>:
::new() OnceLock<T>; get() Option<&T>; get_mut() Option<&T>; set(T) Result<(), T>
get_or_init(fn() T) &T; into_inner() Option<T>; take() Option<T>; wait() &T
LazyLock<T>:
::new(fn() T) LazyLock<T>; ::force(&LazyLock<T>) &T
LazyCell<T>:
::new(fn() T) LazyCell<T>; ::force(&LazyCell<T>) &T

Mutex<T>:
::new(T) Mutex<T>; lock() Lock<MutexGuard<T>>
try_lock() Result<MutexGuard<T>, sync::TryLockError<MutexGuard<T>>>; is_poisoned() bool
clear_poison() (); into_inner() Lock<T>; get_mut() Lock<&T>
RwLock<T>:
::new(T) RwLock<T>; read() Lock<RwLockReadGuard<T>>; write() Lock<RwLockWriteGuard<T>>
is_poisoned() bool; clear_poison() ()
try_read() Result<RwLockReadGuard<T>, sync::TryLockError<RwLockReadGuard<T>>>
try_write() Result<RwLockWriteGuard<T>, sync::TryLockError<RwLockWriteGuard<T>>>
into_inner() Lock<T>; get_mut() Lock<&T>
PoisonError<T>:
::new(T) PoisonError<T>; into_inner() T; get_ref() &T; get_mut() &T
Condvar:
::new() Condvar; wait(T) Lock<T>; wait_while(T, fn(&Target<T>) bool) Lock<T>
wait_timeout(T, Duration) Lock<(T, WaitTimeoutResult)>
wait_timeout_while(T, Duration, fn(&Target<T>) bool) Lock<(T, WaitTimeoutResult)>; notify_one() ()
notify_all() ()
WaitTimeoutResult:
timed_out() bool
Once:
::new() Once; call_once(fn() ()) (); call_once_force(fn(&OnceState) ()) (); is_completed() bool
wait() (); wait_force() ()
Barrier:
::new(usize) Barrier; wait() BarrierWaitResult
BarrierWaitResult:
is_leader() bool
Atomic<T>:
::new(T) Atomic<T>; get_mut() &T; into_inner() T; load(_) T; store(T, _) (); swap(T, _) T
compare_and_swap(T, T, _) T; compare_exchange(T, T, _, _) Result<T, T>
compare_exchange_weak(T, T, _, _) Result<T, T>; fetch_add(T, _) T; fetch_sub(T, _) T
fetch_and(T, _) T; fetch_nand(T, _) T; fetch_or(T, _) T; fetch_xor(T, _) T; fetch_not(_) T
fetch_max(T, _) T; fetch_min(T, _) T; fetch_update(_, _, fn(T) Option<T>) Result<T, T>
try_update(_, _, fn(T) Option<T>) Result<T, T>; update(_, _, fn(T) T) T; as_ptr() *T

Sender<T>:
send(T) Result<(), SendError<T>>
SyncSender<T>:
send(T) Result<(), SendError<T>>; try_send(T) Result<(), TrySendError<T>>
Receiver<T>:
recv() Result<T, RecvError>; try_recv() Result<T, TryRecvError>
recv_timeout(Duration) Result<T, RecvTimeoutError>; iter() Iter<T>; try_iter() Iter<T>

JoinHandle<T>:
thread() &Thread; join() Result<T, Box<_>>; is_finished() bool
ScopedJoinHandle<T>:
thread() &Thread; join() Result<T, Box<_>>; is_finished() bool
Scope:
spawn(fn() T) ScopedJoinHandle<T>
Thread:
unpark() (); id() ThreadId; name() Option<&str>
thread::Builder:
::new() thread::Builder; name(String) Self; stack_size(usize) Self; spawn(fn() T) io<JoinHandle<T>>
spawn_scoped(_, fn() T) io<ScopedJoinHandle<T>>
LocalKey<RefCell<T>>:
with_borrow(fn(&T) R) R; with_borrow_mut(fn(&T) R) R; take() T !Default; replace(T) T; set(T) ()
LocalKey<Cell<T>>:
get() T; take() T !Default; replace(T) T; set(T) ()
LocalKey<T>:
with(fn(&T) R) R; try_with(fn(&T) R) Result<R, AccessError>

Pin<P>:
::new(P) Pin<P>; ::new_unchecked(P) Pin<P>; ::into_inner(Pin<P>) P; ::into_inner_unchecked(Pin<P>) P
as_ref() Pin<&Target<P>> !Deref; as_mut() Pin<&Target<P>> !Deref,DerefMut; set(_) () !DerefMut
Pin<&T>:
get_ref() &T; get_mut() &T; get_unchecked_mut() &T; into_ref() Pin<&T>
map_unchecked(fn(&T) &U) Pin<&U>; map_unchecked_mut(fn(&T) &U) Pin<&U>
Context:
::from_waker(&Waker) Context; waker() &Waker
Waker:
::noop() &Waker; ::from_raw(_) Waker; wake() (); wake_by_ref() (); will_wake(&Waker) bool
data() *()

ManuallyDrop<T>:
::new(T) ManuallyDrop<T>; ::into_inner(ManuallyDrop<T>) T; ::take(&ManuallyDrop<T>) T
::drop(&ManuallyDrop<T>) ()
MaybeUninit<T>:
::new(T) MaybeUninit<T>; ::uninit() MaybeUninit<T>; ::zeroed() MaybeUninit<T>; write(T) &T
as_ptr() *T; as_mut_ptr() *T; assume_init() T; assume_init_read() T; assume_init_drop() ()
assume_init_ref() &T; assume_init_mut() &T
";
