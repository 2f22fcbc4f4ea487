// The trace of origin: a gateway's marker, and what the application behind makes of it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Engine } from '../index.mjs';

const NOW = 1795387431;
const folder = mkdtempSync(join(tmpdir(), 'doorward-trace-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'trace.key'), 'a key of the tests, which gateway and application share\n');

const POLICY = {
  disclosure: 'reason',
  trace: { key: { file: 'trace.key' }, proxy_status: 'edge-eu' },
  issuers: {
    corp: {
      profile: 'jwt',
      issuer: 'https://idp.example',
      audience: [],
      algorithms: ['HS256'],
      keys: { inline: { kty: 'oct', k: 'A'.repeat(43) } },
    },
  },
  routes: [{ path: '/orders', accept: 'corp' }],
};
const engine = Engine.fromPolicy(POLICY, { folder });
const decide = (headers, more) => engine.decide({ method: 'GET', url: '/orders?page=2', headers, now: NOW, ...more });

test('the application names the root cause', () => {
  const refused = decide([['authorization', 'Bearer x.y.z']]);
  const marker = engine.traceMarker({ method: 'GET', url: '/orders' }, refused.concealed ?? refused.reason, NOW);
  assert.equal(marker.length, 79);
  const traced = decide([['x-doorward-trace', marker]]);
  assert.deepEqual([traced.status, traced.reason], [401, 'credential_stripped_upstream']);
  assert.deepEqual(traced.context, { cause: 'token_malformed', at: NOW });
  for (const late of [
    decide([['x-doorward-trace', marker]], { now: NOW + 90 }),
    decide([['x-doorward-trace', marker], ['x-doorward-trace', marker]]),
    decide([['x-doorward-trace', marker]], { method: 'POST' }),
  ]) {
    assert.deepEqual([late.status, late.reason, late.context], [401, 'credential_missing', null]);
  }
});

test('there is nothing to tell', () => {
  const request = { method: 'GET', url: '/orders' };
  assert.equal(engine.traceMarker(request, 'credential_missing'), null);
  assert.equal(engine.traceMarker({ ...request, url: '/a//b' }, 'token_expired'), null);
  assert.equal(Engine.fromPolicy({ routes: [] }).traceMarker(request, 'token_expired'), null);
  assert.throws(() => engine.traceMarker(request, 'whim'), RangeError);
  assert.throws(() => engine.traceMarker(request), TypeError);
});
