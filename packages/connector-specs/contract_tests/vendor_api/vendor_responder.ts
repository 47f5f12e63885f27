import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConnectorSpec } from '../../contract/types.ts';
import { folderOf } from '../load_fixtures.ts';
import type { ReceivedRequest, ServiceResponse } from '../local_service.ts';
import { type CheckedRequest, checkRequest, type SentRequest } from './check_request.ts';
import type { OperationFacts, ResponseFacts, VendorFacts } from './facts.ts';
import type { VendorManifest } from './manifest.ts';
import { type Sample, sampleOf } from './sample_response.ts';

const vendorFolderOf = (spec: ConnectorSpec): string => join(folderOf(spec), 'vendor_api');

/**
 * Returns `true` if the connector has facts from a description of the vendor, not only recorded
 * requests.
 */
export const hasVendorApi = (spec: ConnectorSpec): boolean =>
  existsSync(join(vendorFolderOf(spec), 'manifest.ts'));

/** Loads the facts of a connector and its manifest. */
export const loadVendorApi = async (
  spec: ConnectorSpec,
): Promise<{ readonly facts: VendorFacts; readonly manifest: VendorManifest }> => {
  const folder = vendorFolderOf(spec);
  const url = pathToFileURL(join(folder, 'manifest.ts')).href;
  const { manifest }: { manifest: VendorManifest } = await import(url);
  const facts: VendorFacts = JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8'));
  return { facts, manifest };
};

/**
 * The documented response that fits the `accept` header of the request, which is JSON by default.
 */
const responseFor = (
  { responses }: OperationFacts,
  { headers }: ReceivedRequest,
): ResponseFacts | undefined => {
  const plain = (type: string | undefined) => type?.replace(/\+json$/, '');
  return (
    responses.find(({ contentType }) => plain(contentType) === plain(headers.accept)) ??
    responses.find(({ contentType }) => contentType?.includes('json') !== false) ??
    (headers.accept === '*/*' ? responses[0] : undefined)
  );
};

/**
 * Creates a service that responds as the vendor's description says, and with 404 to a request that
 * the description lacks. Repeated requests of one operation get the minimal response, which is the
 * last page of a list.
 * @param onRequest called with the result of the check of each request
 */
export const vendorResponder = (
  facts: VendorFacts,
  sample: Sample,
  onRequest: (
    result: CheckedRequest,
    request: SentRequest,
    headers: ReceivedRequest['headers'],
  ) => void = () => {},
) => {
  const responded = new Set<string>();
  return (request: ReceivedRequest): ServiceResponse => {
    const sent: SentRequest = {
      method: request.method,
      url: request.url,
      contentType: request.headers['content-type'],
      body: request.body,
    };
    const result = checkRequest(facts, sent);
    onRequest(result, sent, request.headers);
    const operation = facts.operations[result.route ?? ''];
    const response = operation && responseFor(operation, request);
    if (response === undefined) return { status: 404 };
    if (response.schema === undefined) return { status: response.status, body: '' };
    const isFirst = !responded.has(result.route ?? '');
    responded.add(result.route ?? '');
    const body = sampleOf(response.schema, isFirst ? sample : { ...sample, size: 'minimal' });
    return {
      status: response.status,
      body: typeof body === 'string' ? body : Buffer.from(JSON.stringify(body)),
    };
  };
};
