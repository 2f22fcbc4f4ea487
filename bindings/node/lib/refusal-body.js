'use strict';
// The body of a refusal: its beginning is looked at, and all of it is there for whoever gets the answer.

const { BODY_BYTES } = require('./answer.js');

/** How long a body is waited for before it is judged by what has come; milliseconds. */
const PATIENCE = 2_000;
/** How much of a refusal is kept while the request is sent again. */
const KEPT = 1_048_576;

/**
 * Takes a response over. It is read here and given out anew: a copy beside it (`clone`) would keep all that is read of the
 * other, and cannot be dropped, since Node then ends the process when the request is given up.
 */
class RefusalBody {
  #response;
  #reader;
  #pending = null;
  #end = Date.now() + PATIENCE;
  #chunks = [];
  #length = 0;
  #done;
  #fault;

  /** @param {Response} response */
  constructor(response) {
    this.#response = response;
    // Only refusals are taken over, and no status that a Response cannot be made with.
    this.#reader = response.body === null || response.status < 400 || response.status > 599 ? null : response.body.getReader();
    this.#done = this.#reader === null;
  }

  /** Its first bytes, as far as they come in time. */
  async beginning() {
    await this.#read(BODY_BYTES);
    return Buffer.concat(this.#chunks, this.#length);
  }

  /** Reads the rest, so that its connection is free. Says whether that was possible. */
  async drain() {
    await this.#read(KEPT);
    return this.#done;
  }

  /** Nobody will read this answer: its connection may go back. */
  drop() {
    const dropped = this.#reader === null ? this.#response.body?.cancel() : this.#reader.cancel();
    dropped?.catch(() => {});
  }

  /** The answer, whole. */
  response() {
    if (this.#reader === null) return this.#response;
    const { constructor: Response, status, statusText, headers, url, redirected, type } = this.#response;
    const body = this.#done && this.#fault === undefined ? Buffer.concat(this.#chunks, this.#length) : this.#stream();
    let response;
    try {
      response = new Response(body, { status, statusText, headers });
    } catch {
      response = new Response(body, { status, headers }); // what a server wrote there may be no text at all
    }
    for (const [name, value] of Object.entries({ url, redirected, type })) {
      Object.defineProperty(response, name, { value, configurable: true, enumerable: true });
    }
    return response;
  }

  async #read(enough) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, Math.max(0, this.#end - Date.now()), null);
    });
    try {
      while (!this.#done && this.#length < enough) {
        const read = await Promise.race([this.#next(), late]);
        if (read === null) return;
        this.#pending = null;
        if (read.done) this.#done = true;
        else {
          this.#chunks.push(read.value);
          this.#length += read.value.length;
        }
      }
    } catch (error) {
      this.#done = true; // it was cut off: whoever reads the answer meets the fault
      this.#fault = error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What comes next, also where somebody has begun to wait for it. */
  #next() {
    this.#pending ??= this.#reader.read();
    return this.#pending;
  }

  /** What has come, and then the rest as it comes. */
  #stream() {
    const chunks = [...this.#chunks];
    return new ReadableStream({
      type: 'bytes',
      pull: async (controller) => {
        if (chunks.length > 0) {
          controller.enqueue(chunks.shift());
          return;
        }
        if (this.#fault !== undefined) throw this.#fault;
        const { done, value } = await this.#next();
        this.#pending = null;
        if (!done) controller.enqueue(value);
        else {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
      cancel: (reason) => this.#reader.cancel(reason),
    });
  }
}

module.exports = { RefusalBody };
