import { expect, it } from '@jest/globals';
import { TaskDefinitions } from './task_definitions.ts';

const aDefinition = { type: 'a', title: 'A', run: async () => undefined };

it('refuses a type registered twice, with a limit below 1, or after start, by name', () => {
  const definitions = new TaskDefinitions();
  definitions.register(aDefinition);
  expect(() => definitions.register(aDefinition)).toThrow('[a] is registered twice');
  expect(() => definitions.register({ ...aDefinition, type: 'b', maxAttempts: 0 })).toThrow('[b]');
  definitions.close();
  expect(() => definitions.register({ ...aDefinition, type: 'c' })).toThrow('[c] must be');
});

it('gives five minutes and three attempts to a task that asks for nothing', () => {
  const definitions = new TaskDefinitions();
  definitions.register(aDefinition);
  expect(definitions.find('a')).toMatchObject({ timeoutMs: 300_000, maxAttempts: 3 });
  expect(definitions.find('b')).toBeUndefined();
});
