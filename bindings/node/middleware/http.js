'use strict';
// Plain `http`, `https` and the compatible side of `http2`.

const { Guard, addFields, peerOf, refusal, send, settled } = require('../lib/guard.js');

function doorward(engine, handler, options) {
  const guard = new Guard(engine, options);
  if (typeof handler !== 'function') throw new TypeError('expected a request handler');
  return function guarded(req, res) {
    const { url } = req;
    guard.judge(req, url, true, (decision) => {
      req.doorward = decision;
      if (!decision.allowed) {
        send(res, refusal(decision));
        return;
      }
      req.url = settled(decision, url) ?? url;
      addFields(res, decision);
      handler(req, res);
    }, (answer) => send(res, answer));
  };
}

function decide(engine, req) {
  const { method, url, rawHeaders } = req;
  const decision = new Guard(engine).ask(method, url, rawHeaders, peerOf(req));
  if (decision.allowed) req.url = settled(decision, url) ?? url;
  return decision;
}

module.exports = { decide, doorward };
