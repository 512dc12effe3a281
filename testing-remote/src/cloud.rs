//! Stand-ins for Google Cloud Storage and Azure Blob Storage: as much of their protocols as the library uses, written from
//! their public descriptions, with the conditions that leases need. They are not those services.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::{self, Answer, Request};

/// Whose protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Google's XML interface: versions are numbers, `x-goog-generation`.
    Google,
    /// Azure's: versions are tags, as in HTTP, and objects are deleted by batches.
    Azure,
}

/// A stand-in for an object store of this provider.
#[derive(Debug)]
pub struct Cloud {
    provider: Provider,
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

/// What is kept under a name: the number of the write, and the bytes.
type Objects = BTreeMap<String, (u64, Vec<u8>)>;

#[derive(Debug, Default)]
struct Kept {
    objects: Objects,
    writes: u64,
}

const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";
const BATCH: &str = "batch_of_answers";

impl Cloud {
    /// Starts it in this process.
    #[must_use]
    pub fn start(provider: Provider) -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let served = Arc::clone(&kept);
        let port = http::serve(move |request| answer(provider, lock(&served), &request));
        Self {
            provider,
            port,
            kept,
        }
    }

    /// The names of all objects.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        lock(&self.kept).objects.keys().cloned().collect()
    }

    /// Drops an object, and puts another one under another name, with nobody in between.
    pub fn replace(&self, old: &str, new: &str, bytes: &[u8]) {
        let mut kept = lock(&self.kept);
        kept.objects.remove(old);
        kept.writes += 1;
        let write = kept.writes;
        kept.objects.insert(new.to_owned(), (write, bytes.to_vec()));
    }

    /// The URL of a bucket or container, which need not be made.
    #[must_use]
    pub fn url(&self) -> &'static str {
        match self.provider {
            Provider::Google => "gs://results",
            Provider::Azure => "az://results",
        }
    }

    /// What the provider's own tools read to use a stand-in, for a command that is to talk to this one.
    #[must_use]
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        match self.provider {
            Provider::Google => vec![(
                "GOOGLE_SERVICE_ACCOUNT_KEY",
                format!(
                    "{{\"gcs_base_url\": \"{endpoint}\", \"disable_oauth\": true, \"client_email\": \"\", \
                     \"private_key\": \"\", \"private_key_id\": \"\"}}"
                ),
            )],
            Provider::Azure => vec![
                ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
                ("AZURITE_BLOB_STORAGE_URL", endpoint),
            ],
        }
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(provider: Provider, mut kept: MutexGuard<'_, Kept>, request: &Request) -> Answer {
    let path = decoded(request.path.trim_start_matches('/'));
    // Azure's stand-in has the account before the container.
    let path = match provider {
        Provider::Google => path,
        Provider::Azure => path
            .split_once('/')
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default(),
    };
    let name = path.split_once('/').map(|(_, name)| name.to_owned());
    let asks = |what: &str| request.query.split('&').any(|pair| pair == what);
    match (request.method.as_str(), name.unwrap_or_default()) {
        ("GET", _) if asks("comp=list") || asks("list-type=2") => list(provider, &kept, request),
        ("POST", _) if asks("comp=batch") => delete_all(&mut kept, request),
        ("PUT", name) => put(provider, &mut kept, name, request),
        ("DELETE", name) => match kept.objects.remove(&name) {
            Some(_) => status(204),
            None => status(404),
        },
        ("GET" | "HEAD", name) => match kept.objects.get(&name) {
            Some((write, bytes)) => http::content(versions(provider, *write), bytes, request),
            None => status(404),
        },
        _ => status(405),
    }
}

