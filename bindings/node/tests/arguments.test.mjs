// Whatever is passed, nothing crashes: a wrong argument is a TypeError or a RangeError.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { withCredential } from '../client/fetch.mjs';
import { interceptor } from '../client/undici.mjs';
import { Caller, Engine, PolicyError, diagnose } from '../index.mjs';
import { engine, mint, policy } from './support.mjs';

const native = createRequire(import.meta.url)('../lib/native.js');

/** Values of every type that JavaScript has, some of them with traps. */
const VALUES = [
  undefined, null, true, false, 0, -1, 1.5, Number.NaN, Infinity, 2 ** 31, 2 ** 53, 1n, -(2n ** 80n), '', 'x', '\ud800', 'é', '\0',
  'x'.repeat(100_000), Symbol('s'), Symbol.iterator, {}, [], [[]], [['a']], [['a', 'b', 'c']], [['a', 1]], ['a'], ['a', 1],
  [undefined, undefined], Array(5), Object.assign([], { length: 4_000_000_000 }), () => {}, class {}, new Date(), new Date(Number.NaN),
  /x/, new Map([['a', 'b']]), new Set(), new Headers({ a: 'b' }), new URL('http://x'), new URL('file:///nowhere'), Buffer.alloc(0),
  Buffer.from('access_token=x'), new Uint8Array(8), new Uint16Array(8), new Float64Array(4), new DataView(new ArrayBuffer(8)),
  new ArrayBuffer(64), new SharedArrayBuffer(64), new Uint8Array(new SharedArrayBuffer(64)), Promise.resolve(), new WeakMap(),
  new Proxy({}, {}), new Proxy([], {}), Object.create(null), new String('GET'), new Number(5), globalThis, process.env,
  { get method() { throw new RangeError('trap'); } }, { [Symbol.toPrimitive]() { throw new TypeError('trap'); } },
  { [Symbol.toStringTag]: 'Headers', get: () => 5 }, { [Symbol.toStringTag]: 'Headers', get: 1 },
];

/** Runs `work`; whatever it throws is of a kind that says whose fault it was. */
function survives(work, what) {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError || error instanceof PolicyError) return undefined;
    throw new Error(`${inspect(what(), { depth: 1, maxStringLength: 50 })}: ${inspect(error)}`);
  }
}

