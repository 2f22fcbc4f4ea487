// undici 7 and later.
import type { Dispatcher } from 'undici';
import type { Caller, CallerOptions, Diagnosis, Source } from '../index.js';

/** An interceptor for `compose`. */
export interface CredentialInterceptor {
  (dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch;
  /** What it shares with all its requests. */
  readonly caller: Caller;
}

/**
 * An interceptor that sends a credential, understands refusals, and sends again with another credential or proof where that can
 * help. Put it before the interceptor `redirect`, so that it sees where a redirect leads.
 *
 * Requests to origins that the caller is not for go without the credential: name the `origins` where the dispatcher is an `Agent`.
 * A `Client` or a `Pool` connects to an origin of its own and does not tell it: give each request the same as its `origin`, which is
 * what the credential is sent by. Without one a request fails.
 *
 * - A request that has an `Authorization` of its own is sent as it is.
 * - A body that is a stream or a generator is sent once; so is every body of `fetch`, for which there is `doorward/fetch`.
 * - A request that a redirect led on from is not sent again, unless its method may be carried out twice.
 * - Giving up a request ends its wait for a credential too.
 *
 * ```js
 * const agent = new Agent().compose(interceptor({ file: '/var/run/secrets/token' }, { origins: ['https://api.example'] }));
 * const answer = await request('https://api.example/v1/orders/7', { dispatcher: agent });
 * if (answer.statusCode >= 400) console.log(diagnosisOf(answer).summary);
 * ```
 */
export function interceptor(source: Source, options?: CallerOptions): CredentialInterceptor;
export function interceptor(caller: Caller): CredentialInterceptor;

/** What an answer of `request` means that came through an {@link interceptor}; `null` for any other. */
export function diagnosisOf(answer: Pick<Dispatcher.ResponseData, 'context'>): Diagnosis | null;
