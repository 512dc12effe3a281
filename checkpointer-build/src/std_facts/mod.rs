//! What the analysis knows of Rust's standard library: names, types of results, and which calls can
//! lead into a user's implementation of a standard trait.
//!
//! Source: the documentation of std, core and alloc (<https://doc.rust-lang.org/std/>), which are
//! one here. A path may begin with any of the three. Whatever is not known is [`crate::ty::Ty::Unknown`] or
//! `None`; every other answer is certain as long as no trait of the user's in scope has a method of
//! the same name.

mod deref;
mod function;
mod known;
mod led_to;
mod method;
mod names;
mod operator;
mod shape;
mod tables;
mod trigger_lists;
mod triggers;
mod types;
mod universal;

pub(crate) use deref::{deref, item_of};
pub(crate) use function::{
    associated, function, function_closure_params, hides, trait_calls, trait_function,
};
pub(crate) use known::{gives_what_is_asked, is_method, makes_arrays};
pub(crate) use led_to::{asked_beside, is_call, is_conversion, led_to, turned_into};
pub(crate) use method::{associated_calls, calls, closure_params, method};
pub(crate) use names::{is_derive, prelude_trait, prelude_type, prelude_value, std_macro};
pub(crate) use operator::{await_value, binary, index, try_value, unary};
pub(crate) use triggers::{Triggers, operator_method, operator_of, own_operator, triggers};
pub(crate) use types::{field_of, type_of_path};
