/**
 * A request that passed the proxy, with its response. Contains real tokens of a temporary server:
 * compare them, but never print them.
 */
export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Fields of a form body; empty when there is none. */
  readonly form: Readonly<Record<string, string>>;
  /**
   * Status of the response; `undefined` until it arrives, and always when the caller gave up or the
   * request was not forwarded.
   */
  status: number | undefined;
  /** Fields of a JSON response; empty when there is none. */
  response: Readonly<Record<string, unknown>>;
}

/** Selects requests by the end of their path, and optionally by their method. */
export interface ExchangeFilter {
  readonly pathEnd: string;
  readonly method?: string;
}

/** True when the filter selects the request. */
export function matches(
  { pathEnd, method }: ExchangeFilter,
  exchange: { readonly path: string; readonly method: string },
): boolean {
  return exchange.path.endsWith(pathEnd) && (method ?? exchange.method) === exchange.method;
}

/** Fields of a form body; empty for another content type. */
export function formOf(contentType: string | undefined, body: Buffer): Record<string, string> {
  if (contentType?.includes('x-www-form-urlencoded') !== true) return {};
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

/** Fields of a JSON object; empty for anything else. */
export function jsonFieldsOf(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
