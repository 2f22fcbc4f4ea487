// What a redirect led on from: it may have been carried out there, and is not begun anew because of what comes after it.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Agent, interceptors } from 'undici';
import { Caller } from '../index.mjs';
import { diagnosisOf, withCredential } from '../client/fetch.mjs';
import { interceptor } from '../client/undici.mjs';
import { CLIENTS, accepting, counting, refuse, serve } from './refusing.mjs';

const open = [];
after(() => Promise.all(open.map((one) => one.destroy())));

/** A service that takes any POST to `/orders` and sends it on to `to`, where only `second` is taken. */
async function service(status, to = '/orders/7') {
  const answered = accepting('second');
  const { url, seen } = await serve((req, res) => {
    const isFirst = req.url === '/orders' && (req.method === 'POST' || to !== '/orders');
    if (isFirst) res.writeHead(status, { Location: to }).end();
    else answered(req, res);
  });
  return { url, asked: () => seen.map(({ method, url: path, bearer }) => `${method} ${path} ${bearer}`) };
}

function dispatcherOf(...composed) {
  const agent = new Agent();
  open.push(agent);
  return agent.compose(...composed);
}

// H-RETRY-01
describe('what was carried out before a redirect', { timeout: 30_000 }, () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const method = status < 307 ? 'GET' : 'POST';

    it(`is not sent again, and the refusal after it is the answer: fetch, ${status}`, async () => {
      const { url, asked } = await service(status);
      const source = counting('first', 'second');
      const fetch = withCredential(source);
      const response = await fetch(`${url}/orders`, { method: 'POST', body: '{}' });
      assert.deepEqual([response.status, response.url, await response.text()], [401, `${url}/orders/7`, 'refused Bearer first']);
      assert.equal(diagnosisOf(response).reason, 'token_expired');
      assert.deepEqual(asked(), ['POST /orders first', `${method} /orders/7 first`]);
      // Whoever comes next has another token.
      assert.equal((await fetch(`${url}/orders/7`)).status, 200);
      assert.equal(source.wants.length, 2);
    });

    it(`is not sent again, and the refusal after it is the answer: undici, ${status}, with \`redirect\` below`, async () => {
      const { url, asked } = await service(status);
      const dispatcher = dispatcherOf(interceptors.redirect({ maxRedirections: 3 }), interceptor(counting('first', 'second')));
      const answer = await dispatcher.request({ origin: url, path: '/orders', method: 'POST', body: '{}' });
      assert.deepEqual([answer.statusCode, await answer.body.text()], [401, 'refused Bearer first']);
      assert.deepEqual(asked(), ['POST /orders first', `${method} /orders/7 first`]);
    });

    it(`is not sent again, and what comes after it is: undici, ${status}, with \`redirect\` outermost`, async () => {
      const { url, asked } = await service(status);
      const dispatcher = dispatcherOf(interceptor(counting('first', 'second')), interceptors.redirect({ maxRedirections: 3 }));
      const answer = await dispatcher.request({ origin: url, path: '/orders', method: 'POST', body: '{}' });
      await answer.body.dump();
      assert.equal(answer.statusCode, 200);
      assert.deepEqual(asked(), ['POST /orders first', `${method} /orders/7 first`, `${method} /orders/7 second`]);
    });
  }

  it('is not sent again where it is led back to its own address', async () => {
    for (const [path, to] of [['/orders', '/orders'], ['/orders#new', '/orders']]) {
      const { url, asked } = await service(303, to);
      const response = await withCredential(counting('first', 'second'))(url + path, { method: 'POST', body: '{}' });
      assert.equal(response.status, 401);
      assert.deepEqual(asked(), ['POST /orders first', 'GET /orders first'], path);
    }
  });

  it('is sent again where nothing comes of a second time', async () => {
    const { url, asked } = await service(302);
    assert.equal((await withCredential(counting('first', 'second'))(`${url}/orders`)).status, 200);
    assert.deepEqual(asked(), ['GET /orders first', 'GET /orders/7 first', 'GET /orders second', 'GET /orders/7 second']);
  });
});

describe('what was not redirected', { timeout: 30_000 }, () => {
  it('is sent again, however its address is written: fetch', async () => {
    for (const [input, answered] of [
      ['https://api.example/orders#top', 'https://api.example/orders'],
      ['https://API.example:443/a/../orders', 'https://api.example/orders'],
      ['HTTPS://api.example', 'https://api.example/'],
      ['https://api.example/ö?q=a b', 'https://api.example/%C3%B6?q=a%20b'],
      ['https://api.example/orders', ''],
    ]) {
      const sent = [];
      const fetch = withCredential(counting('first', 'second'), {
        async fetch(url, { headers }) {
          sent.push(url);
          const isGood = new Headers(headers).get('authorization') === 'Bearer second';
          const response = new Response('', isGood ? {} : { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
          return Object.defineProperty(response, 'url', { value: answered });
        },
      });
      for (const given of [input, new URL(input)]) {
        sent.length = 0;
        assert.equal((await fetch(given, { method: 'POST', body: '{}' })).status, 200, input);
        assert.equal(sent.length, given === input ? 2 : 1, input);
      }
    }
  });

  it('is sent again with `redirect` on either side: undici', async () => {
    const redirect = interceptors.redirect({ maxRedirections: 3 });
    for (const order of [(own) => [own, redirect], (own) => [redirect, own]]) {
      const { url, seen } = await serve(accepting('second'));
      const dispatcher = dispatcherOf(...order(interceptor(counting('first', 'second'))));
      const answer = await dispatcher.request({ origin: new URL(url), path: '/a/../orders?q=1', method: 'POST', body: '{}' });
      await answer.body.dump();
      assert.equal(answer.statusCode, 200);
      assert.deepEqual(seen.map(({ method }) => method), ['POST', 'POST']);
    }
  });

  for (const { name, make } of CLIENTS) {
    it(`is sent again, also with a query and a fragment: ${name}`, async () => {
      const { url, seen } = await serve(accepting('second'));
      assert.equal((await make(counting('first', 'second')).send(`${url}/orders?q=1#top`, { method: 'POST', body: '{}' })).status, 200);
      assert.deepEqual(seen.map((one) => one.url), ['/orders?q=1', '/orders?q=1']);
    });
  }
});

describe('a method', { timeout: 30_000 }, () => {
  it('says whether a request may be carried out twice: RFC 9110, section 9.2.2', async () => {
    const asked = async (method) => {
      const exchange = new Caller(counting('a', 'b')).begin({ method, url: 'https://api.example/orders' });
      await exchange.ready();
      const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return exchange.judge({ status: 401, headers, finalUrl: 'https://api.example/orders/7' });
    };
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']) assert.equal(await asked(method), 'recover', method);
    for (const method of ['POST', 'PATCH', 'CONNECT', 'get', 'Put', 'PROPPATCH', '']) assert.equal(await asked(method), 'latest', method);
  });

  it('is the native module’s to judge', async () => {
    const { default: native } = await import('../lib/native.js');
    assert.ok(native.attemptNew(true, 'GET', false));
    assert.throws(() => native.attemptNew(true, true, false));
  });
});
