import type { JsonSchema } from '../../schema/index.ts';
import type { OperationFacts, ParameterFacts } from './facts.ts';

/** Schema of a text, for facts that are written from the documentation of a vendor. */
export const text = { type: 'string' };
/** Schema of a boolean. */
export const flag = { type: 'boolean' };
/** Schema of a whole number. */
export const integer = { type: 'integer' };

/** Schema of a list. */
export const list = (items: object) => ({ type: 'array', items });

/** Schema of an object, which may also have other members. */
export const object = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
) => ({ type: 'object', properties, required });

/** A parameter of a request. A parameter in the path is required. */
export const parameter = (
  place: ParameterFacts['in'],
  name: string,
  schema: JsonSchema = text,
): ParameterFacts => ({
  in: place,
  name,
  isRequired: place === 'path',
  isMultiSegment: false,
  isCommaSeparated: false,
  schema,
});

/** Facts of an operation with JSON in request and response. */
export const jsonFacts = (
  response: JsonSchema,
  request: { readonly parameters?: readonly ParameterFacts[]; readonly body?: JsonSchema } = {},
): OperationFacts => ({
  parameters: request.parameters ?? [],
  body: request.body && { isRequired: true, schemas: { 'application/json': request.body } },
  responses: [{ status: 200, contentType: 'application/json', schema: response }],
});
