import { type OperationNode, rootOf, type SelectionNode, variableType } from './documents.ts';
import type { Fields, SdkTypes, TypeReference } from './sdk_types.ts';

const BUILT_IN = ['ID', 'String', 'Int', 'Float', 'Boolean'];

/**
 * Returns the part of the schema that a document uses, in the schema definition language: selected
 * fields with all their arguments, and all fields of input objects.
 * @param scalars names of the scalars of the API
 * @throws Error for a field that the API does not have
 */
export function schemaLanguageOf(
  types: SdkTypes,
  operation: OperationNode,
  scalars: readonly string[],
): string {
  const selected = new Map<string, Map<string, string>>();
  const inputs = new Map<string, string>();

  const addInput = (reference: TypeReference): void => {
    if (reference.of === 'list') {
      addInput(reference.item);
      return;
    }
    const { name } = reference;
    if (inputs.has(name) || BUILT_IN.includes(name) || scalars.includes(name)) return;
    const values = types.valuesOf(name);
    const fields = types.fieldsOf(name);
    inputs.set(
      name,
      values !== undefined
        ? `enum ${name} { ${values.join(' ')} }`
        : fields === undefined
          ? `scalar ${name}`
          : `input ${name} { ${listed(fields)} }`,
    );
    for (const type of fields?.values() ?? []) addInput(type);
  };

  const select = (type: string, { selections }: SelectionNode): void => {
    const known = types.fieldsOf(type);
    const fields = selected.get(type) ?? new Map<string, string>();
    selected.set(type, fields);
    for (const { kind, name, selectionSet } of selections) {
      const reference = known?.get(name.value);
      if (kind !== 'Field' || reference === undefined)
        throw new Error(`[${type}] has no field [${name.value}]`);
      const args = types.argumentsOf(type, name.value);
      for (const argument of args.values()) addInput(argument);
      const list = args.size === 0 ? '' : `(${listed(args)})`;
      fields.set(name.value, `${name.value}${list}: ${textOf(reference)}`);
      if (selectionSet === undefined) addInput(reference);
      else select(namedOf(reference), selectionSet);
    }
  };

  const root = rootOf(operation);
  select(root, operation.selectionSet);
  for (const { type } of operation.variableDefinitions) addInput(variableType(type));
  return [
    ...(root === 'Query' ? [] : ['type Query { unused: String }']),
    ...scalars.map((name) => `scalar ${name}`),
    ...inputs.values(),
    ...[...selected].map(([name, fields]) => `type ${name} { ${[...fields.values()].join(' ')} }`),
  ].join('\n');
}

function listed(fields: Fields): string {
  return [...fields].map(([name, type]) => `${name}: ${textOf(type)}`).join(' ');
}

function textOf(reference: TypeReference): string {
  const text = reference.of === 'list' ? `[${textOf(reference.item)}]` : reference.name;
  return reference.isNullable ? text : `${text}!`;
}

function namedOf(reference: TypeReference): string {
  return reference.of === 'list' ? namedOf(reference.item) : reference.name;
}
