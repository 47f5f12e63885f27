import type { UrlGuard } from '../guard/index.ts';
import {
  ACCEPTED_CODINGS,
  type CallResult,
  type HeaderRecord,
  type RedirectHop,
  type Sender,
} from '../transport/index.ts';
import type {
  EgressClient,
  EgressClientDefaults,
  EgressRequest,
  EgressResponse,
  EgressSettings,
} from '../types.ts';
import { type CredentialRules, guardCredentials } from './credential_rules.ts';
import { DEFAULT_USER_AGENT, MAX_REDIRECTS } from './egress_fetch.ts';
import { addWireHeaders } from './wire_headers.ts';

/** Dependencies of {@link createClient}. */
export interface EgressClientDeps {
  readonly guard: UrlGuard;
  readonly sender: Sender;
  readonly settings: Pick<EgressSettings, 'timeoutMs' | 'maxResponseBytes' | 'userAgent'>;
}

/** Creates a client that sends without axios, under the same rules as an axios instance. */
export function createClient(
  { guard, sender, settings }: EgressClientDeps,
  rules: CredentialRules,
  defaults: EgressClientDefaults,
): EgressClient {
  const timeoutMs = defaults.timeoutMs ?? settings.timeoutMs;
  const maxBytes = defaults.maxResponseBytes ?? settings.maxResponseBytes;
  const userAgent = settings.userAgent ?? DEFAULT_USER_AGENT;
  return {
    request: async (request) => {
      const target = guard.check(request.url);
      const headers = wireHeadersOf(defaults, request, userAgent);
      guardCredentials(rules, target, headers);
      const { maxRedirects = MAX_REDIRECTS } = request;
      const result = await sender.send({
        target,
        method: request.method ?? 'GET',
        headers,
        body: request.body ?? null,
        timeoutMs: smaller(request.timeoutMs, timeoutMs),
        maxBytes: smaller(request.maxResponseBytes, maxBytes),
        decompress: true,
        signal: defaults.signal,
        redirects: maxRedirects === 0 ? 'return' : maxRedirects,
        credentialHeaders: rules.credentialHeaders,
        tls: rules.tls,
        onRedirect: ({ to }: RedirectHop) => {
          guardCredentials(rules, to.target, to.headers);
          request.onRedirect?.(to.target.url, to.method);
        },
      });
      return new ReadResponse(result);
    },
  };
}

function wireHeadersOf(
  { headers }: EgressClientDefaults,
  request: EgressRequest,
  userAgent: string,
): HeaderRecord {
  const record: HeaderRecord = { 'user-agent': userAgent, 'accept-encoding': ACCEPTED_CODINGS };
  if (request.isAnonymous !== true) addWireHeaders(record, headers);
  if (request.headers !== undefined) addWireHeaders(record, request.headers);
  return record;
}

function smaller(requested: number | undefined, limit: number): number {
  return requested === undefined ? limit : Math.min(requested, limit);
}

/** A response whose body is parsed when `data` is first read. */
class ReadResponse implements EgressResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: EgressResponse['headers'];
  readonly body: Buffer;
  readonly #target: CallResult['target'];
  #data: { readonly value: unknown } | undefined;

  constructor({ response, target }: CallResult) {
    this.status = response.status;
    this.statusText = response.statusText;
    this.headers = response.headers;
    this.body = response.body;
    this.#target = target;
  }

  get url(): string {
    return this.#target.url.href;
  }

  get data(): unknown {
    this.#data ??= { value: parse(this.body) };
    return this.#data.value;
  }
}

/** Parses JSON as axios does. Any other text is returned without its byte order mark. */
function parse(body: Buffer): unknown {
  const text = body.toString('utf8');
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (plain === '') return plain;
  try {
    return JSON.parse(plain);
  } catch {
    // The body is text or HTML, so the caller gets it unchanged.
    return plain;
  }
}
