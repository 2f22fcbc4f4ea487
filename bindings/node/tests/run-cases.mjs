// Prints the answer to every case of the given files as one JSON line: node run-cases.mjs ROOT FILE…
import { writeSync } from 'node:fs';
import { answers, lines } from './table.mjs';

const [root, ...files] = process.argv.slice(2);
if (root === undefined || files.length === 0) {
  console.error('usage: node run-cases.mjs ROOT FILE…');
  process.exit(2);
}
for (const file of files) {
  for (const { name, decision, diagnosis, error } of answers(root, file)) {
    if (diagnosis !== undefined) print(JSON.stringify({ case: name, diagnosis }));
    else print(decision === undefined ? JSON.stringify({ case: name, errors: lines(error) })
      : `{"case":${JSON.stringify(name)},"answer":${
        JSON.stringify(decision).slice(0, -1)},"claims":${claims(decision.principal)}}}`);
  }
}

/**
 * As they were signed, since a number of twenty digits would not survive JSON.parse; but on one line, and `null` where a number
 * is beyond all doubles, since other readers of JSON stop there.
 */
function claims(principal) {
  if (principal === null || !finite(principal.claims)) return 'null';
  return principal.claimsText.replace(/[\r\n]/g, ' ');
}

function finite(value) {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(finite);
  return typeof value !== 'number' || Number.isFinite(value);
}

/** To its last byte, also into a pipe that is full for the moment. */
function print(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
