/** A build with a plugin that stores data per space and registers no handler for its deletion. */
import { TASK_TYPE, taskSavedObjectType } from '@latchkey/task-manager-plugin/server/testing';

Object.assign(taskSavedObjectType, { name: TASK_TYPE, namespaceType: 'multiple-isolated' });
