// The lines of the README, as somebody would paste them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'node:test';
import { send } from './support.mjs';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');
const blocks = [...readFileSync(join(PACKAGE, 'README.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);

/** A port that was free a moment ago: the README has to name one. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

it('the README has one example of about twenty lines', () => {
  assert.equal(blocks.length, 1);
  const lines = blocks[0].split('\n').length;
  assert.ok(lines >= 18 && lines <= 30, `${lines} lines`);
});

it('it prints what it says it prints, and serves', { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorward-readme-'));
  const port = await freePort();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules/doorward'));
  writeFileSync(join(folder, 'example.mjs'), blocks[0].replaceAll('8080', String(port)));
  const child = spawn(process.execPath, ['example.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (printed.split('\n').length > 2) break;
    }
    const promised = [...blocks[0].matchAll(/^console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text);
    assert.deepEqual(printed.trim().split('\n'), promised);
    let answer;
    for (let i = 0; answer === undefined && i < 100; i += 1) {
      answer = await send(port, '/v1/orders/7').catch(() => new Promise((resolve) => { setTimeout(resolve, 50); }));
    }
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.all('www-authenticate'), ['Bearer realm="orders"']);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
  }
});
