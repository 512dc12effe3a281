//! Every form of function that may be checkpointed: generics, patterns, lifetimes, nesting, stacking, aliases.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use checkpointer_runtime::checkpoint;
use checkpointer_testing::{Runs, STORE};
use futures_lite::future::block_on;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[checkpointer_runtime::no_capture]
static RUNS: Runs = Runs::new();

#[checkpoint(using = STORE)]
fn twice<T: Serialize + DeserializeOwned + Clone, const N: usize>(value: T) -> Vec<T> {
    vec![value; N]
}

#[test]
fn generic_functions_are_told_apart_by_their_type_arguments() {
    assert_eq!(twice::<u8, 2>(1), [1, 1]);
    assert_eq!(twice::<u8, 3>(1), [1, 1, 1]);
    assert_eq!(twice::<u16, 2>(1), [1, 1]);
    assert_ne!(twice::call_hash::<u8, 2>(1), twice::call_hash::<u8, 3>(1));
    assert_ne!(twice::call_hash::<u8, 2>(1), twice::call_hash::<u16, 2>(1));
    assert_eq!(twice::get::<u8, 3>(1).expect("it is stored"), [1, 1, 1]);
}

#[checkpointer_runtime::no_capture]
static SUMMED: Runs = Runs::new();

#[checkpoint(using = STORE)]
fn total<T: Serialize + Copy + Into<u64>, const N: usize>(numbers: [T; N], more: &[u8; 64]) -> u64 {
    SUMMED.count();
    numbers.map(Into::into).iter().sum::<u64>() + u64::from(more[63])
}

#[test]
fn arrays_of_any_length_are_arguments() {
    let mut more = [0; 64];
    assert_eq!((total([1_u8, 2], &more), total([1_u8, 2], &more)), (3, 3));
    more[63] = 1;
    assert_eq!(
        (total([1_u8, 2], &more), total([1_u8, 2, 3], &more)),
        (4, 7)
    );
    assert_eq!(SUMMED.take(), 3);
}

#[checkpoint(format = "memory", verbosity = 0)]
fn patterns((a, b): (u32, u32), [c, ..]: [u32; 3], _: u8, mut d: u32) -> u32 {
    d += 1;
    a * 1000 + b * 100 + c * 10 + d
}

#[test]
fn parameters_may_be_patterns() {
    assert_eq!(patterns((1, 2), [3, 0, 0], 9, 4), 1235);
    assert_eq!(patterns::rerun((1, 2), [3, 0, 0], 9, 4), 1235);
    assert_ne!(
        patterns::call_hash((1, 2), [3, 0, 0], 9, 4),
        patterns::call_hash((1, 2), [3, 0, 0], 8, 4)
    );
}

#[checkpoint(using = STORE)]
fn longer<'a, 'b>(one: &'a str, other: &'b str, more: &[&str]) -> String
where
    'a: 'b,
{
    format!("{one}{other}{}", more.concat())
}

#[checkpoint(using = STORE)]
fn shown(value: impl Debug + Serialize, times: usize) -> String {
    format!("{value:?}").repeat(times)
}

#[test]
fn lifetimes_and_impl_trait_parameters_are_kept() {
    assert_eq!(longer("a", "b", &["c"]), "abc");
    assert_eq!(longer::get("a", "b", &["c"]).expect("it is stored"), "abc");
    assert_eq!(shown(1_u8, 2), "11");
    assert_ne!(shown::call_hash(1_u8, 2), shown::call_hash(1_u16, 2));
}

#[test]
fn functions_in_bodies_have_companions() {
    #[checkpoint(format = "memory", verbosity = 0)]
    fn nested(x: u8) -> u8 {
        RUNS.count();
        x + 1
    }
    assert_eq!((nested(1), nested(1), nested::get_or(0, 1)), (2, 2, 2));
    assert_eq!(RUNS.take(), 1);
}

