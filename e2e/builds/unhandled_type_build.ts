/** A build with a plugin that stores something per space and does not say how it is deleted with its space. */
import {
  TASK_TYPE,
  taskSavedObjectType,
} from '../../plugins/task_manager/server/tasks/task_type.ts';

Object.assign(taskSavedObjectType, { name: TASK_TYPE, namespaceType: 'multiple-isolated' });
