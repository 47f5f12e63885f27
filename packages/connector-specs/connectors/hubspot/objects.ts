import { z } from 'zod';
import type { ActionContext } from '../../contract/types.ts';
import { composed, fieldsOf, object, option, pageSchema, textOf } from '../../operations/index.ts';
import { mapBatches, mapConcurrently } from '../../vendor_calls/index.ts';
import { id, listPage, listPages, operation } from './hubspot_api.ts';

/** Maximum number of concurrent requests. HubSpot permits five searches a second for an account. */
const MAX_CONCURRENT = 2;
const MAX_BATCH = 100;
/** Properties that are read of a deal and of a note. */
const DEAL = 'dealname amount dealstage pipeline closedate hubspot_owner_id'.split(' ');
const NOTE = ['hs_note_body', 'hs_timestamp', 'hubspot_owner_id'];
const TYPES = ['contacts', 'companies', 'deals', 'tickets'] as const;
/** Scopes of {@link TYPES}. */
const TYPE_SCOPES = TYPES.map((type) => (type === 'tickets' ? type : `crm.objects.${type}.read`));
/** Scopes of all types of records. The type of the record decides which of them is needed. */
const OF_ANY_TYPE = { optionalScopes: [...TYPE_SCOPES, 'sales-email-read'] };

const propertyName = () => textOf(100);
const query = () => textOf(3_000).describe('Text to search for');
/** Inputs that select the type of records, and the properties to return. */
const recordsOf = {
  objectType: z
    .enum([...TYPES, 'calls', 'emails', 'meetings', 'notes', 'tasks'])
    .describe('Type of the records'),
  properties: z
    .array(propertyName())
    .max(50)
    .optional()
    .describe('Names of properties to return, for example email. Default: a few of each type'),
};
/** A record. The values of its properties are texts, even if they are numbers or dates. */
const record = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean().optional(),
});
/** Condition of a search: the property has the value of the input. */
const equals = (propertyName: string, meaning: string) =>
  id()
    .transform((value) => ({ propertyName, operator: 'EQ', value }))
    .optional()
    .describe(meaning);
/** End of the list of conditions in a search, all of which must be met. */
const FILTERS = 'filterGroups.0.filters.-';
const reference = z.object({ id: z.string() });
/** A request for several objects by their ids. */
const batchRead = {
  isQuery: true,
  input: { inputs: z.array(reference).max(MAX_BATCH) },
  result: 'results',
} as const;

/** Lists records. Also the operation of the connection test. */
export const listRecords = operation('GET /crm/v3/objects/{objectType}', {
  input: { ...recordsOf, ...listPage(10) },
  output: record,
  pages: listPages,
});
const searchOf = {
  isQuery: true,
  output: record,
  // HubSpot refuses later pages with 400:
  // https://developers.hubspot.com/docs/api-reference/search/guide
  pages: { ...listPages, total: 'total', limit: { maxTotal: 10_000, size: 'limit' } },
} as const;
const search = operation('POST /crm/v3/objects/{objectType}/search', {
  ...searchOf,
  input: { ...recordsOf, query: query(), ...listPage(10) },
});
const readDeals = operation('POST /crm/v3/associations/{from}/{to}/batch/read', {
  ...batchRead,
  fixed: { path: { from: 'contacts', to: 'deals' } },
  output: z.array(
    z.object({
      from: reference,
      to: z.array(reference),
      paging: object({ next: object({ after: z.string() }) }),
    }),
  ),
});
const readRecord = operation('GET /crm/v3/objects/{objectType}/{objectId}', {
  input: {
    objectType: recordsOf.objectType,
    objectId: id().describe('Id of the record'),
    properties: recordsOf.properties,
    associations: z.literal('notes').optional(),
  },
  output: record.extend({
    associations: z.record(z.string(), z.object({ results: z.array(reference) })).optional(),
  }),
});
const readNotes = operation('POST /crm/v3/objects/{objectType}/batch/read', {
  ...batchRead,
  fixed: {
    path: { objectType: 'notes' },
    // HubSpot's description of the API requires the history, which may be empty.
    body: { properties: NOTE, propertiesWithHistory: [] },
  },
  output: z.array(record),
});

