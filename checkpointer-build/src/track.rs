//! Files by pattern: `depends_on = ("data/*.csv")` and `Builder::track("native/**/*.c")`.

use std::path::{Path, PathBuf};

/// The files below a folder that a pattern matches, sorted. `*` stands for any part of a name, `?` for one character and
/// `**` for any number of folders; a folder means all files below it.
pub(crate) fn matching(base: &Path, pattern: &str) -> Vec<PathBuf> {
    let parts: Vec<&str> = pattern
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let fixed = parts
        .iter()
        .take_while(|part| !part.contains(['*', '?']))
        .count();
    let mut start = if pattern.starts_with('/') {
        PathBuf::from("/")
    } else {
        base.to_owned()
    };
    start.extend(&parts[..fixed]);
    if fixed == parts.len() && start.is_file() {
        return vec![start];
    }
    let wild = if fixed == parts.len() {
        vec!["**"]
    } else {
        parts[fixed..].to_vec()
    };
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(&start)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if !entry.file_type().is_file() {
            continue;
        }
        let Ok(relative) = entry.path().strip_prefix(&start) else {
            continue;
        };
        let names: Vec<String> = relative
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if matches(&wild, &names) {
            found.push(entry.into_path());
        }
    }
    found
}

/// The folder that a pattern searches: what Cargo has to watch for new files.
pub(crate) fn searched(base: &Path, pattern: &str) -> PathBuf {
    let fixed = pattern
        .split(['/', '\\'])
        .take_while(|part| !part.contains(['*', '?']));
    let mut start = if pattern.starts_with('/') {
        PathBuf::from("/")
    } else {
        base.to_owned()
    };
    start.extend(fixed.filter(|part| !part.is_empty() && *part != "."));
    start
}

fn matches(pattern: &[&str], names: &[&str]) -> bool {
    match (pattern.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            (rest.is_empty() && !names.is_empty())
                || (0..=names.len()).any(|skip| matches(rest, &names[skip..]))
        }
        (Some((part, rest)), Some((name, others))) => {
            one(part.as_bytes(), name.as_bytes()) && matches(rest, others)
        }
        _ => false,
    }
}

fn one(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skip| one(rest, &name[skip..])),
        (Some((b'?', rest)), Some((_, others))) => one(rest, others),
        (Some((a, rest)), Some((b, others))) if a == b => one(rest, others),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names_and_folders() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["a.csv", "b.csv", "b.txt", "deep/c.csv", "deep/er/d.csv"] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, "").expect("a file");
        }
        let found = |pattern: &str| -> Vec<String> {
            let found = matching(folder.path(), pattern);
            found
                .iter()
                .map(|p| {
                    p.strip_prefix(folder.path())
                        .expect("below")
                        .to_string_lossy()
                        .into_owned()
                })
                .collect()
        };
        assert_eq!(found("*.csv"), ["a.csv", "b.csv"]);
        assert_eq!(
            found("**/*.csv"),
            ["a.csv", "b.csv", "deep/c.csv", "deep/er/d.csv"]
        );
        assert_eq!(found("deep"), ["deep/c.csv", "deep/er/d.csv"]);
        assert_eq!(found("./b.txt"), ["b.txt"]);
        assert_eq!(found("?.txt"), ["b.txt"]);
        assert_eq!(found("none/*"), [""; 0]);
        assert_eq!(
            searched(folder.path(), "deep/*/d.csv"),
            folder.path().join("deep")
        );
    }
}
