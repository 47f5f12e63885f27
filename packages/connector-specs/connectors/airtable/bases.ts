import { z } from 'zod';
import { objects, text, texts } from '../../operations/index.ts';
import { baseOf, offset, operation, pagesOf } from './airtable_api.ts';

const SCHEMA_SCOPES = ['schema.bases:read'];

const named = { id: z.string(), name: text(), type: text() };
const field = z.object({
  ...named,
  description: text(),
  options: z.record(z.string(), z.unknown()).nullish(),
});
const table = z.object({
  id: z.string(),
  ...texts('name', 'description', 'primaryFieldId'),
  fields: z.array(field),
  views: objects(named),
});

/** Actions for the account and its bases. */
export const baseActions = {
  whoAmI: operation('GET /meta/whoami', {
    description:
      'Returns the id of the Airtable user of the credentials, with the email address if the user permitted it. Use it to check that the connection works.',
    input: {},
    output: z.object({ id: z.string(), email: text(), scopes: z.array(z.string()).nullish() }),
    oauthScopes: ['user.email:read'],
    isScopeRequired: false,
  }),
  listBases: operation('GET /meta/bases', {
    description:
      'Lists the bases that the user shared with this connection, with id, name and access. Max 1000 a page. Other actions need the ids.',
    input: { offset: offset() },
    output: z.object({ id: z.string(), name: text(), permissionLevel: text() }),
    pages: pagesOf('bases'),
    oauthScopes: SCHEMA_SCOPES,
  }),
  getBaseSchema: operation('GET /meta/bases/{baseId}/tables', {
    description:
      'Reads the tables of a base with the names and types of their fields, options included, and their views. Use it before reading or writing records. Returns no records.',
    input: baseOf,
    output: z.object({ tables: z.array(table) }),
    oauthScopes: SCHEMA_SCOPES,
  }),
};
