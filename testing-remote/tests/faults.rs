//! Servers that fail in every way: each call gives the right value, a server that is gone is asked a bounded number of
//! times, and what was computed meanwhile is on the server once it is back.

use checkpointer_testing_remote::{Caller, DumbS3, Fault, Proxy, RedisServer};

/// An operation's time here: short, since each fault costs it once.
const TIMEOUT: (&str, &str) = ("CHECKPOINTER_REMOTE_TIMEOUT", "1s");

fn caller(url: &str, variables: &[(&str, &str)]) -> Caller {
    let variables: Vec<_> = [TIMEOUT].iter().chain(variables).copied().collect();
    Caller::start(env!("CARGO_BIN_EXE_caller"), url, &variables)
}

/// Breaks the server for a while: everything goes on, and nothing is lost.
fn survive(
    mut new_caller: impl FnMut() -> Caller,
    mut break_it: impl FnMut(),
    mut mend_it: impl FnMut(),
) {
    let mut machine = new_caller();
    assert_eq!(machine.ask("team 0 20"), 20);
    assert_eq!(machine.ask("remote 0 20"), 20);
    machine.flush();
    break_it();
    assert_eq!(machine.ask("team 10 40"), 20, "the local layers go on");
    assert_eq!(
        machine.ask("remote 10 40"),
        30,
        "nothing can be remembered, so all is computed"
    );
    let report = machine.report();
    let said = report.matches("left alone since").count();
    // Once for each of the two functions: not once a call.
    assert!((1..=4).contains(&said), "said {said} times:\n{report}");
    mend_it();
    machine.flush();
    let mut other = new_caller();
    assert_eq!(other.ask("team 0 40"), 0, "{}", machine.report());
    assert_eq!(other.ask("remote 0 40"), 0, "{}", machine.report());
    assert_eq!(machine.ask("remote 0 40"), 0, "it uses the server again");
}

#[test]
fn redis_is_stopped_and_started_again() {
    let server = std::cell::RefCell::new(RedisServer::start(&[
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]));
    let url = server.borrow().url();
    survive(
        || caller(&url, &[]),
        || server.borrow_mut().stop(),
        || server.borrow_mut().restart(),
    );
}

#[test]
fn redis_stops_to_answer() {
    let server = RedisServer::start(&[]);
    let url = server.url();
    survive(
        || caller(&url, &[]),
        || server.signal("STOP"),
        || server.signal("CONT"),
    );
}

fn wire_to_redis(fault: Fault) {
    let server = RedisServer::start(&[]);
    let proxy = Proxy::to(server.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    survive(
        || caller(&url, &[]),
        || proxy.fail(fault),
        || proxy.fail(Fault::None),
    );
}

#[test]
fn the_wire_to_redis_stalls() {
    wire_to_redis(Fault::Stall);
}

#[test]
fn the_wire_to_redis_is_reset() {
    wire_to_redis(Fault::Reset);
}

#[test]
fn redis_answers_half_an_entry() {
    wire_to_redis(Fault::Cut(3));
}

#[test]
fn redis_hangs_in_the_middle_of_an_answer() {
    wire_to_redis(Fault::Hang(3));
}

fn wire_to_s3(fault: Fault) {
    let server = DumbS3::start();
    let proxy = Proxy::to(server.port());
    let endpoint = format!("http://127.0.0.1:{}", proxy.port());
    survive(
        || caller("s3://faults", &[("AWS_ENDPOINT_URL", &endpoint)]),
        || proxy.fail(fault),
        || proxy.fail(Fault::None),
    );
}

#[test]
fn the_wire_to_s3_stalls() {
    wire_to_s3(Fault::Stall);
}

#[test]
fn the_wire_to_s3_is_reset() {
    wire_to_s3(Fault::Reset);
}

#[test]
fn s3_answers_half_a_body() {
    wire_to_s3(Fault::Cut(150));
}

#[test]
fn s3_hangs_in_the_middle_of_a_body() {
    wire_to_s3(Fault::Hang(150));
}

#[test]
fn s3_answers_that_it_failed() {
    let server = DumbS3::start();
    let endpoint = server.endpoint();
    survive(
        || caller("s3://faults", &[("AWS_ENDPOINT_URL", &endpoint)]),
        || server.fail(true),
        || server.fail(false),
    );
}

#[test]
fn a_redis_that_is_full_is_read_all_the_same_and_gets_the_rest_once_it_has_room() {
    let server = RedisServer::start(&["--maxmemory-policy", "noeviction"]);
    let mut machine = caller(&server.url(), &[]);
    assert_eq!(machine.ask("remote 0 20"), 20);
    let set = |bytes: &str| {
        let set: String = redis::cmd("CONFIG")
            .arg("SET")
            .arg("maxmemory")
            .arg(bytes)
            .query(&mut server.client())
            .expect("it can be set");
        assert_eq!(set, "OK");
    };
    set("1");
    assert_eq!(machine.ask("remote 0 20"), 0, "reading needs no room");
    assert_eq!(machine.ask("remote 20 40"), 20);
    assert_eq!(machine.ask("team 0 20"), 20);
    let report = machine.report();
    assert!(report.contains("takes nothing more"), "{report}");
    set("0");
    machine.flush();
    let mut other = caller(&server.url(), &[]);
    assert_eq!(other.ask("remote 0 40"), 0);
    assert_eq!(other.ask("team 0 20"), 0);
}

#[test]
fn a_wrong_password_is_said_and_costs_nothing_else() {
    let server = RedisServer::start(&["--requirepass", "right"]);
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}", server.port());
    let mut right = caller(&url("right"), &[]);
    assert_eq!(right.ask("team 0 10"), 10);
    right.flush();
    let mut wrong = caller(&url("wrong"), &[]);
    assert_eq!(wrong.ask("team 0 20"), 20);
    assert_eq!(wrong.ask("team 0 20"), 0);
    let report = wrong.end();
    assert!(
        report.contains("refuses") && report.contains("credentials"),
        "{report}"
    );
    assert!(
        !report.contains("wrong@") && !report.contains(":wrong"),
        "{report}"
    );
    let mut by_environment = caller(
        &format!("redis://127.0.0.1:{}", server.port()),
        &[("REDISCLI_AUTH", "right")],
    );
    assert_eq!(by_environment.ask("team 0 10"), 0);
}

