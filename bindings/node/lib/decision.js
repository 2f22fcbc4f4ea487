'use strict';
// A decision: a number that says what was decided, and a record from which everything else is read when somebody asks.

const native = require('./native.js');
const { frozen } = require('./frozen.js');
const { Principal } = require('./principal.js');
const { ADVICE, OUTCOMES, REASONS, REASONS_BY_NUMBER } = require('./vocabulary.js');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const KEY = Symbol('decision');

// The bits of the number, see `packed` in decide.rs.
const WAITS = 1 << 23;
const MOVED = 1 << 27;
const PRINCIPAL = 1 << 28;
const FIELDS = 1 << 29;
const DISCLOSED = 1 << 30;
const CONCEALED = 1 << 31;

let isMoved;
let hasFields;

class Decision {
  #bits;
  #length;
  #memory;
  #offset;
  #details;
  #headers;
  #principal;

  constructor(key, number, memory, offset) {
    if (key !== KEY) throw new TypeError('decisions are made by Engine.prototype.decide');
    this.#bits = number | 0; // the low 32 bits, whatever is above them
    this.#length = Math.floor(number / 0x1_0000_0000);
    this.#memory = memory;
    this.#offset = offset;
  }

  static {
    isMoved = (decision) => (decision.#bits & MOVED) !== 0;
    hasFields = (decision) => (decision.#bits & FIELDS) !== 0;
  }

  get allowed() {
    return outcomeOf(this.#bits) === 'allow';
  }

  get outcome() {
    return outcomeOf(this.#bits);
  }

  get status() {
    return this.#bits & 0x3ff;
  }

  get reason() {
    return this.#fact()?.code ?? null;
  }

  get reasonNumber() {
    return this.#fact()?.number ?? null;
  }

  get sentence() {
    return this.#fact()?.sentence ?? null;
  }

  get recovery() {
    return this.#recovery();
  }

  get advice() {
    return ADVICE[this.#recovery()];
  }

  get operator() {
    return this.#trueFact()?.operator ?? null;
  }

  get signal() {
    return this.#trueFact()?.signal ?? null;
  }

  get mayResend() {
    return this.#waits() ? this.#read().may_resend : this.#fact()?.mayResend ?? true;
  }

  get retryAfter() {
    return this.#waits() ? this.#read().retry_after : null;
  }

  get disclosure() {
    return (this.#bits & DISCLOSED) !== 0 ? 'reason' : 'none';
  }

  get challenges() {
    return this.headers.filter(([name]) => name === 'WWW-Authenticate').map(([, value]) => value);
  }

  get headers() {
    if (!hasFields(this)) return NONE;
    this.#headers ??= readHeaders(native.headers(this.#memory, this.#offset, this.#length));
    return this.#headers;
  }

  get principal() {
    if ((this.#bits & PRINCIPAL) === 0) return null;
    this.#principal ??= new Principal(
      JSON.parse(native.principal(this.#memory, this.#offset, this.#length)),
      () => native.claims(this.#memory, this.#offset, this.#length),
    );
    return this.#principal;
  }

  get context() {
    return this.#read().context;
  }

  get route() {
    return this.#read().route;
  }

  get path() {
    return this.#read().path;
  }

  get grounds() {
    return this.#read().grounds;
  }

  get concealed() {
    return (this.#bits & CONCEALED) !== 0 ? this.#read().concealed : null;
  }

  toJSON() {
    return {
      outcome: this.outcome,
      status: this.status,
      reason: this.reason,
      reason_number: this.reasonNumber,
      sentence: this.sentence,
      recovery: this.recovery,
      advice: this.advice,
      operator: this.operator,
      signal: this.signal,
      may_resend: this.mayResend,
      retry_after: this.retryAfter,
      challenges: this.challenges,
      headers: this.headers,
      principal: this.principal?.toJSON() ?? null,
      context: this.context,
      route: this.route,
      path: this.path,
      grounds: this.grounds,
      concealed: this.concealed,
    };
  }

  /** Says what was decided, and nothing of the caller or the request: what is inspected ends in logs. */
  [INSPECT](depth, options, inspect) {
    const { outcome, status, reason, recovery } = this;
    const shown = reason === null ? { outcome, status } : { outcome, status, reason, recovery };
    return `Decision ${inspect(shown, options)}`;
  }

  #fact() {
    return REASONS_BY_NUMBER[(this.#bits >>> 10) & 0x1fff];
  }

  /** A wait may change it: a key that is being fetched is worth waiting for. */
  #recovery() {
    return this.#waits() ? this.#read().recovery : this.#fact()?.recovery ?? 'none';
  }

  #waits() {
    return (this.#bits & WAITS) !== 0;
  }

  /** The reason that an operator should act on: the concealed one, where there is one. */
  #trueFact() {
    const { concealed } = this;
    return concealed === null ? this.#fact() : REASONS[concealed];
  }

  #read() {
    this.#details ??= frozen(JSON.parse(native.details(this.#memory, this.#offset, this.#length)));
    return this.#details;
  }
}

function outcomeOf(bits) {
  return OUTCOMES[((bits >>> 24) & 0b111) - 1];
}

const NONE = Object.freeze([]);

/** Names and values in turn, each on its line. */
function readHeaders(text) {
  const lines = text.split('\n');
  const headers = [];
  for (let i = 0; i + 1 < lines.length; i += 2) headers.push(Object.freeze([lines[i], lines[i + 1]]));
  return Object.freeze(headers);
}

/**
 * @param {number} number
 * @param {Buffer} memory
 * @param {number} offset
 */
function make(number, memory, offset) {
  return new Decision(KEY, number, memory, offset);
}

module.exports = { Decision, hasFields, isMoved, make };
