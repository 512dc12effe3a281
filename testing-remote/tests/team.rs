//! A team on one server: who computes, who remembers, and what reaches the server when.

use std::thread;

use checkpointer_testing_remote::{Caller, KEY, RedisServer, client};

fn caller(url: &str, variables: &[(&str, &str)]) -> Caller {
    Caller::start(env!("CARGO_BIN_EXE_caller"), url, variables)
}

/// How many entries the server has.
fn entries(url: &str) -> usize {
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("checkpointer/*/entries/*")
        .query(&mut client(url))
        .expect("the server answers");
    keys.len()
}

#[test]
fn of_four_machines_that_ask_for_all_of_500_keys_each_key_is_computed_once() {
    let server = RedisServer::start(&[]);
    let mut machines: Vec<Caller> = (0..4).map(|_| caller(&server.url(), &[])).collect();
    // All at the same time, each in an order of its own.
    for (machine, step) in machines.iter_mut().zip([1, 499, 7, 123]) {
        machine.say(&format!("team 0 500 {step}"));
    }
    let asked: Vec<_> = machines.iter_mut().map(Caller::asked).collect();
    assert!(asked.iter().all(|asked| asked.wrong == 0), "{asked:?}");
    let computed: u64 = asked.iter().map(|asked| asked.computed).sum();
    assert_eq!(computed, 500, "{asked:?}");
    assert!(asked.iter().all(|asked| asked.computed > 0), "{asked:?}");
}

#[test]
fn what_one_machine_computed_all_others_remember() {
    let server = RedisServer::start(&[]);
    let mut first = caller(&server.url(), &[]);
    assert_eq!(first.ask("team 0 50"), 50);
    first.flush();
    let mut second = caller(&server.url(), &[]);
    assert_eq!(second.ask("team 0 50"), 0);
    // A hit fills the layers above: the server is not needed any more.
    drop(server);
    assert_eq!(second.ask("team 0 50"), 0);
}

#[test]
fn what_waits_to_be_sent_is_sent_when_the_program_ends() {
    let server = RedisServer::start(&[]);
    let mut first = caller(&server.url(), &[]);
    assert_eq!(first.ask("team 0 200"), 200);
    let report = first.end();
    assert!(!report.contains("not sent"), "{report}");
    assert_eq!(entries(&server.url()), 200);
}

#[test]
fn a_machine_in_readonly_mode_reads_and_writes_nothing() {
    let server = RedisServer::start(&[]);
    let mut ci = caller(&server.url(), &[]);
    assert_eq!(ci.ask("team 0 10"), 10);
    ci.flush();
    let readonly = [("CHECKPOINTER_REMOTE_MODE", "readonly")];
    let mut developer = caller(&server.url(), &readonly);
    assert_eq!(developer.ask("team 0 20"), 10);
    assert_eq!(developer.ask("remote 0 10"), 10);
    let _ = developer.end();
    assert_eq!(entries(&server.url()), 10);
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("*")
        .query(&mut server.client())
        .expect("keys");
    assert_eq!(keys.len(), 10, "no lease is left: {keys:?}");
}

#[test]
fn a_pull_request_reads_what_main_wrote_and_main_reads_nothing_of_it() {
    let server = RedisServer::start(&[]);
    let space = |name| [("CHECKPOINTER_REMOTE_NAMESPACE", name)];
    let mut main = caller(&server.url(), &space("main"));
    assert_eq!(main.ask("team 0 10"), 10);
    main.flush();
    let mut request = caller(&server.url(), &space("pr-7,main"));
    assert_eq!(request.ask("team 0 20"), 10);
    request.flush();
    let mut other_main = caller(&server.url(), &space("main"));
    assert_eq!(other_main.ask("team 0 20"), 10);
    let mut same_request = caller(&server.url(), &space("pr-7,main"));
    assert_eq!(same_request.ask("team 10 20"), 0);
}

#[test]
fn without_a_key_or_with_a_short_one_nothing_is_read_or_written_and_that_is_said() {
    let server = RedisServer::start(&[]);
    let mut writer = caller(&server.url(), &[]);
    assert_eq!(writer.ask("team 0 5"), 5);
    writer.flush();
    for key in ["", "short", &KEY[..31]] {
        let mut machine = caller(&server.url(), &[("CHECKPOINTER_REMOTE_KEY", key)]);
        assert_eq!(machine.ask("team 0 10"), 10);
        assert_eq!(machine.ask("team 0 10"), 0, "its local layers work");
        let report = machine.end();
        assert!(report.contains("CHECKPOINTER_REMOTE_KEY"), "{report}");
    }
    assert_eq!(entries(&server.url()), 5);
}

