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

/** What a block says it prints. */
const promisedBy = (block) => [...block.matchAll(/^ *console\.log\(.*\/\/ (?:-> )?(.*)$/gm)].map(([, text]) => text);

/** Starts a block in a folder of its own, hands over its process, and ends it. */
async function running(block, use) {
  const folder = mkdtempSync(join(tmpdir(), 'doorward-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules/doorward'));
  writeFileSync(join(folder, 'example.mjs'), block);
  const child = spawn(process.execPath, ['example.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  try {
    await use(child, closed);
  } finally {
    child.kill('SIGKILL');
    await closed;
    rmSync(folder, { recursive: true, force: true });
  }
}

it('the README has three examples of about twenty lines', () => {
  assert.equal(blocks.length, 3);
  for (const block of blocks) {
    const lines = block.split('\n').length;
    assert.ok(lines >= 18 && lines <= 30, `${lines} lines`);
  }
});

it('the first prints what it says it prints, and serves', { timeout: 30_000 }, async () => {
  const port = await freePort();
  await running(blocks[0].replaceAll('8080', String(port)), async (child) => {
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (printed.split('\n').length > 2) break;
    }
    assert.deepEqual(printed.trim().split('\n'), promisedBy(blocks[0]));
    let answer;
    for (let i = 0; answer === undefined && i < 100; i += 1) {
      answer = await send(port, '/v1/orders/7').catch(() => new Promise((resolve) => { setTimeout(resolve, 50); }));
    }
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.all('www-authenticate'), ['Bearer realm="orders"']);
  });
});

for (const [name, block, lines] of [['second', blocks[1], 4], ['third', blocks[2], 3]]) {
  it(`the ${name} prints what it says it prints, and ends`, { timeout: 30_000 }, () => running(block, async (child, closed) => {
    const printed = [];
    child.stdout.on('data', (chunk) => printed.push(chunk));
    const [code] = await closed;
    assert.equal(code, 0);
    const promised = promisedBy(block);
    assert.equal(promised.length, lines);
    assert.deepEqual(Buffer.concat(printed).toString().trim().split('\n'), promised);
  }));
}
