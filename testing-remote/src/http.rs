//! As much of HTTP as an object store's clients need: requests in, answers out, one connection a thread.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// By name in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The length it claims for a body that it does not have, as for `HEAD`.
    pub(crate) claimed: Option<usize>,
}

/// Answers a `GET` or `HEAD` of these bytes: whole, or the range that is asked for.
pub(crate) fn content(
    mut headers: Vec<(&'static str, String)>,
    bytes: &[u8],
    request: &Request,
) -> Answer {
    if request.method == "HEAD" {
        return Answer {
            status: 200,
            headers,
            body: Vec::new(),
            claimed: Some(bytes.len()),
        };
    }
    let range = request.headers.get("range").and_then(|range| {
        let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
        let from: usize = from.parse().ok()?;
        Some((from, to.parse::<usize>().ok()?.min(bytes.len() - 1)))
    });
    let (status, body) = match range {
        Some((from, to)) => {
            let range = format!("bytes {from}-{to}/{}", bytes.len());
            headers.push(("content-range", range));
            (206, bytes[from..=to].to_vec())
        }
        None => (200, bytes.to_vec()),
    };
    Answer {
        status,
        headers,
        body,
        claimed: None,
    }
}

/// Serves on a free port, and gives it. The threads end with the process.
pub(crate) fn serve(handle: impl Fn(Request) -> Answer + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            // A client that breaks off ends its thread.
            thread::spawn(move || converse(&stream, &*handle));
        }
    });
    port
}

fn converse(stream: &TcpStream, handle: &dyn Fn(Request) -> Answer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader, stream)? {
        let answer = handle(request);
        let length = answer.claimed.unwrap_or(answer.body.len());
        let mut head = format!(
            "HTTP/1.1 {} x\r\ncontent-length: {length}\r\n",
            answer.status
        );
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&answer.body);
        (&*stream).write_all(&bytes)?;
    }
    Ok(())
}

fn read(reader: &mut BufReader<&TcpStream>, mut stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    if headers
        .get("expect")
        .is_some_and(|expected| expected == "100-continue")
    {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        path,
        query,
        headers,
        body,
    }))
}
