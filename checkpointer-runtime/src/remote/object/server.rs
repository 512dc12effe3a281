//! From a URL and the environment to a bucket.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::ClientConfigKey;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use super::super::options::Remote;

/// The bucket of this URL, and the folder in it.
pub(super) fn connect(remote: &Remote) -> Result<(Arc<dyn ObjectStore>, Path), String> {
    let not_understood = |why: &dyn std::fmt::Display| {
        format!("the remote store {} can't be used: {why}", remote.place())
    };
    let url = remote.url.as_str();
    let (bucket_url, folder) = split(url).ok_or_else(|| not_understood(&"it names no bucket"))?;
    let folder = Path::parse(folder).map_err(|error| not_understood(&error))?;
    let timeout = format!("{} ms", remote.timeout.as_millis());
    let settings = [
        (ClientConfigKey::Timeout, timeout.as_str()),
        (ClientConfigKey::ConnectTimeout, &timeout),
        (ClientConfigKey::UserAgent, "checkpointer"),
    ];
    let store: Result<Arc<dyn ObjectStore>, object_store::Error> = match remote.scheme().as_str() {
        "s3" | "s3a" => {
            let mut builder = AmazonS3Builder::from_env()
                .with_url(bucket_url)
                .with_retry(no_retries());
            for (key, value) in settings {
                builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
            }
            if let Some(endpoint) = builder
                .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
                .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint))
            {
                // As the system's own tools have it: who writes `http` means it.
                builder = builder.with_allow_http(endpoint.starts_with("http://"));
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
        "gs" => {
            let mut builder = GoogleCloudStorageBuilder::from_env()
                .with_url(bucket_url)
                .with_retry(no_retries());
            for (key, value) in settings {
                builder = builder.with_config(GoogleConfigKey::Client(key), value);
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
        _ => {
            let mut builder = MicrosoftAzureBuilder::from_env()
                .with_url(bucket_url)
                .with_retry(no_retries());
            for (key, value) in settings {
                builder = builder.with_config(AzureConfigKey::Client(key), value);
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
    };
    let store = store.map_err(|error| not_understood(&error))?;
    Ok((store, folder))
}

/// The URL of the bucket alone, and the folder.
fn split(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let length = rest.find('/').unwrap_or(rest.len());
    let bucket = &url[..scheme.len() + 3 + length];
    (length > 0).then(|| (bucket, rest[length..].trim_matches('/')))
}

/// Retries are done above, in the time that an operation has.
fn no_retries() -> RetryConfig {
    RetryConfig {
        max_retries: 0,
        retry_timeout: Duration::ZERO,
        backoff: BackoffConfig::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_bucket_and_a_folder() {
        assert_eq!(
            split("s3://bucket/some/folder/"),
            Some(("s3://bucket", "some/folder"))
        );
        assert_eq!(split("gs://bucket"), Some(("gs://bucket", "")));
        assert_eq!(split("s3:///folder"), None);
        assert_eq!(split("bucket"), None);
    }
}
