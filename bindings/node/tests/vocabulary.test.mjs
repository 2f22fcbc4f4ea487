// The generated tables and types say what the core says, word for word.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CLUES, OUTCOMES, REASONS, RECOVERIES, SIGNALS, Engine } from '../index.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const reasons = JSON.parse(read('../../../crates/doorward/reasons.json'));
const vocabulary = JSON.parse(read('../../../crates/doorward/vocabulary.json'));
const types = read('../index.d.ts');

/** The members of a union in index.d.ts. */
const union = (name) => [...new RegExp(`export type ${name} =\\n((?:  \\| .*\\n)+)`).exec(types)[1].matchAll(/'(.*)'/g)].map(([, code]) => code);

describe('vocabulary', () => {
  it('every reason is there, with its facts', () => {
    assert.deepEqual(Object.keys(REASONS), reasons.map(({ code }) => code));
    for (const reason of reasons) {
      const { wireError, mayResend, ...rest } = REASONS[reason.code];
      for (const [name, value] of Object.entries(rest)) assert.deepEqual(value, reason[name], `${reason.code}.${name}`);
      assert.deepEqual([wireError, mayResend], [reason.wire_error, reason.may_resend]);
    }
    assert.ok(Object.isFrozen(REASONS) && Object.values(REASONS).every(Object.isFrozen));
  });

  it('the other words are there', () => {
    assert.deepEqual(OUTCOMES, vocabulary.outcomes);
    assert.deepEqual(SIGNALS, vocabulary.signals);
    assert.deepEqual(RECOVERIES, vocabulary.recoveries.map(({ code }) => code));
    assert.deepEqual(CLUES, Object.fromEntries(vocabulary.clues.map(({ code, sentence }) => [code, sentence])));
  });

  it('a decision advises as the table does', () => {
    const refused = Engine.fromPolicy({ routes: [] }).decide({ method: 'GET', url: '/' });
    const { advice } = reasons.find(({ code }) => code === refused.reason);
    assert.equal(refused.advice, advice);
  });

  it('the unions of the types have the same words, and are open', () => {
    for (const [name, codes] of [
      ['Reason', reasons.map(({ code }) => code)], ['Recovery', vocabulary.recoveries.map(({ code }) => code)],
      ['Outcome', vocabulary.outcomes], ['Signal', vocabulary.signals], ['Disclosure', vocabulary.disclosures],
      ['Grounds', vocabulary.grounds], ['CredentialKind', vocabulary.credential_kinds], ['WireError', vocabulary.wire_errors],
      ['Clue', vocabulary.clues.map(({ code }) => code)], ['Confidence', vocabulary.confidences], ['Origin', vocabulary.origins],
      ['Retry', vocabulary.retries],
    ]) {
      assert.deepEqual(union(name), codes, name);
      assert.match(types, new RegExp(`export type ${name} =\\n(  \\| '.*'\\n)+  \\| \\(string & \\{\\}\\);\\n`));
    }
  });

  it('numbers fit into the place that a decision has for them', () => {
    assert.ok(reasons.every(({ number, status }) => number < 2 ** 13 && status < 2 ** 10));
    assert.ok(vocabulary.outcomes.length <= 8);
  });
});
