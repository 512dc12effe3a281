//! Result types of functions of std.

use std::sync::LazyLock;

use super::deref::{deref, item_of};
use super::method::{closure, collected, method, result, surely, wanted};
use super::shape::{Match, Reader, Shape};
use super::tables::{self, Signature};
use super::universal;
use crate::map::HashMap;
use crate::ty::Ty;

/// Free functions by module and name, in the language of [`super::shape`], with `Want` for the turbofish or the context.
const FUNCTIONS: &str = "
Option::Some(T) Option<T>; Result::Ok(T) Result<T, _>; Result::Err(E) Result<_, E>
ControlFlow::Break(B) ControlFlow<B, _>; ControlFlow::Continue(C) ControlFlow<_, C>
Poll::Ready(T) Poll<T>; cmp::Reverse(T) Reverse<T>; num::Wrapping(T) Wrapping<T>
num::Saturating(T) Saturating<T>; Bound::Included(T) Bound<T>; Bound::Excluded(T) Bound<T>
Cow::Borrowed(&T) Cow<T>; Cow::Owned(_) Cow<_>; mem::take(&T) T; mem::replace(&T, T) T
mem::swap(&T, &T) (); mem::drop(T) (); mem::forget(T) (); mem::size_of() usize
mem::size_of_val(&T) usize; mem::align_of() usize; mem::align_of_val(&T) usize
mem::needs_drop() bool; mem::zeroed() Want; mem::transmute(_) _; mem::transmute_copy(_) _
mem::discriminant(&T) Discriminant<T>; cmp::max(T, T) T; cmp::min(T, T) T
cmp::max_by(T, T, fn(&T, &T) cmp::Ordering) T; cmp::min_by(T, T, fn(&T, &T) cmp::Ordering) T
cmp::max_by_key(T, T, fn(&T) K) T; cmp::min_by_key(T, T, fn(&T) K) T; convert::identity(T) T
hint::black_box(T) T; hint::spin_loop() (); hint::unreachable_unchecked() !
hint::assert_unchecked(bool) (); iter::repeat(T) Iter<T>; iter::repeat_n(T, usize) Iter<T>
iter::repeat_with(fn() T) Iter<T>; iter::once(T) Iter<T>; iter::empty() Iter<Want>
iter::once_with(fn() T) Iter<T>; iter::from_fn(fn() Option<T>) Iter<T>
iter::successors(Option<T>, fn(&T) Option<T>) Iter<T>; iter::zip(A, B) Iter<(Item<A>, Item<B>)>
iter::chain(A, B) Iter<Item<A>>; array::from_fn(fn(usize) T) [T;]; array::from_ref(&T) &[T;]
slice::from_ref(&T) &[T]; slice::from_mut(&T) &[T]; slice::from_raw_parts(*T, usize) &[T]
slice::from_raw_parts_mut(*T, usize) &[T]; str::from_utf8(&[u8]) Result<&str, Utf8Error>
str::from_utf8_mut(&[u8]) Result<&str, Utf8Error>; str::from_utf8_unchecked(&[u8]) &str
str::from_utf8_unchecked_mut(&[u8]) &str; char::from_u32(u32) Option<char>
char::from_digit(u32, u32) Option<char>; char::from_u32_unchecked(u32) char
char::decode_utf16(_) Iter<Result<char, DecodeUtf16Error>>; ascii::escape_default(u8) Iter<u8>
fmt::format(Arguments) String; fmt::write(_, Arguments) Result<(), fmt::Error>; ptr::null() *Want
ptr::null_mut() *Want; ptr::eq(_, _) bool; ptr::addr_eq(_, _) bool; ptr::fn_addr_eq(_, _) bool
ptr::from_ref(&T) *T; ptr::from_mut(&T) *T; ptr::dangling() *Want; ptr::dangling_mut() *Want
ptr::read(*T) T; ptr::read_unaligned(*T) T; ptr::read_volatile(*T) T; ptr::replace(*T, T) T
ptr::write(*T, T) (); ptr::write_unaligned(*T, T) (); ptr::write_volatile(*T, T) ()
ptr::write_bytes(*T, u8, usize) (); ptr::copy(*T, *T, usize) ()
ptr::copy_nonoverlapping(*T, *T, usize) (); ptr::swap(*T, *T) (); ptr::drop_in_place(*T) ()
ptr::slice_from_raw_parts(*T, usize) *[T]; ptr::slice_from_raw_parts_mut(*T, usize) *[T]
ptr::hash(_, _) (); any::type_name() &str; any::type_name_of_val(&T) &str
panic::catch_unwind(fn() T) Result<T, Box<_>>; panic::resume_unwind(_) !; panic::panic_any(_) !
panic::set_hook(_) (); process::exit(i32) !; process::abort() !; process::id() u32
env::args() Iter<String>; env::args_os() Iter<OsString>; env::var(_) Result<String, VarError>
env::var_os(_) Option<OsString>; env::vars() Iter<(String, String)>
env::vars_os() Iter<(OsString, OsString)>; env::current_dir() io<PathBuf>
env::current_exe() io<PathBuf>; env::temp_dir() PathBuf; env::home_dir() Option<PathBuf>
env::set_var(_, _) (); env::remove_var(_) (); env::set_current_dir(_) io<()>
fs::read(_) io<Vec<u8>>; fs::read_to_string(_) io<String>; fs::write(_, _) io<()>
fs::copy(_, _) io<u64>; fs::rename(_, _) io<()>; fs::remove_file(_) io<()>; fs::remove_dir(_) io<()>
fs::remove_dir_all(_) io<()>; fs::create_dir(_) io<()>; fs::create_dir_all(_) io<()>
fs::metadata(_) io<Metadata>; fs::symlink_metadata(_) io<Metadata>; fs::canonicalize(_) io<PathBuf>
fs::read_dir(_) io<Iter<io<DirEntry>>>; fs::read_link(_) io<PathBuf>; fs::hard_link(_, _) io<()>
fs::exists(_) io<bool>; fs::set_permissions(_, Permissions) io<()>; io::stdin() Stdin
io::stdout() Stdout; io::stderr() Stderr; io::read_to_string(_) io<String>; io::copy(_, _) io<u64>
io::empty() io::Empty; io::sink() Sink; path::absolute(_) io<PathBuf>
thread::spawn(fn() T) JoinHandle<T>; thread::scope(fn(&Scope) T) T; thread::sleep(Duration) ()
thread::yield_now() (); thread::current() Thread; thread::park() (); thread::panicking() bool
thread::available_parallelism() io<NonZero<usize>>; mpsc::channel() (Sender<Want>, Receiver<Want>)
mpsc::sync_channel(usize) (SyncSender<Want>, Receiver<Want>); atomic::fence(_) ()
atomic::compiler_fence(_) (); future::ready(T) Ready<T>; future::pending() Pending<Want>
alloc::alloc(Layout) *u8; alloc::alloc_zeroed(Layout) *u8; alloc::realloc(*u8, Layout, usize) *u8
alloc::dealloc(*u8, Layout) (); alloc::handle_alloc_error(Layout) !
";

