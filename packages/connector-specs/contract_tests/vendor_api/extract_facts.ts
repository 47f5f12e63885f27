import { isRecord } from '@latchkey/oauth-providers';
import type { OperationRequest } from '../../operations/index.ts';
import type { JsonSchema } from '../../schema/index.ts';
import type { BodyFacts, OperationFacts, ParameterFacts, ResponseFacts } from './facts.ts';
import { entryOfRoute } from './manifest.ts';
import { fieldsOf, itemsOf, masked, outputMaskOf } from './output_mask.ts';

/**
 * Keywords of JSON Schema that state facts. All other members are texts, examples or extensions.
 */
const KEYWORDS = new Set([
  'type',
  'enum',
  'const',
  'required',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
  'multipleOf',
  'additionalProperties',
]);
const LISTS_OF_SCHEMAS = ['anyOf', 'oneOf', 'allOf'];
/** Maximum depth of extracted objects. Deeper objects are recursive or not relevant. */
const MAX_DEPTH = 8;

const entries = (value: unknown): [string, unknown][] =>
  isRecord(value) ? Object.entries(value) : [];

/** Reads an OpenAPI 3 description. */
export class VendorDescription {
  readonly #document: JsonSchema;
  readonly #itemsAreAlternatives: boolean;

  /**
   * Reads the routes of a description.
   * @param document parsed OpenAPI 3.0 or 3.1 document
   * @param options.itemsAreAlternatives see `VendorManifest`
   */
  constructor(
    document: JsonSchema,
    { itemsAreAlternatives = false }: { readonly itemsAreAlternatives?: boolean } = {},
  ) {
    this.#document = document;
    this.#itemsAreAlternatives = itemsAreAlternatives;
  }

  /**
   * A route with the names of path parameters that the description uses.
   * @throws Error when the description has no such path
   */
  routeOf(route: string): string {
    const [method = '', path = ''] = route.split(' ');
    const paths = this.#step(this.#document, 'paths');
    const known = isRecord(paths) ? paths : {};
    const found = Object.hasOwn(known, path) ? path : entryOfRoute(known, path)?.[0];
    if (found === undefined) {
      throw new Error(
        `the description has no path of [${route}]: write the operation into added or sameAs of the manifest`,
      );
    }
    return `${method} ${found}`;
  }

  /**
   * Extracts the facts of one operation.
   * @param requests operations of actions with this route. Only the response fields that these
   *   operations read are extracted
   * @throws Error when the description has no such operation
   */
  factsOf(route: string, requests: readonly OperationRequest[]): OperationFacts {
    const [method = '', path = ''] = route.split(' ');
    const pathItem = this.#resolve(this.#step(this.#step(this.#document, 'paths'), path));
    const operation = this.#resolve(this.#step(pathItem, method.toLowerCase()));
    if (!isRecord(operation)) throw new Error(`the description has no operation [${route}]`);
    const parameters = [
      ...list(this.#step(pathItem, 'parameters')),
      ...list(operation['parameters']),
    ];
    const scopes = scopesIn(operation['security']);
    return {
      parameters: parameters
        .map((parameter) => this.#parameter(this.#resolve(parameter)))
        .filter((parameter) => parameter !== undefined),
      body: this.#body(this.#resolve(operation['requestBody'])),
      responses: this.#responses(operation['responses'], requests),
      ...(scopes.length === 0 ? {} : { scopes }),
    };
  }

  #parameter(parameter: unknown): ParameterFacts | undefined {
    if (!isRecord(parameter)) return undefined;
    const place = parameter['in'];
    if (place !== 'path' && place !== 'query' && place !== 'header') return undefined;
    return {
      in: place,
      name: String(parameter['name']),
      isRequired: parameter['required'] === true,
      isMultiSegment: parameter['x-multi-segment'] === true,
      isCommaSeparated: parameter['explode'] === false,
      schema: this.#schema(parameter['schema']),
    };
  }

  #body(body: unknown): BodyFacts | undefined {
    if (!isRecord(body)) return undefined;
    const schemas = entries(body['content']).map(([type, content]) => [
      type,
      this.#schema(this.#step(content, 'schema')),
    ]);
    return { isRequired: body['required'] === true, schemas: Object.fromEntries(schemas) };
  }

