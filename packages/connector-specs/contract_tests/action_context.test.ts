import { expect, it } from 'vitest';
import { z } from 'zod';
import { aContext } from '../operations/operation_context.mock.ts';
import { aConnectorSpec } from '../spec_definition/spec.mock.ts';
import { runNamedAction } from './action_context.ts';

const spec = aConnectorSpec({
  actions: {
    fail: {
      input: z.strictObject({ id: z.string().max(5) }),
      handler: async () => {
        throw new Error('no such item');
      },
    },
  } as never,
});
const run = (id: unknown) =>
  runNamedAction(spec, aContext([{}]).context, { name: 'fail', input: { id } });

it('a failed action of a contract test is named with its input', async () => {
  await expect(run('7')).rejects.toThrow('fail with the input {"id":"7"}: Error: no such item');
});

it('an action that refuses its input in a contract test is named, with the start of the input', async () => {
  const long = 'x'.repeat(1_000);
  await expect(run(long)).rejects.toThrow(/^fail with the input \{"id":"x{280,300}: /);
});
