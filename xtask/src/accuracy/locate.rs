//! Finds the items of the analysis that a recorded function may be.

use std::collections::BTreeMap;

use super::analysis::{Analysis, Item};

/// The functions of an analysis by the file that they stand in.
#[derive(Debug)]
pub(crate) struct Locator<'a> {
    files: BTreeMap<String, Vec<&'a Item>>,
    package: &'a str,
}

/// A recorder's key, taken apart; `instrument` writes it.
struct Key<'a> {
    file: &'a str,
    line: usize,
    name: &'a str,
    /// For a function that a macro made: file and line of the outermost call, and the header of the impl.
    call: Option<(String, usize, &'a str)>,
}

impl<'a> Locator<'a> {
    /// Indexes the functions; `package` is the one that was analysed.
    pub(crate) fn new(analysis: &'a Analysis, package: &'a str) -> Self {
        let mut files: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        for item in analysis.functions() {
            let owner = item.package.as_deref().unwrap_or(package);
            files
                .entry(format!("{owner}/{}", item.file))
                .or_default()
                .push(item);
        }
        Self { files, package }
    }

    /// The ids that a key may mean; more than one where a macro made several alike in one place.
    pub(crate) fn find(&self, key: &str) -> Vec<&'a str> {
        let Some(key) = self.read(key) else {
            return Vec::new();
        };
        let exact = self.at(key.file, key.line, key.name);
        match key.call {
            Some((file, line, header)) if exact.is_empty() => {
                let all = self.at(&file, line, key.name);
                let of_type: Vec<_> = all
                    .iter()
                    .copied()
                    .filter(|id| names_type(id, header))
                    .collect();
                if of_type.is_empty() { all } else { of_type }
            }
            _ => exact,
        }
    }

    fn read<'k>(&self, key: &'k str) -> Option<Key<'k>> {
        let mut parts = key.splitn(3, '@');
        let mut place = parts.next()?.rsplitn(3, ':');
        let name = place.next()?;
        let line = place.next()?.parse().ok()?;
        let file = place.next()?;
        let call = parts.next().and_then(|call| {
            let (file, line) = call.rsplit_once(':')?;
            let folder = format!("{}/", self.package);
            let file = plain(file);
            let file = if file.starts_with("src/") || file.starts_with("tests/") {
                format!("{folder}{file}")
            } else {
                file
            };
            Some((file, line.parse().ok()?, parts.next().unwrap_or_default()))
        });
        Some(Key {
            file,
            line,
            name,
            call,
        })
    }

    /// The innermost functions of this name that span the line.
    fn at(&self, file: &str, line: usize, name: &str) -> Vec<&'a str> {
        let spanning: Vec<&Item> = self
            .files
            .get(file)
            .into_iter()
            .flatten()
            .copied()
            .filter(|item| item.line <= line && line <= item.end_line.max(item.line))
            .filter(|item| name == "?" || last_segment(&item.id) == name)
            .collect();
        let innermost = spanning.iter().map(|item| item.line).max();
        spanning
            .iter()
            .filter(|item| Some(item.line) == innermost)
            .map(|item| item.id.as_str())
            .collect()
    }
}

/// The function's own name in an id.
fn last_segment(id: &str) -> &str {
    let name = id.rsplit("::").next().unwrap_or(id);
    let end = name.find(['#', '@', '{', '[', '<', ' ', '~']);
    name[..end.unwrap_or(name.len())].trim_start_matches("r#")
}

/// A path without `..`, which stands where a test takes in a file of `src` with `#[path]`.
fn plain(file: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split('/') {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn names_type(id: &str, header: &str) -> bool {
    let subject = header.rsplit(" for ").next().unwrap_or(header);
    let plain = |text: &str| text.replace(char::is_whitespace, "");
    let subject = plain(subject.split(" where ").next().unwrap_or(subject));
    !subject.is_empty() && plain(id).contains(&subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, line: usize, end_line: usize) -> Item {
        Item {
            id: id.to_owned(),
            kind: "fn".to_owned(),
            file: "src/lib.rs".to_owned(),
            line,
            end_line,
            ..Item::default()
        }
    }

    fn find(items: Vec<Item>, key: &str) -> Vec<String> {
        let analysis = Analysis::of(items);
        let locator = Locator::new(&analysis, "demo");
        locator.find(key).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_nested_function_is_found_before_the_one_around_it() {
        let items = vec![item("demo::go", 1, 9), item("demo::go::go", 3, 4)];
        assert_eq!(find(items, "demo/src/lib.rs:3:go"), ["demo::go::go"]);
    }

    #[test]
    fn a_call_of_a_macro_is_found_in_a_file_that_a_test_takes_in() {
        let key = "demo/src/lib.rs:2:size@tests/../src/lib.rs:7@";
        let items = vec![item("demo::size", 7, 7)];
        assert_eq!(find(items, key), ["demo::size"]);
    }

    #[test]
    fn a_function_of_another_name_is_not_found() {
        assert!(find(vec![item("demo::go", 1, 9)], "demo/src/lib.rs:3:run").is_empty());
    }

    #[test]
    fn the_impls_that_one_macro_call_makes_are_told_apart_by_their_type() {
        let items = vec![
            item("demo::<u8 as Size>::size", 7, 7),
            item("demo::<u16 as Size>::size", 7, 7),
        ];
        let key = "demo/src/lib.rs:2:size@src/lib.rs:7@impl Size for u16";
        assert_eq!(find(items, key), ["demo::<u16 as Size>::size"]);
    }
}
