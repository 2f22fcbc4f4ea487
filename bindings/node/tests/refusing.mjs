// Servers on loopback that refuse, and the two clients that are to cope with them, each behind the same few words.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { Agent, request } from 'undici';
import { diagnosisOf, withCredential } from '../client/fetch.mjs';
import { diagnosisOf as diagnosisOfContext, interceptor } from '../client/undici.mjs';

const servers = [];
const agents = [];
after(async () => {
  for (const agent of agents) await agent.destroy();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * A server that keeps what was asked: `seen` has method, URL, headers and body of each request.
 * @param {(req: import('node:http').IncomingMessage & { text: string }, res: import('node:http').ServerResponse, count: number) => void} answer
 */
export async function serve(answer) {
  const seen = [];
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    req.text = Buffer.concat(chunks).toString();
    const { method, url, headers, text } = req;
    seen.push({ method, url, headers, text, bearer: headers.authorization?.replace(/^\w+ /, '') });
    answer(req, res, seen.length);
  });
  return { ...await listening(server), seen };
}

/** Listens on loopback until the tests are over. */
export async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** Refuses as RFC 6750, section 3.1 says. */
export function refuse(res, { status = 401, error = 'invalid_token', body = '', headers = {}, ...parameters } = {}) {
  const text = Object.entries({ realm: 'orders', error, ...parameters }).map(([name, value]) => `${name}="${value}"`).join(', ');
  res.writeHead(status, { 'WWW-Authenticate': `Bearer ${text}`, 'Content-Type': 'text/plain', ...headers }).end(body);
}

/** Refuses all tokens but `good`. */
export const accepting = (good) => (req, res) => {
  if (req.headers.authorization === `Bearer ${good}`) res.writeHead(200, { 'Content-Type': 'text/plain' }).end(`ok ${req.text}`);
  else refuse(res, { error_description: 'The access token expired', body: `refused ${req.headers.authorization}` });
};

/** A source that gives `first`, `second`, … and counts how often it was asked, and for what. */
export function counting(...tokens) {
  const source = async (want) => {
    source.wants.push(want);
    await new Promise((resolve) => { setTimeout(resolve, source.delay); });
    return tokens[Math.min(source.wants.length, tokens.length) - 1];
  };
  source.wants = [];
  source.delay = 5;
  return source;
}

/** The clients: each sends, reads the answer, and tells what was diagnosed. */
export const CLIENTS = [
  {
    name: 'fetch',
    make(source, options) {
      const fetch = withCredential(source, options);
      return {
        caller: fetch.caller,
        begin: fetch, // gives the answer before its body has come
        async send(url, init) {
          const response = await fetch(url, init);
          const text = await response.text();
          return { status: response.status, headers: response.headers, text, diagnosis: diagnosisOf(response) };
        },
      };
    },
  },
  {
    name: 'undici',
    make(source, options) {
      const carrying = interceptor(source, options);
      const agent = new Agent({ connections: 128 }).compose(carrying);
      agents.push(agent);
      return {
        caller: carrying.caller,
        async begin(url, init) {
          const { statusCode: status, body } = await request(url, { dispatcher: agent, ...init });
          body.on('error', () => {}); // whoever gives up the body meets it there
          return { status };
        },
        async send(url, { method = 'GET', ...init } = {}) {
          const answer = await request(url, { dispatcher: agent, method, ...init });
          const text = await answer.body.text();
          return { status: answer.statusCode, headers: new Map(Object.entries(answer.headers)), text, diagnosis: diagnosisOfContext(answer) };
        },
      };
    },
  },
];
