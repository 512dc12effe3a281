//! Makes mutants: bodies that return a default, operators that are swapped, and impls that take over a call.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::accuracy::subject::Copy;

/// One change of one file.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// What it does and where; unique in its subject.
    pub(super) name: String,
    /// The file.
    pub(super) path: PathBuf,
    start: usize,
    end: usize,
    text: String,
}

impl Mutant {
    /// Changes the file and returns its text before.
    pub(super) fn apply(&self) -> Result<String> {
        let original = std::fs::read_to_string(&self.path)?;
        let mutated = format!(
            "{}{}{}",
            &original[..self.start],
            self.text,
            &original[self.end..]
        );
        std::fs::write(&self.path, mutated)?;
        Ok(original)
    }
}

/// All mutants of a copy's libraries, in an order that is the same every time and mixes files and kinds.
pub(super) fn all(copy: &Copy) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    for (package, folder) in &copy.packages {
        let mut files = Vec::new();
        for file in copy.sources(folder) {
            if file.starts_with("src") && !file.ends_with("tests.rs") {
                let text = std::fs::read_to_string(folder.join(&file))?;
                if let Ok(parsed) = syn::parse_file(&text) {
                    files.push((file, parsed));
                }
            }
        }
        let known = Known::of(files.iter().map(|(_, parsed)| parsed));
        for (file, parsed) in &files {
            let mut collector = Collector {
                path: folder.join(file),
                place: format!("{package}/{}", file.display()),
                known: &known,
                mutants: &mut mutants,
            };
            collector.visit_file(parsed);
        }
    }
    mutants.sort_by_key(|mutant| *blake3::hash(mutant.name.as_bytes()).as_bytes());
    Ok(mutants)
}

/// What impls of a package need to know of each other.
#[derive(Default)]
struct Known {
    /// Types that have a `Drop` or are `Copy`.
    no_drop: BTreeSet<String>,
    /// The default methods of traits, without their bodies.
    defaults: BTreeMap<String, Vec<(String, String)>>,
}

impl Known {
    fn of<'a>(files: impl Iterator<Item = &'a syn::File>) -> Self {
        let mut known = Self::default();
        for file in files {
            known.visit_file(file);
        }
        known
    }
}

impl<'ast> Visit<'ast> for Known {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if matches!(trait_name(item).as_deref(), Some("Drop" | "Copy")) {
            self.no_drop.extend(type_name(&item.self_ty));
        }
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let defaults = item.items.iter().filter_map(|item| match item {
            syn::TraitItem::Fn(method) if method.default.is_some() => {
                let signature = method.sig.to_token_stream().to_string();
                Some((method.sig.ident.to_string(), signature))
            }
            _ => None,
        });
        self.defaults
            .insert(item.ident.to_string(), defaults.collect());
    }
}

struct Collector<'a> {
    path: PathBuf,
    place: String,
    known: &'a Known,
    mutants: &'a mut Vec<Mutant>,
}

impl Collector<'_> {
    fn add(&mut self, span: proc_macro2::Span, text: String, what: &str) {
        let range = span.byte_range();
        let start = span.start();
        let name = format!("{}:{}:{}: {what}", self.place, start.line, start.column);
        self.mutants.push(Mutant {
            name,
            path: self.path.clone(),
            start: range.start,
            end: range.end,
            text,
        });
    }

    /// Adds text behind a place.
    fn insert(&mut self, after: proc_macro2::Span, text: String, what: &str) {
        let count = self.mutants.len();
        self.add(after, text, what);
        if let Some(mutant) = self.mutants.get_mut(count) {
            mutant.start = mutant.end;
        }
    }

    fn body(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if signature.constness.is_none() && !block.stmts.is_empty() {
            for value in defaults(&signature.output) {
                let what = format!("body of {} is {value}", signature.ident);
                self.add(block.span(), format!("{{ {value} }}"), &what);
            }
        }
    }

    fn within(&mut self, signature: &syn::Signature, block: &syn::Block) {
        self.body(signature, block);
        visit::visit_block(self, block);
    }

    fn take_over(&mut self, item: &syn::ItemImpl) {
        let Some(name) = trait_name(item) else { return };
        let (generics, _, clause) = item.generics.split_for_impl();
        let header = format!(
            "impl {} {} {}",
            generics.to_token_stream(),
            item.self_ty.to_token_stream(),
            clause.to_token_stream()
        );
        let mut own = BTreeSet::new();
        for method in item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method),
            _ => None,
        }) {
            own.insert(method.sig.ident.to_string());
            if method.sig.receiver().is_some() && type_name(&item.self_ty).is_some() {
                let text = format!(
                    " {header} {{ pub {} {{ panic!() }} }}",
                    method.sig.to_token_stream()
                );
                let what = format!("inherent {} shadows that of {name}", method.sig.ident);
                self.insert(item.brace_token.span.close(), text, &what);
            }
        }
        let known = self.known;
        for (default, signature) in known.defaults.get(&name).into_iter().flatten() {
            if !own.contains(default) {
                let text = format!(" {signature} {{ panic!() }} ");
                let what = format!("default {default} of {name} is overridden");
                self.insert(item.brace_token.span.open(), text, &what);
            }
        }
    }

    fn drop_of(&mut self, ident: &syn::Ident, generics: &syn::Generics, end: proc_macro2::Span) {
        if self.known.no_drop.contains(&ident.to_string()) {
            return;
        }
        let (generics, arguments, clause) = generics.split_for_impl();
        let text = format!(
            " impl {} Drop for {ident} {} {} {{ fn drop(&mut self) {{ panic!() }} }}",
            generics.to_token_stream(),
            arguments.to_token_stream(),
            clause.to_token_stream()
        );
        self.insert(end, text, &format!("{ident} gets a Drop"));
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            self.within(&item.sig, &item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.within(&item.sig, block);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_test(&item.attrs) {
            self.take_over(item);
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.drop_of(&item.ident, &item.generics, item.span());
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.drop_of(&item.ident, &item.generics, item.span());
    }

    fn visit_expr_binary(&mut self, expression: &'ast syn::ExprBinary) {
        let operator = expression.op.to_token_stream().to_string();
        for other in swapped(&operator) {
            let what = format!("{operator} becomes {other}");
            self.add(expression.op.span(), (*other).to_owned(), &what);
        }
        visit::visit_expr_binary(self, expression);
    }

    fn visit_expr_unary(&mut self, expression: &'ast syn::ExprUnary) {
        if !matches!(expression.op, syn::UnOp::Deref(_)) {
            let what = format!("{} goes", expression.op.to_token_stream());
            self.add(expression.op.span(), String::new(), &what);
        }
        visit::visit_expr_unary(self, expression);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.meta.to_token_stream().to_string();
        text == "test" || (text.starts_with("cfg") && text.contains("test"))
    })
}

