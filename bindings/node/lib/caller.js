'use strict';
// The caller: a source with the credential that it gave, shared by all requests to the same origins.

const native = require('./native.js');
const { asking, isAsking } = require('./asking.js');
const { make } = require('./diagnosis.js');
const { CredentialUnobtainable, ForeignOrigin, RetryBlocked, SourceError } = require('./caller-errors.js');
const { Exchange } = require('./exchange.js');
const { jsonText } = require('./json-text.js');
const { tell } = require('./reports.js');
const { accepted, sourceOf } = require('./source.js');
const { wordsOf } = require('./time.js');
const { pause, within } = require('./waiting.js');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
/** No wait is longer, whatever the clock says; milliseconds. */
const LONGEST = 60_000;
/** More services share no credential, and each is looked through for every request. */
const MOST = 1000;
const LISTS = ['origins', 'scopes'];

/** What a caller can be told, and how it is called in every other language. */
const OPTIONS = {
  name: { name: 'name', type: 'string' },
  origins: { name: 'origins', type: 'object' },
  scopes: { name: 'scopes', type: 'object' },
  interactive: { name: 'interactive', type: 'boolean' },
  attempts: { name: 'attempts', type: 'number' },
  ahead: { name: 'ahead', type: 'number' },
  longestWait: { name: 'longest_wait', type: 'number' },
  cooldownFirst: { name: 'cooldown_first', type: 'number' },
  cooldownMost: { name: 'cooldown_most', type: 'number' },
};
const FUNCTIONS = ['proof', 'onReport'];
const NESTED = 'the source of credentials asks through the client that waits for it: let it ask through one of its own';

class Caller {
  #handle;
  #source;
  #name;
  #proof;
  #onReport;
  /** The tries to get a credential that are under way. */
  #obtaining = new Set();
  /** What the source threw at the latest try. */
  #thrown;
  /** The latest nonce of a service, by origin. */
  #nonces = new Map();

  /**
   * @param {Function | object | null | undefined} source
   * @param {object} [options]
   */
  constructor(source, options = {}) {
    const settings = settingsOf(options);
    this.#source = sourceOf(source);
    this.#name = options.name ?? '';
    this.#proof = options.proof;
    this.#onReport = options.onReport;
    this.#handle = accepted(native.callerNew(jsonText(settings), this.#source !== null, this.#proof !== undefined));
  }

  get name() {
    return this.#name;
  }

  status(now) {
    return JSON.parse(native.callerStatus(this.#handle, wordsOf(now)));
  }

  begin(request) {
    return new Exchange(request, {
      prepare: (attempt, url, signal) => this.#prepare(attempt, url, signal),
      judge: (attempt, url, finalUrl, at, answer) => this.#judge(attempt, url, finalUrl, at, answer),
      fields: (prepared, method, url) => this.#fields(prepared, method, url),
      proves: this.#proof !== undefined,
    });
  }

  [INSPECT](depth, options, inspect) {
    return `Caller ${inspect({ name: this.#name }, options)}`;
  }

  /** Waits until there is something to send, or nothing ever will be. */
  async #prepare(attempt, url, signal) {
    for (;;) {
      signal?.throwIfAborted();
      const step = JSON.parse(native.callerPrepare(this.#handle, attempt, url));
      switch (step.do) {
        case 'obtain':
          this.#refuseItself(step.ticket);
          await within(this.#obtain(step.ticket, step.want), signal);
          break;
        case 'wait':
          this.#refuseItself(null);
          await this.#others(step.until, signal);
          break;
        case 'blocked':
          throw this.#blocked(step);
        case 'foreign':
          throw new ForeignOrigin(step.message);
        case 'send':
          // Ahead of its end: this request goes with what there is.
          if (step.ticket !== null) this.#obtain(step.ticket, step.want);
          return step;
        default:
          return step;
      }
    }
  }

  /**
   * What the source itself asks for through this caller would wait for the source.
   * @param {number | null} ticket what is given back, where it was this request's turn to ask
   */
  #refuseItself(ticket) {
    if (!isAsking(this)) return;
    if (ticket !== null) native.callerNotObtained(this.#handle, ticket, NESTED, true, undefined);
    throw new SourceError(NESTED, { hard: true });
  }

  /** Asks the source. The promise never rejects: what came of it is the native caller's to tell. */
  #obtain(ticket, want) {
    const trying = asking(this, () => this.#source.obtain(this.#handle, ticket, want)).then((thrown) => {
      this.#thrown = thrown;
      this.#obtaining.delete(trying);
    });
    this.#obtaining.add(trying);
    return trying;
  }

  /** Waits for a try that somebody else has begun, or until it is worth another. */
  #others(until, signal) {
    const stop = new AbortController();
    const over = pause(Math.min(Math.max(until - Date.now(), 0), LONGEST), stop.signal).catch(() => {});
    return within(Promise.race([...this.#obtaining, over]), signal).finally(() => stop.abort());
  }

  #judge(attempt, url, finalUrl, at, { status, lines, body }) {
    const step = JSON.parse(native.callerAnswered(this.#handle, attempt, { url, finalUrl, at: wordsOf(at / 1000) }, status, lines, body));
    step.diagnosis = make(step.diagnosis);
    if (step.nonce !== null && this.#proof !== undefined) this.#nonces.set(new URL(url).origin, step.nonce);
    const reports = native.callerReports(this.#handle);
    if (reports !== null) tell(JSON.parse(reports), this.#name, this.#onReport);
    return step;
  }

  #blocked({ reason, message, until, diagnosis }) {
    const facts = { message, until, diagnosis: diagnosis === null ? null : make(diagnosis) };
    if (reason !== 'credential_unobtainable') return new RetryBlocked(facts);
    return new CredentialUnobtainable({ ...facts, cause: this.#thrown });
  }

  /** The header lines that carry the credential of a request, and the proof where one is asked for. */
  async #fields({ value }, method, url) {
    if (value === null || value === undefined) return [];
    const fields = [['Authorization', value]];
    if (this.#proof === undefined) return fields;
    const { origin, pathname } = new URL(url);
    const proof = await this.#proof({
      method, url: origin + pathname, token: value.slice(value.indexOf(' ') + 1), nonce: this.#nonces.get(origin) ?? null,
    });
    if (typeof proof !== 'string') throw new TypeError('expected `proof` to give a string');
    fields.push(['DPoP', proof]);
    return fields;
  }
}

function settingsOf(options) {
  if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
  const settings = {};
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (FUNCTIONS.includes(key)) {
      if (typeof value !== 'function') throw new TypeError(`expected \`${key}\` as a function`);
      continue;
    }
    const option = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (option === undefined) {
      const known = [...Object.keys(OPTIONS), ...FUNCTIONS].join(', ');
      throw new TypeError(`expected \`options\` without \`${key}\`; they are ${known}`);
    }
    if (typeof value !== option.type) throw new TypeError(`expected \`${key}\` as a ${option.type}`);
    if (LISTS.includes(key) && !(Array.isArray(value) && value.length <= MOST && value.every((one) => typeof one === 'string'))) {
      throw new TypeError(`expected \`${key}\` as an array of strings, ${MOST} at most`);
    }
    settings[option.name] = value;
  }
  return settings;
}

/** @param {unknown} source a caller that is there already, or what one is made of */
function callerOf(source, options) {
  if (!(source instanceof Caller)) return new Caller(source, options);
  if (options !== undefined && Object.keys(options).length > 0) {
    throw new TypeError('expected the options where the caller is made');
  }
  return source;
}

module.exports = { Caller, callerOf };
