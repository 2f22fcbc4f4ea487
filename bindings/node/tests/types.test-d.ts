// What the types promise and what they forbid; compiled, never run.
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { Decision, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS } from 'doorward';
import type { Context, DecideRequest, Outcome, Reason, Recovery, Status } from 'doorward';
import { doorward as onExpress } from 'doorward/express';
import { doorward as onFastify, rewriteUrl } from 'doorward/fastify';
import { doorward as onHono } from 'doorward/hono';
import { decide, doorward as onHttp } from 'doorward/http';
import { doorward as onKoa } from 'doorward/koa';

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
