//! Time, formatting, files, I/O, processes, network, hashing and memory layouts.

/// See [`super`] for the notation.
pub(super) const TABLE: &str = "
Duration:
::new(u64, u32) Duration; ::from_secs(u64) Duration; ::from_millis(u64) Duration
::from_micros(u64) Duration; ::from_nanos(u64) Duration; ::from_secs_f64(f64) Duration
::from_secs_f32(f32) Duration; ::from_mins(u64) Duration; ::from_hours(u64) Duration
::try_from_secs_f64(f64) Result<Duration, TryFromFloatSecsError>
::try_from_secs_f32(f32) Result<Duration, TryFromFloatSecsError>; is_zero() bool; as_secs() u64
subsec_millis() u32; subsec_micros() u32; subsec_nanos() u32; as_millis() u128; as_micros() u128
as_nanos() u128; abs_diff(Duration) Self; checked_add(Duration) Option<Self>
saturating_add(Duration) Self; checked_sub(Duration) Option<Self>; saturating_sub(Duration) Self
checked_mul(u32) Option<Self>; saturating_mul(u32) Self; checked_div(u32) Option<Self>
as_secs_f64() f64; as_secs_f32() f32; mul_f64(f64) Self; mul_f32(f32) Self; div_f64(f64) Self
div_f32(f32) Self; div_duration_f64(Duration) f64; div_duration_f32(Duration) f32
Instant:
::now() Instant; duration_since(Instant) Duration; checked_duration_since(Instant) Option<Duration>
saturating_duration_since(Instant) Duration; elapsed() Duration; checked_add(Duration) Option<Self>
checked_sub(Duration) Option<Self>
SystemTime:
::now() SystemTime; duration_since(SystemTime) Result<Duration, SystemTimeError>
elapsed() Result<Duration, SystemTimeError>; checked_add(Duration) Option<Self>
checked_sub(Duration) Option<Self>

Formatter:
pad_integral(bool, &str, &str) Result<(), fmt::Error>; pad(&str) Result<(), fmt::Error>
write_str(&str) Result<(), fmt::Error>
write_fmt(Arguments) Result<(), fmt::Error> !Display,Debug,LowerHex,UpperHex,Octal,Binary,LowerExp,UpperExp,Pointer
write_char(char) Result<(), fmt::Error>; flags() u32; fill() char; align() Option<fmt::Alignment>
width() Option<usize>; precision() Option<usize>; sign_plus() bool; sign_minus() bool
alternate() bool; sign_aware_zero_pad() bool; debug_struct(&str) DebugStruct
debug_tuple(&str) DebugTuple; debug_list() DebugList; debug_set() DebugSet; debug_map() DebugMap
DebugStruct:
field(&str, _) &Self !Debug; finish_non_exhaustive() Result<(), fmt::Error>
finish() Result<(), fmt::Error>
DebugTuple:
field(_) &Self !Debug; finish_non_exhaustive() Result<(), fmt::Error>
finish() Result<(), fmt::Error>
DebugList:
entry(_) &Self !Debug; entries(_) &Self !Debug,IntoIterator,Iterator
finish() Result<(), fmt::Error>; finish_non_exhaustive() Result<(), fmt::Error>
DebugSet:
entry(_) &Self !Debug; entries(_) &Self !Debug,IntoIterator,Iterator
finish() Result<(), fmt::Error>; finish_non_exhaustive() Result<(), fmt::Error>
DebugMap:
entry(_, _) &Self !Debug; key(_) &Self !Debug; value(_) &Self !Debug
entries(_) &Self !Debug,IntoIterator,Iterator; finish() Result<(), fmt::Error>
finish_non_exhaustive() Result<(), fmt::Error>
Arguments:
as_str() Option<&str>

io::Error:
::new(_, _) io::Error !Into,From; ::other(_) io::Error !Into,From; ::last_os_error() io::Error
::from_raw_os_error(i32) io::Error; ::from(_) io::Error !Into,From; kind() io::ErrorKind
raw_os_error() Option<i32>; get_ref() Option<&_>; get_mut() Option<&_>; into_inner() Option<Box<_>>
File:
::open(_) io<File> !AsRef; ::create(_) io<File> !AsRef; ::create_new(_) io<File> !AsRef
::options() OpenOptions; sync_all() io<()>; sync_data() io<()>; lock() io<()>; lock_shared() io<()>
try_lock() Result<(), fs::TryLockError>; try_lock_shared() Result<(), fs::TryLockError>
unlock() io<()>; set_len(u64) io<()>; metadata() io<Metadata>; try_clone() io<File>
set_permissions(Permissions) io<()>; set_times(FileTimes) io<()>; set_modified(SystemTime) io<()>
OpenOptions:
::new() OpenOptions; read(bool) &Self; write(bool) &Self; append(bool) &Self; truncate(bool) &Self
create(bool) &Self; create_new(bool) &Self; open(_) io<File> !AsRef
DirEntry:
path() PathBuf; metadata() io<Metadata>; file_type() io<FileType>; file_name() OsString
Metadata:
file_type() FileType; is_dir() bool; is_file() bool; is_symlink() bool; len() u64
permissions() Permissions; modified() io<SystemTime>; accessed() io<SystemTime>
created() io<SystemTime>
FileType:
is_dir() bool; is_file() bool; is_symlink() bool
Permissions:
readonly() bool; set_readonly(bool) ()

