//! `str`, `String`, `char`, paths and other texts.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
str:
len() usize; is_empty() bool; is_char_boundary(usize) bool; floor_char_boundary(usize) usize
ceil_char_boundary(usize) usize; as_bytes() &[u8]; as_bytes_mut() &[u8]; as_ptr() *u8
as_mut_ptr() *u8; get(_) Option<&str>; get_mut(_) Option<&str>; get_unchecked(_) &str
get_unchecked_mut(_) &str; slice_unchecked(usize, usize) &str
slice_mut_unchecked(usize, usize) &str; split_at(usize) (&str, &str)
split_at_mut(usize) (&str, &str); split_at_checked(usize) Option<(&str, &str)>
split_at_mut_checked(usize) Option<(&str, &str)>; chars() Iter<char>
char_indices() Iter<(usize, char)>; bytes() Iter<u8>; split_whitespace() Iter<&str>
split_ascii_whitespace() Iter<&str>; lines() Iter<&str>; encode_utf16() Iter<u16>
contains(fn(char) bool) bool; starts_with(fn(char) bool) bool; ends_with(fn(char) bool) bool
find(fn(char) bool) Option<usize>; rfind(fn(char) bool) Option<usize>
split(fn(char) bool) Iter<&str>; split_inclusive(fn(char) bool) Iter<&str>
rsplit(fn(char) bool) Iter<&str>; split_terminator(fn(char) bool) Iter<&str>
rsplit_terminator(fn(char) bool) Iter<&str>; splitn(usize, fn(char) bool) Iter<&str>
rsplitn(usize, fn(char) bool) Iter<&str>; split_once(fn(char) bool) Option<(&str, &str)>
rsplit_once(fn(char) bool) Option<(&str, &str)>; matches(fn(char) bool) Iter<&str>
rmatches(fn(char) bool) Iter<&str>; match_indices(fn(char) bool) Iter<(usize, &str)>
rmatch_indices(fn(char) bool) Iter<(usize, &str)>; trim() &str; trim_start() &str; trim_end() &str
trim_left() &str; trim_right() &str; trim_matches(fn(char) bool) &str
trim_start_matches(fn(char) bool) &str; trim_end_matches(fn(char) bool) &str
trim_left_matches(fn(char) bool) &str; trim_right_matches(fn(char) bool) &str
strip_prefix(fn(char) bool) Option<&str>; strip_suffix(fn(char) bool) Option<&str>; is_ascii() bool
eq_ignore_ascii_case(&str) bool; make_ascii_uppercase() (); make_ascii_lowercase() ()
trim_ascii() &str; trim_ascii_start() &str; trim_ascii_end() &str; escape_debug() Iter<char>
escape_default() Iter<char>; escape_unicode() Iter<char>; replace(fn(char) bool, &str) String
replacen(fn(char) bool, &str, usize) String; to_lowercase() String; to_uppercase() String
repeat(usize) String; to_ascii_uppercase() String; to_ascii_lowercase() String
::from_utf8(&[u8]) Result<&str, Utf8Error>; ::from_utf8_unchecked(&[u8]) &str
into_boxed_bytes() Box<[u8]>; into_string() String

String:
::new() String; ::with_capacity(usize) String; ::from_utf8(_) Result<String, FromUtf8Error>
::from_utf8_lossy(&[u8]) Cow<str>; ::from_utf8_unchecked(_) String
::from_utf16(&[u16]) Result<String, FromUtf16Error>; ::from_utf16_lossy(&[u16]) String
::from(_) String !Into,From; ::from_raw_parts(*u8, usize, usize) String; into_bytes() Vec<u8>
as_str() &str; as_mut_str() &str; push_str(&str) (); extend_from_within(_) () !RangeBounds
capacity() usize; reserve(usize) (); reserve_exact(usize) (); shrink_to_fit() ()
shrink_to(usize) (); push(char) (); truncate(usize) ()
try_reserve(usize) Result<(), TryReserveError>; try_reserve_exact(usize) Result<(), TryReserveError>
pop() Option<char>; remove(usize) char; retain(fn(char) bool) (); insert(usize, char) ()
insert_str(usize, &str) (); as_mut_vec() &Vec<u8>; split_off(usize) String; clear() ()
drain(_) Iter<char> !RangeBounds; replace_range(_, &str) () !RangeBounds; into_boxed_str() Box<str>
leak() &str; write_str(&str) Result<(), fmt::Error>; write_char(char) Result<(), fmt::Error>
FromUtf8Error:
as_bytes() &[u8]; into_bytes() Vec<u8>; utf8_error() Utf8Error
Utf8Error:
valid_up_to() usize; error_len() Option<usize>
Utf8Chunk:
valid() &str; invalid() &[u8]