static SIGNATURES: LazyLock<HashMap<&'static str, Signature>> = LazyLock::new(|| {
    let entries = FUNCTIONS
        .lines()
        .flat_map(|line| line.split("; "))
        .filter(|entry| !entry.is_empty());
    let read = |entry: &'static str| {
        let (name, rest) = entry.split_once('(').unwrap_or((entry, ""));
        let mut reader = Reader::new(rest);
        let (params, result) = (reader.list(')'), reader.shape());
        (
            name,
            Signature {
                owner: Shape::Any,
                params,
                result,
                calls: Vec::new(),
                is_method: false,
            },
        )
    };
    entries.map(read).collect()
});

/// The result of a free function, tuple struct or variant of std by its path (`std::mem::take`,
/// `Some`). `None`: no such function is known.
pub(crate) fn function(path: &str, turbofish: &[Ty], args: &[Ty], expected: &Ty) -> Option<Ty> {
    let signature = free(path)?;
    let want = match path.rsplit("::").next() {
        Some(
            "null" | "null_mut" | "dangling" | "dangling_mut" | "channel" | "sync_channel"
            | "empty" | "pending",
        ) => turbofish.first().cloned().unwrap_or_default(),
        _ => turbofish
            .first()
            .filter(|ty| !ty.is_unknown())
            .unwrap_or(expected)
            .clone(),
    };
    let found = result(signature, &Ty::Unknown, args, &want);
    Some(completed(found, expected))
}

/// The parameter types of a closure that is passed to a free function of std as argument `arg`.
pub(crate) fn function_closure_params(path: &str, arg: usize, args_so_far: &[Ty]) -> Vec<Ty> {
    free(path).map_or_else(Vec::new, |signature| {
        closure(signature, &Ty::Unknown, arg, args_so_far)
    })
}

fn free(path: &str) -> Option<&'static Signature> {
    match path {
        "Some" | "None" => SIGNATURES.get("Option::Some"),
        "Ok" => SIGNATURES.get("Result::Ok"),
        "Err" => SIGNATURES.get("Result::Err"),
        "drop" => SIGNATURES.get("mem::drop"),
        _ => {
            let mut starts = path.rmatch_indices("::").map(|(at, _)| at + 2);
            SIGNATURES.get(starts.nth(1).map_or(path, |start| &path[start..]))
        }
    }
}

