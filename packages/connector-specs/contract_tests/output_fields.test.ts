import { isRecord } from '@latchkey/oauth-providers';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { connectorSpecs } from '../connectors/index.ts';

/** Paths of the fields of a JSON Schema, sorted. `[]` is each item of a list. */
const pathsIn = (schema: unknown, path = ''): readonly string[] => {
  if (!isRecord(schema)) return [];
  const { properties, items } = schema;
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => schema[key] ?? []);
  const fields = Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, field]) => {
    const place = path === '' ? name : `${path}.${name}`;
    return [place, ...pathsIn(field, place)];
  });
  const found = [
    ...fields,
    ...parts.flatMap((part) => pathsIn(part, path)),
    ...pathsIn(items, `${path}[]`),
  ];
  return [...new Set(found)].sort();
};

it('the fields that actions return change only together with output_fields.txt, because workflows refer to them (update it with `npm run unit -- output_fields -u`)', async () => {
  const lines = connectorSpecs.flatMap(({ metadata, actions }) =>
    Object.entries(actions).flatMap(([name, { output }]) => {
      if (output === undefined) return [];
      const schema = z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' });
      return [`${metadata.id} ${name}: ${pathsIn(schema).join(' ')}`];
    }),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('output_fields.txt');
});
