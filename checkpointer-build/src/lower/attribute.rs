//! Attributes: what they switch on and off, what they derive, and what they mention.

use checkpointer_syntax::options::{DependsOn, Options};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta, Token};

use super::Lower;
use crate::cfg::Predicate;
use crate::ir::{Attributes, Checkpoint, Expr};
use crate::symbol::Symbol;

impl Lower<'_> {
    /// The `cfg` predicates of an item and all else that its attributes say.
    pub(super) fn attributes(&mut self, attrs: &[Attribute]) -> (Vec<Predicate>, Attributes) {
        let mut cfg = Vec::new();
        let mut out = Attributes::default();
        for attribute in attrs {
            self.meta(&attribute.meta, None, &mut cfg, &mut out);
        }
        (cfg, out)
    }

    /// The `cfg` predicates of a statement, expression or arm.
    pub(super) fn cfg(&mut self, attrs: &[Attribute]) -> Vec<Predicate> {
        if attrs.iter().all(|attribute| is_doc(attribute.path())) {
            return Vec::new();
        }
        self.attributes(attrs).0
    }

    /// The attributes of a field, variant or parameter: what they mention counts for the owner.
    pub(super) fn part_attributes(
        &mut self,
        attrs: &[Attribute],
        owner: &mut Attributes,
    ) -> Vec<Predicate> {
        if attrs.iter().all(|attribute| is_doc(attribute.path())) {
            return Vec::new();
        }
        let (cfg, read) = self.attributes(attrs);
        owner.mentions.extend(read.mentions);
        cfg
    }

    fn meta(
        &mut self,
        meta: &Meta,
        condition: Option<&Predicate>,
        cfg: &mut Vec<Predicate>,
        out: &mut Attributes,
    ) {
        let path = meta.path();
        if is_doc(path) {
            return;
        }
        let Some(last) = path.segments.last() else {
            return;
        };
        let name = self.name(&last.ident);
        if path.segments.len() == 1 && self.built_in(name, meta, condition, cfg, out) {
            return;
        }
        match name.as_str() {
            "checkpoint" => return self.checkpoint(meta, out),
            "capture" | "no_capture" => {
                out.capture = Some(name == "capture");
                return self.helper(name, meta, out);
            }
            "distributed_slice" | "ctor" | "dtor" => out.reached_unseen = Some(name),
            "hash_by" => return self.hash_by(meta, out),
            "no_hash" => return,
            _ => {}
        }
        if is_tool(&path.segments[0].ident) && path.segments.len() > 1 {
            return;
        }
        // `tokio::test`, `rstest`, `wasm_bindgen_test`, and those that take cases.
        if name.ends_with("test") || name == "bench" || name == "test_case" || name == "quickcheck"
        {
            out.test = true;
        }
        let path = self.path(&mut path.clone());
        out.foreign.push(path);
        self.helper(name, meta, out);
    }

    /// Attributes that the compiler defines; `false` if this is none.
    fn built_in(
        &mut self,
        name: Symbol,
        meta: &Meta,
        condition: Option<&Predicate>,
        cfg: &mut Vec<Predicate>,
        out: &mut Attributes,
    ) -> bool {
        match name.as_str() {
            "cfg" => cfg.push(read_cfg(meta, condition)),
            "cfg_attr" => self.conditional(meta, condition, cfg, out),
            "unsafe" => {
                if let Meta::List(list) = meta
                    && let Ok(inner) = list.parse_args::<Meta>()
                {
                    self.meta(&inner, condition, cfg, out);
                }
            }
            "derive" | "derive_const" => self.derives(meta, out),
            "path" => {
                if let Some(path) = string_value(meta) {
                    out.paths.push((condition.cloned(), path));
                }
            }
            "macro_export" => {
                out.macro_export = true;
                out.local_inner_macros = matches!(meta, Meta::List(_));
            }
            "global_allocator" => out.global_allocator = true,
            "macro_use" => out.macro_use = true,
            "test" | "bench" => out.test = true,
            "no_mangle" | "export_name" | "used" | "link_section" => {
                out.reached_unseen = Some(name);
            }
            "proc_macro_derive" => {
                let first = match meta {
                    Meta::List(list) => list.tokens.clone().into_iter().next(),
                    _ => None,
                };
                out.proc_macro = Some(match first {
                    Some(proc_macro2::TokenTree::Ident(ident)) => self.name(&ident),
                    _ => Symbol::new(""),
                });
            }
            // The function's own name, which the item carries, is the macro's.
            "proc_macro" | "proc_macro_attribute" => out.proc_macro = Some(Symbol::new("")),
            _ => return is_inert(&name),
        }
        true
    }

    /// `cfg_attr(predicate, attributes…)`: they are taken as given.
    fn conditional(
        &mut self,
        meta: &Meta,
        outer: Option<&Predicate>,
        cfg: &mut Vec<Predicate>,
        out: &mut Attributes,
    ) {
        let Meta::List(list) = meta else { return };
        let parser = |input: ParseStream<'_>| {
            let predicate = Predicate::parse(input)?;
            let mut inner = Vec::new();
            while input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                if !input.is_empty() {
                    inner.push(input.parse::<Meta>()?);
                }
            }
            Ok((predicate, inner))
        };
        let Ok((predicate, inner)) = parser.parse2(list.tokens.clone()) else {
            return;
        };
        if predicate.eval(self.set) == crate::cfg::Truth::False {
            return;
        }
        let predicate = match outer {
            Some(outer) => Predicate::All(vec![outer.clone(), predicate]),
            None => predicate,
        };
        for meta in inner {
            self.meta(&meta, Some(&predicate), cfg, out);
        }
    }

    fn derives(&mut self, meta: &Meta, out: &mut Attributes) {
        let Meta::List(list) = meta else { return };
        let parser = syn::punctuated::Punctuated::<syn::Path, Token![,]>::parse_terminated;
        if let Ok(paths) = parser.parse2(list.tokens.clone()) {
            for mut path in paths {
                let path = self.path(&mut path);
                out.derives.push(path);
            }
        }
    }

    fn checkpoint(&mut self, meta: &Meta, out: &mut Attributes) {
        let options = match meta {
            Meta::List(list) => Options::parse(list.tokens.clone()).0,
            _ => Options::default(),
        };
        let mut layer = Checkpoint {
            capture: options.capture,
            version: options.version.is_some(),
            using: options.using.is_some(),
            files: Vec::new(),
        };
        for dependency in options.depends_on {
            match dependency {
                DependsOn::Item(mut path) => {
                    let path = self.path(&mut path);
                    out.mentions.push(Expr::Path(path));
                }
                DependsOn::Files(pattern) => layer.files.push(pattern.value()),
            }
        }
        if let Some(mut closure) = options.hash_by {
            let closure = self.expr(&mut closure);
            out.mentions.push(closure);
        }
        out.checkpoint.push(layer);
    }

    fn hash_by(&mut self, meta: &Meta, out: &mut Attributes) {
        if let Meta::List(list) = meta
            && let Ok(mut closure) = list.parse_args::<syn::Expr>()
        {
            let closure = self.expr(&mut closure);
            out.mentions.push(closure);
        }
    }
}

