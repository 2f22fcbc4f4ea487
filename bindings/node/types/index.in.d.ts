// The declarations that stand behind the unions in index.d.ts, which `cargo xtask generate` makes.

/** A header line: its name, in any case, and its value. */
export type HeaderPair = readonly [name: string, value: string];

/** Anything that reads like the `Headers` of fetch. */
export interface HeadersLike {
  get(name: string): string | null;
}

/** A request to decide on. */
export interface DecideRequest {
  /** The method, in the case in which it came. */
  method: string;
  /**
   * The target as it came, not decoded: a path with its query, such as `req.url` of Node, or an absolute URL.
   */
  url: string;
  /**
   * The header lines. Only those that {@link Engine.fields} names are looked at, but of those all must be there:
   *
   * - an array of pairs, whose strings stand for their UTF-8;
   * - names and values in turn, one character per byte: `req.rawHeaders` of Node;
   * - a `Headers` object of fetch, which joins lines of one name with commas (two `Authorization` lines are still seen).
   *
   * `req.headers` of Node is refused: it keeps one `Authorization` line of two. With `rawHeaders` and `Headers`,
   * `method` and `url` are one character per byte as well.
   */
  headers?: readonly HeaderPair[] | readonly string[] | HeadersLike | null;
  /**
   * The certificates that the client showed, each the bytes of its DER, its own first. Checked for its type and
   * carried nowhere yet: no kind of credential of this version reads it.
   */
  clientChain?: readonly Uint8Array[];
  /** The content, where {@link Engine.readsBody} asks for it and it is an `application/x-www-form-urlencoded`. */
  body?: Uint8Array | string | null;
  /**
   * The address of the connection's other end as text, as `req.socket.remoteAddress` of Node: what `limit` counts by. Never
   * one that a header tells: the engine reads those itself, where the policy's `trusted_proxies` allow it. A text that is
   * no address is no peer.
   */
  peer?: string | null;
  /**
   * The time to judge by: a date, Unix seconds with or without a fraction, or nanoseconds since 1970 as a bigint,
   * which is exact. The system's clock if it is left out.
   */
  now?: Time;
}

/** How an engine is loaded. */
export interface EngineOptions {
  /**
   * Whether to begin at once to fetch the keys that the policy fetches, and to watch its files: `true` if it is left out. With
   * `false` that waits for {@link Engine.start} or {@link Engine.ready}.
   */
  start?: boolean;
}

/** The same for a policy without a file of its own. */
export interface PolicyOptions extends EngineOptions {
  /** The folder of the key files. A policy that names some is refused without it. */
  folder?: string | URL;
}

/** The facts beside a reason, for operators: some of them come from the caller. */
export type Context =
  | {
      /** The claim that holds the time. */
      readonly claim: string;
      /** What it says, in Unix seconds. */
      readonly value: number;
      /** Our time, in Unix seconds. */
      readonly now: number;
      /** The allowance for clocks that differ, in seconds. */
      readonly leeway: number;
      /** How long after `value` the credential lives, in seconds, where an age is limited. */
      readonly limit?: number;
      /** By how many whole seconds the time was missed beyond the leeway. */
      readonly missed_by: number;
    }
  | {
      /** The claim, by name or JSON Pointer, that is missing, malformed or refused. */
      readonly claim: string;
      readonly value?: undefined;
    }
  | {
      /** The first scope of the route that the token lacks. */
      readonly scope: string;
    }
  | {
      /** The first role of the route that the token lacks. */
      readonly role: string;
    }
  | {
      /** Why a gateway before this service took the credential away. */
      readonly cause: Reason;
      /** When that was, in Unix seconds. */
      readonly at: number;
    };

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** A principal as JSON: the same names and values as in every language. */
export interface PrincipalJson {
  issuer: string;
  issuer_name: string;
  subject: string;
  kind: CredentialKind;
  expires: number | null;
  actor: JsonValue;
}

