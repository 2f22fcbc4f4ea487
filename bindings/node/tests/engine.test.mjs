// What an engine takes, what it refuses to take, and what its decisions say.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import { Decision, Engine, PolicyError, Principal } from '../index.mjs';
import { bearer, engine, policy, sign } from './support.mjs';

const ask = (headers, rest = {}) => engine.decide({ method: 'GET', url: '/v1/orders/7', headers, ...rest });

describe('loading', () => {
  it('a file, its URL, its text and its object make the same engine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'doorward-'));
    try {
      const path = join(folder, 'policy.json');
      const keys = policy().issuers.corp.keys.inline;
      const from = policy();
      from.issuers.corp.keys = { file: 'keys.json' };
      writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
      writeFileSync(path, JSON.stringify(from));
      for (const one of [
        new Engine(path), Engine.fromFile(path), new Engine(pathToFileURL(path)), Engine.fromText(JSON.stringify(from), 'json', { folder }),
        Engine.fromPolicy(from, { folder: pathToFileURL(folder) }),
      ]) {
        assert.ok(one instanceof Engine);
        assert.deepEqual([one.issuers, one.routes, one.warnings], [1, 3, []]);
        assert.equal(one.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer()] }).status, 200);
      }
      assert.throws(() => Engine.fromPolicy(from), { name: 'PolicyError', message: /expected an absolute path/ });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('an engine says what it looks at', () => {
    assert.deepEqual(Engine.fromPolicy({ routes: [] }).fields, ['authorization']);
    assert.equal(Engine.fromPolicy({ routes: [] }).readsBody, false);
    assert.ok(engine.fields.includes('content-type'));
    assert.equal(engine.readsBody, true);
    assert.equal(Engine.fromPolicy(policy({ max_credential: 1000 })).formLimit, 3000 + 65_536);
  });

  it('every fault of a policy is told with its place', () => {
    const error = thrown(() => Engine.fromText("reaml = 'x'\n[[routes]]\npath = ''\naccept = 'anyone'\n", 'toml'));
    assert.ok(error instanceof PolicyError && error instanceof Error);
    assert.equal(error.name, 'PolicyError');
    assert.equal(error.errors.length, 2);
    assert.deepEqual(error.errors[0],
      { file: null, line: 1, column: 1, place: '', message: 'unknown key `reaml`', help: 'did you mean `realm`?' });
    assert.equal(error.message.split('\n')[0], '1:1: unknown key `reaml`: did you mean `realm`?');
  });

  it('an object has no lines, and a missing file is named', () => {
    const [fault] = thrown(() => Engine.fromPolicy({ reaml: 1 })).errors;
    assert.deepEqual([fault.file, fault.line, fault.column], [null, null, null]);
    assert.equal(thrown(() => Engine.fromFile('no-such.toml')).message, 'no-such.toml: no such file');
  });

  it('no key appears in a fault', () => {
    const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
    const broken = policy();
    broken.issuers.corp.keys = { inline: { kty: 'oct', k: secret, alg: 'none' } };
    assert.ok(!inspect(thrown(() => Engine.fromPolicy(broken))).includes(secret));
  });

  it('a number that JavaScript cannot tell from its neighbour is refused, and taken as a bigint', () => {
    const rule = (equals) => policy({ routes: [{ path: '/{*rest}', accept: ['corp'], require: [{ claim: '/n', equals }] }] });
    assert.throws(() => Engine.fromPolicy(rule(2 ** 53)), RangeError);
    assert.throws(() => Engine.fromPolicy(rule(Number.NaN)), RangeError);
    const exact = Engine.fromPolicy(rule(9007199254740993n));
    const status = (n) => {
      const claims = `{"iss":"https://idp.example","sub":"s","aud":"https://api.example","client_id":"s","iat":1,"exp":10000000000,"jti":"j","n":${n}}`;
      return exact.decide({ method: 'GET', url: '/', headers: [['Authorization', `Bearer ${sign(claims)}`]] }).status;
    };
    assert.equal(status('9007199254740993'), 200);
    assert.equal(status('9007199254740992'), 403);
  });
});

