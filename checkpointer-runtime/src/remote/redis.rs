//! Redis and Valkey: entries are strings, a lease is `SET NX PX`, and what belongs to its holder alone is done by a short
//! script on the server.
//!
//! The `redis` crate reads URLs, spells commands and parses replies. The socket is ours, since an operation must end by its
//! time however slowly bytes come, and must take no more of them than its limit.

mod connection;
mod stream;
#[cfg(feature = "redis-tls")]
mod tls;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::{Cmd, ConnectionInfo, IntoConnectionInfo as _, Value};
use bytes::Bytes;

use super::backend::{Backend, Claim, Fault, Fence, Page, Written};
use super::options::Remote;
use connection::{Connection, unexpected};

/// Connections that are kept open while nobody needs them.
const IDLE: usize = 16;
/// Names a `SCAN` looks at in one go.
const PORTION: u32 = 1000;
/// The longest reply that is not an entry.
const SHORT: usize = 1 << 20;

/// The longest portion of names.
const LONG: usize = 64 << 20;

/// Writes an entry unless another holder has taken the lease, or has written under it and given it back.
const PUT: &str = "local held = redis.call('GET', KEYS[1])
if held == ARGV[1] or (not held and redis.call('EXISTS', KEYS[2]) == 0) then
    if ARGV[3] == '0' then redis.call('SET', KEYS[2], ARGV[2])
    else redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
    return 1
end
return 0";
const RENEW: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0";
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// A Redis server.
pub(super) struct RedisBackend {
    info: ConnectionInfo,
    has_tls: bool,
    idle: Mutex<Vec<Connection>>,
    keep_for: Option<Duration>,
    /// Whether the server lets us run scripts.
    has_scripts: AtomicBool,
}

impl RedisBackend {
    /// The server of this URL. `REDISCLI_AUTH` is the password where the URL has none, as `redis-cli` has it.
    pub(super) fn new(remote: &Remote) -> Result<Self, String> {
        // The crate's own TLS comes with connections of its own, so it is not told.
        let (scheme, rest) = remote.url.split_once("://").unwrap_or_default();
        let has_tls = ["rediss", "valkeys"].contains(&scheme.to_ascii_lowercase().as_str());
        let url = if has_tls {
            format!("redis://{rest}")
        } else {
            remote.url.clone()
        };
        let mut info = url.as_str().into_connection_info().map_err(|error| {
            format!(
                "the remote store {} is not understood: {error}",
                remote.place()
            )
        })?;
        if info.redis_settings().password().is_none()
            && let Ok(password) = std::env::var("REDISCLI_AUTH")
        {
            let settings = info.redis_settings().clone().set_password(password);
            info = info.set_redis_settings(settings);
        }
        Ok(Self {
            info,
            has_tls,
            idle: Mutex::default(),
            keep_for: remote.keep_for,
            has_scripts: AtomicBool::new(true),
        })
    }

    /// Does something on a connection that nobody else uses at the time.
    fn on_connection<T>(
        &self,
        by: Instant,
        run: impl FnOnce(&mut Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => Connection::open(&self.info, self.has_tls, by)?,
        };
        match run(&mut connection) {
            Ok(value) => {
                let mut idle = idle();
                if idle.len() < IDLE {
                    idle.push(connection);
                }
                Ok(value)
            }
            Err(fault) => {
                // Where one broke off, the others are no better: the server was restarted, or is gone.
                idle().clear();
                Err(fault)
            }
        }
    }

    fn short(&self, command: &Cmd, by: Instant) -> Result<Value, Fault> {
        let reply = self.on_connection(by, |connection| connection.run(command, SHORT, by))?;
        connection::server_error(reply)
    }

    fn fetch(
        &self,
        command: &Cmd,
        limit: usize,
        by: Instant,
        seen: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<Bytes>, Fault> {
        self.on_connection(by, |connection| connection.fetch(command, limit, by, seen))
    }

    fn script(
        &self,
        script: &str,
        keys: &[&str],
        arguments: &[&[u8]],
        by: Instant,
    ) -> Result<bool, Fault> {
        let mut command = ::redis::cmd("EVAL");
        command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
        is_one(self.short(&command, by)?)
    }
}

impl Backend for RedisBackend {
    fn get(&self, name: &str, limit: usize, by: Instant) -> Result<Option<Bytes>, Fault> {
        self.get_seen(name, limit, by, &mut |_| ())
    }

