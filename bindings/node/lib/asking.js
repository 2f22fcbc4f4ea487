'use strict';
// Whose source is being asked: what a source sends through its own caller would wait for the credential that waits for it.

const { AsyncLocalStorage } = require('node:async_hooks');

/** @typedef {{ caller: object, outer: Asking | undefined, over: boolean }} Asking */

/** @type {AsyncLocalStorage<Asking>} */
const askings = new AsyncLocalStorage();

/**
 * Calls a source for a caller. What it leaves behind when it has answered, a timer say, is free again.
 * @template T
 * @param {object} caller
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
function asking(caller, ask) {
  const now = { caller, outer: current(askings.getStore()), over: false };
  return askings.run(now, ask).finally(() => {
    now.over = true;
  });
}

/** Whether this is done for a source that somebody asks for this very caller. */
function isAsking(caller) {
  let asked = current(askings.getStore());
  while (asked !== undefined && asked.caller !== caller) asked = current(asked.outer);
  return asked !== undefined;
}

/** Those that are over are let go, so that no chain of them grows. */
function current(asked) {
  let found = asked;
  while (found?.over) found = found.outer;
  return found;
}

module.exports = { asking, isAsking };
