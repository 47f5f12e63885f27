import { z } from 'zod';
import { number, texts } from '../../operations/index.ts';
import { listPage, listPages, operation } from './hubspot_api.ts';

const step = z.object({ id: z.string(), label: z.string(), displayOrder: z.number() });

/** Actions that list owners and pipelines, to which records refer. */
export const settingsActions = {
  listOwners: operation('GET /crm/v3/owners', {
    description:
      'Lists the users who can own records, with their ids, names and email addresses, for example to find deals of one of them.',
    input: listPage(20),
    output: z.object({
      id: z.string(),
      ...texts('email', 'firstName', 'lastName'),
      userId: number(),
      archived: z.boolean(),
    }),
    pages: listPages,
    oauthScopes: ['crm.objects.owners.read'],
  }),
  listPipelines: operation('GET /crm/v3/pipelines/{objectType}', {
    description:
      'Lists the pipelines of deals or tickets with their stages. Their ids are needed to find deals by pipeline or stage.',
    input: {
      objectType: z
        .enum(['deals', 'tickets'])
        .default('deals')
        .describe('Type of the records that the pipelines are for'),
    },
    output: z.object({
      results: z.array(
        step.extend({
          stages: z.array(step.extend({ metadata: z.record(z.string(), z.string()).optional() })),
        }),
      ),
    }),
    // The type of the record decides which scope is needed. HubSpot's error names a missing one.
    optionalScopes: ['crm.objects.deals.read', 'tickets'],
  }),
};
