// What a caller never does: send a credential elsewhere, wait for ever, tell a secret, or keep quiet about an attack.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import * as undici from 'undici';
import { Caller, CredentialUnobtainable, SourceError } from '../index.mjs';
import { diagnoseResponse, diagnosisOf, withCredential } from '../client/fetch.mjs';
import { interceptor } from '../client/undici.mjs';
import { CLIENTS, accepting, counting, refuse, serve } from './refusing.mjs';

const { Agent, interceptors, request } = undici;

describe('redirects', { timeout: 30_000 }, () => {
  /** One service that sends everybody to another. */
  async function two(status = 302) {
    const other = await serve((req, res) => {
      if (req.headers.authorization !== undefined) res.end('leaked');
      else res.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="other"' }).end();
    });
    const home = await serve((req, res) => {
      if (req.url === '/away') res.writeHead(status, { Location: `${other.url}/there` }).end();
      else if (req.url === '/around') res.writeHead(status, { Location: '/here' }).end();
      else if (req.url === '/for-ever') res.writeHead(status, { Location: '/for-ever' }).end();
      else accepting('a')(req, res);
    });
    return { home, other };
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`${status} to another origin goes without the credential, and without the proof`, async () => {
      const { home, other } = await two(status);
      const fetch = withCredential(counting('a'), { proof: () => 'proof' });
      const headers = { 'X-One': '1', Cookie: 'session=1', 'Proxy-Authorization': 'Basic eA==' };
      const response = await fetch(`${home.url}/away`, { method: 'POST', body: 'body', headers });
      assert.equal(response.status, 401);
      assert.equal(response.redirected, true);
      assert.equal(response.url, `${other.url}/there`);
      const [there] = other.seen;
      for (const name of ['authorization', 'dpop', 'cookie', 'proxy-authorization']) assert.equal(there.headers[name], undefined, name);
      assert.deepEqual([there.headers['x-one'], home.seen[0].headers.cookie], ['1', 'session=1']);
      assert.deepEqual([there.method, there.text], status < 307 ? ['GET', ''] : ['POST', 'body']);
      assert.equal(there.headers['content-type'] === undefined, status < 307);
      assert.equal(diagnosisOf(response).reason, 'credential_withheld');
      assert.equal(home.seen.length, 1);
    });

    it(`${status} within the origin keeps it`, async () => {
      const { home } = await two(status);
      const response = await withCredential(counting('a'))(`${home.url}/around`);
      assert.deepEqual([response.status, response.redirected, response.url], [200, true, `${home.url}/here`]);
    });
  }

  it('a stream is not sent to a second place, and a part of one not for the whole', async () => {
    const { home, other } = await two(307);
    const server = await serve(() => {});
    server.server.removeAllListeners('request').on('request', (req, res) => res.writeHead(307, { Location: other.url }).end());
    const fetch = withCredential(counting('a'), { origins: [home.url, server.url] });
    let pulled = 0;
    const endless = () => new ReadableStream({
      async pull(controller) {
        pulled += 1;
        await pause(20);
        controller.enqueue(Buffer.from('part'));
      },
    });
    await assert.rejects(fetch(server.url, { method: 'POST', body: endless(), duplex: 'half' }), TypeError);
    await assert.rejects(fetch(new Request(server.url, { method: 'POST', body: endless(), duplex: 'half' })), TypeError);
    assert.equal(other.seen.length, 0);
    await pause(200);
    const before = pulled;
    await pause(200);
    assert.equal(pulled, before);
  });

  it('with undici, where the interceptor comes before `redirect`', async () => {
    const { home, other } = await two();
    const agent = new Agent().compose(interceptor(counting('a')), interceptors.redirect({ maxRedirections: 3 }));
    const answer = await request(`${home.url}/away`, { dispatcher: agent });
    await answer.body.dump();
    assert.equal(answer.statusCode, 401);
    assert.equal(other.seen[0].headers.authorization, undefined);
    await agent.destroy();
  });

  it('to a page for signing in: the answer is its page, and the diagnosis says so', async () => {
    const page = await serve((req, res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('<form>'));
    const home = await serve((req, res) => res.writeHead(302, { Location: `${page.url}/login` }).end());
    const response = await withCredential(counting('a'))(home.url);
    assert.deepEqual([response.status, await response.text(), diagnosisOf(response).reason], [200, '<form>', 'sign_in_offered']);
    assert.equal(page.seen[0].bearer, undefined);
  });

  it('are followed as the request says', async () => {
    const { home } = await two();
    const fetch = withCredential(counting('a'));
    assert.equal((await fetch(`${home.url}/away`, { redirect: 'manual' })).status, 302);
    await assert.rejects(fetch(`${home.url}/away`, { redirect: 'error' }), TypeError);
    await assert.rejects(fetch(`${home.url}/for-ever`), (error) => error.cause.message === 'redirect count exceeded');
    assert.equal(home.seen.filter(({ url }) => url === '/for-ever').length, 21);
  });
});

