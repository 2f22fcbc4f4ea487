'use strict';
// One thing that is revoked, as callers write it.

const { wordsOf } = require('./time.js');

const KINDS = ['jti', 'subject', 'issuedBefore', 'kid'];
const MEMBERS = ['issuer', 'until', ...KINDS];

/**
 * What the native module needs: the issuer, the kind by the name that it has in files, its value, its time.
 * @param {unknown} revocation
 * @returns {[string, string, string | undefined, number[] | undefined]}
 */
function revocationOf(revocation) {
  if (typeof revocation !== 'object' || revocation === null) throw new TypeError('expected a revocation as an object');
  // A kind that is misspelt would revoke nothing, and nobody would know.
  const unknown = Object.keys(revocation).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw new TypeError(`expected one of \`${MEMBERS.join('`, `')}\`, found \`${unknown}\``);
  const given = KINDS.filter((name) => revocation[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : `\`${given.join('` and `')}\``;
    throw new TypeError(`expected exactly one of \`${KINDS.join('`, `')}\`, found ${found}`);
  }
  const [kind] = given;
  const { issuer, until } = revocation;
  if (typeof issuer !== 'string') throw new TypeError('expected `issuer` as a string');
  if (until !== undefined && kind !== 'subject') throw new TypeError(`expected \`until\` beside \`subject\`, found \`${kind}\``);
  const value = revocation[kind];
  if (kind === 'issuedBefore') return [issuer, 'issued_before', undefined, wordsOf(value, kind)];
  if (typeof value !== 'string') throw new TypeError(`expected \`${kind}\` as a string`);
  return [issuer, kind, value, wordsOf(until, 'until')];
}

module.exports = { revocationOf };
