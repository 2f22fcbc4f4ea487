// What real services answer is understood, and recovered from: Express with its usual JWT libraries, oidc-provider, an MCP server.
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { diagnosisOf, withCredential } from '../client/fetch.mjs';
import { mint, withJwtBearer, withMcp, withMessages, withTutorial } from './peers.mjs';
import { AUDIENCE, Issuer, key } from './provider.mjs';
import { CLIENTS, counting } from './refusing.mjs';

const expired = () => mint({ expiresIn: -10 });

for (const { name, make } of CLIENTS) {
  describe(`Express refuses, and ${name} copes`, { timeout: 60_000 }, () => {
    for (const [library, service] of [['express-oauth2-jwt-bearer', withJwtBearer], ['jsonwebtoken, whose errors are handed on', withMessages]]) {
      it(`an expired token, by ${library}: one refresh, one more request`, async () => {
        const { url, asked } = await service();
        const source = counting(expired(), mint());
        const { status, text } = await make(source).send(`${url}/orders/7`);
        assert.deepEqual([status, JSON.parse(text)], [200, { by: 'svc-a' }]);
        assert.deepEqual(asked, ['GET /orders/7 401', 'GET /orders/7 200']);
        assert.equal(source.wants.length, 2);
      });

      it(`a hundred requests with one expired token, by ${library}: one refresh`, async () => {
        const { url } = await service();
        const source = counting(expired(), mint(), mint());
        const { send } = make(source);
        const answers = await Promise.all(Array.from({ length: 100 }, () => send(`${url}/orders/7`)));
        assert.ok(answers.every(({ status }) => status === 200), answers.find(({ status }) => status !== 200)?.diagnosis?.summary);
        assert.equal(source.wants.length, 2);
      });

      it(`a token for somebody else, by ${library}: the source is asked for one for this service`, async () => {
        const { url } = await service();
        const source = counting(mint({ audience: 'https://other.example' }), mint());
        const { status } = await make(source).send(`${url}/orders/7`);
        assert.equal(status, 200);
        assert.equal(source.wants[1].resource, url);
      });
    }

    it('an order is posted once, in spite of an expired token', async () => {
      const { url, asked } = await withJwtBearer();
      const body = JSON.stringify({ item: 'tea', count: 3 });
      const { status, text } = await make(counting(expired(), mint())).send(`${url}/orders`, {
        method: 'POST', body, headers: { 'content-type': 'application/json' },
      });
      assert.deepEqual([status, JSON.parse(text)], [201, { order: { item: 'tea', count: 3 }, by: 'svc-a' }]);
      assert.deepEqual(asked, ['POST /orders 401', 'POST /orders 201']);
    });

    it('scopes that are missing are asked for, once', async () => {
      const { url, asked } = await withJwtBearer();
      const source = counting(mint(), mint({ scope: 'orders:read orders:refund' }));
      const { send } = make(source);
      assert.equal((await send(`${url}/orders/7/refund`, { method: 'POST' })).status, 200);
      assert.equal(source.wants[1].scope, 'orders:refund');
      // An issuer that does not give them is not asked for ever.
      const stubborn = counting(mint(), mint({ n: 1 }), mint({ n: 2 }), mint({ n: 3 }));
      const { status, diagnosis } = await make(stubborn).send(`${url}/orders/7/refund`, { method: 'POST' });
      assert.deepEqual([status, diagnosis.reason, diagnosis.recovery], [403, 'scope_insufficient', 'request_scope']);
      assert.ok(stubborn.wants.length <= 2, String(stubborn.wants.length));
      assert.deepEqual(asked, ['POST /orders/7/refund 403', 'POST /orders/7/refund 200', 'POST /orders/7/refund 403', 'POST /orders/7/refund 403']);
    });

    it('a forged token is not repeated', async () => {
      const { url, asked } = await withJwtBearer();
      const source = counting(mint({ secret: 'the key of somebody else' }));
      const { status, diagnosis } = await make(source).send(`${url}/orders/7`);
      assert.deepEqual([status, diagnosis.reason], [401, 'signature_invalid']);
      assert.deepEqual(asked, ['GET /orders/7 401']);
    });

    it('a bare 403, as tutorials answer to a bad token: nobody can tell, and nothing is made worse', async () => {
      const { url, asked } = await withTutorial();
      const { status, diagnosis } = await make(counting(expired(), mint())).send(`${url}/orders/7`);
      if (status === 403) assert.deepEqual([diagnosis.reason, asked.length], ['refusal_unexplained', 1]);
      else assert.deepEqual(asked, ['GET /orders/7 403', 'GET /orders/7 200']);
    });
  });
}

