import { describe, expect, it } from 'vitest';
import { found, validate, workflow } from './workflow_texts.mock.ts';

const scheduled = (rrule: string, settings = ''): string =>
  workflow('- { name: a, type: console, with: { message: x } }', settings).replace(
    '  - type: manual',
    `  - type: scheduled\n    with: { rrule: { ${rrule} } }`,
  );

describe('validation of a rrule', () => {
  it.each([
    'freq: DAILY, interval: 1001',
    'freq: DAILY, interval: 1, byhour: []',
    'freq: DAILY, interval: 1, byminute: []',
    'freq: WEEKLY, interval: 1, byweekday: []',
    'freq: MONTHLY, interval: 12, bymonthday: [31], dtstart: 2026-02-01',
    'freq: DAILY, interval: 7, byweekday: [MO], dtstart: "2026-01-06T09:00:00"',
    'freq: MONTHLY, interval: 12, bymonthday: [30], dtstart: "2026-01-31T23:30:00Z", tzid: Europe/Berlin',
    'freq: DAILY, interval: 1, dtstart: soon',
  ])('refuses { %s } with one error', (rrule) => {
    expect(found(scheduled(rrule))).toEqual([expect.stringMatching(/^\d+ schemaViolation$/)]);
  });

  it.each([
    'freq: DAILY, interval: 1000',
    'freq: MONTHLY, interval: 12, bymonthday: [31]',
    'freq: MONTHLY, interval: 12, bymonthday: [29], dtstart: 2026-02-01',
    'freq: DAILY, interval: 7, byweekday: [MO], dtstart: 2026-01-05',
    'freq: DAILY, interval: 7, byweekday: [MO]',
    'freq: MONTHLY, interval: 12, bymonthday: [31], dtstart: "2026-02-28T23:30:00Z", tzid: Asia/Tokyo',
  ])('accepts { %s }', (rrule) => {
    expect(found(scheduled(rrule))).toEqual([]);
  });

  it('reads the time zone of the settings for a rule without one', () => {
    const rrule = 'freq: MONTHLY, interval: 12, bymonthday: [31], dtstart: "2026-02-28T23:30:00Z"';
    expect(validate(scheduled(rrule)).valid).toBe(false);
    expect(validate(scheduled(rrule, 'settings: { timezone: Asia/Tokyo }\n')).valid).toBe(true);
  });
});

describe('inputs of runs that no user starts', () => {
  const both = (inputs: string, trigger = '{ type: scheduled, with: { every: 5m } }') =>
    workflow('- { name: a, type: console, with: { message: "{{ inputs.x }}" } }').replace(
      '  - type: manual',
      `  - { type: manual, inputs: [${inputs}] }\n  - ${trigger}`,
    );

  it.each(['{ type: scheduled, with: { every: 5m } }', '{ type: workflows.failed }'])(
    'are empty in runs of the trigger %s',
    (trigger) => {
      const yaml = both('{ name: x, type: string, required: true }', trigger);
      expect(found(yaml)).toEqual(['4 missingRequiredInput (w)']);
      expect(validate(yaml).diagnostics[0]?.message).toContain('it is empty in these runs');
    },
  );

  it('fail the runs of a trigger that requires them', () => {
    const yaml = both(
      '{ name: y, type: string }',
      '{ type: scheduled, with: { every: 5m }, inputs: [{ name: x, type: string, required: true }] }',
    );
    expect(found(yaml)).toEqual(['4 missingRequiredInput (w)']);
    expect(validate(yaml).diagnostics[0]?.message).toContain('each of these runs fails');
  });

  it.each(['{ name: x, type: string, required: true, default: a }', '{ name: x, type: string }'])(
    'cause no error for the declaration %s',
    (input) => {
      expect(found(both(input))).toEqual([]);
    },
  );
});
