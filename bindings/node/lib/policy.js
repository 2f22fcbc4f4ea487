'use strict';
// A policy that is an object, as the JSON text that the native module reads.

/**
 * Whole numbers beyond 2^53 are told apart by a policy, as they are in tokens, and not by JavaScript's numbers: a
 * rule that asks for one number must not be met by its neighbour. So they have to be given as BigInt.
 * @param {object} policy
 * @returns {string}
 */
function policyText(policy) {
  const big = [];
  const text = JSON.stringify(policy, (name, value) => {
    if (typeof value === 'bigint') {
      big.push(value);
      return PLACE;
    }
    if (typeof value === 'number') checkNumber(name, value);
    // A text that looks like our mark would be taken for a number.
    if (value === PLACE) throw new RangeError('expected no NUL in `policy`');
    return value;
  });
  if (text === undefined) throw new TypeError('expected `policy` as an object');
  return big.length === 0 ? text : text.replaceAll(JSON.stringify(PLACE), () => String(big.shift()));
}

const PLACE = '\0bigint\0';

function checkNumber(name, value) {
  if (!Number.isFinite(value)) throw new RangeError(`expected \`${name}\` of \`policy\` as a number, found ${value}`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError(`expected \`${name}\` of \`policy\` below 2^53, or as a BigInt, found ${value}`);
  }
}

module.exports = { policyText };
