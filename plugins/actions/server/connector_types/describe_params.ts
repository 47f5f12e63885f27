import {
  type ConnectorSpec,
  type JsonSchema,
  TEST_CONNECTOR_SUB_ACTION,
  toJsonSchema,
} from '@latchkey/connector-specs';
import type { DescribedBody } from '@latchkey/core/common';
import { isRecord } from '@latchkey/oauth-providers';
import { z } from 'zod';
import type { ConnectorType } from './connector_type.ts';
import { fetchOptions } from './validate_params.ts';

/** Name in OpenAPI of the options that every execution has. */
const FETCH_OPTIONS = 'fetch_options';

/**
 * Describes the body of an execution in OpenAPI: its `params` are those of one of the connector
 * types. Any other object is described too, because the type of the connector is not part of the
 * request.
 * @param body JSON Schema of the body, in which `params` are any object
 */
export function describeExecution(
  body: JsonSchema,
  types: readonly Pick<ConnectorType, 'spec'>[],
): DescribedBody {
  const properties = isRecord(body['properties']) ? body['properties'] : {};
  const ofTypes = types.map(({ spec }) => [nameOf(spec), paramsSchema(spec)] as const);
  const params = {
    description: 'Depends on the type of the connector: one schema for each type.',
    anyOf: [...ofTypes.map(([name]) => refTo(name)), properties['params']],
  };
  return {
    schema: { ...body, properties: { ...properties, params } },
    components: {
      ...Object.fromEntries(ofTypes),
      [FETCH_OPTIONS]: { description: 'Limits of the response.', ...plain(fetchOptions) },
    },
  };
}

/** The params of all actions of a type, in the order of the spec. */
function paramsSchema(spec: ConnectorSpec): JsonSchema {
  const { displayName, id } = spec.metadata;
  const byDefault = spec.actions[spec.defaultAction ?? ''];
  return {
    title: `Params of ${displayName}`,
    description: `For connectors of the type ${id}.`,
    oneOf: [
      ...Object.entries(spec.actions).map(([name, action]) => callOf(name, action)),
      ...(spec.test.enabled ? [callOf(TEST_CONNECTOR_SUB_ACTION, testOf(spec))] : []),
      ...(byDefault === undefined ? [] : [plain(byDefault.input)]),
    ],
  };
}

/** The connection test, which has no inputs. */
function testOf({ test }: ConnectorSpec) {
  return { description: test.description ?? 'Tests the connection.', input: z.strictObject({}) };
}

/** The params of one action. An absent `subActionParams` is an empty object. */
function callOf(
  subAction: string,
  { description, input }: Pick<ConnectorSpec['actions'][string], 'description' | 'input'>,
): JsonSchema {
  return {
    type: 'object',
    title: subAction,
    description,
    properties: {
      subAction: { type: 'string', const: subAction },
      subActionParams: plain(input),
      fetchOptions: refTo(FETCH_OPTIONS),
    },
    required: ['subAction', ...(input.safeParse({}).success ? [] : ['subActionParams'])],
    additionalProperties: false,
  };
}

/** A JSON Schema that is a part of another document. */
function plain(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema);
  return rest;
}

/** The name of a type's params: `jira-cloud_params` for `.jira-cloud`. */
function nameOf({ metadata }: ConnectorSpec): string {
  return `${metadata.id.slice(1)}_params`;
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
