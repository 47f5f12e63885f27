import {
  discoverySource,
  requiredFields,
  type VendorManifest,
} from '../../../contract_tests/vendor_api/index.ts';
import { googleScope } from '../../../google_apis/index.ts';
import { getProfile } from '../gmail_api.ts';

const API = 'https://developers.google.com/workspace/gmail/api/reference/rest/v1';

const required = requiredFields(`${API}/users.messages`);

/** Google's own discovery document. */
export const manifest: VendorManifest = {
  origins: ['https://gmail.googleapis.com'],
  source: discoverySource('gmail.v1'),
  basePath: '/gmail/v1/users/me',
  describedPath: '/gmail/v1/users/{userId}',
  test: getProfile,
  // Scopes for messages without text, for labels only, and for add-ons in Gmail's own pages.
  unusedScopes: [
    'gmail.metadata',
    'gmail.labels',
    'gmail.addons.current.message.action',
    'gmail.addons.current.message.metadata',
    'gmail.addons.current.message.readonly',
    'gmail.addons.current.action.compose',
  ].map(googleScope),
  overlays: [
    required('GET /messages/{id}', [], ['id', 'threadId', 'payload']),
    required('GET /messages/{id}', ['properties', 'payload'], ['headers']),
    {
      route: 'GET /messages/{id}',
      at: ['responses', 0, 'schema', 'properties', 'payload', 'properties', 'headers'],
      value: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: { name: { const: 'From' }, value: { const: 'Ana <ana@example.com>' } },
          required: ['name', 'value'],
        },
      },
      source: 'Every message has a sender: https://www.rfc-editor.org/rfc/rfc5322#section-3.6',
    },
    required('GET /messages', ['properties', 'messages', 'items'], ['id', 'threadId']),
    required('GET /messages/{messageId}/attachments/{id}', [], ['data']),
    required('GET /labels', ['properties', 'labels', 'items'], ['id']),
    ...['modify', 'trash', 'untrash'].map((change) =>
      required(`POST /messages/{id}/${change}`, [], ['id']),
    ),
    required('POST /messages/send', [], ['id']),
  ],
};
