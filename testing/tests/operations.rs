//! Every operation, on free functions, async functions and methods.

use checkpointer_runtime::{CheckpointError, checkpoint};
use checkpointer_testing::{Runs, STORE};
use futures_lite::future::block_on;

#[checkpointer_runtime::no_capture]
static SQUARES: Runs = Runs::new();

#[checkpoint(using = STORE)]
fn square(x: u64) -> u64 {
    SQUARES.count();
    x * x
}

#[test]
fn the_second_call_is_remembered() {
    assert_eq!((square(4), square(4), square(4)), (16, 16, 16));
    assert_eq!(SQUARES.take(), 1);
    assert_eq!(square(5), 25);
    assert_eq!(SQUARES.take(), 1);
    assert_eq!(square::original(4), 16);
    assert_eq!(SQUARES.take(), 1);
    assert_eq!(square::rerun(4), 16);
    assert_eq!(SQUARES.take(), 1);
    assert_eq!(square::get(4).expect("it is stored"), 16);
    assert_eq!(square::get_or(3, 99), 3);
    assert!(square::exists(4).expect("the store can be read"));
    assert!(!square::is_expired(4).expect("it is stored"));
    square::delete(4).expect("the store can be written");
    assert!(!square::exists(4).expect("the store can be read"));
    assert!(matches!(square::get(4), Err(CheckpointError::NotFound)));
    square::set(1, 4).expect("the store can be written");
    assert_eq!(square(4), 1);
    assert_eq!(SQUARES.take(), 0);
    assert_eq!(square::code_hash(), square::function().code_hash());
    assert_ne!(square::call_hash(4), square::call_hash(5));
    assert_eq!(square::call_hash(4), square::call_hash(4));
    assert!(square::clear().expect("the store can be written") >= 1);
    assert_eq!(square::call(4).run(), 16);
    assert_eq!(SQUARES.take(), 1);
}

#[checkpointer_runtime::no_capture]
static SUMS: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0)]
async fn sum(a: i32, b: i32) -> i32 {
    SUMS.count();
    futures_lite::future::yield_now().await;
    a + b
}

#[checkpoint(using = STORE)]
async fn stored_sum(a: i32, b: &str) -> String {
    SUMS.count();
    futures_lite::future::yield_now().await;
    format!("{a}{b}")
}

#[test]
fn async_functions_are_remembered_in_memory_and_on_disk() {
    block_on(async {
        assert_eq!(sum(3, 7).await, 10);
        assert_eq!(sum(3, 7).await, 10);
        assert_eq!(sum::get(3, 7).expect("it is stored"), 10);
        assert_eq!(SUMS.take(), 1);
        assert_eq!(sum::rerun(3, 7).await, 10);
        assert_eq!(sum::original(3, 7).await, 10);
        assert_eq!(SUMS.take(), 2);
        assert_eq!(stored_sum(3, "x").await, "3x");
        assert_eq!(stored_sum(3, "x").await, "3x");
        assert_eq!(stored_sum::get(3, "x").expect("it is stored"), "3x");
        assert_eq!(SUMS.take(), 1);
    });
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn the_future_is_send_if_the_originals_is() {
    drop(is_send(sum(1, 2)));
    drop(is_send(stored_sum(1, "y")));
    drop(is_send(stored_sum::rerun(1, "y")));
}

#[checkpointer_runtime::no_capture]
static READS: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0)]
fn read(path: &str) -> std::io::Result<String> {
    READS.count();
    if path.is_empty() {
        Err(std::io::Error::other("empty"))
    } else {
        Ok(path.to_uppercase())
    }
}

#[test]
fn of_a_result_only_ok_is_stored() {
    assert!(read("").is_err());
    assert!(read("").is_err());
    assert_eq!(READS.take(), 2);
    assert_eq!(read("a").expect("not empty"), "A");
    assert_eq!(read("a").expect("not empty"), "A");
    assert_eq!(READS.take(), 1);
    assert_eq!(read::get("a").expect("it is stored"), "A");
    assert_eq!(read::get_or("none".to_owned(), "b"), "none");
}

#[derive(serde::Serialize)]
struct Model {
    factor: f64,
}

#[checkpointer_runtime::no_capture]
static FITS: Runs = Runs::new();

impl Model {
    #[checkpoint(using = STORE)]
    fn fit(&self, data: &[f64]) -> f64 {
        FITS.count();
        self.factor * data.iter().sum::<f64>()
    }

    #[checkpoint(format = "memory", verbosity = 0)]
    fn new_default(seed: u8) -> f64 {
        FITS.count();
        f64::from(seed)
    }

    #[checkpoint(using = STORE)]
    async fn consume(self, by: u32) -> f64 {
        FITS.count();
        self.factor + f64::from(by)
    }
}

#[test]
fn methods_are_remembered_by_self_and_arguments() {
    let (one, two) = (Model { factor: 1.0 }, Model { factor: 2.0 });
    assert_eq!(one.fit(&[1.0, 2.0]), 3.0);
    assert_eq!(two.fit(&[1.0, 2.0]), 6.0);
    assert_eq!(FITS.take(), 2);
    assert_eq!(one.fit(&[1.0, 2.0]), 3.0);
    assert_eq!(FITS.take(), 0);
    assert_eq!(one.fit_call(&[1.0, 2.0]).rerun(), 3.0);
    assert_eq!(one.fit_call(&[1.0, 2.0]).original(), 3.0);
    assert_eq!(FITS.take(), 2);
    assert_eq!(one.fit_call(&[1.0, 2.0]).get().expect("it is stored"), 3.0);
    assert_eq!(Model::fit_function().path(), "operations::Model::fit");
    assert_eq!((Model::new_default(3), Model::new_default(3)), (3.0, 3.0));
    assert_eq!(FITS.take(), 1);
    assert_eq!(block_on(Model { factor: 1.0 }.consume(2)), 3.0);
    assert_eq!(block_on(Model { factor: 1.0 }.consume(2)), 3.0);
    assert_eq!(FITS.take(), 1);
}

trait Shape {
    fn area(&self, scale: f64) -> f64;
}

#[checkpointer_runtime::no_capture]
static AREAS: Runs = Runs::new();

impl Shape for Model {
    #[checkpoint(using = STORE)]
    fn area(&self, scale: f64) -> f64 {
        AREAS.count();
        if scale == 0.0 {
            return 0.0;
        }
        let text = format!("{}", self.factor);
        text.parse::<f64>().unwrap_or_default() * scale
    }
}

#[test]
fn the_plain_call_of_a_trait_impl_is_remembered() {
    let model = Model { factor: 3.0 };
    assert_eq!(
        (model.area(2.0), model.area(2.0), model.area(0.0)),
        (6.0, 6.0, 0.0)
    );
    assert_eq!(AREAS.take(), 2);
    let function = checkpointer_runtime::function("operations::<Model as Shape>::area")
        .expect("it is registered");
    assert_eq!(function.clear().expect("the store can be written"), 2);
}
