//! Reads of the outside world that a path gives away: what a result can depend on besides code and arguments.
//!
//! A path that comes here is absolute and resolved as far as it goes, macros by their name without `!`. What a value's
//! method reads (`file.read_to_end(…)`) is not asked for: the value came from a path that is named here.

/// Where a rule looks for its names below the prefix.
enum Rule {
    /// Everything below the prefix, and the prefix itself.
    All,
    /// Paths of which some segment behind the prefix is one of these.
    Names(&'static [&'static str]),
}

const ENVIRONMENT: &str = "reads the process's environment";
const FILES: &str = "reads or writes files";
const NETWORK: &str = "talks over the network";
const CLOCK: &str = "reads a clock";
const RANDOM: &str = "draws random numbers";
const PROCESS: &str = "starts or asks about processes";
const THREAD: &str = "depends on the thread or the machine";
const STDIN: &str = "reads standard input";
const ADDRESS: &str = "shows an address";
const POSITION: &str = "depends on where the code stands, which its tokens do not show";
const TYPE_NAME: &str = "depends on the compiler's names of types, which tokens do not show";
const ASSEMBLY: &str = "contains machine code, which is not analysed";
const REGISTRY: &str = "reads or extends a link-time registry";
const FOREIGN: &str = "calls foreign code";

