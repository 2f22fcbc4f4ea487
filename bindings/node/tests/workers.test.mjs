// Several threads, each with an engine of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { bearer, engine, policy } from './support.mjs';

const SCRIPT = `
const { parentPort, workerData } = require('node:worker_threads');
const { Engine } = require(workerData.path);
const engine = Engine.fromPolicy(workerData.policy);
const subjects = new Set();
for (let i = 0; i < 3000; i += 1) {
  const decision = engine.decide({ method: 'GET', url: '/v1/orders/7', headers: workerData.headers });
  if (!decision.allowed) throw new Error(decision.reason);
  subjects.add(decision.principal.subject);
}
parentPort.postMessage([...subjects]);
`;

it('workers decide at once, end, and begin again', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 3; round += 1) {
    const workers = Array.from({ length: 4 }, (_, i) => new Promise((resolve, reject) => {
      const sub = `svc-${round}-${i}`;
      const worker = new Worker(SCRIPT, {
        eval: true,
        workerData: { path: new URL('../index.js', import.meta.url).pathname, policy: policy(), headers: [bearer({ sub })] },
      });
      worker.on('error', reject);
      worker.on('message', (subjects) => resolve([sub, subjects]));
    }));
    for (const [sub, subjects] of await Promise.all(workers)) assert.deepEqual(subjects, [sub]);
  }
  assert.equal(engine.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer()] }).status, 200);
});

it('a worker that is stopped while it waits for keys takes nobody along', { timeout: 30_000 }, async () => {
  const fetched = policy();
  fetched.issuers.corp.algorithms = ['ES256'];
  fetched.issuers.corp.keys = { url: 'http://127.0.0.1:9/jwks' }; // which nobody listens on
  const waiting = `
const { parentPort, workerData } = require('node:worker_threads');
const { Engine } = require(workerData.path);
const engine = Engine.fromPolicy(workerData.policy);
engine.ready(60).then(() => parentPort.postMessage('ready'));
parentPort.postMessage(engine.status().keeping);
`;
  const workers = Array.from({ length: 3 }, () => new Worker(waiting, {
    eval: true, workerData: { path: new URL('../index.js', import.meta.url).pathname, policy: fetched },
  }));
  assert.deepEqual(await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0])), [true, true, true]);
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(engine.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer()] }).status, 200);
});

it('a worker that is stopped in the middle takes nobody along', { timeout: 30_000 }, async () => {
  const endless = SCRIPT.replace('i < 3000', 'true');
  const workers = Array.from({ length: 3 }, () => new Worker(endless, {
    eval: true, workerData: { path: new URL('../index.js', import.meta.url).pathname, policy: policy(), headers: [bearer()] },
  }));
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(engine.decide({ method: 'GET', url: '/v1/orders/7', headers: [bearer()] }).status, 200);
});
