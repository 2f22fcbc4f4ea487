'use strict';
// Freezing all the way down.

/** What is read is kept and handed out more than once: nobody may change it for others. */
function frozen(value) {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

module.exports = { frozen };
