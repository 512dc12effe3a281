//! Numeric slices recognized by their exact type, behind generics that do not tell: the one file with `unsafe` code.
//!
//! serde hands a slice over as an iterator of unknown type, number by number. That is ten times slower than the memory
//! allows for hashing and storing large arrays. Here the type of the iterable is compared with `&[T]` and `&Vec<T>` for
//! every primitive number `T`; where it is the same, the slice is taken as what it is.
#![allow(unsafe_code)]

use std::any::{Any, TypeId};
use std::mem::ManuallyDrop;

/// A slice of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers<'a> {
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
    U128(&'a [u128]),
    Usize(&'a [usize]),
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    I128(&'a [i128]),
    Isize(&'a [isize]),
    F32(&'a [f32]),
    F64(&'a [f64]),
}

/// The slice that an iterable is, if it is `&[T]` or `&Vec<T>` of primitive numbers.
#[inline]
pub(crate) fn numbers<I>(iterable: &I) -> Option<Numbers<'_>> {
    macro_rules! try_types {
        ($($variant:ident $type:ty),* $(,)?) => {
            $(if let Some(slice) = slice_of::<I, $type>(iterable) {
                return Some(Numbers::$variant(slice));
            })*
        };
    }
    try_types!(
        U8 u8, F64 f64, F32 f32, U64 u64, I64 i64, U32 u32, I32 i32, Usize usize, Isize isize,
        U16 u16, I16 i16, I8 i8, U128 u128, I128 i128,
    );
    None
}

#[inline]
fn slice_of<'a, I, T: 'static>(iterable: &'a I) -> Option<&'a [T]> {
    if same::<I, &[T]>() {
        // SAFETY: `I` is `&'x [T]` for some lifetime 'x. 'x outlives 'a, because `&'a I` is well-formed, so a copy of
        // that reference is good for 'a.
        Some(unsafe { *std::ptr::from_ref(iterable).cast::<&'a [T]>() })
    } else if same::<I, &Vec<T>>() {
        // SAFETY: as above, with `&'x Vec<T>`.
        Some(unsafe { *std::ptr::from_ref(iterable).cast::<&'a Vec<T>>() })
    } else {
        None
    }
}

/// The value as another type, if that is the same one; else the value itself.
///
/// `From` is `'static` and without references, so that the same type has the same lifetimes, too.
#[inline]
pub(crate) fn cast<From: 'static, To>(value: From) -> Result<To, From> {
    if same::<From, To>() {
        let value = ManuallyDrop::new(value);
        // SAFETY: `From` and `To` are equal up to lifetimes, and `From: 'static` has none of its own, so `To` is
        // `From`. The original is never dropped: ownership moves.
        Ok(unsafe { std::ptr::from_ref(&value).cast::<To>().read() })
    } else {
        Err(value)
    }
}

/// The numbers whose memory these bytes are a copy of. Bytes after the last whole number are left out.
pub(crate) fn copy_numbers<T: bytemuck::Pod>(bytes: &[u8]) -> Vec<T> {
    let length = bytes.len() / size_of::<T>();
    let mut numbers = Vec::<T>::with_capacity(length);
    // SAFETY: the vector has room for `length` numbers, which is no more bytes than there are to copy; it is new, so the
    // two do not overlap; and a `Pod` type is initialized by any bytes.
    unsafe {
        let target = numbers.as_mut_ptr().cast::<u8>();
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), target, length * size_of::<T>());
        numbers.set_len(length);
    }
    numbers
}

/// A value of a type that its owner does not know, told apart by two words of memory: `Any` makes a call for that, which a
/// hit in memory notices.
#[derive(Debug)]
pub(crate) struct Tagged {
    id: TypeId,
    value: Box<dyn Any + Send + Sync>,
}

impl Tagged {
    pub(crate) fn new<T: Any + Send + Sync>(value: T) -> Self {
        Self {
            id: TypeId::of::<T>(),
            value: Box::new(value),
        }
    }

    /// The value, if it is of this type.
    #[inline]
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        // SAFETY: both fields are private and set by `new` alone, so the box holds a value of the type whose id this is.
        (self.id == TypeId::of::<T>())
            .then(|| unsafe { &*std::ptr::from_ref(&*self.value).cast::<T>() })
    }

    /// The value to be changed, if it is of this type.
    pub(crate) fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        self.value.downcast_mut()
    }
}

/// Whether two types are the same up to lifetimes.
#[inline]
pub(crate) fn same<A: ?Sized, B: ?Sized>() -> bool {
    typeid::of::<A>() == typeid::of::<B>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_u16<I: IntoIterator>(iterable: I) -> Option<Vec<u16>> {
        match numbers(&iterable) {
            Some(Numbers::U16(slice)) => Some(slice.to_vec()),
            _ => None,
        }
    }

    #[test]
    fn slices_and_vectors_of_numbers_are_recognized_and_nothing_else_is() {
        let vector = vec![1_u16, 2, 3];
        assert_eq!(is_u16(&vector), Some(vec![1, 2, 3]));
        assert_eq!(is_u16(&vector[1..]), Some(vec![2, 3]));
        assert_eq!(is_u16(&vector[..0]), Some(vec![]));
        let deque = std::collections::VecDeque::from(vector.clone());
        assert_eq!(is_u16(&deque), None);
        let (signed, texts) = (vec![1_i16], vec!["a"]);
        assert_eq!(is_u16([1_u16, 2]), None);
        assert_eq!(is_u16(&signed), None);
        assert_eq!(is_u16(&texts), None);
        assert_eq!(is_u16(vector.iter()), None);
    }

    #[test]
    fn a_cast_to_the_same_type_moves_and_to_another_gives_back() {
        let moved: Result<Vec<f64>, _> = cast(vec![1.5_f64]);
        assert_eq!(moved, Ok(vec![1.5]));
        let back: Result<Vec<u64>, Vec<f64>> = cast(vec![1.5_f64]);
        assert_eq!(back, Err(vec![1.5]));
        let text: Result<String, _> = cast(String::from("owned"));
        assert_eq!(text.as_deref(), Ok("owned"));
    }

    #[test]
    fn a_tagged_value_is_found_by_its_type_alone() {
        let mut tagged = Tagged::new(vec![1_u8, 2]);
        assert_eq!(tagged.get::<Vec<u8>>(), Some(&vec![1, 2]));
        assert_eq!(tagged.get::<Vec<i8>>(), None);
        assert_eq!(tagged.get::<Box<Vec<u8>>>(), None);
        tagged.get_mut::<Vec<u8>>().expect("its type").push(3);
        assert_eq!(tagged.get::<Vec<u8>>().map(Vec::len), Some(3));
        assert!(Tagged::new(()).get::<()>().is_some());
    }

    #[test]
    fn bytes_are_copied_into_numbers_whatever_their_alignment() {
        let bytes: Vec<u8> = (0..64).collect();
        for start in 0..9 {
            let numbers = copy_numbers::<u32>(&bytes[start..]);
            let expected = bytes[start..]
                .chunks_exact(4)
                .map(|chunk| u32::from_ne_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]));
            assert_eq!(numbers, expected.collect::<Vec<_>>());
        }
        assert_eq!(copy_numbers::<f64>(&[]), Vec::<f64>::new());
        assert_eq!(copy_numbers::<f64>(&[1, 2, 3]), Vec::<f64>::new());
    }
}
