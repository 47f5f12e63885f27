const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });

/** An error of Google's APIs. */
export interface ApiError {
  readonly status: number;
  /** Google's reason, for example `authError`. */
  readonly reason: string;
  /** Canonical name, for example `UNAUTHENTICATED`. */
  readonly name: string;
  readonly message: string;
}

/** Returns an error in the format of Google's JSON APIs. */
export function apiError({ status, reason, name, message }: ApiError): Response {
  const errors = [{ message, domain: 'global', reason }];
  return json(status, { error: { code: status, message, errors, status: name } });
}

/** Returns Google's response to a missing, unknown, expired or revoked access token. */
export function invalidCredentials(): Response {
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
  const errors = [
    {
      message: 'Invalid Credentials',
      domain: 'global',
      reason: 'authError',
      location: 'Authorization',
      locationType: 'header',
    },
  ];
  return json(
    401,
    { error: { code: 401, message, errors, status: 'UNAUTHENTICATED' } },
    { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
  );
}

/** Returns a response of the OAuth endpoints, which must not be cached (RFC 6749 §5.1). */
export const oauthResponse = (status: number, body: object): Response => json(status, body);
