//! `use`: one item for each leaf of the tree.

use syn::UseTree;

use super::Lower;
use super::item::{Head, Parts};
use crate::ir::{Item, ItemKind, Use};
use crate::symbol::Symbol;

impl Lower<'_> {
    pub(super) fn import(&mut self, import: &syn::ItemUse, out: &mut Vec<Item>) {
        let head = self.head(&Parts {
            attrs: &import.attrs,
            vis: Some(&import.vis),
            first: import.use_token.span,
            name: None,
            last: import.semi_token.span,
        });
        let global = import.leading_colon.is_some();
        self.leaves(&import.tree, &mut Vec::new(), global, &head, out);
    }

    fn leaves(
        &mut self,
        tree: &UseTree,
        prefix: &mut Vec<Symbol>,
        global: bool,
        head: &Head,
        out: &mut Vec<Item>,
    ) {
        match tree {
            UseTree::Path(step) => {
                prefix.push(self.name(&step.ident));
                self.leaves(&step.tree, prefix, global, head, out);
                prefix.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.leaves(tree, prefix, global, head, out);
                }
            }
            UseTree::Glob(glob) => {
                let leaf = Use {
                    path: prefix.clone(),
                    global,
                    glob: true,
                    is_self: false,
                };
                self.leaf(leaf, Symbol::new(""), glob.star_token.span, head, out);
            }
            UseTree::Name(name) => {
                let leaf = self.named(&name.ident, prefix, global);
                let binds = leaf.path.last().copied().unwrap_or_else(|| Symbol::new(""));
                self.leaf(leaf, binds, name.ident.span(), head, out);
            }
            UseTree::Rename(rename) => {
                let leaf = self.named(&rename.ident, prefix, global);
                let binds = self.name(&rename.rename);
                self.leaf(leaf, binds, rename.rename.span(), head, out);
            }
        }
    }

    fn named(&mut self, ident: &syn::Ident, prefix: &[Symbol], global: bool) -> Use {
        let is_self = ident == "self" && !prefix.is_empty();
        let mut path = prefix.to_vec();
        if !is_self {
            path.push(self.name(ident));
        }
        Use {
            path,
            global,
            glob: false,
            is_self,
        }
    }

    fn leaf(
        &mut self,
        leaf: Use,
        binds: Symbol,
        at: proc_macro2::Span,
        head: &Head,
        out: &mut Vec<Item>,
    ) {
        out.push(Item {
            name: binds,
            cfg: head.cfg.clone(),
            start: head.start,
            name_at: self.pos(at),
            end_line: head.end_line,
            tokens: [0; 32],
            visibility: head.visibility.clone(),
            attributes: head.attributes.clone(),
            kind: ItemKind::Use(leaf),
        });
    }
}
