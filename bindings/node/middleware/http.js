'use strict';
// Plain `http`, `https` and the compatible side of `http2`.

const { Guard, allowFields, refusal, send, setFields, settled } = require('../lib/guard.js');

function doorward(engine, handler, options) {
  const guard = new Guard(engine, options);
  if (typeof handler !== 'function') throw new TypeError('expected a request handler');
  return function guarded(req, res) {
    const { url } = req;
    guard.judge(req, url, (decision) => {
      req.doorward = decision;
      if (!decision.allowed) {
        send(res, refusal(decision));
        return;
      }
      const seen = settled(decision, url);
      if (seen !== null) req.url = seen;
      setFields(allowFields(decision), (name, value) => res.setHeader(name, value));
      handler(req, res);
    }, (answer) => send(res, answer));
  };
}

function decide(engine, req) {
  return new Guard(engine).ask(req.method, req.url, req.rawHeaders);
}

module.exports = { decide, doorward };