/// Type arguments that the call leaves open, from the type that the context expects.
fn completed(found: Ty, expected: &Ty) -> Ty {
    match (found, expected) {
        (Ty::Std(name, args), Ty::Std(other, wanted)) if name == *other && !args.is_empty() => {
            let args = args.into_iter().enumerate();
            let filled = args.map(|(i, arg)| match wanted.get(i) {
                Some(wanted) if arg.is_unknown() => wanted.clone(),
                _ => arg,
            });
            Ty::Std(name, filled.collect())
        }
        (Ty::Std(name, args), Ty::Std(other, wanted)) if name == *other && args.is_empty() => {
            Ty::Std(name, wanted.clone())
        }
        (found, _) => found,
    }
}

/// The result of `Owner::name(args)` for a type of std or a primitive: `Vec::new`, `u32::from_str_radix`, and
/// methods called by path, with the receiver as the first argument (`Arc::clone(&x)`).
/// Type arguments of the owner that are not written are [`Ty::Unknown`] or missing.
pub(crate) fn associated(
    owner: &Ty,
    name: &str,
    turbofish: &[Ty],
    args: &[Ty],
    expected: &Ty,
) -> Option<Ty> {
    for (key, owner) in tables::keys(owner) {
        let mut all = tables::signatures(key, name)
            .iter()
            .filter(|signature| !signature.is_method);
        if let Some(signature) = all.next() {
            let want = wanted(&owner, name, turbofish, expected);
            return Some(completed(made(signature, &owner, args, &want), expected));
        }
    }
    match name {
        "clone" => {
            let given = args.first().and_then(deref).unwrap_or_default();
            Some(if same_head(owner, &given) {
                given
            } else {
                completed(owner.clone(), expected)
            })
        }
        "default" => Some(completed(owner.clone(), expected)),
        "from" => Some(completed(
            from(owner, args.first().unwrap_or(&Ty::Unknown)),
            expected,
        )),
        "try_from" => Some(Ty::std("Result", vec![owner.clone(), Ty::Unknown])),
        "from_str" => Some(Ty::std("Result", vec![owner.clone(), Ty::Unknown])),
        "from_iter" => Some(collected(
            owner,
            &item_of(args.first().unwrap_or(&Ty::Unknown)),
        )),
        _ => {
            let (receiver, args) = args.split_first()?;
            // Only the owner's own methods: the argument may be something that merely dereferences to it.
            let receiver = if same_head(owner, receiver.peeled()) {
                receiver
            } else {
                owner
            };
            method(receiver, name, turbofish, args, expected)
        }
    }
}

/// Whether a type of std has such a function itself, whatever its type arguments are, so that no trait's can be meant.
pub(crate) fn hides(owner: &Ty, name: &str) -> bool {
    let Ty::Std(of, _) = owner else { return false };
    // `new` of a map is for the hasher of std alone; `from` is a trait's.
    let conditional = matches!(of.as_str(), "HashMap" | "HashSet") || name == "from";
    let mut all = tables::signatures(*of, name).iter();
    !conditional && all.any(|signature| !signature.is_method && surely(&signature.owner, owner))
}

/// As a method's result, but the arguments tell the owner's open type arguments.
fn made(signature: &Signature, owner: &Ty, args: &[Ty], want: &Ty) -> Ty {
    if surely(&signature.owner, owner) || super::method::is_kind(&signature.owner) {
        return result(signature, owner, args, want);
    }
    let mut found = Match::new(owner, want, args);
    for (shape, ty) in signature.params.iter().zip(args) {
        found.fit(shape, ty);
    }
    found.build(&signature.result)
}

fn from(owner: &Ty, given: &Ty) -> Ty {
    match owner {
        Ty::Std(name, args) if args.iter().all(Ty::is_unknown) => match name.as_str() {
            "Vec" | "VecDeque" | "BinaryHeap" | "HashSet" | "BTreeSet" | "LinkedList"
            | "HashMap" | "BTreeMap" => match given {
                Ty::Array(item) => collected(owner, item),
                Ty::Std(..) if *name != "HashMap" && *name != "BTreeMap" => {
                    Ty::Std(*name, vec![Ty::Unknown])
                }
                _ => owner.clone(),
            },
            _ => owner.clone(),
        },
        _ => owner.clone(),
    }
}

fn same_head(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Std(a, _), Ty::Std(b, _)) | (Ty::Prim(a), Ty::Prim(b)) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// The result of `Trait::name(args)` for a trait of std: `Default::default()`, `Iterator::map(i, f)`.
pub(crate) fn trait_function(
    of: &str,
    name: &str,
    turbofish: &[Ty],
    args: &[Ty],
    expected: &Ty,
) -> Option<Ty> {
    match (of, name) {
        ("Default", "default") | ("From", "from") | ("FromIterator", "from_iter") => {
            Some(expected.clone())
        }
        ("FromStr", "from_str") | ("TryFrom", "try_from") => Some(expected.clone()),
        ("Clone", "clone") => Some(args.first().and_then(deref).unwrap_or_default()),
        _ if trait_calls(of, name).is_some() => {
            // Whatever type it is called on.
            method(&Ty::unit().referenced(), name, turbofish, &[], expected)
        }
        _ => {
            let (receiver, args) = args.split_first()?;
            method(receiver, name, turbofish, args, expected)
        }
    }
}

