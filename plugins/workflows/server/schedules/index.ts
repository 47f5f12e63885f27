export { SCHEDULE_TASK_TYPE, ScheduleTasks, type WorkflowKey } from './schedule_tasks.ts';
export { scheduledTriggersOf, triggerTypesOf } from './scheduled_triggers.ts';
