// An engine that is kept up to date: its policy loaded anew, callers revoked, keys supplied, attempts counted by peer.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign as signWith } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Engine, NotReadyError, PolicyError } from '../index.mjs';
import { bearer, engine as plain, mint, policy } from './support.mjs';

const ask = (engine, headers, rest = {}) => engine.decide({ method: 'GET', url: '/v1/orders/7', headers, ...rest });

/** A policy without forms. */
function headerOnly() {
  const made = policy();
  delete made.issuers.corp.token_in;
  return made;
}

/** Runs `use` with an engine whose policy lies in a file, and with what writes that file. */
function inFile(first, use) {
  const folder = mkdtempSync(join(tmpdir(), 'doorward-upkeep-'));
  const path = join(folder, 'policy.json');
  const write = (text) => writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text, null, 1));
  try {
    write(first);
    return use(Engine.fromFile(path), write, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('reload', () => {
  it('puts the new policy in force at once, with all that an engine says of it', () => inFile(headerOnly(), (engine, write) => {
    assert.deepEqual([engine.fields, engine.readsBody, engine.routes], [['authorization'], false, 3]);
    const { policyEpoch, formLimit } = engine;
    const form = { method: 'POST', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: `access_token=${mint()}` };
    assert.equal(engine.decide({ url: '/v1/orders/7', ...form }).reason, 'credential_missing');
    const known = bearer();
    for (let i = 0; i < 3; i += 1) assert.equal(ask(engine, [known]).status, 200);

    const wide = policy({ max_credential: 20_000, routes: policy().routes.slice(0, 2) });
    write(wide);
    assert.equal(engine.readsBody, false); // nothing is read before it is asked for
    engine.reload();
    assert.deepEqual([engine.fields, engine.readsBody, engine.routes], [['authorization', 'content-type'], true, 2]);
    assert.notEqual(engine.policyEpoch, policyEpoch);
    assert.equal(engine.formLimit, 3 * 20_000 + 65_536);
    assert.notEqual(engine.formLimit, formLimit);
    assert.equal(engine.decide({ url: '/v1/orders/7', ...form }).status, 200);
    assert.equal(engine.decide({ method: 'GET', url: '/open/x' }).reason, 'route_unmatched');
    assert.deepEqual(engine.events(), ['policy loaded anew']);
    assert.deepEqual(engine.events(), []);

    // Whom the old one let in is judged by the new one.
    write(policy({ routes: [{ path: '/v1/orders/{id}', accept: ['corp'], scopes: ['orders:read'] }] }));
    engine.reload();
    assert.equal(ask(engine, [known]).reason, 'scope_insufficient');
  }));

  it('of a broken policy throws every fault with its place, and all stays as it was', () => inFile(policy(), (engine, write) => {
    const { policyEpoch } = engine;
    write('{\n "reaml": "x",\n "routes": 5\n}');
    assert.throws(() => engine.reload(), (error) => {
      assert.ok(error instanceof PolicyError);
      assert.equal(error.errors[0].line, 2);
      assert.equal(error.errors.length, 2);
      return true;
    });
    assert.equal(ask(engine, [bearer()]).status, 200);
    assert.equal(engine.policyEpoch, policyEpoch);
    assert.match(engine.status().policy.fault, /unknown key `reaml`/);
    assert.match(engine.statusText(), /unknown key `reaml`/);
    const [event, ...others] = engine.events();
    assert.match(event, /^policy not loaded anew, the one before stays in force: .*unknown key/);
    assert.deepEqual(others, []);
    write(policy());
    engine.reload();
    assert.equal(engine.status().policy.fault, null);
  }));

  it('of an object has no places, and reads its key files again', () => inFile(policy(), (_, write, folder) => {
    const { inline } = policy().issuers.corp.keys;
    const from = policy();
    from.issuers.corp.keys = { file: 'keys.json' };
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(inline));
    const engine = Engine.fromPolicy(from, { folder, start: false });
    assert.equal(ask(engine, [bearer()]).status, 200);
    writeFileSync(join(folder, 'keys.json'), '{');
    assert.throws(() => engine.reload(), (error) => error.errors.every(({ line }) => line === null));
    assert.equal(ask(engine, [bearer()]).status, 200);
    writeFileSync(join(folder, 'keys.json'), JSON.stringify({ ...inline, k: Buffer.alloc(32, 7).toString('base64url') }));
    engine.reload();
    assert.equal(ask(engine, [bearer()]).reason, 'signature_invalid');
  }));
});

describe('revoke', () => {
  const now = Math.floor(Date.now() / 1000);
  for (const [what, revocation] of [
    ['a token', { jti: 't-1' }], ['a subject', { subject: 'svc-a' }], ['all from before a time', { issuedBefore: now + 60 }],
    ['all from before a date', { issuedBefore: new Date((now + 60) * 1000) }], ['a key', { kid: 'k1' }],
    ['a subject for a while', { subject: 'svc-a', until: now + 60 }],
  ]) {
    it(`${what}: from the next decision on, whoever is known`, () => {
      const engine = Engine.fromPolicy(policy());
      const token = bearer();
      for (let i = 0; i < 3; i += 1) assert.equal(ask(engine, [token]).status, 200);
      engine.revoke({ issuer: 'corp', ...revocation });
      const refused = ask(engine, [token]);
      assert.deepEqual([refused.status, refused.reason], [401, 'token_revoked']);
      assert.equal(ask(engine, [token], { now: now + 120 }).status, revocation.until === undefined ? 401 : 200);
      assert.equal(ask(plain, [token]).status, 200); // another engine
      const { tokens, subjects, issued_before: before, keys } = engine.status().revoked;
      assert.equal(tokens + subjects + before + keys, 1);
    });
  }

  it('an issuer goes by its name or by its iss, and others are left alone', () => {
    const engine = Engine.fromPolicy(policy());
    engine.revoke({ issuer: 'https://idp.example', jti: 't-2' });
    assert.equal(ask(engine, [bearer()]).status, 200);
    assert.equal(ask(engine, [bearer({ jti: 't-2' })]).reason, 'token_revoked');
    assert.throws(() => engine.revoke({ issuer: 'crop', jti: 'x' }), { name: 'RangeError', message: /did you mean `corp`/ });
  });

  it('what revokes nothing is refused, and not overlooked', () => {
    const engine = Engine.fromPolicy(policy());
    for (const wrong of [
      undefined, null, 'corp', {}, { issuer: 'corp' }, { jti: 'x' }, { issuer: 'corp', jit: 'x' }, { issuer: 'corp', jti: 'x', kid: 'y' },
      { issuer: 'corp', jti: 5 }, { issuer: 5, jti: 'x' }, { issuer: 'corp', kid: 'x', until: now }, { issuer: 'corp', issuedBefore: 'now' },
      { issuer: 'corp', subject: 'x', until: null }, { issuer: 'corp', issued_before: now }, { issuer: 'corp', subject: 'x', untill: now },
    ]) {
      assert.throws(() => engine.revoke(wrong), TypeError);
    }
    assert.throws(() => engine.revoke({ issuer: 'corp', issuedBefore: Date.now() }), { name: 'RangeError', message: /`issuedBefore` in seconds/ });
    assert.throws(() => engine.revoke({ issuer: 'corp', subject: 'x', until: Number.NaN }), { name: 'RangeError', message: /`until`/ });
    assert.equal(ask(engine, [bearer()]).status, 200);
  });
});

describe('keys that a host supplies', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'e1', alg: 'Ed25519' };
  const at = 1_795_387_431;
  const fetched = () => policy({
    issuers: {
      corp: {
        profile: 'rfc9068', issuer: 'https://idp.example', audience: ['https://api.example'], algorithms: ['Ed25519'],
        keys: { url: 'https://idp.example/jwks' },
      },
    },
  });
  const token = (kid = 'e1') => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: 'https://idp.example', sub: 'svc-a', aud: 'https://api.example', client_id: 'c', iat: at, exp: at + 3600, jti: 'j' };
    const text = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid })}.${part(claims)}`;
    return ['Authorization', `Bearer ${text}.${signWith(null, Buffer.from(text), privateKey).toString('base64url')}`];
  };

  it('are in force from the next decision on, as text or as an object', () => {
    for (const set of [{ keys: [jwk] }, JSON.stringify({ keys: [jwk] })]) {
      const engine = Engine.fromPolicy(fetched(), { start: false });
      const early = ask(engine, [token()], { now: at });
      assert.deepEqual([early.status, early.reason, early.recovery], [503, 'trust_unavailable', 'wait']);
      assert.ok(early.retryAfter >= 1);
      engine.supplyKeys('corp', set, at);
      assert.equal(ask(engine, [token()], { now: at }).status, 200);
      assert.equal(ask(engine, [token('e2')], { now: at + 1 }).reason, 'key_unknown');
      engine.supplyKeys('corp', { keys: [] }, at + 60);
      assert.equal(ask(engine, [token()], { now: at + 60 }).status, 401); // an empty set: all are revoked
    }
  });

  it('that are none are refused, and what was there stays', () => {
    const engine = Engine.fromPolicy(fetched(), { start: false });
    engine.supplyKeys('corp', { keys: [jwk] }, at);
    for (const broken of ['', '{', '[]', '{"keys":5}', {}, []]) assert.throws(() => engine.supplyKeys('corp', broken, at), RangeError, String(broken));
    assert.throws(() => engine.supplyKeys('crop', { keys: [] }), { name: 'RangeError', message: /did you mean `corp`/ });
    assert.throws(() => plain.supplyKeys('corp', { keys: [] }), { name: 'RangeError', message: /its keys are given by the policy/ });
    for (const [issuer, set] of [[5, {}], ['corp', 5], ['corp', null], ['corp', undefined]]) {
      assert.throws(() => engine.supplyKeys(issuer, set), TypeError);
    }
    assert.equal(ask(engine, [token()], { now: at }).status, 200);
  });

  it('an engine that was not started fetches nothing and says so', async () => {
    const engine = Engine.fromPolicy(fetched(), { start: false });
    assert.deepEqual([engine.status().keeping, engine.status().issuers[0].trust], [false, 'never']);
    assert.match(engine.statusText(at), /issuer +corp/);
    assert.deepEqual(engine.status(at).now, at);
    assert.equal(engine.status(new Date(at * 1000)).now, at);
  });
});

describe('ready', () => {
  it('waits for nothing where nothing is fetched', async () => {
    assert.equal(await plain.ready(), undefined);
    assert.equal(await plain.ready(0), undefined);
  });

  it('lets the event loop go on while it waits, and then says what is missing', async () => {
    const unreachable = policy();
    unreachable.issuers.corp.algorithms = ['ES256'];
    unreachable.issuers.corp.keys = { url: 'http://127.0.0.1:9/jwks' }; // the discard port, which nobody listens on
    const engine = Engine.fromPolicy(unreachable, { start: false });
    let turns = 0;
    const ticking = setInterval(() => { turns += 1; }, 5);
    await assert.rejects(engine.ready(0.4), (error) => {
      assert.ok(error instanceof NotReadyError && error instanceof Error);
      assert.deepEqual(error.issuers.map(({ name }) => name), ['corp']);
      return true;
    });
    clearInterval(ticking);
    assert.ok(turns > 10, `${turns} turns`);
    assert.equal(engine.status().keeping, true); // it was started
    assert.equal(Engine.fromPolicy(unreachable).status().keeping, true); // as every engine is that nobody holds back
    assert.equal(Engine.fromText(JSON.stringify(unreachable), 'json', { start: true }).status().keeping, true);
  });

  it('takes seconds, and refuses what can only be milliseconds', async () => {
    for (const wrong of [601, 5000, -1, Number.NaN, Infinity]) await assert.rejects(plain.ready(wrong), RangeError);
    for (const wrong of ['5', null, 5n, {}]) await assert.rejects(plain.ready(wrong), TypeError);
  });
});

describe('peer', () => {
  const limited = (changes = {}) => Engine.fromPolicy(policy({ limit: { failures: 3, per: '1m', by: 'peer' }, ...changes }));
  const bad = [['Authorization', 'Bearer x.y.z']];

  it('failures are counted by it, however a server writes it', () => {
    const engine = limited();
    const now = 1_795_387_431;
    const texts = ['192.0.2.7', '192.0.2.7:4711', '192.0.2.7', '192.0.2.7:4712'];
    const answers = texts.map((peer) => ask(engine, bad, { peer, now }));
    assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401, 429]);
    const last = answers[3];
    assert.deepEqual([last.reason, last.recovery, last.mayResend], ['too_many_failures', 'wait', true]);
    assert.ok(last.retryAfter >= 1 && last.retryAfter <= 60);
    assert.deepEqual(last.headers, [['Retry-After', String(last.retryAfter)]]);
    assert.equal(ask(engine, bad, { peer: '192.0.2.8', now }).status, 401);
    assert.equal(ask(engine, [bearer({ exp: now + 60, iat: now })], { peer: '192.0.2.8', now }).status, 200);
  });

  it('what is no address is no peer, and never an error', () => {
    const engine = limited();
    for (const peer of ['', 'unix:', 'x', '\u20ac', '\ud800', '1'.repeat(100_000), null, undefined]) {
      for (const headers of [bad, bad.flat(), new Headers(bad)]) assert.equal(ask(engine, headers, { peer }).status, 401);
    }
  });

  it('a forwarded field counts only where its sender is trusted', () => {
    const forwarded = (engine, peer, client) => ask(engine, [...bad, ['X-Forwarded-For', client]], { peer, now: 1_795_387_431 }).status;
    const trusting = limited({ trusted_proxies: ['10.0.0.0/8'] });
    assert.ok(trusting.fields.includes('x-forwarded-for'));
    for (let i = 0; i < 8; i += 1) assert.equal(forwarded(trusting, '10.0.0.1', `192.0.2.${i}`), 401);
    const statuses = Array.from({ length: 4 }, (_, i) => forwarded(trusting, '203.0.113.5', `192.0.2.${i}`));
    assert.deepEqual(statuses, [401, 401, 401, 429]);
  });
});

it('memory is what the stores take', () => {
  assert.equal(plain.memory, plain.status().memory);
  assert.ok(plain.memory > 100_000);
  assert.equal(Engine.fromPolicy(policy({ store: { off: true } })).memory, 0);
});
