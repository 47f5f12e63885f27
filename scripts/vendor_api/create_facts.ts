import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectorSpecs } from '@latchkey/connector-specs';
import {
  fromDiscovery,
  isDiscovery,
  requestsOf,
  VendorDescription,
  type VendorFacts,
  type VendorManifest,
  withOverlays,
} from '@latchkey/connector-specs/vendor_api';
import { readPackageFile } from './read_package_file.ts';

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
  if (spec === undefined) throw new Error(`there is no connector [${name}]`);
  const url = pathToFileURL(join(folder, 'manifest.ts')).href;
  const { manifest }: { readonly manifest: VendorManifest } = await import(url);
  const text = await readPackageFile(manifest.source);
  const { itemsAreAlternatives = false, added = {} } = manifest;
  const document = JSON.parse(text);
  const openApi = isDiscovery(document) ? fromDiscovery(document) : document;
  const description = new VendorDescription(openApi, { itemsAreAlternatives });
  const requests = requestsOf(spec, manifest);
  const routes = [...new Set(requests.map(({ route }) => route))].sort();
  const facts: VendorFacts = {
    source: manifest.source,
    basePath: manifest.basePath ?? '',
    operations: Object.fromEntries(
      routes.map((route) => [
        route,
        added[route]?.facts ??
          description.factsOf(
            route,
            requests.filter((request) => request.route === route),
          ),
      ]),
    ),
  };
  return withOverlays(facts, manifest.overlays ?? []);
}
