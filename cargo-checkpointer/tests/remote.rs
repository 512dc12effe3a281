//! What the command says of a server that a team shares: whether it can be used, and who signed what lies there.

mod support;

use checkpointer_runtime::remote::{Remote, RemoteStorage};
use checkpointer_runtime::storage::Storage as _;
use checkpointer_testing_remote::{
    DumbS3, KEY, RedisServer, certificate, frame, free_port, key_of, options,
};
use support::Project;

const FUNCTION: &str = "demo::compute";

/// The name on the server of the entry of a call of `FUNCTION`.
fn name(number: u32) -> String {
    let key = key_of(FUNCTION, 1, number);
    let (code, call) = (key.code_hash(), key.call_hash());
    format!("checkpointer/main/entries/demo/compute/{code}/{call}")
}

#[test]
fn verify_tells_signed_entries_from_unsigned_foreign_and_altered_ones() {
    let project = Project::new();
    let server = RedisServer::start(&[]);
    let store = |remote: Remote, numbers: std::ops::Range<u32>| {
        let storage = RemoteStorage::open(remote).expect("it can be used");
        for number in numbers {
            let key = key_of(FUNCTION, 1, number);
            let frame = frame(&key, &[number as u8]);
            storage.store(&key, &frame).expect("it takes an entry");
        }
    };
    store(options(&server.url()), 0..4);
    let url = server.url();
    let variables = [
        ("CHECKPOINTER_REMOTE", url.as_str()),
        ("CHECKPOINTER_REMOTE_KEY", KEY),
    ];
    let verified = |arguments: &[&str]| project.shown_with(arguments, &variables);
    let shown = verified(&["verify", "--remote"]);
    assert!(
        shown.contains("every signature holds: 4 entries") && !shown.contains("exit code"),
        "{shown}"
    );

    // One of another team, one that nobody signed, one in another one's place, and one of which a bit was flipped.
    store(
        Remote::new(server.url()).key(b"a key that someone else has, of many bytes"),
        4..5,
    );
    let mut redis = server.client();
    let mut put = |number: u32, bytes: &[u8]| {
        let mut command = redis::cmd("SET");
        let put: redis::RedisResult<()> = command.arg(name(number)).arg(bytes).query(&mut redis);
        put.expect("it is kept");
    };
    put(5, &frame(&key_of(FUNCTION, 1, 5), b"x"));
    let get = |number: u32| -> Vec<u8> {
        let mut redis = server.client();
        let found = redis::cmd("GET").arg(name(number)).query(&mut redis);
        found.expect("it is there")
    };
    put(6, &get(0));
    let mut altered = get(1);
    let last = altered.len() - 20;
    altered[last] ^= 1;
    put(1, &altered);

    let shown = verified(&["verify", "--remote"]);
    assert!(
        shown.contains("4 entries rejected beside 3 entries") && shown.contains("exit code 1"),
        "{shown}"
    );
    let json = project.command_with(&["verify", "--remote", "--format", "json"], &variables);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("it is JSON");
    let schema = project.command_with(&["verify", "--format", "schema"], &[]);
    let schema = serde_json::from_slice(&schema.stdout).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    assert!(validator.is_valid(&json), "{json}");
    assert_eq!(json["remote"]["signed"], 3);
    let rejected = json["remote"]["rejected"].as_array().expect("a list");
    let kind_of = |number: u32| {
        let one = rejected.iter().find(|one| one["name"] == name(number));
        one.expect("it is rejected")["kind"].clone()
    };
    let kinds = [1, 4, 5, 6].map(kind_of);
    assert_eq!(kinds, ["altered", "other_key", "unsigned", "altered"]);

    let unread = verified(&["verify"]);
    assert!(
        unread.contains("--remote checks their signatures"),
        "{unread}"
    );
    let keyless = project.shown_with(&["verify", "--remote"], &variables[..1]);
    assert!(keyless.contains("set CHECKPOINTER_REMOTE_KEY"), "{keyless}");
}

