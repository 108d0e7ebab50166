// The thin layer over what is generated in `api.ts`: tokens that refresh themselves, idempotency keys, retries, pages, and
// errors by code.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.js";

export type { components, operations, paths } from "./api.js";
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

/** What keeps somebody signed in. Store it, and hand it back to go on later. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
  /** Milliseconds since 1970. */
  expires_at: number;
  /** The id or the slug of the shop that the access token is for. */
  shop?: string;
}

export interface Options {
  /** Such as `https://shop.example`, without a path. */
  baseUrl: string;
  /** An API key, in place of signing in. */
  apiKey?: string;
  /** From an earlier session. */
  tokens?: Tokens;
  /** Told of every new pair of tokens; with nothing, when the session has ended. */
  onTokens?: (tokens: Tokens | undefined) => void;
  /** How often a request is tried at the most. */
  tries?: number;
  fetch?: typeof fetch;
}

/** A refusal by the server. `code` says why, and does not change between releases. */
export class ApiError<P extends Problem = Problem> extends Error {
  constructor(readonly problem: P) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = "ApiError";
  }
  get code(): P["code"] {
    return this.problem.code;
  }
}

/** Whether an error is a refusal with this code. */
export function refused(error: unknown, code: Problem["code"]): error is ApiError {
  return error instanceof ApiError && error.code === code;
}

type Result<T, P> = { data?: T; error?: P; response: Response };

/** What a call gives; throws {@link ApiError} when it is refused. */
export async function ok<T, P extends Problem>(call: Promise<Result<T, P>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (error !== undefined) throw new ApiError(error);
  if (!response.ok) throw new Error(`${response.status} from ${response.url}, which is no answer of Shophouse`);
  return data as NonNullable<T>;
}

type Page<T> = { data: T[]; next_cursor: string | null };

/** The rows of a list, page by page: `each((page) => api.GET("/api/v1/orders", { params: { query: page } }))`. */
export async function* each<T, P extends Problem>(
  list: (page: { cursor?: string }) => Promise<Result<Page<T>, P>>,
): AsyncGenerator<T, void, undefined> {
  let page: { cursor?: string } | undefined = {};
  while (page) {
    const { data, next_cursor }: Page<T> = await ok(list(page));
    yield* data;
    page = next_cursor === null ? undefined : { cursor: next_cursor };
  }
}

const BASE = "/api/v1";
/** A token is refreshed when it has less time left than this, in milliseconds. */
const SOON = 30_000;
/** What is to wait longer than so many seconds is not waited for. */
const LONGEST_WAIT = 30;

/** One caller: somebody who signed in, or an API key. */
export class Shophouse {
  /** Every operation, typed: `api.POST("/api/v1/orders", { body })`. */
  readonly api: Client<paths>;
  #tokens: Tokens | undefined;
  #renewal: Promise<void> | undefined;
  readonly #fetch: typeof fetch;
  readonly #tries: number;

  constructor(private readonly options: Options) {
    this.#tokens = options.tokens;
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.#tries = options.tries ?? 4;
    this.api = createClient<paths>({ baseUrl: options.baseUrl, fetch: (request) => this.#send(request) });
  }

  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** Signs in, and from then on sends the tokens and keeps them fresh. */
  async signIn(credentials: Schemas["Credentials"]): Promise<void> {
    const tokens = await ok(this.api.POST("/api/v1/auth/login", { body: credentials }));
    this.#keep(tokens, credentials.shop ?? undefined);
  }

  /** Goes on in another shop, in the same session. */
  async switchTo(shop: string): Promise<void> {
    const access = await ok(this.api.POST("/api/v1/auth/switch", { body: { shop } }));
    if (this.#tokens) this.#keep({ ...this.#tokens, ...access }, shop);
  }

  /** Ends the session. */
  async signOut(): Promise<void> {
    await ok(this.api.POST("/api/v1/auth/logout", { body: {} }));
    this.#forget();
  }

  #keep(tokens: { access_token: string; refresh_token: string; expires_in: number }, shop: string | undefined): void {
    const { access_token, refresh_token, expires_in } = tokens;
    const expires_at = Date.now() + expires_in * 1000;
    this.#tokens = { access_token, refresh_token, expires_at, ...(shop === undefined ? {} : { shop }) };
    this.options.onTokens?.(this.#tokens);
  }

  #forget(): void {
    this.#tokens = undefined;
    this.options.onTokens?.(undefined);
  }

  /** Refreshes once for all requests that wait for it: a refresh token is good for one use. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#refresh().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #refresh(): Promise<void> {
    if (!this.#tokens) return;
    const { refresh_token, shop } = this.#tokens;
    const { data, response } = await this.api.POST("/api/v1/auth/refresh", {
      body: { refresh_token, ...(shop === undefined ? {} : { shop }) },
    });
    if (data) this.#keep(data, shop);
    else if (response.status === 401) this.#forget();
  }

  async #send(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const opens = path.startsWith(`${BASE}/auth/`) && !/\/(switch|logout|resend)$/.test(path);
    if (request.method === "POST" && !path.startsWith(`${BASE}/auth/`) && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    let renewed = false;
    for (let tried = 1; ; tried += 1) {
      if (!opens && this.#tokens && this.#tokens.expires_at - Date.now() < SOON) await this.#renew();
      const token = this.options.apiKey ?? this.#tokens?.access_token;
      // A body can be sent once: what is sent is a copy.
      const copy = request.clone();
      if (token !== undefined && !opens) copy.headers.set("Authorization", `Bearer ${token}`);
      const answer = await this.#fetch(copy).catch((error: unknown) => {
        if (tried >= this.#tries || !isRepeatable(request)) throw error;
      });
      if (answer?.status === 401 && !opens && this.#tokens && !renewed && (await codeOf(answer)) === "token_expired") {
        renewed = true;
        await this.#renew();
        continue;
      }
      const wait = answer ? Number(answer.headers.get("Retry-After") ?? NaN) : tried;
      if (answer && (tried >= this.#tries || !(wait <= LONGEST_WAIT) || !(await mayRetry(request, answer)))) return answer;
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }
}

/** Whether a request that is sent twice is done once. */
function isRepeatable(request: Request): boolean {
  return request.method !== "POST" || request.headers.has("Idempotency-Key");
}

/** Too often, or not now; what may have been done is sent again only if it is done once. */
async function mayRetry(request: Request, answer: Response): Promise<boolean> {
  const code = await codeOf(answer);
  if (answer.status !== 503) return code === "rate_limited" || code === "idempotency_in_progress";
  return isRepeatable(request) || (code !== undefined && code !== "outcome_unknown");
}

async function codeOf(answer: Response): Promise<string | undefined> {
  const problem = (await answer
    .clone()
    .json()
    .catch(() => undefined)) as Problem | undefined;
  return problem?.code;
}
