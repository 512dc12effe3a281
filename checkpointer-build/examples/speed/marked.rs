//! A copy of a real crate, some of whose functions are checkpointed.

use std::path::Path;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// Where functions with a body begin, by line and column; unit tests left out.
#[derive(Default)]
struct Functions(Vec<(usize, usize)>);

impl Functions {
    fn add(&mut self, whole: proc_macro2::Span) {
        let start = whole.start();
        self.0.push((start.line, start.column));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Path>()
                    .is_ok_and(|path| path.is_ident("test"))
        };
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }

    // What stands in a body is not looked at.
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(function.span());
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(function.span());
    }
}

/// Copies a crate, and marks so many of its functions, which lie equally far apart in the order of files and lines.
pub(crate) fn write(from: &Path, to: &Path, roots: usize) {
    let mut functions = Vec::new();
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.expect("a file");
        let relative = entry.path().strip_prefix(from).expect("it is below");
        let target = to.join(relative);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            continue;
        }
        std::fs::copy(entry.path(), &target).expect("a file");
        if relative.starts_with("src") && target.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&target).expect("it is text");
            let Ok(file) = syn::parse_file(&text) else {
                continue;
            };
            let mut found = Functions::default();
            found.visit_file(&file);
            functions.extend(found.0.into_iter().map(|at| (target.clone(), at)));
        }
    }
    println!("functions          {}", functions.len());
    // From the end, so that places before stay where they are.
    for root in (0..roots).rev() {
        let Some((file, (line, column))) = functions.get(root * functions.len() / roots) else {
            continue;
        };
        let text = std::fs::read_to_string(file).expect("it is text");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (before, after) = lines.split_at(line - 1);
        let at: usize = after[0].chars().take(*column).map(char::len_utf8).sum();
        let (indent, rest) = after[0].split_at(at);
        let text = [
            &before.concat(),
            indent,
            "#[checkpoint] ",
            rest,
            &after[1..].concat(),
        ]
        .concat();
        std::fs::write(file, text).expect("a file");
    }
    let manifest = to.join("Cargo.toml");
    let mut text = std::fs::read_to_string(&manifest).expect("a manifest");
    if !text.lines().any(|line| line.trim() == "[workspace]") {
        text.push_str("\n[workspace]\n");
    }
    std::fs::write(manifest, text).expect("a file");
}