/// What `doctor` says of the server.
fn diagnosis(variables: &[(&str, &str)]) -> (String, String) {
    let project = Project::new();
    let output = project.command_with(&["doctor", "--format", "json"], variables);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let checks = json["checks"].as_array().expect("a list");
    let remote = checks.iter().find(|check| check["name"] == "remote");
    let remote = remote.expect("the server is looked at");
    let is_fault = remote["outcome"] == "fault";
    assert_eq!(output.status.code(), Some(i32::from(is_fault)), "{remote}");
    let text = |name: &str| remote[name].as_str().expect("a text").to_owned();
    assert_eq!(text("fix").is_empty(), !is_fault, "{remote}");
    (text("found"), text("fix"))
}

#[test]
fn doctor_asks_redis_by_its_own_protocol() {
    let server = RedisServer::start(&["--requirepass", "open sesame"]);
    let port = server.port();
    let with = |url: &str, more: &[(&str, &str)]| {
        let variables = [
            ("CHECKPOINTER_REMOTE", url),
            ("CHECKPOINTER_REMOTE_KEY", KEY),
        ];
        diagnosis(&[&variables[..], more].concat())
    };
    let url = format!("redis://127.0.0.1:{port}");
    let (found, _) = with(&url, &[("REDISCLI_AUTH", "open sesame")]);
    assert_eq!(found, format!("{url} answers"));
    let (found, fix) = with(&format!("redis://:wrong@127.0.0.1:{port}"), &[]);
    assert!(
        found.contains("refuses") && !found.contains("wrong@"),
        "{found}"
    );
    assert!(fix.contains("REDISCLI_AUTH"), "{fix}");
    let (found, fix) = with(&format!("redis://127.0.0.1:{}", free_port()), &[]);
    assert!(found.contains("not available"), "{found}");
    assert!(fix.contains("start the server"), "{fix}");
    let keyless = [
        ("CHECKPOINTER_REMOTE", url.as_str()),
        ("REDISCLI_AUTH", "open sesame"),
    ];
    let (found, fix) = diagnosis(&keyless);
    assert!(
        found.contains("CHECKPOINTER_REMOTE_KEY is not set"),
        "{found}"
    );
    assert!(fix.contains("openssl rand"), "{fix}");
    let (found, _) = with(&url, &[("CHECKPOINTER_REMOTE_KEY", "short")]);
    assert!(found.contains("5 bytes"), "{found}");
    let (found, _) = with("memcached://127.0.0.1", &[]);
    assert!(
        found.contains("redis://") && found.contains("s3://"),
        "{found}"
    );
}

#[test]
fn doctor_looks_at_redis_through_tls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (trusted, key) = certificate(folder.path(), "server");
    let (other, _) = certificate(folder.path(), "other");
    let port = free_port();
    let server = RedisServer::with_tls(port, &trusted, &key);
    let with = |port: u16, trusted: &str| {
        diagnosis(&[
            ("CHECKPOINTER_REMOTE", &format!("rediss://localhost:{port}")),
            ("CHECKPOINTER_REMOTE_KEY", KEY),
            ("SSL_CERT_FILE", trusted),
        ])
    };
    let (found, _) = with(port, &trusted);
    assert_eq!(found, format!("rediss://localhost:{port} answers"));
    let (found, fix) = with(port, &other);
    assert!(found.contains("certificate"), "{found}");
    assert!(fix.contains("SSL_CERT_FILE"), "{fix}");
    // A port without TLS, and one where nobody is.
    for port in [server.port(), free_port()] {
        let (found, fix) = with(port, &trusted);
        assert!(!found.contains("answers"), "{found}");
        assert!(fix.contains("rediss://"), "{fix}");
    }
}

#[test]
fn doctor_asks_an_object_store_over_http_and_https() {
    let server = DumbS3::start();
    let with = |endpoint: &str| {
        diagnosis(&[
            ("CHECKPOINTER_REMOTE", "s3://results/team"),
            ("CHECKPOINTER_REMOTE_KEY", KEY),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ACCESS_KEY_ID", "tester"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
        ])
    };
    let (found, _) = with(&server.endpoint());
    assert_eq!(found, "s3://results/team answers");
    // It speaks no TLS.
    let (found, fix) = with(&server.endpoint().replace("http:", "https:"));
    assert!(found.contains("not available"), "{found}");
    assert!(fix.contains("https://"), "{fix}");
    let (found, _) = with(&format!("https://127.0.0.1:{}", free_port()));
    assert!(found.contains("not available"), "{found}");
}
