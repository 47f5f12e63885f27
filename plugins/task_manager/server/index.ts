export type {
  TaskDefinition,
  TaskManagerSetup,
  TaskManagerStart,
  TaskRunContext,
  TaskRunResult,
} from './types.ts';
