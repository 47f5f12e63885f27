import type { VendorSdk } from './recorded_call.ts';

type Page = (...input: readonly unknown[]) => Promise<unknown>;

/** The part of HubSpot's SDK that these calls use. */
interface HubspotSdk {
  Client: new (options: {
    readonly accessToken: string;
    readonly basePath: string;
  }) => {
    readonly crm: {
      readonly objects: {
        readonly basicApi: { getPage: Page; getById: Page };
        readonly searchApi: { doSearch(type: string, search: object): Promise<unknown> };
        readonly batchApi: { read(type: string, batch: object): Promise<unknown> };
      };
      readonly associations: { readonly batchApi: { read: Page } };
      readonly owners: { readonly ownersApi: { getPage: Page } };
      readonly pipelines: { readonly pipelinesApi: { getAll(type: string): Promise<unknown> } };
    };
  };
}

const properties = ['email', 'name & more'];
const NOTE = ['hs_note_body', 'hs_timestamp', 'hubspot_owner_id'];
const DEAL = ['dealname', 'amount', 'dealstage', 'pipeline', 'closedate', 'hubspot_owner_id'];

/** The SDK of HubSpot. A cast is needed, because its types are not installed here. */
export const hubspotSdk: VendorSdk = {
  response: { results: [], total: 0, id: 'a', properties: {}, createdAt: '', updatedAt: '' },
  callsOf: async (load, basePath) => {
    const { Client } = (await load('@hubspot/api-client')) as HubspotSdk;
    const { crm } = new Client({ accessToken: 'development-only', basePath });
    const { basicApi, searchApi, batchApi } = crm.objects;
    const filter = (propertyName: string, value: string) => ({
      propertyName,
      operator: 'EQ',
      value,
    });
    return [
      {
        action: 'searchCrmObjects',
        input: { objectType: 'companies', limit: 7, after: '20', properties },
        call: () => basicApi.getPage('companies', 7, '20', properties),
      },
      {
        action: 'searchCrmObjects',
        input: { objectType: 'tickets', query: 'a&b', limit: 7, after: '20', properties },
        call: () =>
          searchApi.doSearch('tickets', { query: 'a&b', limit: 7, after: '20', properties }),
      },
      {
        // The record of the generated response has the id "a".
        action: 'searchCrmObjects',
        input: { objectType: 'contacts', includeAssociatedDeals: true, limit: 7 },
        call: async () => {
          await basicApi.getPage('contacts', 7);
          await crm.associations.batchApi.read('contacts', 'deals', { inputs: [{ id: 'a' }] });
        },
      },
      {
        action: 'getCrmObject',
        input: { objectType: 'deals', objectId: 'a/b', properties },
        call: () => basicApi.getById('deals', 'a/b', properties),
      },
      {
        // The note of the generated response has the id "a".
        action: 'getCrmObject',
        input: { objectType: 'tickets', objectId: '1' },
        call: async () => {
          await basicApi.getById('tickets', '1', undefined, undefined, ['notes']);
          const batch = { inputs: [{ id: 'a' }], properties: NOTE, propertiesWithHistory: [] };
          await batchApi.read('notes', batch);
        },
      },
      {
        action: 'searchDeals',
        input: { query: 'a', pipeline: 'p', dealStage: 's', ownerId: '7', limit: 7, after: '20' },
        call: () =>
          searchApi.doSearch('deals', {
            query: 'a',
            limit: 7,
            after: '20',
            properties: DEAL,
            filterGroups: [
              {
                filters: [
                  filter('pipeline', 'p'),
                  filter('dealstage', 's'),
                  filter('hubspot_owner_id', '7'),
                ],
              },
            ],
          }),
      },
      {
        action: 'searchBroad',
        input: { query: 'a', limit: 7 },
        call: async () => {
          for (const type of ['contacts', 'companies', 'deals', 'tickets'])
            await searchApi.doSearch(type, { query: 'a', limit: 7 });
        },
      },
      {
        action: 'listOwners',
        input: { limit: 7, after: '20' },
        call: () => crm.owners.ownersApi.getPage(undefined, '20', 7),
      },
      {
        action: 'listPipelines',
        input: { objectType: 'tickets' },
        call: () => crm.pipelines.pipelinesApi.getAll('tickets'),
      },
    ];
  },
};
