//! The hash of a call whose arguments stand on the command line, for functions whose parameters are plain.

use anyhow::{Context as _, bail};
use checkpointer_runtime::Digest;
use checkpointer_runtime::arguments::ArgumentHasher;
use serde::Serialize;

use crate::attribute::Parameter;
use crate::model::Function;

/// The hashes that the call may have: one for each side of the switches that the compiler decides.
pub(super) fn call_hashes(
    function: &Function,
    switches: &[String],
    arguments: &[String],
) -> anyhow::Result<Vec<Digest>> {
    let parameters = &function.attributes.parameters;
    let is_own = |marked: bool, what: &str| {
        if marked {
            bail!("{} hashes {what}: leave the arguments out", function.id);
        }
        Ok(())
    };
    is_own(
        function
            .attributes
            .layers
            .iter()
            .any(|layer| layer.has_hash_by),
        "by its own `hash_by`",
    )?;
    is_own(
        parameters.iter().any(|p| p.is_marked),
        "a parameter in its own way",
    )?;
    if parameters.len() != arguments.len() {
        let names: Vec<String> = parameters
            .iter()
            .map(|p| format!("{}: {}", p.name, p.ty))
            .collect();
        bail!(
            "{} takes {} arguments, not {}: {}",
            function.id,
            parameters.len(),
            arguments.len(),
            names.join(", ")
        );
    }
    let mut hashes = Vec::new();
    for sides in 0..1u32 << switches.len() {
        let mut hasher = ArgumentHasher::stored();
        for at in 0..switches.len() {
            feed(&mut hasher, "cfg", &(sides >> at & 1 == 1))?;
        }
        for (parameter, argument) in parameters.iter().zip(arguments) {
            add(&mut hasher, parameter, argument).with_context(|| {
                format!(
                    "can't take `{argument}` for `{}: {}`",
                    parameter.name, parameter.ty
                )
            })?;
        }
        hashes.push(hasher.finish());
    }
    Ok(hashes)
}

fn feed(
    hasher: &mut ArgumentHasher,
    name: &str,
    value: &(impl Serialize + ?Sized),
) -> anyhow::Result<()> {
    // A name lives as long as the program, in a program that ends soon.
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    Ok(hasher.parameter(name, value)?)
}

fn add(hasher: &mut ArgumentHasher, parameter: &Parameter, text: &str) -> anyhow::Result<()> {
    let name = parameter.name.as_str();
    let ty = parameter.ty.trim_start_matches('&');
    let ty = ty.strip_prefix("'static ").unwrap_or(ty);
    let digits = text.replace('_', "");
    macro_rules! numbers {
        ($($number:ident)*) => {
            match ty {
                $(stringify!($number) => {
                    let digits = digits.strip_suffix(stringify!($number)).unwrap_or(&digits);
                    return feed(hasher, name, &digits.parse::<$number>()?);
                })*
                _ => {}
            }
        };
    }
    numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);
    match ty {
        "bool" => feed(hasher, name, &text.parse::<bool>()?),
        "char" => feed(hasher, name, &unquoted(text, '\'').parse::<char>()?),
        "str" | "String" | "std::string::String" => feed(hasher, name, &unquoted(text, '"')),
        "Path" | "PathBuf" => feed(hasher, name, std::path::Path::new(unquoted(text, '"'))),
        _ => bail!(
            "only numbers, bool, char, strings and paths can be written here; call `exists` or `call_hash` in the \
             program for others"
        ),
    }
}

fn unquoted(text: &str, quote: char) -> &str {
    let inner = text
        .strip_prefix(quote)
        .and_then(|rest| rest.strip_suffix(quote));
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Attributes;
    use crate::store::Store;

    fn function(parameters: &[(&str, &str)]) -> Function {
        let parameter = |(name, ty): &(&str, &str)| Parameter {
            name: (*name).to_owned(),
            ty: (*ty).to_owned(),
            is_marked: false,
        };
        Function {
            package: 0,
            place: 0,
            id: "demo::f".to_owned(),
            attributes: Attributes {
                name: "f".to_owned(),
                layers: Vec::new(),
                parameters: parameters.iter().map(parameter).collect(),
            },
            hashes: (None, None),
            merged: Vec::new(),
            stored: Store {
                root: "/nowhere".into(),
            }
            .function("demo::f"),
            sums: Vec::new(),
        }
    }

    #[test]
    fn a_call_hashes_as_the_program_hashes_it() {
        let function = function(&[("x", "u64"), ("name", "&str")]);
        let arguments = ["1_000u64".to_owned(), "\"a b\"".to_owned()];
        let mut expected = ArgumentHasher::stored();
        expected.parameter("x", &1000u64).expect("a number hashes");
        expected.parameter("name", "a b").expect("a text hashes");
        let found = call_hashes(&function, &[], &arguments).expect("both can be written");
        assert_eq!(found, [expected.finish()]);
        let switched = call_hashes(&function, &["debug_assertions".to_owned()], &arguments);
        assert_eq!(switched.expect("both can be written").len(), 2);
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let error =
            call_hashes(&function(&[("a", "Vec<u8>")]), &[], &["x".to_owned()]).unwrap_err();
        assert!(format!("{error:#}").contains("`a: Vec<u8>`"), "{error:#}");
        let error = call_hashes(&function(&[("a", "u8")]), &[], &[]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("takes 1 arguments, not 0: a: u8"),
            "{error}"
        );
    }
}
