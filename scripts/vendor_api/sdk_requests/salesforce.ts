import type { VendorSdk } from './recorded_call.ts';

/** The part of the client jsforce that these calls use. */
interface Jsforce {
  Connection: new (options: {
    readonly instanceUrl: string;
    readonly accessToken: string;
    readonly version: string;
  }) => {
    query(soql: string): Promise<unknown>;
    queryMore(link: string): Promise<unknown>;
    search(sosl: string): Promise<unknown>;
    sobject(name: string): {
      retrieve(id: string): Promise<unknown>;
      describe(): Promise<unknown>;
      record(id: string): { blob(field: string): NodeJS.ReadableStream };
    };
  };
}

const RECORD = '001000000000001AAA';
const SOQL = "SELECT Id, Name FROM Account WHERE Name = 'A & B' LIMIT 10";
const NEXT = '/services/data/v66.0/query/01g000000000001-2000';

/** The client jsforce, which is not made by Salesforce. */
export const salesforceSdk: VendorSdk = {
  response: { records: [], searchRecords: [], fields: [], done: true, totalSize: 0 },
  callsOf: async (load, instanceUrl) => {
    const { Connection } = (await load('jsforce')) as Jsforce;
    const accessToken = 'development-only';
    const client = new Connection({ instanceUrl, accessToken, version: '66.0' });
    const sosl = 'FIND {Joe \\(Smith\\)} IN ALL FIELDS RETURNING Account(Id, Name), Contact';
    return [
      { action: 'query', input: { soql: SOQL }, call: () => client.query(SOQL) },
      {
        action: 'query',
        input: { soql: 'x', nextRecordsUrl: NEXT },
        call: () => client.queryMore(NEXT),
      },
      {
        action: 'list_records',
        input: { sobjectName: 'Invoice__c', limit: 7 },
        call: () => client.query('SELECT FIELDS(STANDARD) FROM Invoice__c LIMIT 7'),
      },
      {
        action: 'search',
        input: { searchTerm: 'Joe (Smith)', returning: 'Account(Id, Name), Contact' },
        call: () => client.search(sosl),
      },
      {
        action: 'get_record',
        input: { sobjectName: 'Account', recordId: RECORD },
        call: () => client.sobject('Account').retrieve(RECORD),
      },
      {
        action: 'describe',
        input: { sobjectName: 'Account' },
        call: () => client.sobject('Account').describe(),
      },
      {
        action: 'download_file',
        input: { contentVersionId: RECORD },
        call: async () => {
          const file = client.sobject('ContentVersion').record(RECORD).blob('VersionData');
          for await (const _ of file);
        },
      },
    ];
  },
};