describe('origins', { timeout: 30_000 }, () => {
  it('a credential goes to the first origin that was asked, or to those that were named', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => serve((req, res) => res.end(req.headers.authorization ?? 'none'))));
    const fetch = withCredential(counting('a'));
    assert.equal(await (await fetch(`${one.url}/`)).text(), 'Bearer a');
    await assert.rejects(fetch(`${two.url}/`), { name: 'TypeError', message: /name both in `origins`/ });
    const both = withCredential(counting('a'), { origins: [one.url, two.url] });
    for (const { url } of [one, two]) assert.equal(await (await both(url)).text(), 'Bearer a');
    await assert.rejects(both(three.url), TypeError);
    assert.equal(three.seen.length, 0);
    // An agent talks to others too.
    const agent = new Agent().compose(interceptor(counting('a'), { origins: [one.url] }));
    for (const [{ url }, text] of [[one, 'Bearer a'], [two, 'none']]) {
      assert.equal(await (await request(url, { dispatcher: agent })).body.text(), text);
    }
    await agent.destroy();
  });

  it('a request with an Authorization of its own is left alone', async () => {
    for (const { make } of CLIENTS) {
      const { url, seen } = await serve((req, res) => refuse(res));
      const source = counting('a');
      const { status } = await make(source).send(url, { headers: { authorization: 'Bearer mine' } });
      assert.deepEqual([status, seen.map(({ bearer }) => bearer), source.wants.length], [401, ['mine'], 0]);
    }
  });

  it('a Request with an Authorization of its own is left alone, whatever is said beside it', async () => {
    for (const [own, Request] of [[undefined, globalThis.Request], [undici.fetch, undici.Request]]) {
      const { url, seen } = await serve((req, res) => refuse(res));
      const source = counting('a');
      const fetch = withCredential(source, { fetch: own });
      const dispatched = [];
      const dispatcher = new Agent().compose((dispatch) => (opts, handler) => {
        dispatched.push(opts.path);
        return dispatch(opts, handler);
      });
      const headers = { Authorization: 'Bearer mine' };
      const withHeaders = () => new Request(`${url}/own`, { method: 'POST', body: 'hello', headers });
      const bare = () => new Request(`${url}/own`, { method: 'POST', body: 'hello', headers: { Authorization: 'Bearer replaced' } });
      for (const call of [
        [withHeaders(), { signal: AbortSignal.timeout(5_000), dispatcher }], [withHeaders(), { dispatcher }],
        [bare(), { headers, dispatcher }], [bare(), { headers: Object.entries(headers).values(), dispatcher }],
        [`${url}/own`, { method: 'POST', body: 'hello', headers: Object.entries(headers).values(), dispatcher }],
      ]) {
        assert.equal((await fetch(...call)).status, 401);
        const { bearer, text } = seen.at(-1);
        assert.deepEqual([bearer, text], ['mine', 'hello']);
      }
      assert.deepEqual([dispatched.length, seen.length, source.wants.length], [5, 5, 0]);
      await assert.rejects(fetch(withHeaders(), { signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' });
      await dispatcher.destroy();
    }
  });

  it('a dispatcher goes along with every sending', async () => {
    for (const [own, Request] of [[undefined, globalThis.Request], [undici.fetch, undici.Request]]) {
      const { url, seen } = await serve(accepting('b'));
      const dispatched = [];
      const dispatcher = new Agent().compose((dispatch) => (opts, handler) => {
        dispatched.push(opts.path);
        return dispatch(opts, handler);
      });
      for (const [input, init] of [
        [url, { method: 'POST', body: 'x' }], [new Request(url), {}], [new Request(url, { method: 'POST', body: 'x' }), {}],
        [new Request(url, { method: 'POST', body: 'x' }), { body: 'y' }],
      ]) {
        const fetch = withCredential(counting('a', 'b'), { fetch: own });
        dispatched.length = 0;
        assert.equal((await fetch(input, { ...init, dispatcher })).status, 200);
        assert.deepEqual(dispatched, ['/', '/']);
      }
      assert.equal(seen.length, 8);
      await dispatcher.destroy();
    }
  });

  it('header lines that can be read once are all sent', async () => {
    const { url, seen } = await serve((req, res) => res.end());
    const fetch = withCredential(counting('a'));
    for (const input of [url, new Request(url)]) {
      await fetch(input, { headers: [['x-one', '1'], ['x-two', '2']].values() });
      assert.deepEqual([seen.at(-1).headers['x-one'], seen.at(-1).headers['x-two'], seen.at(-1).bearer], ['1', '2', 'a']);
    }
  });

  it('an address that two could read in two ways is none', async () => {
    for (const origins of [undefined, ['https://good.example'], ['https://good.example', 'https://evil.example']]) {
      const source = counting('a');
      const caller = new Caller(source, { origins });
      for (const url of ['https://good.example\\@evil.example/', 'https://good.example\\.evil.example/', 'https://good.example\t@evil.example/']) {
        await assert.rejects(caller.begin({ url }).ready(), (error) => error instanceof TypeError && /host in ASCII/.test(error.message), url);
      }
      assert.equal(source.wants.length, 0);
    }
  });

  it('every form of a call is one', async () => {
    const { url, seen } = await serve(accepting('b'));
    const fetch = withCredential(counting('a', 'b'));
    const ask = async (...call) => {
      const response = await fetch(...call);
      return [response.status, seen.at(-1).method, seen.at(-1).text, seen.at(-1).headers['x-one']];
    };
    const headers = { 'X-One': '1' };
    assert.deepEqual(await ask(new Request(url, { method: 'POST', body: 'text', headers })), [200, 'POST', 'text', '1']);
    assert.deepEqual(seen.map((one) => one.headers['content-length']), ['4', '4']);
    assert.deepEqual(await ask(new URL(url), { headers: new Headers(headers) }), [200, 'GET', '', '1']);
    assert.deepEqual(await ask(url, { method: 'post', body: new URLSearchParams({ a: '1' }), headers: [['x-one', '1']] }), [200, 'POST', 'a=1', '1']);
    assert.equal(seen.at(-1).headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
    assert.deepEqual(await ask(new Request(url, { method: 'PUT', body: 'a', headers }), { method: 'POST', body: 'b' }), [200, 'POST', 'b', '1']);
    const form = new FormData();
    form.append('a', '1');
    const [status, , sent] = await ask(url, { method: 'POST', body: form, headers });
    assert.deepEqual([status, /name="a"\r\n\r\n1\r\n/.test(sent)], [200, true]);
    assert.deepEqual(await ask(url, { method: 'POST', body: new Blob(['blob']), headers }), [200, 'POST', 'blob', '1']);
    const request = new Request(url, { method: 'POST', body: 'text' });
    await fetch(request);
    assert.equal(request.bodyUsed, true);
    await assert.rejects(fetch('no url'), TypeError);
  });
});

describe('waiting', { timeout: 30_000 }, () => {
  for (const { name, make } of CLIENTS) {
    it(`whoever gives up waits no longer, and the others get the credential: ${name}`, async () => {
      const { url } = await serve(accepting('a'));
      const source = counting('a');
      source.delay = 300;
      const { send } = make(source);
      const stop = new AbortController();
      const others = send(url);
      const mine = send(url, { signal: stop.signal });
      const begun = Date.now();
      setTimeout(() => stop.abort(new Error('enough')), 30);
      await assert.rejects(mine, { message: 'enough' });
      assert.ok(Date.now() - begun < 250);
      assert.equal((await others).status, 200);
      assert.equal(source.wants.length, 1);
      await assert.rejects(send(url, { signal: AbortSignal.abort(new Error('at once')) }), { message: 'at once' });
    });

    it(`a source that says no for good is left alone for a while: ${name}`, async () => {
      const { url, seen } = await serve(accepting('a'));
      let asked = 0;
      const { send } = make(() => {
        asked += 1;
        throw new SourceError('the client is unknown', { hard: true });
      });
      for (let i = 0; i < 3; i += 1) {
        await assert.rejects(send(url), (error) => {
          assert.ok(error instanceof CredentialUnobtainable, error.stack);
          assert.equal(error.reason, 'credential_unobtainable');
          if (i === 0) assert.equal(error.cause.message, 'the client is unknown');
          return true;
        });
      }
      assert.deepEqual([asked, seen.length], [1, 0]);
    });

    it(`an issuer that says no for good is left alone for a while, one that is busy is not: ${name}`, async () => {
      const { url } = await serve(accepting('a'));
      const final = ['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope',
        'invalid_target', 'access_denied', 'unmet_authentication_requirements'];
      // A library that makes proofs makes another, with the nonce.
      const words = [...final, 'invalid_dpop_proof', 'use_dpop_nonce', 'temporarily_unavailable', 'server_error', 'slow_down', 'ECONNRESET', 'Invalid_Client', ''];
      const told = await Promise.all(words.flatMap((word) => ['error', 'code'].map(async (member) => {
        let asked = 0;
        const { send } = make(() => {
          asked += 1;
          if (asked === 1) throw Object.assign(new Error('no'), { [member]: word });
          return 'a';
        });
        return [word, await send(url).then(({ status }) => status, (error) => error.name), asked];
      })));
      assert.deepEqual(told, words.flatMap((word) => Array(2).fill(final.includes(word) ? [word, 'CredentialUnobtainable', 1] : [word, 200, 2])));
    });

    it(`a source that fails for a moment is asked again: ${name}`, async () => {
      const { url } = await serve(accepting('a'));
      let asked = 0;
      const { send } = make(() => {
        asked += 1;
        if (asked === 1) throw new Error('connection refused');
        return { token: 'a', expiresIn: 3600 };
      });
      assert.equal((await send(url)).status, 200);
      assert.equal(asked, 2);
    });

    it(`what the service says of waiting is done: ${name}`, async () => {
      const { url, seen } = await serve((req, res, count) => {
        if (count === 1) res.writeHead(429, { 'Retry-After': '1' }).end('slow down');
        else res.end('ok');
      });
      const begun = Date.now();
      const { text } = await make(counting('a')).send(url);
      if (text === 'ok') assert.ok(Date.now() - begun >= 1000);
      assert.equal(seen.length, text === 'ok' ? 2 : 1);
    });
  }
});

describe('proofs', { timeout: 30_000 }, () => {
  for (const { name, make } of CLIENTS) {
    it(`the nonce of a refusal goes into the next proof: ${name}`, async () => {
      const { url, seen } = await serve((req, res) => {
        if (req.headers.dpop === 'proof with n1') res.writeHead(200, req.url === '/next' ? { 'DPoP-Nonce': 'n2' } : {}).end('ok');
        else if (req.headers.dpop === 'proof with n2') res.end('with the next');
        else res.writeHead(401, { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': 'n1' }).end();
      });
      const asked = [];
      const { send } = make(() => ({ access_token: 't', token_type: 'DPoP', expires_in: 60 }), {
        proof: async (what) => {
          asked.push(what);
          return `proof with ${what.nonce}`;
        },
      });
      assert.equal((await send(`${url}/orders/7?all=1`)).status, 200);
      assert.deepEqual(asked, [null, 'n1'].map((nonce) => ({ method: 'GET', url: `${url}/orders/7`, token: 't', nonce })));
      assert.deepEqual(seen.map(({ headers }) => headers.authorization), ['DPoP t', 'DPoP t']);
      // It holds until there is another.
      assert.equal((await send(`${url}/orders/8`)).status, 200);
      assert.equal(seen.length, 3);
      // Which may come with any answer: RFC 9449, section 8.2.
      assert.equal((await send(`${url}/next`)).text, 'ok');
      assert.equal((await send(url)).text, 'with the next');
      assert.equal(seen.length, 5);
    });

    // RFC 9449, section 7.1
    it(`a bearer token is sent as one that is bound, from whatever source: ${name}`, async () => {
      process.env.DOORWARD_TEST_BOUND = 'tok';
      for (const source of [
        () => 'tok', () => ({ token: 'tok', scheme: 'Bearer' }), () => ({ access_token: 'tok', token_type: 'bearer' }),
        { environment: 'DOORWARD_TEST_BOUND' }, { environment: 'DOORWARD_TEST_BOUND', scheme: 'bearer' },
        { exec: [process.execPath, '-e', 'process.stdout.write("tok")'] },
      ]) {
        const { url, seen } = await serve((req, res) => res.end());
        const asked = [];
        const proof = ({ token }) => {
          asked.push(token);
          return 'proof';
        };
        assert.equal((await make(source, { proof }).send(url)).status, 200);
        assert.deepEqual([seen[0].headers.authorization, seen[0].headers.dpop, asked], ['DPoP tok', 'proof', ['tok']], inspect(source));
        assert.equal((await make(source).send(url)).status, 200);
        assert.match(seen[1].headers.authorization, /^bearer tok$/i, inspect(source));
        assert.equal(seen[1].headers.dpop, undefined);
      }
    });

    it(`and so it is judged: ${name}`, async () => {
      for (const [options, reason] of [[{ proof: () => 'proof' }, 'credential_refused'], [{}, 'scheme_unsupported']]) {
        const { url } = await serve((req, res) => res.writeHead(401, { 'WWW-Authenticate': 'DPoP algs="ES256"' }).end());
        const { diagnosis } = await make(() => 'tok', options).send(url);
        assert.equal(diagnosis.reason, reason);
      }
    });

    it(`a credential of another scheme is what it is: ${name}`, async () => {
      const { url, seen } = await serve((req, res) => res.end());
      await make(() => ({ token: 'tok', scheme: 'GNAP' }), { proof: () => 'proof' }).send(url);
      assert.equal(seen[0].headers.authorization, 'GNAP tok');
    });
  }
});

describe('a client that has no adapter', { timeout: 30_000 }, () => {
  it('asks before it sends, and hands over every answer', async () => {
    const { url, seen } = await serve(accepting('b'));
    const exchange = new Caller(counting('a', 'b')).begin({ url });
    assert.throws(() => exchange.judge({ status: 401 }), /expected `ready`/);
    await assert.rejects(exchange.recover(), /where `judge` asked for it/);
    let next = 'again';
    for (; next === 'again'; next = next === 'recover' ? await exchange.recover() : next) {
      const answer = await fetch(url, { headers: await exchange.ready() });
      next = exchange.judge({ status: answer.status, headers: answer.headers, body: await answer.text() });
    }
    assert.deepEqual([next, exchange.sends, seen.length, exchange.diagnosis.status], ['latest', 2, 2, 200]);
  });

  it('may say that a body cannot be sent again', async () => {
    const exchange = new Caller(counting('a', 'b')).begin({ url: 'http://127.0.0.1/', method: 'POST', replayable: false });
    assert.deepEqual(await exchange.ready(), [['Authorization', 'Bearer a']]);
    assert.equal(exchange.judge({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }), 'latest');
  });
});

describe('what is told', { timeout: 30_000 }, () => {
  const attack = (req, res) => {
    if (req.headers.authorization === 'Bearer b') res.end('ok');
    else refuse(res, { error_description: 'token_replayed' });
  };

  for (const { name, make } of CLIENTS) {
    it(`what may be an attack, even where the recovery succeeded: ${name}`, async () => {
      const { url } = await serve(attack);
      const told = [];
      assert.equal((await make(counting('a', 'b'), { name: 'orders', onReport: (report) => told.push(report) }).send(url)).status, 200);
      assert.equal(told.length, 1);
      assert.deepEqual([told[0].name, told[0].reason], ['orders', 'token_replayed']);
      const heard = [];
      const listen = (report) => heard.push(report.reason);
      subscribe('doorward:attack', listen);
      await make(counting('a', 'b')).send(url);
      unsubscribe('doorward:attack', listen);
      assert.deepEqual(heard, ['token_replayed']);
      const warned = once(process, 'warning');
      await make(counting('a', 'b')).send(url);
      const [warning] = await warned;
      assert.deepEqual([warning.code, warning.message.startsWith('token_replayed')], ['DOORWARD_ATTACK', true]);
    });
  }

  it('to a function whose faults are its own', async () => {
    const { url } = await serve(attack);
    const warned = once(process, 'warning');
    const onReport = () => { throw new Error('of the function'); };
    assert.equal((await withCredential(counting('a', 'b'), { onReport })(url)).status, 200);
    assert.equal((await warned)[0].message, 'of the function');
  });

  it('no secret, wherever it is looked at', async () => {
    const secret = 'of-these-tests-only';
    const { url } = await serve((req, res) => refuse(res, { body: 'no' }));
    const source = counting(secret, `${secret}-2`, `${secret}-3`);
    const caller = new Caller(source, { name: 'orders' });
    const response = await withCredential(caller)(url);
    const error = await withCredential(caller)(url).catch((thrown) => thrown);
    const shown = [inspect(caller, { depth: 9, showHidden: true }), JSON.stringify(caller.status()), inspect(diagnosisOf(response), { depth: 9 }),
      JSON.stringify(diagnosisOf(response)), inspect(error, { depth: 9 }), JSON.stringify(error)].join('\n');
    assert.ok(!shown.includes(secret), shown);
  });

  it('an answer that came some other way', async () => {
    const { url } = await serve((req, res) => refuse(res, { body: 'no' }));
    const response = await fetch(url);
    assert.equal(diagnosisOf(response), null);
    const diagnosis = await diagnoseResponse(response, { sent: { scheme: 'Bearer' } });
    assert.equal(diagnosis.refused, true);
    assert.equal(await response.text(), 'no');
  });

  it('a source that is not asked is none', async () => {
    const { url, seen } = await serve((req, res) => res.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end());
    const response = await withCredential(null)(url);
    assert.equal(diagnosisOf(response).reason, 'credential_missing');
    assert.equal(seen.length, 1);
    await pause(0);
  });
});
