// fetch with a credential.
import type { Caller, CallerOptions, DiagnoseOptions, Diagnosis, Source } from '../index.js';

/** A function that is called as `fetch` is. */
export type Fetch = typeof globalThis.fetch;

/** The options of {@link withCredential}. */
export interface FetchOptions extends CallerOptions {
  /** What sends: the global `fetch` if it is left out. It is asked to follow no redirects, which are followed here. */
  fetch?: Fetch;
}

/** A `fetch` that sends a credential. */
export interface CredentialFetch extends Fetch {
  /** What it shares with all its requests. */
  readonly caller: Caller;
}

/**
 * A `fetch` that sends a credential, understands refusals, and sends again with another credential or proof where that can help.
 * The answer is that of the service: a refusal is no exception.
 *
 * - A request that has an `Authorization` of its own is sent as it is.
 * - A redirect to another origin is followed without the credential.
 * - A request that a redirect led on from is not sent again, unless its method may be carried out twice.
 * - A body that is a stream is sent once. Of a `Request`, up to a mebibyte is kept to be sent again.
 * - A `signal` ends the wait for a credential too; the others who wait for it get it all the same.
 *
 * ```js
 * const fetch = withCredential({ file: '/var/run/secrets/token' }, { origins: ['https://api.example'] });
 * const response = await fetch('https://api.example/v1/orders/7');
 * if (!response.ok) console.log(diagnosisOf(response).summary);
 * ```
 *
 * @throws {RetryBlocked} from the call, if this caller was refused too often: nothing was sent
 * @throws {CredentialUnobtainable} from the call, if there is no credential to send: nothing was sent
 * @throws {TypeError} from the call, for an origin that the credential is not for
 */
export function withCredential(source: Source, options?: FetchOptions): CredentialFetch;
export function withCredential(caller: Caller, options?: Pick<FetchOptions, 'fetch'>): CredentialFetch;

/** What the answer of a {@link CredentialFetch} means; `null` for any other. */
export function diagnosisOf(response: Response): Diagnosis | null;

/** What an answer means that came by another `fetch`. Its body stays to be read. */
export function diagnoseResponse(response: Response, options?: DiagnoseOptions): Promise<Diagnosis>;
