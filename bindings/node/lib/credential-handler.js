'use strict';
// The handler that stands between undici and whoever asked: it holds a refusal back until it is clear whether to send again.

const { BODY_BYTES } = require('./answer.js');
const { ForeignOrigin } = require('./caller-errors.js');
const { remember } = require('./diagnosed.js');

/** How long the body of a refusal is waited for; milliseconds. */
const PATIENCE = 2_000;
/** How much of a refusal is kept while the request is sent again. */
const KEPT = 1_048_576;

/** What whoever asked holds in their hands, however often the request is sent. */
class Controller {
  inner = null;
  rawHeaders = null;
  rawTrailers = null;
  #stop = new AbortController();

  get signal() {
    return this.#stop.signal;
  }

  get aborted() {
    return this.#stop.signal.aborted;
  }

  get reason() {
    return this.aborted ? this.#stop.signal.reason : null;
  }

  get paused() {
    return this.inner?.paused ?? false;
  }

  abort(reason) {
    if (this.aborted) return;
    this.#stop.abort(reason);
    this.inner?.abort(reason);
  }

  pause() {
    this.inner?.pause();
  }

  resume() {
    this.inner?.resume();
  }
}

/** A refusal as it comes in. */
class Held {
  chunks = [];
  length = 0;
  trailers = null;
  /** What is to be done with it, once that is known. */
  verdict = null;

  constructor(status, headers, message, rawHeaders) {
    this.status = status;
    this.headers = headers;
    this.message = message;
    this.rawHeaders = rawHeaders;
  }
}

class CredentialHandler {
  #dispatch;
  #opts;
  #handler;
  #controller = new Controller();
  /** What `request` of undici gives as `context`; the diagnosis is found by it. */
  #context = {};
  #exchange = null;
  /** The first refusal, put aside. */
  #first = null;
  /** The refusal that is coming in; nothing where an answer is passed on as it comes. */
  #held = null;
  #timer;
  #over = false;

  constructor(dispatch, opts, handler) {
    this.#dispatch = dispatch;
    this.#opts = opts;
    this.#handler = handler;
  }

  /**
   * Sends, once there is something to send. Never rejects: whoever asked is told by their handler.
   * @param {import('./caller.js').Caller} caller
   * @param {{ method: string, url: string, replayable: boolean }} request
   */
  async run(caller, request) {
    try {
      // At once, so that whoever asked can give up while a credential is waited for.
      this.#handler.onRequestStart?.(this.#controller, this.#context);
      this.#exchange = caller.begin({ ...request, signal: this.#controller.signal });
      this.#send(await this.#exchange.ready());
    } catch (error) {
      if (error instanceof ForeignOrigin) this.#pass();
      else this.#fail(error);
    }
  }

  /** An agent talks to everybody, and a redirect leads anywhere: no credential goes there. */
  #pass() {
    this.#exchange = null;
    try {
      this.#send([]);
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(fields) {
    this.#controller.signal.throwIfAborted();
    this.#dispatch({ ...this.#opts, headers: [...this.#opts.headers, ...fields.flat()] }, this);
  }

  #fail(error) {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#handler.onResponseError?.(this.#controller, error);
  }

  onRequestStart(controller, context) {
    this.#controller.inner = controller;
    Object.assign(this.#context, context);
    if (this.#controller.aborted) controller.abort(this.#controller.reason);
  }

  onRequestUpgrade(controller, status, headers, socket) {
    this.#controller.rawHeaders = controller.rawHeaders ?? null;
    this.#handler.onRequestUpgrade?.(this.#controller, status, headers, socket);
  }

  onResponseStart(controller, status, headers, message) {
    const held = new Held(status, headers, message, controller.rawHeaders ?? null);
    if (status < 200 || this.#exchange === null) {
      this.#begin(held);
      return;
    }
    this.#held = held;
    this.#timer = setTimeout(() => this.#late(), PATIENCE);
    // Only of a refusal the beginning of the body counts.
    if (status < 400) this.#judge();
  }

  onResponseData(controller, chunk) {
    const held = this.#held;
    if (held === null) {
      this.#handler.onResponseData?.(this.#controller, chunk);
      return;
    }
    held.chunks.push(chunk);
    held.length += chunk.length;
    if (held.verdict === null) {
      if (held.length >= BODY_BYTES) this.#judge();
    } else if (held.length > KEPT) {
      this.#release();
    }
  }

  onResponseEnd(controller, trailers) {
    clearTimeout(this.#timer);
    this.#controller.rawTrailers = controller.rawTrailers ?? null;
    if (this.#held !== null && this.#held.verdict === null) this.#judge();
    if (this.#held === null) {
      this.#over = true;
      this.#handler.onResponseEnd?.(this.#controller, trailers);
      return;
    }
    this.#held.trailers = trailers;
    this.#recover();
  }

  onResponseError(controller, error) {
    this.#fail(error);
  }

  /** Judges the refusal by what has come of it. */
  #judge() {
    const held = this.#held;
    held.verdict = this.#exchange.judge({
      status: held.status, headers: held.headers, body: Buffer.concat(held.chunks, held.length), finalUrl: this.#finalUrl(),
    });
    held.diagnosis = this.#exchange.diagnosis;
    // The first is there only when all of this one has come, and is put back by `recover`.
    if (held.verdict === 'latest' || (held.verdict === 'first' && this.#first === null)) this.#release();
  }

  /** Where the answer comes from, should the interceptor for redirects be below this one: the latest stranger on the way counts. */
  #finalUrl() {
    const { history } = this.#context;
    if (!Array.isArray(history) || history.length < 2) return '';
    return (history.findLast(({ origin }) => origin !== history[0].origin) ?? history.at(-1)).href;
  }

  /** It takes too long: what cannot be put aside is the answer. */
  #late() {
    try {
      if (this.#held?.verdict === null) this.#judge();
      this.#release();
    } catch (error) {
      this.#controller.abort(error);
    }
  }

  /** Passes on what has come, and from now on everything as it comes. */
  #release() {
    const held = this.#held;
    if (held === null) return;
    clearTimeout(this.#timer);
    this.#held = null;
    this.#begin(held);
    for (const chunk of held.chunks) this.#handler.onResponseData?.(this.#controller, chunk);
  }

  #begin(held) {
    if (held.diagnosis) remember(this.#context, held.diagnosis);
    this.#controller.rawHeaders = held.rawHeaders;
    this.#handler.onResponseStart?.(this.#controller, held.status, held.headers, held.message);
  }

  /** The refusal has come to its end: sends again, or hands over the one that is to stand. */
  async #recover() {
    const held = this.#held;
    try {
      const next = held.verdict === 'recover' ? await this.#exchange.recover() : held.verdict;
      if (next === 'again') {
        const fields = await this.#exchange.ready();
        this.#first ??= held;
        this.#held = null;
        this.#send(fields);
        return;
      }
      const chosen = next === 'first' ? this.#first ?? held : held;
      this.#held = chosen;
      this.#release();
      this.#over = true;
      this.#handler.onResponseEnd?.(this.#controller, chosen.trailers);
    } catch (error) {
      this.#fail(error);
    }
  }
}

module.exports = { CredentialHandler };
