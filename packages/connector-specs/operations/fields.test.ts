import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { choice, nested, option, optionalInteger, textOf } from './fields.ts';

describe('an input that is true or false', () => {
  it('may be absent without a default, and is the default with one', () => {
    expect(option('true: all').parse(undefined)).toBeUndefined();
    expect(option('true: all', true).parse(undefined)).toBe(true);
    expect(option('true: all', false).description).toBe('true: all');
  });
});

describe('an input that is one of several texts', () => {
  it('is its default if it is absent, and refuses other texts', () => {
    const format = choice(['text', 'html'], 'text');
    expect(format.parse(undefined)).toBe('text');
    expect(format.parse('html')).toBe('html');
    expect(format.safeParse('pdf').success).toBe(false);
    expect(z.toJSONSchema(format, { io: 'input' })).toMatchObject({
      enum: ['text', 'html'],
      default: 'text',
    });
  });
});

describe('an input that is a whole number', () => {
  it('may be absent, and refuses numbers outside of its range and fractions', () => {
    const index = optionalInteger(1, 10);
    expect(index.parse(undefined)).toBeUndefined();
    expect([1, 10].map((value) => index.parse(value))).toEqual([1, 10]);
    for (const value of [0, 11, 1.5]) expect(index.safeParse(value).success).toBe(false);
  });
});

describe('an input that is an object with other places of its fields', () => {
  const filter = nested({
    teamId: ['team.id.eq', textOf(10).describe('Id of the team')],
    after: ['createdAt.gte', textOf(10), 'Created at or after this day'],
    before: ['createdAt.lt', textOf(10)],
  });

  it('is sent with each given field at its path', () => {
    expect(filter.parse({ teamId: 't', after: '1', before: '2' })).toEqual({
      team: { id: { eq: 't' } },
      createdAt: { gte: '1', lt: '2' },
    });
    expect(filter.parse({ before: '2' })).toEqual({ createdAt: { lt: '2' } });
    expect(filter.parse({})).toEqual({});
  });

  it('describes each field by its schema or by its own meaning', () => {
    const { properties } = z.toJSONSchema(filter, { io: 'input' });
    expect(properties).toMatchObject({
      teamId: { description: 'Id of the team' },
      after: { description: 'Created at or after this day' },
    });
    expect(properties?.['before']).not.toHaveProperty('description');
  });

  it('refuses unknown fields and wrong values', () => {
    expect(filter.safeParse({ other: 't' }).success).toBe(false);
    expect(filter.safeParse({ teamId: 1 }).success).toBe(false);
  });
});
