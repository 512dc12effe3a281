//! Numbers, `bool` and raw pointers.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
int:
::from_str_radix(&str, u32) Result<Self, ParseIntError>; ::from_be_bytes([u8;]) Self
::from_le_bytes([u8;]) Self; ::from_ne_bytes([u8;]) Self; ::from_be(Self) Self; ::from_le(Self) Self
::max_value() Self; ::min_value() Self; count_ones() u32; count_zeros() u32; leading_zeros() u32
trailing_zeros() u32; leading_ones() u32; trailing_ones() u32; cast_signed() Signed
cast_unsigned() Unsigned; rotate_left(u32) Self; rotate_right(u32) Self; swap_bytes() Self
reverse_bits() Self; to_be() Self; to_le() Self; to_be_bytes() [u8;]; to_le_bytes() [u8;]
to_ne_bytes() [u8;]; checked_add(Self) Option<Self>; checked_add_signed(Signed) Option<Self>
checked_add_unsigned(Unsigned) Option<Self>; checked_sub(Self) Option<Self>
checked_sub_signed(Signed) Option<Self>; checked_sub_unsigned(Unsigned) Option<Self>
checked_signed_diff(Self) Option<Signed>; checked_mul(Self) Option<Self>
checked_div(Self) Option<Self>; checked_div_euclid(Self) Option<Self>
checked_rem(Self) Option<Self>; checked_rem_euclid(Self) Option<Self>; checked_neg() Option<Self>
checked_shl(u32) Option<Self>; checked_shr(u32) Option<Self>; checked_abs() Option<Self>
checked_pow(u32) Option<Self>; checked_isqrt() Option<Self>; checked_ilog(Self) Option<u32>
checked_ilog2() Option<u32>; checked_ilog10() Option<u32>
checked_next_multiple_of(Self) Option<Self>; checked_next_power_of_two() Option<Self>
strict_add(Self) Self; strict_sub(Self) Self; strict_mul(Self) Self; strict_div(Self) Self
strict_rem(Self) Self; strict_neg() Self; strict_shl(u32) Self; strict_shr(u32) Self
strict_pow(u32) Self; strict_abs() Self; unchecked_add(Self) Self; unchecked_sub(Self) Self
unchecked_mul(Self) Self; unbounded_shl(u32) Self; unbounded_shr(u32) Self; unchecked_neg() Self
unchecked_shl(u32) Self; unchecked_shr(u32) Self; saturating_add(Self) Self
saturating_add_signed(Signed) Self; saturating_add_unsigned(Unsigned) Self
saturating_sub(Self) Self; saturating_sub_signed(Signed) Self
saturating_sub_unsigned(Unsigned) Self; saturating_mul(Self) Self; saturating_div(Self) Self
saturating_neg() Self; saturating_abs() Self; saturating_pow(u32) Self; wrapping_add(Self) Self
wrapping_add_signed(Signed) Self; wrapping_add_unsigned(Unsigned) Self; wrapping_sub(Self) Self
wrapping_sub_signed(Signed) Self; wrapping_sub_unsigned(Unsigned) Self; wrapping_mul(Self) Self
wrapping_div(Self) Self; wrapping_div_euclid(Self) Self; wrapping_rem(Self) Self
wrapping_rem_euclid(Self) Self; wrapping_neg() Self; wrapping_shl(u32) Self; wrapping_shr(u32) Self
wrapping_abs() Self; wrapping_pow(u32) Self; overflowing_add(Self) (Self, bool)
overflowing_add_signed(Signed) (Self, bool); overflowing_add_unsigned(Unsigned) (Self, bool)
overflowing_sub(Self) (Self, bool); overflowing_sub_signed(Signed) (Self, bool)
overflowing_sub_unsigned(Unsigned) (Self, bool); overflowing_mul(Self) (Self, bool)
overflowing_div(Self) (Self, bool); overflowing_rem(Self) (Self, bool)
overflowing_div_euclid(Self) (Self, bool); overflowing_rem_euclid(Self) (Self, bool)
overflowing_neg() (Self, bool); overflowing_shl(u32) (Self, bool); overflowing_shr(u32) (Self, bool)
overflowing_abs() (Self, bool); overflowing_pow(u32) (Self, bool)
carrying_add(Self, bool) (Self, bool); borrowing_sub(Self, bool) (Self, bool)
carrying_mul(Self, Self) (Self, Self); carrying_mul_add(Self, Self, Self) (Self, Self)
pow(u32) Self; isqrt() Self; abs() Self; abs_diff(Self) Unsigned; unsigned_abs() Unsigned
signum() Self; is_positive() bool; is_negative() bool; div_euclid(Self) Self; rem_euclid(Self) Self
div_ceil(Self) Self; next_multiple_of(Self) Self; is_multiple_of(Self) bool; is_power_of_two() bool
next_power_of_two() Self; midpoint(Self) Self; ilog(Self) u32; ilog2() u32; ilog10() u32
clamp(Self, Self) Self; min(Self) Self; max(Self) Self; is_ascii() bool; to_ascii_uppercase() u8
to_ascii_lowercase() u8; eq_ignore_ascii_case(&u8) bool; make_ascii_uppercase() ()
make_ascii_lowercase() (); is_ascii_alphabetic() bool; is_ascii_uppercase() bool
is_ascii_lowercase() bool; is_ascii_alphanumeric() bool; is_ascii_digit() bool
is_ascii_hexdigit() bool; is_ascii_punctuation() bool; is_ascii_graphic() bool
is_ascii_whitespace() bool; is_ascii_control() bool; escape_ascii() Iter<u8>

