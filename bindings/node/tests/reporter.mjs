// Ends a run with one line that says how many tests passed, failed and were skipped.

/** @param {AsyncIterable<{ type: string, data: { message?: string, nesting?: number } }>} events */
export default async function* reporter(events) {
  const counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  for await (const { type, data } of events) {
    const [, name, number] = (type === 'test:diagnostic' && /^(\w+) (\d+)$/.exec(data.message)) || [];
    if (name in counts) counts[name] += Number(number);
  }
  const failed = counts.fail + counts.cancelled;
  yield `test result: ${failed === 0 ? 'ok' : 'FAILED'}. ${counts.pass} passed; ${failed} failed; ${counts.skipped + counts.todo} ignored\n`;
}