describe('with oidc-provider', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorward-peers-'));
  const issuers = [];
  after(async () => {
    await Promise.all(issuers.map((issuer) => issuer.end()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function issuing(keys = [key()]) {
    const issuer = await Issuer.start(keys);
    issuers.push(issuer);
    const secret = join(folder, `secret-${issuers.length}`);
    writeFileSync(secret, 'of these tests only\n');
    const source = {
      client_credentials: { issuer: issuer.url, client_id: 'svc-a', client_secret: { file: secret }, resource: AUDIENCE, scope: 'orders:read' },
    };
    return { issuer, source, secret };
  }

  for (const { name, make } of CLIENTS) {
    it(`client_credentials, and keys that rotate while a token is in use: ${name}`, async () => {
      const [first, second] = [key(), key()];
      const { issuer, source } = await issuing([first]);
      const { url, asked } = await withJwtBearer({ issuerBaseURL: issuer.url, cooldownDuration: 0, cacheMaxAge: 1 });
      const { send } = make(source);
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(`${url}/orders/7`)));
      assert.ok(answers.every(({ status, text }) => status === 200 && JSON.parse(text).by === 'svc-a'), answers[0].diagnosis.summary);
      assert.equal(issuer.fetches('/token').length, 1);
      await issuer.publish([second]);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
      const again = await send(`${url}/orders/7`);
      assert.equal(again.status, 200, again.diagnosis.summary);
      assert.deepEqual(asked.slice(20), ['GET /orders/7 401', 'GET /orders/7 200']);
      assert.equal(issuer.fetches('/token').length, 2);
    });
  }

  it('its own protected resource refuses a token that it does not know, as RFC 6750 says', async () => {
    const { issuer } = await issuing();
    const fetch = withCredential(counting('made-up', 'made-up-too'));
    const response = await fetch(`${issuer.url}/me`);
    assert.equal(response.status, 401);
    const diagnosis = diagnosisOf(response);
    assert.deepEqual([diagnosis.demand.error, diagnosis.demand.scheme], ['invalid_token', 'Bearer']);
    assert.equal(issuer.fetches('/me').length, 2);
    assert.deepEqual(await response.json(), { error: 'invalid_token', error_description: 'invalid token provided' });
  });

  it('a client that the issuer does not know: nothing is sent, and the issuer is not hammered', async () => {
    const { issuer, source, secret } = await issuing();
    const { url, asked } = await withJwtBearer({ issuerBaseURL: issuer.url });
    writeFileSync(secret, 'wrong');
    const fetch = withCredential(source);
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(fetch(url), (error) => {
        assert.equal(error.name, 'CredentialUnobtainable');
        assert.match(error.message, /invalid_client/);
        assert.ok(!error.message.includes('wrong'));
        return true;
      });
    }
    assert.deepEqual([asked.length, issuer.fetches('/token').length], [0, 1]);
  });
});

describe('an MCP server of the official SDK', { timeout: 60_000 }, () => {
  const connect = async (resource, source) => {
    const client = new Client({ name: 'doorward-tests', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch: withCredential(source) }));
    return client;
  };

  it('its client connects and calls a tool, in spite of an expired token', async () => {
    const { resource, asked } = await withMcp({ accepts: (token) => (token === 'fresh' ? {} : undefined) });
    const source = counting('stale', 'fresh');
    const client = await connect(resource, source);
    const { content } = await client.callTool({ name: 'count', arguments: {} });
    assert.deepEqual(content, [{ type: 'text', text: '7 orders' }]);
    assert.equal(source.wants.length, 2);
    assert.equal(asked.filter((one) => one === 'POST /mcp 401').length, 1);
    await client.close();
  });

  it('the scopes of its challenge are asked for', async () => {
    const scopes = { poor: ['orders:read'], rich: ['orders:read', 'orders:write'] };
    const { resource } = await withMcp({ accepts: (token) => ({ scopes: scopes[token] }), requiredScopes: scopes.rich });
    const source = counting('poor', 'rich');
    const client = await connect(resource, source);
    assert.equal((await client.listTools()).tools.length, 1);
    assert.equal(source.wants[1].scope, 'orders:read orders:write');
    await client.close();
  });

  it('where it describes itself is in the diagnosis', async () => {
    const { resource, resourceMetadataUrl } = await withMcp({ accepts: () => undefined });
    const response = await withCredential(counting('stale'))(resource, { method: 'POST', body: '{}' });
    const { demand, reason } = diagnosisOf(response);
    assert.deepEqual([reason, demand.resource_metadata], ['token_expired', resourceMetadataUrl]);
    assert.equal((await (await fetch(demand.resource_metadata)).json()).resource, resource);
  });
});