describe('headers', () => {
  it('pairs, rawHeaders and Headers are read alike', () => {
    const [name, value] = bearer();
    for (const headers of [
      [['Accept', '*/*'], [name, value]], ['Accept', '*/*', name, value], ['x', 'y', name.toUpperCase(), value],
      new Headers([[name, value]]), { [Symbol.toStringTag]: 'Headers', get: (field) => (field === 'authorization' ? value : null) },
    ]) {
      assert.equal(ask(headers).status, 200);
    }
  });

  it('no headers are none', () => {
    for (const headers of [undefined, null, [], new Headers()]) assert.equal(ask(headers).reason, 'credential_missing');
  });

  it('two lines are seen in each form', () => {
    const one = bearer();
    const other = bearer({ sub: 'svc-b' });
    for (const headers of [[one, other], [...one, ...other], new Headers([one, other])]) {
      assert.equal(ask(headers).reason, 'credentials_ambiguous');
    }
  });

  it('many lines are counted and none is lost', () => {
    const lines = Array.from({ length: 300 }, () => bearer());
    assert.equal(ask(lines).reason, 'credentials_ambiguous');
    assert.equal(ask([...Array.from({ length: 300 }, (_, i) => [`x-${i}`, 'y']), bearer()]).status, 200);
  });

  it('a name that only begins like a needed one is another name', () => {
    const [, value] = bearer();
    for (const name of ['Authorization ', 'Authorizatio', 'X-Authorization', 'AuthorizatioN\u0000', 'authorızation']) {
      assert.equal(ask([[name, value]]).reason, 'credential_missing');
    }
  });

  it('characters are bytes in rawHeaders and UTF-8 in pairs', () => {
    const open = Engine.fromPolicy({ routes: [{ path: '/café', accept: 'anyone' }] });
    const status = (url, headers) => open.decide({ method: 'GET', url, headers }).status;
    const long = `?${'x'.repeat(100)}`;
    for (const tail of ['', long]) {
      assert.equal(status(`/caf%C3%A9${tail}`, []), 200);
      assert.equal(open.decide({ method: 'GET', url: `/café${tail}`, headers: [['a', 'b']] }).path,
        open.decide({ method: 'GET', url: `/cafÃ©${tail}`, headers: ['a', 'b'] }).path);
    }
  });

  it('a character that is no byte is refused in rawHeaders, short or long', () => {
    // Its low byte would be an `A`.
    for (const tail of ['', 'x'.repeat(100)]) {
      assert.throws(() => ask(['Authorization', `Ł${tail}`]), TypeError);
      assert.throws(() => engine.decide({ method: 'GET', url: `/Ł${tail}`, headers: ['a', 'b'] }), TypeError);
      assert.throws(() => engine.decide({ method: 'Ł', url: '/', headers: ['a', 'b'] }), TypeError);
    }
    assert.equal(ask([['Authorization', 'Bearer Ł']]).status, 401);
  });
});

