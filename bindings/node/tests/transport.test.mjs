// What the network does to requests with a credential: one connection only, cut answers, streams, upgrades.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { after, describe, it } from 'node:test';
import { Agent, Client, Pool, fetch as undiciFetch, interceptors, request } from 'undici';
import { diagnosisOf as diagnosisOfResponse, withCredential } from '../client/fetch.mjs';
import { diagnosisOf, interceptor } from '../client/undici.mjs';
import { CLIENTS, accepting, counting, listening, refuse, serve } from './refusing.mjs';

const open = [];
const opened = (dispatcher) => {
  open.push(dispatcher);
  return dispatcher;
};
after(() => Promise.all(open.map((one) => one.destroy())));

describe('one connection', { timeout: 20_000 }, () => {
  const long = 'x'.repeat(200_000);
  const refusing = (req, res) => refuse(res, { body: long + req.headers.authorization });

  it('is enough for a refusal and what comes after it: fetch', async () => {
    const { url } = await serve((req, res) => (req.headers.authorization === 'Bearer b' ? res.end('ok') : refusing(req, res)));
    const dispatcher = opened(new Agent({ connections: 1, pipelining: 1 }));
    const fetch = withCredential(counting('a', 'b'), { fetch: undiciFetch });
    for (let i = 0; i < 5; i += 1) assert.equal(await (await fetch(url, { dispatcher })).text(), 'ok');
    const always = await serve(refusing);
    const response = await withCredential(counting('a', 'b'), { fetch: undiciFetch })(always.url, { dispatcher });
    assert.equal(await response.text(), `${long}Bearer a`);
    assert.equal(diagnosisOfResponse(response).status, 401);
  });

  it('is enough for redirects, however much they say', async () => {
    for (const length of [10, 60_000, 1_000_000]) {
      const { url } = await serve((req, res) => (req.url === '/' ? res.writeHead(302, { Location: '/there' }).end('x'.repeat(length)) : res.end('ok')));
      const dispatcher = opened(new Agent({ connections: 1, pipelining: 1 }));
      const fetch = withCredential(counting('a'), { fetch: undiciFetch });
      for (let i = 0; i < 3; i += 1) assert.equal(await (await fetch(url, { dispatcher })).text(), 'ok');
    }
  });

  it('is enough for a refusal and what comes after it: undici', async () => {
    const { url } = await serve((req, res) => (req.headers.authorization === 'Bearer b' ? res.end('ok') : refusing(req, res)));
    const client = opened(new Client(url)).compose(interceptor(counting('a', 'b'), { origins: [url] }));
    for (let i = 0; i < 5; i += 1) assert.equal(await (await client.request({ origin: url, path: '/', method: 'GET' })).body.text(), 'ok');
    const always = await serve(refusing);
    const pool = opened(new Pool(always.url, { connections: 1 })).compose(interceptor(counting('a', 'b'), { origins: [always.url] }));
    const answer = await pool.request({ origin: always.url, path: '/', method: 'GET' });
    assert.equal(await answer.body.text(), `${long}Bearer a`);
    assert.equal(diagnosisOf(answer).status, 401);
  });
});

describe('faults', { timeout: 20_000 }, () => {
  for (const { name, make } of CLIENTS) {
    it(`nobody there is no refusal: ${name}`, async () => {
      const { server, url } = await listening(createServer());
      await new Promise((resolve) => { server.close(resolve); });
      const source = counting('a', 'b');
      const { send, caller } = make(source);
      await assert.rejects(send(url), (error) => /ECONNREFUSED/.test(`${error.code} ${error.cause?.code}`));
      assert.equal(source.wants.length, 1);
      assert.equal(caller.status().streak, 0);
    });

    it(`a refusal that is cut off is judged by what came of it, or is the fault that it is: ${name}`, async () => {
      const { url } = await serve((req, res) => {
        if (req.headers.authorization === 'Bearer b') res.end('ok');
        else {
          res.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Content-Length': 100 });
          res.write('cut');
          setTimeout(() => res.destroy(), 20);
        }
      });
      const outcome = await make(counting('a', 'b')).send(url).then(({ status }) => status, (error) => error);
      assert.ok(outcome === 200 || outcome instanceof Error, String(outcome));
    });

    it(`a reset connection after the refusal is the fault that it is: ${name}`, async () => {
      const { url } = await serve((req, res, count) => (count === 1 ? refuse(res) : res.destroy()));
      await assert.rejects(make(counting('a', 'b')).send(url), Error);
    });
  }
});

