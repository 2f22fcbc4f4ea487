// A real provider of tokens on loopback, oidc-provider, behind a proxy that counts what is fetched and disturbs it.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

export const AUDIENCE = 'https://api.example';

const CLIENT = { client_id: 'svc-a', client_secret: 'of these tests only' };

/** The disturbances: what becomes of a request for discovery or keys. */
const DISTURBANCES = {
  garbage: (res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"keys":[{"kty":'),
  error: (res) => res.writeHead(500).end('{}'),
  oversized: (res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end(`{"keys":[],"x":"${'x'.repeat(3_000_000)}"}`),
  unreachable: (res) => res.destroy(),
  redirected: (res) => res.writeHead(302, { Location: '/elsewhere' }).end(),
};

/** A private signing key with a name of its own. */
export function key() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${serial += 1}`, use: 'sig', alg: 'ES256' };
}

let serial = 0;

/** A provider that is reached through a proxy; its issuer is where the proxy listens. */
export class Issuer {
  /** How the proxy disturbs: one of the names above, a delay in milliseconds, or nothing. */
  disturbed = null;
  /** The time of each request for keys or discovery, in milliseconds, by its path. */
  seen = {};
  #proxy;
  #server;
  #port = 0;

  /** Listens, with these keys. */
  static async start(keys) {
    const issuer = new Issuer();
    issuer.#proxy = createServer((req, res) => issuer.#pass(req, res));
    issuer.url = `http://127.0.0.1:${await listen(issuer.#proxy, 0)}`;
    await issuer.publish(keys);
    return issuer;
  }

  /** Stops the provider and starts it anew with other keys, on the same port. */
  async publish(keys) {
    await this.stop();
    const provider = new Provider(this.url, {
      clients: [{
        ...CLIENT, grant_types: ['client_credentials'], redirect_uris: [], response_types: [], id_token_signed_response_alg: 'ES256',
      }],
      jwks: { keys },
      ttl: { ClientCredentials: 3600 },
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => AUDIENCE,
          getResourceServerInfo: () => ({
            audience: AUDIENCE, scope: 'orders:read', accessTokenTTL: 3600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
    });
    this.#server = createServer(provider.callback());
    this.#port = await listen(this.#server, this.#port);
  }

  /** Ends the provider: its port refuses connections. */
  async stop() {
    if (this.#server === undefined) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => { this.#server.close(resolve); });
    this.#server = undefined;
  }

  /** Ends the proxy too. */
  async end() {
    await this.stop();
    this.#proxy.closeAllConnections();
    await new Promise((resolve) => { this.#proxy.close(resolve); });
  }

  /** An access token, as a client gets one: by a way that nobody disturbs. */
  async token() {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${CLIENT.client_id}:${encodeURIComponent(CLIENT.client_secret)}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope: 'orders:read' }),
    });
    const { access_token: token, ...rest } = await answer.json();
    if (token === undefined) throw new Error(JSON.stringify(rest));
    return token;
  }

  /** The key set, as the provider publishes it. */
  async jwks() {
    return (await fetch(`http://127.0.0.1:${this.#port}/jwks`)).text();
  }

  /** When `path` was asked for: each one a fetch. */
  fetches(path = '/jwks') {
    return this.seen[path] ?? [];
  }

  #pass(req, res) {
    (this.seen[req.url] ??= []).push(Date.now());
    const { disturbed } = this;
    if (typeof disturbed === 'string') {
      DISTURBANCES[disturbed](res);
      return;
    }
    const forward = () => {
      const { method, url: path, rawHeaders } = req;
      // With the Host that came, of which the provider makes its addresses.
      const on = request({ host: '127.0.0.1', port: this.#port, method, path, headers: rawHeaders, agent: false }, (answer) => {
        res.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(res);
      });
      on.on('error', () => res.destroy());
      req.pipe(on);
    };
    if (typeof disturbed === 'number') setTimeout(forward, disturbed).unref();
    else forward();
  }
}

async function listen(server, port) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}
