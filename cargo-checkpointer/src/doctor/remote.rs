//! Whether the server that the team shares can be used, as programs use it: by its protocol, TLS and credentials.

use super::Check;
use crate::shared;
use crate::workspace::Workspace;

const NAME: &str = "remote";

/// Asks the server for a sign of life.
pub(super) fn remote(workspace: Option<&Workspace>) -> Check {
    let Some(url) = shared::url(workspace) else {
        return Check::fine(NAME, "none is set");
    };
    let storage = match shared::open(url) {
        Ok(storage) => storage,
        Err(why) if why.contains(shared::NOT_BUILT_IN) => {
            return Check::notice(
                NAME,
                why,
                "a program's first call shows whether it is reachable",
            );
        }
        Err(why) => {
            return Check::fault(
                NAME,
                why,
                "until then results stay on this machine, as with CHECKPOINTER_REMOTE=off",
            );
        }
    };
    let place = storage.place();
    match storage.ping() {
        Err(error) => {
            let why = shared::cause(&error);
            Check::fault(NAME, format!("{place}: {why}"), fix(&why))
        }
        Ok(()) if !shared::has_key() => Check::fault(
            NAME,
            format!("{place} answers, and CHECKPOINTER_REMOTE_KEY is not set"),
            "set it to the team's secret of at least 32 bytes (`openssl rand -hex 32` makes one); nothing is shared without it",
        ),
        Ok(()) => Check::fine(NAME, format!("{place} answers")),
    }
}

/// What to do about a server that is of no use.
fn fix(why: &str) -> &'static str {
    let has = |word: &str| why.to_ascii_lowercase().contains(word);
    if has("certificate") {
        "use the name that the server's certificate is for, or name its authority by SSL_CERT_FILE"
    } else if has("refuses") {
        "mend user, password or keys: for Redis in the URL or REDISCLI_AUTH, for object stores in the variables of their \
         own tools; and look whether database or bucket are there"
    } else {
        "start the server, mend CHECKPOINTER_REMOTE (`rediss://` and `https://` for a server that wants TLS), or unset it: \
         results are computed without it"
    }
}
