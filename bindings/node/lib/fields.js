'use strict';
// Picks the header lines that a decision looks at, from each of the forms in which Node hands headers over.

/** How the characters of a request stand for bytes. */
const LATIN1 = 0;
const UTF8 = 1;

// Above what any server takes; it bounds the loop over an array that lies about its length.
const MOST_LINES = 10_000;

/**
 * Puts the values of the needed lines at the end of `parts` and the places of their names at the end of `places`,
 * and says how their characters stand for bytes.
 * @param {unknown} headers
 * @param {readonly string[]} names the needed names, in lower case
 * @param {string[]} parts
 * @param {number[]} places
 */
function pick(headers, names, parts, places) {
  // Where there are no lines, the target is what somebody has typed.
  if (headers === undefined || headers === null) return UTF8;
  if (Array.isArray(headers)) {
    const { length } = headers;
    if (length > MOST_LINES) throw new RangeError(`expected at most ${MOST_LINES} header lines, found ${length}`);
    if (length === 0) return UTF8;
    return typeof headers[0] === 'string' ? pickRaw(headers, length, names, parts, places)
      : pickPairs(headers, length, names, parts, places);
  }
  if (isHeaders(headers)) return pickHeaders(headers, names, parts, places);
  throw new TypeError('expected `headers` as an array of pairs, as `rawHeaders` or as a Headers object'
    + (typeof headers === 'object' ? ': an object by names has lost lines that came twice' : ''));
}

/** `rawHeaders`: names and values in turn, one character per byte. */
function pickRaw(headers, length, names, parts, places) {
  if (length % 2 !== 0) throw new TypeError('expected `headers` in turn, found a name without a value');
  for (let i = 0; i < length; i += 2) {
    take(headers[i], headers[i + 1], names, parts, places);
  }
  return LATIN1;
}

/** Pairs of strings, whose bytes are their UTF-8. */
function pickPairs(headers, length, names, parts, places) {
  for (let i = 0; i < length; i += 1) {
    const pair = headers[i];
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError('expected `headers` as pairs of a name and a value');
    }
    take(pair[0], pair[1], names, parts, places);
  }
  return UTF8;
}

/** A `Headers` object, which has joined lines of one name with commas: the core sees through that. */
function pickHeaders(headers, names, parts, places) {
  for (let place = 0; place < names.length; place += 1) {
    const value = headers.get(names[place]);
    if (value === null) continue;
    if (typeof value !== 'string') throw new TypeError('expected `headers` to have strings as values');
    parts.push(value);
    places.push(place);
  }
  return LATIN1;
}

function take(name, value, names, parts, places) {
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw new TypeError('expected `headers` to have strings as names and values');
  }
  for (let place = 0; place < names.length; place += 1) {
    const wanted = names[place];
    // Most names differ in length already; lower case costs.
    if (name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted)) {
      parts.push(value);
      places.push(place);
      return;
    }
  }
}

/** Also those of another realm or of a package: but no Map, whose names have a case. */
function isHeaders(value) {
  return typeof value === 'object' && value[Symbol.toStringTag] === 'Headers' && typeof value.get === 'function';
}

module.exports = { LATIN1, pick };
