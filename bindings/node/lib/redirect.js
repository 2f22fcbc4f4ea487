'use strict';
// Redirects, followed as fetch does, except that what leaves the origin of the request never takes its credential along.

const STATUSES = new Set([301, 302, 303, 307, 308]);
/** As many as fetch follows. */
const MOST = 20;

/** One request's way through redirects. */
class Way {
  #hops = 0;
  #stranger = '';
  #origin;
  #begun;

  /**
   * @param {string} url
   * @param {string} method
   */
  constructor(url, method) {
    this.url = url;
    this.#origin = new URL(url).origin;
    this.#begun = { url, method };
    this.method = method;
    this.withBody = true;
    /** Whether every hop so far was within the first origin. */
    this.home = true;
  }

  get followed() {
    return this.#hops > 0;
  }

  /** Who is behind the answer: nobody else, or a later address of the same origin, or the latest stranger on the way. */
  get finalUrl() {
    if (!this.followed) return '';
    return this.home ? this.url : this.#stranger;
  }

  /**
   * Whether it ends where it began, as a request that only asks what came of the first: a form is answered like that. By its final
   * address, which is all that the native caller is told, it went nowhere.
   */
  get cameBack() {
    return this.method !== this.#begun.method && bare(this.finalUrl) === bare(this.#begun.url);
  }

  /**
   * Goes where an answer points to. Says whether it did: not for what is no redirect.
   * @param {{ status: number, headers: Headers }} response
   */
  follow({ status, headers }) {
    const location = STATUSES.has(status) ? headers.get('location') : null;
    if (location === null) return false;
    const from = new URL(this.url);
    let to;
    try {
      to = new URL(location, from);
    } catch {
      throw new TypeError('fetch failed', { cause: new Error('a redirect to what is no URL') });
    }
    if (to.protocol !== 'http:' && to.protocol !== 'https:') {
      throw new TypeError('fetch failed', { cause: new Error('a redirect to another kind of URL') });
    }
    this.#hops += 1;
    if (this.#hops > MOST) throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') });
    if (to.hash === '') to.hash = from.hash;
    // Once it has left it does not come home: what a stranger says of our own addresses is not ours to vouch for.
    if (to.origin !== from.origin) this.home = false;
    if (((status === 301 || status === 302) && this.method === 'POST')
      || (status === 303 && this.method !== 'GET' && this.method !== 'HEAD')) {
      this.method = 'GET';
      this.withBody = false;
    }
    this.url = to.href;
    if (to.origin !== this.#origin) this.#stranger = to.href;
    return true;
  }
}

/** What is sent of a URL: no fragment. */
function bare(url) {
  return url.split('#', 1)[0];
}

module.exports = { Way };
