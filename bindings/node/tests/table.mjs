// Reads the table of decisions and answers its cases, through what the package gives to everybody.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Engine, PolicyError, diagnose } from '../index.mjs';

/**
 * Every case of a file, with what came out of it.
 *
 * @param {string} root
 * @param {string} file relative to `root`
 * @returns {Generator<{ name: string, entry: object, decision?: object, diagnosis?: object, error?: PolicyError }>}
 */
export function* answers(root, file) {
  const folder = dirname(join(root, file));
  const content = parse(readFileSync(join(root, file), 'utf8'));
  if (content.cases !== undefined) {
    let shared; // cases of the caller's side need no policy
    for (const entry of content.cases) {
      const name = `${file}#${entry.id}`;
      if (entry.response !== undefined) {
        yield { name, entry, diagnosis: diagnoseCase(entry) };
        continue;
      }
      shared ??= load(content, folder);
      // What happened before happened to an engine that no other case sees.
      const engine = entry.before === undefined ? shared : load(content, folder);
      for (const step of entry.before ?? []) apply(engine, step);
      yield { name, entry, decision: decide(engine, entry) };
    }
  }
  const policies = [...(content.policies ?? [])];
  if (content.policy_error !== undefined) {
    policies.push({ id: 'policy_error', policy: content.policy, error: content.policy_error });
  }
  for (const entry of policies) {
    let error;
    try {
      load(entry, folder);
    } catch (thrown) {
      if (!(thrown instanceof PolicyError)) throw thrown;
      error = thrown;
    }
    yield { name: `${file}#${entry.id}`, entry, error };
  }
}

/** JSON whose whole numbers beyond 2^53 become BigInt, as `Engine.fromPolicy` asks for them. */
function parse(text) {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) => (
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"\\u0000${token}"`));
  return JSON.parse(marked, (name, value) => (
    typeof value === 'string' && /^\0-?\d+$/.test(value) ? BigInt(value.slice(1)) : value));
}

function load({ policy, toml, json }, folder) {
  const options = { folder, start: false }; // what a table fetches, it supplies
  if (toml !== undefined) return Engine.fromText(toml, 'toml', options);
  if (json !== undefined) return Engine.fromText(json, 'json', options);
  return typeof policy === 'string' ? Engine.fromFile(join(folder, policy), { start: false }) : Engine.fromPolicy(policy, options);
}

/** Does to an engine what happened before a case. */
function apply(engine, { at, request, times = 1, keys, revoke }) {
  if (request !== undefined) {
    for (let i = 0; i < times; i += 1) decide(engine, { at, request });
  } else if (keys !== undefined) {
    engine.supplyKeys(keys.issuer, keys.jwks, time(at));
  } else {
    const { until, issued_before: issuedBefore, ...rest } = revoke;
    engine.revoke({
      ...rest,
      ...until !== undefined && { until: time(until) },
      ...issuedBefore !== undefined && { issuedBefore: time(issuedBefore) },
    });
  }
}

function decide(engine, { at, request }) {
  return engine.decide({
    method: request.method,
    url: request.url,
    headers: request.headers ?? [],
    clientChain: request.client_chain?.map((certificate) => Buffer.from(certificate, 'base64')),
    body: request.body,
    peer: request.peer,
    now: time(at),
  });
}

/** The members of `sent`, as JavaScript calls them. */
function diagnoseCase({ at, sent = {}, response }) {
  const members = Object.entries(sent).map(([name, value]) => [
    name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), /^(at|issued_at|expires_at)$/.test(name) && value !== null ? time(value) : value,
  ]);
  return diagnose(response, { sent: Object.fromEntries(members), now: time(at) });
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** A number stays one; a text becomes nanoseconds, so that no digit of it is lost. */
export function time(at) {
  if (typeof at === 'number') return at;
  const decimal = /^(-?\d+)(?:\.(\d+))?$/.exec(at);
  if (decimal !== null) return BigInt(decimal[1]) * 1_000_000_000n + fraction(decimal[2]);
  const parts = RFC3339.exec(at);
  if (parts === null) throw new Error(`expected \`at\` as Unix seconds or a time of RFC 3339, found ${at}`);
  const [, year, month, day, hour, minute, second, digits, sign, hours, minutes] = parts;
  const offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute - offset, second);
  return BigInt(milliseconds) * 1_000_000n + fraction(digits);
}

function fraction(digits = '') {
  return BigInt(digits.slice(0, 9).padEnd(9, '0'));
}

/** The errors of a policy, each on its line, without the name of a file. */
export function lines(error) {
  if (error === undefined) return [];
  return error.errors.map(({ line, column, place, message, help }) => {
    const where = line === null ? '' : `${line}:${column}: `;
    return `${where}${place === '' ? '' : `${place}: `}${message}${help === null ? '' : `: ${help}`}`;
  });
}
