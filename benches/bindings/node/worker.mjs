// Times the Node package and its peers on the tokens of FOLDER, one row at a time, as it is told to.
//
// Usage: node worker.mjs FOLDER PACKAGE, where PACKAGE is the folder of the built package. Answers as every program of
// benches/bindings does: first a line of JSON with its rows, then for each line `ROW MILLISECONDS` on standard input a line
// with the nanoseconds of one call.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, home] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const fixtures = JSON.parse(readFileSync(join(folder, 'fixtures.json'), 'utf8'));
const { issuer, audience, method, url } = fixtures;

/** How long a batch lasts, in milliseconds: long enough that garbage is collected in it now and then. */
const BATCH = 1;

/** How many calls of an asynchronous library are in flight at once. */
const IN_FLIGHT = 32;

function fastJwt({ alg, pem, secret }, memory) {
  const { createVerifier } = require('fast-jwt');
  const key = secret ? Buffer.from(secret, 'hex') : pem;
  const options = { key, algorithms: [alg], allowedIss: issuer, allowedAud: audience, ...memory };
  return createVerifier({ ...options, requiredClaims: ['exp'] });
}

/** The peers that remember tokens, for those that are asked for again; fast-jwt remembers refused ones only if it is told to. */
const REMEMBERING = { 'fast-jwt': (suite) => fastJwt(suite, { cache: true, errorCacheTTL: 600_000 }) };