/** Adds to contacts the ids of their deals, and `hasMoreDeals` if HubSpot did not return all. */
async function withDeals(context: ActionContext, contacts: readonly z.output<typeof record>[]) {
  const batches = await mapBatches(
    contacts.map((contact) => ({ id: contact.id })),
    { size: MAX_BATCH, concurrency: MAX_CONCURRENT },
    (inputs) => readDeals.call(context, { inputs }),
  );
  const found = new Map(batches.flat().map((deals) => [deals.from.id, deals]));
  return contacts.map((contact) => {
    const { to = [], paging } = found.get(contact.id) ?? {};
    const associatedDealIds = to.map((deal) => deal.id);
    return { ...contact, associatedDealIds, ...(paging?.next ? { hasMoreDeals: true } : {}) };
  });
}

/** Actions that find and read records. */
export const recordActions = {
  searchCrmObjects: composed([listRecords, search, readDeals], {
    ...OF_ANY_TYPE,
    description:
      'Finds records of one type by a text, or lists them without one. HubSpot compares the text with the main properties of each type and returns at most 10,000 results. New records are found after a few seconds.',
    input: listRecords.input
      .extend({
        query: query().optional(),
        includeAssociatedDeals: option(
          'true: adds to each contact the ids of its deals, and hasMoreDeals if some are missing. Only for contacts',
        ),
      })
      .refine((input) => !input.includeAssociatedDeals || input.objectType === 'contacts', {
        path: ['includeAssociatedDeals'],
        error: 'needs the objectType contacts',
      }),
    output: pageSchema(
      searchOf.pages,
      record.extend({
        associatedDealIds: z.array(z.string()).optional(),
        hasMoreDeals: z.literal(true).optional(),
      }),
    ),
    handler: async (context, { query: text, includeAssociatedDeals = false, ...list }) => {
      const found = await (text === undefined
        ? listRecords.call(context, list)
        : search.call(context, { ...list, query: text }));
      if (!includeAssociatedDeals) return found;
      return { ...found, items: await withDeals(context, found.items) };
    },
  }),
  getCrmObject: composed([readRecord, readNotes], {
    ...OF_ANY_TYPE,
    description:
      'Reads one record with its properties. For a ticket also returns up to 100 of its notes.',
    input: readRecord.input.omit({ associations: true }),
    output: record.extend({ notes: z.array(record).optional() }),
    handler: async (context, input) => {
      const isTicket = input.objectType === 'tickets';
      const { associations, ...found } = await readRecord.call(
        context,
        isTicket ? { ...input, associations: 'notes' } : input,
      );
      if (!isTicket) return found;
      const inputs = (associations?.['notes']?.results ?? []).slice(0, MAX_BATCH);
      const notes = inputs.length === 0 ? [] : await readNotes.call(context, { inputs });
      return { ...found, notes };
    },
  }),
  searchDeals: operation('POST /crm/v3/objects/{objectType}/search', {
    ...searchOf,
    description:
      'Finds deals by a text, a pipeline, a stage or an owner, with their name, amount, stage and close date. All conditions must be met. Returns at most 10,000 results.',
    input: {
      query: query().optional(),
      ...listPage(10),
      pipeline: equals('pipeline', 'Id of the pipeline, as in the result of listPipelines'),
      dealStage: equals('dealstage', 'Id of the stage, as in the result of listPipelines'),
      ownerId: equals('hubspot_owner_id', 'Id of the owner, as in the result of listOwners'),
    },
    wire: { pipeline: FILTERS, dealStage: FILTERS, ownerId: FILTERS },
    fixed: { path: { objectType: 'deals' }, body: { properties: DEAL } },
    oauthScopes: ['crm.objects.deals.read'],
  }),
  searchBroad: composed([search], {
    description:
      'Finds contacts, companies, deals and tickets by one text, when the type of the record is not known. Returns { contacts, companies, deals, tickets }, each the first results. Needs the scopes of all four types.',
    input: z.strictObject({
      query: query(),
      limit: listPage(5).limit.describe('Results per type, max 100'),
    }),
    output: z.object(fieldsOf(() => z.array(record))(...TYPES)),
    oauthScopes: TYPE_SCOPES,
    handler: async (context, input) => {
      const found = await mapConcurrently(TYPES, MAX_CONCURRENT, async (type) => {
        const { items } = await search.call(context, { ...input, objectType: type });
        return [type, items] as const;
      });
      return Object.fromEntries(found);
    },
  }),
};