#[checkpointer_runtime::no_capture]
static FIBONACCI: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0)]
fn fibonacci(n: u64) -> u64 {
    FIBONACCI.count();
    if n < 2 {
        n
    } else {
        fibonacci(n - 1) + fibonacci(n - 2)
    }
}

#[checkpoint(format = "memory", verbosity = 0)]
fn plain_fibonacci(n: u64) -> u64 {
    FIBONACCI.count();
    if n < 2 {
        n
    } else {
        plain_fibonacci::original(n - 1) + plain_fibonacci::original(n - 2)
    }
}

#[test]
fn recursion_is_remembered_step_by_step_or_as_a_whole() {
    assert_eq!(fibonacci(30), 832_040);
    assert_eq!(FIBONACCI.take(), 31);
    assert_eq!(plain_fibonacci(10), 55);
    assert_eq!(FIBONACCI.take(), 177);
    assert_eq!(plain_fibonacci(10), 55);
    assert_eq!(FIBONACCI.take(), 0);
    assert!(!plain_fibonacci::exists(9).expect("memory can be read"));
}

#[checkpoint(format = "memory", verbosity = 0)]
#[checkpoint(using = STORE)]
fn layered(x: u8) -> u8 {
    LAYERED.count();
    x + 1
}

#[checkpointer_runtime::no_capture]
static LAYERED: Runs = Runs::new();

#[test]
fn a_hit_in_a_lower_layer_fills_those_above() {
    assert_eq!(layered(1), 2);
    assert_eq!(LAYERED.take(), 1);
    layered::call(1)
        .layer(0)
        .delete()
        .expect("memory can be written");
    assert!(layered::call(1).layer(0).get().is_err());
    assert_eq!(layered::call(1).layer(1).get().expect("the disk has it"), 2);
    assert_eq!(layered(1), 2);
    assert_eq!(LAYERED.take(), 0);
    assert_eq!(layered::call(1).layer(0).get().expect("it was filled"), 2);
    assert_eq!(
        layered::layer(1).clear().expect("the store can be written"),
        1
    );
    assert_eq!(layered::get(1).expect("memory has it"), 2);
    layered::delete(1).expect("the stores can be written");
    assert!(layered::get(1).is_err());
    layered::set(7, 1).expect("the stores can be written");
    assert_eq!(
        (
            layered::call(1).layer(0).get().unwrap_or(0),
            layered::call(1).layer(1).get().unwrap_or(0)
        ),
        (7, 7)
    );
}

type Fallible<T> = Result<T, std::num::ParseIntError>;
type Hidden = Result<i32, std::num::ParseIntError>;

#[checkpoint(using = STORE, result = true)]
fn parse(text: &str) -> Fallible<i32> {
    PARSED.count();
    text.parse()
}

#[checkpoint(format = "memory", verbosity = 0, result = false)]
fn whole(text: &str) -> Hidden {
    PARSED.count();
    text.parse()
}

#[checkpointer_runtime::no_capture]
static PARSED: Runs = Runs::new();

mod named_result {
    //! Types that are called `Result`, or are one behind another name.

    use super::{Runs, checkpoint};

    #[checkpointer_runtime::no_capture]
    pub(super) static READ: Runs = Runs::new();

    type Result = std::result::Result<i32, std::num::ParseIntError>;

    #[checkpoint(format = "memory", verbosity = 0)]
    pub(super) fn lone(text: &str) -> Result {
        READ.count();
        text.parse()
    }

    #[checkpoint(using = super::STORE)]
    pub(super) fn hidden(text: &str) -> super::Hidden {
        READ.count();
        text.parse()
    }

    #[checkpoint(using = super::STORE)]
    pub(super) async fn later(text: &'static str) -> super::Hidden {
        READ.count();
        text.parse()
    }

    pub(super) mod own {
        //! A type of that name that is none.

        use crate::{Runs, checkpoint};

        #[checkpointer_runtime::no_capture]
        pub(crate) static READ: Runs = Runs::new();