/** A decision as JSON: the same names and values as in every language. */
export interface DecisionJson {
  outcome: Outcome;
  status: number;
  reason: Reason | null;
  reason_number: number | null;
  sentence: string | null;
  recovery: Recovery;
  advice: string;
  operator: string | null;
  signal: Signal | null;
  may_resend: boolean;
  retry_after: number | null;
  challenges: string[];
  headers: [string, string][];
  principal: PrincipalJson | null;
  context: Context | null;
  route: number | null;
  path: string;
  grounds: Grounds | null;
  concealed: Reason | null;
}

/**
 * Who the caller is: issuer and subject, always together, and what vouches for them.
 *
 * `util.inspect` and `console.log` leave subject and claims out, since they may be personal; `toJSON` has the
 * subject.
 */
export class Principal {
  private constructor();
  /** The issuer: its identifier, or the name of a SPIFFE trust domain. */
  get issuer(): string;
  /** The name of the issuer in the policy. */
  get issuerName(): string;
  /** The subject, which means nothing without its issuer; empty where a plain JWT has none. */
  get subject(): string;
  /** The kind of credential. */
  get kind(): CredentialKind;
  /** When the credential expires, in Unix seconds with their fraction. */
  get expires(): number | null;
  /** The chain of delegation, the outermost actor first; `null` where nobody acts for another. */
  get actor(): JsonValue;
  /** All claims, parsed when they are first asked for. Numbers beyond 2^53 lose digits, as `JSON.parse` reads them. */
  get claims(): { [name: string]: JsonValue };
  /** All claims, as the JSON text that was signed. */
  get claimsText(): string;
  /** The object that every language writes, without the claims. */
  toJSON(): PrincipalJson;
}

/**
 * What was decided on one request. It owns what it says and never changes.
 *
 * A refusal is a decision like any other: nothing is thrown for it. `util.inspect` and `console.log` show outcome,
 * status, reason and recovery, and nothing of the caller.
 */
export class Decision {
  private constructor();
  /** Whether the caller is let in. */
  get allowed(): boolean;
  /** What was decided. */
  get outcome(): Outcome;
  /** The HTTP status of the answer; 200 where the caller is let in and somebody else answers. */
  get status(): number;
  /** Why the caller is refused; `null` where it is let in. */
  get reason(): Reason | null;
  /** The number of the reason, which stays when a code is renamed. */
  get reasonNumber(): number | null;
  /** The reason as a sentence, for people; its wording may change. */
  get sentence(): string | null;
  /** What the caller should do next. */
  get recovery(): Recovery;
  /** The recovery as a sentence, for people. */
  get advice(): string;
  /** What the operator should do about it: about the true reason, where a hidden route conceals it. */
  get operator(): string | null;
  /** How loud the true reason is; `null` where the caller is let in. */
  get signal(): Signal | null;
  /** Whether the very same credential may be sent again after the recovery. */
  get mayResend(): boolean;
  /** How many seconds the caller should wait before it asks again, where waiting helps; `Retry-After` says the same. */
  get retryAfter(): number | null;
  /** What the caller may learn about the reason: whether a body of your own may name it. */
  get disclosure(): Disclosure;
  /** The values of `WWW-Authenticate`, one for each line. */
  get challenges(): readonly string[];
  /** The header fields that the answer must carry, in order; an allow has some where no cache may keep its answer. */
  get headers(): readonly (readonly [name: string, value: string])[];
  /**
   * Who the caller is: known on every allow that took a credential, and on every refusal that came after the
   * credential was found genuine, an expired one's included. Only an allow makes it somebody to act for.
   */
  get principal(): Principal | null;
  /** The facts beside the reason, for operators. */
  get context(): Context | null;
  /** The route that governed the request, by its place in the policy file, from 0. */
  get route(): number | null;
  /**
   * The path that was judged, normalised: what the application must see, and a forwarding host must send on. Empty if
   * it is ambiguous.
   */
  get path(): string;
  /** On what grounds the caller is let in. */
  get grounds(): Grounds | null;
  /** The true reason of a refusal that a hidden route conceals. For operators: an answer must not show it. */
  get concealed(): Reason | null;
  /** The object that every language writes: everything but the claims. */
  toJSON(): DecisionJson;
}

