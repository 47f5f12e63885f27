import { z } from 'zod';
import { type ClusterClient, ClusterFailure } from './connection/index.ts';
import {
  firstIndexName,
  INDEX_SETTINGS,
  indexMapping,
  probeIndex,
  type TypeIndex,
} from './type_index.ts';

const properties = z.record(z.string(), z.unknown()).optional();
const mappingResponse = z.record(
  z.string(),
  z.object({
    mappings: z.object({
      properties: z
        .object({
          fields: z.object({ properties }).optional(),
          words: z.object({ properties }).optional(),
          summary: z.unknown().optional(),
        })
        .optional(),
    }),
  }),
);

/**
 * Creates the index of a type, or adds missing mappings, which needs no reindexing. The call is
 * safe to repeat, and safe in several processes at the same time. If nothing is missing, it does
 * not change the state of the cluster.
 */
export async function prepareIndex(client: ClusterClient, index: TypeIndex): Promise<void> {
  const mapped = await readMapping(client, index);
  if (mapped === undefined) {
    await createIndex(client, index);
    return;
  }
  const hasFields = Object.keys(index.mappings).every((field) => mapped.fields.has(field));
  if (hasFields && (mapped.hasSummary || index.largeAttributes.length === 0)) return;
  await client.request({
    method: 'PUT',
    path: `/${index.alias}/_mapping`,
    body: indexMapping(index),
  });
}

/** Creates the index that a ping writes to. */
export async function prepareProbe(client: ClusterClient): Promise<void> {
  const name = probeIndex(client.options.indexPrefix);
  const { status } = await client.request({
    method: 'GET',
    path: `/${name}/_alias`,
    responses: [404],
    mayLackIndex: true,
  });
  if (status === 404) await create(client, name, { mappings: { dynamic: 'strict' } });
}

interface Mapped {
  /** Names of the mapped fields. */
  readonly fields: ReadonlySet<string>;
  readonly hasSummary: boolean;
}

/** Reads the mapping of an index. `undefined`: the index does not exist. */
async function readMapping(
  client: ClusterClient,
  { alias }: TypeIndex,
): Promise<Mapped | undefined> {
  const { status } = await client.request({
    method: 'GET',
    path: `/_alias/${alias}`,
    responses: [404],
    mayLackIndex: true,
  });
  if (status === 404) return undefined;
  const { body } = await client.request({ method: 'GET', path: `/${alias}/_mapping` });
  const [mapping] = Object.values(mappingResponse.parse(body));
  const { fields, summary } = mapping?.mappings.properties ?? {};
  return {
    fields: new Set(Object.keys(fields?.properties ?? {})),
    hasSummary: summary !== undefined,
  };
}

async function createIndex(client: ClusterClient, index: TypeIndex): Promise<void> {
  const wasCreated = await create(client, firstIndexName(index), {
    mappings: indexMapping(index),
    aliases: { [index.alias]: { is_write_index: true, is_hidden: true } },
  });
  // Another process created the index. It may be an older build that lacks mappings.
  if (!wasCreated) await prepareIndex(client, index);
}

/**
 * Creates an index.
 * @returns `false` when another process created the index first
 */
async function create(client: ClusterClient, name: string, content: object): Promise<boolean> {
  try {
    await client.request({
      method: 'PUT',
      path: `/${name}`,
      body: { settings: { index: INDEX_SETTINGS }, ...content },
    });
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof ClusterFailure && error.type === 'resource_already_exists_exception';
}
