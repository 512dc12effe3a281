//! Leases on object stores that tell versions in other ways than S3: stand-ins for Google's and Azure's.

use checkpointer_testing_remote::{Caller, Cloud, Provider};

fn machine(cloud: &Cloud) -> Caller {
    let credentials = cloud.credentials();
    let mut variables = vec![("CHECKPOINTER_REMOTE_TIMEOUT", "20s")];
    variables.extend(
        credentials
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    Caller::start(env!("CARGO_BIN_EXE_caller"), cloud.url(), &variables)
}

fn one_computes_and_the_others_wait(provider: Provider) {
    let cloud = Cloud::start(provider);
    let mut machines: Vec<Caller> = (0..3).map(|_| machine(&cloud)).collect();
    for (machine, step) in machines.iter_mut().zip([1, 59, 7]) {
        machine.say(&format!("team 0 60 {step}"));
    }
    let asked: Vec<_> = machines.iter_mut().map(Caller::asked).collect();
    assert!(asked.iter().all(|asked| asked.wrong == 0), "{asked:?}");
    let computed: u64 = asked.iter().map(|asked| asked.computed).sum();
    assert_eq!(computed, 60, "{asked:?}");
    machines.iter_mut().for_each(Caller::flush);
    let names = cloud.names();
    assert_eq!(names.len(), 60, "no lease is left: {names:?}");
}

fn a_dead_machine_is_waited_for_no_longer_than_its_lease(provider: Provider) {
    let cloud = Cloud::start(provider);
    let mut dead = machine(&cloud);
    assert_eq!(dead.ask("team 0 1"), 1);
    dead.flush();
    let [entry] = &cloud.names()[..] else {
        panic!("there is one entry: {:?}", cloud.names());
    };
    // As if it had died before it stored anything.
    let lease = entry.replace("/entries/", "/leases/");
    cloud.replace(entry, &lease, b"300 the-token-of-the-dead");
    let mut survivor = machine(&cloud);
    assert_eq!(survivor.ask("team 0 1"), 1);
    survivor.flush();
    // It did not compute beside the lease: it took it over, and gave it back.
    assert_eq!(&cloud.names()[..], [entry.as_str()], "{}", survivor.end());
}

#[test]
fn of_machines_on_google_one_computes_and_the_others_wait() {
    one_computes_and_the_others_wait(Provider::Google);
}

#[test]
fn of_machines_on_azure_one_computes_and_the_others_wait() {
    one_computes_and_the_others_wait(Provider::Azure);
}

#[test]
fn a_dead_machine_s_lease_on_google_is_taken_over() {
    a_dead_machine_is_waited_for_no_longer_than_its_lease(Provider::Google);
}

#[test]
fn a_dead_machine_s_lease_on_azure_is_taken_over() {
    a_dead_machine_is_waited_for_no_longer_than_its_lease(Provider::Azure);
}
