//! Paths, with their generic arguments and bounds.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, TypeParamBound};

use super::Lower;
use crate::ir::{GenericArgs, Path, QSelf, Segment, Type};
use crate::symbol::Symbol;

impl Lower<'_> {
    /// A path without qualified self type.
    pub(super) fn path(&mut self, path: &mut syn::Path) -> Path {
        let at = match path.segments.first() {
            Some(first) => self.pos(first.ident.span()),
            None => self.at,
        };
        Path {
            qself: None,
            global: path.leading_colon.is_some(),
            segments: self.segments(path, 0),
            at,
        }
    }

    /// A path in an expression, pattern or type.
    pub(super) fn qualified(
        &mut self,
        qself: Option<&mut syn::QSelf>,
        path: &mut syn::Path,
    ) -> Path {
        let Some(qself) = qself else {
            return self.path(path);
        };
        let at = self.pos(qself.lt_token.span);
        let as_trait = (qself.position > 0).then(|| {
            let mut all = self.segments(path, 0);
            all.truncate(qself.position);
            Path {
                qself: None,
                global: path.leading_colon.is_some(),
                segments: all,
                at,
            }
        });
        Path {
            qself: Some(Box::new(QSelf {
                ty: self.ty(&mut qself.ty),
                as_trait,
            })),
            global: false,
            segments: self.segments(path, qself.position),
            at,
        }
    }

    fn segments(&mut self, path: &mut syn::Path, skip: usize) -> Vec<Segment> {
        path.segments
            .iter_mut()
            .skip(skip)
            .map(|segment| Segment {
                name: self.name(&segment.ident),
                args: match &mut segment.arguments {
                    PathArguments::None => None,
                    PathArguments::AngleBracketed(args) => Some(Box::new(self.generic_args(args))),
                    PathArguments::Parenthesized(args) => Some(Box::new(GenericArgs {
                        parenthesized: Some((
                            args.inputs
                                .iter_mut()
                                .map(|input| self.ty(&mut input.ty))
                                .collect(),
                            Box::new(self.result_or_unit(&mut args.output)),
                        )),
                        ..GenericArgs::default()
                    })),
                },
            })
            .collect()
    }

    pub(super) fn generic_args(
        &mut self,
        args: &mut syn::AngleBracketedGenericArguments,
    ) -> GenericArgs {
        let mut out = GenericArgs::default();
        for arg in &mut args.args {
            match arg {
                GenericArgument::Type(ty) => out.types.push(self.ty(ty)),
                GenericArgument::Const(value) => out.consts.push(self.expr(value)),
                GenericArgument::AssocType(binding) => {
                    let name = self.name(&binding.ident);
                    let ty = self.ty(&mut binding.ty);
                    out.bindings.push((name, ty));
                    self.mentioned_args(binding.generics.as_mut(), &mut out);
                }
                GenericArgument::AssocConst(binding) => {
                    out.consts.push(self.expr(&mut binding.value));
                    self.mentioned_args(binding.generics.as_mut(), &mut out);
                }
                GenericArgument::Constraint(constraint) => {
                    let name = self.name(&constraint.ident);
                    let bounds = self.bounds(&mut constraint.bounds);
                    out.constraints.push((name, bounds));
                    self.mentioned_args(constraint.generics.as_mut(), &mut out);
                }
                _ => {}
            }
        }
        out
    }

    /// The arguments of a generic associated type, which have no place of their own: they are kept
    /// as bindings of no name, so that what they mention counts.
    fn mentioned_args(
        &mut self,
        args: Option<&mut syn::AngleBracketedGenericArguments>,
        out: &mut GenericArgs,
    ) {
        let Some(args) = args else { return };
        let nested = self.generic_args(args);
        let nameless = Symbol::new("");
        out.bindings
            .extend(nested.types.into_iter().map(|ty| (nameless, ty)));
        out.bindings
            .extend(nested.bindings.into_iter().map(|(_, ty)| (nameless, ty)));
        out.consts.extend(nested.consts);
    }

    /// The traits of a list of bounds; lifetimes and `?Sized` are left out.
    pub(super) fn bounds<'b>(
        &mut self,
        bounds: impl IntoIterator<Item = &'b mut TypeParamBound>,
    ) -> Vec<Path> {
        bounds
            .into_iter()
            .filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) if bound.maybe.is_none() => {
                    Some(self.path(&mut bound.path))
                }
                TypeParamBound::Verbatim(tokens) => {
                    let mut path = trait_behind_modifiers(tokens.clone())?;
                    Some(self.path(&mut path))
                }
                _ => None,
            })
            .collect()
    }

    pub(super) fn result_or_unit(&mut self, output: &mut syn::ReturnType) -> Type {
        match output {
            syn::ReturnType::Default => Type::Tuple(Vec::new()),
            syn::ReturnType::Type(_, ty) => self.ty(ty),
        }
    }
}

/// The trait of a bound in unstable spelling: `const Trait`, `~const Trait`, `[const] Trait`,
/// `async Fn()`, `for<'a> async Fn(&'a T)`.
fn trait_behind_modifiers(tokens: TokenStream) -> Option<syn::Path> {
    let mut rest: Vec<TokenTree> = tokens.into_iter().collect();
    if let [TokenTree::Group(group)] = rest.as_slice()
        && group.delimiter() != Delimiter::Bracket
    {
        return trait_behind_modifiers(group.stream());
    }
    while !rest.is_empty() {
        let is_modifier = match &rest[0] {
            TokenTree::Punct(_) | TokenTree::Group(_) => true,
            TokenTree::Ident(name) => name == "const" || name == "async" || name == "for",
            TokenTree::Literal(_) => true,
        };
        if !is_modifier && let Ok(path) = syn::parse2(rest.iter().cloned().collect()) {
            return Some(path);
        }
        rest.remove(0);
    }
    None
}
