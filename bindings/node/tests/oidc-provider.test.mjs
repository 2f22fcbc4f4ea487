// Trust over real HTTP, with a real provider: its keys rotate, it goes down, it answers nonsense, and it is flooded.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import cluster from 'node:cluster';
import { after, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Engine, NotReadyError } from '../index.mjs';
import { doorward } from '../middleware/http.mjs';
import { AUDIENCE, Issuer, key } from './provider.mjs';
import { send } from './support.mjs';

const WINDOW = 10; // seconds between two fetches, whatever asks for them
const issuers = [];
after(() => Promise.all(issuers.map((issuer) => issuer.end())));

async function start(keys) {
  const issuer = await Issuer.start(keys);
  issuers.push(issuer);
  return issuer;
}

/** A policy whose keys are fetched. */
function policy(issuer, keys = { url: `${issuer.url}/jwks` }) {
  return {
    realm: 'orders',
    disclosure: 'reason',
    issuers: { corp: { profile: 'rfc9068', issuer: issuer.url, audience: [AUDIENCE], algorithms: ['ES256'], keys } },
    routes: [{ path: '/{*rest}', accept: ['corp'] }],
  };
}

const ask = (engine, token, now) => engine.decide({
  method: 'GET', url: '/v1/orders/7', headers: [['Authorization', `Bearer ${token}`]], now,
});

const kidOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;

/** A token of this issuer whose key nobody has. */
function forged(issuer) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'ES256', typ: 'at+jwt', kid: randomUUID() });
  return `${head}.${part({ iss: issuer.url, sub: 'svc-a' })}.${randomBytes(64).toString('base64url')}`;
}

/** Looks twenty times a second until it is so. */
async function until(seconds, engine, holds) {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    assert.ok(Date.now() < end, `not within ${seconds} s:\n${engine.statusText()}`);
    await pause(50);
  }
}

/** No two fetches are nearer than the window; half a second is for this process, which may see a fetch late. */
function assertSpaced(times) {
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  assert.ok(gaps.every((gap) => gap > WINDOW * 1000 - 500), `${times.length} fetches, ${gaps} ms apart`);
}

