import { durationMs, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';
import { MAX_YAML_LENGTH } from '../common/index.ts';

const count = (options: { readonly max: number; readonly byDefault: number }) =>
  z.number().int().min(1).max(options.max).default(options.byDefault);

const executions = z
  .strictObject({
    retention: z
      .strictObject({
        /** Ended executions are deleted at this age. Those that wait are kept. */
        maxAge: durationMs({ min: '1h' }).prefault('30d'),
        /** The oldest ended executions of one workflow above this number are deleted. */
        maxCountPerWorkflow: count({ max: 100_000_000, byDefault: 10_000 }),
        /** The oldest ended executions above this number are deleted, in all spaces together. */
        maxCount: count({ max: 100_000_000, byDefault: 100_000 }),
      })
      .prefault({}),
    /** Executions that this process runs at the same time. Others are queued. */
    maxActive: count({ max: 10_000, byDefault: 100 }),
    /**
     * Characters of the inputs and outputs of all executions that this process runs. Half of them
     * for one user. The minimum is twice those of the largest execution.
     */
    maxRecordCharacters: z.number().int().min(200_000_000).max(1e12).default(500_000_000),
    /** Executions of one user that run or are queued, in all processes. */
    maxActivePerUser: count({ max: 1_000_000, byDefault: 1_000 }),
    /** Executions of one user that wait, in all processes. A new one is refused above it. */
    maxWaitingPerUser: count({ max: 1_000_000, byDefault: 20_000 }),
  })
  .prefault({});

const schema = z.strictObject({
  /** Workflows of one space. */
  maxPerSpace: count({ max: 1_000_000, byDefault: 10_000 }),
  /** Workflows that one user has created, in all spaces. */
  maxPerUser: count({ max: 1_000_000, byDefault: 5_000 }),
  /** Characters of the YAML of all workflows that one user has created, in all spaces. */
  maxCharactersPerUser: z.number().int().min(MAX_YAML_LENGTH).max(1e12).default(200_000_000),
  /** Workflows with an active schedule that run as one user, in all spaces. */
  maxScheduledPerUser: count({ max: 1_000_000, byDefault: 500 }),
  executions,
});

/** Settings under `xpack.workflows`. Durations are in milliseconds. */
export type WorkflowsConfig = z.infer<typeof schema>;

/** No setting is visible to browsers. */
export const config: PluginConfigDescriptor<WorkflowsConfig> = { schema };
