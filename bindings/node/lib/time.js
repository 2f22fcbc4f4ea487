'use strict';
// Points in time as callers write them: a Date, Unix seconds, or nanoseconds since the epoch as a BigInt.

const { isDate } = require('node:util/types');

// 1e11 s is the year 5138; 1e11 ms is 1973. Whatever is above was meant as milliseconds.
const MOST_SECONDS = 1e11;
// 1e17 ns is 1973 too. Whatever is below came from a monotonic clock or was meant in another unit, and would make
// tokens valid that have expired since.
const LEAST_NANOS = 10n ** 17n;
const SECOND = 1_000_000_000n;

/**
 * Writes `now` as whole seconds, in two halves, and nanoseconds.
 * @param {Date | number | bigint} now
 * @param {Uint32Array} words
 * @param {number} at
 * @param {string} name what the caller calls it
 */
function writeTime(now, words, at, name = 'now') {
  if (typeof now === 'number') {
    if (!(Math.abs(now) <= MOST_SECONDS)) {
      throw new RangeError(`expected \`${name}\` in seconds since 1970, found ${now}${
        Math.abs(now) < Infinity ? ': is that milliseconds?' : ''}`);
    }
    const seconds = Math.floor(now);
    write(words, at, seconds, seconds === now ? 0 : nanos(now));
  } else if (typeof now === 'bigint') {
    if (now < LEAST_NANOS) {
      throw new RangeError(`expected \`${name}\` in nanoseconds since 1970, found a time before 1973: `
        + 'process.hrtime.bigint() has another beginning');
    }
    const seconds = now / SECOND;
    if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`expected \`${name}\` in nanoseconds since 1970, found more than there are`);
    }
    write(words, at, Number(seconds), Number(now % SECOND));
  } else if (isDate(now)) {
    const milliseconds = Date.prototype.getTime.call(now);
    if (Number.isNaN(milliseconds)) throw new RangeError(`expected \`${name}\` as a valid date`);
    const seconds = Math.floor(milliseconds / 1000);
    write(words, at, seconds, (milliseconds - seconds * 1000) * 1_000_000);
  } else {
    throw new TypeError(`expected \`${name}\` as a Date, a number or a bigint`);
  }
}

/** The words of a time that goes to the native module alone; nothing where the system's clock is meant. */
function wordsOf(now, name = 'now') {
  if (now === undefined) return undefined;
  const words = new Uint32Array(3);
  writeTime(now, words, 0, name);
  return Array.from(words);
}

/**
 * The Unix seconds of a time, without their fraction.
 * @param {Date | number | bigint} time
 * @param {string} name what the caller calls it
 */
function secondsOf(time, name) {
  const words = new Uint32Array(3);
  writeTime(time, words, 0, name);
  return (words[1] | 0) * 0x1_0000_0000 + words[0];
}

/** The same as text of JSON, to the last digit. */
function decimalOf(time, name) {
  const words = new Uint32Array(3);
  writeTime(time, words, 0, name);
  const seconds = (words[1] | 0) * 0x1_0000_0000 + words[0];
  // Before 1970 a fraction counts upwards from the second below, which no decimal says.
  return words[2] === 0 || seconds < 0 ? String(seconds) : `${seconds}.${String(words[2]).padStart(9, '0')}`;
}

function write(words, at, seconds, nanos) {
  words[at] = seconds; // modulo 2^32, as every conversion to 32 bits
  words[at + 1] = Math.floor(seconds / 0x1_0000_0000);
  words[at + 2] = nanos;
}

/** The fraction above the whole second below, by the digits that are written: 0.9 is 0.9 and not 0.900000095. */
function nanos(now) {
  let text = String(now);
  if (text.includes('e')) text = now.toFixed(9);
  const digits = Number(text.slice(text.indexOf('.') + 1).slice(0, 9).padEnd(9, '0'));
  return now < 0 && digits !== 0 ? 1_000_000_000 - digits : digits;
}

module.exports = { decimalOf, secondsOf, wordsOf, writeTime };
