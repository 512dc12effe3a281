//! Stands in for `checkpointer_build::build()` until that reads this crate: each function's code hash is that of its own
//! tokens, and what it depends on is not followed.

use std::path::Path;

use checkpointer_syntax::table::{self, Row, Table};
use checkpointer_syntax::{path, tokens};
use quote::ToTokens;
use syn::visit::{self, Visit};

fn main() {
    let mut table = Table::default();
    read(
        Path::new("src/lib.rs"),
        "lib",
        "checkpointer_testing",
        &mut table,
    );
    for entry in std::fs::read_dir("tests").expect("the folder is there") {
        let file = entry.expect("the folder can be read").path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            let name = file
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            read(&file, &format!("test {name}"), &name, &mut table);
        }
    }
    let out = std::env::var("OUT_DIR").expect("Cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join(table::FILE_NAME), table.write())
        .expect("OUT_DIR can be written");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=tests");
}

fn read(file: &Path, target: &str, root: &str, table: &mut Table) {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let Ok(parsed) = syn::parse_file(&text) else {
        return;
    };
    let mut reader = Reader {
        file: file.to_string_lossy().into_owned(),
        target: target.to_owned(),
        module: root.to_owned(),
        impls: Vec::new(),
        table,
    };
    reader.visit_file(&parsed);
}

struct Reader<'a> {
    file: String,
    target: String,
    module: String,
    impls: Vec<(String, Option<String>)>,
    table: &'a mut Table,
}

impl Reader<'_> {
    fn add(
        &mut self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        block: &syn::Block,
        in_impl: bool,
    ) {
        if !attributes.iter().any(|a| {
            a.path()
                .segments
                .last()
                .is_some_and(|s| s.ident == "checkpoint")
        }) {
            return;
        }
        let name = signature.ident.to_string();
        let (path, kind) = match self.impls.last().filter(|_| in_impl) {
            Some((ty, None)) => (path::inherent(&self.module, ty, &name), "inherent"),
            Some((ty, Some(of))) => (path::in_trait_impl(&self.module, ty, of, &name), "trait"),
            None => (path::child(&self.module, &name), "free"),
        };
        let own_hash = tokens::own_hash(signature, block);
        let at = signature.ident.span().start();
        let text = block.to_token_stream().to_string();
        let statics: Vec<String> = ["LEVEL", "FACTOR", "LOCAL", "ONCE"]
            .into_iter()
            .filter(|name| text.contains(name))
            .map(|name| format!("{}::{name}", self.module))
            .collect();
        self.table.rows.push(Row {
            path,
            target: self.target.clone(),
            file: self.file.clone(),
            line: at.line as u32,
            name_at: (at.line as u32, at.column as u32 + 1),
            kind: kind.into(),
            code_hash: own_hash.clone(),
            capture_hash: own_hash.chars().rev().collect(),
            own_hash,
            captured: statics.clone(),
            statics,
            ..Row::default()
        });
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let outer = self.module.clone();
        self.module = path::child(&outer, &item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module = outer;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let ty = item.self_ty.to_token_stream().to_string().replace(' ', "");
        let of = item.trait_.as_ref().map(|_| "Trait".to_owned());
        self.impls.push((ty, of));
        visit::visit_item_impl(self, item);
        self.impls.pop();
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.attrs, &item.sig, &item.block, true);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.attrs, &item.sig, &item.block, false);
        visit::visit_item_fn(self, item);
    }
}
