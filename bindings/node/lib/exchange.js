'use strict';
// One request of a caller and its answers, until one of them is for whoever asked.

const { answerOf } = require('./answer.js');
const native = require('./native.js');
const { pause } = require('./waiting.js');

class Exchange {
  #caller;
  #method;
  #url;
  #signal;
  #attempt;
  #prepared = null;
  #sends = 0;
  #at = 0;
  #step = null;

  /**
   * @param {{ method?: string, url: string, replayable?: boolean, signal?: AbortSignal | null }} request
   * @param {object} caller what the caller does for it
   */
  constructor(request, caller) {
    if (typeof request !== 'object' || request === null) throw new TypeError('expected a request as an object');
    const { method = 'GET', url, replayable = true, signal } = request;
    if (typeof method !== 'string') throw new TypeError('expected `method` as a string');
    if (typeof url !== 'string') throw new TypeError('expected `url` as a string');
    if (typeof replayable !== 'boolean') throw new TypeError('expected `replayable` as a boolean');
    if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') {
      throw new TypeError('expected `signal` as an AbortSignal');
    }
    this.#caller = caller;
    this.#method = method;
    this.#url = url;
    this.#signal = signal ?? undefined;
    this.#attempt = native.attemptNew(replayable, method, caller.proves);
  }

  get diagnosis() {
    return this.#step?.diagnosis ?? null;
  }

  get sends() {
    return this.#sends;
  }

  /**
   * Waits until there is a credential.
   * @throws {RetryBlocked | CredentialUnobtainable}
   */
  async ready() {
    this.#prepared ??= await this.#caller.prepare(this.#attempt, this.#url, this.#signal);
    return this.fields(this.#method, this.#url);
  }

  /** The header lines to send now, which a redirect within the origin needs again. */
  async fields(method, url) {
    if (this.#prepared === null) throw new Error('expected `ready` or `recover` first');
    const fields = await this.#caller.fields(this.#prepared, method, url);
    this.#at = Date.now();
    return fields;
  }

  /**
   * @param {{ status?: number, statusCode?: number, headers?: unknown, body?: Uint8Array | string, finalUrl?: string }} answer
   * @returns {'latest' | 'first' | 'recover'}
   */
  judge(answer) {
    if (this.#prepared === null) throw new Error('expected `ready` or `recover` before `judge`');
    const parts = answerOf(answer);
    const finalUrl = answer.finalUrl ?? '';
    if (typeof finalUrl !== 'string') throw new TypeError('expected `finalUrl` as a string');
    this.#sends += 1;
    this.#prepared = null;
    this.#step = this.#caller.judge(this.#attempt, this.#url, finalUrl, this.#at, parts);
    return this.#step.do === 'again' ? 'recover' : this.#step.do;
  }

  /**
   * Does what the judgement asks for, and says whether there is something new to send or which refusal is to be handed over.
   * @returns {Promise<'again' | 'latest' | 'first'>}
   */
  async recover() {
    if (this.#step?.do !== 'again') throw new Error('expected `recover` where `judge` asked for it');
    if (this.#step.after > 0) await pause(this.#step.after, this.#signal);
    const prepared = await this.#caller.prepare(this.#attempt, this.#url, this.#signal);
    if (prepared.do === 'latest' || prepared.do === 'first') return prepared.do;
    this.#prepared = prepared;
    return 'again';
  }
}

module.exports = { Exchange };
