// The caller's side: diagnoses, callers, sources, and what they throw.
import type {
  Clue, Confidence, HeaderPair, JsonValue, Origin, Reason, Recovery, Retry, Signal, Time,
} from '../index.js';

/** The parts of an answer. A `Response` of fetch has them all but the bytes of its body, which you read first. */
export interface Answer {
  /** The status; `statusCode` is taken too, as Node's answers have it. */
  status?: number;
  statusCode?: number;
  /**
   * The header lines:
   *
   * - a `Headers` object of fetch, names and values in turn (`rawHeaders` of Node), or an object by names, which may have arrays as
   *   values (`headers` of Node and undici): one character per byte;
   * - an array of pairs, whose strings stand for their UTF-8.
   */
  headers?: Iterable<readonly [string, string]> | readonly HeaderPair[] | readonly string[] | { readonly [name: string]: string | readonly string[] | undefined } | null;
  /** The beginning of the body: 16 KiB are enough. */
  body?: Uint8Array | string | null;
}

/** What is known of the request that was answered. The more of it, the surer the diagnosis. */
export interface Sent {
  /** The authentication scheme; nothing where no credential was sent. */
  scheme?: string | null;
  /** Which attempt this was: 1 for the first. */
  attempt?: number;
  /** When the request was sent, by your clock. */
  at?: Time;
  /** When you got the credential, by your clock. */
  issuedAt?: Time;
  /** When it expires, as far as you know. */
  expiresAt?: Time;
  /** Whether this very credential was refused here before. */
  refusedBefore?: boolean;
  /** Where the request was sent. */
  url?: string;
  /** Where the answer came from, if redirects were followed. */
  finalUrl?: string;
  /** Whether a proof of possession went with the credential. */
  proof?: boolean;
  /** Whether a person is there who can sign in again. */
  interactive?: boolean;
}

/** What {@link diagnose} is told beside the answer. */
export interface DiagnoseOptions {
  sent?: Sent;
  /** When the answer came, by your clock; the system's if it is left out. */
  now?: Time;
}

/** By how much the clocks differ. */
export interface Skew {
  /** How many seconds the other clock is ahead of yours. */
  readonly seconds: number;
  /** How many seconds that may be off. */
  readonly within: number;
}

/** What an answer demands of the next request. All of it was written by the other side. */
export interface Demand {
  readonly scheme: string | null;
  readonly realm: string | null;
  readonly scope: string | null;
  readonly acr_values: string | null;
  readonly max_age: string | null;
  readonly resource_metadata: string | null;
  readonly claims: string | null;
  readonly nonce: string | null;
  readonly error: string | null;
  readonly error_description: string | null;
}

/** A diagnosis as JSON: the same names and values as in every language. */
export interface DiagnosisJson {
  status: number;
  diagnosis: Reason | null;
  cause: Reason | null;
  confidence: Confidence;
  origin: Origin;
  product: string | null;
  clues: Clue[];
  misused_status: boolean;
  proper_status: number | null;
  skew: Skew | null;
  recovery: Recovery;
  retry: Retry;
  retry_after: number | null;
  signal: Signal | null;
  demand: Demand;
  summary: string;
}

/** What an answer means for the credential of its request, and the one next thing to do. */
export class Diagnosis {
  private constructor();
  /** The status of the answer. */
  get status(): number;
  /** Whether it refuses anybody. */
  get refused(): boolean;
  /** Why; `null` if it refuses nobody. */
  get reason(): Reason | null;
  /** The reason's number. */
  get reasonNumber(): number | null;
  /** The reason as a sentence. */
  get sentence(): string | null;
  /** The reason behind it, where there is another. */
  get cause(): Reason | null;
  /** How sure that is. */
  get confidence(): Confidence;
  /** Who made the answer: the service, or a gateway before it. */
  get origin(): Origin;
  /** Who answers like this, where it is known. */
  get product(): string | null;
  /** What it was concluded from. */
  get clues(): readonly Clue[];
  /** Whether the status says one thing and the rest of the answer another. */
  get misusedStatus(): boolean;
  /** What the status should have been, where it is misused. */
  get properStatus(): number | null;
  /** By how much the clocks differ, where the answer tells. */
  get skew(): Skew | null;
  /** What to do next. */
  get recovery(): Recovery;
  /** The same as a sentence. */
  get advice(): string;
  /** What the operator should do. */
  get operator(): string | null;
  /** Whether the request may be sent again: not at all, with another credential or proof, or as it was. */
  get retry(): Retry;
  /** How many seconds to wait at least. */
  get retryAfter(): number | null;
  /** How loud it is. */
  get signal(): Signal | null;
  /** What the answer demands of the next request. */
  get demand(): Demand;
  /** All of it as one sentence for people. */
  get summary(): string;
  toJSON(): DiagnosisJson;
}

