import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileInput } from '../file_content/index.ts';
import { confirmed, defineApi } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
const write = { scope: 'write', description: 'Writes.' } as const;

const upload = operation('POST /items/{id}/files', {
  ...write,
  input: {
    id: z.string(),
    note: z.string().optional(),
    file: fileInput(10),
    filename: z.string().max(255),
  },
  upload: { field: 'attachment', content: 'file', fileName: 'filename' },
  output: z.object({}),
});

const fieldsOf = async (body: unknown, headers: object = {}) =>
  new Response(body as Buffer<ArrayBuffer>, { headers: { ...headers } }).formData();

describe('an operation with a file', () => {
  it('sends the bytes and the name in a multipart form, with its other fields', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45]);
    const { context, sent } = aContext([{}]);
    const filename = 'a "b"\r\nX: y ü.txt';
    await upload.call(context, { id: '7', note: 'n', file: bytes.toString('base64'), filename });
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://api.sample.test/items/7/files' });
    const form = await fieldsOf(sent[0]?.body, sent[0]?.headers);
    const file = form.get('attachment') as File;
    expect([...form.keys()]).toEqual(['note', 'attachment']);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
    expect(file.name.replaceAll(/%0D|%0A|[\r\n]/g, '')).toContain('X: y ü.txt');
    expect(String(sent[0]?.body)).not.toContain('\r\nX: y');
  });

  it.each(['YWFhYWFhYWFhYWFhYWFh', 'not base64!', 'YQ'])('refuses the content %s', async (file) => {
    const { context, sent } = aContext([{}]);
    const call = upload.call(context, { id: '7', file, filename: 'a' });
    await expect(call).rejects.toMatchObject({ code: 'invalid_input' });
    expect(sent).toEqual([]);
  });

  it('is refused when it names an input that does not exist', () => {
    const define = () =>
      operation('POST /files', {
        ...write,
        input: {},
        upload: { field: 'f', content: 'file', fileName: 'name' },
        output: z.object({}),
      });
    expect(define).toThrow('has no input [file]');
  });
});

describe('an operation whose body is one input', () => {
  const watch = operation('POST /items/{id}/watchers', {
    ...write,
    input: { id: z.string(), user: z.string().optional() },
    wholeBody: 'user',
    ...confirmed('added', 'id'),
  });

  it('sends its value as JSON, and returns the declared inputs as a confirmation', async () => {
    const { context, sent } = aContext([{ status: 204, body: '' }]);
    expect(await watch.call(context, { id: '7', user: 'a"b' })).toEqual({ added: true, id: '7' });
    expect(sent[0]).toMatchObject({
      headers: { 'Content-Type': 'application/json' },
      body: '"a\\"b"',
    });
  });

  it('sends no body when the value is absent', async () => {
    const { context, sent } = aContext([{ status: 204, body: '' }]);
    await watch.call(context, { id: '7' });
    expect(sent[0]?.body).toBeUndefined();
  });
});

describe('an API with a base URL for each auth type', () => {
  const api = defineApi({
    name: 'Sites API',
    baseUrl: {
      basic: 'https://{config.site}.sample.test',
      oauth_authorization_code: 'https://api.sample.test/sites/{grant.siteId}',
    },
  });
  const get = api.operation('GET /items', {
    scope: 'read',
    description: 'Reads.',
    input: {},
    output: z.object({}),
  });
  const called = async (authType: string) => {
    const parts = { config: { site: 'acme' }, grant: { siteId: 'c/1' }, secrets: { authType } };
    const { context, sent } = aContext([{}], parts);
    await get.call(context, {});
    return sent[0]?.url;
  };

  it('is called at the URL of the auth type of the connector', async () => {
    expect(await called('basic')).toBe('https://acme.sample.test/items');
    expect(await called('oauth_authorization_code')).toBe(
      'https://api.sample.test/sites/c%2F1/items',
    );
  });

  it.each(['bearer', 'toString'])('is not called with the auth type %s', async (authType) => {
    await expect(called(authType)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
