export { actionsTaskDefinitions, scheduleActionsTasks, type TaskDeps } from './actions_tasks.ts';
export {
  END_GRANTS_TASK,
  endingScheduler,
  endingTaskDefinitions,
  scheduleForChange,
} from './ending_tasks.ts';
