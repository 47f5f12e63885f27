export { type Calendar, rrule, type StoredRrule } from './rrule.ts';
export type { Task } from './task.ts';
export { type KnownTaskDefinition, TaskDefinitions } from './task_definitions.ts';
export { NO_CLAIM, type TaskChanges, TaskStore } from './task_store.ts';
export { TASK_TYPE, type TaskAttributes, taskSavedObjectType } from './task_type.ts';
