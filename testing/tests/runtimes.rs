//! Async functions work on any runtime: tokio, smol, and a bare executor; many tasks on one key are one run.

use checkpointer_runtime::{checkpoint, no_capture};
use checkpointer_testing::{Runs, STORE};
use futures_lite::future::yield_now;

#[no_capture]
static RUNS: Runs = Runs::new();

/// Disk below memory, so that both ways of keeping are walked; the runtime's name makes calls of its own.
#[checkpoint(format = "memory", verbosity = 0)]
#[checkpoint(using = STORE)]
async fn answer(runtime: &'static str, x: u64) -> Result<String, std::fmt::Error> {
    RUNS.count();
    for _ in 0..10 {
        yield_now().await;
    }
    if x == 0 {
        Err(std::fmt::Error)
    } else {
        Ok(format!("{runtime} {x}"))
    }
}

/// Tests count the same runs, so they are one.
#[test]
fn every_runtime_computes_once_and_remembers() {
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    tokio.block_on(async {
        let tasks: Vec<_> = (0..64).map(|_| tokio::spawn(answer("tokio", 1))).collect();
        for task in tasks {
            assert_eq!(task.await.expect("the task ends"), Ok("tokio 1".to_owned()));
        }
    });
    assert_eq!(RUNS.take(), 1);

    smol::block_on(async {
        let executor = smol::Executor::new();
        let tasks: Vec<_> = (0..64).map(|_| executor.spawn(answer("smol", 1))).collect();
        executor
            .run(async {
                for task in tasks {
                    assert_eq!(task.await, Ok("smol 1".to_owned()));
                }
            })
            .await;
    });
    assert_eq!(RUNS.take(), 1);

    futures_lite::future::block_on(async {
        assert_eq!(answer("bare", 1).await, Ok("bare 1".to_owned()));
        assert_eq!(answer("bare", 1).await, Ok("bare 1".to_owned()));
        assert!(answer("bare", 0).await.is_err() && answer("bare", 0).await.is_err());
    });
    assert_eq!(RUNS.take(), 3);
    assert_eq!(
        answer::call("tokio", 1)
            .layer(1)
            .get()
            .expect("the disk has it"),
        "tokio 1"
    );
}