/// Sorted by nothing but theme; the first rule that fits gives the reason.
const RULES: &[(&[&str], Rule, &str)] = &[
    (
        &["std", "env"],
        Rule::Names(&[
            "args",
            "args_os",
            "Args",
            "ArgsOs",
            "current_dir",
            "current_exe",
            "home_dir",
            "remove_var",
            "set_current_dir",
            "set_var",
            "temp_dir",
            "var",
            "var_os",
            "vars",
            "vars_os",
            "Vars",
            "VarsOs",
        ]),
        ENVIRONMENT,
    ),
    (&["std", "fs"], Rule::All, FILES),
    (&["std", "os", "unix", "fs"], Rule::All, FILES),
    (&["std", "os", "windows", "fs"], Rule::All, FILES),
    (
        &["std", "path"],
        Rule::Names(&[
            "absolute",
            "canonicalize",
            "exists",
            "is_dir",
            "is_file",
            "is_symlink",
            "metadata",
            "read_dir",
            "read_link",
            "symlink_metadata",
            "try_exists",
        ]),
        FILES,
    ),
    (
        &["std", "net"],
        Rule::Names(&["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"]),
        NETWORK,
    ),
    (&["std", "os", "unix", "net"], Rule::All, NETWORK),
    (
        &["std", "time", "Instant"],
        Rule::Names(&["now", "elapsed"]),
        CLOCK,
    ),
    (
        &["std", "time", "SystemTime"],
        Rule::Names(&["now", "elapsed"]),
        CLOCK,
    ),
    (
        &["std", "process"],
        Rule::Names(&["Command", "Child", "id", "parent_id"]),
        PROCESS,
    ),
    (&["std", "os", "unix", "process"], Rule::All, PROCESS),
    (
        &["std", "thread"],
        Rule::Names(&["current", "available_parallelism", "ThreadId"]),
        THREAD,
    ),
    (
        &["std", "io"],
        Rule::Names(&["stdin", "Stdin", "StdinLock", "read_to_string"]),
        STDIN,
    ),
    (
        &["std", "collections"],
        Rule::Names(&["RandomState"]),
        RANDOM,
    ),
    (
        &["std", "hash"],
        Rule::Names(&["RandomState", "random"]),
        RANDOM,
    ),
    (&["std", "random"], Rule::All, RANDOM),
    (&["std", "fmt", "Pointer"], Rule::All, ADDRESS),
    (
        &["std", "ptr"],
        Rule::Names(&["hash", "addr", "expose_provenance"]),
        ADDRESS,
    ),
    (&["std", "backtrace"], Rule::All, POSITION),
    (&["std", "panic", "Location", "caller"], Rule::All, POSITION),
    (&["std", "line"], Rule::All, POSITION),
    (&["std", "column"], Rule::All, POSITION),
    (&["std", "file"], Rule::All, POSITION),
    (&["std", "module_path"], Rule::All, POSITION),
    (
        &["std", "any"],
        Rule::Names(&["type_name", "type_name_of_val", "TypeId"]),
        TYPE_NAME,
    ),
    (
        &["std", "intrinsics"],
        Rule::Names(&["type_name", "type_id"]),
        TYPE_NAME,
    ),
    (&["std", "is_x86_feature_detected"], Rule::All, THREAD),
    (
        &["std", "arch"],
        Rule::Names(&[
            "is_x86_feature_detected",
            "is_aarch64_feature_detected",
            "is_arm_feature_detected",
            "is_riscv_feature_detected",
            "__cpuid",
            "__cpuid_count",
            "_rdtsc",
            "__rdtscp",
        ]),
        THREAD,
    ),
    (
        &["std", "arch"],
        Rule::Names(&["asm", "global_asm", "naked_asm"]),
        ASSEMBLY,
    ),
    (
        &["std"],
        Rule::Names(&["asm", "global_asm", "llvm_asm"]),
        ASSEMBLY,
    ),
    (&["chrono"], Rule::Names(&["now", "today", "Local"]), CLOCK),
    (
        &["time"],
        Rule::Names(&[
            "now",
            "now_utc",
            "now_local",
            "current_local_offset",
            "local_offset_at",
        ]),
        CLOCK,
    ),
    (
        &["jiff"],
        Rule::Names(&["now", "system", "try_system"]),
        CLOCK,
    ),
    (&["web_time"], Rule::Names(&["now"]), CLOCK),
    (&["instant"], Rule::Names(&["now"]), CLOCK),
    (&["quanta"], Rule::Names(&["now", "recent"]), CLOCK),
    (
        &["rand"],
        Rule::Names(&[
            "random",
            "random_range",
            "random_bool",
            "random_ratio",
            "random_iter",
            "rng",
            "thread_rng",
            "fill",
            "make_rng",
            "from_entropy",
            "from_os_rng",
            "try_from_os_rng",
            "OsRng",
            "SysRng",
            "ThreadRng",
            "EntropyRng",
        ]),
        RANDOM,
    ),
    (
        &["rand_core"],
        Rule::Names(&["from_entropy", "from_os_rng", "OsRng"]),
        RANDOM,
    ),
    (&["getrandom"], Rule::All, RANDOM),
    (
        &["uuid"],
        Rule::Names(&[
            "new_v1", "new_v4", "new_v6", "new_v7", "now_v1", "now_v6", "now_v7", "now",
        ]),
        RANDOM,
    ),
    (&["nanoid"], Rule::All, RANDOM),
    (
        &["ahash", "RandomState"],
        Rule::Names(&["new", "default"]),
        RANDOM,
    ),
    (&["tokio", "time"], Rule::Names(&["now"]), CLOCK),
    (&["tokio", "fs"], Rule::All, FILES),
    (&["tokio", "net"], Rule::All, NETWORK),
    (&["tokio", "process"], Rule::All, PROCESS),
    (&["tokio", "io"], Rule::Names(&["stdin", "Stdin"]), STDIN),
    (&["async_std"], Rule::Names(&["fs", "net", "stdin"]), FILES),
    (&["async_fs"], Rule::All, FILES),
    (&["fs_err"], Rule::All, FILES),
    (&["walkdir"], Rule::All, FILES),
    (&["ignore"], Rule::All, FILES),
    (&["glob"], Rule::Names(&["glob", "glob_with"]), FILES),
    (&["tempfile"], Rule::All, FILES),
    (&["memmap2"], Rule::All, FILES),
    (&["dirs"], Rule::All, ENVIRONMENT),
    (&["hostname"], Rule::All, ENVIRONMENT),
    (&["reqwest"], Rule::All, NETWORK),
    (&["ureq"], Rule::All, NETWORK),
    (&["num_cpus"], Rule::All, THREAD),
    (&["sysinfo"], Rule::All, THREAD),
    (&["inventory"], Rule::All, REGISTRY),
    (&["linkme"], Rule::All, REGISTRY),
    (&["ctor"], Rule::All, REGISTRY),
    (&["libc"], Rule::All, FOREIGN),
    (&["rustix"], Rule::All, FOREIGN),
    (&["nix"], Rule::All, FOREIGN),
    (&["windows_sys"], Rule::All, FOREIGN),
    (&["winapi"], Rule::All, FOREIGN),
];

