import { durationMs, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';
import { MAX_YAML_LENGTH } from '../common/index.ts';

const count = (options: { readonly max: number; readonly byDefault: number }) =>
  z.number().int().min(1).max(options.max).default(options.byDefault);

const executions = z
  .strictObject({
    retention: z
      .strictObject({
        /** Ended executions are deleted at this age. Executions that wait are kept. */
        maxAge: durationMs({ min: '1h' }).prefault('30d'),
        /**
         * Maximum number of ended executions of one workflow. The oldest ones above it are deleted.
         */
        maxCountPerWorkflow: count({ max: 100_000_000, byDefault: 10_000 }),
        /**
         * Maximum number of ended executions in all spaces together. The oldest ones above it are
         * deleted.
         */
        maxCount: count({ max: 100_000_000, byDefault: 100_000 }),
      })
      .prefault({}),
    /** Maximum number of executions that this process runs at the same time. Others are queued. */
    maxActive: count({ max: 10_000, byDefault: 100 }),
    /**
     * Maximum characters of the inputs and outputs of all executions that this process runs. One
     * user may have half of them. The minimum of this setting is twice the maximum of one
     * execution.
     */
    maxRecordCharacters: z.number().int().min(200_000_000).max(1e12).default(500_000_000),
    /** Maximum number of executions of one user that run or are queued, in all processes. */
    maxActivePerUser: count({ max: 1_000_000, byDefault: 1_000 }),
    /**
     * Maximum number of executions of one user that wait, in all processes. Above it, new
     * executions are refused.
     */
    maxWaitingPerUser: count({ max: 1_000_000, byDefault: 20_000 }),
  })
  .prefault({});

const schema = z.strictObject({
  /** Maximum number of workflows in one space. */
  maxPerSpace: count({ max: 1_000_000, byDefault: 10_000 }),
  /** Maximum number of workflows that one user has created, in all spaces. */
  maxPerUser: count({ max: 1_000_000, byDefault: 5_000 }),
  /** Maximum characters of the YAML of all workflows that one user has created, in all spaces. */
  maxCharactersPerUser: z.number().int().min(MAX_YAML_LENGTH).max(1e12).default(200_000_000),
  /** Maximum number of workflows with an active schedule that run as one user, in all spaces. */
  maxScheduledPerUser: count({ max: 1_000_000, byDefault: 500 }),
  executions,
});

/** Settings under `xpack.workflows`. Durations are in milliseconds. */
export type WorkflowsConfig = z.infer<typeof schema>;

/** No setting is visible to browsers. */
export const config: PluginConfigDescriptor<WorkflowsConfig> = { schema };
