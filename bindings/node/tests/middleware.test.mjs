// Every middleware in its real framework, over real connections.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Engine } from '../index.mjs';
import { frameworks } from './frameworks.mjs';
import { bearer, engine, form, mint, policy, send } from './support.mjs';

const ORDER = '/v1/orders/7';
const AMBIGUOUS = '{"status":400,"outcome":"bad_request"}';

for (const [name, { run, rewrites, tidies = false }] of Object.entries(frameworks)) {
  describe(name, () => {
    const on = (use, options, other = engine) => run(other, options, use);

    it('a good token is let in and its caller is known', () => on(async (port) => {
      const answer = await send(port, `${ORDER}?x=1`, { headers: [bearer({ sub: 'svc-b' })] });
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json(), { path: `${ORDER}?x=1`, subject: 'svc-b', form: null });
    }));

    it('a fetch gets in as well', () => on(async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}${ORDER}`, { headers: [bearer()] });
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).subject, 'svc-a');
    }));

    it('no credential is 401 with a challenge and a small body', () => on(async (port) => {
      const answer = await send(port, ORDER);
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.all('www-authenticate'), ['Bearer realm="orders"']);
      assert.deepEqual(answer.all('content-type'), ['application/json']);
      assert.equal(answer.body,
        '{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}');
    }));

    it('a policy that discloses nothing keeps the reason to itself', () => on(async (port) => {
      const answer = await send(port, ORDER, { headers: [bearer({ exp: 1 })] });
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.all('www-authenticate'), ['Bearer realm="orders", error="invalid_token"']);
      assert.equal(answer.body, '{"status":401,"outcome":"unauthenticated"}');
    }, undefined, Engine.fromPolicy(policy({ disclosure: 'none' }))));

    it('HEAD is refused without a body', () => on(async (port) => {
      const answer = await send(port, ORDER, { method: 'HEAD' });
      assert.equal(answer.status, 401);
      assert.equal(answer.body, '');
      assert.deepEqual(answer.all('www-authenticate'), ['Bearer realm="orders"']);
    }));

    it('two Authorization lines are seen although Node keeps one', () => on(async (port) => {
      const answer = await send(port, ORDER, { headers: [bearer(), ['X-Between', 'x'], bearer({ sub: 'svc-b' })] });
      assert.equal(answer.status, 400);
      assert.equal(answer.json().reason, 'credentials_ambiguous');
    }));

    it('an expired token is 401 and says refresh', () => on(async (port) => {
      const answer = await send(port, ORDER, { headers: [bearer({ exp: 1 })] });
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.json(),
        { status: 401, outcome: 'unauthenticated', reason: 'token_expired', recovery: 'refresh_credential' });
    }));

    it('a scope too few is 403', () => on(async (port) => {
      const answer = await send(port, `${ORDER}/refund`, { method: 'POST', headers: [bearer(), ['Content-Length', '0']] });
      assert.equal(answer.status, 403);
      assert.equal(answer.json().reason, 'scope_insufficient');
    }));

    it('an open route needs no token', () => on(async (port) => {
      const answer = await send(port, '/open/page');
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json(), { path: '/open/page', subject: null, form: null });
    }));

    it('a path that can be read in two ways is 400', () => on(async (port) => {
      for (const path of ['/open/..%2Fv1/orders/7', '/open//page', '/open/%2e%2e;/v1', '/open/a%00']) {
        const answer = await send(port, path);
        assert.equal(answer.status, 400, path);
        assert.equal(answer.json().outcome, 'bad_request', path);
      }
    }));

    it('the application sees the path that was judged, or the request is refused', () => on(async (port) => {
      for (const [path, judged, dots] of [
        ['/open/p%61ge?q=%61', '/open/page?q=%61', false],
        ['/open/x/../page', '/open/page', true],
        ['/open/%2E/page', '/open/page', true],
        ['/open/caf%c3%a9', '/open/caf%C3%A9', false],
      ]) {
        const answer = await send(port, path);
        if (rewrites || (tidies && dots)) {
          assert.equal(answer.status, 200, path);
          assert.equal(answer.json().path, judged);
        } else {
          assert.equal(answer.status, 400, path);
          assert.equal(answer.body, AMBIGUOUS);
        }
      }
    }));

    it('no spelling of a guarded path gets by as an open one', () => on(async (port) => {
      for (const path of ['/open/../v1/orders/7', '/open/%2e%2e/v1/orders/7', '/%761/orders/7', '/v1/x/../orders/7', '/v1/orders/%37']) {
        const answer = await send(port, path);
        assert.ok(answer.status === 401 || answer.status === 403, `${path}: ${answer.status}`);
      }
    }));

    it('an absolute target is 400, whoever sends it', () => on(async (port) => {
      for (const target of [`http://api.example${ORDER}`, 'http://api.example/open/page', 'http://h/open/../open/page']) {
        for (const headers of [[], [bearer()]]) {
          const answer = await send(port, target, { headers });
          assert.equal(answer.status, 400, target);
          assert.equal(answer.body, AMBIGUOUS);
        }
      }
    }));

    it('a token in the query makes the answer private', () => on(async (port) => {
      const answer = await send(port, `${ORDER}?access_token=${mint()}`);
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.all('cache-control'), ['private']);
      assert.deepEqual((await send(port, ORDER, { headers: [bearer()] })).all('cache-control'), []);
    }));

    it('it stays private where the application has its own Cache-Control', () => on(async (port) => {
      const cached = `${ORDER}?cached=1`;
      assert.deepEqual((await send(port, `${cached}&access_token=${mint()}`)).all('cache-control'), ['public, max-age=60, private']);
      assert.deepEqual((await send(port, cached, { headers: [bearer()] })).all('cache-control'), ['public, max-age=60']);
    }));

    it('a token in a form is taken, and the application still gets the form', () => on(async (port) => {
      const token = mint({ sub: 'svc-f' });
      const request = form({ access_token: token, note: 'a b' });
      const answer = await send(port, ORDER, request);
      assert.equal(answer.status, 200, answer.body);
      const { subject, form: got } = answer.json();
      assert.equal(subject, 'svc-f');
      assert.equal(got, request.body);
    }));

    it('a form in chunks is taken as well', () => on(async (port) => {
      const { body } = form({ access_token: mint({ sub: 'svc-f' }) });
      const half = body.slice(0, 9);
      const rest = body.slice(9);
      const answer = await send(port, ORDER, {
        method: 'POST',
        headers: [['Content-Type', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'], ['Transfer-Encoding', 'chunked']],
        body: `${half.length.toString(16)}\r\n${half}\r\n${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`,
      });
      assert.equal(answer.status, 200, answer.body);
      assert.equal(answer.json().form, body);
    }));

    it('an empty form is no credential', () => on(async (port) => {
      assert.equal((await send(port, ORDER, form({}))).status, 401);
      const answer = await send(port, ORDER, form({}, [bearer()]));
      assert.equal(answer.status, 200);
    }));

    it('a form beside a header is two credentials', () => on(async (port) => {
      const answer = await send(port, ORDER, form({ access_token: mint() }, [bearer()]));
      assert.equal(answer.status, 400);
      assert.equal(answer.json().reason, 'credentials_ambiguous');
    }));

    it('a form beyond the limit is 413', () => on(async (port) => {
      const answer = await send(port, ORDER, form({ note: 'x'.repeat(200), access_token: mint() }));
      assert.equal(answer.status, 413);
      assert.equal(answer.body, '{"status":413,"outcome":"bad_request"}');
    }, { formLimit: 100 }));

    it('a form may be as long as its longest token, escaped, and what stands beside it', async () => {
      const large = Engine.fromPolicy(policy({ max_credential: 16_384 }));
      const limit = 3 * 16_384 + 65_536;
      await on(async (port) => {
        const request = form({ access_token: mint({ sub: 'svc-f' }), note: '' });
        const long = (length) => ({
          ...request, headers: [request.headers[0], ['Content-Length', String(length)]], body: request.body.padEnd(length, 'x'),
        });
        const answer = await send(port, ORDER, long(limit));
        assert.equal(answer.status, 200, answer.body);
        assert.equal(answer.json().form.length, limit);
        assert.equal((await send(port, ORDER, long(limit + 1))).status, 413);
      }, undefined, large);
    });

    it('failures are counted by the connection, and nothing that a client writes changes it', async () => {
      const limited = Engine.fromPolicy(policy({ limit: { failures: 2, per: '1m', by: 'peer' } }));
      await on(async (port) => {
        const headers = (i) => [['Authorization', 'Bearer x.y.z'], ['X-Forwarded-For', `192.0.2.${i}`], ['Forwarded', `for=192.0.2.${i}`]];
        const answers = [];
        for (let i = 0; i < 3; i += 1) answers.push(await send(port, ORDER, { headers: headers(i) }));
        assert.deepEqual(answers.map(({ status }) => status), [401, 401, 429]);
        assert.match(answers[2].all('retry-after').join(), /^\d+$/);
        assert.equal(answers[2].json().reason, 'too_many_failures');
      }, undefined, limited);
    });

    it('a policy that is loaded anew is followed at once', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'doorward-reload-'));
      try {
        const path = join(folder, 'policy.json');
        const first = policy({ max_credential: 1000 });
        delete first.issuers.corp.token_in;
        writeFileSync(path, JSON.stringify(first));
        const changing = Engine.fromFile(path);
        await on(async (port) => {
          const request = form({ note: 'x'.repeat(80_000), access_token: mint({ sub: 'svc-f' }) });
          assert.equal((await send(port, ORDER, request)).status, 401);
          writeFileSync(path, JSON.stringify(policy({ max_credential: 8000 })));
          changing.reload();
          const answer = await send(port, ORDER, request);
          assert.equal(answer.status, 200, answer.body);
          assert.equal(answer.json().form, request.body);
          // The hooks of a framework are there whatever the policy was when they were put in.
          assert.equal((await send(port, ORDER, form({}, [bearer()]))).status, 200);
        }, undefined, changing);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('another body is left alone', () => on(async (port) => {
      const body = '{"access_token":"x"}';
      const answer = await send(port, ORDER, {
        method: 'POST', headers: [bearer(), ['Content-Type', 'text/plain'], ['Content-Length', String(body.length)]], body,
      });
      assert.ok(answer.status === 200 || answer.status === 415, String(answer.status)); // Fastify has no parser for it
    }));

    it('when deciding fails the answer is 500 and nobody gets in', async () => {
      const faults = [];
      const broken = { readsBody: false, decide() { throw new Error('no decision today'); } };
      await on(async (port) => {
        const answer = await send(port, '/open/page', { headers: [bearer()] });
        assert.equal(answer.status, 500);
        assert.equal(answer.body, '{"status":500,"outcome":"unavailable"}');
      }, { onError: (error) => faults.push(error.message) }, broken);
      assert.deepEqual(faults, ['no decision today']);
    });

    it('a clock that fails is no way in either', () => on(async (port) => {
      assert.equal((await send(port, '/open/page')).status, 500);
    }, { now: () => Number.NaN, onError: () => { throw new Error('and this fails too'); } }));
  });
}