float:
::from_be_bytes([u8;]) Self; ::from_le_bytes([u8;]) Self; ::from_ne_bytes([u8;]) Self
::from_bits(_) Self; floor() Self; ceil() Self; round() Self; round_ties_even() Self; trunc() Self
fract() Self; mul_add(Self, Self) Self; div_euclid(Self) Self; rem_euclid(Self) Self; powi(i32) Self
powf(Self) Self; sqrt() Self; exp() Self; exp2() Self; ln() Self; log(Self) Self; log2() Self
log10() Self; abs_sub(Self) Self; cbrt() Self; hypot(Self) Self; sin() Self; cos() Self; tan() Self
asin() Self; acos() Self; atan() Self; atan2(Self) Self; sin_cos() (Self, Self); exp_m1() Self
ln_1p() Self; sinh() Self; cosh() Self; tanh() Self; asinh() Self; acosh() Self; atanh() Self
is_nan() bool; is_infinite() bool; is_finite() bool; is_subnormal() bool; is_normal() bool
classify() FpCategory; is_sign_positive() bool; is_sign_negative() bool; next_up() Self
next_down() Self; recip() Self; to_degrees() Self; to_radians() Self; max(Self) Self; min(Self) Self
midpoint(Self) Self; to_int_unchecked() Want; total_cmp(&Self) cmp::Ordering; clamp(Self, Self) Self
abs() Self; signum() Self; copysign(Self) Self; to_be_bytes() [u8;]; to_le_bytes() [u8;]
to_ne_bytes() [u8;]
f32:
to_bits() u32
f64:
to_bits() u64

bool:
then_some(T) Option<T>; then(fn() T) Option<T>

*T:
is_null() bool; cast() *Want; cast_mut() *T; cast_const() *T; addr() usize
expose_provenance() usize; with_addr(usize) *T; map_addr(fn(usize) usize) *T; as_ref() Option<&T>
as_mut() Option<&T>; as_ref_unchecked() &T; as_mut_unchecked() &T; offset(isize) *T
byte_offset(isize) *T; wrapping_offset(isize) *T; wrapping_byte_offset(isize) *T
offset_from(*T) isize; byte_offset_from(*_) isize; offset_from_unsigned(*T) usize
byte_offset_from_unsigned(*_) usize; add(usize) *T; byte_add(usize) *T; sub(usize) *T
byte_sub(usize) *T; wrapping_add(usize) *T; wrapping_sub(usize) *T; wrapping_byte_add(usize) *T
wrapping_byte_sub(usize) *T; read() T; read_volatile() T; read_unaligned() T; copy_to(*T, usize) ()
copy_to_nonoverlapping(*T, usize) (); copy_from(*T, usize) ()
copy_from_nonoverlapping(*T, usize) (); drop_in_place() (); write(T) (); write_bytes(u8, usize) ()
write_volatile(T) (); write_unaligned(T) (); replace(T) T; swap(*T) (); align_offset(usize) usize
is_aligned() bool; len() usize; is_empty() bool

NonNull<T>:
::new(*T) Option<NonNull<T>>; ::new_unchecked(*T) NonNull<T>; ::dangling() NonNull<T>
::from_ref(&T) NonNull<T>; ::from_mut(&T) NonNull<T>
::slice_from_raw_parts(NonNull<T>, usize) NonNull<[T]>; addr() NonZero<usize>; as_ptr() *T
as_ref() &T; as_mut() &T; cast() NonNull<Want>; offset(isize) NonNull<T>; add(usize) NonNull<T>
sub(usize) NonNull<T>; byte_add(usize) NonNull<T>; byte_sub(usize) NonNull<T>
byte_offset(isize) NonNull<T>; offset_from(NonNull<T>) isize; offset_from_unsigned(NonNull<T>) usize
read() T; read_volatile() T; read_unaligned() T; copy_to(NonNull<T>, usize) ()
copy_to_nonoverlapping(NonNull<T>, usize) (); copy_from(NonNull<T>, usize) ()
copy_from_nonoverlapping(NonNull<T>, usize) (); drop_in_place() (); write(T) ()
write_bytes(u8, usize) (); write_volatile(T) (); write_unaligned(T) (); replace(T) T
swap(NonNull<T>) (); is_aligned() bool; len() usize; is_empty() bool

NonZero<T>:
::new(T) Option<NonZero<T>>; ::new_unchecked(T) NonZero<T>; get() T; leading_zeros() u32
trailing_zeros() u32; count_ones() NonZero<u32>; checked_add(T) Option<NonZero<T>>
saturating_add(T) NonZero<T>; checked_next_power_of_two() Option<NonZero<T>>; ilog2() u32
ilog10() u32; midpoint(NonZero<T>) NonZero<T>; is_power_of_two() bool; isqrt() NonZero<T>
checked_mul(NonZero<T>) Option<NonZero<T>>; saturating_mul(NonZero<T>) NonZero<T>
checked_pow(u32) Option<NonZero<T>>; saturating_pow(u32) NonZero<T>; div_ceil(NonZero<T>) NonZero<T>
abs() NonZero<T>; checked_abs() Option<NonZero<T>>; saturating_abs() NonZero<T>
wrapping_abs() NonZero<T>; is_positive() bool; is_negative() bool; checked_neg() Option<NonZero<T>>
saturating_neg() NonZero<T>; wrapping_neg() NonZero<T>

Wrapping<T>:
reverse_bits() Self
Saturating<T>:
count_ones() u32; count_zeros() u32; leading_zeros() u32; trailing_zeros() u32
rotate_left(u32) Self; rotate_right(u32) Self; swap_bytes() Self; reverse_bits() Self; to_be() Self
to_le() Self; pow(u32) Self; abs() Self; signum() Self; is_positive() bool; is_negative() bool
is_power_of_two() bool

ParseIntError:
kind() &IntErrorKind
";
