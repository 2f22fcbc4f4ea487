'use strict';
// What the middlewares have in common: deciding on a request of Node, and answering for the decision.

const { isPromise } = require('node:util/types');
const { hasFields, isMoved } = require('./decision.js');
const { TooLarge, isForm, readForm } = require('./form.js');

const MEDIA_TYPE = 'application/json';

class Guard {
  /**
   * @param {import('../index.js').Engine} engine
   * @param {{ formLimit?: number, now?: () => Date | number | bigint, onError?: (error: unknown) => void }} [options]
   */
  constructor(engine, options = {}) {
    if (typeof engine?.decide !== 'function') throw new TypeError('expected an engine');
    if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
    const { formLimit, now, onError = warn } = options;
    if (formLimit !== undefined && (!Number.isSafeInteger(formLimit) || formLimit < 0)) throw new RangeError('expected `formLimit` in bytes');
    if (now !== undefined && typeof now !== 'function') throw new TypeError('expected `now` as a function');
    if (typeof onError !== 'function') throw new TypeError('expected `onError` as a function');
    this.engine = engine;
    this.limit = formLimit;
    this.now = now;
    this.onError = onError;
  }

  /** How long a form may be: what the policy in force needs, unless the host has said. */
  get formLimit() {
    return this.limit ?? this.engine.formLimit ?? 0;
  }

  /**
   * Decides, and hands the decision to `then`; or what went wrong to `fail`, where something did. At once, unless a
   * form has to be read first. What `then` throws is its caller's.
   */
  judge(req, url, movable, then, fail) {
    let decision;
    try {
      decision = this.decide(req, url, movable);
    } catch (error) {
      fail(this.failure(error));
      return;
    }
    if (isPromise(decision)) {
      decision.then(then, (error) => fail(this.failure(error)));
    } else {
      then(decision);
    }
  }

  /**
   * Decides on an `IncomingMessage` whose target is `url`, by all its lines, also those that `headers` drops. Whom
   * the policy lets in by another path than the one that came is refused unless the request is `movable` there.
   */
  decide(req, url, movable) {
    const { method, rawHeaders } = req;
    const peer = peerOf(req); // before a form is read: the connection may be gone by then
    const stands = (decision) => (movable || !decision.allowed || !isMoved(decision) ? decision : this.ambiguous(method));
    if (this.engine.readsBody && isForm(rawHeaders)) {
      return readForm(req, this.formLimit).then((body) => stands(this.ask(method, url, rawHeaders, peer, body)));
    }
    return stands(this.ask(method, url, rawHeaders, peer));
  }

  /** Decides on a target as it came: what routers make of an absolute one is not what a policy makes of it. */
  ask(method, url, headers, peer, body) {
    if (!isTarget(url)) return this.ambiguous(method);
    return this.engine.decide({ method, url, headers, peer, body, now: this.now?.() });
  }

  /** The refusal of a path that only a host can see to be ambiguous: two empty segments are, under every policy. */
  ambiguous(method) {
    const decision = this.engine.decide({ method, url: '//', now: this.now?.() });
    if (decision.allowed) throw new Error('expected an ambiguous path to be refused');
    return decision;
  }

  /** The answer when there is no decision: never through. */
  failure(error) {
    if (error instanceof TooLarge) return plain(413, 'bad_request');
    try {
      this.onError(error);
    } catch {
      // Whoever is told has trouble of their own; the answer is the same.
    }
    return plain(500, 'unavailable');
  }
}

/** The answer to a refusal. */
function refusal(decision) {
  const { outcome, status } = decision;
  const said = decision.disclosure === 'reason' && decision.reason !== null
    ? { status, outcome, reason: decision.reason, recovery: decision.recovery } : { status, outcome };
  return { status, headers: decision.headers, body: JSON.stringify(said) };
}

function plain(status, outcome) {
  return { status, headers: [], body: JSON.stringify({ status, outcome }) };
}

/**
 * The other end of the connection that a request came in on. Never what a header says: which proxies are believed is for the
 * policy, and the engine reads their fields.
 */
function peerOf(req) {
  const address = req?.socket?.remoteAddress;
  return typeof address === 'string' ? address : undefined; // a socket of the file system has none
}

/** Whether a target is a path, or the server itself. */
function isTarget(url) {
  return url.startsWith('/') || url === '*';
}

/** The fields that the answer of an allow must carry; none, for nearly every request. */
function allowFields(decision) {
  return hasFields(decision) ? decision.headers : [];
}

/**
 * The target that the application must see: the normalised path, or rules could be walked around, and the query as
 * it was. `null` where it is the one that came.
 */
function settled(decision, url) {
  if (!isMoved(decision)) return null;
  const query = url.indexOf('?');
  return query === -1 ? decision.path : decision.path + url.slice(query);
}

/** Adds the fields of an allow to the answer of the application, beside what that says under the same names. */
function addFields(res, decision) {
  const fields = allowFields(decision);
  if (fields.length === 0) return;
  const { writeHead } = res;
  // Node comes here by itself where the application does not.
  res.writeHead = (status, ...rest) => {
    const reason = typeof rest[0] === 'string' ? rest[0] : undefined;
    setFields(pairs(rest[1] ?? (reason === undefined ? rest[0] : undefined)), (name, value) => res.setHeader(name, value));
    for (const [name, value] of fields) res.setHeader(name, joined(res.getHeader(name), value));
    return reason === undefined ? writeHead.call(res, status) : writeHead.call(res, status, reason);
  };
}

/** Header fields as pairs, from each of the forms that `writeHead` takes. */
function pairs(headers) {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  if (Array.isArray(headers[0])) return headers;
  return headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []));
}

/** The value of a list with one member more, unless it is there already. */
function joined(held, member) {
  const list = held === undefined || held === null ? [] : [held].flat().map(String);
  const has = list.some((line) => line.split(',').some((part) => part.trim().toLowerCase() === member));
  return (has ? list : [...list, member]).join(', ');
}

/** Ends a response of Node with an answer. */
function send(res, { status, headers, body }) {
  if (res.headersSent) {
    // Too late for an answer, and for letting it through.
    res.destroy();
    return;
  }
  res.statusCode = status;
  setFields(headers, (name, value) => res.setHeader(name, value));
  res.setHeader('Content-Type', MEDIA_TYPE);
  res.end(body); // which Node leaves out of the answer to HEAD
}

/** Sets header fields by `set`, which takes a list where several lines have one name. */
function setFields(fields, set) {
  const lines = new Map();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    lines.set(key, { name, values: [...(lines.get(key)?.values ?? []), value] });
  }
  for (const { name, values } of lines.values()) set(name, values.length === 1 ? values[0] : values.flat());
}

function warn(error) {
  process.emitWarning(error instanceof Error ? error.message : String(error), 'DoorwardWarning');
}

module.exports = { Guard, MEDIA_TYPE, addFields, allowFields, isTarget, joined, peerOf, refusal, send, setFields, settled };
