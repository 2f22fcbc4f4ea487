//! Criterion benchmarks of full decisions: each class of request under each algorithm, checked before it is timed.
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails has nothing to say but why")]

use criterion::{Criterion, criterion_group, criterion_main};
use doorward::{Engine, Format, Request};
use doorward_benches::call::{CLASSES, Class, decide};
use doorward_benches::policy;
use doorward_benches::suite::Suite;

fn paid(criterion: &mut Criterion) {
    for suite in Suite::all() {
        bench(criterion, &suite, |class| class.signature);
    }
}

fn free(criterion: &mut Criterion) {
    // What needs no signature is the same for every algorithm.
    bench(criterion, &Suite::rs256(), |class| !class.signature);
}

fn bench(criterion: &mut Criterion, suite: &Suite, wanted: impl Fn(&Class) -> bool) {
    let engine = Engine::from_text(&policy::single(suite.alg, &suite.jwk()), Format::Json, None)
        .expect("the policy is sound");
    let mut scratch = engine.scratch();
    for class in CLASSES.iter().filter(|class| wanted(class)) {
        let call = class.call(suite.alg, |message| suite.signer.sign(message));
        class.check(&engine, &call);
        let fields = call.fields();
        let request = Request::new("GET", &call.url, &fields);
        criterion.bench_function(&format!("{}/{}", class.name, suite.name), |bencher| {
            bencher.iter(|| decide(&engine, &request, &mut scratch));
        });
    }
}

criterion_group!(benches, paid, free);
criterion_main!(benches);
