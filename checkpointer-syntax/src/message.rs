//! The texts of the errors that the macros report: what is wrong, then what to do.

use crate::options::{DURABILITIES, FORMATS, NAMES};

/// `#[checkpoint = …]`.
pub const NOT_A_LIST: &str =
    "options stand in parentheses: write `#[checkpoint(option = value, …)]`";

/// A `verbosity` that is a number, but none of the three.
pub const VERBOSITY: &str = "verbosity is 0 (silent), 1 (a line on computing) or 2 (on hits, too)";

/// A `depends_on` that is neither a path nor a string.
pub const DEPENDS_ON: &str = "`depends_on` takes paths of items and strings that name files: `depends_on = (crate::helper, \"data/*.csv\")`";

/// The attribute on something that is no function.
pub const NOT_A_FUNCTION: &str = "`#[checkpoint]` goes on a function or method: put it on each function whose results are to be kept";

/// A function without a body.
pub const NO_BODY: &str =
    "a function without a body has no results to keep: put `#[checkpoint]` on the implementation";

/// A `const fn`.
pub const CONST_FN: &str = "a `const fn` can't be checkpointed, since the cache is not there at compile time: remove \
     `const`, or call the const function from a checkpointed one";

/// An `unsafe fn`.
pub const UNSAFE_FN: &str = "an `unsafe fn` can't be checkpointed, since a result may be remembered although the \
     caller's promises differ: checkpoint a safe function that calls it";

/// An `extern fn`.
pub const EXTERN_FN: &str = "an `extern` function can't be checkpointed, since its caller is not Rust: checkpoint a \
     Rust function and call it from this one";

/// A variadic function.
pub const VARIADIC: &str =
    "variadic arguments can't be hashed: checkpoint a function with named parameters";

/// A `&mut` parameter.
pub const MUTABLE_PARAMETER: &str = "a `&mut` parameter can't be checkpointed, since a remembered call would not \
     change it: take the value and return the changed one";

/// A `&mut self` receiver.
pub const MUTABLE_RECEIVER: &str = "a method that takes `&mut self` can't be checkpointed, since a remembered call \
     would not change it: take `&self` and return what is to change";

/// A result that borrows.
pub const BORROWED_RESULT: &str = "a borrowed result can't be kept, since what it borrows from is gone when it is \
     loaded: return an owned value (`String` for `&str`, `Vec<T>` for `&[T]`, `Arc<T>` to share)";

/// A result of type `impl Trait`.
pub const IMPL_RESULT: &str = "an `impl Trait` result can't be kept, since its type has no name to load it as: \
     return a named type (`Vec<T>` for an iterator)";

/// A result of type `!`.
pub const NEVER_RESULT: &str =
    "a function that never returns has no result to keep: remove `#[checkpoint]`";

/// `cfg` on a parameter.
pub const CFG_PARAMETER: &str = "`cfg` on a parameter of a checkpointed function isn't supported: put it on the \
     function and write the function twice";

/// Both `#[no_hash]` and `#[hash_by(…)]` on one parameter.
pub const NO_HASH_AND_HASH_BY: &str =
    "`no_hash` leaves this parameter out, so `hash_by` has nothing to hash: keep one of the two";

/// `hash_by` on the function and marks on parameters.
pub const HASH_BY_TWICE: &str = "`hash_by` on the function replaces the hashing of every parameter, so this mark has \
     no effect: keep one of the two";

/// `hash_by` without closure.
pub const HASH_BY_EMPTY: &str = "`hash_by` takes a closure or function of the parameter: `#[hash_by(|p: &Path| p.file_name())]`";

/// `#[no_hash(…)]`.
pub const NO_HASH_VALUE: &str = "`no_hash` takes no value: write `#[no_hash]`";

/// Options that only one attribute of a stack may carry.
pub const ON_ONE_LAYER: &str = "this option is the whole function's and not one layer's: give it on one of the \
     stacked attributes only";

/// `version` together with `depends_on`.
pub const VERSION_AND_DEPENDS_ON: &str = "`version` replaces the code hash, so `depends_on` has no effect: keep one \
     of the two";

/// `version` together with `capture`.
pub const VERSION_AND_CAPTURE: &str =
    "`version` replaces the code hash, so `capture` has no effect: keep one of the two";

/// `handle` on a method.
pub const HANDLE_ON_METHOD: &str = "a method has no companion, so `handle` has no effect: use `self.name_call(…)` and \
     `Type::name_function()`";

/// `self` in a trait's own default method.
pub const TRAIT_DEFAULT: &str = "a trait's default method can't be checkpointed, since its result depends on an \
     implementation that isn't known here: move the body into a free function or an inherent method";

/// A result that turns out to be a `Result` behind another name.
pub const HIDDEN_RESULT: &str = "this result is a `Result` behind another name: add `result = true` to `#[checkpoint]` to keep \
     `Ok` values only, or `result = false` to keep errors, too";

/// An option of `#[capture]` that does not exist.
pub const UNKNOWN_CAPTURE_OPTION: &str =
    "unknown option: write `#[capture]`, `#[capture(once)]` or `#[capture(hash_by = …)]`";

/// `#[capture]` on a `static mut`.
pub const CAPTURE_STATIC_MUT: &str = "a `static mut` can't be read safely while it may change: use an atomic, a `Mutex` \
     or an `RwLock`";

/// `#[capture]` on something else.
pub const CAPTURE_NOT_A_STATIC: &str = "`#[capture]` goes on a `static`; to let a function count its statics, write `#[checkpoint(capture)]` on it";