/// Why a mention of this foreign path makes a function impure, if it does. `std`, `core` and `alloc` are one crate.
pub(crate) fn reason(path: &[&str]) -> Option<&'static str> {
    let (&first, rest) = path.split_first()?;
    let head = if matches!(first, "core" | "alloc") {
        "std"
    } else {
        first
    };
    if head == "fastrand" {
        return fastrand(rest);
    }
    RULES
        .iter()
        .find(|(prefix, rule, _)| applies(prefix, rule, head, rest))
        .map(|(_, _, reason)| *reason)
}

fn applies(prefix: &[&str], rule: &Rule, head: &str, rest: &[&str]) -> bool {
    let Some(rest) = (prefix[0] == head)
        .then(|| rest.strip_prefix(&prefix[1..]))
        .flatten()
    else {
        return false;
    };
    match rule {
        Rule::All => true,
        Rule::Names(names) => rest.iter().any(|segment| names.contains(segment)),
    }
}

/// Its free functions share a generator that the system seeds; one made by `with_seed` is a pure value.
fn fastrand(rest: &[&str]) -> Option<&'static str> {
    match rest {
        ["Rng"] | ["Rng", "with_seed", ..] | [] => None,
        _ => Some(RANDOM),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&str>) {
        let segments: Vec<&str> = path.split("::").collect();
        assert_eq!(reason(&segments), expected, "{path}");
    }

    #[test]
    fn reads_of_the_outside_world_are_named() {
        check("std::env::var", Some(ENVIRONMENT));
        check("std::fs::read_to_string", Some(FILES));
        check("std::fs::File::open", Some(FILES));
        check("std::path::Path::exists", Some(FILES));
        check("std::net::TcpStream::connect", Some(NETWORK));
        check("std::time::Instant::now", Some(CLOCK));
        check("std::time::SystemTime::now", Some(CLOCK));
        check("std::process::Command::new", Some(PROCESS));
        check("std::thread::current", Some(THREAD));
        check("std::io::stdin", Some(STDIN));
        check("std::collections::hash_map::RandomState::new", Some(RANDOM));
        check("chrono::Utc::now", Some(CLOCK));
        check("chrono::prelude::Local::now", Some(CLOCK));
        check("rand::rng", Some(RANDOM));
        check("rand::prelude::StdRng::from_os_rng", Some(RANDOM));
        check("getrandom::fill", Some(RANDOM));
        check("inventory::submit", Some(REGISTRY));
        check("linkme::distributed_slice", Some(REGISTRY));
    }

    #[test]
    fn what_tokens_do_not_show_is_named() {
        check("std::line", Some(POSITION));
        check("core::module_path", Some(POSITION));
        check("core::panic::Location::caller", Some(POSITION));
        check("std::any::type_name", Some(TYPE_NAME));
        check("core::arch::asm", Some(ASSEMBLY));
    }

    #[test]
    fn the_three_standard_crates_are_one() {
        check("core::fmt::Pointer::fmt", Some(ADDRESS));
        check("alloc::fmt::Pointer", Some(ADDRESS));
        check("core::hash::RandomState", Some(RANDOM));
    }

    #[test]
    fn pure_neighbours_are_left_alone() {
        check("std::env::consts::OS", None);
        check("std::env::split_paths", None);
        check("std::net::Ipv4Addr::new", None);
        check("std::time::Duration::from_secs", None);
        check("std::time::SystemTime::UNIX_EPOCH", None);
        check("std::path::Path::join", None);
        check("std::io::Read::read_to_end", None);
        check("std::process::exit", None);
        check("std::thread::spawn", None);
        check("std::collections::HashMap::new", None);
        check("std::fmt::Debug::fmt", None);
        check("rand::rngs::StdRng::seed_from_u64", None);
        check("fastrand::Rng::with_seed", None);
        check("chrono::NaiveDate::from_ymd_opt", None);
        check("serde::Serialize", None);
        check("", None);
    }

    #[test]
    fn a_prefix_counts_by_whole_segments() {
        check("std::fsx::read", None);
        check("random::rand", None);
        check("std", None);
    }

    #[test]
    fn shared_generators_are_random_and_seeded_ones_are_not() {
        check("fastrand::u32", Some(RANDOM));
        check("fastrand::Rng::new", Some(RANDOM));
        check("fastrand::Rng", None);
    }
}