describe('undici beyond `request`', { timeout: 20_000 }, () => {
  // H-REALM-01
  it('takes no path for an origin', async () => {
    const seen = [];
    const foreign = await serve((req, res) => { seen.push([req.url, req.headers.authorization]); res.end('ok'); });
    const home = await serve((req, res) => res.writeHead(302, { Location: `${foreign.url}//${new URL(home.url).host}/x` }).end());
    const { host } = new URL(home.url);
    const dispatcher = opened(new Agent()).compose(interceptor(counting('a'), { origins: [home.url] }), interceptors.redirect({ maxRedirections: 3 }));
    await (await request(home.url, { dispatcher })).body.text();
    for (const path of [`//${host}/x`, `/\\${host}/x`, `/\t/${host}/x`, `${home.url}/x`, `\\\\${host}/x`]) {
      try {
        await (await dispatcher.request({ origin: foreign.url, path, method: 'GET' })).body.text();
      } catch (error) {
        // What undici or the server takes for no path at all.
        assert.ok(error instanceof Error);
      }
    }
    assert.ok(seen.length >= 3);
    assert.deepEqual(seen.filter(([, authorization]) => authorization !== undefined), []);
  });

  it('sends its credential to its own origin, whatever the path looks like', async () => {
    const { url } = await serve((req, res) => res.end(req.headers.authorization ?? 'none'));
    const dispatcher = opened(new Agent()).compose(interceptor(counting('a'), { origins: [url] }));
    const answer = await dispatcher.request({ origin: url, path: '//elsewhere.example/x', method: 'GET' });
    assert.equal(await answer.body.text(), 'Bearer a');
  });

  it('guesses no origin: a client and a pool have one, and do not say which', async () => {
    const { url, seen } = await serve((req, res) => res.end());
    for (const Dispatcher of [Client, Pool]) {
      // In the clear, where https was meant; and by chance where it was.
      for (const origins of [['https://api.example'], ['https://api.example', url], [url], undefined]) {
        const source = counting('a');
        const dispatcher = opened(new Dispatcher(url)).compose(interceptor(source, { origins }));
        await assert.rejects(dispatcher.request({ path: '/', method: 'GET' }), { name: 'TypeError', message: /^expected `origin` of the request/ });
        assert.deepEqual([seen.length, source.wants.length], [0, 0]);
        await (await dispatcher.request({ path: '/', method: 'GET', headers: { authorization: 'Bearer mine' } })).body.dump();
        await (await dispatcher.request({ origin: url, path: '/', method: 'GET' })).body.dump();
        assert.deepEqual(seen.splice(0).map(({ bearer }) => bearer), ['mine', origins?.includes(url) === false ? undefined : 'a']);
      }
    }
  });

  const agentOf = (source, options) => opened(new Agent()).compose(interceptor(source, options));

  it('an answer comes as it is sent', async () => {
    const { url } = await serve((req, res) => {
      res.write('one');
      setTimeout(() => res.end('two'), 200);
    });
    const { body } = await request(url, { dispatcher: agentOf(counting('a')) });
    const begun = Date.now();
    const chunks = [];
    for await (const chunk of body) chunks.push([String(chunk), Date.now() - begun]);
    assert.deepEqual(chunks.map(([text]) => text), ['one', 'two']);
    assert.ok(chunks[0][1] < 150);
  });

  it('`stream` and `pipeline`', async () => {
    const { url } = await serve(accepting('b'));
    const agent = agentOf(counting('a', 'b'));
    const into = new PassThrough();
    await agent.stream({ origin: url, path: '/', method: 'GET' }, ({ statusCode }) => {
      assert.equal(statusCode, 200);
      return into;
    });
    assert.equal(await text(into), 'ok ');
    const piped = agent.pipeline({ origin: url, path: '/', method: 'POST' }, ({ body }) => body);
    piped.end('in');
    assert.equal(await text(piped), 'ok in');
  });

  it('an upgrade', async () => {
    const { server, url } = await serve((req, res) => res.end());
    server.on('upgrade', (req, socket) => {
      socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n${req.headers.authorization}`);
    });
    const { socket } = await agentOf(counting('a')).upgrade({ origin: url, path: '/', protocol: 'echo' });
    assert.equal(await text(socket), 'Bearer a');
  });

  it('`fetch`, of Node and of the package', async () => {
    const { url } = await serve(accepting('b'));
    for (const fetch of [globalThis.fetch, undiciFetch]) {
      const dispatcher = agentOf(counting('a', 'b'));
      const response = await fetch(url, { dispatcher });
      assert.deepEqual([response.status, await response.text()], [200, 'ok ']);
      // Every body of fetch is a generator: it is sent once.
      const once = await fetch(url, { dispatcher: agentOf(counting('a', 'b')), method: 'POST', body: 'x' });
      assert.deepEqual([once.status, await once.text()], [401, 'refused Bearer a']);
    }
  });

  it('headers in every form', async () => {
    const { url, seen } = await serve((req, res) => res.end());
    const dispatcher = agentOf(counting('a'));
    for (const headers of [undefined, null, { 'x-one': '1' }, ['x-one', '1'], [['x-one', '1']], new Headers({ 'x-one': '1' }), new Map([['x-one', '1']])]) {
      await (await request(url, { dispatcher, headers })).body.dump();
      assert.deepEqual([seen.at(-1).bearer, seen.at(-1).headers['x-one']], ['a', headers ? '1' : undefined]);
    }
    for (const [own, expected] of [['x-own', 'a'], ['authorization', 'mine']]) {
      const headers = Object.entries({ 'x-one': '1', [own]: 'Bearer mine' }).values(); // which can be read once
      await (await request(url, { dispatcher, headers })).body.dump();
      assert.deepEqual([seen.at(-1).bearer, seen.at(-1).headers['x-one']], [expected, '1']);
    }
  });

  it('an answer given up in the middle ends', async () => {
    const { url } = await serve((req, res) => {
      res.writeHead(200).write('x');
    });
    const stop = new AbortController();
    const { body } = await request(url, { dispatcher: agentOf(counting('a')), signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await assert.rejects(body.text(), { message: 'enough' });
  });

  async function text(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
});
