// What the classes make of a native module that misbehaves: never an allow.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';

const require = createRequire(import.meta.url);

it('no number from the native module is an allow but an allow', () => {
  const { decide } = require('../lib/memory.js');
  const { make } = require('../lib/decision.js');
  for (const number of [undefined, 0, Number.NaN, -1, null, 'x', {}]) {
    assert.throws(() => decide({ decide: () => number }, 0, ['GET', '/', ''], [], 0, undefined, undefined, make), /found none/);
  }
  const memory = Buffer.alloc(8);
  const allowed = [];
  for (let outcome = 0; outcome < 8; outcome += 1) {
    if (make(200 + outcome * 2 ** 24, memory, 0).allowed) allowed.push(outcome);
  }
  assert.deepEqual(allowed, [1]);
});
