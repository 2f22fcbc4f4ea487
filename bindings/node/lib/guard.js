'use strict';
// What the middlewares have in common: deciding on a request of Node, and answering for the decision.

const { isPromise } = require('node:util/types');
const { hasFields, isMoved } = require('./decision.js');
const { TooLarge, isForm, readForm } = require('./form.js');

const MEDIA_TYPE = 'application/json';
const FORM_LIMIT = 65_536; // bytes; many times the longest token, and little enough to hold for a stranger

class Guard {
  /**
   * @param {import('../index.js').Engine} engine
   * @param {{ formLimit?: number, now?: () => Date | number | bigint, onError?: (error: unknown) => void }} [options]
   */
  constructor(engine, options = {}) {
    if (typeof engine?.decide !== 'function') throw new TypeError('expected an engine');
    if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
    const { formLimit = FORM_LIMIT, now, onError = warn } = options;
    if (!Number.isSafeInteger(formLimit) || formLimit < 0) throw new RangeError('expected `formLimit` in bytes');
    if (now !== undefined && typeof now !== 'function') throw new TypeError('expected `now` as a function');
    if (typeof onError !== 'function') throw new TypeError('expected `onError` as a function');
    this.engine = engine;
    this.formLimit = formLimit;
    this.now = now;
    this.onError = onError;
  }

  /**
   * Decides, and hands the decision to `then`; or what went wrong to `fail`, where something did. At once, unless a
   * form has to be read first. What `then` throws is its caller's.
   */
  judge(req, url, then, fail) {
    let decision;
    try {
      decision = this.decide(req, url);
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

  /** Decides on an `IncomingMessage` whose target is `url`, by all its lines, also those that `headers` drops. */
  decide(req, url) {
    const { method, rawHeaders } = req;
    if (this.engine.readsBody && isForm(rawHeaders)) {
      return readForm(req, this.formLimit).then((body) => this.ask(method, url, rawHeaders, body));
    }
    return this.ask(method, url, rawHeaders);
  }

  ask(method, url, headers, body) {
    return this.engine.decide({ method, url, headers, body, now: this.now?.() });
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

/** The answer where the path is not in its normal form and the application cannot be made to see that form. */
function ambiguous() {
  return plain(400, 'bad_request');
}

function plain(status, outcome) {
  return { status, headers: [], body: JSON.stringify({ status, outcome }) };
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
  for (const [name, value] of fields) lines.set(name, [...(lines.get(name) ?? []), value]);
  for (const [name, values] of lines) set(name, values.length === 1 ? values[0] : values);
}

function warn(error) {
  process.emitWarning(error instanceof Error ? error.message : String(error), 'DoorwardWarning');
}

module.exports = { Guard, MEDIA_TYPE, allowFields, ambiguous, refusal, send, setFields, settled };
