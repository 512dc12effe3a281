//! Which statics a function uses without taking them into its key.

use super::{Uncaptured, Writer};

use crate::ir::{Attributes, ItemKind};
use crate::reach::Closure;
use crate::ty::{NodeId, Ty};

impl Writer<'_, '_, '_, '_> {
    pub(super) fn uncaptured(
        &self,
        root: NodeId,
        closure: &Closure,
        attributes: &Attributes,
    ) -> Option<Uncaptured> {
        let chosen = attributes.checkpoint.iter().find_map(|layer| layer.capture);
        let captures = chosen.unwrap_or(self.request.capture);
        let replaced = attributes.checkpoint.iter().all(|layer| layer.version);
        let by_preset = attributes.checkpoint.iter().any(|layer| layer.using) && chosen.is_none();
        if replaced || by_preset {
            return None;
        }
        let mut names: Vec<String> = self
            .statics(closure)
            .into_iter()
            .filter(|id| match self.attributes(*id).and_then(|a| a.capture) {
                Some(false) => false,
                Some(true) => !captures,
                None => !captures || !self.is_plain_static(*id),
            })
            .map(|id| self.id(id))
            // Where the run time is a path dependency its own statics are read, too; no result depends on them.
            .filter(|id| !id.starts_with("checkpointer_runtime::"))
            .collect();
        names.sort();
        if names.is_empty() {
            return None;
        }
        let node = self.world.node(root);
        Some(Uncaptured {
            function: self.id(root),
            place: format!("{}:{}", self.world.file(node.file).shown, node.start.line),
            statics: names,
            unmarked: captures,
        })
    }

    pub(super) fn is_plain_static(&self, id: NodeId) -> bool {
        let Some(item) = self.world.node(id).item() else {
            return false;
        };
        let ItemKind::Static(data) = &item.kind else {
            return false;
        };
        let scope = self.graph.program.scope(id);
        self.is_plain(&self.graph.program.ty(&data.ty, &scope), 0)
    }

    /// Whether a value of this type can't change behind a shared reference.
    pub(super) fn is_plain(&self, ty: &Ty, depth: u32) -> bool {
        if depth > 8 {
            return false;
        }
        match ty {
            Ty::Prim(_) | Ty::Function(..) => true,
            Ty::Ref(inner) | Ty::Slice(inner) | Ty::Array(inner) => self.is_plain(inner, depth + 1),
            Ty::Tuple(parts) => parts.iter().all(|part| self.is_plain(part, depth + 1)),
            Ty::Std(name, args) => {
                matches!(
                    &**name,
                    "Option" | "Result" | "Duration" | "String" | "Vec" | "CStr" | "Ordering"
                ) && args.iter().all(|arg| self.is_plain(arg, depth + 1))
            }
            Ty::Adt(node, _) => {
                let scope = self.graph.program.scope(*node);
                let fields: Vec<&crate::ir::Field> =
                    match self.world.node(*node).item().map(|item| &item.kind) {
                        Some(ItemKind::Struct(data)) => data.fields.fields.iter().collect(),
                        Some(ItemKind::Enum(data)) => data
                            .variants
                            .iter()
                            .flat_map(|v| &v.fields.fields)
                            .collect(),
                        _ => return false,
                    };
                fields.iter().all(|field| {
                    self.is_plain(&self.graph.program.ty(&field.ty, &scope), depth + 1)
                })
            }
            _ => false,
        }
    }
}
