import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { readAccount } from '../../../microsoft_graph/graph_api.ts';
import {
  GRAPH_DOCS,
  GRAPH_SOURCE,
  inQuery,
  returnsIdOf,
  searchFacts,
} from '../../../microsoft_graph/vendor_facts.ts';

/**
 * Corrections of the parameter `orderBy`. The description lists single fields, but several fields
 * and paths are permitted too.
 */
const orderBy = (route: string, parameter: number) => ({
  route,
  at: ['parameters', parameter, 'schema'],
  value: { type: 'string' },
  source: `${GRAPH_DOCS}/user-list-messages`,
});

/** Microsoft's own description of Graph. */
export const manifest: VendorManifest = {
  origins: ['https://graph.microsoft.com'],
  unusedValues: {
    'GET /me/messages $select': 'fixed',
    'GET /me/mailFolders/{mailFolder-id}/messages $select': 'fixed',
  },
  source: GRAPH_SOURCE,
  basePath: '/v1.0',
  test: readAccount,
  overlays: [
    ...returnsIdOf(
      'list',
      'GET /me/messages',
      'GET /me/mailFolders/{mailFolder-id}/messages',
      'GET /me/messages/{message-id}/attachments',
      'GET /me/mailFolders',
    ),
    ...returnsIdOf('entity', 'GET /me/messages/{message-id}/attachments/{attachment-id}'),
    ...returnsIdOf('item', 'GET /me', 'GET /me/messages/{message-id}'),
    {
      route: 'GET /me/mailFolders',
      at: ['parameters', 6],
      value: inQuery('includeHiddenFolders', { type: 'boolean' }),
      source: `${GRAPH_DOCS}/user-list-mailfolders`,
    },
    orderBy('GET /me/messages', 5),
    orderBy('GET /me/mailFolders/{mailFolder-id}/messages', 6),
  ],
  added: {
    'POST /search/query': searchFacts(['message'], {
      size: { type: 'integer', minimum: 1, maximum: 25 },
    }),
  },
  scopes: {
    'GET /me/mailFolders/{mailFolder-id}/messages': {
      scopes: ['Mail.ReadBasic', 'Mail.Read', 'Mail.ReadWrite'],
      source: `${GRAPH_DOCS}/mailfolder-list-messages`,
    },
  },
  // This scope permits reading messages without their text only.
  unusedScopes: ['Mail.ReadBasic'],
  scopeNames: ['Mail.Read', 'Mail.ReadWrite'],
};