    fn get_seen(
        &self,
        name: &str,
        limit: usize,
        by: Instant,
        seen: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<Bytes>, Fault> {
        let mut command = ::redis::cmd("GET");
        self.fetch(command.arg(name), limit, by, seen)
    }

    fn get_start(&self, name: &str, length: usize, by: Instant) -> Result<Option<Bytes>, Fault> {
        let mut command = ::redis::cmd("GETRANGE");
        command.arg(name).arg(0).arg(length.saturating_sub(1));
        let start = self.fetch(&command, length, by, &mut |_| ())?;
        // What is not there has no bytes; an entry always has some.
        Ok(start.filter(|start| !start.is_empty()))
    }

    fn exists(&self, name: &str, by: Instant) -> Result<bool, Fault> {
        is_one(self.short(::redis::cmd("EXISTS").arg(name), by)?)
    }

    fn put(
        &self,
        name: &str,
        bytes: Bytes,
        fence: Option<&Fence>,
        by: Instant,
    ) -> Result<Written, Fault> {
        let millis = self.keep_for.map_or(0, |time| time.as_millis().max(1));
        if let Some(fence) = fence
            && self.has_scripts.load(Ordering::Relaxed)
        {
            let (keys, lasting) = ([fence.lease.as_str(), name], millis.to_string());
            let arguments = [fence.token.as_bytes(), &bytes, lasting.as_bytes()];
            match self.script(PUT, &keys, &arguments, by) {
                Ok(true) => return Ok(Written::Kept),
                Ok(false) => return Ok(Written::Fenced),
                // A server without scripts: then without a fence, too.
                Err(Fault::Refused(_)) => self.has_scripts.store(false, Ordering::Relaxed),
                Err(fault) => return Err(fault),
            }
        }
        let mut command = ::redis::cmd("SET");
        command.arg(name).arg(&*bytes);
        if millis > 0 {
            command.arg("PX").arg(millis.to_string());
        }
        match self.short(&command, by)? {
            Value::Okay => Ok(Written::Kept),
            other => Err(unexpected(&other)),
        }
    }

    fn delete(&self, name: &str, by: Instant) -> Result<bool, Fault> {
        is_one(self.short(::redis::cmd("DEL").arg(name), by)?)
    }

    fn list(&self, prefix: &str, from: Option<&str>, by: Instant) -> Result<Page, Fault> {
        let mut command = ::redis::cmd("SCAN");
        command.arg(from.unwrap_or("0"));
        // Names have no character that means something in a pattern.
        command.arg("MATCH").arg(format!("{prefix}*"));
        command.arg("COUNT").arg(PORTION);
        let value = self.on_connection(by, |connection| connection.run(&command, LONG, by))?;
        let (next, names): (String, Vec<String>) =
            ::redis::from_redis_value(value).map_err(|error| Fault::Unavailable(error.into()))?;
        let next = (next != "0").then_some(next);
        Ok(Page { names, next })
    }

    fn claim(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<Claim, Fault> {
        let mut command = ::redis::cmd("SET");
        command.arg(&lease.lease).arg(&lease.token).arg("NX");
        command.arg("PX").arg(millis(lasting));
        match self.short(&command, by)? {
            Value::Okay => Ok(Claim::Held),
            Value::Nil => Ok(Claim::Taken),
            other => Err(unexpected(&other)),
        }
    }

    fn renew(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<bool, Fault> {
        let lasting = millis(lasting);
        let arguments = [lease.token.as_bytes(), lasting.as_bytes()];
        self.script(RENEW, &[&lease.lease], &arguments, by)
    }

    fn release(&self, lease: &Fence, by: Instant) -> Result<(), Fault> {
        let arguments = [lease.token.as_bytes()];
        self.script(RELEASE, &[&lease.lease], &arguments, by)?;
        Ok(())
    }

    fn ping(&self, by: Instant) -> Result<(), Fault> {
        // On a connection of its own: the kept ones may be of a server that is no more.
        let mut connection = Connection::open(&self.info, self.has_tls, by)?;
        let pong = connection.run(&::redis::cmd("PING"), SHORT, by)?;
        connection::server_error(pong).map(|_| ())
    }
}

fn millis(time: Duration) -> String {
    time.as_millis().max(1).to_string()
}

fn is_one(value: Value) -> Result<bool, Fault> {
    match value {
        Value::Int(number) => Ok(number != 0),
        other => Err(unexpected(&other)),
    }
}
