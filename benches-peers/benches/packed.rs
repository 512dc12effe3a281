//! Small results on disk: the packed store against a file an entry, embedded databases, and `cached`'s disk store.
//!
//! The rows of several processes run this program again, with the store and what to do with it as arguments.

#[path = "../../checkpointer-runtime/benches/support/mod.rs"]
mod support;

use std::cell::Cell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cached::ConcurrentCached as _;
use checkpointer_runtime::codec::{MSGPACK, decode, encode_into};
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::storage::{self, Storage};
use checkpointer_runtime::{Digest, DiskStorage, Key, PackedStorage, StorageOptions};
use support::{compare, is_wanted, keep};

const ENTRIES: u32 = 100_000;

/// Puts and gets 100 bytes under a hash.
type Put<'a> = Box<dyn FnMut(u32) + 'a>;

fn hash(number: u32) -> [u8; 32] {
    blake3::hash(&number.to_le_bytes()).into()
}

fn value(number: u32) -> String {
    format!("{number:0100}")
}

struct Ours<S> {
    storage: S,
    options: Arc<StorageOptions>,
}

impl<S: Storage> Ours<S> {
    fn new(storage: S, root: &Path) -> Self {
        Self {
            storage,
            options: Arc::new(StorageOptions::new(root)),
        }
    }

    fn key(&self, number: u32) -> Key {
        Key::new(
            "app::module::function",
            Digest::new([7; 32]),
            Digest::new(hash(number)),
            self.options.clone(),
        )
    }

    fn put(&self, number: u32) {
        let key = self.key(number);
        let header = Header {
            codec: MSGPACK,
            stored: chrono::Utc::now(),
            computation: Duration::from_secs(1),
        };
        let frame = entry::encode(&key, &header, |bytes| encode_into(bytes, &value(number)));
        self.storage
            .store(&key, &frame.expect("a value"))
            .expect("room");
    }

    fn get(&self, number: u32) -> String {
        let (_, value) = storage::load(&self.storage, &self.key(number))
            .expect("sound")
            .expect("stored");
        decode(&value).expect("a text")
    }
}

fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| match entry.metadata().expect("an entry") {
            metadata if metadata.is_dir() => size(&entry.path()),
            metadata => metadata.blocks() * 512,
        })
        .sum()
}

/// Writes and reads all entries once, and prints what that takes.
fn whole(name: &str, folder: &Path, mut put: Put<'_>, mut get: Put<'_>) {
    if !is_wanted(name) {
        return;
    }
    let start = Instant::now();
    (0..ENTRIES).for_each(&mut put);
    let written = start.elapsed();
    let start = Instant::now();
    (0..ENTRIES).for_each(&mut get);
    let read = start.elapsed();
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(ENTRIES);
    let bytes = size(folder) / u64::from(ENTRIES);
    println!(
        "{name:<40} put {:>7.2} us, get {:>7.2} us, {bytes:>5} bytes each",
        micros(written),
        micros(read)
    );
}

/// What this program does in a process of its own: `entries <store> <put or get> <folder>`.
const ENTRIES_OF: &str = "entries";

fn put_or_get_all(arguments: &[String]) {
    let root = Path::new(&arguments[3]);
    let run = |put: &dyn Fn(u32), get: &dyn Fn(u32)| match &*arguments[2] {
        "put" => (0..ENTRIES).for_each(put),
        _ => (0..ENTRIES).for_each(get),
    };
    if arguments[1] == "packed" {
        let store = Ours::new(PackedStorage, root);
        run(&|n| store.put(n), &|n| assert_eq!(store.get(n), value(n)));
    } else {
        let store = Ours::new(DiskStorage, root);
        run(&|n| store.put(n), &|n| assert_eq!(store.get(n), value(n)));
    }
}