describe('now', () => {
  const exp = 1_795_388_031;
  const at = (now) => ask([bearer({ iat: exp - 60, exp })], { now }).reason;

  it('a date, seconds and nanoseconds are the same time', () => {
    for (const [before, after] of [
      [exp + 29, exp + 30], [new Date((exp + 29) * 1000), new Date((exp + 30) * 1000)],
      [BigInt(exp + 29) * 10n ** 9n, BigInt(exp + 30) * 10n ** 9n],
    ]) {
      assert.equal(at(before), null);
      assert.equal(at(after), 'token_expired');
    }
  });

  it('fractions count, to the nanosecond in a bigint', () => {
    assert.equal(at(exp + 29.9), null);
    assert.equal(at(new Date((exp + 29) * 1000 + 999)), null);
    const end = BigInt(exp + 30) * 10n ** 9n;
    assert.equal(at(end - 1n), null);
    assert.equal(at(end), 'token_expired');
  });

  it('a fraction is the one that was written, not the nearest double’s', () => {
    for (let tenth = 1; tenth < 100; tenth += 1) {
      const end = Number(`${exp}.${String(tenth).padStart(2, '0')}`);
      const token = bearer({ iat: exp - 60, exp: end });
      const late = Number(`${exp + 30}.${String(tenth).padStart(2, '0')}`);
      assert.equal(ask([token], { now: late }).reason, 'token_expired', String(late));
      assert.equal(ask([token], { now: BigInt(exp + 30) * 10n ** 9n + BigInt(tenth) * 10n ** 7n - 1n }).reason, null);
    }
  });

  it('what is decided by is what was given', () => {
    const now = (value) => ask([bearer({ exp: 1000 })], { now: value }).context.now;
    for (const value of [exp, exp + 0.5, exp + 0.9, exp + 0.000001, 1e11, 5000.25]) assert.equal(now(value), value);
    assert.equal(now(new Date(1_795_388_031_123)), 1_795_388_031.123);
    assert.equal(now(1_795_388_031_123_456_789n), 1_795_388_031.123456789);
    const early = (value) => ask([bearer()], { now: value }).context.now;
    for (const value of [0, -1, -0.5, -0.25, -1e11, 1e-7, 0.1]) assert.equal(early(value), value);
  });

  it('the clock is the default', () => {
    assert.equal(ask([bearer({ exp: Math.floor(Date.now() / 1000) + 5 })]).status, 200);
    assert.equal(ask([bearer({ exp: Math.floor(Date.now() / 1000) - 35 })]).reason, 'token_expired');
  });

  it('what is no time is refused, and so is a time in another unit', () => {
    const range = [Number.NaN, Infinity, -Infinity, 1e11 + 1, Date.now(), -1e12, new Date(Number.NaN),
      process.hrtime.bigint(), 0n, -1n, 10n ** 40n];
    for (const now of range) assert.throws(() => ask([], { now }), RangeError, String(now));
    for (const now of ['2026-11-23', {}, null, true, [], { getTime: () => 1 }, Object.create(Date.prototype)]) {
      assert.throws(() => ask([], { now }), TypeError, inspect(now));
    }
  });
});

