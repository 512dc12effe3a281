//! A wire between client and server that fails as told.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// How the wire fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    None,
    /// Connections are taken, and nothing ever comes.
    Stall,
    /// Connections are broken off.
    Reset,
    /// So many bytes of each answer come, and then the connection ends.
    Cut(usize),
    /// So many bytes of each answer come, and then nothing more.
    Hang(usize),
}

/// A wire to a server on this machine.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    fault: Mutex<Fault>,
    changed: Condvar,
}

impl Proxy {
    /// A wire to this port.
    ///
    /// # Panics
    /// Without a free port.
    #[must_use]
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(State {
            fault: Mutex::new(Fault::None),
            changed: Condvar::new(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.connect(&client, target));
            }
        });
        Self { port, state }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Fails so from now on, on open connections, too.
    pub fn fail(&self, fault: Fault) {
        *self
            .state
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = fault;
        self.state.changed.notify_all();
    }
}

impl State {
    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while nothing comes.
    fn stall(&self) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        while matches!(*fault, Fault::Stall | Fault::Hang(_)) {
            fault = self
                .changed
                .wait(fault)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn connect(self: Arc<Self>, client: &TcpStream, target: u16) {
        if self.fault() == Fault::Reset {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else {
            return;
        };
        let (Ok(to), Ok(from)) = (server.try_clone(), client.try_clone()) else {
            return;
        };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let shared = Arc::clone(&self);
        thread::spawn(move || shared.pass(&from, &to, false));
        self.pass(&server, client, true);
    }

    /// Passes bytes on until one side ends or the wire fails.
    fn pass(&self, mut from: &TcpStream, mut to: &TcpStream, is_answer: bool) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            match self.fault() {
                Fault::None => {
                    if to.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                    continue;
                }
                Fault::Stall => {
                    self.stall();
                    break;
                }
                Fault::Reset => break,
                Fault::Cut(length) | Fault::Hang(length) if is_answer => {
                    let _ = to.write_all(&buffer[..count.min(length)]);
                    self.stall();
                    break;
                }
                Fault::Cut(_) | Fault::Hang(_) => {
                    if to.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}
