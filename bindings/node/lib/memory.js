'use strict';
// The memory that requests are written into and that decisions are kept in: one run of bytes after another.
//
// A request is written behind the records of the decisions before it, and the native module puts the record of its
// decision in its place. So a record is never copied and never written over: it belongs to its decision for as long
// as that lives.

const { LATIN1 } = require('./fields.js');
const { writeTime } = require('./time.js');

const WORD = 4;
const FRONT = 9; // words, see frame.rs
const HAS_NOW = 1;
const HAS_BODY = 2;
const PIECE = 65_536; // bytes; some eighty decisions
const RECORD = 2048; // bytes, more than most records take
const LONGEST = 1 << 28; // bytes of a request; no server takes a header or a form of that length
const SHORT = 32; // characters; a call into Node costs more than a loop over so many
const TOO_WIDE = 'expected one character per byte, found one above U+00FF';
const WIDE = /[^\0-\xff]/;

let memory = Buffer.alloc(0);
let words = new Uint32Array(0);
let offset = 0;

/** Makes room for so many bytes at an offset that is a multiple of eight. */
function reserve(bytes) {
  if (offset + bytes <= memory.length) return;
  memory = Buffer.allocUnsafeSlow(Math.max(PIECE, (bytes + 7) & ~7));
  words = new Uint32Array(memory.buffer);
  offset = 0;
}

/**
 * Decides on a request, and tells `make` the decision's number and where its record is. Nothing of the caller's
 * runs in here, so that no two requests can be mixed.
 * @template T
 * @param {object} native
 * @param {number} engine its number
 * @param {string[]} parts method, URL, peer (empty where there is none) and the values of the fields
 * @param {number[]} places the place of each field's name
 * @param {number} encoding
 * @param {Uint8Array | undefined} body
 * @param {Date | number | bigint | undefined} now
 * @param {(number: number, memory: Buffer, offset: number) => T} make
 * @returns {T}
 */
function decide(native, engine, parts, places, encoding, body, now, make) {
  const front = WORD * (FRONT + 2 * places.length);
  let characters = 0;
  for (let i = 0; i < parts.length; i += 1) characters += parts[i].length;
  const longest = front + 3 * characters + (body === undefined ? 0 : body.length) + RECORD;
  if (longest > LONGEST) throw new RangeError('expected a request of at most 85 million characters');
  reserve(longest);

  const base = offset / WORD;
  words[base] = (now === undefined ? 0 : HAS_NOW) | (body === undefined ? 0 : HAS_BODY);
  if (now !== undefined) writeTime(now, words, base + 1);
  const write = encoding === LATIN1 ? writeLatin1 : writeUtf8;
  let end = offset + front;
  end += words[base + 4] = write(parts[0], end);
  end += words[base + 5] = write(parts[1], end);
  end += words[base + 6] = writeUtf8(parts[2], end); // what is no address is no peer, whatever the headers are
  words[base + 7] = body === undefined ? 0 : body.length;
  words[base + 8] = places.length;
  for (let i = 0, word = base + FRONT; i < places.length; i += 1, word += 2) {
    words[word] = places[i];
    end += words[word + 1] = write(parts[i + 3], end);
  }
  if (body !== undefined) memory.set(body, end);

  const number = native.decide(engine, memory, offset);
  if (!(number > 0)) throw new Error('expected a decision from the native module, found none');
  const length = Math.floor(number / 0x1_0000_0000);
  if (length > memory.length - offset) {
    reserve(length);
    native.record(engine, memory, offset);
  }
  const at = offset;
  offset = (at + length + 7) & ~7;
  return make(number, memory, at);
}

/** Writes a text whose characters are bytes. */
function writeLatin1(text, at) {
  const { length } = text;
  if (length > SHORT) {
    if (WIDE.test(text)) throw new TypeError(TOO_WIDE);
    return memory.latin1Write(text, at, length);
  }
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new TypeError(TOO_WIDE);
    memory[at + i] = code;
  }
  return length;
}

/** Writes a text as UTF-8. */
function writeUtf8(text, at) {
  const { length } = text;
  if (length > SHORT) return memory.utf8Write(text, at, 3 * length);
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return memory.utf8Write(text, at, 3 * length);
    memory[at + i] = code;
  }
  return length;
}

module.exports = { decide };