#[test]
fn with_another_key_every_entry_is_a_miss_that_is_said() {
    let server = RedisServer::start(&[]);
    let mut writer = caller(&server.url(), &[]);
    assert_eq!(writer.ask("team 0 5"), 5);
    writer.flush();
    let other = "another key of at least thirty-two bytes";
    let mut machine = caller(&server.url(), &[("CHECKPOINTER_REMOTE_KEY", other)]);
    assert_eq!(machine.ask("team 0 5"), 5);
    let report = machine.end();
    assert!(report.contains("signed with another key"), "{report}");
}

#[test]
fn a_machine_that_dies_while_it_computes_is_waited_for_no_longer_than_its_lease() {
    let server = RedisServer::start(&[]);
    let lease = [("CHECKPOINTER_REMOTE_LEASE", "1s")];
    let mut survivor = caller(&server.url(), &lease);
    // A machine that took the lease of every key, and is no more.
    let mut dead = caller(&server.url(), &lease);
    assert_eq!(dead.ask("team 0 1"), 1);
    dead.flush();
    let entry: Vec<String> = redis::cmd("KEYS")
        .arg("*/entries/*")
        .query(&mut server.client())
        .expect("keys");
    let held = entry[0].replace("/entries/", "/leases/");
    let _: () = redis::pipe()
        .cmd("DEL")
        .arg(&entry[0])
        .cmd("SET")
        .arg(&held)
        .arg("the dead one's token")
        .arg("PX")
        .arg(1000)
        .query::<(i64, String)>(&mut server.client())
        .map(|_| ())
        .expect("it takes both");
    assert_eq!(survivor.ask("team 0 1"), 1);
    survivor.flush();
    assert_eq!(entries(&server.url()), 1);
}

#[test]
fn a_lease_lives_as_long_as_its_holder_computes() {
    // The lease lasts for a fifth of a second; freezing nobody, the renewals keep it over many times that.
    let server = RedisServer::start(&[]);
    let lease = [("CHECKPOINTER_REMOTE_LEASE", "200ms")];
    let mut machines: Vec<Caller> = (0..2).map(|_| caller(&server.url(), &lease)).collect();
    for machine in &mut machines {
        machine.say("slow 0 1");
    }
    let asked: Vec<_> = machines.iter_mut().map(Caller::asked).collect();
    let computed: u64 = asked.iter().map(|asked| asked.computed).sum();
    assert_eq!(computed, 1, "{asked:?}");
}

#[test]
fn threads_that_talk_to_a_server_do_not_need_each_other() {
    // Sixteen machines at once are more than the connections that one keeps.
    let server = RedisServer::start(&["--maxclients", "200"]);
    let url = server.url();
    let computed: u64 = thread::scope(|scope| {
        let handles: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| caller(&url, &[]).ask("remote 0 40")))
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().expect("all are right"))
            .sum()
    });
    assert_eq!(computed, 40);
}

#[test]
fn a_result_that_nobody_has_costs_five_requests() {
    let server = RedisServer::start(&[]);
    let mut machine = caller(&server.url(), &[]);
    let requests = |before: &[(String, u64)]| {
        let stats: String = redis::cmd("INFO")
            .arg("commandstats")
            .query(&mut server.client())
            .expect("the server answers");
        let count = |line: &str| -> Option<(String, u64)> {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            let known = before.iter().find(|(known, _)| known == name);
            let calls: u64 = rest.split(',').next()?.parse().ok()?;
            Some((
                name.to_owned(),
                calls - known.map_or(0, |(_, count)| *count),
            ))
        };
        stats.lines().filter_map(count).collect::<Vec<_>>()
    };
    let before = requests(&[]);
    assert_eq!(machine.ask("team 0 100"), 100);
    machine.flush();
    drop(machine);
    let counts = requests(&before);
    let calls = |name: &str| {
        counts
            .iter()
            .find(|(known, _)| known == name)
            .map_or(0, |(_, calls)| *calls)
    };
    // One to look, one for the lease, one to look whether someone was faster, one to store, one to give the lease back. The
    // last two are scripts, each with a look of its own, and what the scripts do is counted as well.
    assert_eq!(calls("exists"), 100, "{counts:?}");
    assert_eq!(calls("eval"), 200, "{counts:?}");
    assert_eq!(calls("set"), 200, "{counts:?}");
    assert_eq!(calls("get"), 300, "{counts:?}");
}

#[test]
fn the_manifest_names_a_server_where_the_environment_names_none() {
    let mut machine = caller("", &[]);
    assert_eq!(machine.ask("team 0 5"), 5);
    let report = machine.end();
    assert!(report.contains("redis://127.0.0.1:1/7"), "{report}");
    let mut machine = caller("off", &[]);
    assert_eq!(machine.ask("team 0 5"), 5);
    let report = machine.end();
    assert!(
        report.contains("no remote store is named") && !report.contains("127.0.0.1"),
        "{report}"
    );
}
