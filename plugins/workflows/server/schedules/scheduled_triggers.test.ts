import { workflowDocument } from '@latchkey/workflow-language';
import { describe, expect, it } from 'vitest';
import { scheduledTriggersOf, triggerTypesOf } from './scheduled_triggers.ts';

const documentOf = (triggers: string, top = '') =>
  workflowDocument(`name: x\n${top}\ntriggers:\n${triggers}\nsteps: []`);

describe('scheduledTriggersOf', () => {
  it('reads `scheduled` triggers with intervals and rules, and no other triggers', () => {
    const triggers = scheduledTriggersOf(
      documentOf(`
  - { type: manual }
  - { type: scheduled, with: { every: 90s } }
  - { type: scheduled, with: { rrule: { freq: WEEKLY, interval: 2, byweekday: [MO], byhour: [9] } } }
`),
    );
    expect(triggers.map(({ schedule }) => schedule)).toEqual([
      { kind: 'interval', intervalMs: 90_000 },
      {
        kind: 'rrule',
        rrule: { freq: 'WEEKLY', interval: 2, byweekday: ['MO'], byhour: [9], tzid: 'UTC' },
      },
    ]);
  });

  it('returns the same key for the same schedule, wherever it is in the document', () => {
    const [first] = scheduledTriggersOf(documentOf('  - { type: scheduled, with: { every: 5m } }'));
    const moved = scheduledTriggersOf(
      documentOf(`
  - { type: scheduled, with: { every: 6m } }
  - { type: scheduled, with: { every: 5m } }
  - { type: scheduled, with: { every: 5m } }
`),
    );
    expect(moved).toHaveLength(2);
    expect(moved[1]?.key).toBe(first?.key);
    expect(moved[0]?.key).not.toBe(first?.key);
  });

  it.each([
    ['in the time zone of the workflow', ['', 'settings: { timezone: Europe/Berlin }'], '08:00'],
    ['in its own time zone', ['tzid: America/New_York,', ''], '14:00'],
    ['in UTC when none is named', ['', ''], '09:00'],
  ])('reads a start without a UTC offset %s', (_, [tzid, top], expected) => {
    const [trigger] = scheduledTriggersOf(
      documentOf(
        `  - { type: scheduled, with: { rrule: { freq: DAILY, interval: 1, ${tzid} dtstart: '2026-01-05T09:00:00' } } }`,
        top,
      ),
    );
    expect(trigger?.schedule).toMatchObject({
      rrule: { dtstart: new Date(`2026-01-05T${expected}Z`) },
    });
  });

  it('reads a start with a UTC offset, and a start that is only a date', () => {
    const starts = ["'2026-01-05T09:00:00+02:00'", "'2026-01-05'"].map((dtstart) =>
      scheduledTriggersOf(
        documentOf(
          `  - { type: scheduled, with: { rrule: { freq: DAILY, interval: 1, dtstart: ${dtstart} } } }`,
        ),
      ),
    );
    expect(starts).toMatchObject([
      [{ schedule: { rrule: { dtstart: new Date('2026-01-05T07:00Z') } } }],
      [{ schedule: { rrule: { dtstart: new Date('2026-01-05T00:00Z') } } }],
    ]);
  });
});

describe('triggerTypesOf', () => {
  it('returns each type once', () => {
    const document = documentOf('  - { type: manual }\n  - { type: x.y }\n  - { type: manual }');
    expect(triggerTypesOf(document)).toEqual(['manual', 'x.y']);
  });
});
