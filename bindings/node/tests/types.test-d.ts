// What the types promise and what they forbid; compiled, never run.
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { Agent, request as send } from 'undici';
import {
  Caller, CredentialUnobtainable, Decision, Diagnosis, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS, RetryBlocked, SourceError,
  diagnose,
} from 'doorward';
import type { Clue, Context, DecideRequest, Origin, Outcome, Reason, Recovery, Retry, Skew, Source, Status } from 'doorward';
import { doorward as onExpress } from 'doorward/express';
import { doorward as onFastify, rewriteUrl } from 'doorward/fastify';
import { diagnoseResponse, diagnosisOf, withCredential } from 'doorward/fetch';
import { doorward as onHono } from 'doorward/hono';
import { decide, doorward as onHttp } from 'doorward/http';
import { doorward as onKoa } from 'doorward/koa';
import { diagnosisOf as diagnosisOfAnswer, interceptor } from 'doorward/undici';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Any<T> = 0 extends 1 & T ? true : false;
function holds<T extends true>(_?: T): void {}

const engine = new Engine('policy.toml');
Engine.fromFile(new URL('file:///policy.toml'));
Engine.fromPolicy({ routes: [] }, { folder: '.' });
Engine.fromText('', 'toml');
Engine.fromFile('policy.toml', { start: false });
// @ts-expect-error: a file has its folder
Engine.fromFile('policy.toml', { folder: '.' });
// @ts-expect-error: there is no YAML
Engine.fromText('', 'yaml');
// @ts-expect-error: a policy is an object
Engine.fromPolicy('policy.toml');

const request: DecideRequest = { method: 'GET', url: '/' };
engine.decide({ ...request, headers: [['Authorization', 'x']] });
engine.decide({ ...request, headers: ['Authorization', 'x'] });
engine.decide({ ...request, headers: new Headers() });
engine.decide({ ...request, now: new Date(), body: Buffer.alloc(0), clientChain: [Buffer.alloc(0)], peer: '::1' });
engine.decide({ ...request, now: 1n });
createServer((req) => engine.decide({ method: req.method ?? '', url: req.url ?? '', headers: req.rawHeaders }));
// @ts-expect-error: an object by names has lost lines
createServer((req) => engine.decide({ method: 'GET', url: '/', headers: req.headers }));
// @ts-expect-error: a request has a URL
engine.decide({ method: 'GET' });
// @ts-expect-error: a time is no text
engine.decide({ ...request, now: '2026-11-23' });
// @ts-expect-error: nothing is misspelt
engine.decide({ ...request, header: [] });

const decision = engine.decide(request);
holds<Equals<typeof decision, Decision>>();
holds<Equals<Any<typeof decision.reason>, false>>();
holds<Equals<typeof decision.reason, Reason | null>>();
holds<Equals<typeof decision.outcome, Outcome>>();
holds<Equals<typeof decision.recovery, Recovery>>();
holds<Equals<typeof decision.status, number>>();
holds<Equals<typeof decision.principal, Principal | null>>();
holds<Equals<typeof decision.context, Context | null>>();
holds<Equals<typeof decision.challenges, readonly string[]>>();

holds<Equals<typeof decision.retryAfter, number | null>>();

engine.start();
engine.ready(5).catch((error: unknown) => error instanceof NotReadyError && error.issuers.map(({ name, fault }) => [name, fault]));
engine.reload();
engine.revoke({ issuer: 'corp', jti: 'x' });
engine.revoke({ issuer: 'corp', subject: 'svc-a' });
engine.revoke({ issuer: 'corp', subject: 'svc-a', until: new Date() });
engine.revoke({ issuer: 'corp', issuedBefore: 1_795_387_431 });
engine.revoke({ issuer: 'corp', kid: 'k1' });
// @ts-expect-error: one kind at a time
engine.revoke({ issuer: 'corp', jti: 'x', kid: 'k1' });
// @ts-expect-error: nothing is revoked
engine.revoke({ issuer: 'corp' });
// @ts-expect-error: only a subject comes back
engine.revoke({ issuer: 'corp', kid: 'k1', until: 5 });
engine.supplyKeys('corp', { keys: [] });
engine.supplyKeys('corp', '{"keys":[]}', 1n);
// @ts-expect-error: keys are text or an object
engine.supplyKeys('corp', 5);
holds<Equals<ReturnType<typeof engine.status>, Status>>();
const next: number | null | undefined = engine.status(new Date()).issuers[0]?.next_fetch;
const lines: string[] = [...engine.events(), engine.statusText()];
const facts: number[] = [engine.memory, engine.policyEpoch];

