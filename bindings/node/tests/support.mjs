// What several tests need: a policy with a key of its own, tokens under it, and requests that no client library would send.
import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Engine } from '../index.mjs';

const KEY = randomBytes(32);
const ISSUER = 'https://idp.example';
const AUDIENCE = 'https://api.example';

/** A policy whose tokens `mint` makes. */
export function policy(changes = {}) {
  return {
    realm: 'orders',
    leeway: '30s',
    disclosure: 'reason',
    issuers: {
      corp: {
        profile: 'rfc9068',
        issuer: ISSUER,
        audience: [AUDIENCE],
        algorithms: ['HS256'],
        keys: { inline: { kty: 'oct', kid: 'k1', k: KEY.toString('base64url') } },
        token_in: ['header', 'query', 'form'],
      },
    },
    routes: [
      { path: '/v1/orders/{id}', methods: ['GET', 'HEAD', 'POST'], accept: ['corp'] },
      { path: '/v1/orders/{id}/refund', methods: ['POST'], accept: ['corp'], scopes: ['orders:refund'] },
      { path: '/open/{*rest}', accept: 'anyone' },
    ],
    ...changes,
  };
}

export const engine = Engine.fromPolicy(policy());

/** A token of the policy; valid for an hour from now on. */
export function mint(claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  return sign({ iss: ISSUER, sub: 'svc-a', aud: AUDIENCE, client_id: 'svc-a', iat: now, exp: now + 3600, jti: 't-1', ...claims });
}

/** A token with these claims, or with this text where claims would be. */
export function sign(claims) {
  const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', KEY).update(text).digest('base64url')}`;
}

export const bearer = (claims) => ['Authorization', `Bearer ${mint(claims)}`];

/**
 * Sends a request byte by byte as it is written and reads the answer to the end of the connection.
 * @param {number} port
 * @param {string} target
 * @param {{ method?: string, headers?: [string, string][], body?: string }} [request]
 */
export function send(port, target, { method = 'GET', headers = [], body = '' } = {}) {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: api.example', 'Connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`)];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    const chunks = [];
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer(Buffer.concat(chunks).toString('latin1'))));
  });
}

/** A form as a request sends it. */
export function form(fields, headers = []) {
  const body = new URLSearchParams(fields).toString();
  return {
    method: 'POST',
    headers: [['Content-Type', 'application/x-www-form-urlencoded'], ['Content-Length', String(body.length)], ...headers],
    body,
  };
}

function answer(text) {
  const end = text.indexOf('\r\n\r\n');
  const [first, ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  const all = (name) => headers.filter(([other]) => other === name).map(([, value]) => value);
  let body = text.slice(end + 4);
  if (all('transfer-encoding').includes('chunked')) body = unchunked(body);
  return { status: Number(first.split(' ')[1]), headers, all, body, json: () => JSON.parse(body) };
}

function unchunked(text) {
  let body = '';
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n');
    const length = Number.parseInt(rest.slice(0, end), 16);
    if (length === 0) break;
    body += rest.slice(end + 2, end + 2 + length);
    rest = rest.slice(end + 4 + length);
  }
  return body;
}