/** The peers: each gives a function that returns, or resolves, for a token that is good, and throws for every other. */
const PEERS = {
  jsonwebtoken({ alg, pem, secret }) {
    const { verify } = require('jsonwebtoken');
    const { createPublicKey, createSecretKey } = require('node:crypto');
    // A plain buffer would be tried as a PEM each time, for half a millisecond.
    const key = secret ? createSecretKey(secret, 'hex') : createPublicKey(pem);
    const options = { algorithms: [alg], issuer, audience };
    return (token) => verify(token, key, options);
  },
  'fast-jwt': (suite) => fastJwt(suite, { cache: false }),
  async jose({ alg, jwk }) {
    const { importJWK, jwtVerify } = await import('jose');
    const key = await importJWK(jwk, alg);
    const options = { algorithms: [alg], issuer, audience, requiredClaims: ['exp'] };
    return (token) => jwtVerify(token, key, options);
  },
  'aws-jwt-verify'({ jwk }) {
    const { JwtVerifier } = require('aws-jwt-verify');
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/jwks.json` });
    verifier.cacheJwks({ keys: [{ use: 'sig', ...jwk }] });
    return (token) => verifier.verifySync(token);
  },
  '@node-rs/jsonwebtoken'({ alg, pem, secret }) {
    const { verifySync } = require('@node-rs/jsonwebtoken');
    const key = secret ? Buffer.from(secret, 'hex') : pem;
    const validation = { algorithms: [alg], iss: [issuer], aud: [audience], validateNbf: true };
    return (token) => verifySync(token, key, validation);
  },
};

/** Whether a token is let in. */
async function accepts(check, token) {
  try {
    await check(token);
    return true;
  } catch {
    return false;
  }
}

async function peerRows() {
  const rows = [];
  for (const [library, make] of Object.entries(PEERS)) {
    // Some packages do not export their own package.json.
    const text = readFileSync(new URL(`node_modules/${library}/package.json`, import.meta.url), 'utf8');
    const { version } = JSON.parse(text);
    for (const suite of fixtures.suites) {
      const about = { library, version, alg: suite.alg };
      let check;
      let pending;
      try {
        check = await make(suite);
        const answer = check(suite.tokens.valid);
        pending = answer instanceof Promise;
        await answer;
      } catch (error) {
        rows.push({ ...about, kind: 'valid', absent: `${error.name}: ${error.message}`.slice(0, 200) });
        continue;
      }
      const row = async (name, kind, verify) => {
        const token = suite.tokens[kind];
        const good = kind === 'valid';
        const fault = (await accepts(verify, token)) === good ? null : good ? 'refuses it' : 'accepts it';
        rows.push({ ...about, kind: name, fault, ...timed(verify, token, { good, pending }) });
      };
      for (const kind of Object.keys(suite.tokens)) await row(kind, kind, check);
      if (suite.known_policy && REMEMBERING[library]) {
        const remembering = REMEMBERING[library](suite);
        for (const [name, kind] of fixtures.known) await row(name, kind, remembering);
      }
    }
  }
  return rows;
}

/** How a peer is run: a refusal has to be caught, and what is asynchronous is waited for. */
function timed(check, token, { good, pending }) {
  if (pending) {
    const one = good ? () => check(token) : () => check(token).catch(() => undefined);
    return { batch: async (runs) => {
      for (let done = 0; done < runs; done += IN_FLIGHT) await Promise.all(Array.from({ length: IN_FLIGHT }, one));
    }, least: IN_FLIGHT };
  }
  if (good) {
    return { batch: (runs) => { for (let run = 0; run < runs; run += 1) check(token); } };
  }
  return { batch: (runs) => {
    for (let run = 0; run < runs; run += 1) {
      try {
        check(token);
      } catch {
        // As expected.
      }
    }
  } };
}

const EXPECTED = { valid: null, expired: 'token_expired', 'bad signature': 'signature_invalid' };

function ourRows() {
  const { Engine } = require(home);
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const rows = [];
  const allowed = (decision) => decision.allowed;
  for (const { alg, policy, known_policy: knownPolicy, tokens } of fixtures.suites) {
    const plain = Engine.fromFile(join(folder, policy));
    const row = (kind, headers, expected, read = allowed, engine = plain) => {
      const found = engine.decide({ method, url, headers }).reason ?? null;
      const fault = found === expected ? null : `expected ${expected}, found ${found}`;
      let seen;
      const batch = (runs) => {
        for (let run = 0; run < runs; run += 1) seen = read(engine.decide({ method, url, headers }));
        return seen;
      };
      rows.push({ library: 'doorward', version, alg, kind, fault, batch });
    };
    for (const [kind, token] of Object.entries(tokens)) {
      row(kind, [['authorization', `Bearer ${token}`]], EXPECTED[kind]);
    }
    if (alg === 'HS256') {
      const line = ['authorization', `Bearer ${tokens.valid}`];
      row('missing', [], 'credential_missing');
      for (const more of [0, 8, 16]) {
        row(`${more} further fields`, [...fixtures.more_headers.slice(0, more), line], null);
      }
      row('0 further fields, rawHeaders', line, null);
      row('16 further fields, rawHeaders', [...fixtures.more_headers, line].flat(), null);
      row('valid, subject read', [line], null, (decision) => decision.principal.subject);
      row('valid, claims read', [line], null, (decision) => decision.principal.claims);
    }
    if (knownPolicy) {
      const remembering = Engine.fromFile(join(folder, knownPolicy));
      for (const [name, kind] of fixtures.known) {
        row(name, [['authorization', `Bearer ${tokens[kind]}`]], EXPECTED[kind], allowed, remembering);
      }
    }
  }
  return rows;
}

/** Nanoseconds of one call in the fastest of the batches that fit into so many milliseconds. */
async function nanoseconds({ batch, least = 1 }, milliseconds) {
  const end = performance.now() + milliseconds;
  let runs = least;
  let best = Infinity;
  do {
    const start = performance.now();
    const pending = batch(runs);
    if (pending instanceof Promise) await pending;
    const took = performance.now() - start;
    if (took < BATCH) runs *= 2;
    else best = Math.min(best, took / runs);
  } while (performance.now() < end || best === Infinity);
  return best * 1e6;
}

const rows = [...ourRows(), ...(await peerRows())];
const described = rows.map(({ batch, least, ...row }) => row);
process.stdout.write(`${JSON.stringify({ rows: described })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [row, milliseconds] = line.split(' ').map(Number);
  process.stdout.write(`${(await nanoseconds(rows[row], milliseconds)).toFixed(1)}\n`);
}