        #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
        pub(crate) struct Result<T> {
            pub(crate) value: Option<T>,
        }

        #[checkpoint(using = crate::STORE)]
        pub(crate) fn whole(text: &str) -> Result<i32> {
            READ.count();
            let value = text.parse().ok();
            Result { value }
        }

        #[checkpoint(using = crate::STORE)]
        pub(crate) fn generic<T: super::Stored>(value: T) -> Result<T> {
            READ.count();
            let value = Some(value);
            Result { value }
        }

        pub(crate) struct Reader;

        impl Reader {
            #[checkpoint(using = crate::STORE)]
            pub(crate) fn read(#[no_hash] &self, text: &str) -> Result<i32> {
                READ.count();
                let value = text.parse().ok();
                Result { value }
            }
        }
    }

    pub(super) trait Stored: serde::Serialize + serde::de::DeserializeOwned {}
    impl Stored for i32 {}

    pub(super) struct Reader;

    impl Reader {
        #[checkpoint(format = "memory", verbosity = 0)]
        pub(super) fn lone(#[no_hash] &self, text: &str) -> Result {
            READ.count();
            text.parse()
        }
    }
}

#[test]
fn the_compiler_knows_a_result_behind_any_name() {
    use named_result::{READ, Reader, hidden, later, lone};
    assert!(lone("x").is_err() && lone("x").is_err());
    assert!(hidden("x").is_err() && hidden("x").is_err());
    assert!(block_on(later("x")).is_err() && block_on(later("x")).is_err());
    assert!(Reader.lone("x").is_err() && Reader.lone("x").is_err());
    assert_eq!(READ.take(), 8);
    assert_eq!(
        (lone("1"), lone("1"), lone::get("1").ok()),
        (Ok(1), Ok(1), Some(1))
    );
    assert_eq!((hidden("2"), hidden::get_or(3, "2")), (Ok(2), 2));
    hidden::set(5, "4").expect("the store can be written");
    assert_eq!(hidden("4"), Ok(5));
    assert_eq!(block_on(later("4")), Ok(4));
    assert_eq!(later::get("4").ok(), Some(4));
    assert_eq!(READ.take(), 3);
}

#[test]
fn a_type_that_is_only_called_result_is_kept_whole() {
    use named_result::own;
    let none = own::Result { value: None };
    assert_eq!(
        (own::whole("x"), own::whole("x")),
        (none.clone(), none.clone())
    );
    assert_eq!(own::READ.take(), 1);
    assert_eq!(own::whole::get("x").ok(), Some(none.clone()));
    let read = || own::Reader.read("x");
    assert_eq!((read(), read(), own::READ.take()), (none.clone(), none, 1));
    let some = own::Result { value: Some(7) };
    assert_eq!((own::generic(7), own::generic(7)), (some.clone(), some));
    assert_eq!(own::READ.take(), 1);
}

#[test]
fn the_option_result_decides_behind_an_alias() {
    assert!(parse("x").is_err() && parse("x").is_err());
    assert_eq!(PARSED.take(), 2);
    assert_eq!((parse("1"), parse("1")), (Ok(1), Ok(1)));
    assert_eq!(parse::get("1").expect("it is stored"), 1);
    assert_eq!(PARSED.take(), 1);
    assert!(whole("x").is_err() && whole("x").is_err());
    assert_eq!(PARSED.take(), 1);
}

struct Opaque;

#[checkpoint(format = "memory", verbosity = 0)]
fn marked(#[no_hash] _log: &Opaque, #[hash_by(|text: &str| text.len())] text: &str) -> usize {
    MARKED.count();
    text.len()
}

#[checkpoint(format = "memory", verbosity = 0, hash_by = |_log, map| map.len())]
fn replaced(_log: &Opaque, map: HashMap<u8, Opaque>) -> usize {
    MARKED.count();
    map.len()
}

