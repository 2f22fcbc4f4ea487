'use strict';
// A call of fetch: its parts, and how often its body can be sent.

const { isAnyArrayBuffer } = require('node:util/types');

/** How much of a body of unknown kind is kept to be sent again; what is longer is sent once. */
const KEPT = 1_048_576;

class Call {
  #input;
  #init;
  #body;
  #kept = null;

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   */
  constructor(input, init) {
    this.#init = init ?? {};
    const given = isRequest(input);
    // A request with other settings is another request.
    this.#input = given ? (init === undefined ? input : new input.constructor(input, init)) : null;
    const from = this.#input ?? this.#init;
    this.url = (given ? new URL(this.#input.url) : new URL(input)).href;
    this.method = methodOf(from.method ?? 'GET');
    this.redirect = from.redirect ?? 'follow';
    this.signal = from.signal ?? undefined;
    this.headers = new Headers(from.headers ?? undefined);
    this.#body = this.#input === null ? bodyOf(this.#init.body, this.headers) : null;
  }

  /** Whether the whole of it can be sent again now. */
  get replayable() {
    if (this.#input !== null) return this.#input.body === null || this.#kept?.whole === true;
    return this.#body === null || !this.#body.once;
  }

  /** Whether that may become so while it is sent. */
  get mayReplay() {
    return this.#input !== null || this.replayable;
  }

  /**
   * The arguments of fetch for one sending.
   * @param {{ url: string, method: string, withBody: boolean, home: boolean }} target
   * @param {[string, string][]} fields what is added to the header lines
   */
  arguments({ url, method, withBody, home }, fields) {
    const headers = new Headers(this.headers);
    if (!withBody) for (const name of CONTENT) headers.delete(name);
    if (!home) for (const name of PRIVATE) headers.delete(name);
    for (const [name, value] of fields) headers.set(name, value);
    const sent = { method, headers: [...headers], redirect: 'manual', signal: this.signal };
    // The copy of a Request is without it.
    if (this.#init.dispatcher !== undefined) sent.dispatcher = this.#init.dispatcher;
    if (this.#input === null) {
      const init = { ...this.#init, ...sent, body: withBody ? this.#take() : null };
      return [url, init];
    }
    const { constructor: Request } = this.#input;
    const settings = { ...settingsOf(this.#input), ...sent };
    if (!withBody || this.#input.body === null) return [new Request(url, settings)];
    if (this.#kept === null) {
      // The copy has the length of the original, where that is known; the original is read beside it.
      const copy = this.#input.clone();
      this.#kept = keep(this.#input.body); // which is another since
      return [new Request(copy, sent)];
    }
    if (!this.#kept.whole) throw new TypeError(STREAM);
    return [new Request(url, { ...settings, body: this.#kept.bytes() })];
  }

  /** Nothing of it will be sent again. */
  release() {
    this.#kept?.stop();
  }

  #take() {
    if (this.#body === null) return null;
    if (this.#body.once) {
      if (this.#body.used) throw new TypeError(STREAM);
      this.#body.used = true;
    }
    return this.#body.value;
  }
}

function isRequest(input) {
  return typeof input === 'object' && input !== null && !(input instanceof URL) && typeof input.url === 'string' && typeof input.clone === 'function';
}

/** The header lines of a call: those beside a Request, where there are any, are instead of its own. */
function headersOf(input, init) {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
}

/** The same settings, with header lines that can be read more than once. */
function readable(init) {
  return typeof init?.headers?.next === 'function' ? { ...init, headers: new Headers(init.headers) } : init;
}

const STREAM = 'expected a body that can be sent again, found a stream';

/** The lines that are for the origin of the request only; fetch says the same. */
const PRIVATE = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/** The lines that speak of a body. */
const CONTENT = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];

/** The methods whose case fetch tidies. */
const TIDY = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

function methodOf(method) {
  const upper = String(method).toUpperCase();
  return TIDY.has(upper) ? upper : String(method);
}

/** A copy of what its owner may change before it is sent again. */
function bodyOf(body, headers) {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return { value: body, once: false };
  if (isAnyArrayBuffer(body)) return { value: body.slice(0), once: false };
  if (ArrayBuffer.isView(body)) return { value: Uint8Array.prototype.slice.call(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)), once: false };
  switch (Object.prototype.toString.call(body)) {
    case '[object URLSearchParams]':
      if (!headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
      return { value: body.toString(), once: false };
    case '[object FormData]':
    case '[object Blob]':
    case '[object File]':
      return { value: body, once: false };
    default:
      break;
  }
  if (typeof body.getReader === 'function' || typeof body[Symbol.asyncIterator] === 'function' || typeof body[Symbol.iterator] === 'function') {
    return { value: body, once: true, used: false };
  }
  return { value: String(body), once: false };
}

/** What a request is made with anew for another address. */
function settingsOf({ cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy }) {
  return { cache, credentials, integrity, keepalive, mode: mode === 'navigate' ? 'cors' : mode, referrer, referrerPolicy };
}

/** Reads a body while a copy of it is sent. */
function keep(body) {
  const chunks = [];
  let length = 0;
  const reader = body.getReader();
  const stop = () => reader.cancel().catch(() => {}); // ends when the other copy is read or dropped
  const kept = { whole: false, bytes: () => Buffer.concat(chunks, length), stop };
  (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      if (length > KEPT) {
        chunks.length = 0;
        stop();
        return;
      }
      chunks.push(read.value);
    }
    kept.whole = true;
  })().catch(() => {}); // whoever sends the other copy meets the same fault
  return kept;
}

module.exports = { Call, headersOf, readable };
