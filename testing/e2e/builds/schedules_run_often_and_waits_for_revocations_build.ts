/** A build that combines `schedules_run_often_build` and `waits_for_revocations_build`. */
import './schedules_run_often_build.ts';
import './waits_for_revocations_build.ts';
