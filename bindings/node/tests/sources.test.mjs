// The sources that are there already, each against a real service: files that rotate, commands, secrets behind HTTP.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Caller } from '../index.mjs';
import { withCredential } from '../client/fetch.mjs';
import { CLIENTS, accepting, counting, refuse, serve } from './refusing.mjs';

const folder = mkdtempSync(join(tmpdir(), 'doorward-sources-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file with a token; `rotate` replaces it as those who rotate secrets do. */
function tokenFile(text) {
  const path = join(folder, `token-${files += 1}`);
  writeFileSync(path, text);
  const rotate = (next) => {
    writeFileSync(`${path}.next`, next);
    renameSync(`${path}.next`, path);
  };
  return { path, rotate };
}

for (const { name, make } of CLIENTS) {
  describe(`sources with ${name}`, { timeout: 60_000 }, () => {
    it('a file that rotates', async () => {
      let good = 'first';
      const { url, seen } = await serve((req, res) => accepting(good)(req, res));
      const { path, rotate } = tokenFile('first\n');
      const { send } = make({ file: path });
      assert.equal((await send(url)).status, 200);
      rotate('second\n');
      good = 'second';
      assert.equal((await send(url)).status, 200);
      assert.deepEqual(seen.map(({ bearer }) => bearer), ['first', 'first', 'second']);
    });

    it('a hundred requests while a file rotates: none is lost', async () => {
      let good = 'first';
      const { url } = await serve((req, res) => accepting(good)(req, res));
      const { path, rotate } = tokenFile('first');
      const { send } = make({ file: path });
      assert.equal((await send(url)).status, 200);
      const sent = Array.from({ length: 100 }, async (_, i) => {
        if (i === 30) {
          rotate('second');
          good = 'second';
        }
        return (await send(url)).status;
      });
      assert.deepEqual(await Promise.all(sent), Array(100).fill(200));
    });

    it('a variable of the environment', async () => {
      const { url } = await serve(accepting('from-environment'));
      process.env.DOORWARD_TEST_TOKEN = 'from-environment';
      assert.equal((await make({ environment: 'DOORWARD_TEST_TOKEN' }).send(url)).status, 200);
    });

    it('a command that prints a token, or a credential of Kubernetes', async () => {
      const { url } = await serve(accepting('printed'));
      const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'printed' } };
      for (const text of ['printed', JSON.stringify(credential)]) {
        const exec = [process.execPath, '-e', 'process.stdout.write(process.argv[1])', text];
        assert.equal((await make({ exec }).send(url)).status, 200, text);
      }
    });

    it('a projected token of Kubernetes', async () => {
      const { url } = await serve(accepting('projected'));
      const { path } = tokenFile('projected');
      assert.equal((await make({ kubernetes: { path } }).send(url)).status, 200);
    });

    it('a secret of Vault', async () => {
      const { url } = await serve(accepting('kept'));
      const vault = await serve((req, res) => {
        if (req.headers['x-vault-token'] !== 'of-these-tests') res.writeHead(403).end('{"errors":["permission denied"]}');
        else if (req.url === '/v1/secret/data/svc-a') res.end(JSON.stringify({ data: { data: { token: 'kept' }, metadata: { version: 3 } } }));
        else res.end(JSON.stringify({ data: { token: 'kept' }, lease_duration: 60 }));
      });
      const { path } = tokenFile('of-these-tests');
      for (const place of ['secret/data/svc-a', 'kv/svc-a']) {
        const source = { vault: { url: `${vault.url}/v1/${place}`, field: 'token', token: { file: path } } };
        assert.equal((await make(source).send(url)).status, 200, place);
      }
    });

    it('what is not there is told, without what it holds', async () => {
      const { url, seen } = await serve(accepting('x'));
      for (const source of [
        { file: join(folder, 'nowhere') }, { environment: 'DOORWARD_TEST_NOT_SET' }, { exec: [join(folder, 'no-command')] },
        { exec: [process.execPath, '-e', 'console.log("s3cret s3cret"); process.exit(3)'] },
      ]) {
        await assert.rejects(make(source, { longestWait: 1 }).send(url), (error) => {
          assert.equal(error.name, 'CredentialUnobtainable', error.stack);
          assert.ok(!inspect(error).includes('s3cret'));
          return true;
        });
      }
      assert.equal(seen.length, 0);
    });
  });
}

describe('what sources cost', { timeout: 60_000 }, () => {
  it('Node goes on while a command runs', async () => {
    const { url } = await serve(accepting('late'));
    const exec = [process.execPath, '-e', 'setTimeout(() => console.log("late"), 500)'];
    const sent = withCredential({ exec })(url);
    let turns = 0;
    const ticking = setInterval(() => { turns += 1; }, 10);
    assert.equal((await sent).status, 200);
    clearInterval(ticking);
    assert.ok(turns > 20, `${turns} turns`);
  });

  it('a worker that is stopped while a command runs takes nobody along', async () => {
    const script = `
const { parentPort, workerData } = require('node:worker_threads');
const { withCredential } = require(workerData.path);
withCredential({ exec: [process.execPath, '-e', 'setTimeout(() => {}, 3000)'] })(workerData.url).catch(() => {});
setTimeout(() => parentPort.postMessage('under way'), 100);
`;
    const { url } = await serve((req, res) => refuse(res));
    const worker = new Worker(script, { eval: true, workerData: { url, path: new URL('../client/fetch.js', import.meta.url).pathname } });
    await once(worker, 'message');
    await worker.terminate();
    assert.equal((await withCredential(counting('a'))(url)).status, 401);
  });

  it('a token that is about to expire is replaced beside a request', async () => {
    let asked = 0;
    const { url } = await serve((req, res) => res.end(req.headers.authorization));
    const fetch = withCredential(async () => {
      asked += 1;
      if (asked > 1) await new Promise((resolve) => { setTimeout(resolve, 200); });
      return { token: `t${asked}`, expiresIn: 2 };
    });
    const get = async () => (await fetch(url)).text();
    assert.equal(await get(), 'Bearer t1');
    await new Promise((resolve) => { setTimeout(resolve, 1_700); });
    const begun = Date.now();
    assert.equal(await get(), 'Bearer t1');
    assert.ok(Date.now() - begun < 150);
    await new Promise((resolve) => { setTimeout(resolve, 400); });
    assert.equal(await get(), 'Bearer t2');
    assert.equal(asked, 2);
  });

  // J-9068-06
  it('a token of a function is not looked into', async () => {
    const { url } = await serve((req, res) => res.end('ok'));
    const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const source = counting(`${part({ alg: 'none' })}.${part({ exp: 1 })}.`);
    const fetch = withCredential(source);
    for (let i = 0; i < 2; i += 1) assert.equal((await fetch(url)).status, 200);
    assert.equal(fetch.caller.status().expires, null);
    assert.equal(source.wants.length, 1);
  });

  it('a caller tells where it stands', async () => {
    const { url } = await serve(accepting('b'));
    const caller = new Caller(counting('a', 'b'), { name: 'orders' });
    await withCredential(caller)(url);
    const status = caller.status();
    assert.deepEqual([status.name, status.generation, status.totals.recovered], ['orders', 2, 1]);
  });
});
