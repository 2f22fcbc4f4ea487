'use strict';
// Form bodies, where a policy takes tokens from them: read for the decision, and left in place for the application.

const FORM = 'application/x-www-form-urlencoded';

/** A form that is longer than anybody needs for a token. */
class TooLarge extends Error {}

/** Whether any line says that the body is a form. */
function isForm(rawHeaders) {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i].length === 12 && rawHeaders[i].toLowerCase() === 'content-type'
      && isFormType(rawHeaders[i + 1])) return true;
  }
  return false;
}

/** Whether a value of Content-Type names a form, whatever its parameters. */
function isFormType(value) {
  return value.split(/[;,]/).some((part) => part.trim().toLowerCase() === FORM);
}

/**
 * Reads the body of an `IncomingMessage` to its end and puts it back, so that whoever reads it next finds all of it.
 * @param {import('node:http').IncomingMessage} req
 * @param {number} limit in bytes
 * @returns {Promise<Buffer>}
 */
function readForm(req, limit) {
  return new Promise((resolve, reject) => {
    if (req.readableEnded || req.readableFlowing === true || req.readableEncoding !== null) {
      reject(new Error('the form was read before doorward could: put doorward before what parses bodies'));
      return;
    }
    const chunks = [];
    let length = 0;
    const stop = () => {
      req.off('readable', more);
      req.off('end', done);
      req.off('error', broken);
      req.off('close', broken);
    };
    const broken = (error) => {
      stop();
      reject(error ?? new Error('the request ended before its form did'));
    };
    const more = () => {
      for (let chunk = req.read(); chunk !== null; chunk = req.read()) {
        length += chunk.length;
        if (length > limit) {
          stop();
          reject(new TooLarge());
          return;
        }
        chunks.push(chunk);
      }
      // Everything is there: it goes back before the stream can say that it has ended.
      if (req.complete) done();
    };
    const done = () => {
      stop();
      const body = Buffer.concat(chunks, length);
      if (length !== 0) req.unshift(body);
      resolve(body);
    };
    req.on('readable', more);
    req.on('end', done);
    req.on('error', broken);
    req.on('close', broken);
    more();
  });
}

module.exports = { TooLarge, isForm, isFormType, readForm };
