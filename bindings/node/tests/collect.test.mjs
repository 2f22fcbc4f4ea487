// Memory: engines that nobody holds go away, and decisions leave nothing behind.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import { Engine } from '../index.mjs';
import { bearer, engine, policy } from './support.mjs';

const native = createRequire(import.meta.url)('../lib/native.js');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const turn = () => new Promise((resolve) => { setImmediate(resolve); });

it('an engine that nobody holds makes room for the next', { timeout: 30_000 }, async () => {
  let highest = 0;
  for (let i = 0; i < 60; i += 1) {
    const handle = native.engineFromText(JSON.stringify(policy()), 'json');
    highest = Math.max(highest, JSON.parse(native.engineFacts(handle)).number);
    if (i % 10 === 0) {
      collect();
      await turn();
      await turn();
    }
  }
  assert.ok(highest < 40, `the highest number is ${highest}`);
});

it('an engine lives as long as it is held', async () => {
  const held = Engine.fromPolicy(policy());
  for (let i = 0; i < 5; i += 1) {
    collect();
    await turn();
  }
  assert.equal(held.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer()] }).status, 200);
});

it('a hundred thousand decisions leave no memory behind', { timeout: 60_000 }, async () => {
  const headers = [bearer()];
  const run = async () => {
    for (let i = 0; i < 50_000; i += 1) engine.decide({ method: 'GET', url: '/v1/orders/7', headers });
    for (let i = 0; i < 3; i += 1) {
      collect();
      await turn();
    }
    return process.memoryUsage().arrayBuffers;
  };
  const before = await run();
  const after = await run();
  assert.ok(after - before < 1_000_000, `${before} bytes, then ${after}`);
});
