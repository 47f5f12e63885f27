export {
  actionsTaskDefinitions,
  END_GRANTS_TASK,
  scheduleActionsTasks,
  type TaskDeps,
} from './actions_tasks.ts';
