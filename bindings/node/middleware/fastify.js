'use strict';
// Fastify 5.

const { Readable } = require('node:stream');
const { Guard, MEDIA_TYPE, addFields, refusal, setFields, settled } = require('../lib/guard.js');

function doorward(instance, { engine, formLimit, now, onError }, done) {
  const guard = new Guard(engine, { formLimit, now, onError });
  instance.decorateRequest('doorward', null);
  instance.addHook('onRequest', (request, reply, next) => {
    const { url } = request.raw; // what the router has seen
    // The route is chosen. With `rewriteUrl` it is chosen by the normalised path, and there is nowhere to move to.
    guard.judge(request.raw, url, false, (decision) => {
      request.doorward = decision;
      if (!decision.allowed) {
        send(request, reply, refusal(decision));
        return;
      }
      addFields(reply.raw, decision);
      next();
    }, (answer) => send(request, reply, answer));
  });
  // Fastify waits for the end of a stream, also of one that has ended: what was read for its token and was empty.
  // Whether forms are read may change with the policy.
  instance.addHook('preParsing', (request, reply, payload, next) => {
    next(null, engine.readsBody && payload.readableEnded ? Readable.from([]) : payload);
  });
  done();
}

// As fastify-plugin does: the hook holds for the whole instance, not only inside this plugin.
doorward[Symbol.for('skip-override')] = true;
doorward[Symbol.for('fastify.display-name')] = 'doorward';
doorward[Symbol.for('plugin-meta')] = { name: 'doorward', fastify: '5.x' };

function rewriteUrl(engine) {
  const guard = new Guard(engine);
  return function rewriteUrl(req) {
    const { url } = req;
    try {
      // Whoever calls, the path is the same; without a credential there is nothing to verify.
      const decision = guard.ask(req.method, url, []);
      return decision.path === '' ? url : settled(decision, url) ?? url;
    } catch {
      return url; // the hook comes to the same fault, and answers
    }
  };
}

function send(request, reply, { status, headers, body }) {
  reply.code(status);
  setFields(headers, (name, value) => reply.header(name, value));
  reply.header('Content-Type', MEDIA_TYPE);
  // As bytes, to which Fastify adds no charset.
  reply.send(request.method === 'HEAD' ? undefined : Buffer.from(body));
}

module.exports = { doorward, rewriteUrl };