#[checkpoint(format = "memory", verbosity = 0, hash_by = |text, more| (text.trim(), *more))]
fn borrowed(text: &str, more: u8) -> String {
    MARKED.count();
    format!("{}{more}", text.trim())
}

#[checkpointer_runtime::no_capture]
static MARKED: Runs = Runs::new();

#[test]
fn marks_decide_what_is_hashed() {
    assert_eq!(
        (
            marked(&Opaque, "ab"),
            marked(&Opaque, "cd"),
            marked(&Opaque, "abc")
        ),
        (2, 2, 3)
    );
    assert_eq!(MARKED.take(), 2);
    assert_eq!(replaced(&Opaque, HashMap::from([(1, Opaque)])), 1);
    assert_eq!(replaced(&Opaque, HashMap::from([(2, Opaque)])), 1);
    assert_eq!(MARKED.take(), 1);
    assert_eq!(
        (borrowed(" a", 1), borrowed("a ", 1), borrowed("a", 2)),
        ("a1".into(), "a1".into(), "a2".into())
    );
    assert_eq!(MARKED.take(), 2);
}

/// Neither `Serialize` nor `Clone`.
#[derive(Debug)]
struct Heavy(u8);

#[checkpoint(format = "memory", verbosity = 0)]
fn heavy(x: u8) -> Arc<Heavy> {
    Arc::new(Heavy(x))
}

#[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq)]
struct NotClone(u8);

#[checkpoint(using = checkpointer_runtime::presets::MEMORY)]
fn not_clone(x: u8) -> NotClone {
    HEAVY.count();
    NotClone(x)
}

#[checkpointer_runtime::no_capture]
static HEAVY: Runs = Runs::new();

#[test]
fn memory_keeps_what_can_be_cloned_or_turned_into_bytes() {
    assert!(Arc::ptr_eq(&heavy(1), &heavy(1)));
    assert_eq!(heavy(1).0, 1);
    assert_eq!((not_clone(1), not_clone(1)), (NotClone(1), NotClone(1)));
    assert_eq!(HEAVY.take(), 1);
}

mod area {
    use checkpointer_runtime::checkpoint;

    #[checkpoint(format = "memory", verbosity = 0, handle = area_cached)]
    pub(crate) fn area(x: u8) -> u8 {
        x
    }
}
use area::{area, area_cached};

#[test]
fn a_companion_may_have_another_name() {
    assert_eq!((area(1), area_cached::get_or(0, 1)), (1, 1));
}

struct Wrapper<T>(T);

impl<T: Serialize + Copy + Into<u64>> Wrapper<T> {
    #[checkpoint(using = STORE)]
    fn total(#[hash_by(|this: &Self| this.0)] &self, by: u64) -> u64 {
        RUNS_TOTAL.count();
        self.0.into() * by
    }

    #[checkpoint(using = STORE)]
    #[expect(
        clippy::needless_lifetimes,
        reason = "a named lifetime is a form of its own"
    )]
    async fn later<'a>(
        #[no_hash] self: Arc<Self>,
        by: &'a str,
        n: impl Into<u64> + Serialize + Clone,
    ) -> Option<u64> {
        RUNS_TOTAL.count();
        by.parse::<u64>().ok().map(|x| x + n.into())
    }
}

#[checkpointer_runtime::no_capture]
static RUNS_TOTAL: Runs = Runs::new();

#[test]
fn methods_of_generic_types_are_told_apart_by_the_types_arguments() {
    assert_eq!(
        (
            Wrapper(2_u8).total(3),
            Wrapper(2_u8).total(3),
            Wrapper(2_u16).total(3)
        ),
        (6, 6, 6)
    );
    assert_eq!(RUNS_TOTAL.take(), 2);
    assert_eq!(Wrapper(2_u8).total_call(3).get().expect("it is stored"), 6);
    assert_eq!(block_on(Arc::new(Wrapper(1_u8)).later("4", 1_u8)), Some(5));
    assert_eq!(block_on(Arc::new(Wrapper(9_u8)).later("4", 1_u8)), Some(5));
    assert_eq!(RUNS_TOTAL.take(), 1);
}

