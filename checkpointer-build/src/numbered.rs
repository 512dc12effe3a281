//! Numbers for equal values, so that what thousands of closures go through is compared once and marked in a row of bits.

use std::cell::RefCell;
use std::hash::Hash;
use std::rc::Rc;

use crate::map::HashMap;

/// Values that were given numbers, each once.
#[derive(Debug)]
pub(crate) struct Numbered<T: ?Sized> {
    numbers: RefCell<HashMap<Rc<T>, u32>>,
    values: RefCell<Vec<Rc<T>>>,
}

impl<T: ?Sized> Default for Numbered<T> {
    fn default() -> Self {
        Numbered {
            numbers: RefCell::default(),
            values: RefCell::default(),
        }
    }
}

impl<T: Hash + Eq + ?Sized> Numbered<T> {
    /// The number of a value, which it gets if it has none.
    pub(crate) fn number(&self, value: impl Into<Rc<T>>) -> u32 {
        let value = value.into();
        let mut values = self.values.borrow_mut();
        let next = values.len() as u32;
        *self
            .numbers
            .borrow_mut()
            .entry(value)
            .or_insert_with_key(|value| {
                values.push(Rc::clone(value));
                next
            })
    }

    /// The value of a number.
    pub(crate) fn value(&self, number: u32) -> Rc<T> {
        Rc::clone(&self.values.borrow()[number as usize])
    }
}

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let (at, bit) = (number as usize / 64, 1 << (number % 64));
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        let word = &mut self.0[at];
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        match self.0.get(number as usize / 64) {
            Some(word) => *word >> (number % 64) & 1 == 1,
            None => false,
        }
    }

    /// Takes in all of another set.
    pub(crate) fn extend(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    // There is no word behind the last number's.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All numbers, the smallest first.
    pub(crate) fn sorted(&self) -> Vec<u32> {
        let mut all = Vec::new();
        let mut first = 0;
        for word in &self.0 {
            let mut rest = *word;
            while rest != 0 {
                all.push(first + rest.trailing_zeros());
                rest &= rest - 1;
            }
            first += 64;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number_each_that_leads_back() {
        let all: Numbered<str> = Numbered::default();
        let numbers = ["a", "b", "a"].map(|text| all.number(text));
        assert_eq!(numbers, [0, 1, 0]);
        assert_eq!(&*all.value(1), "b");
    }

    #[test]
    fn a_set_knows_its_numbers_whatever_their_order() {
        let mut bits = Bits::default();
        let inserted = [130, 0, 63, 64, 0].map(|number| bits.insert(number));
        assert_eq!(inserted, [true, true, true, true, false]);
        assert_eq!(bits.sorted(), [0, 63, 64, 130]);
        assert!(bits.contains(130) && !bits.contains(1) && !bits.contains(4000));
        let mut other = Bits::default();
        assert!(other.is_empty());
        other.insert(1);
        other.extend(&bits);
        assert_eq!(other.sorted(), [0, 1, 63, 64, 130]);
    }
}
