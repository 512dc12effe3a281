//! What the names in an item's tokens mean, told apart by block where blocks give one name several meanings.
//!
//! Items and imports in a body hold for their block. Where two blocks have different ones of one name, it counts which
//! block means which; blocks with items or imports are numbered in the order of the tokens. Braces around nothing but an
//! expression are no such block, and leave no trace.

use std::collections::{BTreeMap, BTreeSet};

use super::Meaning;
use crate::symbol::Symbol;

/// The meanings that were noted so far.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    by_name: BTreeMap<Symbol, BTreeMap<u32, BTreeSet<Meaning>>>,
    /// The block that is walked; 0 outside of all.
    block: u32,
    blocks: u32,
}

impl Meanings {
    /// Begins a block with names of its own. Returns the one around, for [`Self::leave`].
    pub(super) fn enter(&mut self) -> u32 {
        self.blocks += 1;
        std::mem::replace(&mut self.block, self.blocks)
    }

    pub(super) fn leave(&mut self, around: u32) {
        self.block = around;
    }

    pub(super) fn note(&mut self, name: Symbol, meaning: Meaning) {
        let blocks = self.by_name.entry(name).or_default();
        blocks.entry(self.block).or_default().insert(meaning);
    }

    /// All of them: `name`, or `name@block` where not all blocks agree.
    pub(super) fn finish(self) -> BTreeSet<(Symbol, Meaning)> {
        let mut all = BTreeSet::new();
        for (name, blocks) in self.by_name {
            let first = blocks.values().next();
            let agree = blocks.values().all(|meanings| Some(meanings) == first);
            for (block, meanings) in &blocks {
                let spelled = if agree {
                    name
                } else {
                    Symbol::new(&format!("{name}@{block}"))
                };
                all.extend(meanings.iter().map(|meaning| (spelled, meaning.clone())));
            }
        }
        all
    }
}
