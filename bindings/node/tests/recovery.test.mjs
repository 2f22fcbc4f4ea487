// What both clients do about a refusal: the same, over real HTTP.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { RetryBlocked } from '../index.mjs';
import { withCredential } from '../client/fetch.mjs';
import { CLIENTS, accepting, counting, refuse, serve } from './refusing.mjs';

for (const { name, make } of CLIENTS) {
  describe(`recovery with ${name}`, { timeout: 60_000 }, () => {
    it('an expired token is replaced, and the request sent once more', async () => {
      const { url, seen } = await serve(accepting('second'));
      const source = counting('first', 'second');
      const { send } = make(source);
      const { status, text, diagnosis } = await send(`${url}/orders/7`);
      assert.deepEqual([status, text], [200, 'ok ']);
      assert.deepEqual(seen.map(({ bearer }) => bearer), ['first', 'second']);
      assert.equal(source.wants.length, 2);
      assert.equal(source.wants[1].refresh, true);
      assert.deepEqual([diagnosis.status, diagnosis.refused], [200, false]);
      // It is kept for the next.
      assert.equal((await send(`${url}/orders/8`)).status, 200);
      assert.equal(source.wants.length, 2);
    });

    it('a hundred requests with one expired token: one refresh, and none is lost', async () => {
      const { url, seen } = await serve(accepting('second'));
      const source = counting('first', 'second', 'third');
      source.delay = 50;
      const { send } = make(source);
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => send(`${url}/orders/${i}`)));
      assert.deepEqual(answers.map(({ status }) => status), Array(100).fill(200));
      assert.equal(source.wants.length, 2);
      assert.ok(seen.length <= 200, String(seen.length));
    });

    it('a service that always refuses is asked a few times, and its first answer handed over', async () => {
      const { url, seen } = await serve((req, res, count) => refuse(res, { body: `refusal ${count}` }));
      const source = counting('a', 'b', 'c', 'd', 'e', 'f');
      const { send } = make(source);
      const { status, text, diagnosis } = await send(`${url}/`);
      assert.deepEqual([status, text], [401, 'refusal 1']);
      assert.ok(seen.length >= 2 && seen.length <= 3, String(seen.length));
      assert.equal(new Set(seen.map(({ bearer }) => bearer)).size, seen.length);
      assert.equal(diagnosis.status, 401);
      assert.equal(diagnosis.refused, true);
      // Then it rests.
      const before = seen.length;
      await assert.rejects(send(`${url}/`), (error) => {
        assert.ok(error instanceof RetryBlocked, error.stack);
        assert.equal(error.reason, 'retry_blocked');
        assert.equal(error.diagnosis.status, 401);
        assert.ok(error.until > Date.now() / 1000);
        return true;
      });
      assert.equal(seen.length, before);
    });

    it('a refresh that brings the same token is no reason to send again', async () => {
      const { url, seen } = await serve((req, res, count) => refuse(res, { body: `refusal ${count}` }));
      const source = counting('only');
      const { text } = await make(source).send(`${url}/`);
      assert.equal(text, 'refusal 1');
      assert.equal(seen.length, 1);
      assert.equal(source.wants.length, 2);
    });

    it('a late refusal of an old token costs no refresh', async () => {
      const waiting = [];
      const { url, seen } = await serve((req, res) => {
        const go = () => accepting('second')(req, res);
        if (req.url === '/slow' && req.headers.authorization === 'Bearer first') waiting.push(go);
        else go();
      });
      const source = counting('first', 'second', 'third');
      const { send } = make(source);
      const slow = send(`${url}/slow`);
      while (waiting.length === 0) await pause(5);
      assert.equal((await send(`${url}/quick`)).status, 200);
      waiting[0]();
      assert.equal((await slow).status, 200);
      assert.equal(source.wants.length, 2);
      assert.deepEqual(seen.filter((one) => one.url === '/slow').map(({ bearer }) => bearer), ['first', 'second']);
    });

    it('the scopes that a service may ask for can be bounded', async () => {
      const { url } = await serve((req, res) => refuse(res, { status: 403, error: 'insufficient_scope', scope: 'read admin' }));
      const source = counting('a', 'b', 'c');
      await make(source, { scopes: ['read'] }).send(url);
      assert.deepEqual(source.wants.map(({ scope }) => scope), [null, 'read']);
      assert.throws(() => make(source, { scopes: 'read' }), { name: 'TypeError', message: /`scopes`/ });
    });

    it('a body that can be sent again is, to the last byte', async () => {
      for (const body of ['{"n":7}', Buffer.from('bytes \xff', 'latin1'), new Uint8Array([1, 2, 3])]) {
        const { url, seen } = await serve(accepting('second'));
        const { status } = await make(counting('first', 'second')).send(`${url}/orders`, { method: 'POST', body });
        assert.equal(status, 200);
        assert.equal(seen.length, 2);
        assert.equal(seen[0].text, seen[1].text);
        assert.equal(seen[1].text, Buffer.from(body).toString());
        assert.equal(seen[1].headers['content-length'], seen[0].headers['content-length']);
      }
    });

    it('a stream is sent once, and its refusal handed over; the next request has the new token', async () => {
      const { url, seen } = await serve(accepting('second'));
      const { send } = make(counting('first', 'second'));
      const body = name === 'fetch' ? Readable.toWeb(Readable.from([Buffer.from('once')])) : Readable.from([Buffer.from('once')]);
      const { status, text } = await send(`${url}/orders`, { method: 'POST', body, ...name === 'fetch' && { duplex: 'half' } });
      assert.deepEqual([status, text], [401, 'refused Bearer first']);
      assert.deepEqual(seen.map((one) => one.text), ['once']);
      assert.equal((await send(`${url}/orders`)).status, 200);
    });

    it('refusals long and short arrive whole, and so do answers', async () => {
      for (const length of [0, 1, 16_383, 16_384, 16_385, 300_000, 1_200_000]) {
        const body = 'x'.repeat(length);
        const { url } = await serve((req, res) => refuse(res, { status: 403, error: 'insufficient_user', body }));
        assert.equal((await make(counting('a')).send(`${url}/`)).text, body, `403, ${length}`);
        const always = await serve((req, res) => refuse(res, { body: body + (req.headers.authorization.endsWith('a') ? '1' : '2') }));
        const { text } = await make(counting('a', 'b')).send(`${always.url}/`);
        assert.equal(text.length, length + 1);
        if (length <= 300_000) assert.ok(text.endsWith('1'), `401, ${length}`);
        const fine = await serve((req, res) => res.end(body));
        assert.equal((await make(counting('a')).send(`${fine.url}/`)).text, body, `200, ${length}`);
      }
    });

    it('a refusal whose body never ends does not hold anybody up', async () => {
      const { url } = await serve((req, res) => {
        res.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
        res.write('and so on');
      });
      const stop = new AbortController();
      const begun = Date.now();
      const { status } = await make(counting('a', 'b')).begin(url, { signal: stop.signal });
      assert.equal(status, 401);
      assert.ok(Date.now() - begun < 4_000);
      stop.abort();
    });
  });
}

