import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ConnectorSpec, connectorSpecs } from '@latchkey/connector-specs';
import {
  entryOfRoute,
  factsKeyOf,
  fromDiscovery,
  isDiscovery,
  type OperationFacts,
  positionalRoute,
  requestsOf,
  sentDocuments,
  VendorDescription,
  type VendorFacts,
  type VendorManifest,
  type VendorSource,
  withBodyParts,
  withOverlays,
} from '@latchkey/connector-specs/vendor_api';
import { importGraphql } from './graphql/documents.ts';
import { operationFacts } from './graphql/operation_facts.ts';
import { SdkTypes } from './graphql/sdk_types.ts';
import { fromOpenApiClient } from './openapi_client.ts';
import { readPackageFile, readPackageFolders } from './read_package_file.ts';

/**
 * Extracts the facts of all operations of a connector from the package that its manifest names.
 * @param name folder of the connector
 * @param folder with `manifest.ts`
 * @throws Error when the connector, the package or an operation does not exist, or the digest of
 * the package differs
 */
export async function createFacts(name: string, folder: string): Promise<VendorFacts> {
  const spec = connectorSpecs.find(
    ({ metadata }) => metadata.id.slice(1).replace(/[.-]/g, '_') === name,
  );
  if (spec === undefined) throw new Error(`There is no connector [${name}]`);
  const manifest = await readManifest(folder);
  const { source, basePath = '', gatewayPath, overlays = [] } = manifest;
  const operations =
    manifest.graphql === undefined
      ? openApiFacts(await openApiOf(manifest), requestsOf(spec, manifest), manifest)
      : await graphqlFacts(await readPackageFile(packageOf(manifest)), spec, manifest.graphql);
  const described = withScopes(operations, manifest.scopes ?? {});
  const gateway = gatewayPath === undefined ? {} : { gatewayPath };
  const from = source === undefined ? {} : { source };
  return withOverlays({ ...from, basePath, ...gateway, operations: described }, overlays);
}

/**
 * Returns the manifest of a connector.
 * @param folder folder that contains `manifest.ts`
 */
export async function readManifest(folder: string): Promise<VendorManifest> {
  const url = pathToFileURL(join(folder, 'manifest.ts')).href;
  const { manifest }: { readonly manifest: VendorManifest } = await import(url);
  return manifest;
}

/**
 * Adds the documented scopes to the facts of operations.
 * @throws Error for scopes of an operation that the connector does not have
 */
function withScopes(
  operations: Operations,
  documented: NonNullable<VendorManifest['scopes']>,
): Operations {
  const result = { ...operations };
  for (const [name, { source: _, ...scopes }] of Object.entries(documented)) {
    const found =
      entryOfRoute(operations, name) ??
      Object.entries(operations).find(([key]) => key.endsWith(` ${name}`));
    if (found === undefined) throw new Error(`scopes of [${name}]: there is no such operation`);
    result[found[0]] = { ...found[1], ...scopes };
  }
  return result;
}

type Operations = VendorFacts['operations'];
type OpenApi = ReturnType<typeof fromDiscovery>;

/**
 * Returns the package that a manifest names.
 * @throws Error when it names none
 */
function packageOf({ source }: VendorManifest): VendorSource {
  if (source === undefined) throw new Error('the manifest names no package as its source');
  return source;
}

/** Returns the description in the form of OpenAPI, whatever form the vendor publishes. */
async function openApiOf(manifest: VendorManifest): Promise<OpenApi> {
  if (manifest.source === undefined) return { paths: {} };
  const { source, clientFolders } = manifest;
  if (clientFolders !== undefined)
    return fromOpenApiClient(await readPackageFolders(source, clientFolders));
  const document = JSON.parse(await readPackageFile(source));
  return isDiscovery(document) ? fromDiscovery(document) : document;
}

function openApiFacts(
  openApi: OpenApi,
  requests: ReturnType<typeof requestsOf>,
  {
    itemsAreAlternatives = false,
    added = {},
    describedPath = '',
    bodyParts = {},
    sameAs = {},
  }: VendorManifest,
): Operations {
  const description = new VendorDescription(openApi, { itemsAreAlternatives });
  const describedFacts = (route: string): readonly [string, OperationFacts] => {
    const same = entryOfRoute(sameAs, route);
    const described = description.routeOf(
      same?.[1].route ?? route.replace(' ', ` ${describedPath}`),
    );
    const key = same?.[0] ?? described.replace(` ${describedPath}`, ' ');
    const facts = description.factsOf(
      described,
      requests.filter((request) => positionalRoute(request.route) === positionalRoute(route)),
    );
    return [key, withBodyParts(withoutForeignPathKeys(key, facts), bodyParts[key])];
  };
  const routes = new Map(requests.map(({ route }) => [positionalRoute(route), route]));
  const operations = [...routes.values()].map((route): readonly [string, OperationFacts] => {
    const [key, own] = entryOfRoute(added, route) ?? [];
    return key === undefined || own === undefined ? describedFacts(route) : [key, own.facts];
  });
  return Object.fromEntries(operations.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function graphqlFacts(
  declarations: string,
  spec: ConnectorSpec,
  { library: source, route, scalars }: NonNullable<VendorManifest['graphql']>,
): Promise<Operations> {
  const library = await importGraphql(source);
  const sources = { types: new SdkTypes(declarations), library, scalars };
  const documents = await sentDocuments(spec);
  return Object.fromEntries(
    [...documents].map(([document, samples]) => [
      factsKeyOf({ route, document }),
      operationFacts(sources, { document, samples }),
    ]),
  );
}

/** Removes path parameters that the described path has and the route of the connector has not. */
function withoutForeignPathKeys(route: string, facts: OperationFacts): OperationFacts {
  const parameters = facts.parameters.filter(
    (parameter) => parameter.in !== 'path' || route.includes(`{${parameter.name}}`),
  );
  return { ...facts, parameters };
}
