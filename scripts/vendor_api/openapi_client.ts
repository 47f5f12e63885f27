type JsonSchema = Readonly<Record<string, unknown>>;

/** A file of an SDK. */
export interface SdkFile {
  /** Path in the package. */
  readonly path: string;
  readonly text: string;
}

/**
 * Returns the OpenAPI description from which OpenAPI Generator (`typescript`, compiled to CommonJS)
 * wrote an SDK, as far as the code of the SDK still contains it: paths, names in queries, bodies,
 * responses, models.
 * @param files `apis/*.js`, `models/*.js` and `models/*.d.ts` of one or more folders
 */
export function fromOpenApiClient(files: readonly SdkFile[]): JsonSchema {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const schemas: Record<string, JsonSchema> = {};
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const { path, text } of files) {
    const folder = path.split('/').slice(0, -2).join('.');
    const typeOf = (name: string) => schemaOf(name, folder);
    if (/\/models\/\w+\.js$/.test(path)) {
      const name = /(\w+)\.js$/.exec(path)?.[1] ?? '';
      const declared = texts.get(path.replace(/\.js$/, '.d.ts')) ?? '';
      schemas[`${folder}.${name}`] = modelOf({ text, declared }, typeOf);
    } else if (/\/apis\/\w+Api\.js$/.test(path)) {
      for (const [route, verb, operation] of operationsIn(text, typeOf))
        paths[route] = { ...paths[route], [verb]: operation };
    }
  }
  return { paths, components: { schemas } };
}

type TypeOf = (name: string) => JsonSchema;

/** Returns the schema of a model. Only the declarations show which of its fields are required. */
function modelOf(
  { text, declared }: { readonly text: string; readonly declared: string },
  typeOf: TypeOf,
): JsonSchema {
  const list = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(text)?.[1] ?? '[]';
  const fields: readonly { name: string; baseName: string; type: string }[] = JSON.parse(list);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ baseName, type }) => [baseName, typeOf(type)])),
    required: fields
      .filter(({ name }) => declared.includes(`'${name}': `))
      .map(({ baseName }) => baseName),
  };
}

/** Returns path, verb and operation of each function that creates a request. */
function operationsIn(
  text: string,
  typeOf: TypeOf,
): readonly (readonly [path: string, verb: string, operation: JsonSchema])[] {
  const parts = text.split('const localVarPath = ');
  return parts.slice(1).map((part, index) => {
    const path = /^'([^']+)'/.exec(part)?.[1] ?? '';
    const verb = (/HttpMethod\.(\w+)/.exec(part)?.[1] ?? '').toLowerCase();
    const before = parts[index] ?? '';
    const name = [...before.matchAll(/\n {4}(\w+)\([^)]*\) \{/g)].at(-1)?.[1] ?? '';
    const body = /serialize\(\w+, "(\w+)", ""\), contentType\)/.exec(part)?.[1];
    return [
      path,
      verb,
      {
        parameters: [
          ...[...path.matchAll(/\{(\w+)\}/g)].map(([, key]) => ({
            in: 'path',
            name: key,
            required: true,
            schema: { type: 'string' },
          })),
          ...queryOf(part, typeOf),
        ],
        ...(body === undefined
          ? {}
          : { requestBody: { required: true, content: jsonContent(typeOf(body)) } }),
        responses: responsesOf(text, name, typeOf),
      },
    ];
  });
}

function queryOf(part: string, typeOf: TypeOf): readonly JsonSchema[] {
  const single = part.matchAll(/setQueryParam\("(\w+)", [\w.]+\(\w+, "([^"]+)"/g);
  const repeated = part.matchAll(/\(\w+, "(Array<[^"]+>)"[^;]*;[^;]*appendQueryParam\("(\w+)"/g);
  const pairs = [
    ...[...single].map(([, name, type]) => [name, type]),
    ...[...repeated].map(([, type, name]) => [name, type]),
  ];
  return pairs.map(([name, type]) => ({ in: 'query', name, schema: typeOf(type ?? '') }));
}

/**
 * Returns the successful responses of an operation, from the response processor of the same name.
 */
function responsesOf(text: string, name: string, typeOf: TypeOf): JsonSchema {
  const [, processor = ''] = text.split(`\n    ${name}WithHttpInfo(response) {`);
  const [own = ''] = processor.split('WithHttpInfo(response) {');
  const found = own.matchAll(/isCodeInRange\)?\("(2\d\d)"[\s\S]*?contentType\), "(\w+)"/g);
  return Object.fromEntries(
    [...found].map(([, status, model]) => [status, { content: jsonContent(typeOf(model ?? '')) }]),
  );
}

function jsonContent(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

/** Returns the schema of a type as the SDK writes it. */
function schemaOf(type: string, folder: string): JsonSchema {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) return { type: 'array', items: schemaOf(list, folder) };
  const values = /^\{ \[key: string\]: (.+?);? \}$/.exec(type)?.[1];
  if (values !== undefined)
    return { type: 'object', additionalProperties: schemaOf(values, folder) };
  const inner = /^(.+) \| null$/.exec(type)?.[1];
  if (inner !== undefined) return { ...schemaOf(inner, folder), nullable: true };
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type };
    case 'Date':
      return { type: 'string' };
    case 'any':
      return {};
    default:
      // The values of enums are only in the declarations.
      return /Enum$|'/.test(type)
        ? { type: 'string' }
        : { $ref: `#/components/schemas/${folder}.${type}` };
  }
}
