import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toJsonSchema, toOutputSchema } from '../schema/index.ts';
import { text } from './fields.ts';
import { renamed } from './renamed.ts';

const message = renamed({
  ts: ['message_ts', z.string()],
  text: ['content', text()],
  channel: { id: ['channel_id', z.string()], name: ['channel_name', text()] },
});

describe('an output with different names than the response', () => {
  it('has the fields under its own names, even in groups, and no others', () => {
    const response = { message_ts: '1', content: null, channel_id: 'C1', other: true };
    const { ts, channel } = message.parse(response);
    expect([ts.length, channel.id]).toEqual([1, 'C1']);
    expect(JSON.parse(JSON.stringify(message.parse(response)))).toEqual({
      ts: '1',
      text: null,
      channel: { id: 'C1' },
    });
  });

  it('refuses a response without a required field, and names the field of the response', () => {
    const { error } = message.safeParse({ message_ts: '1' });
    expect(error?.issues.map(({ path }) => path)).toEqual([['channel_id']]);
  });

  it('is described by the names of the response before parsing, and by its own after it', () => {
    expect(Object.keys(Object(toJsonSchema(message)['properties']))).toEqual([
      'message_ts',
      'content',
      'channel_id',
      'channel_name',
    ]);
    expect(toOutputSchema(message)).toMatchObject({
      properties: { text: { type: ['string', 'null'] }, channel: { required: ['id'] } },
      required: ['ts', 'channel'],
    });
  });
});
