import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addMeta, getMeta, setMeta } from './ui_meta.ts';
import { UISchemas } from './ui_schemas.ts';

describe('the metadata of a schema', () => {
  it('is exported to JSON Schema through every wrapper', () => {
    const field = addMeta(setMeta(z.string(), { label: 'A', sensitive: true }).optional(), {
      hidden: true,
    });
    const json = z.toJSONSchema(z.strictObject({ field }), { io: 'input' });
    expect(json.properties?.['field']).toMatchObject({ label: 'A', sensitive: true, hidden: true });
  });

  it('is found through optional and default, and the outermost value of a key is used', () => {
    const inner = setMeta(z.string(), { label: 'inner', order: 1 });
    expect(getMeta(setMeta(inner.optional().default('x'), { label: 'outer' }))).toEqual({
      label: 'outer',
      order: 1,
    });
  });

  it('does not change the original schema', () => {
    const original = setMeta(z.string(), { label: 'original' });
    addMeta(original, { label: 'copy' });
    expect(getMeta(original)).toEqual({ label: 'original' });
  });

  it('is replaced by setMeta and merged by addMeta', () => {
    const field = setMeta(z.string(), { label: 'A', order: 1 });
    expect(getMeta(setMeta(field, { order: 2 }))).toEqual({ order: 2 });
    expect(getMeta(addMeta(field, { order: 2 }))).toEqual({ label: 'A', order: 2 });
  });

  it('keeps the checks of the schema of which it is a copy', () => {
    expect(setMeta(z.string().max(2), { label: 'A' }).safeParse('abc').success).toBe(false);
  });

  it('is empty for a schema without metadata', () => {
    expect(getMeta(z.string())).toEqual({});
  });
});

describe('the prepared schemas for forms', () => {
  it.each(['secret', 'textarea', 'json', 'code'] as const)(
    'limit the length of the schema %s',
    (name) => {
      expect(UISchemas[name]().safeParse('x'.repeat(1_000_000)).success).toBe(false);
    },
  );

  it('C41: accept only web addresses as URLs', () => {
    const accepts = (url: string) => UISchemas.url().safeParse(url).success;
    expect(accepts('https://example.com/token')).toBe(true);
    for (const url of [
      'file:///etc/passwd',
      'gopher://x',
      'javascript:alert(1)',
      '',
      'example.com',
    ])
      expect(accepts(url)).toBe(false);
  });

  it('mask secrets and prefill the scheme of URLs', () => {
    expect(getMeta(UISchemas.secret({ label: 'Key' }))).toMatchObject({
      sensitive: true,
      label: 'Key',
    });
    expect(getMeta(UISchemas.url())).toMatchObject({ widget: 'text', placeholder: 'https://' });
  });
});
