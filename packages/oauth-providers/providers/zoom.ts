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
  api: {
    waits: [
      // The header has an ISO time when the daily limit is reached.
      { from: 'header', name: 'retry-after', format: 'iso_time' },
      { from: 'header', name: 'retry-after', format: 'seconds' },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.9',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    api: 'C',
  },
});
