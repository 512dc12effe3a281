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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanket_implementations_lead_to_their_source() {
        assert_eq!(led_to("ToString"), ["Display"]);
        assert!(led_to("Ord").contains(&"PartialOrd"));
        assert!(led_to("Send").is_empty());
    }
}
