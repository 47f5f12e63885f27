import { connectorSpecs } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { aConnectorSpec } from './connector_types.mock.ts';
import { describeExecution } from './describe_execution.ts';

const BODY = { type: 'object', properties: { params: { type: 'object' } }, required: ['params'] };
const types = connectorSpecs.map((spec) => ({ spec }));
const { schema, components } = JSON.parse(JSON.stringify(describeExecution(BODY, types)));
const nameIn = ({ $ref }: { readonly $ref: string }) => $ref.split('/').at(-1) ?? '';
const variantsOf = (name: string): readonly Variant[] =>
  components[name].oneOf.map((part: { $ref: string }) => components[nameIn(part)]);

interface Variant {
  readonly title: string;
  readonly description: string;
  readonly properties: {
    readonly subAction?: { readonly const: string };
    readonly subActionParams?: { readonly required?: readonly string[] };
  };
  readonly required?: readonly string[];
}

describe('the description of the params of an execution', () => {
  it('has params of each type, or any object, because the type is not part of the request', () => {
    expect(schema).toMatchObject({ type: 'object', required: ['params'] });
    const { anyOf } = schema.properties.params;
    expect(anyOf.at(-1)).toEqual(BODY.properties.params);
    const names = anyOf.slice(0, -1).map(nameIn);
    expect(names).toEqual(types.map(({ spec }) => `${spec.metadata.id.slice(1)}_params`));
    expect(Object.keys(components)).toEqual(expect.arrayContaining([...names, 'fetch_options']));
  });

  it.each(types.map(({ spec }) => [spec.metadata.id, spec] as const))(
    'has a variant for each action of %s, with its description and inputs',
    (id, spec) => {
      const variants = variantsOf(`${id.slice(1)}_params`).filter(
        ({ properties }) => properties.subAction !== undefined,
      );
      const described = variants.map(({ title, description, properties, required }) => [
        [title, description, properties.subAction?.const],
        required?.includes('subActionParams'),
      ]);
      const typeId = id.slice(1);
      const test = [`${typeId}_test`, spec.test.description, '_test'];
      expect(described).toEqual([
        ...Object.entries(spec.actions).map(([name, { description, input }]) => [
          [`${typeId}_${name}`, description, name],
          !input.safeParse({}).success,
        ]),
        ...(spec.test.enabled ? [[test, false]] : []),
      ]);
    },
  );

  it('requires the inputs that an action requires', () => {
    const inputsOf = (name: string) => components[name].properties.subActionParams;
    expect(inputsOf('slack2_sendMessage').required).toEqual(['channel', 'text']);
    expect(inputsOf('slack2_whoAmI').required).toBeUndefined();
  });

  it('has the inputs of the default action of a type without a sub-action', () => {
    const variants = variantsOf('http_params');
    expect(variants.at(-1)?.properties).toHaveProperty('method');
    expect(variants.at(-1)?.properties).not.toHaveProperty('subAction');
  });

  it('has names and titles that are unique as class names of a generated client', () => {
    const repeated = (texts: readonly string[]) => {
      const classes = texts.map((text) => text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase());
      return classes.filter((name, index) => classes.indexOf(name) !== index);
    };
    const titles = titlesIn(components);
    expect(titles).toContain('slack2_sendMessage');
    expect(repeated(titles)).toEqual([]);
    expect(repeated(Object.keys(components))).toEqual([]);
  });

  it('has a schema with a name, and not one inside of another, for each variant', () => {
    const names = types.flatMap(({ spec }) =>
      components[`${spec.metadata.id.slice(1)}_params`].oneOf.map(nameIn),
    );
    expect(names).toContain('slack2_sendMessage');
    expect(new Set(names).size).toBe(names.length);
  });

  it('refers only to its own schemas', () => {
    const text = JSON.stringify([schema, components]);
    for (const [, name = ''] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
      expect(components).toHaveProperty([name.replace('#/components/schemas/', '')]);
    }
    expect(text).not.toContain('$schema');
    expect(text).not.toContain('$defs');
  });
});

describe('the description of the output of an action', () => {
  it('has the name of the action, and the params of the action refer to it', () => {
    for (const { metadata, actions } of connectorSpecs) {
      for (const name of Object.keys(actions)) {
        const params = `${metadata.id.slice(1)}_${name}`;
        const output = components[`${params}_output`];
        expect(components[params]['x-output']).toEqual({
          $ref: `#/components/schemas/${params}_output`,
        });
        expect(output).toMatchObject({
          title: `${params}_output`,
          description: `Output of the action ${name} of ${metadata.displayName}.`,
        });
      }
    }
  });

  it('is that after the changes by the connector, and permits further fields', () => {
    const { properties, additionalProperties } = components['linear_listProjects_output'];
    expect(properties.items.items.properties).toHaveProperty('state');
    expect([additionalProperties, properties.items.items.additionalProperties]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('has a schema with a name for each alternative', () => {
    const { anyOf } = components['github_pullRequestRead_output'];
    expect(anyOf.map(nameIn)).toEqual([1, 2, 3].map((at) => `github_pullRequestRead_output_${at}`));
    for (const part of anyOf) expect(components[nameIn(part)]).toMatchObject({ type: 'object' });
  });

  it('is absent for an action that declares none', () => {
    const described = describeExecution(BODY, [{ spec: aConnectorSpec() }]).components;
    expect(Object.keys(described)).toEqual([
      'sample_echo',
      'sample_test',
      'sample_params',
      'fetch_options',
    ]);
    expect(described['sample_echo']).not.toHaveProperty('x-output');
  });
});

/** The titles of all schemas in a value. */
function titlesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const title = 'title' in value && typeof value.title === 'string' ? [value.title] : [];
  return [...title, ...Object.values(value).flatMap(titlesIn)];
}