reader:
read(&[u8]) io<usize>; read_vectored(&_) io<usize>; read_to_end(&Vec<u8>) io<usize>
read_to_string(&String) io<usize>; read_exact(&[u8]) io<()>; bytes() Iter<io<u8>>
fill_buf() io<&[u8]>; consume(usize) (); read_until(u8, &Vec<u8>) io<usize>
skip_until(u8) io<usize>; read_line(&String) io<usize>; lines() Iter<io<String>>
split(u8) Iter<io<Vec<u8>>>; seek(_) io<u64>; rewind() io<()>; stream_position() io<u64>
seek_relative(i64) io<()>; write(&[u8]) io<usize>; flush() io<()>; write_vectored(&_) io<usize>
write_all(&[u8]) io<()>
write_fmt(Arguments) io<()> !Display,Debug,LowerHex,UpperHex,Octal,Binary,LowerExp,UpperExp,Pointer
BufReader<R>:
::new(R) BufReader<R>; ::with_capacity(usize, R) BufReader<R>; get_ref() &R; get_mut() &R
buffer() &[u8]; capacity() usize; into_inner() R
BufWriter<W>:
::new(W) BufWriter<W>; ::with_capacity(usize, W) BufWriter<W>; get_ref() &W; get_mut() &W
buffer() &[u8]; capacity() usize; into_inner() Result<W, IntoInnerError<Self>> !Write
LineWriter<W>:
::new(W) LineWriter<W>; get_ref() &W; get_mut() &W
into_inner() Result<W, IntoInnerError<Self>> !Write
Cursor<T>:
::new(T) Cursor<T>; into_inner() T; get_ref() &T; get_mut() &T; position() u64; set_position(u64) ()
Stdin:
lock() StdinLock
Stdout:
lock() StdoutLock
Stderr:
lock() StderrLock

Command:
::new(_) Command !AsRef; arg(_) &Self !AsRef; args(_) &Self !AsRef,IntoIterator,Iterator
env(_, _) &Self !AsRef; envs(_) &Self !AsRef,IntoIterator,Iterator; env_remove(_) &Self !AsRef
env_clear() &Self; current_dir(_) &Self !AsRef; stdin(_) &Self !Into,From
stdout(_) &Self !Into,From; stderr(_) &Self !Into,From; spawn() io<Child>; output() io<Output>
status() io<ExitStatus>; get_program() &OsStr; get_args() Iter<&OsStr>
get_envs() Iter<(&OsStr, Option<&OsStr>)>; get_current_dir() Option<&Path>
Child:
kill() io<()>; id() u32; wait() io<ExitStatus>; try_wait() io<Option<ExitStatus>>
wait_with_output() io<Output>
ExitStatus:
success() bool; code() Option<i32>

IpAddr:
is_unspecified() bool; is_loopback() bool; is_multicast() bool; is_ipv4() bool; is_ipv6() bool
to_canonical() Self
Ipv4Addr:
::new(u8, u8, u8, u8) Ipv4Addr; ::from_bits(u32) Ipv4Addr; octets() [u8;]; to_bits() u32
is_unspecified() bool; is_loopback() bool; is_private() bool; is_link_local() bool
is_multicast() bool; is_broadcast() bool; is_documentation() bool; to_ipv6_compatible() Ipv6Addr
to_ipv6_mapped() Ipv6Addr
Ipv6Addr:
segments() [u16;]; octets() [u8;]; to_bits() u128; is_unspecified() bool; is_loopback() bool
is_multicast() bool; is_unique_local() bool; is_unicast_link_local() bool; to_canonical() IpAddr
to_ipv4() Option<Ipv4Addr>; to_ipv4_mapped() Option<Ipv4Addr>
SocketAddr:
::new(IpAddr, u16) SocketAddr; ip() IpAddr; port() u16; set_ip(IpAddr) (); set_port(u16) ()
is_ipv4() bool; is_ipv6() bool

DefaultHasher:
::new() DefaultHasher; finish() u64; write(&[u8]) (); write_u8(u8) (); write_u16(u16) ()
write_u32(u32) (); write_u64(u64) (); write_u128(u128) (); write_usize(usize) (); write_i8(i8) ()
write_i16(i16) (); write_i32(i32) (); write_i64(i64) (); write_i128(i128) (); write_isize(isize) ()
RandomState:
::new() RandomState; build_hasher() DefaultHasher; hash_one(_) u64 !Hash
Layout:
::new() Layout; ::array(usize) Result<Layout, LayoutError>
::from_size_align(usize, usize) Result<Layout, LayoutError>
::from_size_align_unchecked(usize, usize) Layout; ::for_value(&_) Layout; size() usize
align() usize; align_to(usize) Result<Layout, LayoutError>; pad_to_align() Layout
repeat(usize) Result<(Layout, usize), LayoutError>
extend(Layout) Result<(Layout, usize), LayoutError>
TypeId:
::of() TypeId
Location:
::caller() &Location; file() &str; line() u32; column() u32
";
