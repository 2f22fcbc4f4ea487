'use strict';
// An answer as the native module reads it: its status, its header lines as bytes, and the beginning of its body.

const { isUint8Array } = require('node:util/types');

// Above what any client takes; it bounds the loop over an array that lies about its length.
const MOST_LINES = 10_000;
/** Bytes of a body that are looked at: `RESPONSE_BODY_BYTES` of the core. */
const BODY_BYTES = 16_384;
const NO_HEADERS = 'expected `headers` as a Headers object, as pairs, as `rawHeaders` or as an object by names';

/**
 * @param {{ status?: number, statusCode?: number, headers?: unknown, body?: Uint8Array | string | null }} answer
 * @returns {{ status: number, lines: Buffer, body: Buffer }}
 */
function answerOf(answer) {
  if (typeof answer !== 'object' || answer === null) throw new TypeError('expected a response as an object');
  const status = answer.status ?? answer.statusCode;
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError('expected `status` as a number of three digits');
  }
  return { status, lines: linesOf(answer.headers), body: bodyOf(answer.body) };
}

/** Names and values in turn, each on a line of its own: no line of a header can have one inside. */
function linesOf(headers) {
  if (headers === undefined || headers === null) return Buffer.alloc(0);
  if (typeof headers !== 'object') throw new TypeError(NO_HEADERS);
  const lines = [];
  let encoding = 'latin1'; // one character per byte, as Node and fetch hand header lines over
  if (Array.isArray(headers)) {
    if (headers.length > MOST_LINES) {
      throw new RangeError(`expected at most ${MOST_LINES} header lines, found ${headers.length}`);
    }
    if (typeof headers[0] === 'string') pushRaw(headers, lines);
    else {
      // Somebody has typed these: their bytes are their UTF-8.
      encoding = 'utf8';
      for (const pair of headers) {
        if (!Array.isArray(pair) || pair.length !== 2) {
          throw new TypeError('expected `headers` as pairs of a name and a value');
        }
        push(pair[0], pair[1], lines);
      }
    }
  } else if (typeof headers[Symbol.iterator] === 'function') {
    // A Headers object or a Map; `Set-Cookie` alone comes more than once.
    for (const [name, value] of headers) pushAll(name, value, lines);
  } else {
    for (const name of Object.keys(headers)) pushAll(name, headers[name], lines);
  }
  return Buffer.from(lines.join('\n'), encoding);
}

function pushRaw(headers, lines) {
  if (headers.length % 2 !== 0) throw new TypeError('expected `headers` in turn, found a name without a value');
  for (let i = 0; i < headers.length; i += 2) push(headers[i], headers[i + 1], lines);
}

function pushAll(name, value, lines) {
  if (value === undefined) return;
  if (lines.length > 2 * MOST_LINES || value?.length > MOST_LINES && Array.isArray(value)) {
    throw new RangeError(`expected at most ${MOST_LINES} header lines, found more`);
  }
  if (Array.isArray(value)) for (const one of value) push(name, one, lines);
  else push(name, value, lines);
}

function push(name, value, lines) {
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw new TypeError('expected `headers` to have strings as names and values');
  }
  // Nothing that a client could have received, and nothing that may become a line of its own here.
  if (/[\r\n]/.test(name) || /[\r\n]/.test(value)) throw new TypeError('expected no line break in `headers`');
  lines.push(name, value);
}

/** The beginning of a body, copied: what is looked at stays as it is. */
function bodyOf(body) {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body.slice(0, BODY_BYTES), 'utf8').subarray(0, BODY_BYTES);
  if (isUint8Array(body)) return Buffer.from(body.subarray(0, BODY_BYTES));
  throw new TypeError('expected `body` as bytes or a string: read the beginning of a stream first');
}

module.exports = { BODY_BYTES, answerOf };
