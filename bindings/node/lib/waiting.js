'use strict';
// Waiting that an AbortSignal ends.

/**
 * Waits for a promise, no longer than the signal lets it; the promise itself goes on, since others wait for it too.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
function within(promise, signal) {
  if (signal === undefined || signal === null) return promise;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 */
function pause(milliseconds, signal) {
  let timer;
  const over = new Promise((resolve) => { timer = setTimeout(resolve, milliseconds); });
  return within(over, signal).finally(() => clearTimeout(timer));
}

module.exports = { pause, within };
