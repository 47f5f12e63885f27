export { actionsTaskDefinitions, scheduleActionsTasks, type TaskDeps } from './actions_tasks.ts';
export {
  REVOKE_GRANTS_TASK,
  revocationJobScheduler,
  revocationJobTaskDefinitions,
  scheduleForChange,
} from './revocation_job_tasks.ts';