/// The processor time of all processes that this one has waited for, to a hundredth of a second.
fn time_of_children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, after_name) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks = after_name.split_whitespace().skip(13).take(2);
    let ticks = ticks.map(|ticks| ticks.parse::<u64>().expect("a count"));
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Puts all entries from new processes, and gets them from others: what that takes of the processor for an entry.
fn in_processes(store: &str, root: &Path, processes: usize) -> f64 {
    let before = time_of_children();
    for operation in ["put", "get"] {
        let program = std::env::current_exe().expect("this program");
        let children: Vec<_> = (0..processes)
            .map(|_| {
                let mut command = std::process::Command::new(&program);
                command.args([ENTRIES_OF, store, operation]).arg(root);
                command.spawn().expect("a process")
            })
            .collect();
        for mut child in children {
            assert!(
                child.wait().expect("a child").success(),
                "{store} {operation}"
            );
        }
    }
    (time_of_children() - before).as_secs_f64() * 1e6 / f64::from(ENTRIES) / processes as f64
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == ENTRIES_OF) {
        return put_or_get_all(&arguments);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("a new folder");
        place
    };

    let packed = Ours::new(PackedStorage, &place("packed"));
    let cached = cached::RedbCache::<String, String>::builder("peer")
        .disk_dir(place("cached"))
        .durable(false)
        .build()
        .expect("a store");
    let cached_key = |number: u32| Digest::new(hash(number)).to_string();
    for number in 0..10 {
        packed.put(number);
        cached
            .cache_set(cached_key(number), value(number))
            .expect("room");
    }
    let counters = (Cell::new(10), Cell::new(10));
    let next = |counter: &Cell<u32>| {
        counter.set(counter.get() + 1);
        counter.get()
    };
    compare(
        "packed store of 100 B, against cached's disk store",
        0.5,
        || packed.put(next(&counters.0)),
        || {
            let number = next(&counters.1);
            keep(cached.cache_set(cached_key(number), value(number)));
        },
    );
    compare(
        "packed hit of 100 B, against cached's disk store",
        1.0,
        || keep(packed.get(black_box(5))),
        || keep(cached.cache_get(&cached_key(black_box(5)))),
    );

    let all = "packed hit of 100 B, 100,000 keys in turn, against cached's disk store";
    if is_wanted(all) {
        for number in 0..ENTRIES {
            packed.put(number);
            cached
                .cache_set(cached_key(number), value(number))
                .expect("room");
        }
        let in_turn = |counter: &Cell<u32>| {
            counter.set((counter.get() + 37_117) % ENTRIES);
            counter.get()
        };
        let counters = (Cell::new(0), Cell::new(0));
        compare(
            all,
            1.0,
            || keep(packed.get(in_turn(&counters.0))),
            || keep(cached.cache_get(&cached_key(in_turn(&counters.1)))),
        );
    }
    for processes in [1, 4] {
        let name = format!("in {processes} new processes to put and as many to get");
        if !is_wanted(&name) {
            continue;
        }
        let time = |store: &str| {
            let root = place(&format!("{store}-{processes}"));
            in_processes(store, &root, processes)
        };
        let (packed, files) = (time("packed"), time("files"));
        let ratio = packed / files;
        println!(
            "{name}: {packed:.2} us an entry packed, {files:.2} us as files: {ratio:.2} (aim 0.25)"
        );
    }

    let root = place("whole-packed");
    let store = Ours::new(PackedStorage, &root);
    whole(
        "packed",
        &root,
        Box::new(|n| store.put(n)),
        Box::new(|n| keep(store.get(n))),
    );
    let root = place("whole-files");
    let store = Ours::new(DiskStorage, &root);
    whole(
        "a file an entry",
        &root,
        Box::new(|n| store.put(n)),
        Box::new(|n| keep(store.get(n))),
    );

    let root = place("lmdb");
    // SAFETY: nobody else opens or changes these files.
    let env = unsafe {
        let mut options = heed::EnvOpenOptions::new();
        options.map_size(1 << 30).flags(heed::EnvFlags::NO_SYNC);
        options.open(&root).expect("an environment")
    };
    let mut transaction = env.write_txn().expect("a transaction");
    let database: heed::Database<heed::types::Bytes, heed::types::Bytes> = env
        .create_database(&mut transaction, None)
        .expect("a database");
    transaction.commit().expect("room");
    whole(
        "LMDB, no sync",
        &root,
        Box::new(|n| {
            let mut transaction = env.write_txn().expect("a transaction");
            database
                .put(&mut transaction, &hash(n), value(n).as_bytes())
                .expect("room");
            transaction.commit().expect("room");
        }),
        Box::new(|n| {
            let transaction = env.read_txn().expect("a transaction");
            keep(
                database
                    .get(&transaction, &hash(n))
                    .expect("sound")
                    .expect("stored")
                    .to_vec(),
            );
        }),
    );

    let root = place("redb");
    let database = redb::Database::create(root.join("file")).expect("a database");
    const TABLE: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("table");
    whole(
        "redb, no durability",
        &root,
        Box::new(|n| {
            let mut transaction = database.begin_write().expect("a transaction");
            transaction
                .set_durability(redb::Durability::None)
                .expect("a choice");
            transaction
                .open_table(TABLE)
                .expect("a table")
                .insert(&hash(n)[..], value(n).as_bytes())
                .expect("room");
            transaction.commit().expect("room");
        }),
        Box::new(|n| {
            use redb::ReadableDatabase as _;
            let transaction = database.begin_read().expect("a transaction");
            let table = transaction.open_table(TABLE).expect("a table");
            keep(
                table
                    .get(&hash(n)[..])
                    .expect("sound")
                    .expect("stored")
                    .value()
                    .to_vec(),
            );
        }),
    );

    let root = place("fjall");
    let database = fjall::Database::builder(&root).open().expect("a database");
    let entries = database
        .keyspace("entries", fjall::KeyspaceCreateOptions::default)
        .expect("a keyspace");
    whole(
        "fjall, no sync",
        &root,
        Box::new(|n| entries.insert(hash(n), value(n)).expect("room")),
        Box::new(|n| {
            keep(
                entries
                    .get(hash(n))
                    .expect("sound")
                    .expect("stored")
                    .to_vec(),
            )
        }),
    );

    let root = place("sqlite");
    let database = rusqlite::Connection::open(root.join("file")).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID",
        )
        .expect("a table");
    whole(
        "SQLite, WAL, no sync",
        &root,
        Box::new(|n| {
            let mut insert = database
                .prepare_cached("INSERT OR REPLACE INTO t VALUES (?, ?)")
                .expect("SQL");
            insert
                .execute((&hash(n)[..], value(n).as_bytes()))
                .expect("room");
        }),
        Box::new(|n| {
            let mut select = database
                .prepare_cached("SELECT v FROM t WHERE k = ?")
                .expect("SQL");
            keep(
                select
                    .query_row([&hash(n)[..]], |row| row.get::<_, Vec<u8>>(0))
                    .expect("stored"),
            );
        }),
    );
}
