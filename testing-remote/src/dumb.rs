//! An object store that speaks S3 and does not know conditions: every write goes through, as on old and simple servers. It
//! lets in who calls itself `tester`, and can be told to fail.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{self, Answer, Request};

/// An S3 server that takes every write, whatever its condition.
#[derive(Debug)]
pub struct DumbS3 {
    port: u16,
    objects: Objects,
    fails: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
}

type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

impl DumbS3 {
    /// Starts it in this process.
    #[must_use]
    pub fn start() -> Self {
        let objects = Objects::default();
        let fails = Arc::new(AtomicBool::new(false));
        let requests = Arc::new(AtomicUsize::new(0));
        let (kept, failing) = (Arc::clone(&objects), Arc::clone(&fails));
        let counted = Arc::clone(&requests);
        let port = http::serve(move |request| {
            counted.fetch_add(1, Ordering::SeqCst);
            if failing.load(Ordering::SeqCst) {
                return Answer {
                    status: 500,
                    body: b"<Error><Code>InternalError</Code></Error>".to_vec(),
                    ..Answer::default()
                };
            }
            let authorization = request.headers.get("authorization");
            if !authorization.is_some_and(|said| said.contains("Credential=tester/")) {
                return Answer {
                    status: 403,
                    body: b"<Error><Code>InvalidAccessKeyId</Code></Error>".to_vec(),
                    ..Answer::default()
                };
            }
            answer(&kept, &request)
        });
        Self {
            port,
            objects,
            fails,
            requests,
        }
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many requests there were.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Answers every request with 500 from now on, or no more.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// The names of all objects, each after its bucket.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        lock(&self.objects).keys().cloned().collect()
    }
}

fn lock(objects: &Objects) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
    objects.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(objects: &Objects, request: &Request) -> Answer {
    let name = request.path.trim_matches('/').to_owned();
    let mut objects = lock(objects);
    let tag = |bytes: &[u8]| ("etag", format!("\"{}\"", blake3::hash(bytes).to_hex()));
    let modified = ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT".to_owned());
    match request.method.as_str() {
        "PUT" => {
            let headers = vec![tag(&request.body)];
            objects.insert(name, request.body.clone());
            Answer {
                status: 200,
                headers,
                ..Answer::default()
            }
        }
        "POST" => {
            let text = String::from_utf8_lossy(&request.body);
            let mut deleted = String::new();
            for part in text.split("<Key>").skip(1) {
                let key = part.split("</Key>").next().unwrap_or_default();
                objects.remove(&format!("{name}/{key}"));
                deleted.push_str(&format!("<Deleted><Key>{key}</Key></Deleted>"));
            }
            xml(&format!("<DeleteResult>{deleted}</DeleteResult>"))
        }
        "DELETE" => {
            objects.remove(&name);
            Answer {
                status: 204,
                ..Answer::default()
            }
        }
        "GET" if request.query.contains("list-type=2") => list(&objects, &name, &request.query),
        "GET" | "HEAD" => {
            let Some(bytes) = objects.get(&name) else {
                let mut answer = xml("<Error><Code>NoSuchKey</Code></Error>");
                answer.status = 404;
                return answer;
            };
            http::content(vec![tag(bytes), modified], bytes, request)
        }
        _ => Answer {
            status: 405,
            ..Answer::default()
        },
    }
}

fn list(objects: &BTreeMap<String, Vec<u8>>, bucket: &str, query: &str) -> Answer {
    let parameter = |wanted: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
        Some(value.replace("%2F", "/"))
    };
    let (prefix, after) = (
        parameter("prefix").unwrap_or_default(),
        parameter("start-after").unwrap_or_default(),
    );
    let mut contents = String::new();
    for (name, bytes) in objects {
        let Some(key) = name.strip_prefix(&format!("{bucket}/")) else {
            continue;
        };
        if key.starts_with(&prefix) && key > after.as_str() {
            contents.push_str(&format!(
                "<Contents><Key>{key}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>x</ETag>\
                 <Size>{}</Size></Contents>",
                bytes.len()
            ));
        }
    }
    xml(&format!(
        "<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    ))
}

fn xml(text: &str) -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: text.as_bytes().to_vec(),
        claimed: None,
    }
}
