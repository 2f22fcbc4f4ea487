// The whole table of decisions, held against what its cases expect: a test for every file.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { answers, lines, time } from './table.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../tests/cases');
const FILES = readdirSync(ROOT, { recursive: true }).filter((name) => name.endsWith('.json')).sort();

/** What a case may expect of each, and how it is compared. */
const SAME = ['outcome', 'status', 'reason', 'recovery', 'challenges', 'headers', 'may_resend', 'retry_after', 'signal', 'concealed', 'grounds', 'path', 'route'];
const WITHIN = ['principal', 'context'];

let compared = 0;
let diagnosed = 0;

describe('the table of decisions', () => {
  for (const file of FILES) {
    it(file, () => {
      for (const { name, entry, decision, diagnosis, error } of answers(ROOT, file)) {
        if (diagnosis !== undefined) {
          checkDiagnosis(name, entry.expect, diagnosis.toJSON());
          diagnosed += 1;
        } else if (decision === undefined) checkErrors(name, entry, error);
        else checkAnswer(name, entry.expect, decision.toJSON());
        compared += 1;
      }
    });
  }

  it('has more than a thousand cases, and more than a hundred and twenty of the caller’s side', () => {
    assert.ok(FILES.length > 30 && compared > 1000, `${FILES.length} files, ${compared} cases`);
    assert.ok(diagnosed >= 120, `${diagnosed} answers`);
  });

  it('times are read to the last digit', () => {
    assert.equal(time('1795387460.999999999'), 1_795_387_460_999_999_999n);
    assert.equal(time('2026-11-22T23:43:51.5+01:00'), 1_795_387_431_500_000_000n);
    assert.equal(time('2026-11-22t22:43:51z'), 1_795_387_431_000_000_000n);
    assert.equal(time(1795387431.5), 1795387431.5);
  });
});

function checkAnswer(name, expect, answer) {
  for (const [field, expected] of Object.entries(expect)) {
    if (SAME.includes(field)) {
      assert.deepEqual(answer[field], expected, `${name}: ${field}`);
    } else {
      assert.ok(WITHIN.includes(field), `${name}: what is ${field}?`);
      if (expected === null) assert.equal(answer[field], null, `${name}: ${field}`);
      else for (const [part, value] of Object.entries(expected)) assert.deepEqual(answer[field]?.[part], value, `${name}: ${field}.${part}`);
    }
  }
}

/** `none` says that the answer refuses nobody; of `demand` and `skew` the given members are compared. */
function checkDiagnosis(name, expect, answer) {
  for (const [field, expected] of Object.entries(expect)) {
    const found = answer[field];
    assert.notEqual(found, undefined, `${name}: what is ${field}?`);
    if (field === 'diagnosis') assert.equal(found ?? 'none', expected, `${name}: ${answer.summary}`);
    else if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
      for (const [part, value] of Object.entries(expected)) assert.deepEqual(found?.[part], value, `${name}: ${field}.${part}`);
    } else assert.deepEqual(found, expected, `${name}: ${field}`);
  }
}

function checkErrors(name, { error: one, errors: all }, thrown) {
  assert.ok(thrown !== undefined, `${name}: the policy loads`);
  const meets = (expected, found) => `${found.message}${found.help === null ? '' : `: ${found.help}`}`.includes(expected.contains ?? '')
    && (expected.place ?? found.place) === found.place
    && (expected.line ?? found.line) === found.line && (expected.column ?? found.column) === found.column;
  const said = `${name}:\n${thrown.message}`;
  if (one !== undefined) assert.ok(thrown.errors.some((found) => meets(one, found)), said);
  else assert.ok(all.length === thrown.errors.length && all.every((expected, i) => meets(expected, thrown.errors[i])), said);
  if (thrown.errors.every((fault) => fault.file === null)) assert.equal(thrown.message, lines(thrown).join('\n'));
}