#[test]
fn wrong_credentials_of_an_object_store_are_said_and_cost_nothing_else() {
    let server = DumbS3::start();
    let endpoint = server.endpoint();
    let named = |user| {
        let variables = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", user),
        ];
        caller("s3://faults", &variables)
    };
    let mut right = named("tester");
    assert_eq!(right.ask("team 0 10"), 10);
    right.flush();
    let before = server.requests();
    let mut wrong = named("stranger");
    assert_eq!(wrong.ask("team 0 200"), 200);
    assert_eq!(wrong.ask("team 0 200"), 0, "its local layers work");
    // One that is refused, a sign of life, and whoever looks for it in the background.
    let asked = server.requests() - before;
    assert!(asked <= 10, "{asked} requests for 200 calls");
    let report = wrong.end();
    assert!(
        report.contains("refuses") && report.contains("credentials"),
        "{report}"
    );
    assert!(!report.contains("secret"), "{report}");
    let mut other = named("tester");
    assert_eq!(other.ask("team 0 10"), 0);
}

#[test]
fn who_may_read_and_not_write_reads_and_is_told() {
    let server = RedisServer::start(&[]);
    let mut writer = caller(&server.url(), &[]);
    assert_eq!(writer.ask("team 0 10"), 10);
    assert_eq!(writer.ask("remote 0 10"), 10);
    writer.flush();
    let set: String = redis::cmd("ACL")
        .arg("SETUSER")
        .arg("reader")
        .arg(&["on", ">word", "~*", "+@read", "+@connection"])
        .query(&mut server.client())
        .expect("it can be set");
    assert_eq!(set, "OK");
    let mut reader = caller(
        &format!("redis://reader:word@127.0.0.1:{}", server.port()),
        &[],
    );
    assert_eq!(reader.ask("team 0 20"), 10);
    assert_eq!(reader.ask("remote 0 20"), 10);
    assert_eq!(
        reader.ask("remote 0 20"),
        10,
        "it is not told again, and reads on"
    );
    reader.flush();
    let report = reader.end();
    assert_eq!(
        report
            .matches("lets this program read and not write")
            .count(),
        1,
        "{report}"
    );
    assert!(!report.contains("left alone"), "{report}");
}

#[test]
fn a_program_that_ends_while_the_server_is_gone_says_what_it_could_not_send() {
    let mut server = RedisServer::start(&[]);
    let mut machine = caller(&server.url(), &[]);
    assert_eq!(machine.ask("team 0 5"), 5);
    machine.flush();
    server.stop();
    assert_eq!(machine.ask("team 0 10"), 5);
    let report = machine.end();
    assert!(report.contains("5 results were not sent"), "{report}");
}
