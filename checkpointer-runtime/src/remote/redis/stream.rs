//! A socket, every read and write of which ends by the time that its operation has.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ::redis::ConnectionAddr;

use super::super::backend::Fault;
use super::super::client;
#[cfg(feature = "redis-tls")]
use super::tls;

/// A socket.
pub(super) struct Stream {
    socket: Socket,
    /// What the socket was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

enum Socket {
    Tcp(TcpStream),
    #[cfg(feature = "redis-tls")]
    Tls(tls::Tls),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Stream {
    /// Connects.
    pub(super) fn open(
        address: &ConnectionAddr,
        has_tls: bool,
        by: Instant,
    ) -> Result<Self, Fault> {
        let socket = match address {
            #[cfg(feature = "redis-tls")]
            ConnectionAddr::Tcp(host, port) if has_tls => {
                Socket::Tls(tls::wrap(connect(host, *port, by)?, host, by)?)
            }
            ConnectionAddr::Tcp(..) if has_tls => {
                return Err(Fault::Refused(
                    "`rediss://` needs the feature `redis-tls` of checkpointer-runtime".into(),
                ));
            }
            ConnectionAddr::Tcp(host, port) => Socket::Tcp(connect(host, *port, by)?),
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                Socket::Unix(UnixStream::connect(path).map_err(unavailable)?)
            }
            other => {
                return Err(Fault::Refused(
                    format!("addresses such as {other} are not supported").into(),
                ));
            }
        };
        Ok(Self {
            socket,
            read_timeout: None,
            write_timeout: None,
        })
    }

    /// Sends all of it.
    pub(super) fn send(&mut self, mut bytes: &[u8], by: Instant) -> io::Result<()> {
        self.socket.end_by(by);
        loop {
            let rest = rest(by)?;
            if !is_about(self.write_timeout, rest) {
                self.socket.set_write_timeout(rest)?;
                self.write_timeout = Some(rest);
            }
            let sent = if bytes.is_empty() {
                match self.socket.flush() {
                    Ok(()) => return Ok(()),
                    Err(error) => Err(error),
                }
            } else {
                self.socket.write(bytes)
            };
            match sent {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                Err(error) => go_on(error, by)?,
            }
        }
    }

    /// Fills a buffer of which so many bytes are filled, and shows what is there so far.
    pub(super) fn fill(
        &mut self,
        buffer: &mut [u8],
        mut filled: usize,
        by: Instant,
        seen: &mut dyn FnMut(&[u8]),
    ) -> io::Result<usize> {
        while filled < buffer.len() {
            match self.receive(&mut buffer[filled..], by)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => filled += count,
            }
            seen(&buffer[..filled]);
        }
        Ok(filled)
    }

    /// Reads what is there, or waits for something.
    pub(super) fn receive(&mut self, buffer: &mut [u8], by: Instant) -> io::Result<usize> {
        self.socket.end_by(by);
        loop {
            let rest = rest(by)?;
            if !is_about(self.read_timeout, rest) {
                self.socket.set_read_timeout(rest)?;
                self.read_timeout = Some(rest);
            }
            let received = self.socket.read(buffer);
            match received {
                Err(error) => go_on(error, by)?,
                received => return received,
            }
        }
    }
}

impl Socket {
    /// Tells the layers of a socket, which read and write on their own account, when the operation ends.
    fn end_by(&mut self, by: Instant) {
        match self {
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.sock.by = by,
            _ => {
                let _ = by;
            }
        }
    }

    fn set_read_timeout(&self, time: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_read_timeout(Some(time)),
            #[cfg(feature = "redis-tls")]
            Self::Tls(_) => Ok(()),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_read_timeout(Some(time)),
        }
    }

    fn set_write_timeout(&self, time: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_write_timeout(Some(time)),
            #[cfg(feature = "redis-tls")]
            Self::Tls(_) => Ok(()),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_write_timeout(Some(time)),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.read(buffer),
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.write(bytes),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    /// Sends what the socket's own layers hold back; the system's sockets hold nothing.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.flush(),
            _ => Ok(()),
        }
    }
}

/// Whether a time-out that the socket has is near enough: to set another one at every call would cost a tenth of it.
fn is_about(known: Option<Duration>, wanted: Duration) -> bool {
    known.is_some_and(|known| known <= wanted + wanted / 8 && known >= wanted - wanted / 8)
}

/// Ends an operation with an error, unless it was interrupted or the socket's time-out was short.
fn go_on(error: io::Error, by: Instant) -> io::Result<()> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock | ErrorKind::TimedOut if Instant::now() < by => Ok(()),
        _ => Err(error),
    }
}

fn connect(host: &str, port: u16, by: Instant) -> Result<TcpStream, Fault> {
    let mut fault = Fault::timed_out();
    for address in resolve(host, port, by)? {
        match TcpStream::connect_timeout(&address, rest(by).map_err(unavailable)?) {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(unavailable)?;
                return Ok(stream);
            }
            Err(error) => fault = unavailable(error),
        }
    }
    Err(fault)
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
pub(super) fn rest(by: Instant) -> io::Result<Duration> {
    let rest = by.saturating_duration_since(Instant::now());
    if rest.is_zero() {
        Err(ErrorKind::TimedOut.into())
    } else {
        Ok(rest)
    }
}

/// What an error of a socket means.
pub(super) fn unavailable(error: io::Error) -> Fault {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Fault::timed_out(),
        _ => Fault::Unavailable(error.into()),
    }
}
