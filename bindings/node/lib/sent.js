'use strict';
// What the caller knows of the request that was answered, as JSON text for the native module.

const { jsonText } = require('./json-text.js');
const { decimalOf } = require('./time.js');

/** What may be said of a request, and how it is called in every other language. */
const MEMBERS = {
  scheme: { name: 'scheme', type: 'string' },
  attempt: { name: 'attempt', type: 'number' },
  at: { name: 'at', type: 'time' },
  issuedAt: { name: 'issued_at', type: 'time' },
  expiresAt: { name: 'expires_at', type: 'time' },
  refusedBefore: { name: 'refused_before', type: 'boolean' },
  url: { name: 'url', type: 'string' },
  finalUrl: { name: 'final_url', type: 'string' },
  proof: { name: 'proof', type: 'boolean' },
  interactive: { name: 'interactive', type: 'boolean' },
};

/** @param {object | undefined} sent */
function sentOf(sent) {
  if (sent === undefined || sent === null) return '{}';
  if (typeof sent !== 'object') throw new TypeError('expected `sent` as an object');
  const json = {};
  for (const [key, value] of Object.entries(sent)) {
    const member = Object.hasOwn(MEMBERS, key) ? MEMBERS[key] : undefined;
    if (member === undefined) {
      throw new TypeError(`expected \`sent\` without \`${key}\`; it has ${Object.keys(MEMBERS).join(', ')}`);
    }
    if (value === undefined || value === null) continue;
    if (member.type === 'time') json[member.name] = decimalOf(value, key);
    else if (typeof value !== member.type) throw new TypeError(`expected \`${key}\` of \`sent\` as a ${member.type}`);
    else if (member.type === 'number' && !(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
      throw new RangeError(`expected \`${key}\` of \`sent\` as a count, found ${value}`);
    } else json[member.name] = value;
  }
  return jsonText(json);
}

module.exports = { sentOf };
