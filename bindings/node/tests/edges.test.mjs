// What a middleware meets besides well-behaved requests: slow and broken forms, wrong order, mounts, upgrades.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import express from 'express';
import { Engine } from '../index.mjs';
import { doorward as onExpress } from '../middleware/express.mjs';
import { decide, doorward as onHttp } from '../middleware/http.mjs';
import { frameworks } from './frameworks.mjs';
import { bearer, engine, form, mint, policy, send } from './support.mjs';

/** Runs `use` with the port of a server. */
async function serving(handler, use) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(server.address().port, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  }
}

describe('forms', () => {
  for (const [name, { run }] of Object.entries(frameworks)) {
    it(`one that trickles in is put together: ${name}`, () => run(engine, undefined, async (port) => {
      const { headers, body } = form({ access_token: mint({ sub: 'svc-slow' }), note: 'ü' });
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /v1/orders/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
      for (let at = 0; at < body.length; at += 100) {
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        socket.write(body.slice(at, at + 100));
      }
      let text = '';
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')));
      for await (const chunk of socket) text += chunk;
      assert.match(text, /^HTTP\/1\.1 200 /);
      assert.ok(text.includes('svc-slow') && text.includes('note='), text);
    }));

    it(`a caller who leaves in the middle reaches no application: ${name}`, () => {
      const calls = [];
      const watched = { readsBody: true, decide: (request) => { calls.push(request); return engine.decide(request); } };
      return run(watched, { onError() {} }, async (port) => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.write('POST /open/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nnote=');
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        socket.destroy();
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        // Fastify asks for the path, without a body, before anything else.
        assert.deepEqual(calls.filter(({ body }) => body !== undefined), []);
        assert.equal((await send(port, '/open/x')).status, 200);
      });
    });
  }

  it('a parser before doorward is a fault of the application, and nobody gets in', () => {
    const faults = [];
    const app = express();
    app.use(express.urlencoded({ extended: false }), onExpress(engine, { onError: (error) => faults.push(error.message) }));
    app.use((req, res) => res.send('in'));
    return serving(app, async (port) => {
      assert.equal((await send(port, '/v1/orders/7', form({ access_token: mint() }))).status, 500);
      assert.match(faults[0], /put doorward before what parses bodies/);
    });
  });

  it('a policy without forms reads none', () => {
    const plain = Engine.fromPolicy(policy({ issuers: undefined, routes: [{ path: '/{*rest}', accept: 'anyone' }] }));
    return frameworks.http.run(plain, { formLimit: 0 }, async (port) => {
      const answer = await send(port, '/x', form({ note: 'x'.repeat(500) }));
      assert.equal(answer.status, 200);
    });
  });
});

describe('order and place', () => {
  it('a URL that was rewritten before doorward is not guessed at', () => {
    const faults = [];
    const app = express();
    app.use((req, res, next) => { req.url = '/open/x'; next(); });
    app.use(onExpress(engine, { onError: (error) => faults.push(error.message) }));
    app.use((req, res) => res.send('in'));
    return serving(app, async (port) => {
      assert.equal((await send(port, '/v1/orders/7')).status, 500);
      assert.match(faults[0], /put doorward first/);
    });
  });

  it('a mount path alone, with and without its query, is found again', () => {
    const root = Engine.fromPolicy({ routes: [{ path: '/api', accept: 'anyone' }] });
    const app = express();
    app.use('/api', onExpress(root), (req, res) => res.json({ path: req.doorward.path }));
    return serving(app, async (port) => {
      for (const path of ['/api', '/api?x=1']) assert.deepEqual((await send(port, path)).json(), { path: '/api' });
      assert.equal((await send(port, '/api/')).status, 403);
    });
  });

  it('an error of the handler is the handler’s own', () => {
    const app = express();
    app.use(onExpress(engine));
    app.use(() => { throw new Error('of the application'); });
    app.use((error, req, res, next) => { // eslint-disable-line no-unused-vars
      res.status(418).send(error.message);
    });
    return serving(app, async (port) => {
      const answer = await send(port, '/open/x');
      assert.deepEqual([answer.status, answer.body], [418, 'of the application']);
    });
  });

  it('an upgrade is decided on by hand', () => serving((req, res) => res.end(), async (port, server) => {
    server.on('upgrade', (req, socket) => {
      const { status } = decide(engine, req);
      socket.end(`HTTP/1.1 ${status === 200 ? 101 : status} x\r\n\r\n`);
    });
    const upgrade = [['Connection', 'Upgrade'], ['Upgrade', 'websocket']];
    assert.equal((await send(port, '/v1/orders/7', { headers: upgrade })).status, 401);
    assert.equal((await send(port, '/v1/orders/7', { headers: [...upgrade, bearer()] })).status, 101);
  }));

  it('without onError the process is warned', () => serving(onHttp({ decide() { throw new Error('broken today'); } }, () => {}), async (port) => {
    const warned = once(process, 'warning');
    assert.equal((await send(port, '/')).status, 500);
    const [warning] = await warned;
    assert.deepEqual([warning.name, warning.message], ['DoorwardWarning', 'broken today']);
  }));

  it('options of another type are refused at once', () => {
    for (const [options, kind] of [[null, TypeError], [5, TypeError], [{ formLimit: -1 }, RangeError], [{ formLimit: '1' }, RangeError],
      [{ now: 5 }, TypeError], [{ onError: 'x' }, TypeError]]) {
      assert.throws(() => onExpress(engine, options), kind);
    }
    for (const none of [undefined, null, {}, 'policy.toml']) assert.throws(() => onExpress(none), TypeError);
    assert.throws(() => onHttp(engine), TypeError);
  });
});
