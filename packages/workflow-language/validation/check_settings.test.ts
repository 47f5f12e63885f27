import { expect, it } from 'vitest';
import { found, step, validate } from './workflow_texts.mock.ts';

const withSettings = (settings: string): string =>
  `settings: ${settings}\n${step('type: console\nwith: { message: hi }')}`;

it('validation warns of `run_as`, because a run acts as its user', () => {
  expect(validate(withSettings('{ run_as: service }')).diagnostics).toMatchObject([
    { severity: 'warning', line: 1, message: expect.stringContaining('always acts as its user') },
  ]);
});

it.each([
  ['{ concurrency: { key: a, max: 1 } }', ['1 schemaViolation (w)']],
  ['{ concurrency: { key: a, max: 1, strategy: drop } }', []],
  ['{ concurrency: { key: a, strategy: drop, queue-size: 1, queue-ttl: 1h } }', 2],
  ['{ concurrency: { key: a, strategy: queue, queue-size: 1, queue-ttl: 1h } }', []],
])('for settings %s, validation warns of limits without effect: %j', (settings, expected) => {
  const warnings = found(withSettings(settings));
  if (typeof expected === 'number')
    expect(warnings).toEqual(Array.from({ length: expected }, () => '1 schemaViolation (w)'));
  else expect(warnings).toEqual(expected);
});