/** One fault of a policy. */
export interface PolicyFault {
  /** The file, as it was named. */
  readonly file: string | null;
  /** The line, from 1. */
  readonly line: number | null;
  /** The column, from 1, in characters. */
  readonly column: number | null;
  /** Where in the policy, as a dotted path such as `routes[2].scopes`; empty for the policy as a whole. */
  readonly place: string;
  /** What is wrong. */
  readonly message: string;
  /** What would mend it. */
  readonly help: string | null;
}

/** A policy that cannot be loaded. Its message has one line for each fault; no key appears in it. */
export class PolicyError extends Error {
  private constructor();
  name: 'PolicyError';
  /** Every fault that was found, in the order of the text. */
  readonly errors: readonly PolicyFault[];
}

/** Keys that did not come in time. Decisions go on: those that need a missing key answer 503. */
export class NotReadyError extends Error {
  private constructor();
  name: 'NotReadyError';
  /** Each issuer without keys, by its name in the policy, and what went wrong, as far as an attempt has ended. */
  readonly issuers: readonly { readonly name: string; readonly fault: string | null }[];
}

/** A time as callers write it: a date, Unix seconds, or nanoseconds since 1970 as a bigint. */
export type Time = Date | number | bigint;

/** What is revoked: exactly one of a token, a subject, all tokens from before a time, and a key. */
export type Revocation = {
  /** Who issued it: the name of its section in the policy, or its `iss`. */
  issuer: string;
} & (
  | {
      /** A single token, by its `jti`. */
      jti: string;
      subject?: undefined;
      until?: undefined;
      issuedBefore?: undefined;
      kid?: undefined;
    }
  | {
      /** Every token of a subject. */
      subject: string;
      /** When the subject is let in again; never if it is left out. */
      until?: Time;
      jti?: undefined;
      issuedBefore?: undefined;
      kid?: undefined;
    }
  | {
      /** Every token from before this time, and every one that does not tell its own. */
      issuedBefore: Time;
      jti?: undefined;
      subject?: undefined;
      until?: undefined;
      kid?: undefined;
    }
  | {
      /** Every token that was signed with a key. */
      kid: string;
      jti?: undefined;
      subject?: undefined;
      until?: undefined;
      issuedBefore?: undefined;
    }
);

/** A key in {@link Status}; times are Unix seconds. */
export interface KeyStatus {
  kid: string | null;
  algorithm: string;
  first_seen: number;
  last_seen: number;
}

/** An issuer in {@link Status}; times are Unix seconds. */
export interface IssuerStatus {
  /** Its name in the policy. */
  name: string;
  /** Its identifier or trust domain. */
  issuer: string;
  /** Where its keys come from: `inline`, a file, a URL without its query, or `discovery`. */
  source: string;
  /** How far its keys can be relied upon. */
  trust: 'given' | 'fresh' | 'stale' | 'expired' | 'never' | (string & {});
  fetched: number | null;
  fresh_until: number | null;
  stale_since: number | null;
  /** Until when its keys are used although the provider cannot be reached. */
  usable_until: number | null;
  next_fetch: number | null;
  fetching_since: number | null;
  /** How many fetches have failed in a row. */
  failures: number;
  last_fault: { code: string; detail: string | null; at: number | null } | null;
  /** Why the file of its keys was not taken, if it was not. */
  file_fault: string | null;
  keys: KeyStatus[];
  /** Keys that the issuer has withdrawn. */
  gone: KeyStatus[];
  /** What was left out of the set, and what its publisher should know. */
  notes: string[];
}

