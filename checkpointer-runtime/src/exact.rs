//! Numeric slices recognized by their exact type, behind generics that do not tell: the one file with `unsafe` code.
//!
//! serde hands a slice over as an iterator of unknown type, number by number. That is ten times slower than the memory
//! allows for hashing and storing large arrays. Here the type of the iterable is compared with `&[T]` and `&Vec<T>` for
//! every primitive number `T`; where it is the same, the slice is taken as what it is.
#![allow(unsafe_code)]

use std::any::{Any, TypeId};
#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io;
use std::mem::{ManuallyDrop, MaybeUninit};

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

/// The value as one of another type, if that is the same one. `To` is `'static`, as with [`cast`].
#[cfg(feature = "mmap")]
#[inline]
pub(crate) fn same_ref<From, To: 'static>(value: &From) -> Option<&To> {
    // SAFETY: `From` and `To` are equal up to lifetimes, and `To: 'static` has none of its own.
    same::<From, To>().then(|| unsafe { &*std::ptr::from_ref(value).cast::<To>() })
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

/// Numbers by the size of one, while their type does not matter.
#[derive(Debug)]
pub(crate) enum Words {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
    Eight(Vec<u64>),
    Sixteen(Vec<u128>),
}

/// Room for numbers that is filled from the front. Nothing of it is seen before it is full.
#[derive(Debug)]
pub(crate) struct Room {
    words: Words,
    /// How many numbers there are to be, and how many bytes these have.
    count: usize,
    bytes: usize,
    filled: usize,
}

impl Room {
    /// Room for so many numbers of so many bytes; `None` if there is no number of this size.
    pub(crate) fn new(size: usize, count: usize) -> Option<Self> {
        let words = match size {
            1 => Words::One(Vec::with_capacity(count)),
            2 => Words::Two(Vec::with_capacity(count)),
            4 => Words::Four(Vec::with_capacity(count)),
            8 => Words::Eight(Vec::with_capacity(count)),
            16 => Words::Sixteen(Vec::with_capacity(count)),
            _ => return None,
        };
        let mut room = Self {
            words,
            count,
            bytes: size * count,
            filled: 0,
        };
        ask_for_large_pages(room.spare(usize::MAX));
        Some(room)
    }

    /// Whether all numbers are there.
    pub(crate) fn is_full(&self) -> bool {
        self.filled == self.bytes
    }

    /// How many bytes less than these to fill, so that the next one begins a line of the processor's cache: the kernel
    /// copies to such a place faster than to any other.
    pub(crate) fn overhang(&mut self, bytes: usize) -> usize {
        const LINE: usize = 64;
        (self.spare(0).as_ptr().addr() + bytes) % LINE
    }

    /// Fills in these bytes, as far as there is room for them.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let spare = self.spare(bytes.len());
        let length = spare.len();
        // SAFETY: `spare` is memory of our own, of no more bytes than there are to copy.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), spare.as_mut_ptr().cast(), length) };
        self.filled += length;
    }

    /// Fills in at most so many bytes of a file from there on, and gives them. None at all: the file ends.
    #[cfg(unix)]
    pub(crate) fn read_at(&mut self, file: &File, offset: u64, most: usize) -> io::Result<&[u8]> {
        let length = loop {
            match rustix::io::pread(file, self.spare(most), offset) {
                Ok((read, _)) => break read.len(),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        };
        let start = self.start().wrapping_add(self.filled);
        self.filled += length;
        // SAFETY: the system has written that many bytes to the front of `spare`, which begins there.
        Ok(unsafe { std::slice::from_raw_parts(start, length) })
    }

    /// The numbers, if all of them are there.
    pub(crate) fn finish(mut self) -> Option<Words> {
        if !self.is_full() {
            return None;
        }
        macro_rules! set {
            ($($variant:ident)*) => {
                match &mut self.words {
                    // SAFETY: `new` made room for that many, every byte of them is filled, and any bytes are numbers.
                    $(Words::$variant(numbers) => unsafe { numbers.set_len(self.count) },)*
                }
            };
        }
        set!(One Two Four Eight Sixteen);
        Some(self.words)
    }

    fn start(&mut self) -> *mut u8 {
        match &mut self.words {
            Words::One(numbers) => numbers.as_mut_ptr(),
            Words::Two(numbers) => numbers.as_mut_ptr().cast(),
            Words::Four(numbers) => numbers.as_mut_ptr().cast(),
            Words::Eight(numbers) => numbers.as_mut_ptr().cast(),
            Words::Sixteen(numbers) => numbers.as_mut_ptr().cast(),
        }
    }

    /// The next bytes to be filled, at most so many.
    fn spare(&mut self, most: usize) -> &mut [MaybeUninit<u8>] {
        let length = most.min(self.bytes - self.filled);
        let start = self.start().cast::<MaybeUninit<u8>>();
        // SAFETY: the vector has room for `bytes` bytes, of which `filled` and `length` together are no more.
        unsafe { std::slice::from_raw_parts_mut(start.add(self.filled), length) }
    }
}