// The known codes are offered, and a later version may have others.
const known: Reason = 'token_expired';
const later: Reason = 'something_of_a_later_version';
switch (decision.reason) {
  case 'token_expired':
  case 'audience_mismatch':
    break;
  default:
    holds<Equals<Any<typeof decision.reason>, false>>();
}
// @ts-expect-error: a reason is text
const number: Reason = 5;
// @ts-expect-error: a decision does not change
decision.status = 200;
// @ts-expect-error: decisions are made by engines
new Decision();
// @ts-expect-error: principals come with decisions
new Principal();
// @ts-expect-error: the caller may not be known
decision.principal.subject;
// @ts-expect-error: claims are not of any type
decision.principal!.claims.groups.map((group: string) => group);
const subject: string = decision.principal?.subject ?? '';
const sentence: string = REASONS['token_expired']!.sentence;
const outcomes: readonly Outcome[] = OUTCOMES;
const json: { reason: string | null; may_resend: boolean } = decision.toJSON();
try {
  new Engine('missing.toml');
} catch (error) {
  if (error instanceof PolicyError) for (const { file, line, message, help } of error.errors) console.log(file, line, message, help);
}

const app = express();
app.use(onExpress(engine, { formLimit: 100, now: () => new Date(), onError: (error) => console.error(error) }));
app.get('/', (req, res) => res.json({ caller: req.doorward?.principal?.subject }));
// @ts-expect-error: a limit is a number
onExpress(engine, { formLimit: '1kb' });
// @ts-expect-error: a policy is no engine
onExpress('policy.toml');

const fastify = Fastify({ rewriteUrl: rewriteUrl(engine) });
fastify.register(onFastify, { engine });
// @ts-expect-error: the plugin needs an engine
fastify.register(onFastify, {});
fastify.get('/', async (request) => request.doorward.principal?.subject);

const hono = new Hono();
hono.use(onHono(engine));
hono.get('/', (c) => {
  const held: Decision = c.get('doorward');
  return c.json({ caller: held.principal?.subject });
});

const koa = new Koa();
koa.use(onKoa(engine));
koa.use((ctx) => {
  ctx.body = ctx.state.doorward.principal?.subject;
});

createServer(onHttp(engine, (req, res) => res.end(req.doorward.principal?.subject)));
createServer().on('upgrade', (req) => decide(engine, req).allowed);
// @ts-expect-error: a handler is needed
onHttp(engine);

export { facts, json, known, later, lines, next, number, outcomes, sentence, subject };

const diagnosis = diagnose({ status: 401, headers: new Headers(), body: 'x' }, { sent: { scheme: 'Bearer', at: new Date(), issuedAt: 7 }, now: 1n });
holds<Equals<typeof diagnosis, Diagnosis>>();
holds<Equals<typeof diagnosis.reason, Reason | null>>();
holds<Equals<typeof diagnosis.origin, Origin>>();
holds<Equals<typeof diagnosis.retry, Retry>>();
holds<Equals<typeof diagnosis.skew, Skew | null>>();
holds<Equals<typeof diagnosis.clues, readonly Clue[]>>();
createServer((req) => diagnose({ statusCode: 401, headers: req.headers }));
diagnose({ status: 401, headers: [['a', 'b']] });
diagnose({ status: 401, headers: ['a', 'b'] });
// @ts-expect-error: the body of a Response is a stream, of which the beginning is read first
diagnose(new Response('x'));
// @ts-expect-error: nothing is misspelt
diagnose({ status: 401 }, { sent: { shceme: 'Bearer' } });

const sources: Source[] = [
  { file: '/token' }, { environment: 'TOKEN' }, { exec: ['get-token'], timeout: 5, variables: { REGION: 'eu' } }, { kubernetes: {} },
  { client_credentials: { issuer: 'https://idp.example', client_id: 'svc-a', client_secret: { environment: 'SECRET' }, scope: 'a b' } },
  { vault: { url: 'https://vault.example/v1/secret/data/svc-a', field: 'token', token: { file: '/vault-token' } } },
  () => 'token', async () => ({ access_token: 'token', expires_in: 60 }), ({ scope, signal }) => ({ token: `${scope}${signal.aborted}`, expiresAt: new Date() }), null,
];
// @ts-expect-error: a source gives a token
withCredential(() => 7);
// @ts-expect-error: nothing is misspelt
withCredential({ fiel: '/token' });
const fetched = withCredential(sources[0], { origins: ['https://api.example'], proof: ({ nonce, url }) => `${nonce}${url}`, onReport: ({ reason }) => { reason.length; } });
const plain: typeof globalThis.fetch = fetched;
fetched('https://api.example', { signal: AbortSignal.timeout(1) }).then((response) => {
  holds<Equals<ReturnType<typeof diagnosisOf>, Diagnosis | null>>();
  return diagnosisOf(response) ?? diagnoseResponse(response);
});
const agent = new Agent().compose(interceptor(fetched.caller));
send('https://api.example', { dispatcher: agent }).then((answer) => diagnosisOfAnswer(answer)?.reason);
const exchange = new Caller(null, { name: 'orders' }).begin({ url: 'https://api.example', method: 'POST', replayable: false });
exchange.ready().then(() => (exchange.judge({ status: 401, finalUrl: '' }) === 'recover' ? exchange.recover() : 'latest'));
// @ts-expect-error: these are thrown, not made
new RetryBlocked('x');
holds<Equals<CredentialUnobtainable['diagnosis'], Diagnosis | null>>();
const asFetch = plain.name;
throw new SourceError(asFetch, { hard: true, retryAfter: 7 });
