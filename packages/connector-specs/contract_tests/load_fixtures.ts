import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { ConnectorSpec } from '../contract/types.ts';
import type { ContractFixtures } from './fixtures.ts';
import { generateMinimal } from './generate_inputs.ts';

/** Folder of all connectors. */
export const CONNECTORS = join(import.meta.dirname, '..', 'connectors');

/** Folder of a connector. */
export const folderOf = (spec: ConnectorSpec): string =>
  join(CONNECTORS, spec.metadata.id.slice(1).replace(/[.-]/g, '_'));

/** Fixtures of a connector. Empty: the connector has no fixtures. */
export const loadFixtures = async (spec: ConnectorSpec): Promise<ContractFixtures> => {
  const file = join(folderOf(spec), 'contract_fixtures.ts');
  if (!existsSync(file)) return {};
  const loaded: { contractFixtures: ContractFixtures } = await import(pathToFileURL(file).href);
  return loaded.contractFixtures;
};

/** The parsed config of the fixtures. Without one: the smallest config that the schema accepts. */
export const configOf = (
  spec: ConnectorSpec,
  { config }: Pick<ContractFixtures, 'config'>,
): Record<string, unknown> => {
  const schema = spec.schema ?? z.strictObject({});
  return schema.parse(config ?? generateMinimal(schema));
};
