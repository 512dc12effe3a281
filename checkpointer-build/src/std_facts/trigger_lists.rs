//! The lists behind [`super::triggers()`], as words.

/// Traits without methods that anyone calls: an implementation is felt through types alone.
pub(super) const MARKERS: &str =
    "Copy Eq Send Sync Sized Unpin UnwindSafe RefUnwindSafe FusedIterator";

/// Operator traits: trait, operator, method.
pub(super) const OPERATORS: &[(&str, &str, &str)] = &[
    ("Add", "+", "add"),
    ("Sub", "-", "sub"),
    ("Mul", "*", "mul"),
    ("Div", "/", "div"),
    ("Rem", "%", "rem"),
    ("BitAnd", "&", "bitand"),
    ("BitOr", "|", "bitor"),
    ("BitXor", "^", "bitxor"),
    ("Shl", "<<", "shl"),
    ("Shr", ">>", "shr"),
    ("AddAssign", "+=", "add_assign"),
    ("SubAssign", "-=", "sub_assign"),
    ("MulAssign", "*=", "mul_assign"),
    ("DivAssign", "/=", "div_assign"),
    ("RemAssign", "%=", "rem_assign"),
    ("BitAndAssign", "&=", "bitand_assign"),
    ("BitOrAssign", "|=", "bitor_assign"),
    ("BitXorAssign", "^=", "bitxor_assign"),
    ("ShlAssign", "<<=", "shl_assign"),
    ("ShrAssign", ">>=", "shr_assign"),
    ("Neg", "neg", "neg"),
    ("Not", "!", "not"),
    ("Index", "index", "index index_mut"),
    ("IndexMut", "index", "index index_mut"),
];

type Words = &'static [&'static str];

/// Traits by name, with the operators, methods and macros that reach them.
pub(super) const TRAITS: &[(&str, Words, Words, Words)] = &[
    (
        "PartialEq",
        &["== !=", SETS],
        &[EQUALITY, HASHED, SET_OPERATORS, ORDER, SORTED],
        &[COMPARING],
    ),
    (
        "PartialOrd",
        &["< <= > >=", SETS],
        &[
            "lt le gt ge contains is_empty is_sorted is_sorted_by_key",
            ORDER,
            SORTED,
            SET_OPERATORS,
        ],
        &[],
    ),
    (
        "Ord",
        &[SETS, "index"],
        &[ORDER, SORTED, SET_OPERATORS, "index index_mut"],
        &[],
    ),
    (
        "Hash",
        &["== != index", SETS],
        &[HASH, HASHED, SET_OPERATORS, EQUALITY, ORDER, SORTED],
        &[COMPARING],
    ),
    (
        "Hasher",
        &["== != index", SETS],
        &[
            HASH,
            HASHED,
            SET_OPERATORS,
            EQUALITY,
            ORDER,
            SORTED,
            "finish write write_u8 write_u16 write_u32 write_u64 write_u128 write_usize write_i8 write_i16 write_i32 write_i64 \
             write_i128 write_isize write_str write_length_prefix",
        ],
        &[COMPARING],
    ),
    (
        "BuildHasher",
        &["== != index", SETS],
        &[HASH, HASHED, SET_OPERATORS, EQUALITY, ORDER, SORTED],
        &[COMPARING],
    ),
    (
        // A map's BuildHasherDefault makes its hasher by `default`.
        "Default",
        &["== != index", SETS],
        &[
            "default default_in unwrap_or_default take take_mut or_default get_or_insert_default map_or_default",
            HASH,
            HASHED,
            SET_OPERATORS,
            EQUALITY,
            ORDER,
            SORTED,
        ],
        &[COMPARING],
    ),
    (
        "Clone ToOwned",
        &[SETS],
        &[CLONING, SET_OPERATORS],
        &["vec"],
    ),
    (
        "Debug",
        &[],
        &[DEBUG, "wrap"],
        &[
            FORMATTING,
            COMPARING,
            "dbg assert_matches debug_assert_matches assert debug_assert",
        ],
    ),
    (
        "Display ToString",
        &[],
        &["fmt to_string format write_fmt pad"],
        &[FORMATTING, COMPARING, "assert debug_assert"],
    ),
    (
        "LowerHex UpperHex Octal Binary LowerExp UpperExp Pointer",
        &[],
        &["fmt format write_fmt field entry entries key value"],
        &[FORMATTING, COMPARING, "dbg assert debug_assert"],
    ),
    ("From", &["?"], &[CONVERTING, "from_residual"], &["try"]),
    ("Into", &[], &[CONVERTING], &[]),
    ("TryFrom TryInto", &[], &[CONVERTING], &[]),
    ("FromStr", &[], &["parse from_str"], &[]),
    ("AsRef AsMut", &[], &[AS_REF], &[]),
    ("Iterator", &["for"], &[ITERATION, ITERATOR_ONLY], &[]),
    ("IntoIterator", &["for"], &[ITERATION, "into_iter"], &[]),
    (
        "DoubleEndedIterator",
        &[],
        &[
            "next_back nth_back rev rfind rfold rposition try_rfold advance_back_by last is_partitioned prepend",
        ],
        &[],
    ),
    (
        "ExactSizeIterator",
        &[],
        &[
            "len is_empty rposition rev next_back nth_back rfind rfold try_rfold advance_back_by enumerate zip skip take \
             step_by chain peekable array_chunks map inspect cloned copied fuse",
        ],
        &[],
    ),
    (
        "FromIterator",
        &[],
        &["collect collect_into from_iter try_collect"],
        &[],
    ),
    (
        "Extend",
        &[],
        &[
            "extend extend_one extend_reserve extend_one_unchecked collect collect_into from_iter try_collect unzip partition",
        ],
        &[],
    ),
    ("Sum", &[], &["sum"], &[]),
    ("Product", &[], &["product"], &[]),
    ("Future", &[".await"], &["poll into_future"], &[]),
    ("IntoFuture", &[".await"], &["into_future"], &[]),
    (
        "Error",
        &[],
        &["source sources description cause provide request_ref request_value type_id report"],
        &[],
    ),
    // Both fmt::Write and io::Write.
    ("Write", &[], &[WRITING, SEEKING], &["write writeln"]),
    ("Read", &[], &[READING, BUFFERED, SEEKING], &[]),
    ("BufRead", &[], &[BUFFERED], &[]),
    ("Seek", &[], &[SEEKING], &[]),
    (
        "ToSocketAddrs",
        &[],
        &["to_socket_addrs bind connect connect_timeout send_to"],
        &[],
    ),
    (
        "RangeBounds",
        &[],
        &[
            "start_bound end_bound contains is_empty into_bounds range range_mut drain splice extract_if copy_within replace_range \
             extend_from_within get get_mut slice try_range split_off split_off_mut retain_range prepend",
        ],
        &[],
    ),
];

