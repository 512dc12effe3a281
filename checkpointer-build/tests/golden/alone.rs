//! What a function reaches does not hang on which other functions are asked for.

use crate::package::{Package, hashes};

/// More functions than this in a circle are looked at together.
const CIRCLE: usize = 50;

/// Functions on top of a circle, beside it and in it; some are generic, one gets a type of ours late.
fn source() -> String {
    let mut text = String::from(
        "use std::fmt::{self, Display};

pub trait Cost { fn cost(&self) -> u32; }
pub struct Near(u32);
pub struct Far(u32);
impl Cost for Near { fn cost(&self) -> u32 { self.0 } }
impl Cost for Far { fn cost(&self) -> u32 { self.0 + 1 } }
impl Display for Near { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, \"{}\", self.0) } }
impl Display for Far { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, \"{}\", far(self.0)) } }
fn far(by: u32) -> u32 { by / 2 }

fn above(by: u32) -> u32 { ring0(by) }
fn above_with_far(by: u32) -> u32 { Far(ring3(by)).0 }
fn above_and_generic<T: Display>(of: T, by: u32) -> String { format!(\"{of} {}\", ring7(by)) }
fn generic_alone<T: Cost>(of: T) -> u32 { of.cost() }
fn beside(by: u32) -> u32 { by + 1 }
fn shows(of: &dyn Display) -> String { of.to_string() }
",
    );
    for at in 0..CIRCLE {
        let next = (at + 1) % CIRCLE;
        let more = match at {
            20 => " + boxed().cost()",
            30 => " + shows(&Near(by)).len() as u32",
            _ => "",
        };
        text.push_str(&format!(
            "fn ring{at}(by: u32) -> u32 {{ if by == {at} {{ 0 }} else {{ ring{next}(by){more} }} }}\n"
        ));
    }
    text.push_str("fn boxed() -> Box<dyn Cost> { Box::new(Near(1)) }\n");
    text
}

#[test]
fn a_function_has_the_same_hashes_alone_and_among_all() {
    let source = source();
    let all = hashes(&Package::of(&source).analyzed());
    let names = [
        "above",
        "above_with_far",
        "above_and_generic",
        "generic_alone",
        "beside",
        "shows",
        "boxed",
        "ring0",
        "ring31",
    ];
    for name in names {
        let call = format!("fn {name}(");
        let generic = format!("fn {name}<");
        let marked = source
            .replace(&format!("\n{call}"), &format!("\n#[checkpoint] {call}"))
            .replace(
                &format!("\n{generic}"),
                &format!("\n#[checkpoint] {generic}"),
            );
        let alone = hashes(&Package::of(&marked).analyzed_checkpointed());
        let id = format!("golden::{name}");
        assert_eq!(alone.keys().collect::<Vec<_>>(), [&id]);
        assert_eq!(alone[&id], all[&id], "{name}");
    }
}
