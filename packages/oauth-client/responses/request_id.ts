/** Headers under which providers name a request, most specific first. */
const REQUEST_ID_HEADERS = [
  'x-cloud-request-id',
  'x-ms-request-id',
  'x-github-request-id',
  'x-slack-req-id',
  'x-amzn-requestid',
  'x-request-id',
  'request-id',
  'x-correlation-id',
] as const;

/** Anything else is not an id and may be an attempt to write into logs. */
const REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;

/**
 * The provider's name for this request, for support. In a comma list the last item counts: each proxy appends its own, and EARS'
 * own is the last. `undefined` when absent or not an id.
 */
export function requestIdOf(headers: Headers): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headers.get(name)?.split(',').at(-1)?.trim();
    if (id !== undefined && REQUEST_ID.test(id)) return id;
  }
  return undefined;
}