fn is_doc(path: &syn::Path) -> bool {
    path.is_ident("doc")
}

/// `cfg(…)`; under `cfg_attr(condition, cfg(…))` it only holds back the item where the condition does.
fn read_cfg(meta: &Meta, condition: Option<&Predicate>) -> Predicate {
    let predicate = match meta {
        Meta::List(list) => Predicate::from_tokens(list.tokens.clone())
            .unwrap_or_else(|_| Predicate::Unknown(list.tokens.to_string())),
        _ => Predicate::Unknown(String::new()),
    };
    match condition {
        Some(condition) => {
            Predicate::Any(vec![Predicate::Not(Box::new(condition.clone())), predicate])
        }
        None => predicate,
    }
}

fn string_value(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Tools whose attributes the compiler leaves alone.
fn is_tool(first: &syn::Ident) -> bool {
    [
        "rustfmt",
        "clippy",
        "rustdoc",
        "diagnostic",
        "miri",
        "rust_analyzer",
    ]
    .iter()
    .any(|tool| first == tool)
}

/// Attributes of the compiler that say nothing about what an item depends on; those that change
/// what it does count by its tokens.
fn is_inert(name: &str) -> bool {
    matches!(
        name,
        "allow"
            | "expect"
            | "warn"
            | "deny"
            | "forbid"
            | "deprecated"
            | "must_use"
            | "inline"
            | "cold"
            | "repr"
            | "ignore"
            | "should_panic"
            | "automatically_derived"
            | "non_exhaustive"
            | "track_caller"
            | "target_feature"
            | "link"
            | "link_name"
            | "link_ordinal"
            | "no_link"
            | "crate_type"
            | "crate_name"
            | "no_main"
            | "no_std"
            | "no_core"
            | "no_builtins"
            | "no_implicit_prelude"
            | "naked"
            | "instruction_set"
            | "recursion_limit"
            | "type_length_limit"
            | "panic_handler"
            | "global_allocator"
            | "windows_subsystem"
            | "feature"
            | "debugger_visualizer"
            | "coverage"
            | "optimize"
            | "stable"
            | "unstable"
            | "fundamental"
            | "marker"
            | "may_dangle"
            | "const_trait"
            | "thread_local"
            | "pointee"
            | "linkage"
            | "ffi_const"
            | "ffi_pure"
            | "doc"
            | "lang"
            | "rustc_on_unimplemented"
            | "type_const"
            | "cfg_eval"
            | "sanitize"
            | "no_sanitize"
            | "allow_internal_unstable"
            | "allow_internal_unsafe"
            | "prelude_import"
    ) || name.starts_with("rustc_")
}