it('an answer that was looked at is the answer that came', async () => {
  const { url } = await serve((req, res) => {
    if (req.url === '/') return res.writeHead(302, { Location: '/there' }).end();
    const headers = { 'WWW-Authenticate': 'Bearer error="insufficient_user"', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': 'application/problem+json' };
    return res.writeHead(403, 'Not today', headers).end('{"title":"no"}');
  });
  const [response, plain] = [await withCredential(counting('a'))(url), await fetch(url)];
  assert.ok(response instanceof Response);
  for (const name of ['status', 'statusText', 'ok', 'url', 'redirected', 'type', 'bodyUsed']) assert.equal(response[name], plain[name], name);
  assert.deepEqual([...response.headers].filter(([name]) => name !== 'date'), [...plain.headers].filter(([name]) => name !== 'date'));
  assert.deepEqual(await response.json(), { title: 'no' });
});

it('a refusal comes as it is sent, and breaks where it breaks', async () => {
  const { url } = await serve((req, res) => {
    res.writeHead(403).write('x'.repeat(20_000));
    setTimeout(() => res.write('y'.repeat(20_000)), 100);
    setTimeout(() => res.destroy(), 200);
  });
  const response = await withCredential(counting('a'))(url);
  let length = 0;
  await assert.rejects(async () => {
    for await (const chunk of response.body) length += chunk.length;
  });
  assert.equal(length, 40_000);
  const short = await serve((req, res) => {
    res.writeHead(403, { 'Content-Length': 100 }).write('cut');
    setTimeout(() => res.destroy(), 20);
  });
  await assert.rejects((await withCredential(counting('a'))(short.url)).text());
});

it('a Request with more than a mebibyte is sent once, one with less as often as it takes', async () => {
  for (const [length, expected] of [[1_048_576, 200], [1_048_577, 401]]) {
    const { url, seen } = await serve(accepting('second'));
    const chunks = [Buffer.alloc(1_000_000, 'x'), Buffer.alloc(length - 1_000_000, 'x')];
    const request = new Request(url, { method: 'POST', body: Readable.toWeb(Readable.from(chunks)), duplex: 'half' });
    const response = await withCredential(counting('first', 'second'))(request);
    assert.equal(response.status, expected);
    assert.deepEqual(seen.map(({ text }) => text.length), expected === 200 ? [length, length] : [length]);
  }
});
