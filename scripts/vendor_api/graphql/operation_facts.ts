import type { OperationFacts } from '@latchkey/connector-specs/vendor_api';
import {
  type GraphqlLibrary,
  type OperationNode,
  rootOf,
  type SelectionNode,
  variableType,
} from './documents.ts';
import { schemaLanguageOf } from './schema_language.ts';
import type { SdkTypes, TypeReference } from './sdk_types.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schemas of the types that GraphQL itself defines. */
const BUILT_IN: Readonly<Record<string, JsonSchema>> = {
  ID: { type: 'string' },
  String: { type: 'string' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
};

/** Sources of the facts of one operation. */
export interface FactSources {
  readonly types: SdkTypes;
  readonly library: GraphqlLibrary;
  /** JSON types of the scalars of the API, by name of the scalar. */
  readonly scalars: Readonly<Record<string, string>>;
}

/**
 * Returns the facts of one GraphQL operation. They prove that the document is valid. The variables
 * have the types of the schema, and the response has the selected fields.
 * @param samples variables that the operation sends. Facts of input objects contain only their
 * fields
 * @throws Error for a document that the schema does not permit
 */
export function operationFacts(
  { types, library, scalars }: FactSources,
  { document, samples }: { readonly document: string; readonly samples: readonly unknown[] },
): OperationFacts {
  const parsed = library.parse(document);
  const [operation] = parsed.definitions;
  if (operation === undefined) throw new Error('the document is empty');
  const schema = library.buildSchema(schemaLanguageOf(types, operation, [...Object.keys(scalars)]));
  const [problem] = library.validate(schema, parsed);
  if (problem !== undefined) throw new Error(`${problem.message} in ${document}`);
  const json = new JsonTypes(types, scalars);
  return {
    parameters: [],
    body: {
      isRequired: true,
      schemas: {
        'application/json': {
          type: 'object',
          properties: { query: { const: document }, variables: json.variables(operation, samples) },
          required: ['query', 'variables'],
        },
      },
    },
    responses: [
      {
        status: 200,
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: { data: json.selection(rootOf(operation), operation.selectionSet) },
          required: ['data'],
        },
      },
    ],
  };
}

/** Converts types of the API to JSON Schema. */
class JsonTypes {
  readonly #types: SdkTypes;
  readonly #scalars: Readonly<Record<string, string>>;

  constructor(types: SdkTypes, scalars: Readonly<Record<string, string>>) {
    this.#types = types;
    this.#scalars = scalars;
  }

  variables({ variableDefinitions }: OperationNode, samples: readonly unknown[]): JsonSchema {
    return objectOf(
      variableDefinitions.map(({ variable, type }) => {
        const name = variable.name.value;
        const reference = variableType(type);
        return [name, reference, this.#input(reference, valuesOf(samples, name))];
      }),
    );
  }

  selection(type: string, { selections }: SelectionNode): JsonSchema {
    return objectOf(
      selections.map(({ name, alias, selectionSet }) => {
        const reference = this.#types.fieldsOf(type)?.get(name.value);
        if (reference === undefined) throw new Error(`[${type}] has no field [${name.value}]`);
        const schema = this.#of(reference, (named) =>
          selectionSet === undefined ? this.#leaf(named) : this.selection(named, selectionSet),
        );
        // The response always contains the field, even if it is null.
        return [(alias ?? name).value, { ...reference, isNullable: false }, schema];
      }),
    );
  }

  /** Returns the schema of an input object. Fields that no sample has are left out. */
  #input(reference: TypeReference, samples: readonly unknown[]): JsonSchema {
    const values = reference.of === 'list' ? samples.flat() : samples;
    return this.#of(reference, (name) => {
      const fields = this.#types.fieldsOf(name);
      if (fields === undefined) return this.#leaf(name);
      const used = [...fields]
        .map(([field, type]) => ({ field, type, inner: valuesOf(values, field) }))
        .filter(({ type, inner }) => inner.length > 0 || !type.isNullable);
      return objectOf(
        used.map(({ field, type, inner }) => [field, type, this.#input(type, inner)]),
      );
    });
  }

  #of(reference: TypeReference, named: (name: string) => JsonSchema): JsonSchema {
    const schema =
      reference.of === 'named'
        ? named(reference.name)
        : { type: 'array', items: this.#of(reference.item, named) };
    return reference.isNullable ? orNull(schema) : schema;
  }

  #leaf(name: string): JsonSchema {
    const values = this.#types.valuesOf(name);
    if (values !== undefined) return { type: 'string', enum: values };
    const scalar = this.#scalars[name];
    const schema = scalar === undefined ? BUILT_IN[name] : { type: scalar };
    if (schema === undefined) throw new Error(`the manifest has no scalar [${name}]`);
    return schema;
  }
}

function objectOf(
  fields: readonly (readonly [name: string, reference: TypeReference, schema: JsonSchema])[],
): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, , schema]) => [name, schema])),
    required: fields.filter(([, { isNullable }]) => !isNullable).map(([name]) => name),
  };
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  const nullable = { ...schema, type: [type, 'null'] };
  return Array.isArray(values) ? { ...nullable, enum: [...values, null] } : nullable;
}

/** Returns the values of one field in all samples that have it. */
function valuesOf(samples: readonly unknown[], field: string): readonly unknown[] {
  return samples.flatMap((sample) =>
    typeof sample === 'object' && sample !== null && Object.hasOwn(sample, field)
      ? [Reflect.get(sample, field)]
      : [],
  );
}