/** A store in {@link Status}. */
export interface StoreStatus {
  /** How many entries it has memory for; 0 where it is off. */
  capacity: number;
  /** How many it holds, where that is counted. */
  used: number | null;
  bytes: number;
}

/** What is trusted, how fresh it is and what happens next: the same names as in every language; times are Unix seconds. */
export interface Status {
  now: number;
  policy: { file: string | null; loaded: number; fault: string | null };
  /** Whether keys are fetched and files watched. */
  keeping: boolean;
  issuers: IssuerStatus[];
  revoked: {
    tokens: number; subjects: number; issued_before: number; keys: number; elsewhere: number; fault: string | null;
  };
  stores: { known: StoreStatus; refused: StoreStatus; replay: StoreStatus; failures: StoreStatus };
  /** Uses of single-use values that were refused because they were used before. */
  replayed: number;
  /** Those that were refused because the store was full. */
  replay_full: number;
  /** The memory of all stores in bytes. */
  memory: number;
}

/**
 * A policy with its keys, ready to decide. Loading reads files; deciding does not. Where the policy names a URL of keys, or
 * files that may change, a thread of the engine's own fetches and watches them.
 *
 * An engine belongs to the thread that made it: each worker loads its own, which fetches for itself.
 *
 * ```js
 * const engine = Engine.fromFile('orders.toml');
 * const decision = engine.decide({ method: req.method, url: req.url, headers: req.rawHeaders });
 * if (!decision.allowed) console.log(decision.status, decision.reason, decision.recovery);
 * ```
 */
export class Engine {
  /**
   * Loads a policy file, TOML or JSON by its name, and the key files that it names, relative to its folder.
   *
   * @throws {PolicyError} for every fault of the policy, and a file that is not there
   */
  constructor(path: string | URL, options?: EngineOptions);
  /**
   * The same as the constructor.
   *
   * @throws {PolicyError} for every fault of the policy, and a file that is not there
   */
  static fromFile(path: string | URL, options?: EngineOptions): Engine;
  /**
   * Loads a policy from an object, which has the members that a policy file has. Whole numbers beyond 2^53 are
   * given as bigint.
   *
   * @throws {PolicyError} for every fault of the policy, without lines and columns
   * @throws {RangeError} for a number that JavaScript cannot tell from its neighbour
   */
  static fromPolicy(policy: object, options?: PolicyOptions): Engine;
  /**
   * Loads a policy from text.
   *
   * @throws {PolicyError} for every fault of the policy
   */
  static fromText(text: string, format: 'toml' | 'json', options?: PolicyOptions): Engine;
  /** The names, in lower case, of the header fields that a decision looks at: all lines of those are needed. */
  get fields(): readonly string[];
  /** Whether any route takes tokens from a form: only then a body needs to be handed over. */
  get readsBody(): boolean;
  /** How long a form may be in bytes that a middleware waits for: enough for the longest token that the policy takes. */
  get formLimit(): number;
  /** What the policy's author should know, though it is no fault. */
  get warnings(): readonly string[];
  /** How many issuers the policy has. */
  get issuers(): number;
  /** How many routes the policy has. */
  get routes(): number;
  /** A number that changes when what is said above may have changed: with every {@link Engine.reload}. */
  get policyEpoch(): number;
  /** The memory of all stores in bytes. */
  get memory(): number;
  /** Begins to fetch and to watch, if the policy has anything to fetch or watch; once. */
  start(): void;
  /**
   * Waits until every issuer whose keys are fetched has some, and starts what {@link Engine.start} starts. Nothing else waits:
   * the event loop goes on.
   *
   * @param timeoutSeconds how long to wait at most: 10 if it is left out, 600 at most
   * @throws {NotReadyError} if the time is over; keys go on being fetched
   */
  ready(timeoutSeconds?: number): Promise<void>;
  /**
   * Loads the policy anew, with all files that it names, and puts it in force from the next decision on. It reads files, as
   * loading does. Keys that are fetched from where they were stay.
   *
   * @throws {PolicyError} for every fault of the policy; then all stays as it was
   */
  reload(): void;
  /**
   * Revokes something from the next decision on, callers that are known already included, for as long as the engine lives.
   * What is to last longer belongs into the policy's file of revocations.
   *
   * @throws {RangeError} for an issuer that the policy does not have, and beyond a hundred thousand of them
   */
  revoke(revocation: Revocation): void;
  /**
   * Gives an issuer whose keys are fetched those that you have fetched yourself, at `now`, as a JWK Set or trust bundle: its
   * text or what `JSON.parse` makes of it.
   *
   * @throws {RangeError} for an issuer that has no such keys, and for what is no key set; then all stays as it was
   */
  supplyKeys(issuer: string, jwks: string | object, now?: Time): void;
  /** What is trusted, how fresh it is and what happens next. */
  status(now?: Time): Status;
  /** The same as a page for people. */
  statusText(now?: Time): string;
  /** What happened to keys, files and the policy since the last call, each a line for your log; the latest few hundred. */
  events(): string[];
  /**
   * The value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request, so
   * that the application behind it can say why there is none. It is a fact for operators, and never a reason to let anybody in;
   * it is good for this method and target, and for a minute. `null` where the policy has no `trace.key`, and where nothing was
   * taken away. A gateway removes the lines of this field that come in.
   *
   * @param cause why the credential was refused: `decision.concealed ?? decision.reason`
   * @throws {RangeError} for a cause that is no reason
   */
  traceMarker(request: { readonly method: string; readonly url: string }, cause: Reason, now?: Time): string | null;
  /**
   * Decides on a request. A refusal is returned, never thrown.
   *
   * @throws {TypeError} for an argument of another type
   * @throws {RangeError} for a `now` that is no time, or one in another unit: a number above 1e11, which is
   * milliseconds, and a bigint below 1e17, which is `process.hrtime`
   */
  decide(request: DecideRequest): Decision;
}