/// The operators of sets, which clone, hash and compare their items.
const SETS: &str = "| & ^ -";

/// The same by name.
const SET_OPERATORS: &str = "bitand bitor bitxor sub";

const EQUALITY: &str = "\
    eq ne contains starts_with ends_with strip_prefix strip_suffix trim_prefix trim_suffix \
    strip_circumfix dedup dedup_by_key partition_dedup partition_dedup_by_key next_if_eq \
    split_pattern is_eq assert_eq assert_ne lt le gt ge is_sorted is_sorted_by_key is_empty \
    index index_mut";

/// Macros that compare what they are given.
const COMPARING: &str = "assert_eq assert_ne debug_assert_eq debug_assert_ne";

const HASH: &str = "hash hash_slice hash_one build_hasher";

/// What maps and sets by hash, and their makers, are called by.
const HASHED: &str = "\
    insert get_or_insert insert_unique_unchecked try_insert insert_entry get get_mut \
    get_key_value get_disjoint_mut get_disjoint_unchecked_mut get_or_insert_with contains \
    contains_key remove remove_entry entry raw_entry raw_entry_mut or_insert or_insert_with \
    or_insert_with_key or_default replace take reserve try_reserve shrink_to shrink_to_fit \
    extend extend_one extend_reserve extend_one_unchecked collect collect_into try_collect from \
    from_iter into try_from try_into unzip partition union intersection difference \
    symmetric_difference is_subset is_superset is_disjoint from_key from_hash search";

/// What orders values, or maps, sets and heaps by order.
const SORTED: &str = "\
    insert get_or_insert try_insert insert_entry insert_before insert_after \
    insert_before_unchecked insert_after_unchecked remove_next remove_prev pop_if intersect get \
    get_mut get_key_value get_or_insert_with contains contains_key remove remove_entry entry \
    or_insert or_insert_with or_insert_with_key or_default range range_mut lower_bound \
    upper_bound lower_bound_mut upper_bound_mut first last first_key_value last_key_value \
    first_entry last_entry pop_first pop_last pop push peek_mut refresh into_sorted_vec \
    into_iter_sorted drain_sorted append merge retain extract_if split_off replace take extend \
    extend_one extend_reserve extend_one_unchecked collect collect_into try_collect from \
    from_iter into try_from try_into unzip partition union intersection difference \
    symmetric_difference is_subset is_superset is_disjoint";