describe('decisions', () => {
  it('a decision keeps its own caller however many follow', () => {
    const kept = [];
    for (let i = 0; i < 3000; i += 1) {
      const sub = `svc-${i}-${'x'.repeat(i % 700)}`;
      const claims = i % 3 === 0 ? { sub, exp: 1 } : i % 3 === 1 ? { sub } : { sub, act: { sub: `agent-${i}` } };
      kept.push([i, sub, ask([bearer(claims)])]);
      if (i % 5 === 0) ask([['Authorization', 'Bearer x']]);
      if (i % 7 === 0) engine.decide({ method: 'GET', url: `/open/${i}` });
    }
    for (const [i, sub, decision] of kept.reverse()) {
      assert.equal(decision.principal.subject, sub);
      assert.equal(decision.principal.claims.sub, sub);
      assert.equal(decision.reason, i % 3 === 0 ? 'token_expired' : null);
      assert.equal(decision.principal.actor?.sub, i % 3 === 2 ? `agent-${i}` : undefined);
    }
  });

  it('decisions of two engines in turn do not mix', () => {
    const other = Engine.fromPolicy(policy({ realm: 'other' }));
    const pairs = Array.from({ length: 200 }, (_, i) => [
      engine.decide({ method: 'GET', url: `/v1/orders/${i}` }), other.decide({ method: 'GET', url: `/v1/orders/${i}x` })]);
    pairs.forEach(([one, two], i) => {
      assert.deepEqual([one.path, one.challenges], [`/v1/orders/${i}`, ['Bearer realm="orders"']]);
      assert.deepEqual([two.path, two.challenges], [`/v1/orders/${i}x`, ['Bearer realm="other"']]);
    });
  });

  it('a request that decides while it is read mixes with no other', () => {
    let inner;
    const headers = [['x', 'y'], bearer({ sub: 'outer' })];
    Object.defineProperty(headers, 0, { get() {
      inner = ask([bearer({ sub: 'inner' })]);
      return ['x', 'y'];
    } });
    const outer = ask(headers);
    assert.equal(outer.principal.subject, 'outer');
    assert.equal(inner.principal.subject, 'inner');
  });

  it('a record beyond the memory at hand is handed over whole', () => {
    const large = Engine.fromPolicy({ ...policy(), max_credential: 65_536 });
    for (const length of [1500, 3000, 20_000, 40_000]) {
      const sub = 'é'.repeat(length / 2);
      for (let i = 0; i < 20; i += 1) {
        const decision = large.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer({ sub })] });
        assert.equal(decision.status, 200);
        assert.equal(decision.principal.subject, sub);
      }
    }
    const scopes = Array.from({ length: 500 }, (_, i) => `scope:${i}:${'y'.repeat(100)}`);
    const wordy = Engine.fromPolicy(policy({ routes: [{ path: '/{*rest}', accept: ['corp'], scopes }] }));
    for (let i = 0; i < 5; i += 1) {
      const { challenges } = wordy.decide({ method: 'GET', url: '/', headers: [bearer()] });
      assert.ok(challenges[0].includes(scopes.join(' ')));
    }
  });

  it('a refusal says everything a host needs', () => {
    const decision = ask([bearer({ exp: 1000 })], { now: 2000 });
    assert.deepEqual({ ...decision.toJSON(), operator: null }, {
      outcome: 'unauthenticated', status: 401, reason: 'token_expired', reason_number: 209, sentence: 'the token has expired',
      recovery: 'refresh_credential', advice: 'refresh the credential and send the request once more', operator: null, signal: 'noise',
      may_resend: false, retry_after: null, challenges: ['Bearer realm="orders", error="invalid_token", error_description="token_expired"'],
      headers: [['WWW-Authenticate', 'Bearer realm="orders", error="invalid_token", error_description="token_expired"']],
      principal: { issuer: 'https://idp.example', issuer_name: 'corp', subject: 'svc-a', kind: 'bearer', expires: 1000, actor: null },
      context: { claim: 'exp', value: 1000, now: 2000, leeway: 30, missed_by: 970 },
      route: 0, path: '/v1/orders/7', grounds: null, concealed: null,
    });
    assert.deepEqual([decision.allowed, decision.disclosure, decision.reasonNumber, decision.mayResend], [false, 'reason', 209, false]);
    assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision.toJSON());
  });

  it('a hidden route conceals, and the operator still knows', () => {
    const hidden = Engine.fromPolicy(policy({ unmatched: 'hide', routes: [{ path: '/secret', accept: ['corp'], hidden: true }] }));
    const decision = hidden.decide({ method: 'GET', url: '/secret', headers: [bearer({ exp: 1 })] });
    assert.deepEqual([decision.status, decision.reason, decision.concealed], [404, 'route_unmatched', 'token_expired']);
    assert.equal(decision.operator, ask([bearer({ exp: 1 })]).operator);
    assert.equal(decision.signal, 'noise');
  });

  it('claims are read when asked, and once', () => {
    const { principal } = ask([bearer({ groups: ['a'] })]);
    assert.ok(principal instanceof Principal);
    assert.deepEqual(principal.claims.groups, ['a']);
    assert.equal(principal.claims, principal.claims);
    assert.deepEqual(JSON.parse(principal.claimsText), principal.claims);
    assert.equal('claims' in principal.toJSON(), false);
  });

  it('what is inspected tells nothing of the caller', () => {
    const decision = ask([bearer({ sub: 'alice@example', email: 'alice@example' })]);
    const shown = inspect({ decision, principal: decision.principal, engine }, { depth: 9, showHidden: true });
    assert.ok(!shown.includes('alice'), shown);
    assert.match(shown, /Decision \{ outcome: 'allow', status: 200 \}/);
    assert.match(shown, /Principal \{ issuer: 'https:\/\/idp\.example', kind: 'bearer', expires: \d+ \}/);
    assert.match(inspect(ask([])), /credential_missing.*send_credential/s);
  });

  it('a decision cannot be changed or made up', () => {
    const decision = ask([bearer()]);
    assert.throws(() => { decision.status = 500; }, TypeError);
    assert.throws(() => { decision.headers.push(1); }, TypeError);
    assert.throws(() => new Decision(), TypeError);
    const refused = ask([bearer({ exp: 1 })]);
    assert.throws(() => { refused.context.now = 1; }, TypeError);
    assert.throws(() => { refused.headers[0][1] = ''; }, TypeError);
  });

  it('a property is asked of a decision and of nothing else', () => {
    for (const name of Object.getOwnPropertyNames(Decision.prototype)) {
      const { get } = Object.getOwnPropertyDescriptor(Decision.prototype, name);
      if (get) assert.throws(() => get.call({}), TypeError, name);
    }
    assert.throws(() => Engine.prototype.decide.call({}, { method: 'GET', url: '/' }), TypeError);
  });
});

function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