  #responses(responses: unknown, requests: readonly OperationRequest[]): ResponseFacts[] {
    return (
      entries(responses)
        .filter(([status]) => /^2(\d\d|XX)$/.test(status))
        // `2XX` stands for every status of success.
        .map(([status, response]) => [status.replace('XX', '00'), response] as const)
        .flatMap(([status, response]): readonly ResponseFacts[] => {
          const content = entries(this.#step(this.#resolve(response), 'content'));
          if (content.length === 0) {
            return [{ status: Number(status), contentType: undefined, schema: undefined }];
          }
          return content.map(([contentType, media]) => ({
            status: Number(status),
            contentType,
            schema: this.#responseSchema(this.#step(media, 'schema'), requests),
          }));
        })
    );
  }

  /**
   * Schema of the part of a response that actions read. Text, such as a diff, is read as a whole.
   */
  #responseSchema(schema: unknown, requests: readonly OperationRequest[]): JsonSchema {
    const masks = requests.map(outputMaskOf).filter((mask) => mask !== undefined);
    const mask = { anyOf: masks };
    const read = this.#schema(schema, 0, mask);
    return read['type'] === 'string' ? read : masked(read, mask);
  }

  /**
   * Converts a schema to JSON Schema, without references and texts.
   * @param mask schema of the fields to extract. Default: all. Large descriptions refer to
   *   themselves, so that extracting all fields would take too long
   */
  #schema(value: unknown, depth = 0, mask?: JsonSchema): JsonSchema {
    const schema = this.#resolve(value);
    if (!isRecord(schema) || (mask === undefined && depth > MAX_DEPTH)) return {};
    if (this.#itemsAreAlternatives && schema['type'] === undefined && isRecord(schema['items']))
      return this.#schema(schema['items'], depth, mask);
    const result: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(schema)) {
      if (key === 'properties') {
        const masks = mask && fieldsOf(mask);
        result[key] = Object.fromEntries(
          entries(part)
            .filter(([name]) => masks?.has(name) !== false)
            .map(([name, field]) => {
              const inner = masks && { anyOf: masks.get(name) ?? [] };
              return [name, this.#schema(field, depth + 1, inner)];
            }),
        );
      } else if (key === 'items') {
        const inner = mask && { anyOf: itemsOf(mask) };
        result[key] = this.#schema(part, depth + 1, inner);
      } else if (LISTS_OF_SCHEMAS.includes(key)) {
        result[key] = list(part).map((one) =>
          isNullAlternative(one) ? { type: 'null' } : this.#schema(one, depth + 1, mask),
        );
      } else if (key === 'additionalProperties' && isRecord(part)) {
        result[key] = this.#schema(part, depth + 1);
      } else if (KEYWORDS.has(key) && !(key === 'required' && !Array.isArray(part))) {
        result[key] = part;
      }
    }
    if (schema['nullable'] !== true) return result;
    const isNull = this.#itemsAreAlternatives && Object.keys(result).length === 0;
    return isNull ? { type: 'null' } : withNull(result);
  }

  #resolve(value: unknown): unknown {
    let current = value;
    for (let hops = 0; hops < 20; hops += 1) {
      const reference = isRecord(current) ? current['$ref'] : undefined;
      if (typeof reference !== 'string') return current;
      current = reference
        .replace(/^#\//, '')
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((found, step) => this.#step(found, step), this.#document);
    }
    throw new Error('a reference in the description is circular');
  }

  #step(value: unknown, name: string): unknown {
    return isRecord(value) ? value[name] : undefined;
  }
}

/**
 * The scopes in the security requirements of an operation. In OpenAPI all scopes of one requirement
 * are needed, but Slack lists alternatives in one requirement. The other vendors name one scope per
 * requirement. Slack writes `none` for an operation that needs no scope.
 */
function scopesIn(security: unknown): readonly string[] {
  const scopes = list(security).flatMap((requirement) =>
    entries(requirement).flatMap(([, names]) => list(names).map(String)),
  );
  return [...new Set(scopes)].filter((scope) => scope !== 'none');
}

/**
 * Returns `true` if an alternative means null. OpenAPI 3.0 has no type null, so Microsoft writes a
 * nullable object without fields instead.
 */
const isNullAlternative = (alternative: unknown): boolean =>
  isRecord(alternative) &&
  alternative['nullable'] === true &&
  Object.keys(alternative).every((key) => key === 'nullable' || key === 'type');

/** OpenAPI 3.0 writes `nullable: true` where JSON Schema lists the type `null`. */
function withNull(schema: Record<string, unknown>): JsonSchema {
  const { type, enum: values, ...rest } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const nullable = { ...rest, type: [type, 'null'] };
  return Array.isArray(values) ? { ...nullable, enum: [...new Set([...values, null])] } : nullable;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
