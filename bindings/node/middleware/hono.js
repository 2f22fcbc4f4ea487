'use strict';
// Hono, on Node.

const { Guard, MEDIA_TYPE, allowFields, joined, peerOf, refusal } = require('../lib/guard.js');
const { TooLarge, isFormType } = require('../lib/form.js');

function doorward(engine, options) {
  const guard = new Guard(engine, options);
  return async function doorward(c, next) {
    let decision;
    try {
      const request = c.req.raw;
      // @hono/node-server passes on what came in; a Request has joined lines and tidied the path.
      const incoming = c.env?.incoming;
      const peer = peerOf(incoming);
      const body = engine.readsBody && isFormType(request.headers.get('content-type') ?? '')
        ? await readForm(request, guard.formLimit) : undefined;
      const { pathname, search } = new URL(request.url);
      const target = incoming?.url ?? pathname + search;
      decision = guard.ask(request.method, target, incoming?.rawHeaders ?? request.headers, peer, body);
      // Hono has chosen its handlers by the path of the Request.
      if (decision.allowed && decision.path !== pathname) decision = guard.ambiguous(request.method);
    } catch (error) {
      return respond(c, guard.failure(error));
    }
    c.set('doorward', decision);
    if (!decision.allowed) return respond(c, refusal(decision));
    await next();
    for (const [name, value] of allowFields(decision)) c.header(name, joined(c.res.headers.get(name), value));
  };
}

/** Reads a copy of the body; the application reads the other one. */
async function readForm(request, limit) {
  if (request.body === null) return new Uint8Array();
  const chunks = [];
  let length = 0;
  const reader = request.clone().body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > limit) {
      reader.cancel().catch(() => {}); // nobody waits for it: it ends when the other copy is read or dropped
      throw new TooLarge();
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks, length);
}

function respond(c, { status, headers, body }) {
  const fields = new Headers({ 'Content-Type': MEDIA_TYPE });
  for (const [name, value] of headers) fields.append(name, value);
  return new Response(c.req.method === 'HEAD' ? null : body, { status, headers: fields });
}

module.exports = { doorward };
