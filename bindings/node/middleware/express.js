'use strict';
// Express, and routers that call middlewares as it does.

const { Guard, addFields, isTarget, refusal, send, settled } = require('../lib/guard.js');

const REWRITTEN = 'the URL was rewritten before doorward saw it: put doorward first';

function doorward(engine, options) {
  const guard = new Guard(engine, options);
  return function doorward(req, res, next) {
    const url = req.originalUrl ?? req.url;
    const mounted = url !== req.url;
    if (mounted && isTarget(url) && !isMount(url, req)) {
      send(res, guard.failure(new Error(REWRITTEN)));
      return;
    }
    // Where the router has chosen a mount or a route by the path that came, it will not choose again.
    const movable = !mounted && (req.route === undefined || req.route === null);
    guard.judge(req, url, movable, (decision) => {
      req.doorward = decision;
      if (!decision.allowed) {
        send(res, refusal(decision));
        return;
      }
      const seen = settled(decision, url);
      if (seen !== null) {
        req.url = seen;
        req.originalUrl = seen; // proxies forward this one
      }
      addFields(res, decision);
      next();
    }, (answer) => send(res, answer));
  };
}

/** Whether `req.url` is the rest of `url` behind the path that a router is mounted at. */
function isMount(url, { baseUrl, url: rest }) {
  if (typeof baseUrl !== 'string') return false;
  // Express puts a slash before a rest that has none: `/api?x` at `/api` becomes `/?x`.
  return url === baseUrl + rest || (rest.startsWith('/') && url === baseUrl + rest.slice(1));
}

module.exports = { doorward };
