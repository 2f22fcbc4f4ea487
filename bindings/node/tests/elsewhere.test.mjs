// What another origin says after a redirect: handed over, and nothing that the caller learns from; and nobody is kept waiting by a body.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, interceptors } from 'undici';
import { diagnosisOf, withCredential } from '../client/fetch.mjs';
import { interceptor } from '../client/undici.mjs';
import { CLIENTS, counting, refuse, serve } from './refusing.mjs';

/** A service that takes every credential, and sends some requests to `other`. */
async function sending(answer) {
  const other = await serve(answer);
  const home = await serve((req, res) => {
    if (req.url === '/away') res.writeHead(302, { Location: `${other.url}/there` }).end();
    else if (req.headers.authorization === undefined) refuse(res, { error_description: 'The access token expired' });
    else res.end('ok');
  });
  return { home, other };
}

const SAYING = {
  'an expired token': (res) => refuse(res, { error_description: 'The access token expired' }),
  'a token that it does not take': (res) => refuse(res),
  'a scope': (res) => refuse(res, { status: 403, error: 'insufficient_scope', scope: 'admin:everything' }),
  'claims': (res) => refuse(res, { error: 'insufficient_claims', claims: 'eyJhY2Nlc3NfdG9rZW4iOnt9fQ==' }),
  'another scheme': (res) => res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end(),
  'a time': (res) => refuse(res, { headers: { Date: 'Wed, 01 Jan 2070 00:00:00 GMT' } }),
};

// H-REALM-01
describe('what another origin says', { timeout: 30_000 }, () => {
  for (const [what, say] of Object.entries(SAYING)) {
    it(`${what}: costs no credential, asks for none, and stops nobody`, async () => {
      const { home, other } = await sending((req, res) => say(res));
      const source = counting('a', 'b', 'c');
      const fetch = withCredential(source, { origins: [home.url], interactive: true });
      for (let i = 0; i < 3; i += 1) {
        const response = await fetch(`${home.url}/away`);
        assert.equal(diagnosisOf(response).reason, 'credential_withheld');
        assert.equal(diagnosisOf(response).skew, null);
        assert.equal(await (await fetch(home.url)).text(), 'ok');
      }
      assert.equal(source.wants.length, 1);
      assert.equal(other.seen.length, 3);
      assert.deepEqual(home.seen.filter(({ url }) => url === '/').map(({ bearer }) => bearer), ['a', 'a', 'a']);
    });
  }

  // RFC 9449, section 8.2
  it('a nonce is none of ours, with whatever status it comes', async () => {
    for (const [status, headers] of [[200, {}], [401, { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' }]]) {
      const { home } = await sending((req, res) => res.writeHead(status, { ...headers, 'DPoP-Nonce': 'of-another' }).end());
      const nonces = [];
      const fetch = withCredential(() => ({ token: 't', scheme: 'DPoP' }), {
        proof: ({ nonce }) => {
          nonces.push(nonce);
          return 'proof';
        },
      });
      await fetch(`${home.url}/away`);
      await fetch(home.url);
      assert.deepEqual(nonces, [null, null], String(status));
    }
  });

  it('that we come back: without the credential, and what is said then is not about it', async () => {
    const { home } = await sending((req, res) => res.writeHead(302, { Location: `${home.url}/back` }).end());
    const source = counting('a', 'b', 'c');
    const fetch = withCredential(source, { origins: [home.url] });
    const response = await fetch(`${home.url}/away`);
    assert.deepEqual([response.status, diagnosisOf(response).reason], [401, 'credential_withheld']);
    assert.equal(response.url, `${home.url}/back`);
    assert.equal(source.wants.length, 1);
    assert.deepEqual(home.seen.map(({ url, bearer }) => [url, bearer]), [['/away', 'a'], ['/back', undefined]]);
  });

  it('through undici, whichever of the interceptors comes first', async () => {
    const { home, other } = await sending((req, res) => refuse(res, { status: 403, error: 'insufficient_scope', scope: 'admin:everything' }));
    const redirect = interceptors.redirect({ maxRedirections: 3 });
    for (const order of [(own) => [own, redirect], (own) => [redirect, own]]) {
      const source = counting('a', 'b');
      const agent = new Agent();
      const dispatcher = agent.compose(...order(interceptor(source, { origins: [home.url] })));
      for (let i = 0; i < 2; i += 1) {
        const answer = await dispatcher.request({ origin: home.url, path: '/away', method: 'GET' });
        await answer.body.dump();
        assert.equal(answer.statusCode, 403);
      }
      assert.equal(source.wants.length, 1);
      await agent.destroy();
    }
    assert.deepEqual(other.seen.map(({ bearer }) => bearer), Array(4).fill(undefined));
  });
});

describe('bodies that take their time', { timeout: 30_000 }, () => {
  /** Writes a little again and again, until the connection is gone; `gone` is kept then. */
  function trickle(res) {
    const writing = setInterval(() => res.write('and so on\n'), 100);
    return new Promise((resolve) => {
      res.on('close', () => {
        clearInterval(writing);
        resolve();
      });
    });
  }

  for (const { name, make } of CLIENTS) {
    // H-401-06
    it(`an answer is not read ahead, also where it has a challenge: ${name}`, async () => {
      const { url } = await serve((req, res) => {
        res.writeHead(200, { 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Content-Type': 'text/event-stream' });
        trickle(res);
      });
      const stop = new AbortController();
      const begun = Date.now();
      assert.equal((await make(counting('a', 'b')).begin(url, { signal: stop.signal })).status, 200);
      assert.ok(Date.now() - begun < 1_000, `${Date.now() - begun} ms`);
      stop.abort();
    });

    it(`a refusal that trickles is not waited for, the first or a later one: ${name}`, async () => {
      const { url, seen } = await serve((req, res, count) => {
        if (count === 1) return refuse(res);
        res.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
        return trickle(res);
      });
      const stop = new AbortController();
      const begun = Date.now();
      assert.equal((await make(counting('a', 'b', 'c')).begin(url, { signal: stop.signal })).status, 401);
      assert.ok(Date.now() - begun < 4_000, `${Date.now() - begun} ms`);
      assert.equal(seen.length, 2);
      stop.abort();
    });
  }

  it('a redirect that goes on and on keeps no connection', async () => {
    let gone;
    const { url } = await serve((req, res) => {
      if (req.url !== '/') return res.end('ok');
      res.writeHead(302, { Location: '/there' });
      gone = trickle(res).then(() => 'gone');
      return undefined;
    });
    assert.equal(await (await withCredential(counting('a'))(url)).text(), 'ok');
    assert.equal(await Promise.race([gone, pause(5_000, 'kept')]), 'gone');
  });
});
