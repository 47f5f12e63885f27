import { once } from 'node:events';
import { createServer } from 'node:http';
import type { VendorSource } from '@latchkey/connector-specs/vendor_api';
import { withInstalledPackage } from '../read_package_file.ts';
import { type AirtableSdk, airtableCalls } from './airtable.ts';
import type { RecordedCall } from './recorded_call.ts';

/** Requests of a vendor's SDK. */
interface SdkRequests {
  readonly source: Pick<VendorSource, 'package' | 'version' | 'sha256'>;
  readonly requests: readonly {
    readonly action: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly method: string;
    /** Path and query as sent. */
    readonly url: string;
    /** Parsed JSON. `undefined`: the request has no body. */
    readonly body: unknown;
  }[];
}

/** Connectors whose vendor has an SDK and no description, and the calls of the SDK. */
const SDKS: Readonly<
  Record<string, (load: (name: string) => unknown, origin: string) => readonly RecordedCall[]>
> = {
  // The types of the SDK are not installed here.
  airtable: (load, origin) => airtableCalls(load('airtable') as AirtableSdk, origin),
};

/**
 * Records the requests of the vendor's SDK.
 * @param name folder of the connector
 * @returns `undefined`: the connector is checked without an SDK
 * @throws Error when the digest of the package is not that of the manifest
 */
export async function recordSdkRequests(
  name: string,
  source: VendorSource,
): Promise<SdkRequests | undefined> {
  const callsOf = SDKS[name];
  if (callsOf === undefined) return undefined;
  return withInstalledPackage(source, async (load) => {
    const received: { method: string; url: string; body: unknown }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '' } = request;
      received.push({ method, url, body: text === '' ? undefined : JSON.parse(text) });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'a', fields: {}, records: [], deleted: true }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const calls = callsOf(load, `http://127.0.0.1:${port}`);
      for (const { call } of calls) await call();
      const { package: packageName, version, sha256 } = source;
      return {
        source: { package: packageName, version, sha256 },
        requests: calls.map(({ action, input }, index) => ({
          action,
          input,
          ...(received[index] ?? { method: '', url: '', body: undefined }),
        })),
      };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
