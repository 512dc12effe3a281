//! Answers that are found once.

use std::cell::RefCell;
use std::hash::Hash;

use crate::map::HashMap;

/// Answers by their question. While one is found, others may be asked for.
#[derive(Debug)]
pub(crate) struct Memo<K, V>(RefCell<HashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(RefCell::default())
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Memo<K, V> {
    /// The known answer, or the one that is found now.
    pub(crate) fn get(&self, key: K, find: impl FnOnce() -> V) -> V {
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(key, found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_once_and_may_ask_for_others() {
        let memo: Memo<u32, u32> = Memo::default();
        let found = memo.get(1, || memo.get(2, || 5) + 1);
        assert_eq!(found, 6);
        assert_eq!([memo.get(1, || 0), memo.get(2, || 0)], [6, 5]);
    }
}
