import { z } from 'zod';
import { byteSize, durationMs } from './value_types.ts';

const layout = z.strictObject({ type: z.enum(['json', 'pattern']) }).optional();
const fileName = z.string().min(1).max(4096);

const policy = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('size-limit'),
      size: byteSize({ min: '1kb' }).prefault('100mb'),
    }),
    z.strictObject({
      type: z.literal('time-interval'),
      interval: durationMs({ min: '1s', max: '365d' }).prefault('24h'),
      /**
       * `true`: a new file is started at multiples of the interval in UTC. `false`: the interval
       * begins when the server starts.
       */
      modulate: z.boolean().default(true),
    }),
  ])
  .prefault({ type: 'time-interval' });

const strategy = z
  .strictObject({
    type: z.literal('numeric').default('numeric'),
    pattern: z
      .string()
      .regex(/^[A-Za-z0-9._-]*%i[A-Za-z0-9._-]*$/, 'expected text with %i, for example -%i')
      .max(100)
      .default('-%i'),
    max: z.int().min(1).max(100).default(7),
  })
  .prefault({});

/**
 * Schema of a destination of log lines, in Kibana's shape. `logging.appenders` uses it, and plugins
 * that have a log of their own.
 */
export const logAppender = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('console'), layout }),
  z.strictObject({ type: z.literal('file'), fileName, layout }),
  z.strictObject({ type: z.literal('rolling-file'), fileName, policy, strategy, layout }),
]);