/**
 * Says what an answer means. It sends nothing.
 *
 * ```js
 * const { reason, origin, recovery } = diagnose({ status: 401, headers, body: 'Jwt is expired' }, { sent: { scheme: 'Bearer' } });
 * ```
 *
 * @throws {TypeError} for an argument of another type, and for a stream as `body`
 */
export function diagnose(answer: Answer, options?: DiagnoseOptions): Diagnosis;

/** What a credential should be like, as a refusal or the course of time asks for it. */
export interface Want {
  /** Whether it has to be another than the one before: what is kept somewhere does not help. */
  readonly refresh: boolean;
  readonly scope: string | null;
  /** For whom, as in RFC 8707. */
  readonly resource: string | null;
  /** The address of the request that was refused so, without its query. */
  readonly requestUrl: string | null;
  /** Where the service describes itself, as in RFC 9728. */
  readonly resourceMetadata: string | null;
  readonly claims: string | null;
  readonly acrValues: string | null;
  readonly maxAge: number | null;
  /** How many seconds the clock of the service is ahead of yours. */
  readonly clockOffset: number;
  /** Ends after a minute, when the credential is waited for no longer. */
  readonly signal: AbortSignal;
}

/** What a source gives: a token, or an object; the answer of a token endpoint will do as it came. */
export type Credential =
  | string
  | {
      token: string;
      /** `Bearer` if it is left out. */
      scheme?: string;
      /** In how many seconds it expires. */
      expiresIn?: number;
      /** When it expires, by the clock of whoever made it. */
      expiresAt?: Time;
    }
  | { access_token: string; token_type?: string; expires_in?: number };

/** Gets a credential. One call at a time, whoever needs it. */
export type SourceFunction = (want: Want) => Credential | Promise<Credential>;

/** A file or a variable of the environment that holds a secret. */
export type Secret = { file: string } | { environment: string };

/** An OAuth 2.0 issuer, and the client that it knows. */
export interface ClientCredentials {
  /** Where tokens are given; or `issuer`, whose metadata says where. */
  token_url?: string;
  issuer?: string;
  client_id: string;
  /** Either this or `client_assertion`. */
  client_secret?: Secret;
  client_assertion?: Secret;
  /** How the secret goes to the issuer: `basic` if it is left out. */
  auth?: 'basic' | 'post';
  scope?: string;
  resource?: string;
  audience?: string;
  /** A file with the certificates of the authorities that the issuer's is signed by. */
  ca?: string;
}

/** A secret behind HTTP, in the form of Vault's KV, of either version. */
export interface VaultSecret {
  /** The whole address of the secret. */
  url: string;
  /** Which of its fields is the token: `token` if it is left out. */
  field?: string;
  /** The token for the store itself. */
  token: Secret;
  namespace?: string;
  ca?: string;
}

/**
 * Where credentials come from: a function, or one of the sources that are there already.
 *
 * - `file`: read again when it may have changed.
 * - `environment`: a variable.
 * - `exec`: a command that prints a token, or an `ExecCredential` of Kubernetes as JSON; `timeout` is in seconds.
 * - `kubernetes`: the projected token of a pod's service account.
 * - `client_credentials`: a client of an OAuth 2.0 issuer.
 * - `vault`: a secret of a store with Vault's KV form.
 *
 * Nothing (`null`) where requests go without a credential, and are diagnosed all the same.
 */
export type Source =
  | SourceFunction
  | { file: string; scheme?: string }
  | { environment: string; scheme?: string }
  | { exec: readonly string[]; timeout?: number; variables?: { readonly [name: string]: string }; scheme?: string }
  | { kubernetes: { path?: string }; scheme?: string }
  | { client_credentials: ClientCredentials }
  | { vault: VaultSecret; scheme?: string }
  | null
  | undefined;

/** What a proof of possession is made of. */
export interface ProofRequest {
  method: string;
  /** Where the request goes, without query and fragment. */
  url: string;
  /** The token that it goes with. */
  token: string;
  /** The latest nonce of the service. */
  nonce: string | null;
}