/// Memory of at least this many bytes is new each time, since no allocator keeps it; smaller one mostly is not.
const LARGE: usize = 32 << 20;

/// Asks for pages of 2 MiB, where the system has such: the first touch of a small one costs as much as reading it.
#[cfg(target_os = "linux")]
pub(crate) fn ask_for_large_pages<T>(memory: &mut [MaybeUninit<T>]) {
    const PAGE: usize = 2 << 20;
    if size_of_val(memory) < LARGE {
        return;
    }
    let start = memory.as_mut_ptr().cast::<u8>();
    let before = start.addr().next_multiple_of(PAGE) - start.addr();
    let length = (size_of_val(memory) - before) / PAGE * PAGE;
    let pages = start.wrapping_add(before).cast();
    // SAFETY: it says how memory of our own is to be filled, and changes nothing that is in it. If the system says no, pages
    // stay small.
    let _ = unsafe { rustix::mm::madvise(pages, length, rustix::mm::Advice::LinuxHugepage) };
}

/// Other systems choose by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) fn ask_for_large_pages<T>(_: &mut [MaybeUninit<T>]) {}

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
    fn room_that_is_not_full_gives_nothing_and_full_room_what_was_filled_in() {
        let bytes: Vec<u8> = (0..48).collect();
        for size in [1, 2, 4, 8, 16] {
            let mut room = Room::new(size, 48 / size).expect("a number's size");
            room.push(&bytes[..17]);
            room.push(&[]);
            assert!(!room.is_full());
            room.push(&bytes[17..]);
            room.push(b"more than there is room for");
            let full = match room.finish().expect("it is full") {
                Words::One(numbers) => numbers,
                Words::Two(numbers) => bytemuck::cast_slice(&numbers).to_vec(),
                Words::Four(numbers) => bytemuck::cast_slice(&numbers).to_vec(),
                Words::Eight(numbers) => bytemuck::cast_slice(&numbers).to_vec(),
                Words::Sixteen(numbers) => bytemuck::cast_slice(&numbers).to_vec(),
            };
            assert_eq!(full, bytes);
            let mut room = Room::new(size, 3).expect("a number's size");
            room.push(&bytes[..3 * size - 1]);
            assert!(room.finish().is_none());
            let empty = Room::new(size, 0).expect("a number's size");
            assert!(empty.finish().is_some());
        }
        assert!(Room::new(3, 1).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn room_is_filled_from_a_file_as_far_as_that_goes() {
        use std::io::Write as _;
        let mut file = tempfile::tempfile().expect("a folder for temporary files");
        let bytes: Vec<u8> = (0..100).collect();
        file.write_all(&bytes).expect("room on the disk");
        let mut room = Room::new(4, 20).expect("a number's size");
        room.push(&bytes[30..37]);
        assert!(room.overhang(3) < 64);
        // The system may give less than it is asked for.
        let mut at = 37;
        while at < 100 {
            let piece = room.read_at(&file, at as u64, 50).expect("a file");
            assert!((1..=50).contains(&piece.len()));
            assert_eq!(piece, &bytes[at..at + piece.len()]);
            at += piece.len();
        }
        let end = room.read_at(&file, 100, 50).expect("a file");
        assert!(end.is_empty() && !room.is_full());
        let mut at = 0;
        while !room.is_full() {
            let piece = room.read_at(&file, at as u64, 50).expect("a file");
            assert_eq!(piece, &bytes[at..at + piece.len()]);
            at += piece.len();
        }
        assert_eq!(at, 10);
        let Some(Words::Four(numbers)) = room.finish() else {
            panic!("it is full");
        };
        let expected = [&bytes[30..], &bytes[..10]].concat();
        assert_eq!(bytemuck::cast_slice::<_, u8>(&numbers), expected);
    }

    #[test]
    fn large_memory_is_filled_as_any_other() {
        let mut memory = Vec::<u64>::with_capacity(if cfg!(miri) { 10 } else { LARGE });
        ask_for_large_pages(memory.spare_capacity_mut());
        memory.extend([1, 2, 3]);
        assert_eq!(memory, [1, 2, 3]);
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
