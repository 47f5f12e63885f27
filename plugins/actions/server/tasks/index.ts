export {
  createTaskServices,
  registerActionsTasks,
  scheduleActionsTasks,
  type TaskServices,
} from './actions_tasks.ts';
export {
  REVOCATION_JOB_TASKS,
  REVOKE_GRANTS_TASK,
  revocationJobScheduler,
  scheduleForChange,
} from './revocation_job_tasks.ts';
export { registerServiceTasks } from './service_task.ts';
