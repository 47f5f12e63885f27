import {
  type ConnectorSpec,
  type JsonSchema,
  TEST_CONNECTOR_SUB_ACTION,
  toJsonSchema,
  toOutputSchema,
} from '@latchkey/connector-specs';
import type { DescribedBody } from '@latchkey/core/common';
import { isRecord } from '@latchkey/oauth-providers';
import { z } from 'zod';
import type { ConnectorType } from './connector_type.ts';
import { fetchOptions } from './validate_params.ts';

type Action = Pick<ConnectorSpec['actions'][string], 'description' | 'input' | 'output'>;

/** Name in OpenAPI of the options that every execution has. */
const FETCH_OPTIONS = 'fetch_options';

/**
 * Describes the body of an execution in OpenAPI: its `params` are those of one of the connector
 * types. Any other object is described too, because the type of the connector is not part of the
 * request. The outputs of the actions are schemas without a place in the response: the response
 * does not name its action, and generated clients would take the first schema that fits.
 * @param body JSON Schema of the body, in which `params` are any object
 */
export function describeExecution(
  body: JsonSchema,
  types: readonly Pick<ConnectorType, 'spec'>[],
): DescribedBody {
  const properties = isRecord(body['properties']) ? body['properties'] : {};
  const params = {
    description: 'Depends on the type of the connector: one schema for each type.',
    anyOf: [...types.map(({ spec }) => refTo(nameOf(spec, 'params'))), properties['params']],
  };
  return {
    schema: { ...body, properties: { ...properties, params } },
    components: {
      ...Object.fromEntries(types.flatMap(({ spec }) => Object.entries(paramsSchemas(spec)))),
      ...Object.fromEntries(types.flatMap(({ spec }) => outputSchemas(spec))),
      [FETCH_OPTIONS]: { description: 'Limits of the response.', ...plain(fetchOptions) },
    },
  };
}

/**
 * The params of a type, and of each of its actions in the order of the spec. Each is a schema with
 * a name, because client generators make a class of it and fail where two get the same name.
 */
function paramsSchemas(spec: ConnectorSpec): Readonly<Record<string, JsonSchema>> {
  const { displayName, id } = spec.metadata;
  const byDefault = spec.actions[spec.defaultAction ?? ''];
  const calls = Object.fromEntries([
    ...Object.entries(spec.actions).map(([name, action]) => callOf(spec, name, action)),
    ...(spec.test.enabled ? [callOf(spec, TEST_CONNECTOR_SUB_ACTION, testOf(spec))] : []),
    ...(byDefault === undefined ? [] : [titled(nameOf(spec, 'default'), plain(byDefault.input))]),
  ]);
  const params = {
    title: `Params of ${displayName}`,
    description: `For connectors of the type ${id}.`,
    oneOf: Object.keys(calls).map(refTo),
  };
  return { ...calls, [nameOf(spec, 'params')]: params };
}

/** The connection test, which has no inputs. */
function testOf({ test }: ConnectorSpec): Action {
  return { description: test.description ?? 'Tests the connection.', input: z.strictObject({}) };
}

/** The params of one action. An absent `subActionParams` is an empty object. */
function callOf(
  spec: ConnectorSpec,
  subAction: string,
  { description, input, output }: Action,
): readonly [name: string, schema: JsonSchema] {
  return titled(nameOf(spec, subAction), {
    type: 'object',
    description,
    properties: {
      subAction: { type: 'string', const: subAction },
      subActionParams: plain(input),
      fetchOptions: refTo(FETCH_OPTIONS),
    },
    required: ['subAction', ...(input.safeParse({}).success ? [] : ['subActionParams'])],
    additionalProperties: false,
    ...(output === undefined ? {} : { 'x-output': refTo(outputName(spec, subAction)) }),
  });
}

/**
 * The outputs of the actions that declare one. The params of an action refer to its output. The
 * alternatives of an output have names too, because client generators make a class of each.
 */
function outputSchemas(spec: ConnectorSpec): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(spec.actions).flatMap(([action, { output }]) => {
    if (output === undefined) return [];
    const name = outputName(spec, action);
    const { $schema: _, anyOf, ...schema } = toOutputSchema(output);
    const description = `Output of the action ${action} of ${spec.metadata.displayName}.`;
    if (!Array.isArray(anyOf)) return [titled(name, { description, ...schema })];
    const parts = anyOf.filter(isRecord).map((part, at) => titled(`${name}_${at + 1}`, part));
    const choice = { description, ...schema, anyOf: parts.map(([part]) => refTo(part)) };
    return [...parts, titled(name, choice)];
  });
}

/** A schema with its name as title. */
function titled(name: string, schema: JsonSchema): readonly [name: string, schema: JsonSchema] {
  return [name, { ...schema, title: name }];
}

/** A JSON Schema that is a part of another document. */
function plain(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema);
  return rest;
}

/** Name of a schema of a type: `jira-cloud_params`, `slack2_sendMessage`, `slack2_test`. */
function nameOf({ metadata }: ConnectorSpec, part: string): string {
  return `${metadata.id.slice(1)}_${part.replace(/^_/, '')}`;
}

/** Name of the schema of an output: `slack2_sendMessage_output`. */
function outputName(spec: ConnectorSpec, action: string): string {
  return nameOf(spec, `${action}_output`);
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
