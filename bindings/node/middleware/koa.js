'use strict';
// Koa.

const { Guard, MEDIA_TYPE, addFields, isTarget, refusal, setFields, settled } = require('../lib/guard.js');

function doorward(engine, options) {
  const guard = new Guard(engine, options);
  return async function doorward(ctx, next) {
    const url = ctx.originalUrl;
    // A router that is mounted somewhere has taken its prefix off.
    const mounted = url !== ctx.url;
    let decision;
    try {
      if (mounted && isTarget(url) && !url.endsWith(ctx.url)) {
        throw new Error('the URL was rewritten before doorward saw it: put doorward first');
      }
      decision = await guard.decide(ctx.req, url, !mounted);
    } catch (error) {
      answer(ctx, guard.failure(error));
      return;
    }
    ctx.state.doorward = decision;
    if (!decision.allowed) {
      answer(ctx, refusal(decision));
      return;
    }
    const seen = settled(decision, url);
    if (seen !== null) {
      ctx.url = seen;
      ctx.originalUrl = seen;
      ctx.request.originalUrl = seen;
    }
    addFields(ctx.res, decision);
    await next();
  };
}

function answer(ctx, { status, headers, body }) {
  ctx.status = status;
  setFields(headers, (name, value) => ctx.set(name, value));
  ctx.set('Content-Type', MEDIA_TYPE);
  ctx.body = body;
}

module.exports = { doorward };
