//! One connection: commands out, replies in, of which no more is taken than a limit.

use std::fmt;
use std::io::{self, Read};
use std::time::Instant;

use ::redis::{Cmd, ConnectionInfo, ErrorKind as RedisKind, Parser, Value};
use bytes::Bytes;

use super::super::backend::Fault;
use super::stream::{Stream, unavailable};
use crate::storage::buffer;

/// What a reply has beside its value.
const MARGIN: usize = 64;
/// What is read of an entry at first.
const START: usize = 16 << 10;
/// Memory that is taken at once for an entry that claims to be as long.
const ENOUGH: usize = 4 << 20;

/// A connection on which one command runs at a time.
pub(super) struct Connection {
    stream: Stream,
    parser: Parser,
    buffer: Vec<u8>,
    /// The first bytes of an entry, which for most is all of it.
    start: Box<[u8; START]>,
}

impl Connection {
    /// Connects, and says who we are.
    pub(super) fn open(info: &ConnectionInfo, has_tls: bool, by: Instant) -> Result<Self, Fault> {
        let stream = Stream::open(info.addr(), has_tls, by)?;
        let mut connection = Self {
            stream,
            parser: Parser::new(),
            buffer: Vec::new(),
            start: Box::new([0; START]),
        };
        let settings = info.redis_settings();
        if let Some(password) = settings.password() {
            let mut command = ::redis::cmd("AUTH");
            if let Some(user) = settings.username() {
                command.arg(user);
            }
            connection.prepare(command.arg(password), by)?;
        }
        if settings.db() != 0 {
            connection.prepare(::redis::cmd("SELECT").arg(settings.db()), by)?;
        }
        Ok(connection)
    }

    fn prepare(&mut self, command: &Cmd, by: Instant) -> Result<(), Fault> {
        match server_error(self.run(command, MARGIN * 16, by)?)? {
            Value::Okay => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// Sends a command and reads its reply, of at most so many bytes. After a fault the connection is of no more use.
    pub(super) fn run(&mut self, command: &Cmd, limit: usize, by: Instant) -> Result<Value, Fault> {
        self.send(command, by)?;
        self.parse(0, limit, by)
    }

    /// The bytes of an entry, read to where they stay, and shown while they come; `None` if there is none.
    pub(super) fn fetch(
        &mut self,
        command: &Cmd,
        limit: usize,
        by: Instant,
        seen: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<Bytes>, Fault> {
        self.send(command, by)?;
        let count = self
            .stream
            .receive(&mut self.start[..], by)
            .map_err(unavailable)?;
        let Some((head, length)) = string_length(&self.start[..count]) else {
            // None, an error, or a start too short to tell.
            return match server_error(self.parse(count, limit, by)?)? {
                Value::BulkString(bytes) => Ok(Some(bytes.into())),
                Value::Nil => Ok(None),
                other => Err(unexpected(&other)),
            };
        };
        if length > limit {
            return Err(Fault::TooLarge { limit });
        }
        // Two bytes end the string.
        let whole = length + 2;
        let mut seen = |bytes: &[u8]| seen(&bytes[..bytes.len().min(length)]);
        let start = &self.start[head..count.min(head + whole)];
        let bytes = if start.len() == whole {
            Ok(Bytes::copy_from_slice(start))
        } else if whole <= ENOUGH {
            buffer::filled(whole, |room| {
                room[..start.len()].copy_from_slice(start);
                self.stream.fill(room, start.len(), by, &mut seen)
            })
        } else {
            // As much memory as bytes have come, and once more.
            let mut bytes = start.to_vec();
            loop {
                let filled = bytes.len();
                bytes.resize(whole.min((2 * filled).max(ENOUGH)), 0);
                match self.stream.fill(&mut bytes, filled, by, &mut seen) {
                    Ok(_) if bytes.len() < whole => {}
                    Ok(_) => break Ok(Bytes::from(bytes)),
                    Err(error) => break Err(error),
                }
            }
        };
        let mut bytes = bytes.map_err(unavailable)?;
        if count > head + whole || !bytes.ends_with(b"\r\n") {
            return Err(Fault::Unavailable("its answer has no end".into()));
        }
        bytes.truncate(length);
        Ok(Some(bytes))
    }

    fn send(&mut self, command: &Cmd, by: Instant) -> Result<(), Fault> {
        self.buffer.clear();
        command.write_packed_command(&mut self.buffer);
        self.stream.send(&self.buffer, by).map_err(unavailable)?;
        if self.buffer.capacity() > 1 << 20 {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// Parses a reply, of which so many bytes have come.
    fn parse(&mut self, count: usize, limit: usize, by: Instant) -> Result<Value, Fault> {
        let mut reply = Reply {
            stream: &mut self.stream,
            by,
            left: limit.saturating_add(MARGIN),
        };
        let value = self
            .parser
            .parse_value(self.start[..count].chain(&mut reply));
        let is_too_large = reply.left == 0;
        match value {
            Ok(value) => Ok(value),
            Err(_) if is_too_large => Err(Fault::TooLarge { limit }),
            Err(error) => Err(Fault::Unavailable(error.into())),
        }
    }
}

/// Where the bytes of a string begin in a reply, and how many it has.
fn string_length(start: &[u8]) -> Option<(usize, usize)> {
    let end = start.iter().take(24).position(|byte| *byte == b'\r')?;
    let digits = std::str::from_utf8(start.get(1..end)?).ok()?;
    if start[0] != b'$' || start.get(end + 1) != Some(&b'\n') {
        return None;
    }
    // What is not there has the length -1, and is for the parser.
    Some((end + 2, digits.parse().ok()?))
}

/// The bytes of one reply for the parser, as far as its time and its limit go.
struct Reply<'a> {
    stream: &'a mut Stream,
    by: Instant,
    left: usize,
}

impl Read for Reply<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("the reply is too long"));
        }
        let length = buffer.len().min(self.left);
        let count = self.stream.receive(&mut buffer[..length], self.by)?;
        self.left -= count;
        Ok(count)
    }
}

/// A reply of a kind that this command does not have: not a Redis server, or not in its right mind.
pub(super) fn unexpected(value: &impl fmt::Debug) -> Fault {
    let text: String = format!("{value:?}").chars().take(60).collect();
    Fault::Unavailable(format!("it answered {text}").into())
}

/// A reply that says what went wrong, as the fault that it is.
pub(super) fn server_error(value: Value) -> Result<Value, Fault> {
    let error = match value.extract_error() {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let code = error.code().unwrap_or_default().to_owned();
    let is_login = error.kind() == RedisKind::AuthenticationFailed;
    let source = error.into();
    Err(match code.as_str() {
        _ if is_login => Fault::Refused(source),
        "MOVED" | "ASK" | "CROSSSLOT" => Fault::Refused(
            "it is a node of a Redis Cluster, which is not supported; name a proxy in front of the cluster, or a server \
             without cluster mode"
                .into(),
        ),
        "OOM" | "MISCONF" | "READONLY" | "NOREPLICAS" => Fault::Full(source),
        "LOADING" | "BUSY" | "TRYAGAIN" | "MASTERDOWN" | "CLUSTERDOWN" => {
            Fault::Unavailable(source)
        }
        _ => Fault::Refused(source),
    })
}