/** What is fixed about a reason. */
export interface ReasonFacts {
  /** Its number, which is never used again. */
  readonly number: number;
  /** Its code. */
  readonly code: Reason;
  /** The outcome that it leads to. */
  readonly outcome: Outcome;
  /** The HTTP status, where the policy does not hide the route. */
  readonly status: number;
  /** The error code of the protocol in the challenge. */
  readonly wireError: WireError | null;
  /** What the caller should do next. */
  readonly recovery: Recovery;
  /** What the operator should do. */
  readonly operator: string;
  /** How loud it is. */
  readonly signal: Signal;
  /** Whether the very same credential may be sent again after the recovery. */
  readonly mayResend: boolean;
  /** The reason as a sentence. */
  readonly sentence: string;
}

/** Every reason by its code. */
export const REASONS: { readonly [code: string]: ReasonFacts };

/** Every outcome. */
export const OUTCOMES: readonly Outcome[];

/** Every recovery. */
export const RECOVERIES: readonly Recovery[];

/** Every signal. */
export const SIGNALS: readonly Signal[];

/** What the middlewares can be told. */
export interface GuardOptions {
  /**
   * The longest form that is read for a token, in bytes: {@link Engine.formLimit} if it is left out. A longer one is
   * answered with 413. Forms are read only where {@link Engine.readsBody} asks for them.
   */
  formLimit?: number;
  /** The time to judge by; the system's clock if it is left out. */
  now?: () => Time;
  /**
   * Told of what went wrong where no decision could be made, and the request was answered with 500: a warning of
   * the process if it is left out.
   */
  onError?: (error: unknown) => void;
}

/** Every clue by its code, as a sentence. */
export const CLUES: { readonly [code: string]: string };

export * from './client/types.js';
