//! What a store gives of an entry's value: its bytes, or, where the result is an array of numbers, the array itself, so that
//! a large one is neither copied nor held twice.
//!
//! Any bytes are numbers, so these need no decoder. All else of the entry is verified before they become a result, as with
//! every other one.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{MSGPACK, packed_array};
use crate::entry::Layout;
use crate::exact::{self, Words};
#[cfg(feature = "mmap")]
use crate::mapped::{Mapped, View};
use crate::numbers::NumberType;

/// How a result would best be given.
#[derive(Clone, Copy, Debug)]
pub struct Wish(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// As the value's bytes.
    Bytes,
    /// As a vector of such numbers.
    Numbers(NumberType),
    /// As a mapped file of such numbers.
    #[cfg(feature = "mmap")]
    Mapped(NumberType),
}

/// A value as its store gives it.
#[derive(Debug)]
pub enum Content {
    /// The value's bytes.
    Bytes(Bytes),
    /// The numbers of which it consists.
    #[doc(hidden)]
    Numbers(Array),
    /// The mapped file in which they are.
    #[cfg(feature = "mmap")]
    #[doc(hidden)]
    Mapped(View),
}

/// Numbers that were read.
#[derive(Debug)]
pub struct Array {
    pub(crate) number_type: NumberType,
    pub(crate) words: Words,
}

/// Where the numbers of an entry are, whose whole value is an array of the wished type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number_type: NumberType,
    /// Where the first one begins in the frame.
    pub(crate) start: usize,
    /// How many there are.
    pub(crate) count: usize,
    /// Whether they had better be mapped.
    pub(crate) is_to_be_mapped: bool,
}

impl Wish {
    /// The value's bytes, whatever they are.
    pub(crate) const BYTES: Self = Self(Kind::Bytes);

    /// The numbers of this entry, where its layout is true and the value an array as wished.
    pub(crate) fn place(self, layout: &Layout, head: &[u8]) -> Option<Place> {
        let (wished, is_to_be_mapped) = match self.0 {
            Kind::Bytes => return None,
            Kind::Numbers(number_type) => (number_type, false),
            #[cfg(feature = "mmap")]
            Kind::Mapped(number_type) => (number_type, true),
        };
        let (number_type, before) = packed_array(head.get(layout.start..)?, layout.payload)?;
        let bytes = usize::try_from(layout.payload).ok()? - before;
        let is_wished = number_type == wished
            && layout.header.codec == MSGPACK
            && bytes.is_multiple_of(number_type.size())
            && cfg!(target_endian = "little");
        is_wished.then_some(Place {
            number_type,
            start: layout.start + before,
            count: bytes / number_type.size(),
            is_to_be_mapped,
        })
    }
}

/// Calls a macro with every type of number, how it is stored, and the vector of its size.
macro_rules! for_all_numbers {
    ($call:ident) => {
        $call! {
            u8 U8 One, u16 U16 Two, u32 U32 Four, u64 U64 Eight, u128 U128 Sixteen,
            i8 I8 One, i16 I16 Two, i32 I32 Four, i64 I64 Eight, i128 I128 Sixteen,
            f32 F32 Four, f64 F64 Eight,
        }
        #[cfg(target_pointer_width = "64")]
        $call! { usize U64 Eight, isize I64 Eight, }
    };
}

/// How results of type `T` would best be given.
pub(crate) fn wish<T>() -> Wish {
    macro_rules! try_types {
        ($($type:ident $number_type:ident $words:ident,)*) => {
            $(
                #[cfg(feature = "mmap")]
                if exact::same::<T, Mapped<$type>>() {
                    return Wish(Kind::Mapped(NumberType::$number_type));
                }
                if is_made_of::<T, $type>() {
                    return Wish(Kind::Numbers(NumberType::$number_type));
                }
            )*
        };
    }
    for_all_numbers!(try_types);
    Wish::BYTES
}

/// A value of type `T` from numbers as [`wish`] wanted them.
pub(crate) fn adopt<T>(content: Content) -> Option<T> {
    let array = match content {
        Content::Bytes(_) => return None,
        Content::Numbers(array) => array,
        #[cfg(feature = "mmap")]
        Content::Mapped(view) => return adopt_view(&view),
    };
    macro_rules! try_types {
        ($($type:ident $number_type:ident $words:ident,)*) => {
            $(
                if array.number_type == NumberType::$number_type && is_made_of::<T, $type>() {
                    let Words::$words(numbers) = array.words else {
                        return None;
                    };
                    return make::<T, $type>(bytemuck::cast_vec(numbers));
                }
            )*
        };
    }
    for_all_numbers!(try_types);
    None
}

