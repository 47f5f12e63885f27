import { defineProvider } from '../entry/define_provider.ts';

/** Zoom's authorization server. */
export const zoom = defineProvider({
  name: 'zoom',
  displayName: 'Zoom',
  documentationUrl: 'https://developers.zoom.us/docs/integrations/oauth/',
  hosts: ['zoom.us', 'api.zoom.us'],
  authorize: { url: 'https://zoom.us/oauth/authorize' },
  token: {
    url: 'https://zoom.us/oauth/token',
    clientAuthentication: ['client_secret_basic'],
  },
  account: {
    from: 'request',
    url: 'https://api.zoom.us/v2/users/me',
    idPath: 'id',
    labelPath: 'email',
  },
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: 7_776_000, idleLimitDays: 90 },
  refreshToken: { rotation: 'single_use' },
  revocation: { url: 'https://zoom.us/oauth/revoke' },
  failures: {
    // Zoom documents no failure. Developers report `{"reason":"Invalid Token!"}` with the error
    // `invalid_grant` or `invalid_request` for a refresh token that has ended.
    errorPaths: ['reason'],
    rules: [
      {
        when: { operations: ['refresh_token'], errors: ['invalid token!'] },
        means: 'invalid_grant',
        reason: 'named in `reason`, with error "invalid_request"',
      },
    ],
  },
  api: {
    waits: [
      // The header has an ISO time when the daily limit is reached.
      { from: 'header', name: 'retry-after', format: 'iso_time' },
      { from: 'header', name: 'retry-after', format: 'seconds' },
    ],
    // The body is `{"code": 4711, "message": "Invalid access token, does not contain
    // scopes:[meeting:read:meeting, meeting:read:meeting:admin]."}`.
    missingScope: [
      {
        status: [400, 401],
        body: [{ path: 'message', contains: 'does not contain scopes' }],
        needed: { from: 'body', path: 'message', between: ['[', ']'] },
      },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.9',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    failures: 'https://devforum.zoom.us',
    api: 'C, https://developers.zoom.us/docs/api/errors/',
  },
});
