/** A build with a plugin that stores data per space and registers no handler for its deletion. */
import {
  TASK_TYPE,
  taskSavedObjectType,
} from '../../../plugins/task_manager/server/tasks/task_type.ts';

Object.assign(taskSavedObjectType, { name: TASK_TYPE, namespaceType: 'multiple-isolated' });