/// The traits that such a call can lead to, of what its arguments are made of; nothing if that is not known.
pub(crate) fn trait_calls(of: &str, name: &str) -> Option<Vec<&'static str>> {
    let formats = [
        "Debug", "Display", "LowerHex", "UpperHex", "Octal", "Binary", "LowerExp", "UpperExp",
        "Pointer",
    ];
    match (of, name) {
        (_, "fmt") => Some(vec![*formats.iter().find(|format| **format == of)?]),
        ("PartialEq", "eq" | "ne")
        | ("PartialOrd", "partial_cmp" | "lt" | "le" | "gt" | "ge")
        | ("Ord", "cmp")
        | ("Hash", "hash") => universal::calls(&Ty::unit(), name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_a_trait_gives_what_the_trait_says_and_calls_that_trait() {
        let ours = Ty::Adt(crate::ty::NodeId(1), Vec::new());
        assert_eq!(
            trait_function(
                "PartialEq",
                "eq",
                &[],
                &[ours.clone(), ours.clone()],
                &Ty::Unknown
            ),
            Some(Ty::prim("bool"))
        );
        assert!(trait_function("LowerHex", "fmt", &[], &[ours], &Ty::Unknown).is_some());
        assert_eq!(trait_calls("LowerHex", "fmt"), Some(vec!["LowerHex"]));
        assert!(trait_calls("PartialEq", "eq").is_some_and(|all| all.contains(&"Hash")));
        assert_eq!(trait_calls("Iterator", "map"), None);
    }

    fn u8s() -> Ty {
        Ty::std("Vec", vec![Ty::prim("u8")])
    }

    #[test]
    fn free_functions_pass_types_on() {
        assert_eq!(
            function("std::mem::take", &[], &[u8s().referenced()], &Ty::Unknown),
            Some(u8s())
        );
        let pair = Ty::Tuple(vec![
            Ty::std("Sender", vec![Ty::prim("u8")]),
            Ty::std("Receiver", vec![Ty::prim("u8")]),
        ]);
        assert_eq!(
            function(
                "std::sync::mpsc::channel",
                &[Ty::prim("u8")],
                &[],
                &Ty::Unknown
            ),
            Some(pair)
        );
        assert_eq!(function("std::no::such", &[], &[], &Ty::Unknown), None);
    }

    #[test]
    fn variants_are_completed_by_the_expected_type() {
        let expected = Ty::std("Result", vec![Ty::prim("u8"), Ty::prim("char")]);
        assert_eq!(
            function("Ok", &[], &[Ty::prim("u8")], &expected),
            Some(expected.clone())
        );
        assert_eq!(
            function("Err", &[], &[Ty::prim("char")], &expected),
            Some(expected)
        );
    }

    #[test]
    fn constructors_take_their_argument_or_the_expected_type() {
        let new = associated(&Ty::std("Vec", Vec::new()), "new", &[], &[], &u8s());
        assert_eq!(new, Some(u8s()));
        let boxed = associated(
            &Ty::std("Box", Vec::new()),
            "new",
            &[],
            &[u8s()],
            &Ty::Unknown,
        );
        assert_eq!(boxed, Some(Ty::std("Box", vec![u8s()])));
        let shared = Ty::std("Arc", vec![u8s()]);
        let clone = associated(
            &Ty::std("Arc", Vec::new()),
            "clone",
            &[],
            &[shared.clone().referenced()],
            &Ty::Unknown,
        );
        assert_eq!(clone, Some(shared));
        let radix = associated(&Ty::prim("u32"), "from_str_radix", &[], &[], &Ty::Unknown);
        assert_eq!(
            radix,
            Some(Ty::std(
                "Result",
                vec![Ty::prim("u32"), Ty::std("ParseIntError", Vec::new())]
            ))
        );
    }

    #[test]
    fn a_method_called_by_path_is_that_method() {
        let len = associated(&u8s(), "len", &[], &[u8s().referenced()], &Ty::Unknown);
        assert_eq!(len, Some(Ty::prim("usize")));
        let iterator = Ty::std("Iterator", vec![Ty::prim("u8")]);
        let count = trait_function("Iterator", "count", &[], &[iterator], &Ty::Unknown);
        assert_eq!(count, Some(Ty::prim("usize")));
    }
}