describe('with oidc-provider', { concurrency: true, timeout: 90_000 }, () => {
  for (const source of ['discovery', 'url']) {
    it(`tokens are let in, and keys rotate: ${source}`, async () => {
      const [first, second] = [key(), key()];
      const issuer = await start([first]);
      const engine = Engine.fromPolicy(policy(issuer, source === 'discovery' ? { discovery: true } : undefined));
      await engine.ready(5);
      const old = await issuer.token();
      for (let i = 0; i < 3; i += 1) assert.equal(ask(engine, old).status, 200);
      assert.equal(ask(engine, old).principal.subject, 'svc-a');

      await issuer.publish([second]);
      const token = await issuer.token();
      assert.equal(kidOf(token), second.kid);
      const early = ask(engine, token);
      assert.deepEqual([early.status, early.reason, early.recovery, early.mayResend], [401, 'key_unknown', 'wait', true]);
      assert.ok(early.retryAfter >= 1 && early.retryAfter <= WINDOW + 2, String(early.retryAfter));
      assert.deepEqual(early.headers.find(([name]) => name === 'Retry-After'), ['Retry-After', String(early.retryAfter)]);
      assert.equal(early.toJSON().retry_after, early.retryAfter);
      assert.equal(ask(engine, old).status, 200); // the provider has not said otherwise

      // A caller that does as it is told needs no third attempt.
      await pause(early.retryAfter * 1000);
      assert.equal(ask(engine, token).status, 200, engine.statusText());
      assert.equal(issuer.fetches().length, 2);
      // Where the keys lie is asked again with the next scheduled fetch.
      assert.equal(issuer.fetches('/.well-known/openid-configuration').length, source === 'discovery' ? 1 : 0);
      const dead = ask(engine, old);
      assert.deepEqual([dead.status, dead.reason], [401, 'key_unknown']);
      const [status] = engine.status().issuers;
      assert.deepEqual([status.trust, status.keys.map(({ kid }) => kid), status.gone.map(({ kid }) => kid)],
        ['fresh', [second.kid], [first.kid]]);
      assert.deepEqual(engine.events(), ['issuers.corp: keys loaded', 'issuers.corp: keys loaded']);
    });
  }

  for (const [name, fault, disturb] of [
    ['stopped', 'unreachable', (issuer) => issuer.stop()],
    ['cut off', 'unreachable', (issuer) => { issuer.disturbed = 'unreachable'; }],
    ['slow', 'timed_out', (issuer) => { issuer.disturbed = 12_000; }],
    ['talking garbage', 'malformed', (issuer) => { issuer.disturbed = 'garbage'; }],
    ['broken', 'status', (issuer) => { issuer.disturbed = 'error'; }],
    ['endless', 'too_large', (issuer) => { issuer.disturbed = 'oversized'; }],
    ['elsewhere', 'redirected', (issuer) => { issuer.disturbed = 'redirected'; }],
  ]) {
    it(`while the provider is ${name} no good token is refused, and an unknown key is our fault`, async () => {
      const [first, second] = [key(), key()];
      const issuer = await start([first]);
      const engine = Engine.fromPolicy(policy(issuer));
      await engine.ready(5);
      const good = await issuer.token();
      await disturb(issuer);

      let refused;
      await until(3 * WINDOW, engine, () => {
        assert.equal(ask(engine, good).status, 200, engine.statusText());
        refused = ask(engine, forged(issuer));
        if (refused.status === 503) return true;
        // Before the fetch has failed the caller is told to wait for it.
        assert.deepEqual([refused.status, refused.reason, refused.recovery], [401, 'key_unknown', 'wait']);
        return false;
      });
      assert.deepEqual([refused.outcome, refused.recovery, refused.challenges], ['unavailable', 'wait', []]);
      assert.ok(refused.retryAfter >= 1, String(refused.retryAfter));
      const [status] = engine.status().issuers;
      assert.deepEqual([status.last_fault.code, status.failures, status.trust], [fault, 1, 'fresh']);
      assert.match(engine.events().join('\n'), new RegExp(`issuers\\.corp: keys not loaded: ${fault}: `));

      issuer.disturbed = null;
      await issuer.publish([second, first]);
      const token = await issuer.token();
      assert.equal(kidOf(token), second.kid);
      await until(3 * WINDOW, engine, () => {
        assert.equal(ask(engine, good).status, 200);
        return ask(engine, token).status === 200;
      });
      assert.equal(engine.status().issuers[0].failures, 0);
      assertSpaced(issuer.fetches());
    });
  }

  it('an engine that begins while the provider is down says so, and comes to life after it', async () => {
    const issuer = await start([key()]);
    issuer.disturbed = 'error';
    const engine = Engine.fromPolicy(policy(issuer));
    const before = performance.now();
    await assert.rejects(engine.ready(0.5), (error) => {
      assert.ok(error instanceof NotReadyError && error.name === 'NotReadyError');
      assert.match(error.message, /^no keys yet: issuers\.corp/);
      assert.equal(error.issuers[0].name, 'corp');
      return true;
    });
    assert.ok(performance.now() - before < 5000);
    const server = createServer(doorward(engine, (req, res) => res.end(req.doorward.principal.subject))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const get = async () => send(server.address().port, '/v1/orders/7', { headers: [['Authorization', `Bearer ${await issuer.token()}`]] });
      const answer = await get();
      assert.deepEqual([answer.status, answer.json().reason], [503, 'trust_unavailable']);
      assert.match(answer.all('retry-after').join(), /^\d+$/);
      assert.deepEqual(answer.all('www-authenticate'), []);
      issuer.disturbed = null;
      await engine.ready(3 * WINDOW);
      assert.deepEqual([(await get()).status, (await get()).body], [200, 'svc-a']);
    } finally {
      server.close();
    }
    assertSpaced(issuer.fetches());
  });

  it('however many keys are made up, at most one fetch comes of them in a window, and a new key is still seen', async () => {
    const second = key();
    const issuer = await start([key()]);
    const engine = Engine.fromPolicy(policy(issuer));
    await engine.ready(5);
    const flood = () => {
      for (let i = 0; i < 500; i += 1) assert.ok([401, 503].includes(ask(engine, forged(issuer)).status));
    };
    flood();
    await pause(2000);
    flood();
    assert.equal(issuer.fetches().length, 1);
    await issuer.publish([second]);
    const token = await issuer.token();
    const began = Date.now();
    await until(WINDOW + 2, engine, () => {
      flood();
      return ask(engine, token).status === 200;
    });
    assert.equal(issuer.fetches().length, 2);
    const seen = Date.now();
    while (Date.now() < seen + (WINDOW + 2) * 1000) {
      flood();
      await pause(100);
    }
    assert.ok(issuer.fetches().length <= 3, `${issuer.fetches().length} fetches within ${Date.now() - began} ms`);
    assertSpaced(issuer.fetches());
  });

  it('a provider that is gone for longer than its keys may be stale takes its callers along, and not before', async () => {
    const issuer = await start([key()]);
    const engine = Engine.fromPolicy(policy(issuer, { url: `${issuer.url}/jwks`, refresh: '1m', stale_for: '5m' }), { start: false });
    const token = await issuer.token();
    const now = Math.floor(Date.now() / 1000);
    engine.supplyKeys('corp', await issuer.jwks(), now);
    const end = now + 60 + 300;
    for (const at of [now, now + 60, end - 1]) assert.equal(ask(engine, token, at).status, 200, engine.statusText(at));
    assert.deepEqual([now + 59, now + 60, end].map((at) => engine.status(at).issuers[0].trust), ['fresh', 'stale', 'expired']);
    for (const at of [end, end + 1000]) {
      const decision = ask(engine, token, at);
      assert.deepEqual([decision.status, decision.reason, decision.recovery], [503, 'trust_stale', 'wait']);
      assert.ok(decision.retryAfter >= 1);
      assert.equal(ask(engine, forged(issuer), at).status, 503);
    }
    engine.supplyKeys('corp', JSON.parse(await issuer.jwks()), end + 1000);
    assert.equal(ask(engine, token, end + 1001).status, 200);
    assert.equal(issuer.fetches().length, 0); // nobody has started it
  });

  it('each process of a cluster fetches for itself, and keeps its own bounds', async () => {
    const issuer = await start([key()]);
    const token = await issuer.token();
    cluster.setupPrimary({ exec: new URL('cluster-worker.mjs', import.meta.url).pathname });
    const workers = [cluster.fork(), cluster.fork()];
    try {
      const told = async (worker) => (await once(worker, 'message', { signal: AbortSignal.timeout(3 * WINDOW * 1000) }))[0];
      assert.deepEqual(await Promise.all(workers.map(told)), ['here', 'here']);
      const ready = workers.map(told);
      for (const worker of workers) worker.send({ policy: policy(issuer), token, made: Array.from({ length: 200 }, () => forged(issuer)) });
      for (const statuses of await Promise.all(ready)) assert.deepEqual(statuses, { good: 200, made: [401] });
      assert.equal(issuer.fetches().length, 2); // one for each
      const later = workers.map(told);
      await pause((WINDOW + 1) * 1000);
      for (const worker of workers) worker.send('again');
      for (const statuses of await Promise.all(later)) assert.equal(statuses.good, 200);
      assert.equal(issuer.fetches().length, 4);
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
    }
  });
});
