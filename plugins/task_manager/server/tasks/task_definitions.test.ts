import { expect, it } from 'vitest';
import { TaskDefinitions } from './task_definitions.ts';

const aDefinition = { type: 'a', title: 'A', run: async () => undefined };

it('the registration of a task type is refused for a duplicate type, for a limit below 1, and after the start', () => {
  const definitions = new TaskDefinitions();
  definitions.register(aDefinition);
  expect(() => definitions.register(aDefinition)).toThrow('[a] is registered twice');
  expect(() => definitions.register({ ...aDefinition, type: 'b', maxAttempts: 0 })).toThrow('[b]');
  definitions.close();
  expect(() => definitions.register({ ...aDefinition, type: 'c' })).toThrow('[c] must be');
});

it('the registration of a task type sets a timeout of five minutes and three attempts by default', () => {
  const definitions = new TaskDefinitions();
  definitions.register(aDefinition);
  expect(definitions.find('a')).toMatchObject({ timeoutMs: 300_000, maxAttempts: 3 });
  expect(definitions.find('b')).toBeUndefined();
});
