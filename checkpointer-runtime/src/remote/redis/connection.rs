//! One connection: every read and write ends by the time that its operation has, and takes no more than its limit.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ::redis::{Cmd, ConnectionAddr, ConnectionInfo, ErrorKind as RedisKind, Parser, Value};

use super::super::backend::Fault;
use super::super::client;

/// What a reply has beside its value.
const MARGIN: usize = 64;

/// A connection on which one command runs at a time.
pub(super) struct Connection {
    stream: Stream,
    parser: Parser,
    buffer: Vec<u8>,
}

enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Connection {
    /// Connects, and says who we are.
    pub(super) fn open(info: &ConnectionInfo, by: Instant) -> Result<Self, Fault> {
        let stream = Stream::open(info.addr(), by)?;
        let mut connection = Self {
            stream,
            parser: Parser::new(),
            buffer: Vec::new(),
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
        self.buffer.clear();
        command.write_packed_command(&mut self.buffer);
        self.stream.send(&self.buffer, by).map_err(unavailable)?;
        if self.buffer.capacity() > 1 << 20 {
            self.buffer = Vec::new();
        }
        let mut reply = Reply {
            stream: &mut self.stream,
            by,
            left: limit.saturating_add(MARGIN),
            next_check: None,
        };
        let value = self.parser.parse_value(&mut reply);
        let is_too_large = reply.left == 0;
        match value {
            Ok(value) => Ok(value),
            Err(_) if is_too_large => Err(Fault::TooLarge { limit }),
            Err(error) => Err(Fault::Unavailable(error.into())),
        }
    }
}

impl Stream {
    fn open(address: &ConnectionAddr, by: Instant) -> Result<Self, Fault> {
        match address {
            ConnectionAddr::Tcp(host, port) => {
                let mut fault = Fault::timed_out();
                for address in resolve(host, *port, by)? {
                    match TcpStream::connect_timeout(&address, rest(by).map_err(unavailable)?) {
                        Ok(stream) => {
                            stream.set_nodelay(true).map_err(unavailable)?;
                            return Ok(Self::Tcp(stream));
                        }
                        Err(error) => fault = unavailable(error),
                    }
                }
                Err(fault)
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                Ok(Self::Unix(UnixStream::connect(path).map_err(unavailable)?))
            }
            other => Err(Fault::Refused(
                format!("addresses such as {other} are not supported").into(),
            )),
        }
    }

    fn send(&mut self, mut bytes: &[u8], by: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            let rest = Some(rest(by)?);
            match self {
                Self::Tcp(stream) => stream.set_write_timeout(rest)?,
                #[cfg(unix)]
                Self::Unix(stream) => stream.set_write_timeout(rest)?,
            }
            let sent = match self {
                Self::Tcp(stream) => stream.write(bytes),
                #[cfg(unix)]
                Self::Unix(stream) => stream.write(bytes),
            };
            match sent {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The bytes of one reply, as far as its time and its limit go.
struct Reply<'a> {
    stream: &'a mut Stream,
    by: Instant,
    left: usize,
    /// When the socket is to be told anew how much time is left. A call for every read would be half of a read's cost.
    next_check: Option<Instant>,
}

impl Read for Reply<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("the reply is too long"));
        }
        let now = Instant::now();
        if self.next_check.is_none_or(|next| now >= next) {
            let rest = rest(self.by)?;
            match self.stream {
                Stream::Tcp(stream) => stream.set_read_timeout(Some(rest))?,
                #[cfg(unix)]
                Stream::Unix(stream) => stream.set_read_timeout(Some(rest))?,
            }
            self.next_check = Some(now + rest / 8);
        }
        let length = buffer.len().min(self.left);
        let count = match self.stream {
            Stream::Tcp(stream) => stream.read(&mut buffer[..length])?,
            #[cfg(unix)]
            Stream::Unix(stream) => stream.read(&mut buffer[..length])?,
        };
        self.left -= count;
        Ok(count)
    }
}

/// The addresses of a host. The system's look-up knows no time-out, so it has a thread of its own.
fn resolve(host: &str, port: u16, by: Instant) -> Result<Vec<SocketAddr>, Fault> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = mpsc::channel();
    let host = host.to_owned();
    client::spawn("checkpointer-resolve", move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Nobody may be waiting any more.
        let _ = sender.send(found.map(Iterator::collect));
    });
    let found: io::Result<Vec<SocketAddr>> = receiver
        .recv_timeout(rest(by).map_err(unavailable)?)
        .map_err(|_| Fault::Unavailable("its name was not resolved in time".into()))?;
    found.map_err(unavailable)
}

/// The time that is left.
fn rest(by: Instant) -> io::Result<Duration> {
    let rest = by.saturating_duration_since(Instant::now());
    if rest.is_zero() {
        Err(ErrorKind::TimedOut.into())
    } else {
        Ok(rest)
    }
}

fn unavailable(error: io::Error) -> Fault {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Fault::timed_out(),
        _ => Fault::Unavailable(error.into()),
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
        "OOM" | "MISCONF" | "READONLY" | "NOREPLICAS" => Fault::Full(source),
        "LOADING" | "BUSY" | "TRYAGAIN" | "MASTERDOWN" | "CLUSTERDOWN" => {
            Fault::Unavailable(source)
        }
        _ => Fault::Refused(source),
    })
}
