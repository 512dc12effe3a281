//! The pass over the syntax tree: what a formatter may add or drop goes, what a program can feel stays.

use std::mem;

use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, Item, Pat, ReturnType, Stmt, Type, UseTree, Visibility};

use super::{Nested, attributes, macros, unwrap};

/// Rewrites whatever it visits, innermost first.
pub(super) struct Rewriter {
    nested: Nested,
}

impl Rewriter {
    pub(super) fn new(nested: Nested) -> Rewriter {
        Rewriter { nested }
    }
}

fn trim<T, P>(list: &mut Punctuated<T, P>) {
    if list.trailing_punct() {
        list.pop_punct();
    }
}

fn without_colons(path: &mut syn::Path) {
    for segment in &mut path.segments {
        if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token = None;
        }
    }
}

/// Overrides that drop a trailing separator and walk on.
macro_rules! trimmed {
    ($($visit:ident($node:ident: $kind:ident) { $($list:ident),+ })*) => {
        $(fn $visit(&mut self, $node: &mut syn::$kind) {
            $(trim(&mut $node.$list);)+
            visit_mut::$visit(self, $node);
        })*
    };
}

impl VisitMut for Rewriter {
    trimmed! {
        visit_expr_array_mut(node: ExprArray) { elems }
        visit_expr_call_mut(node: ExprCall) { args }
        visit_expr_method_call_mut(node: ExprMethodCall) { args }
        visit_expr_struct_mut(node: ExprStruct) { fields }
        visit_expr_tuple_mut(node: ExprTuple) { elems }
        visit_fields_named_mut(node: FieldsNamed) { named }
        visit_fields_unnamed_mut(node: FieldsUnnamed) { unnamed }
        visit_item_enum_mut(node: ItemEnum) { variants }
        visit_item_trait_alias_mut(node: ItemTraitAlias) { bounds }
        visit_bound_lifetimes_mut(node: BoundLifetimes) { lifetimes }
        visit_constraint_mut(node: Constraint) { bounds }
        visit_predicate_lifetime_mut(node: PredicateLifetime) { bounds }
        visit_predicate_type_mut(node: PredicateType) { bounds }
        visit_precise_capture_mut(node: PreciseCapture) { params }
        visit_angle_bracketed_generic_arguments_mut(node: AngleBracketedGenericArguments) { args }
        visit_parenthesized_generic_arguments_mut(node: ParenthesizedGenericArguments) { inputs }
        visit_pat_slice_mut(node: PatSlice) { elems }
        visit_pat_struct_mut(node: PatStruct) { fields }
        visit_pat_tuple_mut(node: PatTuple) { elems }
        visit_pat_tuple_struct_mut(node: PatTupleStruct) { elems }
        visit_type_tuple_mut(node: TypeTuple) { elems }
        visit_type_impl_trait_mut(node: TypeImplTrait) { bounds }
        visit_type_trait_object_mut(node: TypeTraitObject) { bounds }
    }

    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        if !attrs.is_empty() {
            attributes::normalize(attrs, self);
        }
    }

    fn visit_visibility_mut(&mut self, visibility: &mut Visibility) {
        *visibility = Visibility::Inherited;
    }

    fn visit_abi_mut(&mut self, abi: &mut syn::Abi) {
        abi.name
            .get_or_insert_with(|| syn::LitStr::new("C", Span::call_site()));
    }

    fn visit_generics_mut(&mut self, generics: &mut syn::Generics) {
        trim(&mut generics.params);
        if let Some(clause) = &mut generics.where_clause {
            trim(&mut clause.predicates);
            if clause.predicates.is_empty() {
                generics.where_clause = None;
            }
        }
        visit_mut::visit_generics_mut(self, generics);
    }

    fn visit_lifetime_param_mut(&mut self, param: &mut syn::LifetimeParam) {
        trim(&mut param.bounds);
        if param.bounds.is_empty() {
            param.colon_token = None;
        }
        visit_mut::visit_lifetime_param_mut(self, param);
    }

    fn visit_type_param_mut(&mut self, param: &mut syn::TypeParam) {
        trim(&mut param.bounds);
        if param.bounds.is_empty() {
            param.colon_token = None;
        }
        visit_mut::visit_type_param_mut(self, param);
    }

    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        trim(&mut item.supertraits);
        if item.supertraits.is_empty() {
            item.colon_token = None;
        }
        visit_mut::visit_item_trait_mut(self, item);
    }

    fn visit_trait_item_type_mut(&mut self, item: &mut syn::TraitItemType) {
        trim(&mut item.bounds);
        if item.bounds.is_empty() {
            item.colon_token = None;
        }
        visit_mut::visit_trait_item_type_mut(self, item);
    }

    // Most of a tree are names, and nothing below them is rewritten: the walk need not go there.
    fn visit_ident_mut(&mut self, _: &mut syn::Ident) {}

    fn visit_lifetime_mut(&mut self, _: &mut syn::Lifetime) {}

    fn visit_lit_mut(&mut self, _: &mut syn::Lit) {}

    fn visit_member_mut(&mut self, _: &mut syn::Member) {}

    fn visit_bin_op_mut(&mut self, _: &mut syn::BinOp) {}

    fn visit_un_op_mut(&mut self, _: &mut syn::UnOp) {}

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .segments
            .iter()
            .any(|segment| !segment.arguments.is_none())
        {
            visit_mut::visit_path_mut(self, path);
        }
    }

    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        let empty = matches!(&segment.arguments, syn::PathArguments::AngleBracketed(list) if list.args.is_empty());
        if empty {
            segment.arguments = syn::PathArguments::None;
        }
        visit_mut::visit_path_segment_mut(self, segment);
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        trim(&mut signature.inputs);
        if let Some(variadic) = &mut signature.variadic {
            variadic.comma = None;
        }
        visit_mut::visit_signature_mut(self, signature);
    }

    // `A::<B>` is `A<B>` where nothing but a type can stand; in an expression it is not.
    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        without_colons(&mut ty.path);
        visit_mut::visit_type_path_mut(self, ty);
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        if let Some(of) = &mut item.trait_ {
            without_colons(&mut of.0);
        }
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
        without_colons(&mut bound.path);
        visit_mut::visit_trait_bound_mut(self, bound);
    }

    fn visit_type_fn_ptr_mut(&mut self, ty: &mut syn::TypeFnPtr) {
        trim(&mut ty.inputs);
        if let Some(variadic) = &mut ty.variadic {
            variadic.comma = None;
        }
        visit_mut::visit_type_fn_ptr_mut(self, ty);
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        unwrap::type_group(ty);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        visit_mut::visit_pat_mut(self, pat);
        if let Pat::Or(or) = pat {
            or.leading_vert = None;
            if or.cases.len() == 1 && or.attrs.is_empty() {
                let only = mem::take(&mut or.cases).into_iter().next();
                *pat = only.expect("one case was counted");
            }
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        unwrap::group(expr);
        unwrap::parentheses(expr);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        trim(&mut closure.inputs);
        visit_mut::visit_expr_closure_mut(self, closure);
        if matches!(closure.output, ReturnType::Default) {
            unwrap::braces(&mut closure.body);
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        visit_mut::visit_arm_mut(self, arm);
        unwrap::braces(&mut arm.body);
        // Always there: `A => return, B(x) => …` without it would read like `A => return B, (x) => …`.
        arm.comma = Some(Default::default());
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        if self.nested == Nested::Cut {
            block
                .stmts
                .retain(|statement| !matches!(statement, Stmt::Item(_)));
        }
        block.stmts.retain(|statement| !is_empty(statement));
        if let Some(Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), semicolon)) =
            block.stmts.last_mut()
        {
            *semicolon = None;
        }
        visit_mut::visit_block_mut(self, block);
        if self.nested == Nested::Keep {
            sort_imports(&mut block.stmts);
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        visit_mut::visit_stmt_mut(self, statement);
        if let Stmt::Macro(call) = statement {
            macros::settle_statement(call);
        }
    }

    fn visit_item_macro_mut(&mut self, item: &mut syn::ItemMacro) {
        self.visit_attributes_mut(&mut item.attrs);
        macros::normalize_item(item, self);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        macros::normalize(mac, self);
    }

    fn visit_use_tree_mut(&mut self, tree: &mut UseTree) {
        visit_mut::visit_use_tree_mut(self, tree);
        sort_group(tree);
    }
}

/// A lone `;`.
fn is_empty(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::Verbatim(tokens), Some(_)) if tokens.is_empty())
}

/// `{a}` is `a`, and the order within braces means nothing.
fn sort_group(tree: &mut UseTree) {
    let UseTree::Group(group) = tree else { return };
    let mut trees: Vec<UseTree> = mem::take(&mut group.items).into_iter().collect();
    if trees.len() == 1 {
        *tree = trees.remove(0);
        return;
    }
    trees.sort_by_cached_key(|tree| tree.to_token_stream().to_string());
    group.items = trees.into_iter().collect();
}

/// The imports of a block hold in all of it, in any order.
fn sort_imports(statements: &mut Vec<Stmt>) {
    let is_import = |statement: &Stmt| matches!(statement, Stmt::Item(Item::Use(_)));
    if !statements.iter().any(is_import) {
        return;
    }
    let (mut sorted, rest): (Vec<Stmt>, Vec<Stmt>) =
        mem::take(statements).into_iter().partition(is_import);
    sorted.sort_by_cached_key(|statement| statement.to_token_stream().to_string());
    sorted.extend(rest);
    *statements = sorted;
}
