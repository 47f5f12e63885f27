import { z } from 'zod';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { mapConcurrently } from '../../vendor_calls/index.ts';
import {
  after,
  crmObject,
  id,
  limit,
  listPages,
  operation,
  properties,
  propertyName,
  query,
} from './hubspot_api.ts';

/** Maximum number of concurrent requests. HubSpot permits five searches a second for an account. */
const MAX_CONCURRENT = 2;
const MAX_BATCH = 100;
const DEAL_PROPERTIES = [
  'dealname',
  'amount',
  'dealstage',
  'pipeline',
  'closedate',
  'hubspot_owner_id',
];
const NOTE_PROPERTIES = ['hs_note_body', 'hs_timestamp', 'hubspot_owner_id'];
const TYPES = ['contacts', 'companies', 'deals', 'tickets'] as const;
/** Scopes of {@link TYPES}. */
const TYPE_SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.companies.read',
  'crm.objects.deals.read',
  'tickets',
];
/** Scopes of all types of records, and the scope for emails. */
const RECORD_SCOPES = [...TYPE_SCOPES, 'sales-email-read'];
const OTHER_TYPES = ['calls', 'emails', 'meetings', 'notes', 'tasks'] as const;

const objectType = () => z.enum([...TYPES, ...OTHER_TYPES]).describe('Type of the records');
const page = (value: number) => ({ limit: limit(value), after: after() });
const internal = { scope: 'read', description: 'Reads records of the CRM.' } as const;

/** Lists records. Also the operation of the connection test. */
export const listObjects = operation('GET /crm/v3/objects/{objectType}', {
  ...internal,
  input: { objectType: objectType(), properties: properties(), ...page(10) },
  output: crmObject,
  pages: listPages,
});

const filter = z.object({
  propertyName: propertyName(),
  operator: z.literal('EQ'),
  value: z.string().max(1_000),
});
const search = operation('POST /crm/v3/objects/{objectType}/search', {
  ...internal,
  isQuery: true,
  input: {
    objectType: objectType(),
    query: query().optional(),
    properties: properties(),
    filterGroups: z
      .array(z.object({ filters: z.array(filter).max(5) }))
      .max(1)
      .optional(),
    ...page(10),
  },
  output: crmObject,
  // HubSpot refuses later pages with 400:
  // https://developers.hubspot.com/docs/api-reference/search/guide
  pages: { ...listPages, total: 'total', limit: { maxTotal: 10_000, size: 'limit' } },
});

const reference = z.object({ id: z.string() });
const readAssociations = operation(
  'POST /crm/v3/associations/{fromObjectType}/{toObjectType}/batch/read',
  {
    ...internal,
    isQuery: true,
    input: {
      fromObjectType: objectType(),
      toObjectType: objectType(),
      inputs: z.array(reference).max(MAX_BATCH),
    },
    output: z.object({ results: z.array(z.object({ from: reference, to: z.array(reference) })) }),
  },
);

const readObject = operation('GET /crm/v3/objects/{objectType}/{objectId}', {
  ...internal,
  input: {
    objectType: objectType(),
    objectId: id(),
    properties: properties(),
    associations: z
      .array(z.enum(['notes']))
      .max(1)
      .optional(),
  },
  output: crmObject.extend({
    associations: z.record(z.string(), z.object({ results: z.array(reference) })).optional(),
  }),
});

const readObjects = operation('POST /crm/v3/objects/{objectType}/batch/read', {
  ...internal,
  isQuery: true,
  input: {
    objectType: objectType(),
    inputs: z.array(reference).max(MAX_BATCH),
    properties: z.array(propertyName()).max(10),
  },
  // HubSpot's description of the API requires this field.
  fixed: { body: { propertiesWithHistory: [] } },
  output: z.object({ results: z.array(crmObject) }),
});

/** Divides the items into lists, each as long as one request may have. */
const batchesOf = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / MAX_BATCH) }, (_, batch) =>
    items.slice(batch * MAX_BATCH, (batch + 1) * MAX_BATCH),
  );

/** Operations of the actions, for the test against HubSpot's SDK. */
export const objectOperations = {
  searchCrmObjects: [listObjects, search, readAssociations],
  getCrmObject: [readObject, readObjects],
  searchDeals: [search],
  searchBroad: [search],
};