fn trait_name(item: &syn::ItemImpl) -> Option<String> {
    let (path, _) = item.trait_.as_ref()?;
    Some(path.segments.last()?.ident.to_string())
}

fn type_name(kind: &syn::Type) -> Option<String> {
    match kind {
        syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// Values that a result's type may have, as far as its spelling tells.
fn defaults(output: &syn::ReturnType) -> Vec<String> {
    let syn::ReturnType::Type(_, kind) = output else {
        return vec!["()".to_owned()];
    };
    let values = values(kind);
    if values.is_empty() {
        vec!["Default::default()".to_owned()]
    } else {
        values
    }
}

fn values(kind: &syn::Type) -> Vec<String> {
    let text = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let path = match kind {
        syn::Type::Path(path) => path,
        syn::Type::Never(_) => return text(&["panic!()"]),
        syn::Type::Reference(reference) => {
            let inner = reference.elem.to_token_stream().to_string();
            return match inner.as_str() {
                "str" => text(&["\"\"", "\"xyzzy\""]),
                "[u8]" => text(&["b\"\""]),
                _ => text(&["panic!()"]),
            };
        }
        _ => return Vec::new(),
    };
    let Some(last) = path.path.segments.last() else {
        return Vec::new();
    };
    let argument = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(kind)) => Some(kind),
            _ => None,
        },
        _ => None,
    };
    let wrapped = |wrapper: &str| -> Vec<String> {
        let inner = argument.map_or_else(|| vec!["()".to_owned()], values);
        let inner = if inner.is_empty() {
            vec!["Default::default()".to_owned()]
        } else {
            inner
        };
        inner
            .iter()
            .map(|value| format!("{wrapper}({value})"))
            .collect()
    };
    match last.ident.to_string().as_str() {
        "bool" => text(&["true", "false"]),
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => text(&["0", "1"]),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => text(&["0", "1", "-1"]),
        "f32" | "f64" => text(&["0.0", "1.0", "-1.0"]),
        "char" => text(&["'x'"]),
        "String" => text(&["String::new()", "\"xyzzy\".into()"]),
        "Vec" => text(&["Vec::new()"]),
        "Ordering" => text(&["core::cmp::Ordering::Equal", "core::cmp::Ordering::Less"]),
        "Option" => {
            let mut values = wrapped("Some");
            values.push("None".to_owned());
            values
        }
        "Result" => wrapped("Ok"),
        "Box" => wrapped("Box::new"),
        _ => text(&["Default::default()", "panic!()"]),
    }
}

fn swapped(operator: &str) -> &'static [&'static str] {
    match operator {
        "==" => &["!="],
        "!=" => &["=="],
        "&&" => &["||"],
        "||" => &["&&"],
        "<" => &["==", ">", "<="],
        ">" => &["==", "<", ">="],
        "<=" => &[">"],
        ">=" => &["<"],
        "+" => &["-", "*"],
        "-" | "*" => &["+", "/"],
        "/" => &["%", "*"],
        "%" => &["/", "+"],
        "<<" => &[">>"],
        ">>" => &["<<"],
        "&" => &["|", "^"],
        "|" => &["&", "^"],
        "^" => &["|", "&"],
        "+=" => &["-=", "*="],
        "-=" | "*=" => &["+="],
        "/=" => &["*="],
        "<<=" => &[">>="],
        ">>=" => &["<<="],
        "&=" => &["|="],
        "|=" => &["&="],
        "^=" => &["|="],
        _ => &[],
    }
}