char:
::from_u32(u32) Option<char>; ::from_u32_unchecked(u32) char; ::from_digit(u32, u32) Option<char>
::from(_) char !Into,From
::decode_utf16(_) Iter<Result<char, DecodeUtf16Error>> !IntoIterator,Iterator; is_digit(u32) bool
to_digit(u32) Option<u32>; escape_unicode() Iter<char>; escape_debug() Iter<char>
escape_default() Iter<char>; len_utf8() usize; len_utf16() usize; encode_utf8(&[u8]) &str
encode_utf16(&[u16]) &[u16]; is_alphabetic() bool; is_lowercase() bool; is_uppercase() bool
is_whitespace() bool; is_alphanumeric() bool; is_control() bool; is_numeric() bool
to_lowercase() Iter<char>; to_uppercase() Iter<char>; is_ascii() bool; to_ascii_uppercase() char
to_ascii_lowercase() char; eq_ignore_ascii_case(&char) bool; make_ascii_uppercase() ()
make_ascii_lowercase() (); is_ascii_alphabetic() bool; is_ascii_uppercase() bool
is_ascii_lowercase() bool; is_ascii_alphanumeric() bool; is_ascii_digit() bool
is_ascii_hexdigit() bool; is_ascii_punctuation() bool; is_ascii_graphic() bool
is_ascii_whitespace() bool; is_ascii_control() bool

Path:
::new(_) &Path !AsRef; as_os_str() &OsStr; as_mut_os_str() &OsStr; to_str() Option<&str>
to_string_lossy() Cow<str>; to_path_buf() PathBuf; is_absolute() bool; is_relative() bool
has_root() bool; parent() Option<&Path>; ancestors() Iter<&Path>; file_name() Option<&OsStr>
strip_prefix(_) Result<&Path, StripPrefixError> !AsRef; starts_with(_) bool !AsRef
ends_with(_) bool !AsRef; file_stem() Option<&OsStr>; file_prefix() Option<&OsStr>
extension() Option<&OsStr>; join(_) PathBuf !AsRef; with_file_name(_) PathBuf !AsRef
with_extension(_) PathBuf !AsRef; with_added_extension(_) PathBuf !AsRef
components() Iter<Component>; iter() Iter<&OsStr>; display() path::Display; metadata() io<Metadata>
symlink_metadata() io<Metadata>; canonicalize() io<PathBuf>; read_link() io<PathBuf>
read_dir() io<Iter<io<DirEntry>>>; exists() bool; try_exists() io<bool>; is_file() bool
is_dir() bool; is_symlink() bool; into_path_buf() PathBuf
PathBuf:
::new() PathBuf; ::with_capacity(usize) PathBuf; ::from(_) PathBuf !AsRef,Into,From; as_path() &Path
push(_) () !AsRef; pop() bool; set_file_name(_) () !AsRef; set_extension(_) bool !AsRef
add_extension(_) bool !AsRef; as_mut_os_string() &OsString; into_os_string() OsString
into_boxed_path() Box<Path>; capacity() usize; clear() (); reserve(usize) (); leak() &Path
shrink_to_fit() ()
Component:
as_os_str() &OsStr
OsStr:
::new(_) &OsStr !AsRef; to_str() Option<&str>; to_string_lossy() Cow<str>; to_os_string() OsString
is_empty() bool; len() usize; as_encoded_bytes() &[u8]; make_ascii_lowercase() ()
make_ascii_uppercase() (); to_ascii_lowercase() OsString; to_ascii_uppercase() OsString
is_ascii() bool; eq_ignore_ascii_case(_) bool !AsRef; into_os_string() OsString
display() os_str::Display
OsString:
::new() OsString; ::with_capacity(usize) OsString; ::from(_) OsString !AsRef,Into,From
as_os_str() &OsStr; into_encoded_bytes() Vec<u8>; into_string() Result<String, OsString>
push(_) () !AsRef; clear() (); capacity() usize; reserve(usize) (); into_boxed_os_str() Box<OsStr>
shrink_to_fit() (); leak() &OsStr
CStr:
::from_bytes_with_nul(&[u8]) Result<&CStr, FromBytesWithNulError>; ::from_ptr(_) &CStr
::from_bytes_until_nul(&[u8]) Result<&CStr, FromBytesUntilNulError>; as_ptr() *_
count_bytes() usize; is_empty() bool; to_bytes() &[u8]; to_bytes_with_nul() &[u8]
to_str() Result<&str, Utf8Error>; to_string_lossy() Cow<str>; into_c_string() CString
CString:
::new(_) Result<CString, NulError> !Into,From; into_raw() *_
into_string() Result<String, IntoStringError>; into_bytes() Vec<u8>; as_bytes() &[u8]
as_c_str() &CStr; into_bytes_with_nul() Vec<u8>; as_bytes_with_nul() &[u8]
into_boxed_c_str() Box<CStr>
";
