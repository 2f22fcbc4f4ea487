'use strict';
// JSON text for the native module, which takes no half of a surrogate pair.

/** @param {object} value */
function jsonText(value) {
  return JSON.stringify(value, (name, member) => (typeof member === 'string' ? member.toWellFormed() : member));
}

module.exports = { jsonText };