/** Actions that find and read records. */
export const objectActions = {
  searchCrmObjects: defineAction({
    input: listObjects.input
      .extend({
        query: query().optional(),
        includeAssociatedDeals: z
          .boolean()
          .optional()
          .describe('true: adds to each contact the ids of its deals. Only for contacts'),
      })
      .refine((input) => !input.includeAssociatedDeals || input.objectType === 'contacts', {
        path: ['includeAssociatedDeals'],
        error: 'needs the objectType contacts',
      }),
    output: z.object({
      items: z.array(crmObject.extend({ associatedDealIds: z.array(z.string()).optional() })),
      nextCursor: z.union([z.string(), z.number()]).optional(),
      total: z.number().optional(),
      notice: z.string().optional(),
    }),
    isTool: true,
    scope: 'read',
    // The type of the record decides which scope is needed. HubSpot's error names a missing one.
    optionalScopes: RECORD_SCOPES,
    description:
      'Finds records of one type by a text, or lists them without one. HubSpot compares the text with the main properties of each type and returns at most 10,000 results. New records are found after a few seconds.',
    handler: async (context, { query: text, includeAssociatedDeals = false, ...list }) => {
      const found =
        text === undefined
          ? await listObjects.call(context, list)
          : await search.call(context, { ...list, query: text });
      if (!includeAssociatedDeals || found.items.length === 0) return found;
      const inputs = found.items.map((item) => ({ id: item.id }));
      const read = await mapConcurrently(batchesOf(inputs), MAX_CONCURRENT, (batch) =>
        readAssociations.call(context, {
          fromObjectType: 'contacts',
          toObjectType: 'deals',
          inputs: batch,
        }),
      );
      const deals = new Map(
        read.flatMap(({ results }) =>
          results.map(({ from, to }) => [from.id, to.map((deal) => deal.id)] as const),
        ),
      );
      return {
        ...found,
        items: found.items.map((item) => ({
          ...item,
          associatedDealIds: deals.get(item.id) ?? [],
        })),
      };
    },
  }),
  getCrmObject: defineAction({
    input: z.strictObject({
      objectType: objectType(),
      objectId: id().describe('Id of the record'),
      properties: properties(),
    }),
    output: crmObject.extend({ notes: z.array(crmObject).optional() }),
    isTool: true,
    scope: 'read',
    // The type of the record decides which scope is needed. HubSpot's error names a missing one.
    optionalScopes: RECORD_SCOPES,
    description:
      'Reads one record with its properties. For a ticket also returns up to 100 of its notes.',
    handler: async (context, input) => {
      if (input.objectType !== 'tickets') {
        const { associations: _, ...found } = await readObject.call(context, input);
        return found;
      }
      const call = { ...input, associations: ['notes' as const] };
      const { associations, ...ticket } = await readObject.call(context, call);
      const inputs = (associations?.['notes']?.results ?? []).slice(0, MAX_BATCH);
      if (inputs.length === 0) return { ...ticket, notes: [] };
      const read = { objectType: 'notes', inputs, properties: NOTE_PROPERTIES } as const;
      const { results } = await readObjects.call(context, read);
      return { ...ticket, notes: results };
    },
  }),
  searchDeals: defineAction({
    input: search.input.omit({ objectType: true, properties: true, filterGroups: true }).extend({
      pipeline: id().optional().describe('Id of the pipeline, as in the result of listPipelines'),
      dealStage: id().optional().describe('Id of the stage, as in the result of listPipelines'),
      ownerId: id().optional().describe('Id of the owner, as in the result of listOwners'),
    }),
    output: search.output,
    isTool: true,
    scope: 'read',
    oauthScopes: ['crm.objects.deals.read'],
    description:
      'Finds deals by a text, a pipeline, a stage or an owner, with their name, amount, stage and close date. All conditions must be met. Returns at most 10,000 results.',
    handler: (context, { pipeline, dealStage, ownerId, ...call }) => {
      const conditions = { pipeline, dealstage: dealStage, hubspot_owner_id: ownerId };
      const filters = Object.entries(conditions).flatMap(([propertyName, value]) =>
        value === undefined ? [] : [{ propertyName, operator: 'EQ' as const, value }],
      );
      return search.call(context, {
        ...call,
        objectType: 'deals',
        properties: DEAL_PROPERTIES,
        ...(filters.length === 0 ? {} : { filterGroups: [{ filters }] }),
      });
    },
  }),
  searchBroad: defineAction({
    input: z.strictObject({
      query: query(),
      limit: limit(5).describe('Results per type, max 100'),
    }),
    output: z.object({
      contacts: z.array(crmObject),
      companies: z.array(crmObject),
      deals: z.array(crmObject),
      tickets: z.array(crmObject),
    }),
    isTool: true,
    scope: 'read',
    oauthScopes: TYPE_SCOPES,
    description:
      'Finds contacts, companies, deals and tickets by one text, when the type of the record is not known. Returns { contacts, companies, deals, tickets }, each the first results. Needs the scopes of all four types.',
    handler: async (context, input) => {
      const found = await mapConcurrently(TYPES, MAX_CONCURRENT, async (type) => {
        const { items } = await search.call(context, { ...input, objectType: type });
        return [type, items] as const;
      });
      return Object.fromEntries(found);
    },
  }),
};
