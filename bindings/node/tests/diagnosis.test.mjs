// Diagnosing an answer that somebody has in hand, and the whole table of answers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { CLUES, Caller, Diagnosis, diagnose } from '../index.mjs';
import { interceptor } from '../client/undici.mjs';
import { withCredential } from '../client/fetch.mjs';

const CHALLENGE = 'Bearer realm="orders", error="invalid_token", error_description="token_expired"';

describe('diagnose', () => {
  it('takes an answer in every form in which Node has one', () => {
    const forms = [
      new Headers({ 'WWW-Authenticate': CHALLENGE }),
      [['WWW-Authenticate', CHALLENGE]],
      ['WWW-Authenticate', CHALLENGE],
      { 'www-authenticate': CHALLENGE },
      { 'www-authenticate': [CHALLENGE], 'set-cookie': ['a', 'b'] },
      new Map([['www-authenticate', CHALLENGE]]),
    ];
    for (const headers of forms) {
      for (const answer of [{ status: 401 }, { statusCode: 401 }, { status: 401, body: '' }, { status: 401, body: Buffer.from('x'.repeat(20_000)) }]) {
        const { demand, status } = diagnose({ ...answer, headers }, { sent: { scheme: 'Bearer' } });
        assert.deepEqual([status, demand.realm, demand.error], [401, 'orders', 'invalid_token'], inspect(headers));
      }
    }
  });

  it('gives what is the same in every language, and cannot be changed', () => {
    const diagnosis = diagnose({ status: 401, headers: { 'www-authenticate': CHALLENGE } }, { sent: { scheme: 'Bearer' } });
    assert.ok(diagnosis instanceof Diagnosis);
    assert.equal(diagnosis.reason, 'token_expired');
    assert.equal(diagnosis.recovery, 'refresh_credential');
    assert.deepEqual(Object.keys(diagnosis.toJSON()), ['status', 'diagnosis', 'cause', 'confidence', 'origin', 'product', 'clues', 'misused_status',
      'proper_status', 'skew', 'recovery', 'retry', 'retry_after', 'signal', 'demand', 'summary']);
    assert.ok(diagnosis.clues.length > 0 && diagnosis.clues.every((clue) => typeof CLUES[clue] === 'string'), diagnosis.clues.join());
    assert.throws(() => { diagnosis.clues.push('x'); }, TypeError);
    assert.throws(() => { diagnosis.demand.realm = 'x'; }, TypeError);
    assert.throws(() => { diagnosis.other = 'x'; }, TypeError);
    diagnosis.toJSON().clues.push('x');
    assert.ok(!diagnosis.clues.includes('x'));
    assert.throws(() => new Diagnosis(), TypeError);
    assert.doesNotMatch(inspect(diagnosis), /orders/);
  });

  it('an answer that refuses nobody has no reason', () => {
    const { reason, refused, sentence, operator, signal, recovery } = diagnose({ status: 204 });
    assert.deepEqual({ reason, refused, sentence, operator, signal, recovery },
      { reason: null, refused: false, sentence: null, operator: null, signal: null, recovery: 'none' });
  });

  it('bytes that are no text are no fault', () => {
    const headers = ['WWW-Authenticate', 'Bearer realm="\xe9\xff"', 'X\xff', '\x00'];
    assert.equal(diagnose({ status: 401, headers, body: new Uint8Array([0xff, 0x00, 0x7b]) }).status, 401);
  });

  it('what is no answer is a TypeError', () => {
    for (const [answer, options] of [
      [], [null], ['401'], [{}], [{ status: '401' }], [{ status: 99 }], [{ status: 401.5 }],
      [{ status: 401, headers: 'x' }], [{ status: 401, headers: ['a'] }], [{ status: 401, headers: [['a', 'b', 'c']] }],
      [{ status: 401, headers: { a: 1 } }], [{ status: 401, headers: { a: 'b\nc: d' } }], [{ status: 401, body: {} }],
      [{ status: 401, body: new Response('x').body }], [{ status: 401 }, null], [{ status: 401 }, { sent: 'x' }],
      [{ status: 401 }, { sent: { shceme: 'Bearer' } }], [{ status: 401 }, { sent: { scheme: 1 } }], [{ status: 401 }, { sent: { at: 'x' } }],
      [{ status: 401 }, { now: 'x' }],
    ]) assert.throws(() => diagnose(answer, options), TypeError, inspect([answer, options]));
    assert.throws(() => diagnose({ status: 401 }, { sent: { at: Date.now() } }), RangeError);
    assert.throws(() => diagnose({ status: 401, headers: Array(10_001).fill('x') }), RangeError);
  });
});

describe('the options of a caller', () => {
  it('are checked when it is made', () => {
    for (const make of [(...given) => new Caller(...given), withCredential, interceptor]) {
      for (const [source, options] of [
        ['token'], [7], [[]], [{ fiel: 'x' }], [{}], [() => 'x', null], [() => 'x', { orgins: [] }], [() => 'x', { origins: 'https://a' }],
        [() => 'x', { origins: [1] }], [() => 'x', { attempts: '3' }], [() => 'x', { proof: 'x' }], [() => 'x', { onReport: {} }],
        [() => 'x', { origins: ['nonsense'] }], [() => 'x', { attempts: -1 }], [() => 'x', { attempts: 1.5 }],
      ]) assert.throws(() => make(source, options), /expected|did you mean|unknown/, inspect([source, options]));
    }
    assert.throws(() => withCredential(new Caller(null), { name: 'x' }), TypeError);
    assert.throws(() => withCredential(null, { fetch: 'x' }), TypeError);
  });
});