/** What may be an attack, even where the recovery succeeded. Times are Unix seconds. */
export interface Report {
  /** The name of the caller. */
  readonly name: string;
  /** Why a credential was refused. */
  readonly reason: Reason;
  /** The reason behind it, where there is another. */
  readonly cause: Reason | null;
  /** The number of the credential that was sent last. */
  readonly generation: number;
  /** How often that came since the last report of it. */
  readonly count: number;
  /** When it came first. */
  readonly first: number;
  /** When it came last. */
  readonly last: number;
}

/** What a caller can be told. */
export interface CallerOptions {
  /** What it is called in reports. */
  name?: string;
  /** The origins that the credential is for; the first one that is asked if they are left out. It goes to no other. */
  origins?: readonly string[];
  /** The scopes that a service may have you ask for beyond those of the source; any if they are left out. */
  scopes?: readonly string[];
  /** Whether a person is there who can sign in again: `false` if it is left out. */
  interactive?: boolean;
  /** How often a request is sent at most: 3 if it is left out. */
  attempts?: number;
  /** How many seconds before its end a credential is replaced: 60 if it is left out. */
  ahead?: number;
  /** For how many seconds a request may wait before it is sent again: 10 if it is left out. */
  longestWait?: number;
  /** How many seconds nothing is sent after the first hard failure: 10 if it is left out. */
  cooldownFirst?: number;
  /** How many seconds at most: 300 if it is left out. */
  cooldownMost?: number;
  /** Makes the proof of possession for a request: a DPoP proof of RFC 9449. A bearer token is sent with the scheme `DPoP` then. */
  proof?: (request: ProofRequest) => string | Promise<string>;
  /**
   * Told of what may be an attack. If it is left out, the channel `doorward:attack` of `node:diagnostics_channel` is, and where
   * nobody listens there, a warning of the process.
   */
  onReport?: (report: Report) => void;
}

/** One request of a caller and its answers, for clients that have no adapter. */
export interface Exchange {
  /** What the latest answer means. */
  get diagnosis(): Diagnosis | null;
  /** How often an answer came. */
  get sends(): number;
  /**
   * Waits for a credential, and gives the header lines that carry it.
   *
   * @throws {RetryBlocked} if this caller was refused too often
   * @throws {CredentialUnobtainable} if there is no credential to send
   */
  ready(): Promise<[name: string, value: string][]>;
  /** Judges an answer: hand over this one or the first one, or try to recover. Every answer to a sending is judged once. */
  judge(answer: Answer & { finalUrl?: string }): 'latest' | 'first' | 'recover';
  /** Does what the judgement asks for: then send again, with `ready()`, or hand over an answer. */
  recover(): Promise<'again' | 'latest' | 'first'>;
}

/** A source with the credential that it gave, shared by all requests to the same origins: one refresh for all of them. */
export class Caller {
  constructor(source: Source, options?: CallerOptions);
  /** What it is called in reports. */
  get name(): string;
  /** Where it stands, without secrets: the same names as in every language. */
  status(now?: Time): { [name: string]: JsonValue };
  /** Begins a request. */
  begin(request: { method?: string; url: string; replayable?: boolean; signal?: AbortSignal | null }): Exchange;
}

/** Nothing was sent, because this caller was refused too often with all that it has. It tries again by itself later. */
export class RetryBlocked extends Error {
  private constructor();
  get reason(): Reason;
  /** Until when, in Unix seconds. */
  readonly until: number | null;
  /** The latest refusal. */
  readonly diagnosis: Diagnosis | null;
}

/** Nothing was sent, because the source gave no credential. `cause` is what a function threw. */
export class CredentialUnobtainable extends Error {
  private constructor();
  get reason(): Reason;
  /** Until when it is not tried again, in Unix seconds. */
  readonly until: number | null;
  /** The latest refusal, where there was one. */
  readonly diagnosis: Diagnosis | null;
}

/**
 * What a source of your own throws to say that asking again cannot help (`hard`), or when it may. An error of an OAuth client says so
 * itself, by the code of the token endpoint as its `error` or `code`.
 */
export class SourceError extends Error {
  constructor(message: string, options?: { hard?: boolean; retryAfter?: number; cause?: unknown });
  readonly hard: boolean;
  readonly retryAfter: number | null;
}
