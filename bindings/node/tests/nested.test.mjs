// A source that asks through the very client that waits for it: told at once, since it would wait for ever.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch as undiciFetch, request } from 'undici';
import { CredentialUnobtainable, SourceError } from '../index.mjs';
import { withCredential } from '../client/fetch.mjs';
import { interceptor } from '../client/undici.mjs';
import { CLIENTS, accepting, serve } from './refusing.mjs';

const MESSAGE = /^the source of credentials asks through the client that waits for it/;

/** A service with its tokens beside it, behind the same origin: `token-1`, `token-2`, … of which `good` is taken. */
async function service(good) {
  let given = 0;
  return serve((req, res) => {
    if (req.url !== '/token') accepting(good)(req, res);
    else res.end(JSON.stringify({ access_token: `token-${given += 1}` }));
  });
}

for (const { name, make } of CLIENTS) {
  describe(`a source behind its own client: ${name}`, { timeout: 10_000 }, () => {
    it('is a fault that is told at once, and stays one', async () => {
      const { url, seen } = await service('token-1');
      let asked = 0;
      const client = make(async () => {
        asked += 1;
        return JSON.parse((await client.send(`${url}/token`)).text);
      }, { origins: [url] });
      const begun = Date.now();
      const errors = await Promise.all([1, 2, 3].map(() => client.send(`${url}/orders`).catch((error) => error)));
      assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`);
      for (const error of errors) assert.ok(error instanceof CredentialUnobtainable, error.stack);
      assert.ok(errors[0].cause instanceof SourceError);
      assert.match(errors[0].cause.message, MESSAGE);
      assert.equal(errors[0].cause.hard, true);
      assert.deepEqual([asked, seen.length], [1, 0]);
    });

    it('is one where the credential that there is was refused', async () => {
      const { url, seen } = await service('token-2');
      const client = make(async ({ refresh }) => (refresh ? JSON.parse((await client.send(`${url}/token`)).text) : 'token-0'), { origins: [url] });
      const begun = Date.now();
      assert.equal((await client.send(`${url}/orders`)).status, 401);
      assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`);
      assert.deepEqual(seen.map((one) => one.url), ['/orders']);
    });

    it('is one across two clients', async () => {
      const [one, two] = await Promise.all([service('token-1'), service('token-1')]);
      const first = make(async () => (await second.send(`${two.url}/token`)).text, { origins: [one.url] });
      const second = make(async () => (await first.send(`${one.url}/token`)).text, { origins: [two.url] });
      const begun = Date.now();
      await assert.rejects(first.send(`${one.url}/orders`), CredentialUnobtainable);
      assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`);
    });

    it('is none through another client', async () => {
      const { url } = await service('token-1');
      const plain = make(null);
      const { send } = make(async () => JSON.parse((await plain.send(`${url}/token`)).text), { origins: [url] });
      assert.equal((await send(`${url}/orders`)).status, 200);
    });

    it('is none when the source has answered: what it left running may ask', async () => {
      let good = 'token-1';
      const { url } = await serve((req, res) => accepting(good)(req, res));
      let later;
      const client = make(() => {
        later ??= pause(50).then(() => {
          good = 'token-2';
          return client.send(`${url}/orders`);
        });
        return good;
      }, { origins: [url] });
      assert.equal((await client.send(`${url}/orders`)).status, 200);
      assert.equal((await later).status, 200);
    });
  });
}

describe('a source behind an agent', { timeout: 10_000 }, () => {
  it('asks other origins as it likes', async () => {
    const [issuer, { url }] = [await service('none'), await service('token-1')];
    const dispatcher = new Agent().compose(interceptor(async () => (await request(`${issuer.url}/token`, { dispatcher })).body.json(), { origins: [url] }));
    const answer = await request(`${url}/orders`, { dispatcher });
    assert.deepEqual([answer.statusCode, await answer.body.text()], [200, 'ok ']);
    await dispatcher.destroy();
  });

  it('is told through `fetch` too, which wraps what went wrong', async () => {
    const { url } = await service('token-1');
    let asked = 0;
    const dispatcher = new Agent().compose(interceptor(async () => {
      asked += 1;
      return (await undiciFetch(`${url}/token`, { dispatcher })).json();
    }, { origins: [url] }));
    const begun = Date.now();
    await assert.rejects(undiciFetch(`${url}/orders`, { dispatcher }), ({ cause }) => cause instanceof CredentialUnobtainable);
    assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`);
    assert.equal(asked, 1);
    await dispatcher.destroy();
  });

  it('may use the credential that there is, to get the next one ahead of its end', async () => {
    let given = 0;
    const { url, seen } = await serve((req, res) => {
      if (req.url === '/token') res.end(JSON.stringify({ token: `token-${given += 1}`, expiresIn: 3600 }));
      else res.end();
    });
    const fetch = withCredential(async ({ refresh }) => {
      if (seen.length === 0 && !refresh) return { token: 'token-0', expiresIn: 2 };
      return (await fetch(`${url}/token`)).json();
    }, { origins: [url] });
    await fetch(url);
    await pause(1_700);
    await fetch(url);
    await pause(300);
    await fetch(url);
    assert.deepEqual(seen.filter((one) => one.url === '/token').map(({ bearer }) => bearer), ['token-0']);
    assert.equal(seen.at(-1).bearer, 'token-1');
  });
});