/// Whether a value of type `T` can be made of a vector of such numbers.
fn is_made_of<T, N: 'static>() -> bool {
    #[cfg(feature = "mmap")]
    if exact::same::<T, Mapped<N>>() {
        return true;
    }
    exact::same::<T, Vec<N>>() || exact::same::<T, Arc<Vec<N>>>()
}

fn make<T, N: 'static>(numbers: Vec<N>) -> Option<T> {
    #[cfg(feature = "mmap")]
    if exact::same::<T, Mapped<N>>() {
        return exact::cast(Mapped::from(numbers)).ok();
    }
    match exact::cast(numbers) {
        Ok(vector) => Some(vector),
        Err(numbers) => exact::cast(Arc::new(numbers)).ok(),
    }
}

#[cfg(feature = "mmap")]
fn adopt_view<T>(view: &View) -> Option<T> {
    macro_rules! try_types {
        ($($type:ident $number_type:ident $words:ident,)*) => {
            $(if exact::same::<T, Mapped<$type>>() && view.number_type == NumberType::$number_type {
                return exact::cast(Mapped::<$type>::of(view)?).ok();
            })*
        };
    }
    for_all_numbers!(try_types);
    None
}

/// How many bytes stand in a value before its first number, if it is an array so large that its place matters.
pub(crate) fn before_numbers<T>(value: &T) -> usize {
    /// An array of more bytes has this many before it: marker, four bytes of length, and its type.
    const LARGE: usize = u16::MAX as usize;
    const BEFORE: usize = 6;
    let is_large = exact::numbers(&value)
        .is_some_and(|numbers| numbers.len() * numbers.number_type().size() > LARGE);
    #[cfg(feature = "mmap")]
    let is_large = is_large || crate::mapped::is_larger(value, LARGE);
    if is_large { BEFORE } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    fn words(size: usize, bytes: &[u8]) -> Words {
        let mut room = exact::Room::new(size, bytes.len() / size).expect("a number's size");
        room.push(bytes);
        room.finish().expect("it is full")
    }

    fn array(number_type: NumberType, bytes: &[u8]) -> Content {
        let words = words(number_type.size(), bytes);
        Content::Numbers(Array { number_type, words })
    }

    /// Numbers become what was wished for, and nothing else.
    fn check<T: Debug + PartialEq>(number_type: NumberType, expected: &T) {
        let bytes: Vec<u8> = (1..=48).collect();
        let is_wished = |wish| matches!(wish, Wish(Kind::Numbers(wished)) if wished == number_type);
        assert!(is_wished(wish::<T>()), "{}", std::any::type_name::<T>());
        assert_eq!(
            adopt::<T>(array(number_type, &bytes)).as_ref(),
            Some(expected)
        );
        assert!(adopt::<Vec<char>>(array(number_type, &bytes)).is_none());
        assert!(
            adopt::<T>(array(NumberType::I16, &bytes)).is_none() || number_type == NumberType::I16
        );
        assert!(adopt::<T>(Content::Bytes(Bytes::from(bytes))).is_none());
    }

    #[test]
    fn numbers_become_vectors_of_exactly_their_type() {
        macro_rules! check_types {
            ($($type:ident $number_type:ident $words:ident,)*) => {
                $(
                    let bytes: Vec<u8> = (1..=48).collect();
                    let numbers: Vec<$type> = bytemuck::pod_collect_to_vec(&bytes);
                    check(NumberType::$number_type, &numbers);
                    check(NumberType::$number_type, &Arc::new(numbers));
                )*
            };
        }
        if cfg!(target_endian = "little") {
            for_all_numbers!(check_types);
        }
        assert!(matches!(wish::<Vec<char>>(), Wish(Kind::Bytes)));
        assert!(matches!(wish::<Box<[u8]>>(), Wish(Kind::Bytes)));
        assert!(matches!(wish::<&'static [u8]>(), Wish(Kind::Bytes)));
    }

    #[cfg(feature = "mmap")]
    #[test]
    fn numbers_that_were_to_be_mapped_and_were_read_are_the_same_to_their_user() {
        let wished = wish::<Mapped<u16>>();
        assert!(matches!(wished, Wish(Kind::Mapped(NumberType::U16))));
        let mapped: Mapped<u16> = adopt(array(NumberType::U16, &[1, 0, 2, 0])).expect("numbers");
        assert_eq!(*mapped, [1, 2]);
        assert_eq!(before_numbers(&mapped), 0);
        let large: Mapped<u16> = vec![0; 40_000].into();
        assert_eq!(
            (before_numbers(&large), before_numbers(&vec![0_u16; 40_000])),
            (6, 6)
        );
    }
}
