import type { RecordedCall, VendorSdk } from './recorded_call.ts';

/** The part of Airtable's SDK that is called. */
interface Table {
  select(options: object): { firstPage(): Promise<unknown> };
  find(id: string): Promise<unknown>;
  create(records: readonly object[], options: object): Promise<unknown>;
  update(records: readonly object[], options: object): Promise<unknown>;
  destroy(id: string): Promise<unknown>;
}
type AirtableSdk = new (options: {
  readonly apiKey: string;
  readonly endpointUrl: string;
}) => { base(id: string): (table: string) => Table };

const BASE = 'appWt3mSqYbpKr0Ab';
const RECORD = 'recWt3mSqYbpKr0Ab';
const TABLE = 'Tasks & Ideas/2026';
const LONG_FORMULA = `{Name} = '${'漢'.repeat(1_800)}'`;
const cells = { Name: 'Grüße', Done: true, Count: 3, Tags: ['a', 'b'], Owner: null };
const fields = ['Name', 'Due date'];
const sort = [
  { field: 'Name', direction: 'desc' },
  { field: 'Due date', direction: 'asc' },
];

/** The SDK of Airtable. A cast is needed, because its types are not installed here. */
export const airtableSdk: VendorSdk = {
  response: { id: 'a', fields: {}, records: [], deleted: true },
  callsOf: async (load, origin) => {
    const { default: Airtable } = (await load('airtable')) as { default: AirtableSdk };
    return callsOf(Airtable, origin);
  },
};

/** Returns calls of the SDK, each with the action and the input that must send the same request. */
function callsOf(Airtable: AirtableSdk, endpointUrl: string): readonly RecordedCall[] {
  const table = new Airtable({ apiKey: 'development-only', endpointUrl }).base(BASE)(TABLE);
  const where = { baseId: BASE, tableIdOrName: TABLE };
  const search = { filterByFormula: "{Name} = 'a&b'", view: 'All', fields, sort, pageSize: 10 };
  const created = [{ fields: cells }, { fields: { Name: 'b' } }];
  const updated = [{ id: RECORD, fields: cells }];
  const options = { typecast: true };
  return [
    {
      action: 'listRecords',
      input: { ...where, ...search },
      call: () => table.select(search).firstPage(),
    },
    {
      action: 'listRecords',
      input: { ...where, pageSize: 100 },
      call: () => table.select({ pageSize: 100 }).firstPage(),
    },
    {
      // The URL would be longer than Airtable permits.
      action: 'listRecords',
      input: { ...where, ...search, filterByFormula: LONG_FORMULA },
      call: () => table.select({ ...search, filterByFormula: LONG_FORMULA }).firstPage(),
    },
    {
      action: 'getRecord',
      input: { ...where, recordId: RECORD },
      call: () => table.find(RECORD),
    },
    {
      action: 'createRecords',
      input: { ...where, records: created, ...options },
      call: () => table.create(created, options),
    },
    {
      action: 'updateRecords',
      input: { ...where, records: updated, ...options },
      call: () => table.update(updated, options),
    },
    {
      action: 'deleteRecord',
      input: { ...where, recordId: RECORD },
      call: () => table.destroy(RECORD),
    },
  ];
}
