/** A request that passed the proxy, with its answer. Holds real tokens of a throw-away server: for comparing, never for printing. */
export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Fields of a form body; empty when it is none. */
  readonly form: Readonly<Record<string, string>>;
  /** Of the answer; `undefined` as long as there is none, and for good when the caller went away or nothing was asked. */
  status: number | undefined;
  /** Fields of a JSON answer; empty when it is none. */
  response: Readonly<Record<string, unknown>>;
}

/** Which requests are meant: the end of their path, and optionally their method. */
export interface ExchangeFilter {
  readonly pathEnd: string;
  readonly method?: string;
}

/** Whether a request is meant. */
export function matches(
  { pathEnd, method }: ExchangeFilter,
  exchange: { readonly path: string; readonly method: string },
): boolean {
  return exchange.path.endsWith(pathEnd) && (method ?? exchange.method) === exchange.method;
}

/** Fields of a form body. */
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
