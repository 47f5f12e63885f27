import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../command.ts';
import { readPackageFile } from './read_package_file.ts';

/** Digest of the archive that `npm pack` downloads. */
const SOURCE = {
  package: 'jsforce',
  version: '3.10.16',
  licence: 'MIT',
  sha256: '92328a90cb849a4e6496a4cb20d3d9ad443fa24545fcbda14a888fc4afc783a4',
};
const RECORD = '001000000000001AAA';
const FILE = 'packages/connector-specs/connectors/salesforce/vendor_api/sdk_requests.json';

/** The part of jsforce that the calls use. */
interface JsforceConnection {
  query(soql: string): Promise<unknown>;
  queryMore(link: string): Promise<unknown>;
  search(sosl: string): Promise<unknown>;
  sobject(name: string): {
    retrieve(id: string): Promise<unknown>;
    describe(): Promise<unknown>;
    record(id: string): { blob(field: string): NodeJS.ReadableStream };
  };
}

/** Calls of the client by the action and the input that must send the same request. */
const CALLS: readonly {
  readonly action: string;
  readonly input: object;
  readonly call: (connection: JsforceConnection) => Promise<unknown>;
}[] = [
  {
    action: 'query',
    input: { soql: "SELECT Id, Name FROM Account WHERE Name = 'A & B' LIMIT 10" },
    call: (c) => c.query("SELECT Id, Name FROM Account WHERE Name = 'A & B' LIMIT 10"),
  },
  {
    action: 'query',
    input: { soql: 'x', nextRecordsUrl: '/services/data/v66.0/query/01g000000000001-2000' },
    call: (c) => c.queryMore('/services/data/v66.0/query/01g000000000001-2000'),
  },
  {
    action: 'list_records',
    input: { sobjectName: 'Invoice__c', limit: 7 },
    call: (c) => c.query('SELECT FIELDS(STANDARD) FROM Invoice__c LIMIT 7'),
  },
  {
    action: 'search',
    input: { searchTerm: 'Joe (Smith)', returning: 'Account(Id, Name), Contact' },
    call: (c) =>
      c.search('FIND {Joe \\(Smith\\)} IN ALL FIELDS RETURNING Account(Id, Name), Contact'),
  },
  {
    action: 'get_record',
    input: { sobjectName: 'Account', recordId: RECORD },
    call: (c) => c.sobject('Account').retrieve(RECORD),
  },
  {
    action: 'describe',
    input: { sobjectName: 'Account' },
    call: (c) => c.sobject('Account').describe(),
  },
  {
    action: 'download_file',
    input: { contentVersionId: RECORD },
    call: async (c) => {
      for await (const _ of c.sobject('ContentVersion').record(RECORD).blob('VersionData'));
    },
  },
];

const run = promisify(execFile);
/**
 * Records the requests of the client jsforce for the calls of the actions of `.salesforce`, because
 * Salesforce publishes no description of its API.
 * @returns the written file, relative to the root of the repository
 */
export async function recordJsforce(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-jsforce-'));
  const sent: string[] = [];
  const server = createServer((request, response) => {
    sent.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end('{"records":[],"searchRecords":[],"fields":[],"done":true,"totalSize":0}');
  });
  try {
    // Checks the digest.
    await readPackageFile({ ...SOURCE, file: 'package.json' });
    const spec = `${SOURCE.package}@${SOURCE.version}`;
    await run('npm', ['install', spec, '--ignore-scripts', '--prefix', folder, '--silent'], {
      cwd: folder,
    });
    const { Connection } = createRequire(join(folder, 'index.js'))('jsforce');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const instanceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = new Connection({ instanceUrl, accessToken: 'dev-token', version: '66.0' });
    const requests = [];
    for (const { action, input, call } of CALLS) {
      sent.length = 0;
      await call(connection);
      requests.push({ action, input, sent: [...sent] });
    }
    const content = JSON.stringify({ source: SOURCE, requests }, undefined, 2);
    await writeFile(join(ROOT, FILE), `${content}\n`);
    return FILE;
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
