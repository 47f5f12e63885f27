import { defineProvider } from '../entry/define_provider.ts';

const TOKENS =
  'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens';

/** Shopify's authorization server. Each shop has its own host. */
export const shopify = defineProvider({
  name: 'shopify',
  displayName: 'Shopify',
  documentationUrl:
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant',
  config: {
    shop: {
      label: 'Shop',
      help: '"acme" if the shop is acme.myshopify.com.',
      kind: 'label',
    },
  },
  hosts: ['{config.shop}.myshopify.com'],
  authorize: {
    url: 'https://{config.shop}.myshopify.com/admin/oauth/authorize',
    scope: { separator: ',' },
  },
  token: {
    url: 'https://{config.shop}.myshopify.com/admin/oauth/access_token',
    clientAuthentication: ['client_secret_post'],
    // Without this field, a token does not expire. Shopify refuses such tokens of public apps.
    fields: { expiring: 1 },
  },
  accessToken: { header: 'x-shopify-access-token', scheme: null },
  lifetime: {
    defaultSeconds: null,
    accessTokenSeconds: 3_600,
    refreshTokenSeconds: 7_776_000,
    idleLimitDays: 90,
  },
  refreshToken: { rotation: 'single_use' },
  sources: {
    authorize:
      'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant',
    token: TOKENS,
    accessToken: 'https://shopify.dev/docs/api/admin-rest',
    lifetime: TOKENS,
    refreshToken: TOKENS,
  },
});
