import { describe, expect, it } from 'vitest';
import { replyTo } from './reply.ts';

const headersOf = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const RECEIVED = { From: 'Ana <ana@example.com>', To: 'me@example.com', Subject: 'Plan' };

describe('a reply', () => {
  it('goes to the sender of a received message, with "Re:" before its subject', () => {
    expect(replyTo(headersOf(RECEIVED), { isOwn: false })).toEqual({
      to: ['ana@example.com'],
      subject: 'Re: Plan',
      references: [],
    });
  });

  it('goes to the address in Reply-To if the message has one', () => {
    const headers = headersOf({ ...RECEIVED, 'Reply-To': 'list@example.com' });
    expect(replyTo(headers, { isOwn: false }).to).toEqual(['list@example.com']);
  });

  it('goes to the recipients of an own message', () => {
    expect(replyTo(headersOf(RECEIVED), { isOwn: true }).to).toEqual(['me@example.com']);
  });

  it('keeps a subject that begins with "Re:" in any case of letters', () => {
    const headers = headersOf({ ...RECEIVED, Subject: 're: Plan' });
    expect(replyTo(headers, { isOwn: false }).subject).toBe('re: Plan');
  });

  it('refers to the last 20 messages of the thread, the message itself as the last one', () => {
    const ids = Array.from({ length: 25 }, (_, index) => `<${index}@example.com>`);
    const headers = headersOf({ References: ids.join(' '), 'Message-ID': '<last@example.com>' });
    const { references } = replyTo(headers, { isOwn: false });
    expect(references).toEqual([...ids.slice(-19), '<last@example.com>']);
  });
});
