//! Servers for the tests of shared stores: real ones, ones that fail as told, and one in memory.
//!
//! `cargo xtask test` installs Redis and moto and starts one of each; a test that is run alone starts its own. Where a program is missing the
//! test fails with what to install.

mod caller;
mod certificate;
mod cloud;
mod dumb;
mod http;
mod keys;
mod memory;
mod process;
mod proxy;
mod redis_server;
mod s3;

pub use caller::{Asked, Caller};
pub use certificate::certificate;
pub use cloud::{Cloud, Provider};
pub use dumb::DumbS3;
pub use keys::{KEY, frame, header, key, key_of, options};
pub use memory::{InMemory, Latency};
pub use proxy::{Fault, Proxy};
pub use redis_server::{RedisServer, client, free_port};
pub use s3::{Moto, bucket, set_credentials};
