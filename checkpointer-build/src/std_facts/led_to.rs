//! Which traits of std an implementation of another one leads to: its supertraits, and those through which std's
//! blanket implementations give it.

/// Whether a trait is that of functions and closures.
pub(crate) fn is_call(name: &str) -> bool {
    matches!(
        name,
        "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce"
    )
}

/// The traits by which a value of one type becomes one of another.
pub(crate) fn is_conversion(name: &str) -> bool {
    matches!(name, "From" | "Into" | "TryFrom" | "TryInto")
}

/// The traits that a value with a trait may be asked for, itself left out; nothing for marker traits.
pub(crate) fn led_to(name: &str) -> &'static [&'static str] {
    match name {
        "ToString" => &["Display"],
        "Error" => &["Display", "Debug"],
        "Eq" => &["PartialEq"],
        "PartialOrd" => &["PartialEq"],
        "Ord" => &["PartialOrd", "PartialEq", "Eq"],
        "Copy" | "ToOwned" => &["Clone"],
        "DerefMut" => &["Deref"],
        "IndexMut" => &["Index"],
        "BorrowMut" => &["Borrow"],
        "BufRead" => &["Read"],
        "Into" => &["From"],
        "TryInto" => &["TryFrom", "From", "Into"],
        "TryFrom" => &["From", "Into"],
        "IntoIterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "FusedIterator" => {
            &["Iterator"]
        }
        "IntoFuture" => &["Future"],
        "BuildHasher" => &["Hasher", "Default"],
        "ToSocketAddrs" => &["Iterator"],
        _ => &[],
    }
}

/// A trait of what stands inside of one of std's types that has this trait: whoever brings an iterator may have turned it around.
pub(crate) fn turned_into(name: &str) -> Option<&'static str> {
    matches!(name, "Iterator" | "IntoIterator").then_some("DoubleEndedIterator")
}

/// The traits that code which knows no more of a value than that it has a trait may call on what the value is made of: those
/// that the trait leads to, and those of keys, where a map or set of std may stand behind it.
pub(crate) fn asked_beside(name: &str) -> impl Iterator<Item = &'static str> + use<> {
    let keys: &[&str] = match name {
        "PartialEq" | "Eq" | "Index" | "Extend" | "FromIterator" => &[
            "Hash",
            "Hasher",
            "BuildHasher",
            "Borrow",
            "Ord",
            "PartialOrd",
        ],
        "BitAnd" | "BitOr" | "BitXor" | "Sub" => &["PartialEq", "Eq", "Index", "Clone", "Default"],
        "Hash" | "Debug" | "Display" | "PartialOrd" | "Ord" => &["Borrow", "Deref"],
        "Clone" => &["ToOwned", "Borrow"],
        "Write" | "Read" | "Hasher" | "Future" | "Error" | "Iterator" => &["Deref", "DerefMut"],
        _ => &[],
    };
    led_to(name).iter().chain(keys).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanket_implementations_lead_to_their_source() {
        assert_eq!(led_to("ToString"), ["Display"]);
        assert!(led_to("Ord").contains(&"PartialOrd"));
        assert!(led_to("Send").is_empty());
    }

    #[test]
    fn comparing_may_look_up_the_keys_of_a_map() {
        assert!(asked_beside("PartialEq").any(|name| name == "Hash"));
        assert!(asked_beside("Display").all(|name| name != "Add"));
    }
}