/// A write on a condition goes through if it holds, and leaves everything as it was if not.
fn put(provider: Provider, kept: &mut Kept, name: String, request: &Request) -> Answer {
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    let now = kept.objects.get(&name).map(|(write, _)| *write);
    let (wants_none, wanted) = match provider {
        Provider::Google => {
            let wanted = header("x-goog-if-generation-match");
            (wanted == Some("0"), wanted.filter(|wanted| *wanted != "0"))
        }
        Provider::Azure => (header("if-none-match") == Some("*"), header("if-match")),
    };
    if wants_none && now.is_some() {
        return status(match provider {
            Provider::Google => 412,
            Provider::Azure => 409,
        });
    }
    if wanted.is_some_and(|wanted| now.map(|now| version(provider, now)).as_deref() != Some(wanted))
    {
        return status(412);
    }
    kept.writes += 1;
    let write = kept.writes;
    kept.objects.insert(name, (write, request.body.clone()));
    Answer {
        status: 201,
        headers: versions(provider, write),
        ..Answer::default()
    }
}

/// What tells this version of an object from others, in the provider's words.
fn version(provider: Provider, write: u64) -> String {
    match provider {
        Provider::Google => write.to_string(),
        Provider::Azure => format!("\"0x{write:X}\""),
    }
}

fn versions(provider: Provider, write: u64) -> Vec<(&'static str, String)> {
    let mut headers = vec![("last-modified", DATE.to_owned())];
    match provider {
        Provider::Google => {
            headers.push(("etag", format!("\"tag of {write}\"")));
            headers.push(("x-goog-generation", version(provider, write)));
        }
        Provider::Azure => headers.push(("etag", version(provider, write))),
    }
    headers
}

fn list(provider: Provider, kept: &Kept, request: &Request) -> Answer {
    let parameter = |wanted: &str| {
        let mut pairs = request
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| decoded(value))
    };
    let prefix = parameter("prefix").unwrap_or_default();
    // Google's begins after the name that is given, Azure's with it.
    let (after, from) = (parameter("start-after"), parameter("startFrom"));
    let wanted = kept.objects.iter().filter(|(name, _)| {
        name.starts_with(&prefix)
            && after.as_ref().is_none_or(|after| *name > after)
            && from.as_ref().is_none_or(|from| *name >= from)
    });
    let mut items = String::new();
    for (name, (write, bytes)) in wanted {
        let (length, tag) = (bytes.len(), version(provider, *write).replace('"', ""));
        items += &match provider {
            Provider::Google => format!(
                "<Contents><Key>{name}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified>\
                 <ETag>{tag}</ETag><Size>{length}</Size></Contents>"
            ),
            Provider::Azure => format!(
                "<Blob><Name>{name}</Name><Properties><Last-Modified>{DATE}</Last-Modified>\
                 <Content-Length>{length}</Content-Length><Content-Type>x/y</Content-Type>\
                 <Etag>{tag}</Etag></Properties></Blob>"
            ),
        };
    }
    xml(&match provider {
        Provider::Google => {
            format!("<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>")
        }
        Provider::Azure => {
            format!("<EnumerationResults><Blobs>{items}</Blobs><NextMarker/></EnumerationResults>")
        }
    })
}

/// Azure's batch: a request in each part, and an answer in each part.
fn delete_all(kept: &mut Kept, request: &Request) -> Answer {
    let text = String::from_utf8_lossy(&request.body);
    let targets = text
        .lines()
        .filter_map(|line| line.strip_prefix("DELETE ")?.split(' ').next());
    let mut body = String::new();
    for (number, target) in targets.enumerate() {
        let target = target.split('?').next().unwrap_or_default();
        let path = decoded(target.trim_start_matches('/'));
        // Account, container, name.
        let name = path.splitn(3, '/').nth(2).unwrap_or_default();
        let said = match kept.objects.remove(name) {
            Some(_) => "202 Accepted",
            None => "404 Not Found",
        };
        body += &format!(
            "--{BATCH}\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\nHTTP/1.1 {said}\r\n\r\n\r\n"
        );
    }
    body += &format!("--{BATCH}--\r\n");
    Answer {
        status: 202,
        headers: vec![("content-type", format!("multipart/mixed; boundary={BATCH}"))],
        body: body.into_bytes(),
        claimed: None,
    }
}

fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

fn xml(text: &str) -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: text.as_bytes().to_vec(),
        claimed: None,
    }
}

/// A part of a URL as it was before it was written with `%`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let digits = more.get(..2).and_then(|two| str::from_utf8(two).ok());
        let coded = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, coded) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            (first, _) => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