/** The same numbers in every run. */
function random(seed) {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

describe('arguments of any type', () => {
  it('each one alone', () => {
    const good = { method: 'GET', url: '/v1/orders/7', headers: [], clientChain: [], body: '', peer: '::1', now: 1_800_000_000 };
    for (const value of VALUES) {
      survives(() => engine.decide(value), () => value);
      for (const name of Object.keys(good)) {
        const decision = survives(() => engine.decide({ ...good, [name]: value }), () => [name, value]);
        if (decision !== undefined) assert.equal(decision.allowed, false, name);
      }
      survives(() => new Engine(value), () => value);
      survives(() => Engine.fromFile(value), () => value);
      survives(() => Engine.fromPolicy(value, value), () => value);
      survives(() => Engine.fromPolicy({ realm: value, routes: value }), () => value);
      survives(() => Engine.fromText(value, 'toml'), () => value);
      survives(() => Engine.fromText('', value), () => value);
      survives(() => Engine.fromText('', 'json', value), () => value);
      survives(() => Engine.fromText('', 'json', { folder: value }), () => value);
    }
  });

  it('each one alone, on the caller’s side', () => {
    const good = { status: 401, statusCode: 401, headers: {}, body: 'x' };
    for (const value of VALUES) {
      survives(() => diagnose(value, value), () => value);
      for (const name of Object.keys(good)) survives(() => diagnose({ ...good, [name]: value }), () => [name, value]);
      for (const name of ['scheme', 'attempt', 'at', 'issuedAt', 'expiresAt', 'refusedBefore', 'url', 'finalUrl', 'proof', 'interactive']) {
        survives(() => diagnose(good, { sent: { [name]: value } }), () => [name, value]);
      }
      survives(() => diagnose(good, { now: value, sent: value }), () => value);
      for (const make of [(...given) => new Caller(...given), withCredential, interceptor]) {
        survives(() => make(value), () => value);
        survives(() => make(() => 'x', value), () => value);
        for (const name of ['name', 'origins', 'attempts', 'ahead', 'proof', 'onReport', 'interactive']) {
          survives(() => make(null, { [name]: value }), () => [name, value]);
        }
      }
      for (const name of ['method', 'url', 'signal', 'replayable']) {
        survives(() => new Caller(null).begin({ method: 'GET', url: 'http://x', [name]: value }), () => [name, value]);
      }
    }
  });

  it('all of them mixed', () => {
    const pick = random(7);
    const any = () => VALUES[pick(VALUES.length)];
    const token = `Bearer ${mint()}`;
    for (let i = 0; i < 20_000; i += 1) {
      const request = { method: pick(2) ? 'GET' : any(), url: pick(2) ? '/v1/orders/7' : any() };
      request.headers = [() => any(), () => ['authorization', pick(3) ? token : any()], () => [[any(), any()], ['Authorization', token]],
        () => [[any(), token]]][pick(4)]();
      for (const name of ['clientChain', 'body', 'peer', 'now']) if (pick(4) === 0) request[name] = any();
      const decision = survives(() => engine.decide(request), () => request);
      if (decision !== undefined) assert.equal(typeof decision.toJSON().status, 'number');
    }
  });

  it('types that are wrong are refused, and not converted', () => {
    const refused = (request) => assert.throws(() => engine.decide(request), TypeError);
    refused({ url: '/' });
    refused({ method: 'GET' });
    refused({ method: new String('GET'), url: '/' });
    for (const headers of [{}, { authorization: 'x' }, new Map(), 'x', 5, ['a'], [['a']], [['a', 'b', 'c']], [['a', 1]], ['a', 'b', 1, 2]]) {
      refused({ method: 'GET', url: '/', headers });
    }
    for (const clientChain of [null, 'x', ['x'], [null], {}]) refused({ method: 'GET', url: '/', clientChain });
    for (const body of [5, {}, new ArrayBuffer(1), new Uint16Array(1)]) refused({ method: 'GET', url: '/', body });
    refused({ method: 'GET', url: '/', peer: 5 });
    assert.equal(engine.decide({
      method: 'GET', url: '/', headers: null, clientChain: [Buffer.alloc(3)], body: null, peer: '192.0.2.1',
    }).status, 403);
  });

  it('a target outside Latin-1 is judged whatever form the headers have', () => {
    const decide = (headers) => engine.decide({ method: 'GET', url: '/\u20ac', headers }).reason;
    for (const headers of [undefined, [], [['accept', '*/*']]]) assert.equal(decide(headers), 'path_ambiguous');
  });

  it('objects by names are refused, since they lose lines', () => {
    assert.throws(() => engine.decide({ method: 'GET', url: '/', headers: { authorization: 'x' } }), /lost lines/);
  });
});

describe('the native module, called past the classes', () => {
  it('survives arguments of any type', () => {
    const pick = random(11);
    const any = () => VALUES[pick(VALUES.length)];
    const functions = Object.entries(native).filter(([, value]) => typeof value === 'function');
    assert.ok(functions.length >= 9);
    for (const [name, call] of functions) {
      for (let i = 0; i < 1500; i += 1) {
        const values = Array.from({ length: pick(6) }, any);
        // Its own memory, so that no value of the list is written to.
        if (pick(2)) values[1] = Buffer.alloc(pick(200));
        if (pick(2)) values[0] = pick(4);
        try {
          call(...values);
        } catch (error) {
          assert.ok(error instanceof Error, name);
        }
      }
    }
  });

  it('survives every frame, and reads none past its end', () => {
    const handle = native.engineFromText(JSON.stringify(policy()), 'json');
    const { number } = JSON.parse(native.engineFacts(handle));
    const pick = random(13);
    for (let i = 0; i < 20_000; i += 1) {
      const memory = Buffer.alloc(pick(300));
      const words = new Uint32Array(memory.buffer, memory.byteOffset, Math.floor(memory.length / 4));
      for (let j = 0; j < words.length; j += 1) words[j] = pick(8) === 0 ? pick(2 ** 32) : pick(5);
      try {
        native.decide(number, memory, pick(3) === 0 ? pick(400) : 0);
      } catch (error) {
        assert.ok(error instanceof TypeError);
        assert.doesNotMatch(error.message, /failed/); // which is what a panic is told as
      }
      for (const read of [native.details, native.headers, native.principal, native.claims]) {
        try {
          read(memory, pick(100), pick(300));
        } catch (error) {
          assert.equal(error.code, 'InvalidArg');
        }
      }
    }
  });

  it('leaves nothing of a credential behind its decision', () => {
    const handle = native.engineFromText(JSON.stringify(policy()), 'json');
    const { number, fields } = JSON.parse(native.engineFacts(handle));
    const secret = `Bearer ${'s3cret'.repeat(300)}`;
    const memory = Buffer.alloc(8192);
    const words = new Uint32Array(memory.buffer, memory.byteOffset, 11);
    words.set([0, 0, 0, 0, 3, 12, 0, 0, 1, fields.indexOf('authorization'), secret.length]);
    memory.latin1Write(`GET/v1/orders/7${secret}`, 44);
    const status = native.decide(number, memory, 0) % 1024;
    assert.equal(status, 401);
    assert.ok(!memory.includes('s3cret'));
  });

  it('knows engines of its own thread by their number, and no others', () => {
    assert.throws(() => native.decide(4_000_000_000, Buffer.alloc(64), 0), /an engine of this thread/);
  });
});
