'use strict';
// Why an engine is not ready: issuers whose keys have not come in time.

class NotReadyError extends Error {
  /** @param {{ text: string, issuers: object[] }} missing as the native module tells it */
  constructor({ text, issuers }) {
    super(text);
    Object.defineProperty(this, 'issuers', { value: Object.freeze(issuers.map(Object.freeze)), enumerable: true });
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'NotReadyError', configurable: true, writable: true });
  }
}

module.exports = { NotReadyError };