const ORDER: &str = "\
    cmp partial_cmp cmp_by partial_cmp_by max min minmax clamp max_by_key min_by_key \
    minmax_by_key sort sort_by_key sort_by_cached_key sort_unstable sort_unstable_by_key \
    binary_search binary_search_by_key select_nth_unstable select_nth_unstable_by_key \
    partial_sort_unstable partial_sort_unstable_by_key sort_floats";

const CLONING: &str = "\
    clone clone_from clone_into clone_to_uninit to_owned to_vec to_vec_in to_mut into_owned \
    cloned cycle repeat repeat_n resize extend extend_one extend_from_slice extend_from_within \
    fill fill_with clone_from_slice write_clone_of_slice write_filled concat join connect \
    make_mut unwrap_or_clone clone_from_ref clone_from_ref_in try_clone_from_ref intersperse \
    from from_iter into try_from try_into collect collect_into try_collect from_elem copied \
    push_str insert_slice deref as_ref update take skip get_cloned prepend_from_within";

const DEBUG: &str = "\
    fmt format write_fmt unwrap expect unwrap_err expect_err field field_with entry entry_with \
    entries key key_with value value_with finish_non_exhaustive report";

/// Macros that take a format string.
const FORMATTING: &str = "\
    format format_args format_args_nl const_format_args print println eprint eprintln write \
    writeln panic todo unimplemented unreachable";

const CONVERTING: &str = "\
    from into try_from try_into into_ok into_err replace_fd set_fd stdin stdout stderr \
    CString::new Error::new Error::other OwnedFd::from Waker::from";

const AS_REF: &str = "\
    as_ref unzip partition as_mut absolute add_extension arg arg0 args raw_arg canonicalize copy \
    create create_dir create_dir_all create_new current_dir ends_with env env_remove envs \
    eq_ignore_ascii_case exists try_exists extend extend_one collect collect_into try_collect \
    from from_iter into hard_link join join_paths metadata Path::new OsStr::new Command::new \
    open open_buffered create_buffered push read read_dir read_exact read_link read_to_end \
    read_to_string read_until read_vectored read_line lines bytes chain take fill_buf consume \
    split skip_until split_paths remaining_slice remove_dir remove_dir_all remove_file \
    remove_var rename rewind seek seek_relative stream_position stream_len has_data_left \
    read_array read_buf read_buf_exact as_simd as_simd_mut split_mut set_current_dir \
    set_extension set_file_name set_permissions set_permissions_nofollow set_times \
    set_times_nofollow open_file set_var soft_link starts_with strip_prefix trim_prefix \
    extend_reserve extend_one_unchecked symlink symlink_dir symlink_file symlink_metadata chown \
    lchown chroot mkfifo var var_os with_added_extension with_extension with_file_name write \
    bind bind_addr connect connect_addr from_pathname send_to send_to_addr to_path_buf \
    normalize_lexically";

/// Methods and functions that take anything that can be iterated, and those of `Iterator` itself.
const ITERATION: &str = "\
    next next_back nth nth_back size_hint count last step_by chain zip map for_each filter \
    filter_map enumerate peekable skip_while take_while map_while skip take scan flat_map \
    flatten fuse inspect by_ref collect collect_into try_collect partition partition_in_place \
    is_partitioned try_fold try_for_each try_reduce try_find fold reduce all any find find_map \
    position rposition max min max_by max_by_key min_by min_by_key rev unzip copied cloned cycle \
    sum product cmp cmp_by partial_cmp partial_cmp_by eq eq_by ne lt le gt ge is_sorted \
    is_sorted_by is_sorted_by_key intersperse intersperse_with array_chunks map_windows \
    next_chunk advance_by advance_back_by rfold rfind try_rfold peek peek_mut next_if next_if_eq \
    next_if_map next_if_map_mut extend extend_one extend_front prepend into_flat_iter from_iter \
    decode_utf16 splice args envs entries join_paths concat append into try_from_fn from_fn \
    successors join len is_empty as_str as_slice into_iter";

const ITERATOR_ONLY: &str = "drain retain extract_if write_iter into_remainder poll_next";

const WRITING: &str = "\
    write write_str write_char write_fmt write_all write_all_vectored write_vectored flush \
    by_ref copy into_inner into_parts is_write_vectored pad pad_integral debug_struct \
    debug_tuple debug_list debug_set debug_map finish finish_non_exhaustive field entry entries \
    key value set_output_capture";

const READING: &str = "\
    read read_exact read_to_end read_to_string read_vectored read_buf read_buf_exact read_array \
    read_le read_be bytes chain take by_ref copy is_read_vectored peek";

const BUFFERED: &str = "fill_buf consume has_data_left read_until skip_until read_line lines split";

const SEEKING: &str = "seek rewind stream_position stream_len seek_relative";
