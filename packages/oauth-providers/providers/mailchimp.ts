import { defineProvider } from '../entry/define_provider.ts';

const METADATA = 'https://login.mailchimp.com/oauth2/metadata';

/** Mailchimp's authorization server. */
export const mailchimp = defineProvider({
  name: 'mailchimp',
  displayName: 'Mailchimp',
  documentationUrl: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
  hosts: ['login.mailchimp.com'],
  authorize: {
    url: 'https://login.mailchimp.com/oauth2/authorize',
    scope: { isSupported: false },
  },
  token: {
    url: 'https://login.mailchimp.com/oauth2/token',
    clientAuthentication: ['client_secret_post'],
  },
  accessToken: { scheme: 'OAuth' },
  account: {
    from: 'request',
    url: METADATA,
    idPath: 'login.login_id',
    labelPath: 'login.login_email',
  },
  // The data center of the account is the first label of the host of the API.
  grantFacts: [
    {
      name: 'dc',
      from: 'request',
      url: METADATA,
      path: 'dc',
      kind: 'label',
      hosts: ['*.api.mailchimp.com'],
    },
  ],
  // The response states a lifetime of 0 seconds for a token that does not expire.
  lifetime: { defaultSeconds: null, accessTokenSeconds: null },
  sources: {
    authorize: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    token: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    accessToken: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    account: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    grantFacts: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    lifetime: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
  },
});
