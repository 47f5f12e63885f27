import { once } from 'node:events';
import { createServer } from 'node:http';
import type { VendorManifest, VendorSource } from '@latchkey/connector-specs/vendor_api';
import { withInstalledPackage } from '../read_package_file.ts';
import { airtableSdk } from './airtable.ts';
import { hubspotSdk } from './hubspot.ts';
import { jiraCloudSdk } from './jira_cloud.ts';
import { linearSdk } from './linear.ts';
import type { VendorSdk } from './recorded_call.ts';
import { salesforceSdk } from './salesforce.ts';

/** A request of an SDK. */
interface SentRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Parsed JSON body. `undefined`: the request has no body. */
  readonly body?: unknown;
}

/** Requests of a vendor's SDK. */
interface SdkRequests {
  readonly source: Pick<VendorSource, 'package' | 'version' | 'licence' | 'sha256'>;
  readonly requests: readonly {
    readonly action: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly sent: readonly SentRequest[];
  }[];
}

/** SDKs by the name of the folder of the connector. */
const SDKS: Readonly<Record<string, VendorSdk>> = {
  airtable: airtableSdk,
  hubspot: hubspotSdk,
  jira_cloud: jiraCloudSdk,
  linear: linearSdk,
  salesforce: salesforceSdk,
};

/**
 * Records the requests of the vendor's SDK.
 * @param name folder of the connector
 * @returns `undefined`: the connector is checked without an SDK
 * @throws Error when the digest of the package is not that of the manifest, or a call sends nothing
 */
export async function recordSdkRequests(
  name: string,
  manifest: Pick<VendorManifest, 'source' | 'sdk'>,
): Promise<SdkRequests | undefined> {
  const sdk = SDKS[name];
  if (sdk === undefined) return undefined;
  const source = manifest.sdk ?? manifest.source;
  if (source === undefined) throw new Error(`the manifest of [${name}] names no SDK`);
  return withInstalledPackage({ ...source, file: '' }, async (load) => {
    const received: SentRequest[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '' } = request;
      received.push({ method, url, ...(text === '' ? {} : { body: bodyOf(text) }) });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(sdk.response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const requests = [];
      for (const { action, input, call } of await sdk.callsOf(load, `http://127.0.0.1:${port}`)) {
        received.length = 0;
        // An SDK may fail, because the response is not a real one. This does not matter: its
        // request has already been recorded.
        await call().catch(() => undefined);
        if (received.length === 0) throw new Error(`the call for [${action}] sent no request`);
        requests.push({ action, input, sent: [...received] });
      }
      const { package: packageName, version, licence, sha256 } = source;
      return { source: { package: packageName, version, licence, sha256 }, requests };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

/**
 * Returns the body to record. A GraphQL document is recorded without its fragments, which name only
 * what the SDK reads.
 */
function bodyOf(text: string): unknown {
  const body = JSON.parse(text);
  if (typeof body.query !== 'string') return body;
  const [operation = ''] = body.query.split(/\bfragment \w+ on /);
  return { ...body, query: operation.replace(/\s+/g, ' ').trim() };
}
