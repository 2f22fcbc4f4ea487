'use strict';
// A diagnosis: what an answer means for the credential of the request, and the one next thing to do.

const native = require('./native.js');
const { answerOf } = require('./answer.js');
const { frozen } = require('./frozen.js');
const { sentOf } = require('./sent.js');
const { wordsOf } = require('./time.js');
const { ADVICE, REASONS } = require('./vocabulary.js');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const KEY = Symbol('diagnosis');

class Diagnosis {
  #json;

  constructor(key, json) {
    if (key !== KEY) throw new TypeError('diagnoses are made by `diagnose`');
    this.#json = frozen(json);
    Object.freeze(this);
  }

  get status() {
    return this.#json.status;
  }

  get refused() {
    return this.#json.diagnosis !== null;
  }

  get reason() {
    return this.#json.diagnosis;
  }

  get reasonNumber() {
    return REASONS[this.#json.diagnosis]?.number ?? null;
  }

  get sentence() {
    return REASONS[this.#json.diagnosis]?.sentence ?? null;
  }

  get cause() {
    return this.#json.cause;
  }

  get confidence() {
    return this.#json.confidence;
  }

  get origin() {
    return this.#json.origin;
  }

  get product() {
    return this.#json.product;
  }

  get clues() {
    return this.#json.clues;
  }

  get misusedStatus() {
    return this.#json.misused_status;
  }

  get properStatus() {
    return this.#json.proper_status;
  }

  get skew() {
    return this.#json.skew;
  }

  get recovery() {
    return this.#json.recovery;
  }

  get advice() {
    return ADVICE[this.#json.recovery];
  }

  get operator() {
    return REASONS[this.#json.diagnosis]?.operator ?? null;
  }

  get retry() {
    return this.#json.retry;
  }

  get retryAfter() {
    return this.#json.retry_after;
  }

  get signal() {
    return this.#json.signal;
  }

  get demand() {
    return this.#json.demand;
  }

  get summary() {
    return this.#json.summary;
  }

  toJSON() {
    return structuredClone(this.#json);
  }

  /** Says what was concluded, and nothing of what the answer quotes: what is inspected ends in logs. */
  [INSPECT](depth, options, inspect) {
    const { status, reason, origin, confidence, recovery } = this;
    const shown = reason === null ? { status } : { status, reason, origin, confidence, recovery };
    return `Diagnosis ${inspect(shown, options)}`;
  }
}

/** @param {object} json as the native module tells it */
function make(json) {
  return new Diagnosis(KEY, json);
}

/**
 * @param {object} response
 * @param {{ sent?: object, now?: Date | number | bigint }} [options]
 */
function diagnose(response, options = {}) {
  if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
  const { status, lines, body } = answerOf(response);
  const { sent, now } = options;
  return make(JSON.parse(native.diagnose(sentOf(sent), status, lines, body, wordsOf(now))));
}

module.exports = { Diagnosis, diagnose, make };