/// A function whose companion would redefine a primitive type.
#[must_use]
pub fn primitive_name(name: &str) -> String {
    format!(
        "a checkpointed function can't be called `{name}`, since its companion would hide the primitive type: \
         name the companion with `handle = {name}_cached`"
    )
}

/// Something other than an option's name.
#[must_use]
pub fn expected_option() -> String {
    format!("expected an option's name, one of: {}", NAMES.join(", "))
}

/// An option that does not exist.
#[must_use]
pub fn unknown_option(name: &str) -> String {
    let hint = nearest(name, NAMES)
        .map(|near| format!("did you mean `{near}`? "))
        .unwrap_or_default();
    format!(
        "unknown option `{name}`: {hint}the options are {}",
        NAMES.join(", ")
    )
}

/// A format that does not exist.
#[must_use]
pub fn unknown_format(name: &str) -> String {
    let hint = if name == "pickle" {
        "Python's \"pickle\" is \"msgpack\" here; ".to_owned()
    } else {
        nearest(name, FORMATS)
            .map(|near| format!("did you mean \"{near}\"? "))
            .unwrap_or_default()
    };
    let list: Vec<_> = FORMATS.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "unknown format \"{name}\": {hint}the formats are {}, or an expression that is a storage",
        list.join(", ")
    )
}

/// A durability that does not exist.
#[must_use]
pub fn unknown_durability(name: &str) -> String {
    let list: Vec<_> = DURABILITIES
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    format!("unknown durability \"{name}\": write {}", list.join(" or "))
}

/// An option that is given twice.
#[must_use]
pub fn repeated_option(name: &str) -> String {
    format!("`{name}` is given twice: keep one")
}

/// An option without its value.
#[must_use]
pub fn missing_value(name: &str) -> String {
    format!("`{name}` needs a value: write `{name} = …`")
}

/// A flag that is not a literal bool.
#[must_use]
pub fn boolean(name: &str) -> String {
    format!("`{name}` is `true` or `false`, literally, since it is read when the crate is built")
}

/// No build script has run for this package.
pub const NO_BUILD_SCRIPT: &str = "checkpointer: this package has no build script, so the code of this function was not read. \
     Add `checkpointer-build = \"0.1\"` to [build-dependencies] and a build.rs with `fn main() { checkpointer_build::build(); }`";

/// A build script has run, but wrote no table.
pub const NO_TABLE: &str = "checkpointer: this package's build script wrote no table. Call `checkpointer_build::build();` \
     in the `main` of build.rs, with `checkpointer-build = \"0.1\"` in [build-dependencies]";

/// A table lies there, but the last run of the build script did not vouch for it.
pub const STALE_TABLE: &str = "checkpointer: the table in OUT_DIR is not from the last run of this package's build script, so its \
     hashes would be stale. Call `checkpointer_build::build();` in the `main` of build.rs on every run; if it does, run \
     `touch build.rs` and build again";

/// A file in OUT_DIR is another one than the build script's analysis has read.
#[must_use]
pub fn generated_later(file: &str) -> String {
    format!(
        "checkpointer: {file} in OUT_DIR was written after the build script had read it, so hashes would be stale. Call \
         `checkpointer_build::build();` at the end of build.rs, after all that writes to OUT_DIR"
    )
}

/// A package that the function reaches has a build script whose results were not found.
#[must_use]
pub fn no_output(package: &str) -> String {
    format!(
        "checkpointer: what the build script of `{package}` has made was not found beside this package's OUT_DIR, so the code \
         of this function isn't known: give `#[checkpoint(version = 1)]` and count it up when the code changes"
    )
}

/// The table has no row for the function.
#[must_use]
pub fn no_row(name: &str) -> String {
    format!(
        "checkpointer: the build script has not read `{name}` as it stands here. If the file is new or changed since, or is \
         a test, example or bench: `touch build.rs` and build again. If a macro or a later build script makes the function: \
         give `#[checkpoint(version = 1)]` and count it up when the code changes"
    )
}

/// The table has a row of that name, but other tokens.
#[must_use]
pub fn differing_tokens(name: &str) -> String {
    format!(
        "checkpointer: the build script has read other code for `{name}` than is compiled here, so its hash would be stale: \
         `touch build.rs` and build again. If a macro makes the function: give `#[checkpoint(version = 1)]` and count it up \
         when the code changes"
    )
}

/// Something has the companion's name already, where the function stands or is imported.
#[must_use]
pub fn name_taken(name: &str, what: &str) -> String {
    format!(
        "checkpointer: `{name}` gets a companion of its own name among the types, but {what}: give the companion another \
         name with `#[checkpoint(handle = {name}_cached)]`, and call `{name}_cached::rerun(…)` and the like"
    )
}

/// The row exists, but the analysis says that it can't be trusted.
#[must_use]
pub fn untrusted(reason: &str) -> String {
    format!("checkpointer: this function's hash can't be trusted: {reason}")
}

/// The known name that differs least, if it differs by no more than a typing slip.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two words; exchanging neighbours counts as one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let edited = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(replaced);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    edited.min(rows[i - 2][j - 2] + 1)
                } else {
                    edited
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_slip_is_recognized() {
        assert_eq!(nearest("fromat", NAMES), Some("format"));
        assert_eq!(nearest("capure", NAMES), Some("capture"));
        assert_eq!(nearest("frobnicate", NAMES), None);
    }

    #[test]
    fn pickle_is_explained_to_those_who_come_from_python() {
        assert!(unknown_format("pickle").contains("\"msgpack\" here"));
    }
}