trait Source {
    async fn fetch(&self, id: u32) -> Result<String, String>;
    fn build(self, mut_me: u8) -> u8;
}

#[derive(Serialize)]
struct Remote(u8);

impl Source for Remote {
    #[checkpoint(using = STORE)]
    async fn fetch(&self, id: u32) -> Result<String, String> {
        RUNS_TRAIT.count();
        futures_lite::future::yield_now().await;
        if id == 0 {
            return Err("none".into());
        }
        let text = Some(self.0).ok_or("missing")?;
        Ok(format!("{text}{id}"))
    }

    #[checkpoint(format = "memory", verbosity = 0)]
    fn build(mut self, mut mut_me: u8) -> u8 {
        RUNS_TRAIT.count();
        mut_me += 1;
        self.0 += mut_me;
        self.0
    }
}

#[checkpointer_runtime::no_capture]
static RUNS_TRAIT: Runs = Runs::new();

#[test]
fn methods_of_trait_impls_may_be_async_and_take_self_by_value() {
    assert_eq!(block_on(Remote(1).fetch(2)), Ok("12".to_owned()));
    assert_eq!(block_on(Remote(1).fetch(2)), Ok("12".to_owned()));
    assert_eq!(RUNS_TRAIT.take(), 1);
    assert!(block_on(Remote(1).fetch(0)).is_err() && block_on(Remote(1).fetch(0)).is_err());
    assert_eq!(RUNS_TRAIT.take(), 2);
    assert_eq!((Remote(1).build(2), Remote(1).build(2)), (4, 4));
    assert_eq!(RUNS_TRAIT.take(), 1);
}

macro_rules! made {
    ($name:ident, $by:expr) => {
        #[checkpoint(version = 1, format = "memory", verbosity = 0)]
        fn $name(x: u32) -> u32 {
            x * $by
        }
    };
}

made!(doubled, 2);

fn other_scope() -> u32 {
    made!(scoped, 5);
    scoped(1)
}

#[test]
fn functions_made_by_macros_have_a_version_and_a_path() {
    assert_eq!((doubled(4), doubled(4)), (8, 8));
    assert_eq!(doubled::function().path(), "forms::doubled");
    made!(scoped, 3);
    assert_eq!((scoped(1), other_scope(), scoped(1)), (3, 5, 3));
}

#[test]
fn functions_are_values_still() {
    assert_eq!([1, 2].map(fibonacci), [1, 1]);
    let pointer: fn(u64) -> u64 = fibonacci;
    assert_eq!(pointer(2), 1);
}

trait Describe {
    fn describe(&self) -> &'static str;
}

#[checkpoint(using = STORE)]
fn described<T: Describe + Serialize>(value: T) -> String {
    value.describe().to_owned()
}

#[test]
fn types_of_one_name_in_two_blocks_are_never_mixed_up() {
    let one = {
        #[derive(Serialize)]
        struct Local(u8);
        impl Describe for Local {
            fn describe(&self) -> &'static str {
                "one"
            }
        }
        described(Local(1))
    };
    let other = {
        #[derive(Serialize)]
        struct Local(u8);
        impl Describe for Local {
            fn describe(&self) -> &'static str {
                "other"
            }
        }
        described(Local(1))
    };
    assert_eq!((&*one, &*other), ("one", "other"));
}

#[test]
fn a_type_argument_counts_with_its_declaration() {
    #[derive(Serialize, Clone)]
    struct Known(u8);
    impl Describe for Known {
        fn describe(&self) -> &'static str {
            "known"
        }
    }
    assert_eq!(described(Known(1)), "known");
    assert_eq!(described::get(Known(1)).expect("it is stored"), "known");
}
