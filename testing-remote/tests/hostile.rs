//! A server that lies: whatever it claims, no more memory is taken than bytes have come, and nothing panics.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use checkpointer_runtime::CheckpointError;
use checkpointer_runtime::remote::RemoteStorage;
use checkpointer_runtime::storage::{self, Storage as _};
use checkpointer_testing_remote::{key, options};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The peak is the process's, so only one test measures at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// What a connection may take at once for an entry that claims to be long, and room for all else.
const MIB: usize = 1 << 20;

/// A server that answers every request with these bytes and then says nothing more. Gives its URL, and how often it was asked.
fn liar(answer: &[u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let asked = Arc::new(AtomicUsize::new(0));
    let (answer, counter) = (answer.to_vec(), Arc::clone(&asked));
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let (answer, counter) = (answer.clone(), Arc::clone(&counter));
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(1..) = client.read(&mut buffer) {
                    counter.fetch_add(1, Ordering::SeqCst);
                    if client.write_all(&answer).is_err() {
                        break;
                    }
                }
            });
        }
    });
    (format!("redis://127.0.0.1:{port}"), asked)
}

/// Loads and lists from a liar: both must end in an error, and within so many bytes.
fn refuse(answer: &[u8], limit: usize) -> String {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (url, asked) = liar(answer);
    let remote = options(&url).timeout(Duration::from_millis(300));
    let storage = RemoteStorage::open(remote).expect("it can be used");
    let key = key(1, 1);
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let error = match storage::load(&storage, &key) {
        Err(error) => error,
        Ok(loaded) => panic!("it was believed: {loaded:?}"),
    };
    assert!(storage.entries(key.scope()).is_err());
    let peak = ALLOCATOR.peak_usage().saturating_sub(before);
    assert!(
        peak < limit,
        "{peak} bytes for {:?}",
        String::from_utf8_lossy(answer)
    );
    assert!(asked.load(Ordering::SeqCst) > 0);
    match &error {
        CheckpointError::Storage { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

#[test]
fn an_entry_that_claims_more_than_the_limit_is_not_read() {
    let why = refuse(b"$4000000000\r\nabc", 6 * MIB);
    assert!(why.contains("max_entry"), "{why}");
}

#[test]
fn an_entry_that_claims_sixty_mebibytes_and_has_three_takes_a_few() {
    refuse(b"$62914560\r\nabc", 6 * MIB);
}

#[test]
fn a_list_that_claims_a_trillion_names_takes_a_few_kilobytes() {
    refuse(b"*1000000000000\r\n$1\r\na\r\n", 6 * MIB);
}

#[test]
fn lists_in_lists_do_not_fill_the_stack() {
    refuse(&b"*1\r\n".repeat(100_000), 6 * MIB);
}

#[test]
fn what_is_no_reply_is_no_reply() {
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"$abc\r\n",
        b"$5\r\nabcdefghij",
        b":5\r\n",
        b"+OK\r\n",
        b"\0\0\0\0\0\0\0\0\r\n",
        b"%1\r\n+a\r\n+b\r\n",
    ] {
        refuse(answer, 6 * MIB);
    }
}

#[test]
fn a_redis_that_answers_with_an_unsigned_entry_is_not_believed() {
    let why = refuse(b"$5\r\nhello\r\n", 6 * MIB);
    assert!(why.contains("not signed"), "{why}");
}

#[test]
fn a_node_of_a_redis_cluster_is_called_that() {
    for answer in [
        &b"-MOVED 3999 127.0.0.1:6381\r\n"[..],
        b"-ASK 3999 127.0.0.1:6381\r\n",
    ] {
        let why = refuse(answer, 6 * MIB);
        assert!(
            why.contains("Redis Cluster") && why.contains("proxy"),
            "{why}"
        );
    }
}
